"""How much of a generator is measured and shown. Imports no torch: the server draws with it."""

from __future__ import annotations

COLUMNS, ROWS, WALK_ROWS = 10, 6, 4  # of the walls
COUNT = 500  # samples, and held-out images, behind each measure: both depend on it
FEWEST = 0.02  # of the samples: a class that fewer are read as is missing
