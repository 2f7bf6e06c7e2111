"""What a run may cost: one frozen record of limits, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


class QueueFull(Exception):
    """Too many runs wait already. ``str`` is a sentence for the reader."""


def _limit(default: float, env: str, least: float = 1) -> Any:
    return field(default=default, metadata={"env": env, "least": least})


@dataclass(frozen=True)
class Limits:
    """Every limit of the engine; each can be set by the environment variable named beside it.

    Raises ValueError, by :meth:`from_env`, for a variable that is no number or below its least.
    """

    workers: int = _limit(0, "GLASSBOX_WORKERS", 0)
    """Trainings at once, and quick computations at once; 0: processor cores less one."""
    queue: int = _limit(64, "GLASSBOX_QUEUE", 0)
    """Runs that may wait; one more is refused in words."""
    wall_s: float = _limit(300.0, "GLASSBOX_TIME_S", 0.1)
    """Seconds that a run may take, those spent paused or slowed down left out."""
    held_s: float = _limit(1800.0, "GLASSBOX_PAUSE_S", 0.1)
    """Seconds that a run may be held up by pauses and slow motion."""
    steps: int = _limit(10_000_000, "GLASSBOX_STEPS")
    """Steps that a run may take."""
    memory_mb: int = _limit(2048, "GLASSBOX_MEMORY_MB", 16)
    """Megabytes that a worker may take beyond what it starts with."""
    frames_mb: float = _limit(64.0, "GLASSBOX_FRAMES_MB", 0.001)
    """Megabytes of frames kept of one run; beyond, every second one goes."""
    store_mb: float = _limit(256.0, "GLASSBOX_STORE_MB", 0.001)
    """Megabytes of ended runs kept, the longest unused go first."""
    grace_s: float = _limit(15.0, "GLASSBOX_GRACE_S", 0.1)
    """Seconds after which a run that nobody watches is cancelled."""
    paused: int = _limit(32, "GLASSBOX_PAUSED", 0)
    """Paused runs that give their place to others; those beyond keep it."""

    @property
    def places(self) -> int:
        """How many trainings run at once; as many quick computations run beside them."""
        return int(self.workers) or max(1, (os.cpu_count() or 2) - 1)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Limits:
        """The defaults, with those that the environment sets."""
        given = {one.name: environ.get(one.metadata["env"], "") for one in fields(cls)}
        values: Any = {f.name: _number(f, given[f.name]) for f in fields(cls) if given[f.name]}
        return cls(**values)


def _number(limit: Any, text: str) -> float | int:
    env, least = limit.metadata["env"], limit.metadata["least"]
    kind = int if isinstance(limit.default, int) else float
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not least <= value < float("inf"):
        raise ValueError(
            f"{env}: given {text!r}, allowed: a number of at least {least:g}"
        ) from None
    return value
