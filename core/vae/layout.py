"""How much of an autoencoder is measured and shown. Imports no torch: the server draws with it."""

from __future__ import annotations

CODES = 500  # held-out codes on the map
MEASURED, WEIGHTED = 200, 16  # held-out images behind the bounds, and draws of the code for each
SIDE = 10  # tiles along each side of the map
BACK, DRAWN = 10, 20  # images that come back, and samples
REACH = 3.0  # of the map of a variational one, in standard deviations of the prior
