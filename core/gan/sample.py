"""Ask a trained generator: its noise, its classes, the way between two images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, Model, Seed, Slider
from core.experiment import Experiment, View
from core.gan import sample_figures
from core.gan.sample_presets import PRESETS

MODELS = {"gan-mnist": "Ready made, from MNIST", "gan-fashion": "Ready made, from Fashion-MNIST"}
REACH = 4.0  # of the sliders along a direction, in standard deviations of the noise


class Settings(experiment.Settings):
    """Which generator is asked for what."""

    model: Annotated[
        str,
        Model(
            "Generator",
            shipped=MODELS,
            of=("gan.images",),
            help="One that ships, or the one that you trained last.",
        ),
    ] = "gan-mnist"
    label: Annotated[
        Literal["all", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Choice(
            "Class",
            labels={"all": "All ten"},
            help="What is asked for. A generator that was never told classes cannot be asked.",
        ),
    ] = "all"
    truncation: Annotated[
        float,
        Slider(
            "Spread of the noise",
            0,
            2,
            0.05,
            help="All noise is multiplied by it. Below 1, samples come closer to the middle: "
            "better and more alike (truncation).",
        ),
    ] = 1.0
    first: Annotated[
        float,
        Slider(
            "Along the strongest direction",
            -REACH,
            REACH,
            0.25,
            help="Added to the noise of the chosen image, in the direction to which the first "
            "layer answers most.",
        ),
    ] = 0.0
    second: Annotated[
        float,
        Slider("Along the next", -REACH, REACH, 0.25, help="At a right angle to the strongest."),
    ] = 0.0
    seed: Annotated[int, Seed(help="Of the noise.")] = 0
    chosen: Annotated[
        int,
        Slider(
            "Chosen image",
            0,
            59,
            1,
            level="more",
            help="Of the sixty, row by row; or click one. The walk starts from it.",
        ),
    ] = 3
    other: Annotated[
        int,
        Slider("Where the walk ends", 0, 59, 1, level="more", help="Its noise; the class stays."),
    ] = 18


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """What the generator made. Images are uint8, 255 is ink; reach: the directions' ends.

    Metrics: frechet, precision, recall, in features of the classifier of the same data, over 500
    samples and held-out images of the classes asked for (or as many as there are), frechet_real of
    training images instead; class_accuracy (conditional), the share read as asked for; diversity,
    the spread of samples' features around the mean of the class they are read as, over that of real
    ones; novelty, the median distance to the
    nearest training image over that of held-out images.
    """

    wall: np.ndarray  # (60, side, side), six rows of ten
    asked: np.ndarray  # (60,) uint8, their classes, ten and more if there are none
    walk: np.ndarray  # (20, side, side), ten in a straight line, ten along an arc
    lengths: np.ndarray  # (2, 10) float32, of the noise on both ways
    grid: np.ndarray  # (49, side, side), along both directions, seven by seven
    one: np.ndarray  # (side, side), the chosen image with the sliders' changes
    nearest: np.ndarray  # (11, side, side), training images nearest to the first ten and to ``one``
    distances: np.ndarray  # (60,) float32, of the wall to the nearest training image
    held_out: np.ndarray  # (60,) float32, of held-out images
    source: np.ndarray  # (1,) uint8, which data set: 0 MNIST, 1 Fashion-MNIST, 2 digits


def _source(settings: Any) -> tuple[str, ...]:
    names = ("run", "directions", "ways")
    return (
        *(f"core.gan.sample_run:{name}" for name in names),
        "core.gan.images_portrait:spherical",
        "core.gan.convnets:Generator",
    )


SAMPLE = Experiment(
    name="gan.sample",
    title="Ask the generator",
    question="What does a trained generator know how to make?",
    settings=Settings,
    frame=Frame,
    run="core.gan.sample_run:run",
    views=(
        View(
            "wall",
            "Samples",
            sample_figures.wall,
            "Left, sixty images made by the generator; right, the chosen one, changed along two "
            "directions, and the training image nearest to it.",
            clock=False,
            clicked=sample_figures.chosen,
        ),
        View(
            "directions",
            "Directions",
            sample_figures.directions,
            "The chosen image, changed along the direction to which the generator answers most "
            "(across) and the next (upwards), seven by seven.",
            clock=False,
            clicked=sample_figures.moved,
        ),
        View(
            "walk",
            "Latent walk",
            sample_figures.walk,
            "Ten images on a straight line between two noises, ten on an arc between them, and how "
            "long the noise is on both ways.",
            clock=False,
        ),
        View(
            "nearest",
            "Copied or new",
            sample_figures.nearest,
            "Ten made images over the training images nearest to them, and the distances of sixty "
            "beside those of real images that were never trained on.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Make images",
    seconds=0.5,
    source=_source,
    good={
        "frechet": "lower is better; Fréchet real is what real images reach",
        "frechet_real": "what there is to reach: real images against other real ones",
        "precision": "higher is better: the share of samples among real images",
        "recall": "higher is better: the share of real images that lie among the samples",
        "class_accuracy": "higher is better; 0.1 is a blind guess",
        "diversity": "1: within a class, as varied as real images; 0: all alike",
        "novelty": "1: as far from the training images as unseen real ones; near 0: copies",
    },
)
