"""The measures of a shift with the run's own numbers in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.pooling.shift_figures import title_of

if TYPE_CHECKING:
    from core.pooling.shift import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The averages and units at the digit's place, then each kind of pooling at this shift."""
    step = frames[at].step
    told = {"Averages and units": _networks(settings, frames[0])}
    for number, kind in enumerate(settings.all_kinds):
        told[title_of(settings, kind)] = _kind(settings, frames[0], number, step)
    return told


def _networks(settings: Settings, first: Frame) -> str:
    bars, units = first.bars, first.units
    assert bars is not None and units is not None
    place = rf"({settings.dx}, {settings.dy})"
    averages, hidden = (_apart(table, settings.dx, settings.dy) for table in (bars, units))
    return (
        f"The digit stands at {place}, right and down of the middle. The averages $a$ of the "
        f"{bars.shape[-1]} last maps are\n\n"
        rf"$$\frac{{\lVert a{place} - a(0, 0) \rVert}}{{\lVert a(0, 0) \rVert}} = {averages:.3f}$$"
        "\n\naway from those of the digit in the middle; the plain network's "
        f"{units.shape[-1]} hidden units $h$\n\n"
        rf"$$\frac{{\lVert h{place} - h(0, 0) \rVert}}{{\lVert h(0, 0) \rVert}} = {hidden:.3f}.$$"
    )


def _apart(table: np.ndarray, dx: int, dy: int) -> float:
    """Distance of what stands at a place from what stands in the middle, over its norm."""
    middle = len(table) // 2
    start = table[middle, middle].astype(np.float64)
    apart = np.linalg.norm(table[middle + dy, middle + dx] - start)
    return float(apart / max(float(np.linalg.norm(start)), 1e-12))


def _kind(settings: Settings, first: Frame, number: int, step: int) -> str:
    changed, aliased = first.change, first.aliasing
    assert changed is not None and aliased is not None
    cells = f"{step / settings.stride:.3g}"
    moved = rf"T_{{{step}}} x"
    return (
        f"The image $x$ moved by {step} pixels is ${moved}$. Invariant would be 0:\n\n"
        rf"$$\frac{{\lVert P({moved}) - P(x) \rVert}}{{\lVert P(x) \rVert}}"
        rf" = {changed[number, step]:.3f}$$"
        f"\n\nWith a stride of {settings.stride} that is a move by {step}/{settings.stride} = "
        f"{cells} cells of the pooled map. Equivariant would be 0:\n\n"
        rf"$$\frac{{\lVert P({moved}) - T_{{{cells}}} P(x) \rVert}}{{\lVert P(x) \rVert}}"
        rf" = {aliased[number, step]:.3f}$$"
    )
