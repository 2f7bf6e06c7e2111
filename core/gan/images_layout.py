"""How much of a generator is measured and shown. Imports no torch: the server draws with it."""

from __future__ import annotations

from core.data import fashion

COLUMNS, ROWS, WALK_ROWS = 10, 6, 4  # of the walls
COUNT = 500  # samples, and held-out images, behind each measure: both depend on it
FEWEST = 0.02  # of the samples: a class that fewer are read as is missing


def class_names(data: str) -> list[str]:
    """The ten classes as they read on screen."""
    return list(fashion.NAMES) if data == "fashion" else [str(n) for n in range(10)]
