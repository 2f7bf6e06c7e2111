"""Small experiments that do, each, one thing that an engine must cope with."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from core.controls import Seed, Slider
from core.experiment import Diverged, Experiment, Frame, Settings


class Steps(Settings):
    steps: Annotated[int, Slider("Steps", 1, 1_000_000)] = 10
    pause_ms: Annotated[float, Slider("Pause after each frame", 0, 10_000, unit="ms")] = 0.0
    size: Annotated[int, Slider("Numbers in a frame", 1, 10_000_000)] = 4
    seed: Annotated[int, Seed()] = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbers(Frame):
    """x: (size,) float64."""

    x: np.ndarray


def count(settings: Steps) -> Iterator[Numbers]:
    """Random numbers; the seed's own."""
    rng = np.random.default_rng(settings.seed)
    for step in range(settings.steps + 1):
        x = rng.normal(size=settings.size)
        at = {"at": time.time()}
        yield Numbers(step=step, metrics={"mean": float(x.mean())}, timing=at, x=x)
        if settings.pause_ms:
            time.sleep(settings.pause_ms / 1000)


def exits(settings: Steps) -> Iterator[Numbers]:
    """Three frames, and the process is gone without a word."""
    yield from count(settings.model_copy(update={"steps": 2}))
    os._exit(3)


def killed(settings: Steps) -> Iterator[Numbers]:
    """Three frames, and the process is killed as the kernel does when memory is short."""
    yield from count(settings.model_copy(update={"steps": 2}))
    os.kill(os.getpid(), signal.SIGKILL)


def eats(settings: Steps) -> Iterator[Numbers]:
    """Takes 10 MB more at every step."""
    held = []
    for frame in count(settings):
        held.append(np.ones(10 * 2**17))
        yield frame


def eats_torch(settings: Steps) -> Iterator[Numbers]:
    """As eats, with tensors."""
    import torch

    held = []
    for frame in count(settings):
        held.append(torch.ones(10 * 2**17, dtype=torch.float64))
        yield frame


def not_a_number(settings: Steps) -> Iterator[Numbers]:
    """The mean of step 3 is NaN."""
    for frame in count(settings):
        yield frame if frame.step != 3 else Numbers(step=3, metrics={"mean": np.nan}, x=frame.x)


def diverges(settings: Steps) -> Iterator[Numbers]:
    """Says itself, after three frames, that it diverged and what would cure it."""
    yield from count(settings.model_copy(update={"steps": 2}))
    raise Diverged(3, "The rate is too high.", {"steps": 2})


def raises(settings: Steps) -> Iterator[Numbers]:
    """A mistake in the code, after three frames."""
    yield from count(settings.model_copy(update={"steps": 2}))
    raise ValueError("the cat\nis on the keyboard")


def hangs(settings: Steps) -> Iterator[Numbers]:
    """One frame that tells the process, then nothing for ever."""
    yield Numbers(step=0, metrics={"pid": float(os.getpid())}, x=np.zeros(1))
    time.sleep(1000)


def learns(settings: Steps) -> Iterator[Numbers]:
    """Adam on a small net: torch's optimizer and backward pass in a worker."""
    import torch

    generator = torch.Generator().manual_seed(settings.seed)
    x = torch.randn(64, 2, generator=generator)
    w = torch.randn(2, 16, generator=generator).requires_grad_()
    v = torch.randn(16, 1, generator=generator).requires_grad_()
    optimizer = torch.optim.Adam([w, v], lr=0.01)
    for step in range(settings.steps + 1):
        loss = (torch.tanh(x @ w) @ v - x[:, :1]).square().mean()
        if step % 10 == 0 or step == settings.steps:
            yield Numbers(step=step, metrics={"loss": loss.item()}, x=w.detach().numpy().copy())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def facts(settings: Steps) -> Iterator[Numbers]:
    """What a run finds: torch's threads, and whether torch._dynamo was loaded ahead."""
    import sys

    loaded = float("torch._dynamo" in sys.modules)
    import torch

    found = {"threads": float(torch.get_num_threads()), "dynamo": loaded}
    yield Numbers(step=0, metrics=found, x=np.zeros(1))


def imports(settings: Steps) -> Iterator[Numbers]:
    """A metric for every module that first steps of training load."""
    import sys

    before = set(sys.modules)
    yield Numbers(step=0, metrics={}, x=np.zeros(1))
    import torch

    for _ in learns(settings):
        pass
    torch.func.hessian(lambda w: (w**3).sum())(torch.ones(3))
    torch.func.vmap(torch.func.grad(lambda w: (w**2).sum()))(torch.ones(4, 3))
    new = {name for name in set(sys.modules) - before if not name.startswith("_")}
    yield Numbers(step=1, metrics=dict.fromkeys(new, 1.0), x=np.zeros(1))


def _toy(name: str, trains: bool = True) -> Experiment:
    return Experiment(
        name=f"toys.{name}",
        title=name.capitalize(),
        question="Will it?",
        settings=Steps,
        frame=Numbers,
        run=f"tests.engine.toys:{name}",
        views=(),
        presets=(),
        trains=trains,
        quick={},
        verb="Run",
        seconds=1.0,
        source=lambda settings: (f"tests.engine.toys:{name}",),
    )


COUNT = _toy("count")
QUICK = _toy("count", trains=False)
EXITS = _toy("exits")
KILLED = _toy("killed")
EATS = _toy("eats")
EATS_TORCH = _toy("eats_torch")
NOT_A_NUMBER = _toy("not_a_number")
DIVERGES = _toy("diverges")
RAISES = _toy("raises")
HANGS = _toy("hangs")
LEARNS = _toy("learns")
FACTS = _toy("facts")
IMPORTS = _toy("imports")
MISSING = replace(COUNT, name="toys.missing", run="tests.engine.nowhere:count")
