"""Measures of the network in training against steps: lines, their names, the axes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from core.experiment import Frame
from core.plot import theme
from core.pooling.sheets import words

Trace = dict[str, Any]


def measured(frames: Sequence[Frame], metric: str) -> np.ndarray:
    """A metric of every frame, (F,) float32."""
    return np.array([frame.metrics[metric] for frame in frames], np.float32)


def line(
    frames: Sequence[Frame], y: np.ndarray, name: str, style: dict[str, str], form: str = ".3g"
) -> Trace:
    """Values y (F,) against steps."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.array([frame.step for frame in frames]),
        "y": y,
        "line": {**style, "width": 2},
        "hovertemplate": f"step %{{x}}: %{{y:{form}}}<extra>%{{fullData.name}}</extra>",
    }


def now(frame: Frame, y: Sequence[float] | np.ndarray, colors: Sequence[str]) -> Trace:
    """A dot on each of the lines at one frame."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [frame.step] * len(y),
        "y": [float(value) for value in y],
        "marker": {"color": list(colors), "size": 9, "line": {"color": "white", "width": 1}},
        "hoverinfo": "skip",
    }


def names(
    last: Frame, heights: Sequence[float], text: Sequence[str], colors: Sequence[str]
) -> Trace:
    """The lines' names at their ends."""
    said = [f"  {one}" for one in text]
    return words([last.step] * len(said), list(heights), said, "middle right", 12, list(colors))


def apart(values: Sequence[float] | np.ndarray, least: float) -> list[float]:
    """The values moved apart upwards to at least that distance, in the same order."""
    found = np.array(values, float)
    order = np.argsort(found, kind="stable")
    for low, high in pairwise(order):
        found[high] = max(found[high], found[low] + least)
    return [float(value) for value in found]


def step_axis(most: int, room: float) -> dict[str, Any]:
    """Steps from 0 to ``most``, with room for names at the end of the lines."""
    return {"title": {"text": "step"}, "range": [-0.02 * most, room * most]}


def decades(title: str, low: float, high: float, every: int = 1) -> dict[str, Any]:
    """A logarithmic axis with a number at every so many powers of ten."""
    ends = [float(np.log10(low)), float(np.log10(high))]
    powers = range(round(np.ceil(ends[0])), round(np.floor(ends[1])) + 1, every)
    ticks = [10.0**n for n in powers]
    labels = [f"{tick:g}" if tick >= 0.001 else power(tick) for tick in ticks]
    return {
        "type": "log",
        "range": ends,
        "title": {"text": title},
        "tickvals": ticks,
        "ticktext": labels,
    }


def power(tick: float) -> str:
    """A power of ten, as short as it can be written."""
    return f"10<sup>{round(np.log10(tick))}</sup>"


TRAIN = {"color": theme.LEARNED, "dash": "solid"}
TEST = {"color": theme.SERIES[7], "dash": "dash"}
