"""Train the small U-Net from nothing, and look at it through the same noise every time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from core import device
from core.diffusion import images_quality as quality
from core.diffusion import unet
from core.diffusion.guidance import Guided, Net
from core.diffusion.learn import Frame, Settings
from core.diffusion.learn_layout import (
    COLUMNS,
    EXAMPLE,
    GUIDANCE,
    HELD_OUT,
    ROWS,
    SPANS,
    STEPS,
    TIMES,
    WAY,
)  # fmt: skip
from core.diffusion.learn_train import Learner
from core.diffusion.samplers import dpm_solver
from core.diffusion.schedules import SCHEDULES, ladder
from core.diffusion.unet import UNet
from core.experiment import Diverged
from core.nets.batches import Batches, random, stops

GOOD_LR = 3e-3
REAL = 100  # held-out digits whose distance to the training images is the measure of copies


class Portrait:
    """Looks at a network through the same noise and the same held-out digits every time."""

    def __init__(self, settings: Settings, generator: torch.Generator) -> None:
        self.side, self.course = int(settings.size), SCHEDULES[settings.schedule](STEPS)
        self.known = quality.training(self.side)[0][: settings.train_size].flatten(1)
        self.scale = GUIDANCE if 0 < settings.drop < 1 else 1.0
        self.x, self.y = (part[:HELD_OUT] for part in quality.held_out(self.side))
        self.start = torch.randn(ROWS * COLUMNS, *self.x.shape[1:], generator=generator)
        self.asked = torch.arange(ROWS * COLUMNS) % COLUMNS
        self.told = settings.drop < 1
        if not self.told:  # a class that it never saw means nothing to it
            self.y = torch.full_like(self.y, unet.NULL)
        self.t = torch.arange(HELD_OUT) % SPANS  # a span each, ten digits in turn
        self.t = (self.t * 37 % SPANS * STEPS // SPANS) + 1 + STEPS // (2 * SPANS)
        self.noise = torch.randn(self.x.shape, generator=generator)
        self.lengths = self.known.square().sum(1)
        self.unseen = _unseen(self.side, settings.train_size)

    def frame(self, net: UNet, step: int, losses: list[float], seconds: float) -> Frame:
        """The frame after ``step`` updates; losses: since the last one."""
        wall = self._wall(net if step else _silent)
        each = self._held_out(net)
        read = quality.read(wall)[1]
        looks, noised = self._looks(net)
        metrics = {
            "loss": float(np.mean(losses)) if losses else float(each.mean()),
            "held_out": float(each.mean()),
            "class_accuracy": float((read == self.asked.numpy()).mean()),
            "novelty": self._distance(wall) / self.unseen,
        }
        spans = (self.t - 1) * SPANS // STEPS
        by_time = [float(each[spans == n].mean()) for n in range(SPANS)]
        if not np.isfinite([*metrics.values(), *by_time]).all():
            raise FloatingPointError(f"a measure at step {step} is not finite")
        return Frame(
            step=step,
            metrics=metrics,
            timing={"steps_per_s": step / seconds} if seconds else {},
            wall=quality.to_bytes(wall),
            looks=quality.to_bytes(looks),
            by_time=np.asarray(by_time, np.float32),
            noised=quality.to_bytes(noised) if step == 0 else None,
        )

    def _wall(self, net: Net) -> Tensor:
        model = Guided(net, self.course, self.asked if self.told else None, self.scale)
        *_, images = dpm_solver(model, self.start, self.course, ladder(STEPS, WAY))
        return images.clamp(-1, 1)

    @torch.no_grad()
    def _held_out(self, net: UNet) -> Tensor:
        """The squared error of v, of every held-out digit at its time, (HELD_OUT,)."""
        a, s = self._weights(self.t)
        noised, goal = a * self.x + s * self.noise, a * self.noise - s * self.x
        found: Tensor = (net(noised, self.t, self.y) - goal).square().flatten(1).mean(1)
        return found

    @torch.no_grad()
    def _looks(self, net: UNet) -> tuple[Tensor, Tensor]:
        """What is seen in one digit under five noises; the digit itself, then noised."""
        t, x = torch.tensor(TIMES), self.x[EXAMPLE : EXAMPLE + 1]
        a, s = self._weights(t)
        noised = a * x + s * self.noise[EXAMPLE : EXAMPLE + 1]
        v = net(noised, t, self.y[EXAMPLE].expand(len(TIMES)))
        return a * noised - s * v, torch.cat([x, noised])

    def _weights(self, t: Tensor) -> tuple[Tensor, Tensor]:
        both = (self.course.signal, self.course.noise)
        a, s = (torch.from_numpy(part).float()[t].view(-1, 1, 1, 1) for part in both)
        return a, s

    def _distance(self, images: Tensor) -> float:
        return _distance(images.flatten(1), self.known, self.lengths)


def _silent(x: Tensor, t: Tensor, y: Tensor) -> Tensor:
    """What a new network says to everything, for its head starts at 0."""
    return torch.zeros_like(x)


def _distance(x: Tensor, known: Tensor, lengths: Tensor) -> float:
    """Median distance of images (n, d) to the nearest of those that are known; lengths: squared."""
    which = (lengths - 2 * x @ known.T).argmin(1)
    return float((x - known[which]).norm(dim=1).median())


@cache
def _unseen(side: int, count: int) -> float:
    """The same of held-out digits to the first so many training images."""
    known, (x, _) = quality.training(side)[0][:count].flatten(1), quality.held_out(side)
    return _distance(x[:REAL].flatten(1), known, known.square().sum(1))


def run(settings: Settings) -> Iterator[Frame]:
    """21 frames at most, closer together at first. Raises Diverged at a loss that is none."""
    order, own, shown = np.random.SeedSequence(settings.seed).spawn(3)
    generator = random(own)
    net = unet.build(spec_of(settings), generator).to(device.chosen())
    x, y = (part[: settings.train_size] for part in quality.training(int(settings.size)))
    course = SCHEDULES[settings.schedule](STEPS)
    learner = Learner(net, course, settings.lr, settings.steps, settings.drop, generator)
    batches = Batches(len(x), settings.batch_size, np.random.default_rng(order))
    portrait, seconds = Portrait(settings, random(shown)), 0.0
    losses: list[float] = []
    for now, until in pairwise(stops(settings.steps)):
        yield _seen(settings, portrait, learner, now, losses, seconds)
        start, losses = time.perf_counter(), []
        for step in range(now, until):
            chosen = batches.next()
            losses.append(learner.step(x[chosen], y[chosen]))
            if not math.isfinite(losses[-1]):
                raise _diverged(settings, step)
        seconds += time.perf_counter() - start
    last = _seen(settings, portrait, learner, settings.steps, losses, seconds)
    yield Frame(**{**vars(last), "weights": unet.to_arrays(_shown(settings, learner))})


def _seen(
    settings: Settings,
    portrait: Portrait,
    learner: Learner,
    step: int,
    losses: list[float],
    seconds: float,
) -> Frame:
    try:
        return portrait.frame(_shown(settings, learner), step, losses, seconds)
    except FloatingPointError:
        raise _diverged(settings, step) from None


def _shown(settings: Settings, learner: Learner) -> UNet:
    """The network that is looked at, on the processor."""
    net = learner.average.net if settings.average else learner.net
    assert isinstance(net, UNet)
    return net if learner.device.type == "cpu" else unet.from_state(net)


def spec_of(settings: Settings) -> unet.Spec:
    """The network that is asked for."""
    side, width = int(settings.size), settings.width
    levels = (width, 2 * width, 4 * width) if side > 14 else (2 * width, 4 * width)
    return unet.Spec("mnist", side, levels, 64, settings.schedule, STEPS)


def _diverged(settings: Settings, step: int) -> Diverged:
    says = f"the learning rate {settings.lr:,.10g} is too large"
    fix = {"lr": GOOD_LR}
    return Diverged(step, f"At step {step} the loss stopped being finite: {says}.", fix)
