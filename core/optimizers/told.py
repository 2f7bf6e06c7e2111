"""One update as it is told, line by line: numbers, words and LaTeX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from core.optimizers.hyper import Hyper
from core.plot.latex import number

T = TypeVar("T", float, np.ndarray)


@dataclass(frozen=True)
class Line:
    """One line of an explanation: what it is in words, and as LaTeX."""

    words: str
    latex: str


@dataclass
class Told:
    """What one update started from, and the lines told so far. All vectors are (2,)."""

    t: int
    theta: np.ndarray
    g: np.ndarray
    m0: np.ndarray
    v0: np.ndarray
    extra: np.ndarray
    h: Hyper
    lines: list[Line]

    def say(self, words: str, left: str, value: T) -> T:
        """Add a line ``left = value`` and give the value back."""
        self.lines.append(Line(words, f"{left} = {number(value)}"))
        return value


def held(value: Any) -> str:
    """A number or a pair as LaTeX that may stand after a times sign: in brackets below 0."""
    return rf"\left({number(value)}\right)" if np.ndim(value) == 0 and value < 0 else number(value)
