"""A trained U-Net makes images: from noise, or from what is known of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.data import models
from core.diffusion import images_quality as quality
from core.diffusion import latent, samplers, unet
from core.diffusion.guidance import Guided
from core.diffusion.images import Frame, Settings
from core.diffusion.images_layout import (
    CLASSES,
    COLUMNS,
    COUNTS,
    DIGITS,
    FRAMES,
    MEASURED,
    MEASURED_AT,
    NOISE,
    REFERENCE,
    SAMPLERS,
    SCALES,
    WALL,
)  # fmt: skip
from core.diffusion.schedules import SCHEDULES, Schedule, ladder
from core.diffusion.unet import UNet

Process = Iterable[Tensor]
Measure = Callable[[Tensor, np.ndarray], dict[str, float]]


@dataclass(frozen=True, eq=False)
class Asked:
    """A network to be asked, its schedule, and what it was measured to be."""

    net: UNet
    course: Schedule
    measured: np.ndarray | None

    @property
    def side(self) -> int:
        """Pixels a side of its images."""
        return self.net.spec.side


@dataclass(eq=False)
class Watched:
    """A guided model that remembers what it was asked and what it said, since last looked at."""

    guided: Guided
    seen: list[tuple[Tensor, Tensor]] = field(default_factory=list)

    def __call__(self, x: Tensor, t: float) -> Tensor:
        v = self.guided.velocity(x, t)
        self.seen.append((x, v))
        return self.guided.noise(x, v, t)

    def told(self, t: float) -> tuple[Tensor, Tensor, Tensor]:
        """What was first asked about since the last look, and what noise and x_0 v says of it."""
        x, v = self.seen[0]
        self.seen.clear()
        return x, self.guided.noise(x, v, t), self.guided.start(x, v, t)


def run(settings: Settings) -> Iterator[Frame]:
    """The task's frames. Raises KeyError or ValueError, in words, where the model cannot be had."""
    from core.diffusion.images_tasks import TASKS

    arrays = models.load(settings.model)
    net = unet.from_arrays(arrays)
    course = SCHEDULES[net.spec.schedule](net.spec.steps)
    tasks = {**TASKS, "generate": generate, "guidance": guidance, "samplers": side_by_side}
    yield from tasks[settings.task](settings, Asked(net, course, arrays.get("measured")))


def generate(s: Settings, asked: Asked) -> Iterator[Frame]:
    """A wall of digits from noise, in pixels or, beside those, in latent numbers."""
    if s.space == "latent":
        yield from _latent(s, asked)
        return
    y, random = classes(s.label, WALL), torch.Generator().manual_seed(s.seed)
    watched = Watched(Guided(asked.net, asked.course, y, s.guidance))
    x = torch.randn(WALL, 1, asked.side, asked.side, generator=random)
    times = ladder(asked.course.steps, s.steps)
    process = sampled(s.sampler, watched, x, asked.course, times, random)
    yield from followed(watched, times, process, lambda x0, read: generated(x0, read, y))


def sampled(
    name: str,
    model: samplers.Model,
    x: Tensor,
    course: Schedule,
    times: Sequence[int],
    random: torch.Generator,
) -> Iterator[Tensor]:
    """Images after every step of the sampler of that name."""
    if name == "ddpm":
        return samplers.ddpm(model, x, course, times, random)
    if name == "ddim":
        return samplers.ddim(model, x, course, times)
    plain = {"dpm-solver": samplers.dpm_solver, "heun": samplers.heun, "euler": samplers.euler}
    return plain[name](model, x, course, times)


def classes(label: str, count: int) -> Tensor | None:
    """The classes asked for (count,): one, all in turn, or none."""
    if label == "none":
        return None
    every = torch.arange(count) % CLASSES
    return every if label == "all" else torch.full_like(every, int(label))


