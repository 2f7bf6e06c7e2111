"""A small U-Net learns to make digits from nothing, before your eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider, Toggle
from core.diffusion import learn_figures, learn_why
from core.diffusion.learn_presets import PRESETS
from core.experiment import Experiment, Lead, View

MOST_IMAGES = 12_000


class Settings(experiment.Settings):
    """What is trained, on how much, for how long."""

    size: Annotated[
        Literal["28", "14"],
        Choice(
            "Image size",
            labels={"28": "28x28, as they are", "14": "14x14, shrunk"},
            help="Of 12,000 handwritten digits. Small ones are learned faster.",
        ),
    ] = "28"
    width: Annotated[
        int,
        Slider(
            "Channels",
            4,
            16,
            4,
            help="At the image's size; twice as many at half of it, four times at a quarter.",
        ),
    ] = 8
    schedule: Annotated[
        Literal["cosine", "linear", "sigmoid"],
        Choice("Noise schedule", help="How fast a digit drowns in noise over 1,000 steps."),
    ] = "cosine"
    drop: Annotated[
        float,
        Slider(
            "Class left out",
            0,
            1,
            0.05,
            help="The share of examples that come without their class. None: guidance cannot work "
            "later. All: it never learns what a 3 is.",
        ),
    ] = 0.1
    lr: Annotated[float, LogSlider("Learning rate", 1e-6, 1, top=0.1, help="Of Adam.")] = 3e-3
    steps: Annotated[
        int,
        LogSlider("Steps", 10, 20_000, whole=True, help="Updates of the network, a batch each."),
    ] = 700
    batch_size: Annotated[
        int,
        LogSlider("Batch size", 2, 256, whole=True, level="more", help="Digits a step."),
    ] = 32
    train_size: Annotated[
        int,
        LogSlider(
            "Training images",
            10,
            MOST_IMAGES,
            whole=True,
            level="more",
            help="The first so many, as many of each digit. With few, it can copy.",
        ),
    ] = MOST_IMAGES
    average: Annotated[
        bool,
        Toggle(
            "Average the weights",
            level="more",
            help="Make digits with a running mean of the weights (EMA) instead of the last ones.",
        ),
    ] = True
    seed: Annotated[int, Seed(level="more", help="Of weights, batches and noise.")] = 0


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """The network after ``step`` updates. Images are uint8, 255 is ink.

    Metrics: loss, the mean since the last frame; held_out, the same of digits that it never
    learned from, at fixed noise; class_accuracy, the share of the wall that a classifier reads as
    asked for; novelty, the median distance of the wall to the nearest training image over that of
    held-out digits.
    """

    wall: np.ndarray  # (30, s, s), three rows of 0 to 9, from the same noise every time
    looks: np.ndarray  # (5, s, s), the digit that it sees in five noised ones
    by_time: np.ndarray  # (10,) float32, the held-out loss in ten spans of time
    noised: np.ndarray | None = None  # (6, s, s), a held-out digit, then noised; on frame 0


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.diffusion.learn_train:Learner",
        "core.diffusion.learn_run:run",
        "core.diffusion.unet:UNet",
    )


LEARN = Experiment(
    name="diffusion.learn",
    title="Learn to draw digits",
    question="Can a network that only ever removes noise learn to write?",
    settings=Settings,
    frame=Frame,
    run="core.diffusion.learn_run:run",
    views=(
        View(
            "wall",
            "From the same noise",
            learn_figures.wall,
            "Left, thirty digits made from the same noise throughout, a class a column; right, the "
            "loss against steps.",
        ),
        View(
            "looks",
            "One look",
            learn_figures.looks,
            "Above, a digit under more and more noise; below, what the network sees in each.",
        ),
        View(
            "times",
            "Loss by time",
            learn_figures.times,
            "Bars of the loss on digits that it never saw, in ten spans of time from data to "
            "noise.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 10, "width": 4, "train_size": 100, "batch_size": 8},
    verb="Train from nothing",
    seconds=40.0,
    source=_source,
    explain=learn_why.explain,
    good={
        "loss": "lower is better, and never near 0: noise cannot be guessed",
        "held_out": "the same of digits that it never saw; far above the loss, it learned by heart",
        "class_accuracy": "higher is better; 0.1 is a blind guess",
        "novelty": "1: as far from the training images as unseen digits; near 0: copies",
    },
    leads=(Lead("diffusion.images", "model", "Ask this model"),),
)
