"""Learning rate x momentum: where an optimizer settles, how fast, and where it blows up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.experiment import Click, Experiment, Preset, View
from core.optimizers.sweep_figures import draw_plane
from core.optimizers.sweep_plane import Frame, Settings, height, momenta, rates
from core.optimizers.sweep_why import explain

__all__ = ["PRESETS", "SWEEP", "Frame", "Settings", "cell", "clicked"]


def cell(settings: Settings, frames: list[Frame], x: float, y: float) -> dict[str, Any]:
    """Settings of ``optimizers.race`` for the cell nearest to x, y, in the plane's axis units.

    x: log10 of the rate. y: the momentum or beta1; for beta2, -log10(1 - beta2). Momentum 0 races
    as gradient descent; RMSprop's beta2 is the race's alpha. Races have no noise.
    """
    rate, beta = rates(settings), momenta(settings)
    column = int(np.abs(np.log10(rate) - x).argmin())
    row = int(np.abs(height(settings, beta) - y).argmin())
    name = "gradient-descent" if settings.upright() == "momentum" and row == 0 else None
    start_x, start_y = settings.origin()
    race: dict[str, Any] = {"surface": settings.surface, "rates": "same"}
    race |= {"optimizers": (name or settings.optimizer,), "lr": float(rate[column])}
    race |= {"steps": settings.steps, "start_x": start_x, "start_y": start_y}
    shared = ("condition", "rotation", "beta1", "beta2")
    race |= {key: getattr(settings, key) for key in shared if key in settings.active()}
    return race if name else {**race, _field(settings): float(beta[row])}


def _field(settings: Settings) -> str:
    """What the race calls the upright axis."""
    return "alpha" if settings.optimizer == "rmsprop" else settings.upright()


def clicked(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on a cell of the plane offers to race it."""
    if point.get("customdata") is None:  # the panel beside the plane
        return None
    race = cell(settings, frames, float(point["x"]), float(point["y"]))
    upright = _field(settings)
    words = f"Race this cell: learning rate {race['lr']:.3g}"
    words += f", {upright} {race[upright]:.5g}" if upright in race else ""
    return Click("optimizers.race", race, words + (", without the noise" if settings.noisy else ""))


def _wider(metrics: Mapping[str, float]) -> int:
    ratio = metrics["largest_rate/top"] / max(metrics["largest_rate/bottom"], 1e-12)
    return 0 if ratio < 0.85 else 2 if ratio > 1.5 else 1


_SAW_EDGE = (
    "The largest rate that held was {largest_rate/bottom:.3g} without momentum and "
    "{largest_rate/top:.3g} with momentum 0.975."
)
PRESETS = (
    Preset(
        id="edge",
        title="The edge",
        question="Plain gradient descent blows up beyond 2/L. And with a lot of momentum?",
        options=(
            "Much sooner: momentum overshoots",
            "At the same rate",
            "Much later: the rate can nearly double",
        ),
        settings={},
        watch="The orange region: which way its border leans from the bottom row to the top.",
        saw=_SAW_EDGE,
        why="At the edge the weight flips sign at every step, so past gradients push against the "
        "present one and hold it back. The exact edge is 2(1 + momentum)/L, dashed: 2/L without "
        "momentum, 3.8/L with 0.9.",
        next="Click a cell on either side of the dashed line and race it.",
        expected=2,
        outcome=_wider,
    ),
    Preset(
        id="valley-of-speed",
        title="The best momentum",
        question="Each momentum at its best rate: which is fastest in a ravine of condition 100?",
        options=("None at all", "A middling one, near 0.7", "The more the better: 0.975"),
        settings={"tolerance": 1e-6},
        watch="The right panel: the fewest steps of each row.",
        saw="{best_steps:.0f} steps, with momentum {best_momentum:.2f} and rate {best_lr:.3g}.",
        why="Too little crawls along the floor, too much swings past the end. Polyak's closed form "
        "for condition k is ((sqrt(k) - 1)/(sqrt(k) + 1))^2, here (9/11)^2 = 0.67: the star.",
        next="Choose the bowl and its condition number, and see the star climb.",
        expected=1,
        outcome=lambda m: 0 if m["best_momentum"] < 0.4 else 2 if m["best_momentum"] > 0.85 else 1,
    ),
    Preset(
        id="look-ahead",
        title="Nesterov's edge",
        question="Nesterov looks one step ahead. How large a rate does it stand at 0.975?",
        options=(
            "Smaller than plain gradient descent",
            "The same as plain gradient descent",
            "Larger, as momentum does",
        ),
        settings={"optimizer": "nesterov"},
        watch="The border of the orange region, against the momentum preset's.",
        saw=_SAW_EDGE,
        why="Looking ahead adds the newest gradient once more. Across the ravine that is too much "
        "of it: the edge is 2(1 + b)/((1 + 2b)L), down to 4/(3L) as b nears 1.",
        next="Compare the fewest steps with momentum's: the smaller rate costs Nesterov little.",
        expected=0,
        outcome=_wider,
    ),
    Preset(
        id="no-edge",
        title="Adam has no edge",
        question="Rates up to 10 on the same ravine, with Adam. How much of the plane blows up?",
        options=("About half of it", "Only the largest rates", "Nothing at all"),
        settings={"optimizer": "adam"},
        watch="Whether any orange appears, and what takes its place on the right.",
        saw="{diverged:.0%} of the cells blew up, {converged:.0%} settled. "
        "Best: {best_steps:.0f} steps at rate {best_lr:.2g}.",
        why="Adam divides the gradient by its recent size, so the length of a step hangs on the "
        "rate, not on the slope. Too large a rate bounces about; it cannot run away.",
        next="Set the upright axis to beta1, Adam's momentum.",
        expected=2,
        outcome=lambda m: 2 if m["diverged"] == 0 else 1 if m["diverged"] < 0.3 else 0,
    ),
)

SWEEP = Experiment(
    name="optimizers.sweep",
    title="Which rate, which momentum?",
    question="How far can the learning rate go, and which momentum gets there first?",
    settings=Settings,
    frame=Frame,
    run="core.optimizers.sweeping:plane",
    views=(
        View(
            "plane",
            "Learning rate and momentum",
            draw_plane,
            "A map of learning rate to the right and momentum upwards. Colour says in how many "
            "steps a cell settles; crosses mark where it blows up; the exact edge is dashed. "
            "Beside it, the fewest steps in each row.",
            clicked=clicked,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={"steps": 40, "resolution": 20},
    verb="Sweep the plane",
    seconds=0.5,
    source=lambda settings: (
        "core.optimizers.sweeping:plane",
        "core.optimizers.sweeping:judge",
        f"core.optimizers.rules:_{settings.optimizer}",
    ),
    explain=explain,
    good={
        "converged": "higher is better, 1 is all",
        "diverged": "lower is better, 0 is none",
        "best_steps": "lower is better: the fastest cell's",
        "best_lr": "the fastest cell's; a star is the best in the long run",
        "best_momentum": "the fastest cell's; a star is the best in the long run",
        "best_beta": "the fastest cell's, on the upright axis",
        "largest_rate": "higher forgives more: the largest of the row that did not blow up",
    },
)
