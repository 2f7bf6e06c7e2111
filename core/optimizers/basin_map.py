"""The map of starts: its settings, its grid, and the minima that a start may reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from core.controls import Choice, LogSlider, Seed, Slider, Toggle
from core.experiment import Frame as Base
from core.optimizers.fields import Condition, Rotation
from core.optimizers.hyper import TITLES, RuleName
from core.optimizers.surfaces import LABELS, SURFACES, Options, value
from core.settings import Settings as BaseSettings

SurfaceName = Literal[
    "himmelblau",
    "styblinski-tang",
    "saddle",
    "rastrigin",
    "ackley",
    "bowl",
    "ravine",
]
GOING, STUCK, LEFT = -1, -2, -3  # what a start that reached no known minimum did instead
_HEAVY = ("momentum", "nesterov")
_ADAMS = ("adam", "adamw", "amsgrad", "nadam", "radam", "adamax", "lion")
_SQUARES = (*_ADAMS, "rmsprop", "adadelta")


class Settings(BaseSettings):
    """One optimizer, a grid of starts."""

    surface: Annotated[SurfaceName, Choice("Surface", labels=LABELS)] = "himmelblau"
    condition: Condition = 10.0
    rotation: Rotation = 0.0
    optimizer: Annotated[RuleName, Choice("Optimizer", labels=TITLES)] = "gradient-descent"
    lr: Annotated[float, LogSlider("Learning rate", 1e-5, 10)] = 3e-3
    momentum: Annotated[float, Slider("Momentum", 0, 0.99, 0.01, when={"optimizer": _HEAVY})] = 0.9
    steps: Annotated[int, LogSlider("Steps", 20, 2000, whole=True)] = 300
    beta1: Annotated[
        float, Slider("beta1", 0, 0.99, 0.01, level="more", when={"optimizer": _ADAMS})
    ] = 0.9
    beta2: Annotated[
        float, Slider("beta2", 0.5, 0.9999, level="more", when={"optimizer": _SQUARES})
    ] = 0.99
    resolution: Annotated[
        int, Slider("Starts a side", 32, 128, 16, level="more", help="64: 4096 starts.")
    ] = 64
    tolerance: Annotated[
        float,
        LogSlider(
            "Tolerance", 1e-4, 1, level="more",
            help="Reached: from then on it stays within this distance of a minimum.",
        ),
    ] = 0.1  # fmt: skip
    noisy: Annotated[bool, Toggle("Noisy gradients", level="more")] = False
    noise: Annotated[
        float,
        LogSlider(
            "Noise", 0.01, 100, level="more", when={"noisy": (True,)},
            help="Standard deviation added to each gradient, each start its own.",
        ),
    ] = 10.0  # fmt: skip
    seed: Annotated[int, Seed(level="more", when={"noisy": (True,)})] = 0

    def options(self) -> Options:
        """The surface."""
        return Options(self.surface, self.condition, self.rotation)


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(Base):
    """What has become of each start. Rows are y upwards, columns x to the right.

    reached: the number of the minimum, from 0; or -1 on its way, -2 stuck, -3 left the picture.
    needed: the step from which it stays there; 0 where it reached none.
    """

    reached: np.ndarray  # (n, n) int8
    needed: np.ndarray  # (n, n) int16


def minima(options: Options) -> list[tuple[float, float]]:
    """Where the known minima are, the lowest first.

    Those of the surface; for Styblinski-Tang also the three that are not global, at the roots of
    4 t^3 - 32 t + 5. Rastrigin's and Ackley's many dents count as elsewhere.
    """
    if options.surface == "styblinski-tang":
        roots = np.roots([4, 0, -32, 5])
        low = [float(t) for t in roots if 12 * t * t > 32]
        pairs = [(x, y) for x in low for y in low]
        return sorted(pairs, key=lambda p: float(value(options, np.array(p[0]), np.array(p[1]))))
    return [(x, y) for x, y, _ in SURFACES[options.surface].minima]


def grid(settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """The x of the columns and the y of the rows: the middles of n cells of the window."""
    middles = (np.arange(settings.resolution) + 0.5) / settings.resolution
    (x0, x1), (y0, y1) = SURFACES[settings.surface].window
    return x0 + (x1 - x0) * middles, y0 + (y1 - y0) * middles
