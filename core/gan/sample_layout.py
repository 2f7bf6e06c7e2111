"""What is shown of a trained generator. Imports no torch: the server draws with it."""

from __future__ import annotations

SETS = ("mnist", "fashion", "digits")  # what a generator learned from, by number
GRID = (-4.0, -2.75, -1.25, 0.0, 1.25, 2.75, 4.0)  # stops of both directions' sliders
