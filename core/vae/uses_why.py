"""How a use is computed, with this run's numbers in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.vae.uses_layout import DRAWN, MIDDLE, NEIGHBOURS

if TYPE_CHECKING:
    from core.vae.uses import Frame, Settings


def why(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """One text, of the use that is shown."""
    frame = frames[at]
    texts = {
        "inpaint": ("Completions", _inpaint),
        "anomaly": ("Scores", _anomaly),
        "denoise": ("Errors", _denoise),
        "compress": ("Planes", _compress),
        "design": ("Walk", _design),
    }
    title, text = texts[settings.use]
    return {title: text(settings, frame)}


def _inpaint(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    assert frame.hidden is not None
    visible = int((1 - frame.hidden.astype(int)).sum())
    start = (
        f"{visible} pixels are visible. {DRAWN} codes are drawn from the prior; their weight is "
        f"$p(x_\\text{{visible}} \\mid z)^t$, and $t$ grows from 0 to 1 in {m['levels']:.0f} steps."
    )
    if "spread" not in m:
        return f"{start} Nothing is hidden, so every completion is the image itself."
    return (
        f"{start} Over the hidden pixels, one completion is {m['error_one']:.3f} from the truth "
        f"(squared, a pixel), the mean of all {m['error_mean']:.3f}; the difference is what they "
        "differ among themselves:\n\n"
        "$$\\mathbb E\\,\\lvert \\hat x - x \\rvert^2 = "
        "\\lvert \\mathbb E \\hat x - x \\rvert^2 + \\operatorname{Var} \\hat x:\\qquad "
        f"{m['error_one']:.4f} = {m['error_mean']:.4f} + {m['error_one'] - m['error_mean']:.4f}$$"
    )


def _anomaly(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    return (
        "The area is the chance that a random outsider has the higher score: "
        f"{m['area_elbo']:.3f} by $-\\text{{ELBO}}$, {m['area_error']:.3f} by the error alone. "
        f"On average the ELBO is {m['elbo_known']:.1f} nats of what it knows and "
        f"{m['elbo_outside']:.1f} of what it never saw: a difference of "
        f"{m['elbo_known'] - m['elbo_outside']:.1f}."
    )


def _denoise(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    return (
        f"Noise $\\sigma = {settings.noise:g}$, cut to $[0, 1]$, leaves a mean squared error of "
        f"{m['error/noisy']:.4f} (uncut it would be $\\sigma^2 = {settings.noise**2:.4f}$). "
        f"The blur brings it to {m['error/blur']:.4f}, the median to {m['error/median']:.4f}, the "
        f"denoising autoencoder to {m['error/denoising']:.4f}."
    )


def _compress(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    return (
        f"Of each image, the {NEIGHBOURS} nearest others vote on its class: right for "
        f"{m['right/vae']:.1%} in the VAE's plane, {m['right/pca']:.1%} in PCA's, "
        f"{m['right/tsne']:.1%} in t-SNE's. From two numbers the VAE brings an image back with an "
        f"error of {m['error/vae']:.4f}, PCA with {m['error/pca']:.4f}; PCA needs "
        f"{m['components']:.0f} components for the VAE's error."
    )


def _design(settings: Settings, frame: Frame) -> str:
    assert frame.distances is not None and frame.unseen is not None
    middle = ", ".join(f"{value:.2f}" for value in frame.distances[MIDDLE])
    half = float(sorted(frame.unseen)[len(frame.unseen) // 2])
    return (
        "$z(t) = (1 - t)\\,z_1 + t\\,z_2$, decoded at ten $t$. The four in the middle are "
        f"{middle} away from the nearest of 12,000 training images; half of the unseen images, "
        f"decoded, are nearer than {half:.2f}. Novelty is the ratio of the medians: "
        f"{frame.metrics['novelty']:.2f}."
    )
