"""The ends of the axes on which a bound and an objective are drawn: the same at every frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from core.data import mixtures
from core.vae.images_plane import size
from core.vae.spec import VARIATIONAL

if TYPE_CHECKING:
    from core.vae.images import Frame, Settings

PIXELS = {"mnist": 784, "fashion": 784, "digits": 64, "points": 2}
# Nats: one grey average image, a good autoencoder of two numbers, one of many.
INK = {
    "mnist": (-215.0, -120.0, -60.0),
    "fashion": (-400.0, -220.0, -180.0),
    "digits": (-35.0, -15.0, -10.0),
}
# The sum of squares left by the average image, of points by a tenth of an island's room.
SQUARES = {"mnist": 60.0, "fashion": 75.0, "digits": 5.5, "points": 0.25}
FAR = 12.0  # the objective of points stays on the picture up to so much


def gaussian(settings: Settings) -> bool:
    """Whether the likelihood is one of squared errors."""
    return settings.data == "points" or settings.likelihood == "gaussian"


def sigma(settings: Settings) -> float:
    """Its standard deviation."""
    return settings.point_sigma if settings.data == "points" else settings.sigma


def ceiling(settings: Settings) -> float:
    """The highest that log p(x | z) can be, nats: no error at all."""
    if not gaussian(settings):
        return 0.0
    constant = math.log(sigma(settings)) + 0.5 * math.log(2 * math.pi)
    return -PIXELS[settings.data] * constant


def bound_range(settings: Settings) -> tuple[float, float]:
    """Of the reconstruction term and of the bounds, nats."""
    if not gaussian(settings):
        low, few, many = INK[settings.data]
        return low, few if size(settings) <= 2 else many
    top = ceiling(settings)
    return top - max(SQUARES[settings.data] / (2 * sigma(settings) ** 2), 6.0), top


def kl_top(settings: Settings) -> float:
    """Of the KL term, nats."""
    if settings.kind == "vq-vae":
        return 1.25 * settings.tokens * math.log(settings.codes)
    return max(8.0, min(4.5 * settings.latent_dim, 30.0))


def objective_range(settings: Settings, first: Frame) -> tuple[float, float]:
    """From an error of 0 to where it starts; of points, what is near the end."""
    parts = PIXELS[settings.data] if settings.reduction == "mean" else 1
    low, start = -ceiling(settings) / parts, first.metrics["objective"]
    top = min(start, low + FAR) if settings.data == "points" else start
    return low, low + 1.1 * (top - low)


def entropy() -> float:
    """The mean of log p(x) over points of the ring, nats: what no model can pass.

    The islands are so far apart (14 sigma) that their overlap is nothing in double precision.
    """
    ring = mixtures.target("ring")
    return -(math.log(ring.count) + 1 + math.log(2 * math.pi * ring.sigma**2))


def has_bound(settings: Settings) -> bool:
    """Whether there is a prior, so that a bound can be stated."""
    return settings.kind in VARIATIONAL or settings.kind == "vq-vae"


def step_axis(most: int, room: float = 1.02) -> dict[str, Any]:
    """Steps from 0 to the last."""
    return {"title": {"text": "step"}, "range": [-0.02 * most, room * most]}
