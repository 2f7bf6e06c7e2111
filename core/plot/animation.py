"""Frames of a run as one Plotly animation: play, pause and scrub happen in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.experiment import Figure

BAR = 76  # pixels under the panels for the buttons and the slider
WIDE, SLIM = 0.14, 0.38  # of the width, where the slider begins: after the buttons
_LIGHT = {"scatter", "bar"}  # trace types that move without a full redraw


def animate(
    figures: Sequence[Figure],
    steps: Sequence[int | str],
    fps: float = 12.0,
    clock: str = "step",
    slim: bool = False,
) -> Figure:
    """One figure that plays ``figures`` (same traces in each), the last one shown first.

    steps: the step number of each figure, the slider's labels; clock: what they count. fps: frames
    per second of Play. slim: for a screen of some 390 pixels.
    Only what changes from figure to figure is sent for each frame.
    """
    last = figures[-1]
    moving = {n: _changing(figures, n) for n in range(len(last["data"]))}
    moving = {n: keys for n, keys in moving.items() if keys}
    frames = [
        {
            "name": str(i),
            "traces": list(moving),
            "data": [
                {"type": fig["data"][n]["type"], **{k: fig["data"][n].get(k) for k in keys}}
                for n, keys in moving.items()
            ],
        }
        for i, fig in enumerate(figures)
    ]
    # Without a redraw, Plotly drops contours and heat maps, even those that do not change.
    redraw = any(trace["type"] not in _LIGHT for trace in last["data"])
    layout = {**last["layout"], **_bar(steps, redraw, 1000 / fps, clock, SLIM if slim else WIDE)}
    layout["height"] = last["layout"]["height"] + BAR
    layout["margin"] = {**last["layout"]["margin"], "b": last["layout"]["margin"]["b"] + BAR}
    return {"data": last["data"], "layout": layout, "frames": frames}


def thin(count: int, most: int) -> list[int]:
    """At most ``most`` of the numbers 0..count-1, evenly spaced, first and last kept."""
    if count <= most:
        return list(range(count))
    return sorted({round(i * (count - 1) / (most - 1)) for i in range(most)})


def _changing(figures: Sequence[Figure], n: int) -> list[str]:
    first = figures[-1]["data"][n]
    keys = dict.fromkeys(key for fig in figures for key in fig["data"][n])
    return [k for k in keys if any(not equal(first.get(k), f["data"][n].get(k)) for f in figures)]


def equal(a: Any, b: Any) -> bool:
    """Equality of plain values, lists, dicts and arrays, NaN equal to NaN."""
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        x, y = np.asarray(a), np.asarray(b)
        return x.shape == y.shape and np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def _bar(
    steps: Sequence[int | str], redraw: bool, milliseconds: float, clock: str, start: float
) -> dict[str, Any]:
    now = {"mode": "immediate", "transition": {"duration": 0}}
    jump = {**now, "frame": {"duration": 0, "redraw": redraw}}
    play = {**now, "fromcurrent": True, "frame": {"duration": milliseconds, "redraw": redraw}}
    slider = {
        "active": len(steps) - 1,
        "x": start,
        "len": 1 - start,
        "y": 0,
        "pad": {"t": 80, "b": 0},
        "currentvalue": {"prefix": f"{clock} ", "xanchor": "right", "offset": 4},
        "ticklen": 0,
        "minorticklen": 0,
        "font": {"size": 11},
        "steps": [
            {"label": str(step), "method": "animate", "args": [[str(i)], jump]}
            for i, step in enumerate(steps)
        ],
    }
    buttons = {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 84, "r": 8},
        "buttons": [
            {"label": "Play", "method": "animate", "args": [None, play]},
            {"label": "Pause", "method": "animate", "args": [[None], jump]},
        ],
    }
    return {"sliders": [slider], "updatemenus": [buttons]}
