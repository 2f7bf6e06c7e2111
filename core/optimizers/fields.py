"""Fields that several experiments on a surface share."""

from __future__ import annotations

from typing import Annotated

from core.controls import LogSlider, Slider
from core.optimizers.surfaces import TURNED

Condition = Annotated[
    float,
    LogSlider(
        "Condition number", 1, 1000, when={"surface": ("bowl",)},
        help="How many times steeper across than along.",
    ),
]  # fmt: skip
Rotation = Annotated[
    float,
    Slider(
        "Rotation", 0, 90, 1, unit="degrees", when={"surface": TURNED},
        help="Turns the valley, and the start with it, about the origin.",
    ),
]  # fmt: skip