def followed(
    watched: Watched,
    times: Sequence[int],
    process: Process,
    measured: Measure,
    decode: Callable[[Tensor], Tensor] | None = None,
    **extra: np.ndarray,
) -> Iterator[Frame]:
    """Frames of a process: x_t, the noise and the x_0 predicted there; the last holds x_0 itself.

    measured: numbers of the predicted x_0 and of what is read in it. decode: what makes images of
    x_0, where x is codes.
    """
    count = len(times) - 1
    shown = {round(count * n / FRAMES) for n in range(FRAMES)}
    image = decode or (lambda x: x)
    noise = x = torch.empty(0)
    reads: dict[int, np.ndarray] = {}
    for n, (t, after) in enumerate(zip(times, process, strict=False)):
        now, noise, start = watched.told(t)
        x = after
        if n in shown:
            frame = _frame(n, t, watched, (now, noise, image(start)), measured, extra)
            reads[n] = _known(frame.read)
            yield frame
    frame = _frame(count, 0, watched, (x, noise, image(x)), measured, extra)
    decided = {"decided": decided_at(reads, _known(frame.read)) / count}
    yield replace(frame, metrics=frame.metrics | decided)


def _known(read: np.ndarray | None) -> np.ndarray:
    assert read is not None
    return read


def decided_at(reads: dict[int, np.ndarray], end: np.ndarray) -> int:
    """The first step from which on three in four are always read as they are at the end."""
    found = max(reads, default=0) + 1
    for step, read in reversed(reads.items()):
        if (read == end).mean() < 0.75:
            break
        found = step
    return found


def _frame(
    step: int,
    t: int,
    watched: Watched,
    parts: tuple[Tensor, Tensor, Tensor],
    measured: Measure,
    extra: dict[str, Any],
) -> Frame:
    x, noise, images = parts
    read = quality.read(images)[1]
    return Frame(
        step=step,
        metrics={"time": float(t), "calls": float(watched.guided.calls), **measured(images, read)},
        noisy=quality.to_bytes(_square(x)),
        noise=quality.to_bytes(_square(noise) / NOISE),
        start=quality.to_bytes(images),
        read=read.astype(np.uint8),
        **extra,
    )


def _square(x: Tensor) -> Tensor:
    """Codes (n, 16) as images (n, 1, 4, 4); images as they are."""
    return x if x.dim() == 4 else x.unflatten(1, (1, round(x.shape[1] ** 0.5), -1))


def generated(images: Tensor, read: np.ndarray, y: Tensor | None) -> dict[str, float]:
    """Of images of classes y or of none: how many are read as asked for, how different they are."""
    found = {
        "kinds": float(len(np.unique(read))),
        "apart": quality.apart(images.clamp(-1, 1)) / _real_apart(images, y),
        "beyond": float((images.abs() > 1.05).double().mean()),
    }
    if y is not None:
        found["class_accuracy"] = float((read == y.numpy()).mean())
    return found


def _real_apart(images: Tensor, y: Tensor | None) -> float:
    """How far as many real digits of the same classes are apart."""
    x, labels = quality.held_out(images.shape[-1])
    if y is not None and len(y.unique()) == 1:
        x = x[labels == int(y[0])]
    return quality.apart(x[: len(images)])


def guidance(s: Settings, asked: Asked) -> Iterator[Frame]:
    """The same noise under every scale of guidance, a row of digits each."""
    y, rows = classes(s.label, COLUMNS), []
    metrics: dict[str, float] = {}
    times = ladder(asked.course.steps, s.steps)
    for scale in SCALES:
        random = torch.Generator().manual_seed(s.seed)
        x = torch.randn(COLUMNS, 1, asked.side, asked.side, generator=random)
        model = Guided(asked.net, asked.course, y, scale)
        images = last(sampled(s.sampler, model, x, asked.course, times, random))
        rows.append(quality.to_bytes(images))
        found = generated(images, quality.read(images)[1], y)
        metrics |= {f"{name}/{scale:g}": found[name] for name in found if name != "kinds"}
    yield Frame(
        step=0,
        metrics=metrics | _table(asked.measured) | {"frechet_real": quality.floor(side=asked.side)},
        rows=np.stack(rows),
        measured=asked.measured,
    )


