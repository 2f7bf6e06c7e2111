"""The nine weights of the KL term, and how much of each model is shown. Imports no torch."""

from __future__ import annotations

BETAS = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
NAMES = tuple(f"{beta:g}" for beta in BETAS)  # as in metrics, ``kl/0.05``
SIDE, EDGE = 10, 3.0  # tiles along each side of the map, and where it ends, each way
WINDOW = 4.0  # where the picture of the codes ends, each way
CODES, RINGED = 300, 100  # held-out codes, and how many have their ellipse drawn
MOST, DRAWS = 2000, 100  # held-out images behind the terms at most, draws of the code for each
MIDDLE, GRID = 2.0, 0.1  # how far from the prior's middle the hole is looked for, in what steps
METRICS = ("reconstruction", "kl", "elbo", "sigma", "digits", "drawn", "confidence", "oddness")
