"""The numbers of a step in the formulas that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from core.gan.images import Frame, Settings

D_LOSSES = {
    "non-saturating": r"-\ln D(x) - \ln(1 - D(G(z)))",
    "hinge": r"\max(0, 1 - s(x)) + \max(0, 1 + s(G(z)))",
    "wgan-gp": r"s(G(z)) - s(x)",
}
G_LOSSES = {"non-saturating": r"-\ln D(G(z))", "hinge": r"-s(G(z))", "wgan-gp": r"-s(G(z))"}


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The losses, the Fréchet distance, novelty."""
    return {
        "Losses": _losses(settings, frames[at]),
        "Fréchet distance": _frechet(frames[at]),
        "Novelty": _novelty(frames, at),
    }


def _losses(settings: Settings, frame: Frame) -> str:
    d_loss, g_loss = frame.metrics["d_loss"], frame.metrics["g_loss"]
    given = r"\,\mid y" if settings.conditional else ""
    note = f" Everything is given the class, ${given}$." if given else ""
    return (
        f"Around step {frame.step:,}, as means over the batches since the last frame:\n\n"
        f"$$\\ell_D = \\overline{{{D_LOSSES[settings.loss]}}} = {d_loss:.3f}, \\qquad "
        f"\\ell_G = \\overline{{{G_LOSSES[settings.loss]}}} = {g_loss:.3f}$$\n\n"
        f"$s$ is the discriminator's score and $D = 1 / (1 + e^{{-s}})$.{note}"
    )


def _frechet(frame: Frame) -> str:
    found, real = frame.metrics["frechet"], frame.metrics["frechet_real"]
    return (
        "Features of real and made images, each taken for a Gaussian with a mean $m$ and a "
        "covariance $C$:\n\n"
        "$$|m_r - m_g|^2 + \\operatorname{tr}\\big(C_r + C_g - 2 (C_r C_g)^{1/2}\\big) = "
        f"{found:.3f}$$\n\n"
        f"Training images in place of samples would have {real:.3f}: not 0, for both are few."
    )


def _novelty(frames: list[Frame], at: int) -> str:
    held_out, frame = frames[0].held_out, frames[at]
    assert held_out is not None
    made, real = float(np.median(frame.distances)), float(np.median(held_out))
    return (
        "The median distance to the nearest training image, of sixty made images over sixty real "
        "ones that were never trained on:\n\n"
        f"$${made:.2f} \\,/\\, {real:.2f} = {frame.metrics['novelty']:.2f}$$"
    )
