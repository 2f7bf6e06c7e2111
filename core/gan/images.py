"""A small convolutional GAN learns to make digits or clothes, from scratch, in half a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider, Toggle
from core.experiment import Experiment, Lead, View
from core.gan import images_figures, images_quality, images_why
from core.gan.images_presets import PRESETS

MOST_IMAGES = 12_000


class Settings(experiment.Settings):
    """Which game over which images."""

    data: Annotated[
        Literal["mnist", "fashion", "digits"],
        Choice(
            "Data",
            labels={
                "mnist": "MNIST, 28x28",
                "fashion": "Fashion-MNIST, 28x28",
                "digits": "Digits, 8x8",
            },
            help="12,000 handwritten digits, as many pictures of clothes, or scikit-learn's 1,438 "
            "small digits.",
        ),
    ] = "mnist"
    conditional: Annotated[
        bool,
        Toggle(
            "Tell both the class",
            help="The generator is asked for a class, and the discriminator judges whether the "
            "image is a real one of that class.",
        ),
    ] = True
    loss: Annotated[
        Literal["non-saturating", "hinge", "wgan-gp"],
        Choice(
            "Loss",
            labels={
                "non-saturating": "Non-saturating",
                "wgan-gp": "Wasserstein with gradient penalty",
            },
            help="What each player minimises.",
        ),
    ] = "non-saturating"
    lr_d: Annotated[
        float,
        LogSlider(
            "Discriminator learning rate",
            1e-6,
            1,
            top=0.1,
            help="Of Adam. Much faster than the generator, it wins and teaches nothing.",
        ),
    ] = 1e-3
    lr_g: Annotated[
        float, LogSlider("Generator learning rate", 1e-6, 1, top=0.1, help="Of Adam.")
    ] = 1e-3
    train_size: Annotated[
        int,
        LogSlider(
            "Training images",
            10,
            MOST_IMAGES,
            whole=True,
            level="more",
            help="The first so many, as many of each class. With few, the generator can copy.",
        ),
    ] = MOST_IMAGES
    batch_size: Annotated[
        int,
        LogSlider(
            "Batch size",
            2,
            256,
            whole=True,
            level="more",
            help="Real images a step, and as many made.",
        ),
    ] = 32
    noise_dim: Annotated[
        int,
        LogSlider(
            "Noise numbers", 1, 128, whole=True, level="more", help="What one image is made from."
        ),
    ] = 32
    width: Annotated[
        int,
        Slider(
            "Channels",
            4,
            32,
            4,
            level="more",
            help="At half the image's side; there are twice as many at a quarter.",
        ),
    ] = 16
    steps: Annotated[
        int,
        LogSlider(
            "Steps",
            10,
            10_000,
            whole=True,
            level="more",
            help="One update of each network a step.",
        ),
    ] = 1500
    seed: Annotated[int, Seed(level="more", help="Of weights, batches and noise.")] = 0


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """The game after ``step`` updates of each network. Images are uint8, 255 is ink.

    Made by the generator whose weights are a running mean (EMA), from the same noise every time;
    if conditional, column c of the wall is of class c. Metrics: d_loss, g_loss, means since the
    last frame; frechet, precision, recall in features of the classifier of the same data, over
    ``images_quality.COUNT`` samples and as many held-out images, and frechet_real of training
    images instead of samples; classes, those of ten that 2 % of the samples or more are read as;
    class_accuracy (conditional), the share read as asked for; novelty, the median distance to the
    nearest training image over that of held-out images.
    """

    wall: np.ndarray  # (60, side, side), six rows of ten
    walk: np.ndarray  # (40, side, side), four rows from one noise to another in ten
    nearest: np.ndarray  # (10, side, side), the training images nearest to the first of the wall
    distances: np.ndarray  # (60,) float32, Euclidean, of the wall to the nearest training image
    shares: np.ndarray  # (10,) float32, of samples read as each class
    held_out: np.ndarray | None = None  # (60,) float32, distances of held-out images, on frame 0


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.gan.images_train:run",
        "core.gan.images_train:Game",
        "core.gan.convnets:Generator",
        "core.gan.convnets:Discriminator",
        "core.gan.losses:LOSSES",
    )


IMAGES = Experiment(
    name="gan.images",
    title="Make images",
    question="Can two networks that play against each other learn to write?",
    settings=Settings,
    frame=Frame,
    run="core.gan.images_train:run",
    views=(
        View(
            "wall",
            "Samples",
            images_figures.wall,
            "Left, sixty images made from the same noise throughout; right, the losses of both "
            "players against steps.",
        ),
        View(
            "walk",
            "Latent walk",
            images_figures.walk,
            "Four rows of ten images, each row made from noise that moves from one draw to "
            "another.",
        ),
        View(
            "nearest",
            "Copied or new",
            images_figures.nearest,
            "Ten made images over the training images nearest to them, and the distances of sixty "
            "beside those of real images that were never trained on.",
        ),
        View(
            "quality",
            "Quality",
            images_quality.quality,
            "Against steps, the Fréchet distance to held-out images, precision and recall; and the "
            "share of samples that a classifier reads as each class.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 10, "width": 4, "train_size": 100, "batch_size": 8},
    verb="Train from scratch",
    seconds=25.0,
    source=_source,
    explain=images_why.explain,
    good={
        "d_loss": "no measure of quality; 1.39 (2 ln 2) with the non-saturating loss: it can only "
        "guess",
        "g_loss": "no measure of quality: it says how the game stands",
        "frechet": "lower is better; Fréchet real is what real images reach",
        "frechet_real": "what there is to reach: real images against other real ones",
        "precision": "higher is better: samples that lie among real images; real ones get near 0.8",
        "recall": "higher is better: the share of real images that lie among the samples",
        "classes": "10 of 10: no class is missing",
        "class_accuracy": "higher is better; 0.1 is a blind guess",
        "novelty": "1: as far from the training images as unseen real ones; near 0: copies",
    },
    leads=(
        Lead("gan.sample", "model", "Ask this generator"),
        Lead("gan.judge", "model", "Play against this generator"),
    ),
)
