"""Runs of the catalog at quick settings, kept for every test that looks at them."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch

from core.catalog import CATALOG, get
from core.experiment import Experiment, Frame, Settings

NAMES = sorted(CATALOG)


def quick(experiment: Experiment, **changes: Any) -> Settings:
    """The defaults with these changes, cut to what a test has time for.

    Where a change and a cut meet, the smaller number counts, and what is no number stays.
    """
    cuts = dict(experiment.quick)
    for field in cuts.keys() & changes.keys():
        cuts[field] = smaller(changes[field], cuts[field])
    return experiment.settings(**{**changes, **cuts})


def smaller(change: Any, cut: Any) -> Any:
    numbers = all(isinstance(one, int | float) for one in (change, cut))
    return min(change, cut) if numbers else change


def applying(experiment: Experiment, field: str) -> dict[str, Any]:
    """Changes of the defaults with which a field applies."""
    controls, changes = experiment.settings.controls(), {}
    for other, values in controls[field].when.items():
        changes |= applying(experiment, other)
        default = experiment.settings.model_fields[other].default
        if isinstance(default, tuple):
            changes[other] = default if set(default) & set(values) else values[:1]
        else:
            changes[other] = default if default in values else values[0]
    return changes


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
