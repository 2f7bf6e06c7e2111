"""Labels beside points: inside the window, and never one over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LETTER, LINE, AWAY = 7.0, 16.0, 10.0  # pixels: a letter's width, a line's height, from the point


class Placed(NamedTuple):
    """Where labels go: anchors (k, 2), and whether each is written to the right of its anchor."""

    at: np.ndarray
    right: list[bool]


def place(
    points: np.ndarray,
    texts: Sequence[str],
    window: tuple[tuple[float, float], tuple[float, float]],
    pixels: tuple[float, float] = (300.0, 300.0),
) -> Placed:
    """Anchors for labels of the points (k, 2), in data units, in a window of so many pixels.

    Each label gets its own row, as near its point as the others let it be, and is written to the
    side on which it has room. Points outside the window get their label at its edge.
    """
    (x0, x1), (y0, y1) = window
    ux, uy = (x1 - x0) / pixels[0], (y1 - y0) / pixels[1]
    x = np.clip(points[:, 0], x0, x1)
    widths = np.array([len(text) * LETTER for text in texts]) * ux
    right = x + AWAY * ux + widths <= x1
    left = x - AWAY * ux
    at = np.where(right, x + AWAY * ux, np.maximum(left, np.minimum(x0 + widths, x1)))
    rows = _rows(np.clip(points[:, 1], y0, y1), (y0, y1), LINE * uy)
    return Placed(np.stack([at, rows], 1), [bool(r) for r in right])


def _rows(y: np.ndarray, span: tuple[float, float], gap: float) -> np.ndarray:
    """Rows near y that lie a gap apart (less if there is no room), all inside the span."""
    gap = min(gap, (span[1] - span[0]) / len(y))
    low, high = span[0] + gap / 2, span[1] - gap / 2
    order = np.argsort(y, kind="stable")
    rows = np.clip(y[order], low, high)
    for i in range(1, len(y)):  # upwards: off the one below
        rows[i] = max(rows[i], rows[i - 1] + gap)
    rows[-1] = min(rows[-1], high)
    for i in reversed(range(len(y) - 1)):  # downwards: back under the edge
        rows[i] = min(rows[i], rows[i + 1] - gap)
    out = np.empty_like(rows)
    out[order] = rows
    return np.asarray(out)
