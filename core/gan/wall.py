"""A wall of small pictures of the plane: many games' fakes in one trace, each a button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.data.mixtures import Mixture
from core.plot import theme

REACH = 2.9  # of the plane, what a small picture holds; what lies beyond is left out
PITCH = 6.4  # from one small picture to the next, in the plane's units
CENTRES = 25  # drawn of a target, at most
Trace = dict[str, Any]


def places(count: int, columns: int) -> np.ndarray:
    """The middles (count, 2) of so many small pictures, row by row from the top."""
    rows, across = np.divmod(np.arange(count), columns)
    return PITCH * np.stack([across, -rows], 1).astype(np.float64)


def pictures(
    fakes: np.ndarray, middles: np.ndarray, mixture: Mixture, words: Sequence[str], size: float
) -> list[Trace]:
    """Three traces: the target's centres, the fakes, and a square over each picture to click.

    fakes: (k, n, 2), of which only what lies in the plane is drawn. middles: (k, 2). words: one a
    picture, said over it. size: of the squares, in pixels. A square's customdata is its number.
    """
    centres = mixture.centres[:: -(-len(mixture.centres) // CENTRES)]
    under = (middles[:, None] + centres).reshape(-1, 2)
    inside = (np.abs(fakes) <= REACH).all(-1, keepdims=True)
    points = np.where(inside, fakes.astype(np.float64) + middles[:, None], np.nan).reshape(-1, 2)
    return [
        _dots("centres of the target", under, theme.REAL, "circle-open", 4),
        _dots("fakes", points, theme.GENERATED, "diamond", 2.5),
        _buttons(middles, words, size),
    ]


def frame(middles: np.ndarray) -> tuple[list[float], list[float]]:
    """The ranges of x and y that hold the pictures, and words over the top row."""
    low, high = middles.min(0) - PITCH / 2, middles.max(0) + np.array([0.5, 0.75]) * PITCH
    return [float(low[0]), float(high[0])], [float(low[1]), float(high[1])]


def _dots(name: str, at: np.ndarray, color: str, symbol: str, size: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": at[:, 0].astype(np.float32),
        "y": at[:, 1].astype(np.float32),
        "marker": {"color": color, "symbol": symbol, "size": size},
        "hoverinfo": "skip",
    }


def _buttons(middles: np.ndarray, words: Sequence[str], size: float) -> Trace:
    """Unseen, and unseen still when one is selected: Plotly would dim the others else."""
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": middles[:, 0].astype(np.float32),
        "y": middles[:, 1].astype(np.float32),
        # Plain lists: a typed array would reach Python as an object.
        "customdata": list(range(len(middles))),
        "text": list(words),
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"symbol": "square", "size": size, "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
    }
