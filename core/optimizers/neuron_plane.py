"""The plane of the inputs: what the network answers, the line of each unit, the example."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from core.optimizers.backward import weights
from core.plot import theme
from core.plot.panels import Panel

if TYPE_CHECKING:
    from core.optimizers.backprop import Frame, Settings

SIDE, REACH = 31, 2.2  # places a side; the plane runs from -REACH to REACH
FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(0.5 * z)),
    "relu": lambda z: np.maximum(z, 0),
    "linear": lambda z: z,
}
Trace = dict[str, Any]


def plane(settings: Settings, now: Frame) -> Panel:
    """Answers as colour, the lines where a unit's sum is 0, the example in its target's colour."""
    lines = _lines(settings, now)
    spots = [_foot(*line) for line in lines] + [(np.nan, np.nan, 0.0, 0.0)] * (2 - len(lines))
    traces = [_answers(settings, now)]
    traces += [_line(*spot, theme.SERIES[2 * n + 3]) for n, spot in enumerate(spots)]
    traces.append(_example(settings))
    title = "The line turns" if settings.kind == "neuron" else "Two lines"
    return Panel(traces, title, _axis("x1"), _axis("x2"), square=True)


def _lines(settings: Settings, now: Frame) -> list[tuple[float, float, float]]:
    """(weight of x1, weight of x2, bias) of each unit."""
    p = weights(settings, now)
    if settings.kind == "neuron":
        return [(p["w1"], p["w2"], p["b"])]
    return [(p[f"w1{j}"], p[f"w2{j}"], p[f"b{j}"]) for j in (1, 2)]


def _answers(settings: Settings, now: Frame) -> Trace:
    side = np.linspace(-REACH, REACH, SIDE)
    across, up = np.meshgrid(side, side)
    f, p = FUNCTIONS[settings.activation], weights(settings, now)
    units = [f(a * across + b * up + c) for a, b, c in _lines(settings, now)]
    if settings.kind == "neuron":
        answer = units[0]
    else:
        answer = p["v1"] * units[0] + p["v2"] * units[1] + p["c"]
    return {
        "type": "heatmap",
        "z": answer.astype(np.float32),
        "x0": -REACH,
        "dx": 2 * REACH / (SIDE - 1),
        "y0": -REACH,
        "dy": 2 * REACH / (SIDE - 1),
        "zmin": -1,
        "zmax": 1,
        "zsmooth": "best",
        "opacity": 0.6,
        "colorscale": theme.DIVERGING,
        "showscale": False,
        "hovertemplate": "answer %{z:.2f}<extra></extra>",
    }


def _foot(a: float, b: float, c: float) -> tuple[float, float, float, float]:
    """The point of the line a x1 + b x2 + c = 0 nearest to 0, and the unit vector (a, b)."""
    length = float(np.hypot(a, b))
    if length < 1e-9:
        return np.nan, np.nan, 0.0, 0.0
    a, b = a / length, b / length
    return -a * c / length, -b * c / length, a, b


def _line(x: float, y: float, a: float, b: float, color: str) -> Trace:
    """The line through (x, y) across (a, b), and an arrow along (a, b), towards larger sums."""
    far = 3 * REACH + float(np.nan_to_num(np.hypot(x, y)))
    ends = [(x - far * b, y + far * a), (x + far * b, y - far * a), (np.nan, np.nan)]
    xs, ys = np.array([*ends, (x, y), (x + 0.6 * a, y + 0.6 * b)], np.float32).T
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": xs,
        "y": ys,
        "line": {"color": color, "width": 3},
        "marker": {"symbol": "arrow", "angleref": "previous", "size": [0, 0, 0, 0, 14]},
        "hoverinfo": "skip",
    }


def _example(settings: Settings) -> Trace:
    colors = {"colorscale": theme.DIVERGING, "cmin": -1, "cmax": 1}
    marker = {"size": 16, "color": [settings.target], **colors}
    marker["line"] = {"color": "white", "width": 2}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [settings.x1],
        "y": [settings.x2],
        "marker": marker,
        "hovertemplate": f"the example: target {settings.target:g}<extra></extra>",
    }


def _axis(name: str) -> dict[str, Any]:
    return {"title": {"text": name}, "range": [-REACH, REACH], "tickvals": [-2, -1, 0, 1, 2]}
