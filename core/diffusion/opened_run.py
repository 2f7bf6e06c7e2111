"""One pass through a trained U-Net, opened; then samples and losses with skips off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.data import imagesets
from core.diffusion import opened_costs, unet
from core.diffusion.opened import Frame, Settings
from core.diffusion.opened_layout import (
    COUNT,
    STOPS,
    TIMES,
    VARIANTS,
    ZERO,
    blocks_of,
    contrast,
    keep_of,
)
from core.diffusion.samplers import Model, ddim
from core.diffusion.schedules import SCHEDULES, Schedule, ladder
from core.diffusion.unet import NULL, UNet
from core.nets import cnn, stored

READERS = {"mnist": "mnist-cnn", "fashion": "gan-fashion-cnn", "digits": "gan-digits-cnn"}
NOISES = 3  # for each of ten digits, to tell the digit's part from the noise's


@torch.no_grad()
def run(settings: Settings) -> Iterator[Frame]:
    """The pass at step 0; a step of both samplers and one more held-out digit at every step."""
    net = unet.load(settings.model)
    course = SCHEDULES[net.spec.schedule](net.spec.steps)
    random = [torch.Generator().manual_seed(3 * settings.seed + n) for n in range(3)]
    walls, losses = sampled(net, course, settings, random[0]), measured(net, course, random[1])
    first, steady = opened(net, course, settings, random[2])
    for step in range(settings.steps + 1):
        wall, loss = next(walls), next(losses)
        static: dict[str, Any] = first[0] if step == 0 else {}
        yield Frame(
            step=step,
            metrics={**_read(net, settings, wall), **_means(settings, loss), **steady},
            timing=first[1] if step == 0 else {},
            walls=_bytes(wall),
            losses=loss.float().numpy(),
            **static,
        )


def both(course: Schedule, x: Tensor, v: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """The noise and the image that x_t (n, ...) and v stand for at times t (n,).

    v = signal e - noise x_0: Salimans and Ho 2022, appendix D.
    """
    signal, noise = (_at(values, t, x) for values in (course.signal, course.noise))
    return signal * v + noise * x, signal * x - noise * v


def noised(course: Schedule, image: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """x_t."""
    return _at(course.signal, t, image) * image + _at(course.noise, t, image) * noise


def _at(values: np.ndarray, t: Tensor, x: Tensor) -> Tensor:
    found: Tensor = torch.from_numpy(values).float()[t]
    return found.reshape(-1, *[1] * (x.ndim - 1))


def opened(
    net: UNet, course: Schedule, settings: Settings, random: torch.Generator
) -> tuple[tuple[dict[str, np.ndarray], dict[str, float]], dict[str, float]]:
    """The first frame's arrays and times, and the metrics that stay."""
    spec, levels = net.spec, len(net.spec.channels)
    keep = keep_of(settings.skips, levels)
    x_all, _ = held_out(spec.data)
    pick = int(torch.randint(len(x_all) // COUNT, (1,), generator=random))
    image = x_all[COUNT * pick + settings.digit][None]
    noise = torch.randn(image.shape, generator=random)
    t = torch.tensor([min(settings.t, course.steps)])
    none = torch.tensor([NULL])
    x = noised(course, image, noise, t)
    v, maps = net.maps(x, t, none, keep)
    found = both(course, x, v, t)
    whole = both(course, x, net(x, t, none), t)
    shares = digit_shares(net, course, keep, int(t), random)
    costs = [opened_costs.parameters(net), opened_costs.multiply_adds(net, x, t, none)]
    blocks = blocks_of({"channels": spec.channels, "side": spec.side})
    arrays = {
        "spec": stored.spec_array(_plain(net)),
        "pictures": _half(torch.cat([image, noise, x, *found, *whole])[:, 0]),
        "maps": np.concatenate([_map_bytes(maps[one.name]) for one in blocks]),
        "scales": np.array([float(maps[one.name].abs().max()) for one in blocks], np.float32),
        "told": net.embed(t, none)[0].float().numpy(),
        "shares": np.array(list(shares.values()), np.float32),
        "costs": np.array([list(one.values()) for one in costs], np.float64).T,
        "every": _half(every_time(net, course, keep, image, noise)),
    }
    steady = {
        "digit/input": shares["input"],
        "digit/bottleneck": shares["middle"],
        "digit/image": shares["image"],
        "error/image": float((found[1] - image).square().mean()),
        "error/noise": float((found[0] - noise).square().mean()),
        **_halves(*costs),
    }
    times = {f"block/{k}": v for k, v in opened_costs.seconds(net, x, t, none).items()}
    return (arrays, times), steady


def _halves(numbers: dict[str, int], sums: dict[str, int]) -> dict[str, float]:
    """Totals, and the shares of the blocks at the finest level and at the coarsest."""
    found = {"parameters": float(sum(numbers.values())), "multiply_adds": sum(sums.values()) / 1e6}
    finest = ("stem", "down.0", max(name for name in sums if name.startswith("up.")), "head")
    coarsest = ("middle", max(name for name in sums if name.startswith("down.")), "up.0")
    for words, chosen in (("finest", finest), ("coarsest", coarsest)):
        for name, costs in (("parameters", numbers), ("multiply_adds", sums)):
            part = sum(costs[one] for one in chosen)
            found[f"{name}/{words}"] = part / sum(costs.values())
    return found


def digit_shares(
    net: UNet, course: Schedule, keep: Sequence[float], t: int, random: torch.Generator
) -> dict[str, float]:
    """Of the variance of each block's numbers, the share that comes from the digit.

    Ten digits, each under a few noises: a one-way analysis of variance of every number, with the
    unbiased estimates of the variance between digits and within (Searle, Casella and McCulloch
    1992, section 3.5), summed over the block. ``input``: of x_t, which is known without noise;
    ``image``: of the predicted x_0.
    """
    x_all, _ = held_out(net.spec.data)
    picks = torch.randint(len(x_all) // COUNT, (COUNT,), generator=random)
    digits = x_all[COUNT * picks + torch.arange(COUNT)]
    images = digits.repeat_interleave(NOISES, 0)
    noise = torch.randn(images.shape, generator=random)
    times, none = (torch.full((len(images),), value) for value in (t, NULL))
    x = noised(course, images, noise, times)
    v, maps = net.maps(x, times, none, keep)
    whole = {**maps, "image": both(course, x, v, times)[1]}
    order = [*(one.name for one in blocks_of(_plain(net))), "image"]
    signal = float(course.left[t]) * float(digits.var(0).mean())
    share = signal / (signal + 1 - float(course.left[t]))
    return {"input": share, **{name: _between(whole[name]) for name in order}}


def _between(values: Tensor) -> float:
    groups = values.reshape(COUNT, NOISES, -1).double()
    within = groups.var(1).mean(0)
    between = groups.mean(1).var(0) - within / NOISES
    total = float(between.sum() + within.sum())
    return min(max(float(between.sum()) / total, 0.0), 1.0) if total > 0 else 0.0


def every_time(
    net: UNet, course: Schedule, keep: Sequence[float], image: Tensor, noise: Tensor
) -> Tensor:
    """x_t, the noise found in it and the image found, (3, stops, side, side)."""
    times = torch.tensor([max(1, round(stop * course.steps)) for stop in STOPS])
    x = noised(course, image, noise, times)
    v = net(x, times, torch.full_like(times, NULL), keep)
    return torch.stack([x, *both(course, x, v, times)])[:, :, 0]


def sampled(
    net: UNet, course: Schedule, settings: Settings, random: torch.Generator
) -> Iterator[Tensor]:
    """Ten digits after each step of DDIM from one noise, (2, 10, side, side): skips on; off."""
    side, levels = net.spec.side, len(net.spec.channels)
    off = keep_of(contrast(settings.skips), levels)
    start = torch.randn(COUNT, 1, side, side, generator=random)
    yield start.repeat(2, 1, 1, 1, 1)[:, :, 0]
    stops = ladder(course.steps, settings.steps)
    ways = [
        ddim(_model(net, course, keep), start, course, stops, clip=1.0)
        for keep in (keep_of("all-on", levels), off)
    ]
    for pair in zip(*ways, strict=True):
        yield torch.stack(pair)[:, :, 0]


def _model(net: UNet, course: Schedule, keep: Sequence[float]) -> Model:
    """The noise in ten images, one of each class, as the samplers ask for it."""

    def noise(x: Tensor, t: float) -> Tensor:
        times = torch.full((COUNT,), int(t))
        return both(course, x, net(x, times, torch.arange(COUNT), keep), times)[0]

    return noise


def measured(net: UNet, course: Schedule, random: torch.Generator) -> Iterator[Tensor]:
    """The loss so far (variants, times): mean squared error of v, over one more digit each time.

    Every variant sees the same held-out digits under the same noise, and is not told the class.
    """
    levels = len(net.spec.channels)
    x_all, _ = held_out(net.spec.data)
    order = torch.randperm(len(x_all) // COUNT, generator=random)
    times = torch.tensor([max(1, round(share * course.steps)) for share in TIMES])
    total = torch.zeros(len(VARIANTS), len(times), dtype=torch.float64)
    for seen in range(len(x_all)):
        digit = x_all[COUNT * order[seen // COUNT % len(order)] + seen % COUNT]
        images = digit.expand(len(times), -1, -1, -1)
        noise = torch.randn(images.shape, generator=random)
        x = noised(course, images, noise, times)
        aim = _at(course.signal, times, x) * noise - _at(course.noise, times, x) * images
        down = net.encode(x, times, torch.full_like(times, NULL))
        for n, variant in enumerate(VARIANTS):
            v, _ = net.decode(*down, keep_of(variant, levels))
            total[n] += (v - aim).square().mean((1, 2, 3))
        yield total / (seen + 1)


def _means(settings: Settings, losses: Tensor) -> dict[str, float]:
    found = {f"loss/{name}": float(row.mean()) for name, row in zip(VARIANTS, losses, strict=True)}
    on, off = losses[0], losses[list(VARIANTS).index(contrast(settings.skips))]
    harm = {"harm/low": float(off[0] / on[0]), "harm/high": float(off[-1] / on[-1])}
    return {"loss": found[f"loss/{settings.skips}"], **found, **harm}


def _read(net: UNet, settings: Settings, walls: Tensor) -> dict[str, float]:
    """Of the ten digits asked for, the share that a classifier reads as such: skips on; off."""
    reader = _reader(net.spec.data)
    said = reader(((walls.flatten(0, 1)[:, None] + 1) / 2).clamp(0, 1)).argmax(1)
    right = (said.reshape(2, COUNT) == torch.arange(COUNT)).double().mean(1)
    return {"read/on": float(right[0]), "read/off": float(right[1])}


@cache
def _reader(data: str) -> cnn.Cnn:
    return cnn.load(READERS[data])


@cache
def held_out(data: str) -> tuple[Tensor, Tensor]:
    """Held-out images (n, 1, side, side) in [-1, 1] and classes in turn. Nobody may change them."""
    found = imagesets.load(data)
    whole = len(found.x_test) // COUNT * COUNT
    return torch.from_numpy(found.x_test[:whole])[:, None] * 2 - 1, torch.from_numpy(found.y_test)


def _plain(net: UNet) -> dict[str, object]:
    return {**net.spec.__dict__, "channels": list(net.spec.channels)}


def _half(x: Tensor) -> np.ndarray:
    return x.numpy().astype(np.float16)


def _map_bytes(x: Tensor) -> np.ndarray:
    most = float(x.abs().max()) or 1.0
    return (x[0] / most * ZERO + ZERO).round().byte().contiguous().numpy().ravel()


def _bytes(x: Tensor) -> np.ndarray:
    return np.asarray(((x + 1) * 127.5).round().clamp(0, 255).byte().numpy())
