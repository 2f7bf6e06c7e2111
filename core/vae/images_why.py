"""The numbers of a step in the bound and the objective that they come from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.vae.images_scales import PIXELS, gaussian, sigma
from core.vae.spec import VARIATIONAL

if TYPE_CHECKING:
    from core.vae.images import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The bound in two parts, what is minimised, and what each latent number carries."""
    frame = frames[at]
    told = {"The error": _error(settings, frame)}
    if settings.kind in VARIATIONAL:
        told = {"The bound": _bound(frame), "KL of each number": _each(frame)}
    if settings.kind == "vq-vae":
        told = {"The bound": _quantised(settings, frame)}
    return {**told, "What is minimised": _objective(settings, frames, at)}


def _bound(frame: Frame) -> str:
    m = frame.metrics
    return (
        f"At step {frame.step:,}, averages over 200 held-out data, in nats:\n\n"
        "$$\\underbrace{\\mathbb{E}_q[\\ln p(x \\mid z)]}_{\\text{reconstruction}} - "
        "\\underbrace{\\mathrm{KL}(q(z \\mid x) \\,\\|\\, p(z))}_{\\text{KL}} = "
        f"{_n(m['reconstruction'])} - {_n(m['kl'])} = {_n(m['elbo'])} "
        "= \\text{ELBO} \\le \\ln p(x)$$\n\n"
        "Sixteen draws a datum, weighed, bound it more tightly:\n\n"
        "$$\\ln \\tfrac{1}{16} \\sum_{k=1}^{16} \\frac{p(x \\mid z_k)\\, p(z_k)}{q(z_k \\mid x)} = "
        f"{_n(m['iwae'])}$$"
    )


def _each(frame: Frame) -> str:
    parts = [f"{value:.2f}" for value in frame.kl_dims]
    most = 8
    rest = [] if len(parts) <= most else [rf"\dots\ ({len(parts)}\ \text{{numbers}})"]
    total = " + ".join([*parts[:most], *rest])
    on = int(frame.active.sum())
    return (
        "$$\\tfrac{1}{2}\\sum_j \\big(\\mu_j^2 + \\sigma_j^2 - 1 - \\ln \\sigma_j^2\\big) = "
        f"{total} = {float(frame.kl_dims.sum()):.2f}$$\n\n"
        f"{on} of {len(parts)} are active: their means vary by more than 0.01 from image to image. "
        "A collapsed one has $\\mu_j = 0$, $\\sigma_j = 1$ for every image, and costs nothing."
    )


def _quantised(settings: Settings, frame: Frame) -> str:
    m, t = frame.metrics, settings.tokens
    return (
        "The code is certain and the prior is uniform over the book, so the KL term is a "
        "constant:\n\n"
        f"$$\\text{{ELBO}} = {_n(m['reconstruction'])} - {t} \\ln {settings.codes} = "
        f"{_n(m['reconstruction'])} - {_n(m['kl'])} = {_n(m['elbo'])}$$\n\n"
        f"500 held-out data use {m['codes_used']:.0f} of the {settings.codes} codes."
    )


def _error(settings: Settings, frame: Frame) -> str:
    what = "squared error" if gaussian(settings) else "cross-entropy"
    return (
        f"At step {frame.step:,} the mean over 200 held-out data of "
        f"$\\ln p(x \\mid z)$ is ${_n(frame.metrics['reconstruction'])}$: a {what}, summed over "
        f"{PIXELS[settings.data]} numbers. There is no KL term and no prior, so there is no bound "
        "on $\\ln p(x)$ to state: the ELBO is left out."
    )


def _objective(settings: Settings, frames: list[Frame], at: int) -> str:
    frame = frames[at]
    parts = PIXELS[settings.data]
    mean = rf"\tfrac{{1}}{{{parts}}}" if settings.reduction == "mean" else ""
    rest = {"vq-vae": r" + |\mathrm{sg}(e) - z|^2 + 0.25\, |e - \mathrm{sg}(z)|^2"}
    more = rest.get(settings.kind, "")
    if settings.kind in VARIATIONAL:
        more = rf" + {_weight(settings, frame.step):.3g}\ \mathrm{{KL}}"
    return (
        "Since the last frame, averaged over batches of training data:\n\n"
        f"$$\\overline{{-{mean}\\ln p(x \\mid z){more}}} = {_n(frame.metrics['objective'], 3)}$$"
        f"{_notes(settings)}"
    )


def _weight(settings: Settings, step: int) -> float:
    """The KL term's weight at that step."""
    whole = settings.warm_up * settings.steps
    return settings.beta * (min(1.0, step / whole) if whole else 1.0)


def _notes(settings: Settings) -> str:
    told = []
    if gaussian(settings):
        s = sigma(settings)
        constant = PIXELS[settings.data] * (math.log(s) + 0.5 * math.log(2 * math.pi))
        told.append(
            f"$-\\ln p(x \\mid z) = |x - \\hat x|^2 / (2 \\cdot {s:g}^2) {constant:+.1f}$: times "
            f"$2\\sigma^2 = {2 * s * s:.3g}$ it is the squared error, and the KL term then weighs "
            f"${2 * s * s * settings.beta:.3g}$."
        )
    if settings.reduction == "mean":
        told.append(
            f"Averaged over {PIXELS[settings.data]} numbers, the error counts so much less: as if "
            f"$\\beta$ were {PIXELS[settings.data] * settings.beta:,.4g}."
        )
    if settings.free_bits and settings.kind in VARIATIONAL:
        told.append(f"Each dimension's KL counts from {settings.free_bits:g} nats up.")
    return "".join(f"\n\n{text}" for text in told)


def _n(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}"
