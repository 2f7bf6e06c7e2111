"""Small images side by side as one heat map, and words beside them."""

from __future__ import annotations

from typing import Any

import numpy as np

GAP = 255  # the byte that is no pixel; pixels are 0 to 254
CLEAR = "rgba(0,0,0,0)"
_TOP = 254.5 / 255
INK = [[0.0, "#f4f6f8"], [254 / 255, "#1d2733"], [_TOP, "#1d2733"], [_TOP, CLEAR], [1.0, CLEAR]]


def sheet(images: np.ndarray, columns: int) -> np.ndarray:
    """Images (n, s, s) of 0 to 255 in rows of so many, the first in the upper left corner.

    An empty place and the gap behind each image (an eighth of its side) hold ``GAP``.
    """
    count, side, _ = images.shape
    rows, cell = -(-count // columns), side + max(1, side // 14)
    out = np.full((rows, columns, cell, cell), GAP, np.uint8)
    places = np.arange(count)
    shown = (images.astype(np.uint16) * 254 // 255).astype(np.uint8)
    out[places // columns, places % columns, :side, :side] = shown
    return out.swapaxes(1, 2).reshape(rows * cell, columns * cell)


def sheet_trace(images: np.ndarray, columns: int) -> tuple[dict[str, Any], tuple[float, float]]:
    """The sheet as a trace, its upper left corner at (0, 0), y downwards; and its width, height."""
    z = sheet(images, columns)
    trace = {
        "type": "heatmap",
        "z": z,
        "x0": 0.5,
        "dx": 1,
        "y0": 0.5,
        "dy": 1,
        "zmin": 0,
        "zmax": GAP,
        "colorscale": INK,
        "showscale": False,
        "hoverinfo": "skip",
    }
    return trace, (float(z.shape[1]), float(z.shape[0]))


def words(
    x: np.ndarray | list[float],
    y: np.ndarray | list[float],
    text: list[str],
    place: str = "middle center",
    size: int = 12,
    color: str | list[str] | None = None,
) -> dict[str, Any]:
    """Words at places, as a trace, so that they change with the frame."""
    font = {"size": size} | ({"color": color} if color else {})
    return {
        "type": "scatter",
        "mode": "text",
        "x": [float(v) for v in x],
        "y": [float(v) for v in y],
        "text": text,
        "textposition": place,
        "textfont": font,
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def bare(low: float, high: float, title: str) -> dict[str, Any]:
    """An axis that is not seen."""
    return {"range": [low, high], "title": {"text": title}, "visible": False}
