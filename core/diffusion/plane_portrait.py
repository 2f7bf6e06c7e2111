"""What there is to see of a network at a moment: samples, their ways, its score, its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser, aim, guesser, noise_in, to_arrays
from core.diffusion.exact import noised
from core.diffusion.plane import Frame
from core.diffusion.plane_layout import ARROWS, JUDGED, TRAILS, places, shown_times, times_asked
from core.diffusion.plane_weights import weights_of
from core.diffusion.sample_ways import chain, reverse
from core.measure.modes import modes
from core.measure.sliced import sliced_wasserstein

if TYPE_CHECKING:
    from core.diffusion.plane import Settings

EACH = 200  # points at each time


class Portrait:
    """Frames of one training, always from the same points, times and noise."""

    def __init__(self, settings: Settings, seed: np.random.SeedSequence) -> None:
        self.settings, self.course = settings, settings.course
        mixture, rng = settings.mixture, np.random.default_rng(seed)
        self.real = mixture.sample(JUDGED, rng)
        self.start = _tensor(rng.standard_normal((JUDGED, 2)))
        self.times = times_asked(settings.total)
        self.x0, self.noise = mixture.sample(EACH, rng), rng.standard_normal((EACH, 2))
        laws = [noised(mixture, self.course, t) for t in self.times]
        self.seen = [law.signal * self.x0 + law.noise * self.noise for law in laws]
        self.best = [law.added(x) for law, x in zip(laws, self.seen, strict=True)]
        stops = shown_times(settings)
        self.there = np.stack(chain(self.real[:TRAILS], self.course, stops[::-1], rng), 1)
        self.weights = weights_of(settings, self.course)[self.times]

    def frame(self, net: Denoiser, step: int, seconds: float) -> Frame:
        """The network as it is now. seconds: that training took so far.

        Raises FloatingPointError where its answers are no numbers any more.
        """
        settings, first, last = self.settings, step == 0, step == self.settings.steps
        made, trails = self.samples(net)
        errors = self.errors(net)
        arrows = self.arrows(net)
        if not all(np.isfinite(one).all() for one in (made, *errors, arrows)):
            raise FloatingPointError("the network's answers are no numbers")
        loss, wrong, excess, least = errors
        covered, good = modes(made, settings.mixture)
        return Frame(
            step=step,
            metrics={
                "loss": float(loss.mean()),
                "score_error": float(excess.mean()),
                "floor": float(least.mean()),
                "modes": float(covered),
                "high_quality": good,
                "swd": sliced_wasserstein(self.real, made),
            },
            timing={"steps_per_s": step / seconds} if step else {},
            weights=to_arrays(net) if last else None,
            samples=_half(made),
            trails=_half(trails),
            arrows=_half(arrows),
            wrong=wrong.astype(np.float32),
            excess=excess.astype(np.float32),
            least=least.astype(np.float32) if first else None,
            forward=_half(self.there) if first else None,
        )

    def samples(self, net: Denoiser) -> tuple[np.ndarray, np.ndarray]:
        """Points (800, 2), and the ways (24, m, 2) of the first of them."""
        settings, x = self.settings, self.start
        way, kept = [x[:TRAILS]], set(shown_times(settings))
        for t, x in reverse(
            net, self.course, self.start, "ddim", settings.stops, clip=settings.reach
        ):
            if int(t) in kept:
                way.append(x[:TRAILS])
        return x.double().numpy(), torch.stack(way, 1).double().numpy()

    @torch.no_grad()
    def errors(self, net: Denoiser) -> tuple[np.ndarray, ...]:
        """At each time: the loss, the squared error against the noise, against the best, its own.

        One pass over all times; each (20,).
        """
        total, predict = self.settings.total, self.settings.predict
        u = torch.tensor(self.times / total, dtype=torch.float32).repeat_interleave(EACH)
        out = net(_tensor(np.concatenate(self.seen)), u).view(len(self.times), EACH, 2)
        found = []
        for n, t in enumerate(self.times):
            a, s = float(self.course.signal[t]), float(self.course.noise[t])
            right = aim(predict, _tensor(self.x0), _tensor(self.noise), a, s)
            loss = float((out[n] - right).double().square().mean()) * self.weights[n]
            said = noise_of(net, out[n], self.seen[n], a, s)
            found.append((loss, *(_squared(said - one) for one in (self.noise, self.best[n])),
                          _squared(self.best[n] - self.noise)))  # fmt: skip
        return tuple(np.array(column) for column in zip(*found, strict=True))

    def arrows(self, net: Denoiser) -> np.ndarray:
        """The learned score at the places, (225, 2): minus the noise over its spread."""
        t = self.settings.looked_at
        noise = guesser(net, self.course)(_tensor(places(ARROWS)), float(t))
        return np.asarray(-noise.double().numpy() / self.course.noise[t])


def noise_of(net: Denoiser, out: Tensor, x: np.ndarray, a: float, s: float) -> np.ndarray:
    """The noise that the network's answers stand for."""
    return np.asarray(noise_in(net.spec.predict, out.double(), torch.from_numpy(x), a, s).numpy())


def _squared(x: np.ndarray) -> float:
    return float((x**2).mean())


def _tensor(x: np.ndarray) -> Tensor:
    return torch.tensor(x, dtype=torch.float32)


def _half(x: np.ndarray) -> np.ndarray:
    """As float16, what lies beyond its range cut."""
    return np.asarray(np.clip(x, -60_000, 60_000).astype(np.float16))
