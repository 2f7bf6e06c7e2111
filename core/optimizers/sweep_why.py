"""The closed forms of a plane of rates and momenta with its numbers, beside what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.optimizers.hyper import TITLES
from core.optimizers.surfaces import SURFACES, curvatures
from core.optimizers.sweep_plane import edge, ideal, momenta, rates
from core.plot.latex import number

if TYPE_CHECKING:
    from core.optimizers.sweep_plane import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """Where the edge is and which cell is the fastest: by the formula, and in the plane so far."""
    return {"Edge": _edge(settings, frames[at]), "Fastest": _fastest(settings, frames[at])}


def _edge(settings: Settings, frame: Frame) -> str:
    seen = _held(settings, frame)
    ends, found = momenta(settings)[[0, -1]], curvatures(settings.options())
    exact = edge(settings, ends)
    if exact is None or found is None:
        return f"{_nothing(settings)}\n\n{seen}"
    big, beta = number(found[1]), number(float(ends[1]))
    if settings.optimizer == "nesterov":
        general = r"\frac{2(1+\beta)}{(1+2\beta)L}"
        filled = rf"\frac{{2 \times (1 + {beta})}}{{(1 + 2 \times {beta}) \times {big}}}"
    else:
        general = r"\frac{2(1+\beta)}{L}"
        filled = rf"\frac{{2 \times (1 + {beta})}}{{{big}}}"
    return (
        f"The steepest curvature is $L = {big}$. Without momentum the edge is at\n\n"
        f"$$\\frac{{2}}{{L}} = \\frac{{2}}{{{big}}} = {number(float(exact[0]))},$$\n\n"
        f"and in the top row, with momentum {beta}, at\n\n"
        f"$${general} = {filled} = {number(float(exact[1]))}.$$\n\n{seen}"
    )


def _held(settings: Settings, frame: Frame) -> str:
    """The last column of the bottom and the top row that has not blown up, and the next one."""
    columns, said = rates(settings), []
    for name in ("bottom", "top"):
        held = frame.metrics[f"largest_rate/{name}"]
        over = columns[columns > held]
        beyond = f"{over[0]:.4g} has blown up" if len(over) else "no larger one was run"
        said.append(f"in the {name} row {held:.4g} holds and {beyond}")
    return f"After step {frame.step:,}: {said[0]}; {said[1]}."


def _fastest(settings: Settings, frame: Frame) -> str:
    found, best = curvatures(settings.options()), ideal(settings)
    seen = f"After step {frame.step:,} no cell has settled yet."
    if "best_steps" in frame.metrics:
        name = "momentum" if settings.upright() == "momentum" else "beta"
        upright, now = settings.upright(), frame.metrics
        seen = (
            f"After step {frame.step:,} the fastest cell has settled in {now['best_steps']:.0f} "
            f"steps, at rate {now['best_lr']:.3g} and {upright} {now[f'best_{name}']:.5g}."
        )
    if found is None or best is None:
        return f"{_nothing(settings)}\n\n{seen}"
    return f"{_closed(settings, found, best)}\n\n{seen}"


def _closed(settings: Settings, found: tuple[float, float], best: tuple[float, float]) -> str:
    mu, big, ratio = (number(value) for value in (*found, found[1] / found[0]))
    rate, beta = (number(value) for value in best)
    if settings.optimizer == "nesterov":
        root = number(float(np.sqrt(3 * found[1] / found[0] + 1)))
        return (
            f"In the long run, with curvatures from $\\mu = {mu}$ to $L = {big}$ and "
            f"$r = \\sqrt{{3L/\\mu + 1}} = {root}$, the best is (Lessard, Recht and Packard 2016)"
            f"\n\n$$\\beta^\\star = \\frac{{r - 2}}{{r + 2}} = {beta}, \\qquad "
            f"\\eta^\\star = \\frac{{4}}{{3L + \\mu}} = {rate}.$$"
        )
    return (
        f"In the long run, with curvatures from $\\mu = {mu}$ to $L = {big}$, so "
        f"$\\kappa = {ratio}$, the best is (Polyak 1964)\n\n"
        "$$\\beta^\\star = \\left(\\frac{\\sqrt{\\kappa} - 1}{\\sqrt{\\kappa} + 1}\\right)^2 "
        f"= {beta}, \\qquad \\eta^\\star = \\frac{{4}}{{(\\sqrt{{L}} + \\sqrt{{\\mu}})^2}} "
        f"= {rate}.$$"
    )


def _nothing(settings: Settings) -> str:
    if curvatures(settings.options()) is None:
        what = f"{SURFACES[settings.surface].title} is no quadratic"
        return f"No closed form here: {what}, and its curvature changes from place to place."
    what = f"{TITLES[settings.optimizer]} divides by the recent size of the gradient"
    return f"No closed form here: {what}, so its step is no fixed multiple of the slope."
