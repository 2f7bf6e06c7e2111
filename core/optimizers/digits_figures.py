"""Pictures of a network that learns the digits: its guesses, its first weights, its mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.plot import theme
from core.plot.panels import Panel

if TYPE_CHECKING:
    from core.optimizers.network import Frame

COLUMNS, SIDE, EACH = 8, 8, 11  # digits a row; pixels of one; pixels from one to the next
INK = [[0.0, "#f4f6f8"], [1.0, "#1d2733"]]
COUNTS = [
    [0.0, "#f4f6f8"],
    [0.03, "#f3c48b"],
    [0.15, "#DF7A00"],
    [0.5, "#a9d6e5"],
    [1.0, "#61a5c2"],
]
_BARE = {"showgrid": False, "showticklabels": False}
Trace = dict[str, Any]


def gallery(frames: list[Frame], at: int) -> Panel:
    """Some test digits, and under each the guess: green circle right, orange cross wrong."""
    images, truth, guess = frames[0].gallery, frames[0].truth, frames[at].guess
    assert images is not None and truth is not None and guess is not None
    sheet = _sheet(images.astype(np.float32) / 255)
    ink = _heat(sheet, INK, 0, 1)
    ink["hoverinfo"] = "skip"
    spots = np.array([_corner(n) for n in range(len(truth))], np.float32)
    right = guess == truth
    words = {
        "type": "scatter",
        "mode": "text",
        "x": spots[:, 0] + SIDE / 2 - 0.5,
        "y": spots[:, 1] + SIDE + 0.9,
        "text": [f"{g}" if ok else f"<b>{g}?</b>" for g, ok in zip(guess, right, strict=True)],
        "textfont": {
            "size": 13,
            "color": [theme.LEARNED if ok else theme.WARNING for ok in right],
        },
        "hovertext": [f"a {t}, taken for {g}" for t, g in zip(truth, guess, strict=True)],
        "hoverinfo": "text",
    }
    high, wide = sheet.shape
    x = {"range": [-1.5, wide], "title": {"text": "pixels"}, **_BARE}
    y = {"range": [high + 0.6, -1], "title": {"text": "pixels"}, **_BARE}
    return Panel([ink, words], "Unseen digits, the guess under each", x, y, square=True)


def inside(frames: list[Frame], at: int) -> Panel:
    """Weights from the pixels to some units, and the table of true classes and guesses."""
    images, table = frames[at].images, frames[at].confusion
    assert images is not None and table is not None
    scale = float(np.abs(images).max()) or 1.0
    sheet = _sheet(images / scale, 4)
    weights = _heat(sheet, theme.DIVERGING, -1, 1)
    weights["hovertemplate"] = "weight %{z:.2f} of the largest<extra></extra>"
    each = (len(sheet) - 3) / 10
    left = sheet.shape[1] + 12.0
    counts = _heat(table.astype(np.float32), COUNTS, 0, float(table.sum(1).max()))
    counts |= {"x0": left + each / 2, "dx": each, "y0": each / 2, "dy": each, "xgap": 1, "ygap": 1}
    counts["hoverinfo"] = "skip"
    traces = [weights, counts, _cells(table, left, each), _margins(left, each)]
    x = {"range": [-1, left + 10 * each + 1], "title": {"text": "pixels (left), guess (right)"}}
    y = {"range": [len(sheet) - 2, -5], "title": {"text": "pixels (left), true digit (right)"}}
    title = "First weights; which digit is taken for which"
    return Panel(traces, title, {**x, **_BARE}, {**y, **_BARE}, square=True, stacked=290)


def _sheet(images: np.ndarray, columns: int = COLUMNS) -> np.ndarray:
    """Images (n, 8, 8) side by side with gaps of NaN, first row on top."""
    rows = -(-len(images) // columns)
    sheet = np.full((rows * EACH, columns * EACH - (EACH - SIDE)), np.nan, np.float32)
    for n, image in enumerate(images):
        left, top = _corner(n, columns)
        sheet[top : top + SIDE, left : left + SIDE] = image
    return sheet


def _corner(n: int, columns: int = COLUMNS) -> tuple[int, int]:
    return n % columns * EACH, n // columns * EACH


def _heat(z: np.ndarray, scale: list[list[Any]], low: float, high: float) -> Trace:
    colors = {"colorscale": scale, "zmin": low, "zmax": high, "showscale": False}
    return {"type": "heatmap", "z": z, "hoverongaps": False, **colors}


def _cells(table: np.ndarray, left: float, each: float) -> Trace:
    rows, columns = np.divmod(np.arange(100), 10)
    return {
        "type": "scatter",
        "mode": "text",
        "x": (left + (columns + 0.5) * each).astype(np.float32),
        "y": ((rows + 0.5) * each).astype(np.float32),
        "text": [str(n) if n else "" for n in table.ravel()],
        "textfont": {"size": 11, "color": "#1d2733"},
        "hovertext": [
            f"{n} times a {r} was taken for a {c}"
            for n, r, c in zip(table.ravel(), rows, columns, strict=True)
        ],
        "hoverinfo": "text",
    }


def _margins(left: float, each: float) -> Trace:
    middles = (np.arange(10) + 0.5) * each
    return {
        "type": "scatter",
        "mode": "text",
        "x": [*(left + middles), *([left - 1.5] * 10)],
        "y": [*([-1.6] * 10), *middles],
        "text": [str(n % 10) for n in range(20)],
        "textfont": {"size": 12},
        "hoverinfo": "skip",
    }
