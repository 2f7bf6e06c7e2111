"""The formulas of a phase with its numbers in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.gan.plane_why import D_LOSS, G_LOSS
from core.plot.latex import number

if TYPE_CHECKING:
    from core.gan.step import Frame, Settings

# Loss -> what weighs D's slope in the pull on a fake at x, and the same of D's output s there.
WEIGHTS: dict[str, tuple[str, Callable[[float], float]]] = {
    "minimax": ("D(x)", lambda s: _chance(s)),
    "non-saturating": ("(1 - D(x))", lambda s: _chance(-s)),
    "least-squares": ("(1 - D(x))", lambda s: 1 - s),
    "hinge": ("", lambda s: 1.0),
    "wasserstein": ("", lambda s: 1.0),
    "wgan-gp": ("", lambda s: 1.0),
}
LOGITS = ("minimax", "non-saturating")


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """Both losses before and after the step, and how the pull on the first fake comes about."""
    frame = frames[at]
    return {
        "D's step": _d_step(settings, frame),
        "G's step": _g_step(settings, frame),
        "Pull on a fake": _pull(settings, frame),
    }


def _d_step(settings: Settings, frame: Frame) -> str:
    n, before, after = _told(frame, "d_loss")
    norms = _row(frame.d_grads)
    return (
        f"Over this round's {n} real points and {n} fakes\n\n"
        f"$$L_D = {D_LOSS[settings.loss]} = {before}$$\n\n"
        f"before D's step, and now ${after}$. {_lengths('D', norms)} "
        "The step changes D's weights alone: the fakes count as given points."
    )


def _g_step(settings: Settings, frame: Frame) -> str:
    n, before, after = _told(frame, "g_loss")
    norms = _row(frame.g_grads)
    return (
        f"Over the {n} fakes of this noise\n\n$$L_G = {G_LOSS[settings.loss]} = {before},$$\n\n"
        f"and ${after}$ by what D and G are now. {_lengths('G', norms)} It reaches G through D, by "
        "the chain rule, and D's weights stay:\n\n"
        r"$$\frac{\partial L_G}{\partial \theta_G} = \frac1n \sum_{i=1}^{n} "
        r"-a_i \cdot \frac{\partial G(z_i)}{\partial \theta_G}, \qquad "
        r"a_i = -\frac{\partial \ell(x_i)}{\partial x_i}.$$"
        "\n\nThe $a_i$ are the arrows, with $\\ell$ one fake's part of the loss."
    )


def _told(frame: Frame, name: str) -> tuple[int, str, str]:
    return len(frame.fake), number(frame.metrics[name]), number(frame.metrics[f"{name}_after"])


def _row(norms: np.ndarray) -> str:
    return ", ".join(f"{value:.3g}" for value in norms) if norms.any() else ""


def _lengths(player: str, norms: str) -> str:
    if not norms:
        return f"No gradient of {player} was taken yet."
    return f"Its last gradient was {norms} long in {player}'s layers, first to last."


def _pull(settings: Settings, frame: Frame) -> str:
    names, weight = WEIGHTS[settings.loss]
    said, arrow = float(frame.said_fake[0]), frame.arrows[0].astype(float)
    share = weight(said)
    slope = arrow / share if share else arrow * 0
    score = "s" if settings.loss in LOGITS else "D"
    where = r"\left(" + ", ".join(f"{v:.2f}" for v in frame.fake[0]) + r"\right)"
    gives = f", of which $D(x) = 1 / (1 + e^{{-s(x)}}) = {_chance(said):.3f}$" * (score == "s")
    factor = f"{names}\\," if names else ""
    times = f"{share:.3f} \\cdot " if names else ""
    return (
        f"D's output at the first fake, $x = {where}$, is ${score}(x) = {said:.3f}${gives}. Its "
        f"arrow is\n\n$$a = {factor}\\nabla {score}(x) = {times}{_pair(slope)} = {_pair(arrow)}.$$"
        f"\n\nThe mean length of all {len(frame.fake)} arrows is {frame.metrics['pull']:.3g}."
    )


def _chance(logit: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(logit, -60, 60))))


def _pair(x: np.ndarray) -> str:
    """To three digits; adding 0 makes -0 plain."""
    return r"\left(" + r",\ ".join(number(float(f"{v:.3g}") + 0.0) for v in x) + r"\right)"
