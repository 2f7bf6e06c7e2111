"""Noise in small steps: points and a picture on the same way from data to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import field_validator

from core import experiment
from core.controls import Choice, Seed, Slider, Text
from core.diffusion import forward_figures as draw
from core.diffusion import forward_why, schedules
from core.diffusion.forward_presets import PRESETS
from core.experiment import Button, Click, Experiment, View
from core.pictures import IMAGE, Image, ImageSettings
from core.targets import TargetSettings

BACK = "Now run it backwards"
SHIPPED = {"ring": "diffusion-ring", "grid": "diffusion-grid"}  # networks, by their target
BY_HAND = "0.97, 0.8, 0.5, 0.2, 0.05, 0.005"


class Settings(ImageSettings, TargetSettings):
    """What is drowned in noise, and on which schedule."""

    image: Annotated[Image, IMAGE] = "digit"
    digit: Annotated[int, Slider("Digit", 0, 9, 1, when={"image": ("digit",)})] = 3
    schedule: Annotated[
        Literal["linear", "cosine", "sigmoid", "by-hand"],
        Choice(
            "Schedule",
            labels={"by-hand": "By hand"},
            help="How fast the noise grows. Linear: of the variance that a step adds.",
        ),
    ] = "linear"
    knots: Annotated[
        str,
        Text(
            "What is left",
            200,
            when={"schedule": ("by-hand",)},
            help="Of the data's variance, at evenly spaced times after the start: falling numbers "
            "under 1, with commas between them.",
        ),
    ] = BY_HAND
    total: Annotated[
        int,
        Slider("Steps to noise", 10, 1000, 10, level="more", help="T in the formulas."),
    ] = 1000
    seed: Annotated[int, Seed(level="more", help="Of the points and the noise.")] = 0

    @field_validator("knots")
    @classmethod
    def _knots_fall(cls, text: str) -> str:
        schedules.edited(2, numbers(text))
        return text

    @property
    def course(self) -> schedules.Schedule:
        """The schedule that is asked for."""
        if self.schedule == "by-hand":
            return schedules.edited(self.total, numbers(self.knots))
        return schedules.SCHEDULES[self.schedule](self.total)


def backwards(settings: Settings) -> tuple[Button, ...]:
    """To a trained network that walks the other way, or to where one is trained."""
    if settings.target in SHIPPED and settings.schedule == "linear":
        click = Click("diffusion.sample", {"model": SHIPPED[settings.target]}, BACK)
    else:
        same = {"target": settings.target, "points": settings.points}
        known = {} if settings.schedule == "by-hand" else {"schedule": settings.schedule}
        click = Click("diffusion.plane", {**same, **known}, BACK)
    return (Button(BACK, "B", click),)


def numbers(text: str) -> list[float]:
    """Numbers with commas or spaces between them. ValueError, a sentence, where one is none."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            found.append(float(word))
        except ValueError:
            raise ValueError(f"numbers with commas between them; {word[:12]!r} is none") from None
    return found


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """Everything at time ``step``.

    Metrics: left, what is left of the data's variance; noise, the standard deviation of the noise;
    walked_spread and jumped_spread, the spread of one number after that many small steps and after
    one jump, 10,000 times each; half_at, the time at which half is left; merged_at, at which the
    two nearest centres of the target make one hill, as two equal Gaussians do once they are less
    than two standard deviations apart; clear, how many of ten pictures, evenly spaced in time, are
    still more data than noise.
    """

    points: np.ndarray  # (400, 2) float16, x_t of points of the target
    picture: np.ndarray  # (H, W) uint8, x_t of the picture, 0 for -1 and less, 255 for 1 and more
    density: np.ndarray  # (60, 60) float16, the exact density of x_t over [-3, 3]^2, rows up
    walked: np.ndarray  # (60,) float32, share of the chains in each bin of ``draw.BINS``
    jumped: np.ndarray  # (60,) float32, of the jumps


def _source(settings: Any) -> tuple[str, ...]:
    name = "edited" if settings.schedule == "by-hand" else settings.schedule
    return (
        "core.diffusion.forward_run:walk",
        f"core.diffusion.schedules:{name}",
        "core.diffusion.exact:Noised",
    )


FORWARD = Experiment(
    name="diffusion.forward",
    title="From data to noise",
    question="How little noise does it take until nothing can be seen?",
    settings=Settings,
    frame=Frame,
    run="core.diffusion.forward_run:run",
    views=(
        View(
            "noise",
            "Data to noise",
            draw.noise,
            "Left, points of the target at this time over the exact density of them all; in the "
            "middle a picture at the same time; right, how much of the data's variance is left, "
            "against time.",
            layers={"points": "Points", "density": "Exact density"},
            buttons=backwards,
        ),
        View(
            "ten",
            "In ten pictures",
            draw.ten,
            "Ten pictures and ten clouds of points, evenly spaced in time, from data to noise.",
            clock=False,
            buttons=backwards,
        ),
        View(
            "jump",
            "One jump or many steps",
            draw.jump,
            "The spread of one number after many small steps and after one jump, 10,000 times "
            "each, under the bell curve of the closed form.",
        ),
        View(
            "schedules",
            "Schedules",
            draw.courses,
            "What is left of the data, and signal to noise, against time, for each schedule.",
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={"total": 40},
    verb="Add noise",
    seconds=1.0,
    source=_source,
    explain=forward_why.explain,
    replays=True,
    good={
        "left": "1 at the start, near 0 at the end: what is left is what a sampler cannot know",
        "noise": "near 1 at the end: then the end is pure noise, wherever it began",
        "walked_spread": "the same as the jumped spread, up to chance (1 %)",
        "jumped_spread": "the closed form: no need to walk",
        "half_at": "when half of the variance is noise; half way for the cosine schedule",
        "clear": "of ten pictures; a fair schedule has five",
        "merged_at": "when neighbouring islands are one hill; until then each stands alone",
    },
)
