"""Grids of cells as traces: greys, numbers in the cells, the window's outline, tiles, RGB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.plot import theme
from core.plot.panels import Panel
from core.pooling.spelled import MINUS

GREYS = [[0.0, "#0e1319"], [1.0, "#fafaf8"]]
SIGNED = theme.DIVERGING
MOST_WORDS = 14  # cells a side up to which numbers stand in them
Trace = dict[str, Any]


def heat(
    z: np.ndarray,
    limits: tuple[float, float] | None = None,
    words: Sequence[Sequence[str]] | None = None,
    corner: tuple[float, float] = (0, 0),
    **more: Any,
) -> Trace:
    """A grid z (rows, columns), its cell (0, 0) around the corner (x, y), rows downwards.

    limits: the values of the two ends of the colours; None: as ``span``. Below 0, the colours are
    those around zero, else greys. words: for each cell; None: its number where there is room.
    """
    low, high = span(z) if limits is None else limits
    colours = SIGNED if low < 0 else GREYS
    trace: Trace = {"type": "heatmap", "z": np.asarray(z, np.float32), "showscale": False}
    trace |= {"x0": corner[0], "dx": 1, "y0": corner[1], "dy": 1, "xgap": 1, "ygap": 1}
    trace |= {"zmin": low, "zmax": high, "colorscale": colours}
    trace |= {"hovertemplate": "row %{y}, column %{x}: %{z:.4g}<extra></extra>"}
    if words is None and max(z.shape, default=0) <= MOST_WORDS:
        words = numbers(z)
    if words is not None:
        trace |= {"text": words, "texttemplate": "%{text}"}
    if max(z.shape, default=0) > 2 * MOST_WORDS:
        trace |= {"xgap": 0, "ygap": 0}
    return trace | more


def span(z: np.ndarray) -> tuple[float, float]:
    """From 0 to 1 or further; as far below zero as above where there is anything below."""
    low, high = float(np.min(z, initial=0)), float(np.max(z, initial=0))
    if low < 0:
        most = max(-low, high)
        return -most, most
    return 0.0, high or 1.0


def numbers(z: np.ndarray) -> list[list[str]]:
    """Each number to at most two decimals, with a true minus."""
    return [[_word(value) for value in row] for row in np.asarray(z).tolist()]


def _word(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", MINUS)


def outline(boxes: Sequence[tuple[float, float, float, float]], **line: Any) -> Trace:
    """Rectangles (left, top, wide, high) as one line; numbers of cells, not their middles."""
    x: list[float] = []
    y: list[float] = []
    for left, top, wide, high in boxes:
        x += [left - 0.5 + part * wide for part in (0, 1, 1, 0, 0)] + [np.nan]
        y += [top - 0.5 + part * high for part in (0, 0, 1, 1, 0)] + [np.nan]
    style = {"color": theme.GENERATED, "width": 3, **line}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.array(x, np.float32),
        "y": np.array(y, np.float32),
        "line": style,
        "hoverinfo": "skip",
    }


def taps(
    place: np.ndarray, size: tuple[int, ...], stride: int, dilation: int
) -> list[tuple[float, float, float, float]]:
    """Where the window lies at a place of the output: one box, or one for each spread-out tap."""
    top, left = (int(at) * stride for at in place)
    if dilation == 1:
        return [(left, top, size[1], size[0])]
    rows, columns = (range(0, k * dilation, dilation) for k in size)
    return [(left + column, top + row, 1, 1) for row in rows for column in columns]


def panel(
    traces: Sequence[Trace],
    title: str,
    shape: tuple[int, ...],
    names: tuple[str, str] = ("column", "row"),
    **more: Any,
) -> Panel:
    """A panel of rows x columns cells, square ones, rows downwards."""
    high, wide = (max(side, 1) for side in shape)
    bare = {"showgrid": False, "zeroline": False}
    x = {"range": [-0.5, wide - 0.5], "title": {"text": names[0]}, **bare, **_ticks(wide)}
    y = {"range": [high - 0.5, -0.5], "title": {"text": names[1]}, **bare, **_ticks(high)}
    return Panel(traces, title, x, y, square=True, **more)


def _ticks(count: int) -> dict[str, Any]:
    return {"dtick": 1 if count <= MOST_WORDS else 5 if count <= 30 else 10, "tick0": 0}


def picture(image: np.ndarray) -> Trace:
    """An image (1 or 3, H, W) as it looks."""
    if len(image) == 1:
        low, high = span(image[0])
        return heat(image[0], (low, max(high, 1.0)))
    pixels = np.rint(np.clip(np.moveaxis(image, 0, -1), 0, 1) * 255).astype(int)
    return {
        "type": "image",
        "z": pixels.tolist(),
        "hovertemplate": "row %{y}, column %{x}: %{z}<extra></extra>",
    }


def label(text: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    """A word over a tile, as a note of a panel."""
    place = {"xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": 13}}
    return {"text": text, "x": x - 0.5, "y": y - 0.5, **place, **more}


def nothing(title: str, words: str = "") -> Panel:
    """A panel without cells, and a sentence in lines that says why."""
    lines: list[str] = []
    line = ""
    for word in words.split():
        if len(line) + len(word) > 30:
            lines, line = [*lines, line], ""
        line = f"{line} {word}".strip()
    note = {"text": "<br>".join([*lines, line]), "x": 0, "y": 0, "font": {"size": 14}}
    clear = [[0.0, "rgba(0,0,0,0)"], [1.0, "rgba(0,0,0,0)"]]
    blank = heat(np.zeros((1, 1)), words=[[""]], colorscale=clear, hoverinfo="skip")
    made = panel([blank], title, (1, 1), notes=[note])
    made.x["showticklabels"] = made.y["showticklabels"] = False
    return made
