"""How much of a denoiser in training is shown. Imports no torch: the server draws with it."""

from __future__ import annotations

COLUMNS, ROWS = 10, 3  # of the wall: a class a column
WAY = 8  # steps back to the wall
GUIDANCE = 2.0  # of the wall, where the network learns with the class and without
TIMES = (150, 300, 450, 600, 800)  # of 1,000: those of the noised digit
SPANS = 10  # of time, in each of which the loss is measured
HELD_OUT = 100  # digits behind that
EXAMPLE = 2  # which held-out digit is noised
STEPS = 1000  # T
