"""The plane of learning rate and momentum as a clickable map, beside the best of each row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.experiment import Figure
from core.optimizers.sweep_plane import (
    TOP,
    Frame,
    Settings,
    edge,
    height,
    ideal,
    momenta,
    rates,
)
from core.plot.heatmap import clickable
from core.plot.panels import Panel, figure
from core.plot.theme import EXACT, HEIGHTS, LEARNED, WARNING

_GOING, _SETTLED, _BLOWN = 0, 1, 2
_WORDS = {_GOING: "not there yet", _BLOWN: "blows up"}


def draw_plane(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The plane at one step, and the fewest steps needed in each row."""
    return figure([_plane(settings, frames, at), _rows(settings, frames[at])])


def _plane(settings: Settings, frames: list[Frame], at: int) -> Panel:
    frame, x, y = frames[at], *_axes(settings)
    pale = {"showscale": False, "hoverinfo": "skip", "type": "heatmap", "x": x, "y": y}
    fills = [
        {**pale, "z": _only(frame, which), "colorscale": [[0, color], [1, color]], "opacity": share}
        for which, color, share in ((_GOING, EXACT, 0.08), (_BLOWN, WARNING, 0.16))
    ]
    map_ = clickable(
        _speed(settings, frame), x, y, HEIGHTS, "%{text}", _verdicts(settings, frames[-1]),
        zmin=_fastest(settings), zmax=math.log10(settings.steps), showscale=False,
    )  # fmt: skip
    lines = [_crosses(frame, x, y), *_exact(settings, y), _labels(settings, frame, x, y)]
    traces = [*fills, map_[0], *lines, map_[1]]  # the squares last: on top
    known = edge(settings, np.zeros(1)) is not None
    title = "Steps until it settles" + ("" if known else " (no closed form here)")
    return Panel(traces, title, x=_rate_axis(x), y=_beta_axis(settings, y), width=2.4)


def _rows(settings: Settings, frame: Frame) -> Panel:
    """Each row's fewest steps: how fast each momentum is at its own best rate."""
    y = _axes(settings)[1]
    steps = np.where(frame.state == _SETTLED, frame.needed, np.inf).min(axis=1)
    steps = np.where(np.isinf(steps), np.nan, steps)
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": np.log10(np.maximum(steps, 1)).astype(np.float32),
        "y": y,
        "line": {"color": LEARNED, "width": 2},
        "marker": {"size": 5},
        "text": ["" if np.isnan(n) else f"{n:.0f} steps" for n in steps],
        "hoverinfo": "text",
    }
    best, low, high = ideal(settings), _fastest(settings), math.log10(settings.steps)
    exact = _line([low, high], [best[1]] * 2 if best else [None, None], "best in closed form")
    ticks = _decades(low, high)
    axis = {"title": {"text": "fewest steps"}, "range": [low - 0.05, high + 0.05]}
    axis |= {"tickvals": [math.log10(v) for v in ticks], "ticktext": [f"{v:g}" for v in ticks]}
    upright = _beta_axis(settings, y)
    upright["range"][0] = float(y[0]) - 3 * float(y[1] - y[0])
    return Panel([_key(settings, y), exact, line], "Best of each row", x=axis, y=upright)


def _axes(settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.log10(rates(settings)), height(settings, momenta(settings))
    return x.astype(np.float32), y.astype(np.float32)


def _only(frame: Frame, which: int) -> np.ndarray:
    return np.where(frame.state == which, 0.0, np.nan).astype(np.float32)


def _speed(settings: Settings, frame: Frame) -> np.ndarray:
    """log10 of the steps needed, NaN where it has not settled."""
    steps = np.log10(np.maximum(frame.needed, 1))
    return np.where(frame.state == _SETTLED, steps, np.nan)


def _fastest(settings: Settings) -> float:
    return math.log10(max(settings.steps / 15, 1))


def _key(settings: Settings, y: np.ndarray) -> dict[str, Any]:
    """What the colours of the plane mean, along the foot of the panel of steps."""
    low, high = _fastest(settings), math.log10(settings.steps)
    x, half = np.linspace(low, high, 40, dtype=np.float32), float(y[1] - y[0]) / 2
    strip = {"type": "heatmap", "x": x, "y": [y[0] - 5 * half, y[0] - 4 * half], "z": [x, x]}
    return {**strip, "colorscale": HEIGHTS, "showscale": False, "hoverinfo": "skip"}


def _decades(low: float, high: float) -> list[float]:
    grid = [m * 10.0**k for k in range(math.floor(low), math.ceil(high) + 1) for m in (1, 2, 5)]
    return [v for v in grid if low - 1e-9 <= math.log10(v) <= high + 1e-9]


def _verdicts(settings: Settings, frame: Frame) -> list[str]:
    """What a reader sees over each cell: its settings and how it ended, so far."""
    ends = {
        _GOING: f"not settled after {frame.step} steps",
        _SETTLED: "settles in {} steps",
        _BLOWN: "blows up at step {}",
    }
    name, columns = settings.upright(), rates(settings)
    return [
        f"rate {rate:.3g}, {name} {beta:.5g}<br>{ends[int(state)].format(n)}"
        for beta, states, needed in zip(momenta(settings), frame.state, frame.needed, strict=True)
        for rate, state, n in zip(columns, states, needed, strict=True)
    ]


def _crosses(frame: Frame, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """A sparse pattern over what blew up, so that it does not hang on colour; none on the word."""
    blown = frame.state == _BLOWN
    rows, columns = np.nonzero(blown)
    keep = (rows + 2 * columns) % 5 == 0
    if (middle := _middle(blown)) is not None:
        keep &= (np.abs(rows - middle[0]) > 1) | (np.abs(columns - middle[1]) > 4)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x[columns[keep]],
        "y": y[rows[keep]],
        "marker": {"symbol": "x-thin", "size": 6, "line": {"width": 1.5, "color": WARNING}},
        "hoverinfo": "skip",
    }


def _exact(settings: Settings, y: np.ndarray) -> list[dict[str, Any]]:
    """The edges in closed form, and the best cell; empty traces where there is none."""
    fine = np.linspace(0, TOP, 60)
    at, best = edge(settings, fine), ideal(settings)
    if at is None or best is None:
        return [_line([], [], ""), _line([], [], ""), _star([], [])]
    plain = math.log10(float(at[0]))
    return [
        _line([plain, plain], [float(y[0]), float(y[-1])], "edge without momentum", "dot"),
        _line(np.log10(at), fine, "exact edge"),
        _star([math.log10(best[0])], [best[1]]),
    ]


def _line(x: Any, y: Any, name: str, dash: str = "dash") -> dict[str, Any]:
    line = {"color": EXACT, "dash": dash, "width": 2.5}
    base = {"type": "scatter", "mode": "lines", "line": line, "name": name, "hoverinfo": "skip"}
    return {**base, "x": np.asarray(x, np.float32), "y": y}


def _star(x: list[float], y: list[float]) -> dict[str, Any]:
    marker = {"symbol": "star", "size": 14, "color": EXACT, "line": {"width": 1, "color": "white"}}
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marker,
            "name": "best in closed form", "hoverinfo": "skip"}  # fmt: skip


