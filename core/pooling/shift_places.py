"""A digit at all 169 places through the convolutional network, of which 24 are computed.

Its two poolings of stride 2 make one of 4. A digit moved by 4 pixels therefore meets the very
windows that it met before, one cell of the last maps further on, and no bias or border tells the
two apart (Kayhan and van Gemert 2020). So the 16 ways to lie within 4 by 4 pixels are computed,
and the 9 places that are whole strides from the middle too: what stays there is measured and not
assumed. The tests hold every place to the network itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from torch import Tensor

from core.nets import shift_nets as nets


class Plan(NamedTuple):
    """How the places, in the order of ``shift_nets.everywhere``, follow from those computed."""

    computed: np.ndarray  # (24,) numbers of places
    source: np.ndarray  # (169,) which of the 24 each place follows from
    cells: np.ndarray  # (169, 2) how many cells of the last maps it is further down and right


def _plan() -> Plan:
    shifts = np.arange(-nets.REACH, nets.REACH + 1)
    places = np.stack(np.meshgrid(shifts, shifts, indexing="ij"), -1).reshape(-1, 2)
    half = nets.STRIDE // 2
    start = (places + half) % nets.STRIDE - half  # the nearest the middle that lies alike
    whole = (places % nets.STRIDE == 0).all(1)
    start[whole] = places[whole]
    computed = np.flatnonzero((start == places).all(1))
    numbers = {tuple(places[number]): n for n, number in enumerate(computed)}
    source = np.array([numbers[tuple(place)] for place in start])
    return Plan(computed, source, (places - start) // nets.STRIDE)


PLAN = _plan()


def computed(weights: nets.Weights, canvases: Tensor) -> nets.Seen:
    """The network's layers at the 24 places; canvases (169, 1, 40, 40) of ``everywhere``."""
    return nets.cnn(weights, canvases[PLAN.computed])


def everywhere(values: Tensor) -> Tensor:
    """What does not move along, such as averages and logits: (24, n) to (13, 13, n)."""
    return values[PLAN.source].view(nets.PLACES, nets.PLACES, -1)


def moved_along(maps: Tensor) -> Tensor:
    """Maps (24, c, n, n) at all places, each moved by its cells: (13, 13, c, n, n)."""
    found = maps[PLAN.source]
    for cells in np.unique(PLAN.cells, axis=0):
        those = (PLAN.cells == cells).all(1)
        found[those] = found[those].roll(tuple(cells.tolist()), (-2, -1))
    return found.view(nets.PLACES, nets.PLACES, *maps.shape[1:])


MIDDLE = int(np.flatnonzero(PLAN.computed == nets.PLACES**2 // 2)[0])  # of the 24
