"""Nine VAEs that differ in beta alone, looked at through one data set and at one place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import torch
from torch import Tensor

from core.data import models
from core.nets import cnn
from core.vae.beta import Frame, Settings
from core.vae.beta_layout import CODES, DRAWS, EDGE, GRID, METRICS, MIDDLE, MOST, NAMES, SIDE
from core.vae.bounds import bounds
from core.vae.data import held_out, load
from core.vae.likelihood import log_likelihood
from core.vae.nets import Autoencoder, from_arrays

MODEL = "vae-betas"
READERS = {"digits": "gan-digits-cnn", "mnist": "mnist-cnn"}
SURE = 0.5  # chance from which on a tile counts as a digit that the classifier reads
UNSEEN, DRAWN = 200, 200  # held-out images behind the scale of oddness; pictures drawn blindly


@torch.no_grad()
def run(settings: Settings) -> Iterator[Frame]:
    """Nine frames, beta ascending."""
    data, nets = settings.data, nine(settings.data)
    kept = {key: _arrays()[f"{data}/{key}"] for key in ("measured", "hole", "usual")}
    own = np.array([settings.x, settings.y], np.float32)
    place = kept["hole"] if settings.where == "hole" else own
    here = torch.cat([net.image(torch.from_numpy(place)[None]) for net in nets])
    says, odd = read(data, here), nearest(data, here) / float(kept["usual"][0])
    x, y = held_out(data, "bernoulli", CODES)
    metrics: dict[str, float] = {}
    for step, (name, net) in enumerate(zip(NAMES, nets, strict=True)):
        mean, log_var = net.encode(x)
        values = [*map(float, kept["measured"][step]), float(says[step].max()), float(odd[step])]
        metrics |= {f"{key}/{name}": v for key, v in zip(METRICS, values, strict=True)}
        first = step == 0
        yield Frame(
            step=step,
            metrics=dict(metrics),
            codes=mean.numpy(),
            spread=(0.5 * log_var).exp().numpy(),
            tiles=_bytes(net.image(places()), net.spec.side),
            here=_bytes(here[step : step + 1], net.spec.side)[0],
            says=says[step].numpy(),
            place=place,
            terms=kept["measured"][:, :3] if first else None,
            level=np.array([average(data)], np.float32) if first else None,
            classes=y.byte().numpy() if first else None,
        )


@cache
def nine(data: str) -> tuple[Autoencoder, ...]:
    """The nine of that data set, beta ascending."""
    arrays = _arrays()
    parts = [f"{data}/{name}/" for name in NAMES]
    return tuple(
        from_arrays({k.removeprefix(p): v for k, v in arrays.items() if k.startswith(p)})
        for p in parts
    )


@cache
def _arrays() -> models.Arrays:
    return models.load(MODEL)


@torch.no_grad()
def measured(net: Autoencoder) -> list[float]:
    """The first six of ``METRICS``, of all held-out images; the same draws for every model."""
    data, random = net.spec.data, torch.Generator().manual_seed(0)
    x, y = held_out(data, "bernoulli", MOST)
    found, (_, log_var) = bounds(net, x, y, DRAWS, random), net.encode(x)
    drawn = net.image(torch.randn(DRAWN, net.spec.size, generator=random))
    chances, which = read(data, net.image(places())).max(1)
    return [
        *(float(part.double().mean()) for part in (found.reconstruction, found.kl.sum(1))),
        float(found.elbo.double().mean()),
        float((0.5 * log_var).exp().mean()),
        float(which[chances > SURE].unique().numel()),
        float(nearest(data, drawn).mean() / usual(data)),
    ]


@torch.no_grad()
def hole(net: Autoencoder) -> np.ndarray:
    """The place (2,) float32 with the oddest picture: furthest from every training image.

    Of those within two standard deviations of the prior's middle, where 86 in 100 of its draws
    fall, on a grid.
    """
    count = round(MIDDLE / GRID)
    side = torch.arange(-count, count + 1) * GRID
    found = torch.cartesian_prod(side, side)
    found = found[found.norm(dim=1) <= MIDDLE + 1e-6]
    far = nearest(net.spec.data, net.image(found))
    return np.round(found[far.argmax()].numpy(), 2)


def nearest(data: str, images: Tensor) -> Tensor:
    """Distance (n,) of images (n, pixels) to the training image nearest to each."""
    by = "use_mm_for_euclid_dist"  # of few images torch would take the slow way
    return torch.cdist(images, load(data).x, compute_mode=by).amin(1)


def usual(data: str) -> float:
    """That distance of images that were never learned from, the median."""
    return float(nearest(data, load(data).x_test[:UNSEEN]).median())


def read(data: str, images: Tensor) -> Tensor:
    """The chance of each digit, (n, 10), in images (n, pixels), as a classifier sees it."""
    side = load(data).side
    chances: Tensor = _reader(data)(images.reshape(-1, 1, side, side)).softmax(1)
    return chances


def average(data: str) -> float:
    """Log-likelihood, nats, of the held-out images under one image for all, the training mean.

    What a decoder that is told nothing can reach at best.
    """
    chance = load(data).x.mean(0).clamp(1e-6, 1 - 1e-6)
    x, _ = held_out(data, "bernoulli", MOST)
    return float(log_likelihood(x, chance.logit(), "bernoulli").double().mean())


def places() -> Tensor:
    """The middles of the map's tiles (g * g, 2), row by row, the upper row first."""
    side = (torch.arange(SIDE) + 0.5) * 2 * EDGE / SIDE - EDGE
    return torch.cartesian_prod(side.flip(0), side).flip(1)


@cache
def _reader(data: str) -> cnn.Cnn:
    return cnn.load(READERS[data])


def _bytes(images: Tensor, side: int) -> np.ndarray:
    grey = (images * 255).round().clamp(0, 255).byte()
    found: np.ndarray = grey.unflatten(1, (side, side)).numpy()
    return found
