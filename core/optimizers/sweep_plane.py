"""The plane of learning rate and momentum: its settings, axes and closed-form edges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from core.controls import Choice, LogSlider, Seed, Slider, Toggle
from core.experiment import Frame as Base
from core.optimizers.fields import Condition, Rotation
from core.optimizers.hyper import TITLES
from core.optimizers.surfaces import LABELS, SURFACES, Options, curvatures
from core.settings import Settings as BaseSettings

SurfaceName = Literal["bowl", "ravine", "rosenbrock", "beale", "himmelblau", "saddle"]
Name = Literal["momentum", "nesterov", "rmsprop", "adam", "amsgrad", "nadam", "adamax"]
AxisName = Literal["momentum", "beta1", "beta2"]
WITH_MOMENTUM = ("momentum", "nesterov")
WITH_BETAS = ("adam", "amsgrad", "nadam", "adamax")
TOP = 0.975  # the highest momentum: 36 columns have 27 rows, and 0.9 is one of them
_RANGES = {  # smallest rate and decades that show both ends, for momentum
    "rosenbrock": (1e-5, 3.0),
    "beale": (1e-4, 3.0),
    "himmelblau": (1e-4, 3.0),
    "saddle": (1e-2, 3.0),
}


class Settings(BaseSettings):
    """One optimizer, one start, a plane of learning rates and momenta (or betas)."""

    surface: Annotated[SurfaceName, Choice("Surface", labels=LABELS)] = "ravine"
    condition: Condition = 10.0
    rotation: Rotation = 0.0
    optimizer: Annotated[
        Name, Choice("Optimizer", labels=TITLES, help="Momentum 0 is plain gradient descent.")
    ] = "momentum"
    axis: Annotated[
        Literal["beta2", "beta1"],
        Choice("Upright axis", labels={"beta1": "beta1", "beta2": "beta2"},
               when={"optimizer": WITH_BETAS}),
    ] = "beta2"  # fmt: skip
    steps: Annotated[int, LogSlider("Steps", 20, 2000, whole=True)] = 300
    span: Annotated[
        Literal["fit", "own"],
        Choice("Rates", labels={"fit": "Fitted to the surface", "own": "My own"}, level="more"),
    ] = "fit"
    lr_lo: Annotated[
        float, LogSlider("Smallest rate", 1e-5, 1, level="more", when={"span": ("own",)})
    ] = 1e-3
    decades: Annotated[
        float,
        Slider("Decades of rates", 1, 5, 0.5, level="more", when={"span": ("own",)},
               help="2: the largest rate is 100 times the smallest."),
    ] = 3.0  # fmt: skip
    resolution: Annotated[
        int, Slider("Columns", 20, 60, 4, level="more", help="Three rows to four columns.")
    ] = 36
    tolerance: Annotated[
        float,
        LogSlider("Tolerance", 1e-12, 1, level="more",
                  help="Settled: from then on it stays within this height of the minimum."),
    ] = 1e-3  # fmt: skip
    beta1: Annotated[
        float,
        Slider("beta1", 0, 0.99, 0.01, level="more",
               when={"optimizer": WITH_BETAS, "axis": ("beta2",)}),
    ] = 0.9  # fmt: skip
    beta2: Annotated[
        float,
        Slider("beta2", 0.5, 0.9999, level="more",
               when={"optimizer": WITH_BETAS, "axis": ("beta1",)}),
    ] = 0.999  # fmt: skip
    start: Annotated[
        Literal["usual", "own"],
        Choice("Start", labels={"usual": "The surface's usual", "own": "My own"}, level="more"),
    ] = "usual"
    start_x: Annotated[
        float, Slider("Start x", -5, 5, 0.05, level="more", when={"start": ("own",)})
    ] = 1.5
    start_y: Annotated[
        float, Slider("Start y", -5, 5, 0.05, level="more", when={"start": ("own",)})
    ] = 1.0
    noisy: Annotated[bool, Toggle("Noisy gradients", level="more")] = False
    noise: Annotated[
        float,
        LogSlider("Noise", 1e-3, 10, level="more", when={"noisy": (True,)},
                  help="Standard deviation added to each gradient, the same in every cell."),
    ] = 0.1  # fmt: skip
    seed: Annotated[int, Seed(level="more", when={"noisy": (True,)})] = 0

    def options(self) -> Options:
        """The surface."""
        return Options(self.surface, self.condition, self.rotation)

    def origin(self) -> tuple[float, float]:
        """The start, in the valley's own axes where the surface has them."""
        own = (self.start_x, self.start_y)
        return own if self.start == "own" else SURFACES[self.surface].start

    def upright(self) -> AxisName:
        """What the upright axis is."""
        if self.optimizer in WITH_BETAS:
            return self.axis
        return "momentum" if self.optimizer in WITH_MOMENTUM else "beta2"


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(Base):
    """The plane: rows are momenta (or betas), upwards; columns are rates, to the right.

    loss: height over the lowest minimum, at most a million times that of the start.
    state: 0 under way, 1 settled, 2 blown up. needed: the step at which it settled or blew up.
    """

    loss: np.ndarray  # (rows, columns) float32
    state: np.ndarray  # (rows, columns) int8
    needed: np.ndarray  # (rows, columns) int32


