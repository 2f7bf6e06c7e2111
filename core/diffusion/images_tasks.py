"""What is known of an image, made whole eight times: filled in, cleaned, sharpened, redrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.data import masks
from core.data.drawing import decode
from core.diffusion import images_quality as quality
from core.diffusion import samplers
from core.diffusion.guidance import Guided
from core.diffusion.images import Frame, Settings
from core.diffusion.images_layout import EIGHT
from core.diffusion.images_run import Asked, Watched, classes, followed
from core.diffusion.schedules import Schedule, ladder

Fix = Callable[[Tensor], Tensor]
COARSE = 7  # pixels a side of what is sharpened


def constrained(
    model: samplers.Model,
    x: Tensor,
    course: Schedule,
    times: Sequence[int],
    fix: Fix,
    again: int,
    random: torch.Generator,
) -> Iterator[Tensor]:
    """DDPM whose predicted x_0 is made to agree with what is known, at every step.

    fix(x_0): the nearest image that agrees (Wang, Yu and Zhang 2023, equation 10). again: every
    step is taken so often, with noise of the forward process in between, so that what is made and
    what is known find together (Lugmayr et al. 2022, algorithm 1). Not exact: the prediction does
    not know what will be corrected in it.
    """
    for t, s in pairwise(times):
        for turn in range(again):
            start = fix(samplers.start_of(x, model(x, t), course, t, clip=1.0))
            of_start, of_now, variance = course.posterior(t, s)
            lower = of_start * start + of_now * x
            if s > 0:
                lower = lower + variance**0.5 * _noise(x, random)
            if turn < again - 1 and s > 0:
                kept = float(course.left[t] / course.left[s])
                x = kept**0.5 * lower + (1 - kept) ** 0.5 * _noise(x, random)
        x = lower
        yield x


def _noise(x: Tensor, random: torch.Generator) -> Tensor:
    return torch.randn(x.shape, generator=random)


def inpaint(s: Settings, asked: Asked) -> Iterator[Frame]:
    """Eight completions of a digit that is painted over."""
    x, y = _wanted(s, asked)
    squares = masks.pixels(masks.grid(s.mask, s.painted), asked.side)
    hidden = torch.from_numpy(squares)

    def fix(start: Tensor) -> Tensor:
        return torch.where(hidden, start, x)

    given = quality.to_bytes(x[None])[0]
    extra = {"hidden": squares.astype(np.uint8), "given": given, "original": given}
    yield from _corrected(s, asked, fix, (x, y), hidden, extra)


def upscale(s: Settings, asked: Asked) -> Iterator[Frame]:
    """Eight digits whose means over blocks of pixels are those of a coarse one."""
    x, y = _wanted(s, asked)
    block = asked.side // COARSE

    def coarse(images: Tensor) -> Tensor:
        return functional.avg_pool2d(images, block)

    def fine(means: Tensor) -> Tensor:
        return means.repeat_interleave(block, -1).repeat_interleave(block, -2)

    seen = coarse(x[None])

    def fix(start: Tensor) -> Tensor:
        return start + fine(seen - coarse(start))

    everywhere = torch.ones(asked.side, asked.side, dtype=torch.bool)
    extra = {"given": quality.to_bytes(fine(seen))[0], "original": quality.to_bytes(x[None])[0]}
    yield from _corrected(s, asked, fix, (x, y), everywhere, extra)


def _corrected(
    s: Settings,
    asked: Asked,
    fix: Fix,
    wanted: tuple[Tensor, Tensor],
    hidden: Tensor,
    extra: dict[str, np.ndarray],
) -> Iterator[Frame]:
    """The frames of a constrained process from pure noise."""
    x, y = wanted
    random = torch.Generator().manual_seed(s.seed)
    watched = Watched(Guided(asked.net, asked.course, y if s.told else None, s.guidance))
    times = ladder(asked.course.steps, s.steps)
    noise = torch.randn(EIGHT, *x.shape, generator=random)
    process = constrained(watched, noise, asked.course, times, fix, s.again, random)

    def measured(images: Tensor, read: np.ndarray) -> dict[str, float]:
        return completed(images, read, (x, y), hidden)

    yield from followed(watched, times, process, measured, fix, **extra)


def denoise(s: Settings, asked: Asked) -> Iterator[Frame]:
    """Eight clean digits that a noisy one may have been: the process, begun where the noise is.

    The noise is known, so a noisy digit is an x_t, up to a factor: no trick, and as exact as the
    network is.
    """
    x, y = _wanted(s, asked)
    random = torch.Generator().manual_seed(s.seed)
    noisy = x + 2 * s.noise * torch.randn(x.shape, generator=random)  # pixels reach from -1 to 1
    t = time_of(asked.course, 2 * s.noise)
    now = float(asked.course.signal[t]) * noisy.expand(EIGHT, *x.shape)
    everywhere = torch.ones(asked.side, asked.side, dtype=torch.bool)
    guided = Guided(asked.net, asked.course, y.expand(EIGHT) if s.told else None, s.guidance)
    best = guided.start(now[:1], guided.velocity(now[:1], t), t)[0].clamp(-1, 1)
    fixed = {
        "error_given": _error(noisy, x),
        "error_best": _error(best, x),
        "began": float(t),
    }
    extra = {
        "given": quality.to_bytes(noisy[None])[0],
        "original": quality.to_bytes(x[None])[0],
        "best": quality.to_bytes(best[None])[0],
    }

    def measured(images: Tensor, read: np.ndarray) -> dict[str, float]:
        return completed(images, read, (x, y), everywhere) | fixed

    watched = Watched(guided)
    times = ladder_from(t, s.steps)
    process = samplers.ddpm(watched, now, asked.course, times, random)
    yield from followed(watched, times, process, measured, **extra)


def time_of(course: Schedule, ratio: float) -> int:
    """The time, from 1 to T, at which noise over signal is nearest to that ratio."""
    ratios = course.noise[1:] / course.signal[1:]
    return 1 + int(np.abs(np.log(ratios / max(ratio, 1e-9))).argmin())


def ladder_from(start: int, count: int) -> list[int]:
    """The times of a sampler that begins at ``start``: at most so many, evenly to 1, then 0."""
    return ladder(start, min(count, start))


def sketch(s: Settings, asked: Asked) -> Iterator[Frame]:
    """Eight digits near a drawing: noise drowns its details, and the process makes them anew.

    SDEdit (Meng et al. 2022, algorithm 1), with DDPM's steps.
    """
    drawn = quality.shrink(quality.to_range(decode(s.drawing)[None]), asked.side)[0]
    random = torch.Generator().manual_seed(s.seed)
    t = max(1, round(s.strength * asked.course.steps))
    y = classes(s.label, EIGHT)
    watched = Watched(Guided(asked.net, asked.course, y, s.guidance))
    signal, noise = float(asked.course.signal[t]), float(asked.course.noise[t])
    x = signal * drawn + noise * torch.randn(EIGHT, *drawn.shape, generator=random)
    times = ladder_from(t, s.steps)
    process = samplers.ddpm(watched, x, asked.course, times, random)

    def measured(images: Tensor, read: np.ndarray) -> dict[str, float]:
        found = {
            "moved": float((images.clamp(-1, 1) - drawn).square().mean().sqrt() / 2),
            "kinds": float(len(np.unique(read))),
        }
        asked_for = {} if y is None else {"class_accuracy": float((read == y.numpy()).mean())}
        return found | asked_for | {"began": float(t)}

    extra = {"given": quality.to_bytes(drawn[None])[0]}
    yield from followed(watched, times, process, measured, **extra)


def completed(
    images: Tensor, read: np.ndarray, wanted: tuple[Tensor, Tensor], hidden: Tensor
) -> dict[str, float]:
    """Of eight images that may be x, of class y (8,): what is read, and errors where it was hidden.

    error_one: mean squared error a pixel (black 0, white 1) of one, on average; error_mean: of the
    mean of all; spread: their standard deviation.
    """
    x, truth = wanted[0], int(wanted[1][0])
    found = {
        "kinds": float(len(np.unique(read))),
        "right": float((read == truth).mean()),
    }
    if not hidden.any():
        return found
    under = (images[..., hidden].clamp(-1, 1).double() + 1) / 2
    real = (x[..., hidden].double() + 1) / 2
    return found | {
        "error_one": float((under - real).square().mean()),
        "error_mean": float((under.mean(0) - real).square().mean()),
        "spread": float(under.std(0).mean()),
    }


def _error(image: Tensor, x: Tensor) -> float:
    """Mean squared error a pixel, black 0 and white 1."""
    return float((image - x).double().square().mean() / 4)


def _wanted(s: Settings, asked: Asked) -> tuple[Tensor, Tensor]:
    """A held-out digit (1, side, side), and its class eight times (8,)."""
    x, y = quality.held_out(asked.side)
    return x[s.image], y[s.image].expand(EIGHT)


TASKS = {"inpaint": inpaint, "upscale": upscale, "denoise": denoise, "sketch": sketch}
