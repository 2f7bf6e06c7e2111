"""The same game many times over, each with a seed of its own: does it always go like that?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from core import experiment
from core.controls import LogSlider, Seed, Slider
from core.experiment import Click, Experiment, View
from core.gan import plane, seeds_why
from core.gan.seeds_figures import bands, wall
from core.gan.seeds_presets import PRESETS

__all__ = ["PRESETS", "SEEDS", "Frame", "Settings", "clicked"]


class Settings(plane.Settings):
    """Any game of the plane, smaller by default, and how many times it is played."""

    seeds: Annotated[
        int, Slider("Seeds", 8, 64, 8, help="Each gives first weights, samples and noise.")
    ] = 32
    seed: Annotated[
        int, Seed("First seed", 0, 999_900, level="more", help="The others follow one by one.")
    ] = 0
    width: Annotated[
        int, LogSlider("Units a layer", 4, 128, whole=True, level="more", help="Of each player.")
    ] = 32
    batch_size: Annotated[int, LogSlider("Batch size", 8, 512, whole=True, level="more")] = 64
    steps: Annotated[
        int,
        LogSlider("Steps", 10, 20_000, whole=True, level="more", help="Updates of the generator."),
    ] = 3000

    def game(self, number: int) -> dict[str, Any]:
        """The settings of ``gan.plane`` that play game ``number``, from 0, alone."""
        own = {name: getattr(self, name) for name in plane.Settings.model_fields}
        return {**own, "seed": self.seed + number}


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(experiment.Frame):
    """S games after ``step`` updates of each generator. A game that diverged has no good fakes.

    Metrics: modes_mean; covered_all, the share of games with every mode, and its 95 % interval
    covered_low to covered_high (Wilson 1927); collapsed, the share with at most half the modes;
    high_quality_median, and the quartiles high_quality_low and high_quality_high; diverged, the
    share of games whose numbers have run away.
    """

    modes: np.ndarray  # (S,) int16, modes covered by 2,000 fakes
    high_quality: np.ndarray  # (S,) float32, share of those within three sigma of a centre
    wall: np.ndarray  # (S, 100, 2) float16, some of the fakes; NaN in a game that diverged


def clicked(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on a small picture offers to play that game by itself."""
    number = point.get("customdata")
    if number is None:
        return None
    game = settings.game(int(number))
    words = f"Play seed {game['seed']} by itself (same start and noise; rounding differs)"
    return Click("gan.plane", game, words)


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.gan.seeds_train:run",
        "core.gan.training:Game",
        "core.gan.nets:Net",
        "core.gan.seeds_share:wilson",
    )


SEEDS = Experiment(
    name="gan.seeds",
    title="The same game, 32 times",
    question="It worked once. Does it always?",
    settings=Settings,
    frame=Frame,
    run="core.gan.seeds_train:run",
    views=(
        View(
            "wall",
            "Every game",
            wall,
            "A small picture of each game's fakes over the centres of the target, with the "
            "modes it covers; beside it, how many games cover how many modes.",
            clicked=clicked,
        ),
        View(
            "bands",
            "Over the steps",
            bands,
            "Median, quartiles and range over all games of the modes covered and of the share of "
            "good fakes, against steps, with what real points reach.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 120, "seeds": 8, "width": 16, "batch_size": 32},
    verb="Play all games",
    seconds=18.0,
    source=_source,
    explain=seeds_why.explain,
    good={
        "modes_mean": "higher is better: all of the target's",
        "covered_all": "1: every game covers every mode",
        "covered_low": "the lower end of the 95 % interval of that share",
        "covered_high": "the upper end of the 95 % interval of that share",
        "collapsed": "0: no game with half the modes or fewer",
        "high_quality_median": "0.989 for islands as wide as the real ones; more is too tight",
        "high_quality_low": "a quarter of the games lie below",
        "high_quality_high": "a quarter of the games lie above",
        "diverged": "0: no game has run away",
    },
)
