"""How much of a denoiser in training is shown. Imports no torch: the server draws with it."""

from __future__ import annotations

COLUMNS, ROWS = 10, 4  # of the wall: a class a column
WAY = 10  # steps back to the wall
TIMES = (150, 300, 450, 600, 800)  # of 1,000: those of the noised digit
SPANS = 10  # of time, in each of which the loss is measured
HELD_OUT = 100  # digits behind that
EXAMPLE = 2  # which held-out digit is noised
STEPS = 1000  # T
