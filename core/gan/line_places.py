"""Where the two bells may stand, and the places at which their curves are drawn."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

Loss = Literal["minimax", "non-saturating", "least-squares", "hinge", "wasserstein"]
LOSSES: tuple[str, ...] = get_args(Loss)
REACH, NARROW, WIDE = 6.0, 0.1, 2.0  # of the fakes' centre; their least and largest width
FURTHER = 2.0  # how much farther off the fakes are for the metrics that say so
SEEN = np.round(np.arange(-415, 416) * 0.02, 2)  # places of the curves that are drawn
SHIFTS = np.round(np.arange(61) * 0.1, 1)
WIDTHS = np.round(np.arange(2, 41) * 0.05, 2)
