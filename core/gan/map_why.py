"""A plane of two settings in numbers: the ratio of the rates, the best cell."""

from __future__ import annotations

from core.gan.map_axes import UPRIGHT, Frame, Settings
from core.plot.latex import number


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """How a cell's colour is counted, and which cell is the best so far."""
    return {"A cell": _cell(settings), "The best": _best(settings, frames[at])}


def _cell(settings: Settings) -> str:
    mixture = settings.mixture
    least = 2000 / (10 * mixture.count)
    return (
        "Every cell is one game with the same first weights, samples and noise. Its colour is the "
        f"number of modes that hold at least a tenth of their fair share of 2,000 fakes within "
        f"$3\\sigma = {number(3 * mixture.sigma)}$ of a centre: about "
        f"$\\tfrac{{1}}{{10}} \\cdot \\tfrac{{2000}}{{{mixture.count}}} = {number(least)}$ fakes."
    )


def _best(settings: Settings, now: Frame) -> str:
    metrics, name = now.metrics, UPRIGHT[settings.up]
    rate, value = metrics["best_lr_g"], metrics["best_up"]
    told = (
        f"After step {now.step:,} the cell with most modes, and among those most good fakes "
        f"({metrics['best_quality']:.1%}), has a learning rate of G of ${number(rate)}$ and a "
        f"{name} of ${number(value)}$."
    )
    if settings.up != "lr-d":
        return told
    return told + f" The ratio of D's rate to G's is there ${number(value / rate)}$."
