"""The numbers of a game in the formulas that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.gan.plane_charts import even
from core.plot.latex import number

if TYPE_CHECKING:
    from core.gan.plane import Frame, Settings

REAL, FAKE = r"\mathbb{E}_{x \sim p}", r"\mathbb{E}_{z}"
D_LOSS = {
    "minimax": rf"-{REAL} \ln D(x) - {FAKE} \ln(1 - D(G(z)))",
    "non-saturating": rf"-{REAL} \ln D(x) - {FAKE} \ln(1 - D(G(z)))",
    "least-squares": rf"\tfrac12 {REAL} (D(x) - 1)^2 + \tfrac12 {FAKE} D(G(z))^2",
    "hinge": rf"{REAL} \max(0, 1 - D(x)) + {FAKE} \max(0, 1 + D(G(z)))",
    "wasserstein": rf"{FAKE} D(G(z)) - {REAL} D(x)",
    "wgan-gp": rf"{FAKE} D(G(z)) - {REAL} D(x)",
}
G_LOSS = {
    "minimax": rf"{FAKE} \ln(1 - D(G(z)))",
    "non-saturating": rf"-{FAKE} \ln D(G(z))",
    "least-squares": rf"\tfrac12 {FAKE} (D(G(z)) - 1)^2",
    "hinge": rf"-{FAKE} D(G(z))",
    "wasserstein": rf"-{FAKE} D(G(z))",
    "wgan-gp": rf"-{FAKE} D(G(z))",
}


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """What both players minimise at that step, and what makes a fake a good one."""
    return {
        "Discriminator": _discriminator(settings, frames[at]),
        "Generator": _generator(settings, frames[at]),
        "Good fakes": _good(settings, frames[at]),
    }


def _discriminator(settings: Settings, frame: Frame) -> str:
    loss, level = frame.metrics["d_loss"], even(settings)[0]
    label = ""
    if settings.smoothing:
        label = f" Real points have the label {1 - settings.smoothing:g} instead of 1."
    added = _added(settings)
    return (
        f"After step {frame.step:,} the discriminator's loss over 2,000 real and 2,000 fake points "
        f"is\n\n$$L_D = {D_LOSS[settings.loss]} = {number(loss)}.$$\n\n"
        f"Where it cannot tell them apart, the least it can reach is {number(level)}.{label}{added}"
    )


def _added(settings: Settings) -> str:
    parts = []
    if settings.r1:
        parts.append(rf"${settings.r1:g} \cdot \tfrac12 {REAL} \lVert \nabla D(x) \rVert^2$ (R1)")
    if settings.loss == "wgan-gp":
        slope = r"(\lVert \nabla D(\hat x) \rVert - 1)^2"
        parts.append(rf"${settings.penalty:g} \cdot \mathbb{{E}}\,{slope}$ (gradient penalty)")
    return f" Training adds {' and '.join(parts)}." if parts else ""


def _generator(settings: Settings, frame: Frame) -> str:
    if settings.feature_matching:
        gap = r"\lVert \mathbb{E}_{x} f(x) - \mathbb{E}_{z} f(G(z)) \rVert^2"
        return (
            f"With feature matching the generator makes $${gap}$$ small, where $f$ is the last "
            "hidden layer of the discriminator."
        )
    loss, level = frame.metrics["g_loss"], even(settings)[1]
    zero = (
        "It is the part of minus the discriminator's loss that the generator has a say in: what "
        "one player wins, the other loses."
        if settings.loss in ("minimax", "wasserstein", "wgan-gp")
        else "It is not minus the discriminator's: the game is not zero-sum."
    )
    return (
        f"After step {frame.step:,} the generator's loss is\n\n"
        f"$$L_G = {G_LOSS[settings.loss]} = {number(loss)},$$\n\n"
        f"and {number(level)} where the players are even. {zero}"
    )


def _good(settings: Settings, frame: Frame) -> str:
    mixture = settings.mixture
    share, target = frame.metrics["high_quality"], mixture.within
    side = "too tight" if share > target else "too wide, or between the modes"
    exact = r"1 - e^{-9/2} = 98.889\,\%" if abs(target - 0.988891) < 1e-5 else f"{target:.2%}"
    exact = exact.replace("%", r"\%") if "\\" not in exact else exact
    return (
        f"A fake is good within three standard deviations, $3 \\sigma = {3 * mixture.sigma:g}$, of "
        f"a centre. After step {frame.step:,}, {share:.2%} of 2,000 fakes are.\n\n"
        f"Of the real points ${exact}$ are: that is the target, not a floor. Fakes away from it "
        f"are {side}."
    )
