"""The shares and borders of the map of starts with their counts; which minima a rate can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.optimizers.basin_map import minima
from core.optimizers.hyper import TITLES
from core.optimizers.surfaces import Options, value
from core.plot.latex import number

if TYPE_CHECKING:
    from core.optimizers.basin_map import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """How shares and border are counted at that step, and what the rate does at each minimum."""
    return {"Shares": _shares(settings, frames[at]), "Border": _border(frames[at]),
            "Rate": _rate(settings)}  # fmt: skip


def _shares(settings: Settings, frame: Frame) -> str:
    count = frame.reached.size
    rows = []
    for i, (x, y) in enumerate(minima(settings.options())):
        mine = int((frame.reached == i).sum())
        place = f"$({x:.3g},\\ {y:.3g})$"
        rows.append(f"- minimum {i + 1} at {place}: $\\frac{{{mine}}}{{{count}}} "
                    f"= {number(mine / count)}$")  # fmt: skip
    none = int((frame.reached < 0).sum())
    rows.append(f"- none of them: $\\frac{{{none}}}{{{count}}} = {number(none / count)}$")
    head = f"After step {frame.step:,}, of {count:,} starts those within {settings.tolerance:g} of"
    return f"{head}\n\n" + "\n".join(rows)


def _border(frame: Frame) -> str:
    n = len(frame.reached)
    pairs, apart = 2 * n * (n - 1), round(frame.metrics["border"] * 2 * n * (n - 1))
    return (
        f"After step {frame.step:,}: {n} rows of {n} starts make $2 \\times {n} \\times {n - 1} "
        f"= {pairs}$ pairs of neighbours, of which {apart} end apart:\n\n"
        f"$$\\text{{border}} = \\frac{{{apart}}}{{{pairs}}} = {number(apart / pairs)}$$"
    )


def _rate(settings: Settings) -> str:
    """By the largest curvature at each minimum: near it the surface is a quadratic."""
    name = settings.optimizer
    if name not in ("gradient-descent", "momentum"):
        what = f"{TITLES[name]} takes steps that hang on more than the curvature"
        return f"No closed form here: {what}."
    if settings.surface == "ackley":
        return "No closed form here: Ackley's funnel ends in a point, where the slope jumps."
    beta = settings.momentum if name == "momentum" else 0.0
    over = f"2(1 + {beta:g})" if beta else "2"
    lines = [
        f"Near a minimum the surface is a quadratic, and {TITLES[name].lower()} settles where its "
        f"rate, here {settings.lr:g}, is under ${over}/L$:"
    ]
    for i, spot in enumerate(minima(settings.options())):
        big = sharpest(settings.options(), spot)
        most = 2 * (1 + beta) / big
        holds = "it can settle" if settings.lr < most else "it cannot settle"
        lines.append(f"- minimum {i + 1}: $L = {big:.4g}$, ${over}/L = {most:.3g}$: {holds}")
    return "\n\n".join([lines[0], "\n".join(lines[1:])])


def sharpest(options: Options, spot: tuple[float, float], d: float = 1e-4) -> float:
    """The largest curvature of the surface at a place, by central second differences."""

    def f(i: int, j: int) -> float:
        return float(value(options, np.array(spot[0] + i * d), np.array(spot[1] + j * d)))

    xx, yy = f(1, 0) - 2 * f(0, 0) + f(-1, 0), f(0, 1) - 2 * f(0, 0) + f(0, -1)
    xy = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / 4
    return float(np.linalg.eigvalsh(np.array([[xx, xy], [xy, yy]]) / d**2)[-1])
