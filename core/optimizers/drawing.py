"""The network drawn: a heat map for every unit, an edge for every weight, as one panel.

The maps are squares of one unit; edges are gathered in a few traces by sign and strength, so that
the drawing keeps its traces while the weights change.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.plot import theme
from core.plot.panels import Panel

if TYPE_CHECKING:
    from core.optimizers.network import Frame

ROW, HALF, ANSWER = 1.15, 0.5, 1.9  # rows apart; half of a unit's map; half of the answer's map
WIDE = 1.5  # times its height
LEVELS = ((0.1, 0.7, 0.35), (0.4, 1.6, 0.55), (1.0, 3.0, 0.7), (2.0, 5.0, 0.85))
"""From which |weight| an edge is drawn, how wide (pixels), how opaque."""
LEGEND = "orange above 0, blue below; wide is strong"
Trace = dict[str, Any]


def network(layers: tuple[int, ...], frame: Frame) -> Panel:
    """Inputs, units with what they answer over the plane, the weights between, the answer."""
    from core.optimizers.network import shown

    counts = [2, *shown(layers), 1]
    columns = _columns(counts)
    traces = _edges(layers, counts, columns, frame)
    traces += _maps(columns, frame)
    traces.append(_names(columns, layers))
    wide, tall = columns[-1][0, 0] + ANSWER, max(counts[:-1]) * ROW / 2 + 0.1
    x = {"range": [-HALF - 1.0, wide + 0.2], "title": {"text": LEGEND}, **_BARE}
    y = {"range": [-tall, tall + 0.6], "visible": False}
    title = "What each unit answers over the plane"
    return Panel(traces, title, x, y, square=True, stacked=310)


_BARE = {"showgrid": False, "showticklabels": False}


def _columns(counts: list[int]) -> list[np.ndarray]:
    """(units, 2) middle of every unit drawn, a column a layer."""
    tall = max(max(counts) * ROW, 2 * ANSWER)
    # Half as wide again as it is high: in a row of its own and on a narrow screen it fills much.
    apart = max(2.2, (WIDE * tall - 2 * ANSWER) / (len(counts) - 1))
    columns = [
        np.stack([np.full(n, place * apart), ((n - 1) / 2 - np.arange(n)) * ROW], 1)
        for place, n in enumerate(counts)
    ]
    columns[-1][:, 0] += ANSWER - HALF
    return columns


def _edges(
    layers: tuple[int, ...], counts: list[int], columns: list[np.ndarray], frame: Frame
) -> list[Trace]:
    starts, ends, weights = [], [], []
    for n, weight in enumerate(_weights(layers, frame)):
        some = weight[: counts[n], : counts[n + 1]]
        a, b = np.meshgrid(np.arange(some.shape[0]), np.arange(some.shape[1]), indexing="ij")
        reach = ANSWER if n == len(layers) else HALF
        starts.append(columns[n][a.ravel()] + (HALF, 0))
        ends.append(columns[n + 1][b.ravel()] - (reach, 0))
        weights.append(some.ravel())
    lines = np.concatenate(starts), np.concatenate(ends), np.concatenate(weights)
    return [_bundle(*lines, sign, n) for sign in (-1, 1) for n in range(len(LEVELS))]


def _bundle(start: np.ndarray, end: np.ndarray, weight: np.ndarray, sign: int, level: int) -> Trace:
    """The edges of one sign and strength as one trace, with gaps between."""
    low, width, opacity = LEVELS[level]
    high = LEVELS[level + 1][0] if level + 1 < len(LEVELS) else np.inf
    own = (sign * weight >= low) & (sign * weight < high)
    gap = np.full((own.sum(), 2), np.nan)
    spots = np.stack([start[own], end[own], gap], 1).reshape(-1, 2).astype(np.float32)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": spots[:, 0],
        "y": spots[:, 1],
        "line": {"color": theme.GENERATED if sign > 0 else theme.REAL, "width": width},
        "opacity": opacity,
        "hoverinfo": "skip",
    }


def _maps(columns: list[np.ndarray], frame: Frame) -> list[Trace]:
    assert frame.maps is not None and frame.surface is not None
    across = np.rint((np.linspace(-1, 1, frame.maps.shape[-1]) + 1) * 127).astype(np.uint8)
    side = np.tile(across, (len(across), 1))
    spots = np.concatenate(columns[:-1])
    found = [
        _map(z, spot, HALF, 254) for z, spot in zip([side, side.T, *frame.maps], spots, strict=True)
    ]
    return [*found, _map(frame.surface, columns[-1][0], ANSWER, 1)]


def _map(z: np.ndarray, middle: np.ndarray, half: float, top: int) -> Trace:
    each = 2 * half / len(z)
    return {
        "type": "heatmap",
        "z": z,
        "x0": float(middle[0] - half + each / 2),
        "dx": each,
        "y0": float(middle[1] - half + each / 2),
        "dy": each,
        "zmin": 0,
        "zmax": top,
        "colorscale": theme.DIVERGING,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _names(columns: list[np.ndarray], layers: tuple[int, ...]) -> Trace:
    words = ["x1", "x2", *(f"hidden {n}" for n in range(1, len(layers) + 1)), "answer"]
    for n, (units, column) in enumerate(zip(layers, columns[1:], strict=False)):
        words[2 + n] += f", {len(column)} of {units}" if units > len(column) else ""
    spots = [*(columns[0] - (HALF + 0.1, 0)), *(c[0] + (0, HALF + 0.1) for c in columns[1:-1])]
    spots.append(columns[-1][0] + (0, ANSWER + 0.1))
    xs, ys = np.array(spots, np.float32).T
    return {
        "type": "scatter",
        "mode": "text",
        "x": xs,
        "y": ys,
        "text": words,
        "textposition": ["middle left"] * 2 + ["top center"] * (len(words) - 2),
        "textfont": {"size": 12},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _weights(layers: tuple[int, ...], frame: Frame) -> list[np.ndarray]:
    """(inputs, units) of each layer, biases left out."""
    assert frame.theta is not None
    found, start = [], 0
    for inputs, units in pairwise([2, *layers, 1]):
        block = frame.theta[start : start + (inputs + 1) * units]
        found.append(block.reshape(inputs + 1, units)[:-1])
        start += (inputs + 1) * units
    return found
