"""What stands between a run and its reader: finite numbers only, so many steps, errors in words.

Used by the workers and by the command line alike.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.experiment import Diverged, Frame, SettingError

Kind = Literal["diverged", "memory", "time", "steps", "crash", "error"]

NO_MEMORY = ("can't allocate memory", "out of memory", "not enough memory")


@dataclass(frozen=True)
class RunError:
    """Why a run failed. message: one sentence. step: the step reached.

    fix: settings that cure it, offered as a button.
    """

    kind: Kind
    message: str
    step: int = 0
    fix: dict[str, Any] = field(default_factory=dict)


class TooManySteps(Exception):
    """A run went past the step limit."""


def guarded(frames: Iterable[Frame], most_steps: float = math.inf) -> Generator[Frame]:
    """The same frames, up to the first with a non-finite metric (Diverged) or too high a step."""
    for frame in frames:
        bad = [name for name, value in frame.metrics.items() if not math.isfinite(value)]
        if bad:
            raise Diverged(
                frame.step, f"At step {frame.step}, {bad[0]} is not a finite number any more."
            )
        if frame.step > most_steps:
            raise TooManySteps(f"This run went past {most_steps:,} steps, the limit here.")
        yield frame


def in_words(error: BaseException, step: int) -> RunError:
    """What went wrong, for the reader: one sentence and no traceback.

    step: the last step that was reached.
    """
    if isinstance(error, Diverged):
        return RunError("diverged", _line(error.message), error.step, dict(error.fix))
    if isinstance(error, MemoryError) or _says_memory(error):
        words = f"This run needed more memory than a run may take, after step {step}."
        return RunError("memory", words, step)
    if isinstance(error, TooManySteps):
        return RunError("steps", _line(str(error)), step)
    if isinstance(error, SettingError):
        return RunError("error", _line(str(error)), step)
    said = _line(str(error)) or "no reason given"
    return RunError("error", f"{type(error).__name__} after step {step}: {said}", step)


def finite(numbers: Mapping[str, float]) -> dict[str, float]:
    """Those of the numbers that are finite."""
    return {name: value for name, value in numbers.items() if math.isfinite(value)}


def _says_memory(error: BaseException) -> bool:
    return isinstance(error, RuntimeError) and any(w in str(error).lower() for w in NO_MEMORY)


def _line(text: str) -> str:
    short = " ".join(text.split())
    return short if len(short) <= 300 else short[:297] + "..."
