"""The exact posterior of a noisy point and of a noisy digit. NumPy alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from core.data import mnist
from core.diffusion.exact import Noised, noised
from core.diffusion.guess import Frame, Settings
from core.diffusion.guess_maths import STRIDE, TIMES, by_mode, image_shares, perplexity
from core.diffusion.guess_net import field_of, read

DRAWS, SIX = 60, 6


class Digits(NamedTuple):
    """A digit at all ``TIMES``."""

    images: np.ndarray  # (51, 8, 28, 28) uint8: noised, mean, six draws
    left: np.ndarray  # (51,) perplexity over the 12,000
    metrics: dict[str, float]


def run(settings: Settings) -> Iterator[Frame]:
    """One frame."""
    noise, drawn, dots = np.random.default_rng(settings.seed).spawn(3)
    point, digit = point_of(settings), digits_of(settings, noise, drawn)
    found = field_of(settings)
    if found is not None:
        law = noised(settings.mixture, settings.course, settings.t)
        answer = read(*found, settings.t, settings.place)
        point["net_off"] = float(np.linalg.norm(answer - law.clean(settings.place)))
    course, mixture, place = settings.course, settings.mixture, settings.place
    levels = dots.permutation((np.arange(DRAWS) + 0.5) / DRAWS)
    yield Frame(
        step=0,
        metrics=point | digit.metrics,
        images=digit.images,
        digits=digit.left.astype(np.float32),
        candidates=np.array(
            [perplexity(by_mode(noised(mixture, course, int(t)), place)[0]) for t in TIMES],
            np.float32,
        ),
        levels=np.c_[levels, dots.standard_normal((DRAWS, 2))].astype(np.float32),
        net=None if found is None else found[1].astype(np.float16),
        net_times=None if found is None else found[0].astype(np.int32),
    )


def point_of(settings: Settings) -> dict[str, float]:
    """The metrics of the point."""
    law: Noised = noised(settings.mixture, settings.course, settings.t)
    share, _ = by_mode(law, settings.place)
    mean, centres = law.clean(settings.place), settings.mixture.centres
    return {
        "candidates": float(perplexity(share)),
        "likeliest": float(share.max()),
        "off": float(np.linalg.norm(centres - mean, axis=1).min()),
        "middle": float(np.linalg.norm(centres.mean(0) - mean)),
    }


def digits_of(settings: Settings, noise: np.random.Generator, drawn: np.random.Generator) -> Digits:
    """The digit under one and the same noise, stronger with every time."""
    (images, squares), labels = trained_on(), mnist.pixels("train")[1]
    part = "train" if settings.known == "one-of-them" else "test"
    start = scaled(mnist.pixels(part)[0][settings.digit + mnist.CLASSES * settings.example]).ravel()
    course, added = settings.course, noise.standard_normal(start.size)
    signal, sd = course.signal[TIMES], course.noise[TIMES]
    share = image_shares(images, start, added, signal, sd)
    means = share.astype(np.float32) @ images
    ends = np.cumsum(share, 1)
    levels = drawn.random(SIX)
    picks = [np.searchsorted(row, levels * row[-1]) for row in ends]
    seen = signal[:, None] * start + sd[:, None] * added
    rows = [
        np.vstack([one, mean, images[own]])
        for one, mean, own in zip(seen, means, picks, strict=True)
    ]
    now = settings.t // STRIDE
    gaps = squares - 2 * (images @ means[now]) + means[now] @ means[now]
    off = float(np.sqrt(max(gaps.min(), 0) / start.size)) / 2
    return Digits(
        _bytes(np.stack(rows)).reshape(len(TIMES), 2 + SIX, mnist.SIDE, mnist.SIDE),
        perplexity(share),
        {
            "digits": float(perplexity(share[now])),
            "digit_likeliest": float(share[now].max()),
            "digit_right": float(share[now][labels == settings.digit].sum()),
            "digit_off": off,
        },
    )


@cache
def trained_on() -> tuple[np.ndarray, np.ndarray]:
    """The 12,000 digits (12000, 784) float32, and the sum of squares of each. Read-only."""
    pixels = mnist.pixels("train")[0]
    images = scaled(pixels.reshape(len(pixels), -1))
    squares = np.einsum("nd,nd->n", images, images)
    images.flags.writeable = squares.flags.writeable = False
    return images, squares


def scaled(pixels: np.ndarray) -> np.ndarray:
    """Bytes as float32 from -1, paper, to 1, ink."""
    return np.asarray(pixels, np.float32) / np.float32(127.5) - 1


def _bytes(x: np.ndarray) -> np.ndarray:
    return np.asarray(((x.clip(-1, 1) + 1) * 127.5).round(), np.uint8)