def _table(measured: np.ndarray | None, of: str = "") -> dict[str, float]:
    """What was measured of a model when it was trained, as metrics."""
    if measured is None:
        return {}
    return {
        f"measured_{name}/{of}{scale:g}": round(float(value), 6)
        for scale, row in zip(MEASURED_AT, measured, strict=True)
        for name, value in zip(MEASURED, row, strict=True)
    }


def side_by_side(s: Settings, asked: Asked) -> Iterator[Frame]:
    """The same noise by every sampler in every number of steps, and how far each is from the end.

    The end: where the probability flow leads, by 24 steps of Heun's method.
    """
    y, course = classes(s.label, DIGITS), asked.course
    model = Guided(asked.net, course, y, s.guidance)

    def made(name: str, count: int) -> Tensor:
        random = torch.Generator().manual_seed(s.seed)
        x = torch.randn(DIGITS, 1, asked.side, asked.side, generator=random)
        return last(sampled(name, model, x, course, ladder(course.steps, count), random))

    truth, rows, metrics = made("heun", REFERENCE).clamp(-1, 1), [], {}
    for name in SAMPLERS:
        for count in COUNTS:
            images = made(name, count).clamp(-1, 1)
            rows.append(quality.to_bytes(images))
            gap = float((images - truth).square().mean().sqrt())
            metrics[f"off/{name}/{count}"] = gap
    rows.append(quality.to_bytes(truth))
    yield Frame(step=0, metrics=metrics, rows=np.stack(rows))


def last(process: Process) -> Tensor:
    """What a process ends with."""
    *_, x = process
    return x


def _latent(s: Settings, asked: Asked) -> Iterator[Frame]:
    """The wall by latent diffusion, at the end beside the same classes by the U-Net."""
    arrays = models.load("diffusion-latent")
    net, y = latent.from_arrays(arrays), classes(s.label, WALL)
    coder, course = latent.coder(net.spec), SCHEDULES[net.spec.schedule](net.spec.steps)
    times, random = ladder(course.steps, s.steps), torch.Generator().manual_seed(s.seed)
    watched = Watched(Guided(net, course, y, s.guidance))
    x, start = torch.randn(WALL, net.spec.size, generator=random), time.perf_counter()
    process = sampled(s.sampler, watched, x, course, times, random)
    frames = followed(
        watched, times, process, lambda x0, read: generated(x0, read, y), coder.decode
    )
    yield next(frames)
    for frame in frames:
        if frame.step < s.steps:
            yield frame
    seconds = {"latent_s": time.perf_counter() - start}
    pixels = list(generate(s.model_copy(update={"space": "pixels"}), asked))[-1]
    seconds["pixels_s"] = time.perf_counter() - start - seconds["latent_s"]
    costs = {"macs/latent": macs(net, x[:1]), "macs/pixels": macs(asked.net, _one(asked))}
    tables = _table(arrays.get("measured"), "latent/") | _table(asked.measured, "pixels/")
    whole = {f"{name}/pixels": pixels.metrics[name] for name in ("apart", "beyond")}
    metrics = frame.metrics | costs | tables | whole
    yield replace(frame, metrics=metrics, timing=seconds, pixels=pixels.start)


def _one(asked: Asked) -> Tensor:
    return torch.zeros(1, 1, asked.side, asked.side)


def macs(net: torch.nn.Module, x: Tensor) -> float:
    """Millions of multiply-adds of one look at one x, in its convolutions and dense layers."""
    found = []

    def count(layer: torch.nn.Module, given: tuple[Tensor, ...], out: Tensor) -> None:
        weight = layer.get_parameter("weight")
        transposed = isinstance(layer, torch.nn.ConvTranspose2d)
        each = weight[:, 0] if transposed and len(weight) else weight[0]
        places = given[0].numel() / len(weight) if transposed else out.numel()
        found.append(places * (weight.numel() if transposed else each.numel()))

    kinds = (torch.nn.Conv2d, torch.nn.ConvTranspose2d, torch.nn.Linear)
    hooks = [one.register_forward_hook(count) for one in net.modules() if isinstance(one, kinds)]
    net(x, torch.ones(1), torch.zeros(1, dtype=torch.long))
    for hook in hooks:
        hook.remove()
    return sum(found) / 1e6
