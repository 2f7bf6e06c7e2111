"""Lines against steps, their labels and their axes, as the network's pictures share them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from core.experiment import Frame

Trace = dict[str, Any]


def decades(title: str, low: float, high: float) -> dict[str, Any]:
    """A logarithmic axis with a plain number at every power of ten."""
    ends = [float(np.log10(low)), float(np.log10(high))]
    ticks = [10.0**n for n in range(round(ends[0]), int(np.floor(ends[1])) + 1)]
    words = [f"{tick:g}" for tick in ticks]
    names = {"title": {"text": title}, "tickvals": ticks, "ticktext": words}
    return {"type": "log", "range": ends, **names}


def step_axis(most: int, room: float = 1.03) -> dict[str, Any]:
    """Steps from 0 to ``most``, with room for labels at the end of the lines."""
    return {"title": {"text": "step"}, "range": [-0.01 * most, room * most]}


def curve(frames: Sequence[Frame], name: str, line: dict[str, str]) -> Trace:
    """A metric against steps."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name.replace("_", " "),
        "x": np.array([f.step for f in frames]),
        "y": np.array([f.metrics[name] for f in frames], np.float32),
        "line": {**line, "width": 2},
        "hovertemplate": "step %{x}: %{y:.4g}<extra>%{fullData.name}</extra>",
    }


def marker(now: Frame, names: Sequence[str], colors: Sequence[str]) -> Trace:
    """A dot on each of the metrics at one frame."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [now.step] * len(names),
        "y": [now.metrics[name] for name in names],
        "marker": {"color": list(colors), "size": 9, "line": {"color": "white", "width": 1}},
        "hoverinfo": "skip",
    }


def spread(values: Sequence[float], least: float = 0.38) -> list[float]:
    """The values moved apart to at least so many decades, in the same order."""
    logs = np.log10(np.clip(values, 1e-5, 10))
    order = np.argsort(logs, kind="stable")
    for low, high in pairwise(order):
        logs[high] = max(logs[high], logs[low] + least)
    return [float(10**v) for v in logs]


def text(
    x: Sequence[float],
    y: Sequence[float],
    words: Sequence[str],
    place: str | list[str],
    color: list[str] | None = None,
) -> Trace:
    """Words at places, as a trace, so that they change with the frame."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": list(x),
        "y": list(y),
        "text": list(words),
        "textposition": place,
        "textfont": {"size": 12} | ({"color": color} if color else {}),
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
