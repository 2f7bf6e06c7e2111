"""One step of guidance on one sample, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.diffusion.guided_classes import SLIM, WIDE, guided, laws
from core.plot.latex import number

if TYPE_CHECKING:
    from core.diffusion.guided import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The noise without and with the class, and beyond."""
    now = frames[min(at, len(frames) - 2)] if len(frames) > 1 else frames[at]
    t, x = int(now.t), now.points[0].astype(np.float64)
    every, own = laws(settings.classes, settings.label, settings.course, t)
    pushed, without, within = guided(every, own, x, settings.scale)
    told = {
        "Past the class": (
            rf"The first sample is at $x_{{{t}}} = {number(x, 4)}$. Whatever the class, its noise "
            rf"is expected to be $\epsilon_u = {number(without, 4)}$; if it is of class "
            rf"{settings.label.upper()}, $\epsilon_c = {number(within, 4)}$. With $s = "
            rf"{settings.scale:g}$ the sampler is told"
            "\n\n"
            rf"$$\epsilon_u + s\,(\epsilon_c - \epsilon_u) = {number(pushed, 4)}$$"
            "\n\n"
            rf"In Ho and Salimans' letters that is $w = s - 1 = {settings.scale - 1:g}$."
        )
    }
    if settings.target == "bells":
        told["In closed form"] = _closed(settings, frames[-1])
    return told


def _closed(settings: Settings, last: Frame) -> str:
    return (
        "For Gaussians the spread at the end is a weighted product,\n\n"
        r"$$\sigma_u^{\,1 - s}\, \sigma_c^{\,s}, \qquad \text{over the class's own:}\quad "
        rf"\left(\frac{{\sigma_c}}{{\sigma_u}}\right)^{{s - 1}} = "
        rf"\left(\frac{{{SLIM:g}}}{{{WIDE:g}}}\right)^{{{settings.scale - 1:g}}} = "
        rf"{number(last.metrics['closed_spread'], 4)}$$"
        f"\n\nThe samples have {number(last.metrics['spread'], 4)} so far as they have come."
    )
