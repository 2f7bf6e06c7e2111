"""The bound, its maximum and the noise with this run's own numbers in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.plot.latex import number

if TYPE_CHECKING:
    from core.vae.linear import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The ELBO in its parts, the maximum from the eigenvalues, what a latent number is worth."""
    frame = frames[at]
    told = {"Bound": _bound(frame), "Noise": _noise(settings, frame)}
    return told | {"In use": _active(settings, frame)}


def _bound(frame: Frame) -> str:
    m = frame.metrics
    return (
        f"After step {frame.step:,}, in nats, the mean over all images:\n\n"
        rf"$$\underbrace{{{number(m['reconstruction'])}}}_{{\text{{reconstruction}}}} - "
        rf"\underbrace{{{number(m['kl'])}}}_{{\text{{KL}}}} = {number(m['elbo'])} \le "
        rf"{number(m['ml'])}.$$"
        f"\n\nWhat the bound lacks, ${number(max(m['gap'], 0.0))}$, is how far $W$ and $\\sigma$ "
        "are from the best, and $q(z \\mid x)$ from the true posterior, together."
    )


def _noise(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    if settings.noise == "fixed":
        return f"The noise is given: $\\sigma = {number(m['sigma'])}$."
    k = settings.latent_dim
    return (
        rf"$$\sigma^2 = {number(m['sigma'] ** 2)}, \qquad \hat\sigma^2 = \frac{{1}}{{64 - {k}}} "
        rf"\sum_{{j > {k}}} \lambda_j = {number(m['sigma_exact'] ** 2)}$$"
        "\n\nThe best noise is the mean variance along all directions that the decoder leaves out."
    )


def _active(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    first = float(frame.variances[0, 0])
    last = float(frame.variances[0, settings.latent_dim - 1])
    return (
        "A column has length $\\sqrt{\\lambda_j - \\sigma^2}$ at the optimum, or none. The first "
        f"eigenvalue is ${number(first)}$, number {settings.latent_dim} is ${number(last)}$, and "
        f"$\\sigma^2 = {number(m['sigma_exact'] ** 2)}$ there: {m['active_exact']:.0f} in use at "
        f"the optimum, {m['active']:.0f} now."
    )
