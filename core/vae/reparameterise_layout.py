"""How much is drawn and shown of the trick. Imports nothing slow: the server draws with it."""

from __future__ import annotations

REPEATS = 2000  # estimates behind the histograms
SIZES = (1, 3, 10, 30, 100, 300, 1000)  # draws that an estimate is the mean of
TRIES = 500  # estimates of each size
WIDTHS = tuple(0.1 * 20 ** (n / 40) for n in range(41))  # sigma from 0.1 to 2
WALKERS, STEPS = 5, 150  # descents of each kind, and their steps
RATE, FENCE = 0.05, 4.0  # step length; mu is held within plus and minus
CURVES, LONGEST = 5, 1000  # running means of the KL, and their draws
