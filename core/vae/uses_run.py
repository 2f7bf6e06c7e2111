"""Ask a trained autoencoder for something useful: one frame, by what it is used for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from core.data.masks import grid, pixels
from core.vae.data import held_out, load
from core.vae.nets import Autoencoder
from core.vae.nets import load as load_net
from core.vae.uses import Frame, Settings
from core.vae.uses_anomaly import anomaly
from core.vae.uses_compress import compress
from core.vae.uses_denoise import denoise
from core.vae.uses_design import design
from core.vae.uses_inpaint import posterior
from core.vae.uses_layout import CLOTHES, DRAWN, FEW, IMAGES, SETS, SHOWN, Found
from core.vae.uses_shared import grey, read


def run(settings: Settings) -> Iterator[Frame]:
    """One frame. Raises KeyError or ValueError, in words, where the model cannot be had or used."""
    s = settings
    by_use: dict[str, Callable[[], Found]] = {
        "inpaint": lambda: inpaint(s),
        "anomaly": lambda: anomaly(s.known, s.left_out, s.seed),
        "denoise": lambda: denoise(s.noise, s.seed),
        "compress": lambda: compress(s.data, s.perplexity, s.seed),
        "design": lambda: design(CLOTHES.index(s.start), CLOTHES.index(s.end), s.latent, s.seed),
    }
    metrics, arrays = by_use[s.use]()
    yield Frame(step=0, metrics=metrics, **arrays)


@torch.no_grad()
def inpaint(settings: Settings) -> Found:
    """Metrics and arrays of an image that is painted over, and of what may be under the paint."""
    net = able(load_net(settings.model))
    random = torch.Generator().manual_seed(settings.seed)
    original, x, y = wanted(net, settings.image)
    squares = pixels(grid(settings.mask, settings.painted), net.spec.side)
    hidden = torch.from_numpy(squares.ravel())
    draws = posterior(net, x, y, hidden, DRAWN, random)
    images = net.image(draws.codes, y.expand(DRAWN))
    filled = torch.where(hidden, images, original)
    classes = read(net.spec.data, filled)
    shown = torch.randperm(DRAWN, generator=random)[:SHOWN]
    arrays = {
        "original": grey(original[None])[0],
        "hidden": squares.astype(np.uint8),
        "filled": grey(filled[shown]),
        "spread": filled.std(0).view(squares.shape).numpy(),
        "read": classes[shown].astype(np.uint8),
        "shares": (np.bincount(classes, minlength=10) / DRAWN).astype(np.float32),
        "source": np.array([SETS.index(net.spec.data)], np.uint8),
    }
    shares = arrays["shares"]
    metrics = {
        "kinds": float((shares >= FEW).sum()),
        "agreement": float(shares.max()),
        "right": float(shares[int(y)]),
        "levels": float(draws.levels),
    }
    return metrics | errors(images, original, hidden), arrays


def errors(images: Tensor, original: Tensor, hidden: Tensor) -> dict[str, float]:
    """Over the hidden pixels: the spread of the draws (n, d), and how far they are from the truth.

    error_one: mean squared error of a single draw, on average; error_mean: of the mean of all.
    Nothing where no pixel is hidden.
    """
    if not hidden.any():
        return {}
    under, truth = images[:, hidden].double(), original[hidden].double()
    return {
        "spread": float(under.std(0).mean()),
        "error_one": float((under - truth).square().mean()),
        "error_mean": float((under.mean(0) - truth).square().mean()),
    }


def able(net: Autoencoder) -> Autoencoder:
    """The same model, if it has a distribution over images. ValueError says what it lacks."""
    if not net.spec.variational:
        raise ValueError(
            "This model has no distribution to draw from: take a VAE, β-VAE or conditional VAE."
        )
    if not net.spec.side:
        raise ValueError("This model makes points, not images: take one that learned images.")
    return net


def wanted(net: Autoencoder, number: int) -> tuple[Tensor, Tensor, Tensor]:
    """A held-out image in grey (d,), the same as the model reads it (d,), its class ()."""
    x, y = held_out(net.spec.data, net.spec.likelihood, IMAGES)
    return load(net.spec.data).x_test[number], x[number], y[number]
