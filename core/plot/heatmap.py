"""A heat map whose cells can be clicked.

Streamlit receives no click on a heat map, only on points: so one unseen square lies over each cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

MOST = 60  # cells a side, above which the squares make a page slow


def clickable(
    z: np.ndarray,
    x: Sequence[float] | np.ndarray,
    y: Sequence[float] | np.ndarray,
    colorscale: Sequence[Any],
    hovertemplate: str,
    text: Sequence[str] | None = None,
    **heat: Any,
) -> list[dict[str, Any]]:
    """Two traces: the heat map of z (rows, columns), and the squares that take hover and click.

    x: the middle of each column, y: of each row, in axis units. A square's customdata is
    [row, column]; hovertemplate may use it, %{x}, %{y} and %{text} (text: one a cell, row by row).
    heat: more of the heat map's own keys, as zmin, zmax, colorbar. ValueError over 60 x 60 cells
    or when the shapes do not fit.
    """
    rows, columns = np.shape(z)
    if max(rows, columns) > MOST:
        raise ValueError(f"a clickable heat map has at most {MOST} x {MOST} cells")
    if (rows, columns) != (len(y), len(x)) or (text is not None and len(text) != rows * columns):
        raise ValueError("z must be (len(y), len(x)), text one a cell")
    picture = {"type": "heatmap", "z": np.asarray(z, np.float32), "x": _short(x), "y": _short(y)}
    picture |= {"colorscale": list(colorscale), "hoverinfo": "skip", **heat}
    return [picture, _squares(_short(x), _short(y), hovertemplate, text)]


def _squares(
    x: np.ndarray, y: np.ndarray, hovertemplate: str, text: Sequence[str] | None
) -> dict[str, Any]:
    """Unseen, and unseen still when one is selected: Plotly would dim the others else."""
    unseen = {"marker": {"opacity": 0}}
    words = {} if text is None else {"text": list(text)}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": np.tile(x, len(y)),
        "y": np.repeat(y, len(x)),
        # Plain lists: a typed array would reach Python as {"0": row, "1": column}.
        "customdata": [[row, column] for row in range(len(y)) for column in range(len(x))],
        "hovertemplate": hovertemplate + "<extra></extra>",
        "marker": {"symbol": "square", "size": 10, "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
        "showlegend": False,
        **words,
    }


def _short(values: Sequence[float] | np.ndarray) -> np.ndarray:
    return np.asarray(values, np.float32)