def rates(settings: Settings) -> np.ndarray:
    """The learning rates of the columns (columns,), evenly spaced in their logarithm.

    Of four digits, so that a link carries them exactly.
    """
    low, decades = _range(settings)
    spaced = low * 10.0 ** np.linspace(0, decades, settings.resolution)
    return np.array([float(f"{rate:.3e}") for rate in spaced])


def momenta(settings: Settings) -> np.ndarray:
    """The momenta (or betas) of the rows (rows,), 0 to 0.975; beta2 from 0.5 to 0.9999."""
    rows = settings.resolution * 3 // 4
    if settings.upright() != "beta2":
        return np.linspace(0, TOP, rows).round(4)
    return (1 - 10.0 ** -np.linspace(math.log10(2), 4, rows)).round(6)


def edge(settings: Settings, beta: np.ndarray) -> np.ndarray | None:
    """The rate beyond which a quadratic of largest curvature L blows up, for each momentum.

    Momentum 2 (1 + beta) / L, which is 2/L without; Nesterov 2 (1 + beta) / ((1 + 2 beta) L).
    Both follow from the roots of the update's characteristic polynomial at curvature L:
    z^2 - (1 + beta - lr L) z + beta and z^2 - (1 + beta)(1 - lr L) z + beta (1 - lr L), one of
    which passes -1 there. None where there is no closed form.
    """
    found = curvatures(settings.options())
    if found is None or settings.optimizer not in WITH_MOMENTUM:
        return None
    ahead = 1 + 2 * beta if settings.optimizer == "nesterov" else np.ones_like(beta)
    return np.asarray(2 * (1 + beta) / (ahead * found[1]))


def ideal(settings: Settings) -> tuple[float, float] | None:
    """The (rate, momentum) that is fastest in the long run on a quadratic of condition k.

    Momentum: rate 4 / (sqrt(L) + sqrt(mu))^2, momentum ((sqrt(k) - 1) / (sqrt(k) + 1))^2 (Polyak
    1964). Nesterov: 4 / (3 L + mu), (r - 2) / (r + 2) with r = sqrt(3 k + 1) (Lessard, Recht and
    Packard 2016, Proposition 1). None where there is no closed form.
    """
    found = curvatures(settings.options())
    if found is None or settings.optimizer not in WITH_MOMENTUM:
        return None
    mu, big = found
    if settings.optimizer == "nesterov":
        root = math.sqrt(3 * big / mu + 1)
        return 4 / (3 * big + mu), (root - 2) / (root + 2)
    root = math.sqrt(big / mu)
    return 4 / (math.sqrt(big) + math.sqrt(mu)) ** 2, ((root - 1) / (root + 1)) ** 2


def height(settings: Settings, beta: np.ndarray) -> np.ndarray:
    """Where rows lie on the upright axis: beta2 by how near to 1 it is."""
    return -np.log10(1 - beta) if settings.upright() == "beta2" else beta


def _range(settings: Settings) -> tuple[float, float]:
    if settings.span == "own":
        return settings.lr_lo, settings.decades
    if settings.optimizer not in WITH_MOMENTUM:
        return 1e-3, 4.0
    found = curvatures(settings.options())
    return (0.08 / found[1], 2.0) if found else _RANGES[settings.surface]
