"""Which window is told in numbers: a place of the output, or its middle."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from core.controls import Slider

MOST = 255
Row = Annotated[
    int,
    Slider("Row of the output", -1, MOST, 1, level="more",
           help="From 0 at the top; -1 is the middle. Beyond the last row, the last counts."),
]  # fmt: skip
Column = Annotated[
    int,
    Slider("Column of the output", -1, MOST, 1, level="more",
           help="From 0 at the left; -1 is the middle. Beyond the last column, the last counts."),
]  # fmt: skip


def placed(row: int, column: int, outputs: tuple[int, int]) -> np.ndarray:
    """Row and column (2,) int64 of an output of so many rows and columns."""
    asked, counts = np.array([row, column], np.int64), np.array(outputs, np.int64)
    return np.where(asked < 0, counts // 2, np.minimum(asked, counts - 1))


def clamped(row: int, column: int, place: np.ndarray) -> list[str]:
    """A sentence for each of row and column that was asked for beyond the output."""
    pairs = zip(("row", "column"), (row, column), place.tolist(), strict=True)
    return [
        f"{name.capitalize()} {asked} lies beyond the output: {name} {shown} is the last."
        for name, asked, shown in pairs
        if asked > shown
    ]
