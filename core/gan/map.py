"""Two settings of the game at once: a plane of games, coloured by the modes they cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.experiment import Click, Experiment, View
from core.gan import map_figures as draw
from core.gan.map_axes import UPRIGHT, Frame, Settings
from core.gan.map_presets import PRESETS
from core.gan.map_why import explain

__all__ = ["MAP", "PRESETS", "Frame", "Settings", "clicked"]


def clicked(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on a cell, in the map or in the wall beside it, offers to play it by itself."""
    at = point.get("customdata")
    if at is None:
        return None
    row, column = divmod(int(at), settings.columns) if isinstance(at, int | float) else map(int, at)
    game = settings.cell(row, column)
    value = game[settings.up.replace("-", "_")]
    words = f"Play this cell: learning rate of G {game['lr_g']:.3g}, "
    words += f"{UPRIGHT[settings.up]} {value:.3g} (rounding differs)"
    return Click("gan.plane", game, words)


MAP = Experiment(
    name="gan.map",
    title="Two settings, one plane",
    question="Two players, two learning rates. Which pairs find all the islands?",
    settings=Settings,
    frame=Frame,
    run="core.gan.map_train:run",
    views=(
        View(
            "plane",
            "The plane",
            draw.plane,
            "A map with the generator's learning rate to the right and another setting upwards: "
            "the number and shade of each cell are the modes that its game covers. Beside it, a "
            "small picture of every cell's fakes.",
            clicked=clicked,
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 20, "columns": 3, "rows": 3, "width": 8, "batch_size": 16},
    verb="Play every cell",
    seconds=12.0,
    source=lambda settings: (
        "core.gan.map_train:run",
        "core.gan.map_train:Varied",
        "core.gan.map_train:Rated",
        "core.gan.training:Game",
    ),
    explain=explain,
    good={
        "covered_all": "higher is better: the share of cells with every mode",
        "covered_half": "higher is better: the share of cells with more than half of them",
        "modes": "higher is better: the mean over those cells",
        "best_lr_g": "that of the cell with most modes, then most good fakes",
        "best_up": "of the same cell, on the upright axis",
        "best_quality": "0.989 for islands as wide as the real ones; more is too tight",
        "diverged": "0: no cell has run away",
    },
)
