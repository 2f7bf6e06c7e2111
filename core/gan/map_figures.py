"""Pictures of a plane of two settings: how many modes each cell covers, and what it looks like."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.experiment import Figure
from core.gan.map_axes import UPRIGHT, Frame, Settings
from core.gan.wall import frame, pictures, places
from core.plot import theme
from core.plot.heatmap import clickable
from core.plot.panels import Panel, figure

Trace = dict[str, Any]
LIGHT, DARK = "#ffffff", "#10202c"  # digits over the dark and the pale end of theme.HEIGHTS


def plane(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The plane coloured by modes covered, and a small picture of every cell."""
    return figure([_map(settings, frames[at]), _wall(settings, frames[at])], height=480)


def heights(settings: Settings) -> np.ndarray:
    """Where the rows lie on the upright axis: rates by their logarithm, others one by one."""
    up = settings.upright()
    return np.log10(up) if settings.up == "lr-d" else np.arange(len(up), dtype=np.float64)


def words(settings: Settings, now: Frame) -> list[str]:
    """What is said over each cell, row by row from the bottom."""
    name, count = UPRIGHT[settings.up], settings.mixture.count
    return [
        f"learning rate of G {rate:.3g}, {name} {value:.3g}<br>"
        + (f"{covered} of {count} modes, {good:.0%} good" if covered >= 0 else "ran away")
        for value, row, shares in zip(settings.upright(), now.modes, now.high_quality, strict=True)
        for rate, covered, good in zip(settings.across(), row, shares, strict=True)
    ]


def _map(settings: Settings, now: Frame) -> Panel:
    x, y = np.log10(settings.across()), heights(settings)
    shown = np.where(now.modes >= 0, now.modes, np.nan)
    heat, squares = clickable(
        shown, x, y, theme.HEIGHTS, "%{text}", words(settings, now),
        zmin=0, zmax=settings.mixture.count, showscale=False,
    )  # fmt: skip
    traces = [heat, _digits(settings, now, x, y), _even(settings, x), _told(settings, now, x, y)]
    title = f"Modes covered, of {settings.mixture.count}"
    return Panel([*traces, squares], title, _across(x), _upright(settings, y), width=1.0)


def _digits(settings: Settings, now: Frame, x: np.ndarray, y: np.ndarray) -> Trace:
    """The number of modes on every cell; a cross where it ran away."""
    modes = now.modes.ravel().tolist()
    pale = [2 * value > settings.mixture.count for value in modes]
    return {
        "type": "scatter",
        "mode": "text",
        "x": np.tile(x, len(y)).astype(np.float32),
        "y": np.repeat(y, len(x)).astype(np.float32),
        "text": ["×" if value < 0 else str(value) for value in modes],
        "textfont": {
            "size": 13,
            "color": [
                theme.WARNING if value < 0 else DARK if light else LIGHT
                for value, light in zip(modes, pale, strict=True)
            ],
        },
        "hoverinfo": "skip",
    }


def _even(settings: Settings, x: np.ndarray) -> Trace:
    """Where both players have the same rate; nothing on another upright axis."""
    ends = x[[0, -1]] if settings.up == "lr-d" else np.array([])
    return {
        "type": "scatter",
        "mode": "lines",
        "x": ends.astype(np.float32),
        "y": ends.astype(np.float32),
        "line": {"color": theme.EXACT, "dash": "dash", "width": 2},
        "hoverinfo": "skip",
    }


def _told(settings: Settings, now: Frame, x: np.ndarray, y: np.ndarray) -> Trace:
    count = settings.mixture.count
    seen = f"step {now.step:,}: {now.metrics['covered_all']:.0%} of the cells cover all {count}"
    return {
        "type": "scatter",
        "mode": "text",
        "x": [float(x.mean())],
        "y": [float(y[-1] + 0.9 * (y[1] - y[0]))],
        "text": [seen],
        "textfont": {"size": 13},
        "hoverinfo": "skip",
    }


def _across(x: np.ndarray) -> dict[str, Any]:
    half = float(x[1] - x[0]) / 2
    title = "learning rate of G (log scale)"
    span = [float(x[0]) - half, float(x[-1]) + half]
    return {"title": title, "range": span, "showgrid": False, **_ticks(span)}


def _upright(settings: Settings, y: np.ndarray) -> dict[str, Any]:
    """Its axis, with room for a line of words on top."""
    pitch = float(y[1] - y[0])
    span = [float(y[0]) - pitch / 2, float(y[-1]) + 1.3 * pitch]
    title = {"text": UPRIGHT[settings.up], "standoff": 4}
    narrow = {"ticks": "", "tickfont": {"size": 11}}  # 0.0003 and the title share the margin
    axis = {"title": title, "range": span, "showgrid": False, **narrow}
    if settings.up == "lr-d":
        return {**axis, **_ticks([span[0], float(y[-1]) + pitch / 2])}
    names = [f"{value:g}" for value in settings.upright()]
    return {**axis, "tickvals": y.tolist(), "ticktext": names}


def _ticks(span: list[float]) -> dict[str, Any]:
    """At 1 and 3 of every decade."""
    grid = [m * 10.0**k for k in range(-6, 1) for m in (1, 3)]
    seen = [value for value in grid if span[0] <= np.log10(value) <= span[1]]
    return {
        "tickvals": [float(np.log10(value)) for value in seen],
        "ticktext": [f"{value:g}" for value in seen],
    }


def _wall(settings: Settings, now: Frame) -> Panel:
    """The fakes of every cell, in the same order as the map."""
    rows, columns = now.modes.shape
    top = places(rows * columns, columns).reshape(rows, columns, 2)
    middles = top[::-1].reshape(-1, 2)  # row 0 is the lowest
    fakes = now.wall.reshape(rows * columns, -1, 2)
    x, y = frame(middles)
    hidden = {"visible": False}
    traces = pictures(fakes, middles, settings.mixture, words(settings, now), 22)
    return Panel(
        traces,
        "The fakes of every cell; click one to play it",
        {**hidden, "range": x},
        {**hidden, "range": y},
        width=1.25,
    )
