"""Small images side by side as one heat map of bytes, the gaps between them unseen."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.plot import theme

GAP = 255  # the byte that is no pixel; pixels are 0 to 254
CLEAR = "rgba(0,0,0,0)"
INK = [[0.0, "#f4f6f8"], [1.0, "#1d2733"]]
Trace = dict[str, Any]


def sheet(images: np.ndarray, columns: int, gap: int, below: int = 0) -> np.ndarray:
    """Images (n, h, w) of bytes to 254 in rows of so many, the first in the upper left corner.

    gap: pixels between neighbours, behind the last as well. below: more under each, for words.
    """
    count, high, wide = images.shape
    rows = -(-count // columns)
    out = np.full((rows, columns, high + gap + below, wide + gap), GAP, np.uint8)
    places = np.arange(count)
    out[places // columns, places % columns, :high, :wide] = images
    return out.swapaxes(1, 2).reshape(rows * (high + gap + below), columns * (wide + gap))


def ink(images: np.ndarray) -> np.ndarray:
    """Pixels 0 to 255 as bytes 0 to 254."""
    return (images.astype(np.uint16) * 254 // 255).astype(np.uint8)


def heat(
    z: np.ndarray, scale: list[list[Any]], corner: tuple[float, float], pixel: float = 1.0
) -> Trace:
    """The sheet as a trace. corner: its upper left corner, on axes where y points down."""
    top = 254.5 / GAP
    colors = [[place * 254 / GAP, color] for place, color in scale]
    colors += [[top, scale[-1][1]], [top, CLEAR], [1.0, CLEAR]]
    return {
        "type": "heatmap",
        "z": z,
        "x0": corner[0] + pixel / 2,
        "dx": pixel,
        "y0": corner[1] + pixel / 2,
        "dy": pixel,
        "zmin": 0,
        "zmax": GAP,
        "colorscale": colors,
        "showscale": False,
        "hoverinfo": "skip",
    }


def words(
    x: np.ndarray | list[float],
    y: np.ndarray | list[float],
    text: list[str],
    place: str = "middle center",
    size: int = 12,
    color: str | list[str] | None = None,
) -> Trace:
    """Words at places, as a trace, so that they change with the frame."""
    font = {"size": size} | ({"color": color} if color else {})
    return {
        "type": "scatter",
        "mode": "text",
        "x": list(x),
        "y": list(y),
        "text": text,
        "textposition": place,
        "textfont": font,
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def bare(low: float, high: float, title: str, **more: Any) -> dict[str, Any]:
    """An axis that is not seen."""
    return {"range": [low, high], "title": {"text": title}, "visible": False, **more}


def gallery(
    images: np.ndarray, columns: int, text: list[str], colors: list[str], room: int
) -> tuple[list[Trace], tuple[float, float]]:
    """Digits (n, side, side) of 0 to 255 with words under each; also the width and height.

    room: places for so many, whether there are as many or not.
    """
    side = images.shape[-1] if len(images) else 8
    gap, below = max(1, side // 8), max(2, round(side * 0.34))
    filled = np.zeros((room, side, side), np.uint8)
    filled[: len(images)] = ink(images)
    filled[len(images) :] = GAP
    z = sheet(filled, columns, gap, below)
    places = np.arange(room)
    x = places % columns * (side + gap) + side / 2
    y = places // columns * (side + gap + below) + side + (below + gap) * 0.5
    blank = [""] * (room - len(text))
    size = (float(z.shape[1] - gap), float(z.shape[0]))
    labels = words(x, y, text + blank, color=colors + [theme.EXACT] * len(blank), size=13)
    return [heat(z, INK, (0, 0)), labels], size
