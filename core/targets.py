"""Which target in the plane: the settings that experiments on one distribution share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ValidationInfo, field_validator

from core import experiment
from core.controls import Choice, Points
from core.data import mixtures
from core.data import points as own_points

# A heart, for who picks own points and has drawn none yet.
HEART = (
    "080af081b808cca0a4d90c2d90dbc60e6a90db890c26c0a45208c3b0812a0802307e2a0733b05b5203d6c"
    "02489019a9024c603dd905bd9073ca07eb8"
)
TITLES = {
    "ring": "Ring of eight",
    "grid": "Grid of 25",
    "moons": "Two moons",
    "swiss-roll": "Swiss roll",
    "gaussians": "Two Gaussians",
    "islands": "Three islands",
    "drawn": "Your own points",
}


class TargetSettings(experiment.Settings):
    """The target, and the reader's own points where it is drawn by hand."""

    target: Annotated[
        Literal[
            "ring", "grid", "moons", "spiral", "swiss-roll", "line", "gaussians", "islands", "drawn"
        ],
        Choice("Target", labels=TITLES, help="What is to be imitated."),
    ] = "ring"
    points: Annotated[
        str,
        Points(
            "Your points",
            classes=1,
            help="A small Gaussian stands around each of them.",
            when={"target": ("drawn",)},
        ),
    ] = HEART

    @field_validator("points")
    @classmethod
    def _points(cls, text: str, info: ValidationInfo) -> str:
        found = own_points.decode(text, classes=1)[0]
        if info.data.get("target") == "drawn" and not len(found):
            raise ValueError("at least one point")
        return text

    @property
    def mixture(self) -> mixtures.Mixture:
        """The target, with its exact density."""
        return mixtures.target(self.target, self.points if self.target == "drawn" else "")
