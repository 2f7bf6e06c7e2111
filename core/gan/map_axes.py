"""A plane of two settings of the game: what is asked, what its columns and rows stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider
from core.gan import plane

D_STEPS = (1, 2, 3, 4, 5)
R1 = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)
LEAST, MOST = 1e-5, 1.0  # of a learning rate
UPRIGHT = {
    "lr-d": "learning rate of D",
    "d-steps": "D steps for one of G",
    "r1": "weight of the R1 penalty",
}


class Settings(plane.Settings):
    """Any game of the plane, smaller by default, and which two of its settings are varied."""

    up: Annotated[
        Literal["lr-d", "d-steps", "r1"],
        Choice(
            "Upright",
            labels={"lr-d": "Learning rate of D", "d-steps": "D steps", "r1": "R1 penalty"},
            help="What differs from row to row; from column to column it is G's learning rate.",
        ),
    ] = "lr-d"
    lr_g: Annotated[
        float, LogSlider("Middle rate of G", 1e-5, 1.0, help="Learning rate in the middle column.")
    ] = 3e-3
    d_steps: Annotated[
        int,
        Slider(
            "D steps", 1, 10, 1, when={"up": ("lr-d", "r1")},
            help="Updates of the discriminator for one of the generator.",
        ),
    ] = 1  # fmt: skip
    lr_d: Annotated[
        float,
        LogSlider(
            "Rate of D", 1e-5, 1.0, level="more", help="In the middle row, or the same in all rows."
        ),
    ] = 3e-3
    r1: Annotated[
        float,
        Slider(
            "R1 penalty", 0, 0.1, 0.001, level="more", when={"up": ("lr-d", "d-steps")},
            help="The discriminator must be flat at real points.",
        ),
    ] = 0.0  # fmt: skip
    seed: Annotated[int, Seed(level="more", help="The same in every cell.")] = 0
    width: Annotated[
        int, LogSlider("Units a layer", 4, 128, whole=True, level="more", help="Of each player.")
    ] = 32
    batch_size: Annotated[int, LogSlider("Batch size", 8, 512, whole=True, level="more")] = 64
    steps: Annotated[
        int,
        LogSlider("Steps", 10, 20_000, whole=True, level="more", help="Updates of the generator."),
    ] = 1000
    span: Annotated[
        float, Slider("Span of the rates", 0.5, 4, 0.5, unit="decades", level="more")
    ] = 2.0
    columns: Annotated[int, Slider("Columns", 3, 15, 2, level="more")] = 9
    rows: Annotated[int, Slider("Rows", 3, 15, 2, level="more", when={"up": ("lr-d",)})] = 7

    def across(self) -> np.ndarray:
        """The learning rate of G of each column, (columns,), ascending."""
        return _rates(self.lr_g, self.span, self.columns)

    def upright(self) -> np.ndarray:
        """What the upright setting is in each row, (rows,), from the bottom, ascending."""
        if self.up == "lr-d":
            return _rates(self.lr_d, self.span, self.rows)
        return np.array(D_STEPS if self.up == "d-steps" else R1, np.float64)

    def cell(self, row: int, column: int) -> dict[str, Any]:
        """The settings of ``gan.plane`` that play that cell."""
        own = {name: getattr(self, name) for name in plane.Settings.model_fields}
        value = float(self.upright()[row])
        name = self.up.replace("-", "_")
        own[name] = int(value) if name == "d_steps" else value
        return {**own, "lr_g": float(self.across()[column])}


def _rates(middle: float, span: float, count: int) -> np.ndarray:
    """Evenly spaced in their logarithm, of four digits so that a link carries them exactly."""
    spaced = middle * 10.0 ** np.linspace(-span / 2, span / 2, count)
    return np.array([float(f"{rate:.3e}") for rate in spaced.clip(LEAST, MOST)])


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(experiment.Frame):
    """The plane of games after ``step`` updates of each generator; row 0 is the lowest.

    Metrics: covered_all and covered_half, the shares of cells with every mode, and with more than
    half of them; modes/bottom and modes/top, the mean of those rows; modes/fast-g and modes/fast-d,
    the mean over the cells in which that player's rate is the higher by more than half (with
    learning rates on both axes only); best_lr_g, best_up and best_quality of the best cell, the
    one with most modes and among those most good fakes; diverged, the share of cells.
    """

    modes: np.ndarray  # (rows, columns) int16, covered by 2,000 fakes; -1 in a cell that diverged
    high_quality: np.ndarray  # (rows, columns) float32
    wall: np.ndarray  # (rows, columns, 40, 2) float16, some of the fakes
