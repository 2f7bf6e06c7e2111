"""The pull under each loss with these bells' own numbers in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.gan.line_figures import title_of
from core.plot.latex import four

if TYPE_CHECKING:
    from core.gan.line import Frame, Settings

LOSS = {
    "minimax": (r"\log(1 - D)", r"-D\, l'"),
    "non-saturating": (r"-\log D", r"-(1 - D)\, l'"),
    "least-squares": (r"\tfrac12 (D - 1)^2", r"-D (1 - D)^2\, l'"),
    "hinge": (r"-D", r"-\tfrac{d}{dx} \operatorname{sign}(p - q)"),
    "wasserstein": (r"-D", r"\operatorname{sign}(F_p - F_q)"),
}


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The two distances, then the chosen loss's pull on centre and width."""
    metrics = frames[at].metrics
    told = {"Distances": _distances(settings, metrics)}
    return told | {title_of(settings, settings.loss): _pull(settings, metrics)}


def _distances(settings: Settings, metrics: dict[str, float]) -> str:
    spread = f"{settings.width - settings.sigma:.2f}"
    return (
        rf"$$\mathrm{{JS}} = {metrics['js']:.4f} \le \ln 2 = 0.6931, \qquad "
        rf"W_1 = \mathbb{{E}}_z\,\lvert {settings.shift:g} + ({spread})\, z \rvert "
        rf"= {metrics['w1']:.4f}$$"
        "\n\n"
        rf"$$\mathrm{{KL}}(p \,\Vert\, q) = {metrics['kl']:.4g}$$"
    )


def _pull(settings: Settings, metrics: dict[str, float]) -> str:
    loss = settings.loss
    f, slope = LOSS[loss]
    pull, widen = metrics[f"pull/{loss}"], metrics[f"widen/{loss}"]
    by_centre = pull if settings.shift >= 0 else -pull
    return (
        f"The generator makes the mean of ${f}$ over its fakes small. With $D$ at its best,\n\n"
        rf"$$\frac{{\partial L}}{{\partial \mu}} = \mathbb{{E}}_q\!\left[{slope}\right]"
        rf" = {four(by_centre)}, \qquad"
        rf"\frac{{\partial L}}{{\partial s}} = \mathbb{{E}}_q\!\left[{slope} \cdot z\right]"
        rf" = {four(-widen)}$$"
        f"\n\n{_factor(settings, metrics)}"
    )


def _factor(settings: Settings, metrics: dict[str, float]) -> str:
    """What the mean of D over the fakes makes of a constant slope, which equal widths have."""
    if settings.width != settings.sigma or settings.loss not in ("minimax", "non-saturating"):
        return "A step goes against the gradient."
    steep = settings.shift / settings.sigma**2
    share = four(metrics["d_on_fakes"])
    factor = share if settings.loss == "minimax" else f"(1 - {share})"
    return (
        rf"Equal widths: $-l' = \mu / \sigma^2 = {steep:g}$ everywhere, so the first is "
        rf"${steep:g} \times {factor}$, with the mean of $D$ over the fakes. "
        "A step goes against the gradient."
    )
