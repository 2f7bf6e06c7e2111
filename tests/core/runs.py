"""Runs of the catalog at quick settings, kept for every test that looks at them."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch

from core.catalog import CATALOG, get
from core.experiment import Experiment, Frame, Settings

NAMES = sorted(CATALOG)


def quick(experiment: Experiment, **changes: Any) -> Settings:
    """The defaults with these changes, cut to what a test has time for."""
    return experiment.settings(**{**changes, **experiment.quick})


def frames(experiment: Experiment, settings: Settings) -> list[Frame]:
    """A whole run, here and now, on one thread."""
    torch.set_num_threads(1)
    return list(experiment.frames(settings))


@cache
def kept(name: str) -> tuple[Experiment, Settings, list[Frame]]:
    """An experiment, its quick settings, their frames. Nobody may change them."""
    experiment = get(name)
    settings = quick(experiment)
    return experiment, settings, frames(experiment, settings)


@cache
def presets(name: str) -> list[tuple[str, Settings, list[Frame]]]:
    """Every preset of an experiment: its id, its quick settings, their frames."""
    experiment = get(name)
    asked = [(one.id, quick(experiment, **one.settings)) for one in experiment.presets]
    return [(id, settings, frames(experiment, settings)) for id, settings in asked]
