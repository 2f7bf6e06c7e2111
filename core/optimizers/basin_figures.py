"""The map of starts: the colour says where each ended, the shade how long it took."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.experiment import Figure
from core.optimizers.basin_map import GOING, LEFT, STUCK, Frame, Settings, grid, minima
from core.optimizers.surfaces import SURFACES
from core.plot.panels import Panel, figure
from core.plot.theme import EXACT, HEIGHTS, LEARNED, SERIES, WARNING, mixed

LIVE = 60  # starts a side that are drawn while it runs; the last picture has them all
_OTHERS = {STUCK: "stuck elsewhere", LEFT: "left the picture", GOING: "on its way"}
_CLEAR = "rgba(128,136,144,0.12)"


def draw_basins(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Where each start ends, and the shares, which are the key to the colours."""
    return figure([_map(settings, frames[at]), _shares(settings, frames[at])])


def draw_steps(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """How many steps each start needs, and how many need no more than so many."""
    return figure([_steps(settings, frames[at]), _arrived(settings, frames[at])])


def _map(settings: Settings, frame: Frame) -> Panel:
    """One heat map: z is the number of the ending plus, as its fraction, how long it took."""
    which = _drawn(settings, frame)
    reached, needed = frame.reached[which], frame.needed[which]
    count = len(minima(settings.options()))
    slow = (np.log(np.maximum(needed, 1)) / math.log(settings.steps)) ** 2
    ending = np.where(reached >= 0, reached, count - 1 - reached)
    z = ending + np.where(reached >= 0, 0.02 + 0.96 * np.clip(slow, 0, 1), 0.5)
    x, y = (axis[side.ravel()] for axis, side in zip(grid(settings), which[::-1], strict=True))
    heat = {**_heat(x, y, z), "colorscale": _scale(count), "zmin": 0, "zmax": count + 3}
    apart = max(1, len(x) // 32)
    left = np.argwhere(reached == LEFT)
    left = left[((left[:, 0] + 2 * left[:, 1]) % (5 * apart) == 0) & (left[:, 1] % apart == 0)]
    traces = [heat, _crosses(x[left[:, 1]], y[left[:, 0]]), _numbers(settings)]
    title = "Where each start ends (darker: took longer)"
    return _square(settings, traces, title, 0.8)


def _shares(settings: Settings, frame: Frame) -> Panel:
    """A bar for each ending, its words above it; each goes on where the one above it ends."""
    spots = minima(settings.options())
    names = [f"minimum {i + 1} at ({x:.2f}, {y:.2f})" for i, (x, y) in enumerate(spots)]
    names += list(_OTHERS.values())
    codes = [*range(len(spots)), *_OTHERS]
    share = np.array([(frame.reached == code).mean() for code in codes])
    y = -np.arange(len(codes), dtype=np.float32)
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": (100 * share).astype(np.float32),
        "base": (100 * (np.cumsum(share) - share)).astype(np.float32),
        "y": y - 0.2,
        "width": 0.3,
        "marker": {"color": [*SERIES[: len(spots)], EXACT, WARNING, "rgba(128,136,144,0.45)"]},
        "hoverinfo": "skip",
    }
    text = [f"{name}: {part:.1%}" for name, part in zip(names, share, strict=True)]
    words = _words(np.zeros(len(text)), y + 0.17, text)
    header = _words(np.zeros(1), np.array([0.8]), [f"step {frame.step}"])
    yaxis = {"range": [y[-1] - 0.6, 1.1], "showticklabels": False, "showgrid": False}
    x = {"range": [0, 100], "title": {"text": "share of the starts (%)"}}
    return Panel(
        [bars, words, header], "Which share of them", x, {**yaxis, "title": {"text": "ending"}}
    )


def _steps(settings: Settings, frame: Frame) -> Panel:
    which = _drawn(settings, frame)
    reached, needed = frame.reached[which], frame.needed[which]
    x, y = (axis[side.ravel()] for axis, side in zip(grid(settings), which[::-1], strict=True))
    z = np.where(reached >= 0, np.log10(np.maximum(needed, 1)), np.nan)
    blank = _heat(x, y, np.where(reached < 0, 0, np.nan))
    blank["colorscale"] = [[0, _CLEAR], [1, _CLEAR]]
    heat = {**_heat(x, y, z), "colorscale": HEIGHTS, "zmin": 0, "zmax": math.log10(settings.steps)}
    return _square(settings, [blank, heat, _numbers(settings)], "Steps until it stays", 0.8)


def _arrived(settings: Settings, frame: Frame) -> Panel:
    """How many starts need at most so many steps, over the key to the map's colours."""
    top, done = math.log10(settings.steps), np.sort(frame.needed[frame.reached >= 0])
    x = np.linspace(0, top, 121, dtype=np.float32)
    share = 100 * np.searchsorted(done, 10.0**x + 1e-6, side="right") / frame.reached.size
    share[10.0**x > max(frame.step, 1) + 0.5] = np.nan
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": share.astype(np.float32),
        "line": {"color": LEARNED, "width": 2.5},
        "hoverinfo": "skip",
    }
    key = _heat(x, np.array([-9.0, -5.0]), np.stack([x, x]))
    key |= {"colorscale": HEIGHTS, "zmin": 0, "zmax": top}
    median = frame.metrics["steps_median"]
    said = f"step {frame.step}: half within {median:.0f}" if median else f"step {frame.step}"
    words = _words(np.array([0.04 * top]), np.array([106.0]), [said])
    ticks = [v for v in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if v <= settings.steps]
    axis: dict[str, Any] = {
        "range": [-0.01, top + 0.01],
        "tickvals": [math.log10(v) for v in ticks],
    }
    axis |= {"ticktext": [str(v) for v in ticks], "title": {"text": "steps"}}
    y: dict[str, Any] = {"range": [-12, 112], "tickvals": [0, 25, 50, 75, 100]}
    y["title"] = {"text": "share of the starts (%)"}
    return Panel([key, line, words], "How many have arrived", axis, y)


