"""Sampling with guidance, the scores exact: no network, and so no error but the push itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain

import numpy as np
import torch
from torch import Tensor

from core.diffusion import samplers
from core.diffusion.guided import Frame, Settings
from core.diffusion.guided_classes import bell_spread, guided, laws
from core.diffusion.guided_figures import SCALES
from core.measure.sliced import sliced_wasserstein

COUNT, SHOWN, SWEPT = 1000, 600, 200  # samples, those drawn, those at each scale of the sweep


def run(settings: Settings) -> Iterator[Frame]:
    """A frame a step of the sampler; on the last one the sweep over scales."""
    start, exact = noise_of(settings), np.random.default_rng(settings.seed).spawn(2)[1]
    both = torch.stack([start, start])
    scales = np.array([settings.scale, 1.0])[:, None, None]
    states = chain([both], sampled(settings, both, scales))
    for step, (t, x) in enumerate(zip(settings.times, states, strict=True)):
        yield Frame(
            step=step,
            metrics=measured(settings, t, x[0].numpy(), exact),
            t=np.array(t, np.int32),
            points=x[0, :SHOWN].numpy().astype(np.float16),
            plain=x[1, :SHOWN].numpy().astype(np.float16),
            sweep=swept(settings.model_copy(update={"scale": 1.0})) if t == 0 else None,
        )


def noise_of(settings: Settings) -> Tensor:
    """What the sampler starts from, (n, 2) float64."""
    starts = np.random.default_rng(settings.seed).spawn(2)[0]
    return torch.from_numpy(starts.standard_normal((COUNT, 2)))


def sampled(settings: Settings, x: Tensor, scales: np.ndarray) -> Iterator[Tensor]:
    """The state after every step of the sampler, from noise x (s, n, 2) at scales (s, 1, 1)."""
    walk: Callable[..., Iterator[Tensor]] = getattr(samplers, settings.sampler)
    classes, label, course = settings.classes, settings.label, settings.course

    def model(x: Tensor, t: float) -> Tensor:
        every, own = laws(classes, label, course, int(t))
        return torch.from_numpy(guided(every, own, x.numpy(), scales)[0])

    return walk(model, x, course, settings.times)


def measured(
    settings: Settings, t: int, x: np.ndarray, rng: np.random.Generator
) -> dict[str, float]:
    """The metrics of ``Frame``."""
    law = laws(settings.classes, settings.label, settings.course, t)[1].law
    spread, within, shift = gauges(law.centres, law.sigma, x)
    found = {"shift": shift, "spread": spread, "within": within}
    if settings.target == "bells":
        found["closed_spread"] = bell_spread(settings.scale)
    if t > 0:
        return found
    pair = [law.sample(COUNT, rng) for _ in range(2)]
    found |= {
        "within_exact": float(law.within),
        "swd": sliced_wasserstein(x, pair[0]),
        "swd_floor": sliced_wasserstein(pair[1], pair[0]),
    }
    if settings.target != "bells":  # there a class is no share of the whole
        classes, label = settings.classes, settings.label
        found["certain"] = float(classes.share(label, x).mean())
        found["certain_exact"] = float(classes.share(label, pair[0]).mean())
    return found


def gauges(centres: np.ndarray, sigma: float, x: np.ndarray) -> tuple[float, float, float]:
    """Of samples x (n, 2) against islands: spread over theirs, the share within 3 sigma, shift."""
    middle, mean = centres.mean(0), x.mean(0)
    own = np.sqrt(((centres - middle) ** 2).sum(1).mean() + 2 * sigma**2)
    spread = np.sqrt(((x - mean) ** 2).sum(1).mean()) / own
    gaps = np.linalg.norm(x[:, None] - centres, axis=-1).min(1)
    return float(spread), float((gaps <= 3 * sigma).mean()), float(np.linalg.norm(mean - middle))


@lru_cache(maxsize=8)
def swept(settings: Settings) -> np.ndarray:
    """Spread, share within, certainty and shift (11, 4) at every scale, from the same noise.

    The settings' own scale does not matter: kept for the next one.
    """
    start = noise_of(settings)[:SWEPT]
    noise = start.expand(len(SCALES), *start.shape)
    *_, x = sampled(settings, noise, SCALES[:, None, None])
    classes, own = settings.classes, settings.classes.each[settings.label]
    rows = []
    for one in x.numpy():
        spread, within, shift = gauges(own.centres, own.sigma, one)
        certain = (
            np.nan if settings.target == "bells" else classes.share(settings.label, one).mean()
        )
        rows.append((spread, within, float(certain), shift))
    return np.array(rows, np.float32)