def _labels(settings: Settings, frame: Frame, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """Words in the regions, over the edges and over the plane: a text trace, so that they move."""
    places: list[tuple[float | None, float | None, str, str]] = []
    for which, word in _WORDS.items():
        spot = _middle(frame.state == which)
        at = (None, None) if spot is None else (float(x[spot[1]]), float(y[spot[0]]))
        places.append((*at, f"<b>{word}</b>", "middle center"))
    tall = float(y[-1] - y[0])
    settled, blown = (frame.metrics[name] for name in ("converged", "diverged"))
    head = f"step {frame.step}: {settled:.0%} settled, {blown:.0%} blown up"
    places.append((float(x[0]), float(y[-1]) + 0.13 * tall, head, "middle right"))
    places += _edge_names(settings, float(y[-1]) + 0.05 * tall)
    return {
        "type": "scatter",
        "mode": "text",
        "x": [place[0] for place in places],
        "y": [place[1] for place in places],
        "text": [place[2] for place in places],
        "textposition": [place[3] for place in places],
        "textfont": {"size": 13},
        "hoverinfo": "skip",
    }


def _edge_names(settings: Settings, y: float) -> list[tuple[float | None, float | None, str, str]]:
    """The formulas over the upper ends of the two edges."""
    ends = edge(settings, np.array([0.0, TOP]))
    if ends is None:
        return []
    plain, top = np.log10(ends).tolist()
    sides = ("middle left", "middle center")
    formula = "2(1 + b)/((1 + 2b)L)" if settings.optimizer == "nesterov" else "2(1 + b)/L"
    return [(plain, y, "2/L", sides[plain > top]), (top, y, formula, sides[top > plain])]


def _middle(mask: np.ndarray) -> tuple[int, int] | None:
    """Row and column of a region's deepest cell; None if it is under a twentieth of the plane."""
    if mask.mean() < 0.05:
        return None
    depth, left = np.zeros(mask.shape, int), np.pad(mask, 1)
    while left.any():
        depth += left[1:-1, 1:-1]
        inner = left[1:-1, 1:-1] & left[:-2, 1:-1] & left[2:, 1:-1] & left[1:-1, :-2]
        left = np.pad(inner & left[1:-1, 2:], 1)
    row, column = np.unravel_index(depth.argmax(), depth.shape)
    return int(row), int(column)


def _rate_axis(x: np.ndarray) -> dict[str, Any]:
    ticks = _decades(float(x[0]), float(x[-1]))
    half = float(x[1] - x[0]) / 2
    return {
        "title": {"text": "learning rate"},
        "range": [float(x[0]) - half, float(x[-1]) + half],
        "tickvals": [math.log10(v) for v in ticks],
        "ticktext": [f"{v:g}" for v in ticks],
        "showgrid": False,
    }


def _beta_axis(settings: Settings, y: np.ndarray) -> dict[str, Any]:
    half, tall = float(y[1] - y[0]) / 2, float(y[-1] - y[0])
    axis = {"title": {"text": settings.upright()}, "showgrid": False}
    axis["range"] = [float(y[0]) - half, float(y[-1]) + half + 0.18 * tall]
    if settings.upright() != "beta2":
        return {**axis, "tickvals": [0, 0.25, 0.5, 0.75, 0.9]}
    betas = [0.5, 0.9, 0.99, 0.999, 0.9999]
    ticks = {"tickvals": [-math.log10(1 - b) for b in betas]}
    return {**axis, **ticks, "ticktext": [f"{b:g}" for b in betas]}