def _drawn(settings: Settings, frame: Frame) -> tuple[np.ndarray, ...]:
    """The rows and columns that are drawn: few while it runs, all at the end."""
    n = settings.resolution
    few = n if frame.step >= settings.steps else min(n, LIVE)
    kept = np.linspace(0, n - 1, few).round().astype(int)
    return np.ix_(kept, kept)


def _heat(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> dict[str, Any]:
    base = {"type": "heatmap", "showscale": False, "hoverinfo": "skip"}
    return {**base, **{k: v.astype(np.float32) for k, v in (("x", x), ("y", y), ("z", z))}}


def _scale(count: int) -> list[list[Any]]:
    """One part of the scale an ending: a colour that darkens, or one flat tint."""
    pairs = [(mixed(color, 0.3), mixed(color, -0.5)) for color in SERIES[:count]]
    flat = ["rgba(128,136,144,0.12)", "rgba(128,136,144,0.65)", "rgba(213,94,0,0.25)"]
    pairs += [(tint, tint) for tint in flat]
    n = len(pairs)
    return [[(i + end) / n, pair[end]] for i, pair in enumerate(pairs) for end in (0, 1)]


def _crosses(x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    marker = {"symbol": "x-thin", "size": 6, "line": {"width": 1.5, "color": WARNING}}
    base = {"type": "scatter", "mode": "markers", "marker": marker, "hoverinfo": "skip"}
    return {**base, "x": x.astype(np.float32), "y": y.astype(np.float32)}


def _numbers(settings: Settings) -> dict[str, Any]:
    """The known minima, each with its number."""
    x, y = np.array(minima(settings.options()), np.float32).T
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": x,
        "y": y,
        "text": [str(i + 1) for i in range(len(x))],
        "textfont": {"color": "#222", "size": 12},
        "marker": {"size": 18, "color": "#fff", "line": {"width": 1.5, "color": "#222"}},
        "hovertemplate": "minimum %{text}<br>(%{x:.3f}, %{y:.3f})<extra></extra>",
    }


def _words(x: np.ndarray, y: np.ndarray, text: list[str]) -> dict[str, Any]:
    base = {"type": "scatter", "mode": "text", "textposition": "middle right", "hoverinfo": "skip"}
    return {**base, "x": x.astype(np.float32), "y": y.astype(np.float32), "text": text}


def _square(settings: Settings, traces: list[dict[str, Any]], title: str, width: float) -> Panel:
    window = SURFACES[settings.surface].window
    x, y = (
        {"title": {"text": f"{name} at the start"}, "range": list(span), "showgrid": False}
        for name, span in zip("xy", window, strict=True)
    )
    x["constraintoward"] = "left"
    return Panel(traces, title, x=x, y=y, width=width, square=True)
