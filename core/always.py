"""Does it always? A preset run with several seeds, one after the other, and what came each time.

One run shows what can happen; how often it does takes several. Not in the catalog: it is an
experiment about the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from core import experiment
from core.catalog import get
from core.controls import Slider, Text
from core.experiment import Diverged, Experiment

SEEDS = 10


class Settings(experiment.Settings):
    """Which preset of which experiment, with seeds 0, 1, 2 ..."""

    experiment: Annotated[str, Text("Experiment", 80)] = ""
    preset: Annotated[str, Text("Preset", 80)] = ""
    seeds: Annotated[int, Slider("Seeds", 1, 30, 1)] = SEEDS


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """What the first ``step`` seeds gave. Metrics: count/<n>, how often answer n came."""

    came: np.ndarray  # (step,) the number of the answer that each seed gave


def run(settings: Settings) -> Iterator[Frame]:
    """A frame a seed. A run that diverges counts by its last finite metrics."""
    about = get(settings.experiment)
    preset = about.preset(settings.preset)
    came: list[int] = []
    for seed in range(settings.seeds):
        chosen = about.settings(**{**preset.settings, "seed": seed})
        metrics: dict[str, float] = {}
        try:
            for frame in about.frames(chosen):
                metrics = frame.metrics
        except Diverged:
            pass
        came.append(preset.outcome(metrics))
        counts = {f"count/{n}": float(came.count(n)) for n in range(len(preset.options))}
        yield Frame(step=len(came), metrics=counts, came=np.array(came))


def seeded(about: Experiment, preset: str) -> bool:
    """Whether a preset's numbers hang on a seed."""
    settings = about.preset_settings(preset)
    return "seed" in settings.active()


ALWAYS = Experiment(
    name="always",
    title="Does it always?",
    question="How many of ten seeds give the same answer?",
    settings=Settings,
    frame=Frame,
    run="core.always:run",
    views=(),
    presets=(),
    trains=True,
    quick={"seeds": 2},
    verb="Run the seeds",
    seconds=10.0,
    source=lambda settings: ("core.always:run",),
)
