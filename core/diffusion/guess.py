"""What could this have been? A noisy point, all that it may have come from, and their mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, Seed, Slider
from core.data.mixtures import REACH
from core.diffusion import guess_figures as draw
from core.diffusion import guess_stage, guess_why, schedules
from core.diffusion.guess_maths import STRIDE, TOTAL
from core.diffusion.guess_presets import PRESETS
from core.experiment import Experiment, Stage, View
from core.targets import TargetSettings


class Settings(TargetSettings):
    """Where the noisy point is, how noisy it is, and the digit under the same noise."""

    t: Annotated[
        int,
        Slider(
            "Time t", 0, TOTAL, STRIDE, help="0 is the data, 1,000 is noise. Or slide it below."
        ),
    ] = 480
    digit: Annotated[int, Slider("Digit", 0, 9, 1, help="It is noised as the point is.")] = 3
    known: Annotated[
        Literal["held-out", "one-of-them"],
        Choice(
            "The digit is",
            labels={"held-out": "New", "one-of-them": "One of the 12,000"},
            help="Whether it is among the 12,000 digits that it could have been.",
        ),
    ] = "held-out"
    seed: Annotated[int, Seed(help="Of the noise on the digit, and of what is drawn.")] = 0
    x: Annotated[
        float, Slider("x", -REACH, REACH, 0.05, level="more", help="Of the noisy point. Drag it.")
    ] = -1.9
    y: Annotated[float, Slider("y", -REACH, REACH, 0.05, level="more", help="As x.")] = 1.2
    schedule: Annotated[
        Literal["linear", "cosine", "sigmoid"],
        Choice("Schedule", level="more", help="How fast the noise grows with t."),
    ] = "linear"
    example: Annotated[
        int, Slider("Writer", 0, 199, 1, level="more", help="Which of 200 examples of this digit.")
    ] = 0

    @property
    def course(self) -> schedules.Schedule:
        """The schedule that is asked for."""
        return schedules.SCHEDULES[self.schedule](TOTAL)

    @property
    def place(self) -> np.ndarray:
        """The noisy point, (2,)."""
        return np.array([self.x, self.y])


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """The one picture there is: nothing is trained.

    Metrics, at the chosen t. Of the point: candidates, the perplexity of p(mode | x_t); likeliest,
    the largest of these shares; off, how far the mean is from the nearest centre; middle, how far
    it is from the middle of all data; net_off, how far the trained network's answer is from it,
    where one is at hand. Of the digit: digits, the perplexity of p(image | x_t) over 12,000;
    digit_likeliest; digit_right, the share of those of its own class; digit_off, how far the mean
    is from the nearest of the 12,000, as root mean square of the brightness, from 0 to 1.
    """

    images: np.ndarray  # (51, 8, 28, 28) uint8 at TIMES: the noised digit, the mean, six draws
    digits: np.ndarray  # (51,) float32, the perplexity over the 12,000 at TIMES
    candidates: np.ndarray  # (51,) float32, of the point, if it were at the same place
    levels: np.ndarray  # (60, 3) float32, a level and two normals a draw: what the dots are made of
    net: np.ndarray | None = None  # (times, g, g, 2) float16, the network's x_0 over the plane
    net_times: np.ndarray | None = None  # (times,) int32


def moved(settings: Settings, value: Any) -> Mapping[str, Any]:
    """The fields that [x, y, t] stands for. ValueError: not three numbers."""
    x, y, t = value
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (x, y, t)):
        raise ValueError(f"a noisy point is three numbers, not {value!r}")
    return {"x": round(float(x), 2), "y": round(float(y), 2), "t": int(t)}


GUESS = Experiment(
    name="diffusion.guess",
    title="What could this have been?",
    question="Drag the noisy point and slide the noise: what could it have been?",
    settings=Settings,
    frame=Frame,
    run="core.diffusion.guess_run:run",
    views=(
        View(
            "guess",
            "Drag it",
            draw.guess,
            "Left, a noisy point with lines to all islands that it could have come from, thick "
            "where that is likely, and an arrow at their mean; right, a digit in the same noise, "
            "the mean of all digits that it could have been, and six of them.",
            clock=False,
            stage=Stage(
                "guess",
                "Drag the noisy point; slide the noise.",
                guess_stage.payload,
                moved,
            ),
        ),
        View(
            "times",
            "Against time",
            draw.times,
            "How many candidates are left, of the islands for a point at this place and of "
            "12,000 digits for the digit, against time; the digit, the mean and a draw at some.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Compute",
    seconds=0.4,
    source=lambda settings: (
        "core.diffusion.exact:Noised",
        "core.diffusion.guess_maths:by_mode",
        "core.diffusion.guess_maths:image_shares",
        "core.diffusion.guess_maths:perplexity",
    ),
    explain=guess_why.explain,
    good={
        "candidates": "1: it is known where it came from; as many as there are: nothing is known",
        "likeliest": "1: one island alone is left",
        "off": "0: the mean is at an island; else it points where nothing is",
        "middle": "0: it points to the middle of everything",
        "net_off": "0: the network has learned the exact answer at this place",
        "digits": "1: one digit of 12,000 is left",
        "digit_likeliest": "1: one digit alone is left",
        "digit_right": "1: all that is left is of its own class",
        "digit_off": "0: the mean is a digit; else it is a blur of several",
    },
    played=("x", "y"),
)
