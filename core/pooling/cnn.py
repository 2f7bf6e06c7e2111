"""A small convolutional network learns handwritten digits, from scratch, in some seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider
from core.data import digits, mnist
from core.experiment import Experiment, Lead, View
from core.nets.spec import Spec
from core.pooling import cnn_figures, cnn_why
from core.pooling.cnn_inside import inside
from core.pooling.cnn_mistakes import mistakes
from core.pooling.cnn_presets import PRESETS
from core.pooling.cnn_spread import spread

SIDES = {"mnist": mnist.SIDE, "digits": digits.SIDE}
LARGEST_KERNEL = 7
FOLLOWED = 100  # held-out images, of which one is followed through the network


class Settings(experiment.Settings):
    """Which network learns which digits, and how."""

    data: Annotated[
        Literal["mnist", "digits"],
        Choice(
            "Data",
            labels={"mnist": "MNIST, 28x28", "digits": "Digits, 8x8"},
            help="14,000 digits of MNIST, 2,000 of them held out, or scikit-learn's 1,797 small "
            "ones, 359 held out.",
        ),
    ] = "mnist"
    pooling: Annotated[
        Literal["max", "average", "sum", "l2", "expectation", "blur", "none"],
        Choice(
            "Pooling",
            labels={
                "l2": "L2",
                "expectation": "Expectation (ePooling)",
                "blur": "Blur (anti-aliased max)",
                "none": "None: convolution by 2",
            },
            help="What becomes of each window of 2x2 places; with none, the convolution itself "
            "moves by 2.",
        ),
    ] = "max"
    activation: Annotated[
        Literal["relu", "leaky-relu", "gelu", "tanh", "sigmoid"],
        Choice(
            "Activation",
            labels={"relu": "ReLU", "leaky-relu": "Leaky ReLU", "gelu": "GELU"},
            help="The bend after each convolution: without one, layers would add up to one.",
        ),
    ] = "relu"
    initialisation: Annotated[
        Literal["he", "glorot", "normal", "zeros"],
        Choice(
            "First weights",
            labels={"he": "He", "glorot": "Glorot", "normal": "Normal, spread 0.01"},
            help="He and Glorot choose the spread by the size of the layer.",
        ),
    ] = "he"
    optimizer: Annotated[
        Literal["gradient-descent", "momentum", "rmsprop", "adam", "adamw"],
        Choice(
            "Optimizer",
            labels={
                "gradient-descent": "Gradient descent",
                "momentum": "Momentum 0.9",
                "rmsprop": "RMSprop",
                "adamw": "AdamW",
            },
        ),
    ] = "adam"
    lr: Annotated[
        float,
        LogSlider(
            "Learning rate",
            1e-5,
            100,
            top=1,
            help="Adam and RMSprop like 0.002, gradient descent 0.1, momentum 0.03.",
        ),
    ] = 0.002
    depth: Annotated[
        int,
        Slider(
            "Blocks",
            1,
            3,
            1,
            level="more",
            help="Of convolution, activation and pooling; each halves the image.",
        ),
        Field(validate_default=True),
    ] = 2
    width: Annotated[
        int,
        Slider(
            "Filters in the first block",
            1,
            32,
            1,
            level="more",
            help="Each block after it has twice as many.",
        ),
    ] = 8
    kernel: Annotated[
        int,
        Slider(
            "Kernel",
            1,
            LARGEST_KERNEL,
            2,
            unit="places a side",
            level="more",
            help="An odd number, so that it has a middle; the image is padded with zeros.",
        ),
        Field(validate_default=True),
    ] = 5
    head: Annotated[
        Literal["flatten", "global-average", "global-max"],
        Choice(
            "Into the last layer",
            labels={
                "flatten": "Every place of every map",
                "global-average": "The mean of each map",
                "global-max": "The maximum of each map",
            },
            level="more",
            help="With one number a map (global pooling) it no longer matters where a shape is.",
        ),
    ] = "flatten"
    dropout: Annotated[
        float,
        Slider(
            "Dropout",
            0,
            0.9,
            0.05,
            level="more",
            help="Share of the numbers into the last layer that each step leaves out, at random.",
        ),
    ] = 0.0
    weight_decay: Annotated[
        float,
        Slider(
            "Weight decay",
            0,
            0.1,
            0.001,
            level="more",
            help="Pulls every weight towards 0, directly for AdamW, else by the gradient.",
        ),
    ] = 0.0
    batch_size: Annotated[
        int, LogSlider("Batch size", 1, 256, whole=True, level="more", help="Digits a step.")
    ] = 32
    train_size: Annotated[
        int,
        LogSlider(
            "Training digits",
            10,
            mnist.TRAIN,
            whole=True,
            level="more",
            help="The first so many of MNIST's 12,000, or of the small digits' 1,438 at most.",
        ),
    ] = mnist.TRAIN
    image: Annotated[
        int,
        Slider(
            "Followed digit",
            0,
            FOLLOWED - 1,
            1,
            level="more",
            help="A held-out image whose way through the network is shown: number 17 is a 7.",
        ),
    ] = 7
    steps: Annotated[
        int, LogSlider("Steps", 10, 10_000, whole=True, level="more", help="Weight updates.")
    ] = 1500
    seed: Annotated[int, Seed(level="more", help="Of weights, batches and dropout.")] = 0

    @field_validator("depth")
    @classmethod
    def _blur_fits(cls, depth: int, info: ValidationInfo) -> int:
        side = SIDES[info.data.get("data", "mnist")] // 2 ** (depth - 1)
        if info.data.get("pooling") == "blur" and side < 3:
            raise ValueError(
                f"at most {depth - 1} blocks with blur pooling on 8x8 digits: in the next one "
                f"{side}x{side} places are left, too few to blur over the border"
            )
        return depth

    @field_validator("kernel")
    @classmethod
    def _kernel_fits(cls, kernel: int, info: ValidationInfo) -> int:
        if kernel % 2 == 0:
            raise ValueError("an odd number, so that the kernel has a middle: 1, 3, 5 or 7")
        depth = info.data.get("depth", 1)
        side = SIDES[info.data.get("data", "mnist")] // 2 ** (depth - 1)
        if kernel // 2 >= side:
            raise ValueError(
                f"at most {2 * side - 1} with {depth} blocks on 8x8 digits: the last convolution "
                f"has {side}x{side} places, and the rim of a larger kernel would never meet one"
            )
        return kernel

    @property
    def spec(self) -> Spec:
        """The network that is asked for."""
        return Spec(
            side=SIDES[self.data],
            depth=self.depth,
            width=self.width,
            kernel=self.kernel,
            pooling=self.pooling,
            activation=self.activation,
            dropout=self.dropout,
            head=self.head,
        )


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """The network after ``step`` updates. What comes once is None elsewhere.

    Metrics: train_loss, test_loss (mean cross-entropy in nats), train_accuracy, test_accuracy in
    [0, 1], of 100 training and 200 held-out images on the way, of 1,000 and of all at the end;
    activation_std/<layer>, gradient_std/<layer>: spread of what the layer's activation (the
    dense layer: the logits) and its weights' gradient are, over 30 training images.
    Feature maps are those of the followed image, (8, h, w) at most, uint8: 127 is 0, 0 and 254 are
    minus and plus the layer's scale.
    """

    watched: np.ndarray | None = None  # (4,) float32, the first four metrics, as on the way
    gallery: np.ndarray | None = None  # (200, side, side) uint8, held-out images, on frame 0
    truth: np.ndarray | None = None  # (200,) uint8, their classes, on frame 0
    image: np.ndarray | None = None  # (side, side) uint8, the followed one, on frame 0
    label: np.ndarray | None = None  # (1,) uint8, its class, on frame 0
    probabilities: np.ndarray | None = None  # (10,) float32, what the network says of it
    guess: np.ndarray | None = None  # (20,) uint8, its guesses at the first of the gallery
    confusion: np.ndarray | None = None  # (10, 10) int16, by true class (row) and guess
    wrong: np.ndarray | None = None  # (24,) int16, the surest mistakes, by number; -1: no more
    wrong_truth: np.ndarray | None = None  # (24,) uint8, their true classes
    wrong_guess: np.ndarray | None = None  # (24,) uint8, what they are taken for
    wrong_images: np.ndarray | None = None  # (24, side, side) uint8, on the last frame
    filters: np.ndarray | None = None  # (8, k, k) float32, first weights of the first block
    scales: np.ndarray | None = None  # (layers,) float32, largest size of each layer's maps
    conv1: np.ndarray | None = None  # maps of each block: of the convolution,
    act1: np.ndarray | None = None  # of its activation,
    pool1: np.ndarray | None = None  # of its pooling (None without)
    conv2: np.ndarray | None = None
    act2: np.ndarray | None = None
    pool2: np.ndarray | None = None
    conv3: np.ndarray | None = None
    act3: np.ndarray | None = None
    pool3: np.ndarray | None = None
    histogram: np.ndarray | None = None  # (layers, 33) float32, shares of activations by size


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.pooling.training:run",
        "core.pooling.training:Trainer",
        "core.nets.cnn:_layers",
        "core.nets.cnn:initialise",
        "core.nets.pooling:POOLINGS",
    )


CNN = Experiment(
    name="pooling.cnn",
    title="Train a CNN",
    question="What does a network learn that slides small filters over a digit?",
    settings=Settings,
    frame=Frame,
    run="core.pooling.training:run",
    views=(
        View(
            "learn",
            "Learning",
            cnn_figures.learn,
            "Left, unseen digits with the network's guesses; right, against steps, the loss and "
            "the share of digits read right, in training and unseen.",
        ),
        View(
            "inside",
            "Inside",
            inside,
            "The filters of the first layer, the feature maps of one unseen digit layer by layer, "
            "and the probabilities of the ten digits.",
        ),
        View(
            "mistakes",
            "Mistakes",
            mistakes,
            "A table of true digits and guesses, and the digits that the network is most surely "
            "wrong about.",
        ),
        View(
            "spread",
            "Spread",
            spread,
            "The distribution of each layer's activations, and, against steps, the spread of "
            "activations and of gradients by layer.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 20, "width": 4, "train_size": 200, "batch_size": 16},
    verb="Train from scratch",
    seconds=7.0,
    source=_source,
    explain=cnn_why.explain,
    good={
        "train_loss": "lower is better; 2.30 is a blind guess between ten digits",
        "test_loss": "lower is better; a rise while the training loss falls is overfitting",
        "train_accuracy": "higher is better; much above the test's is overfitting",
        "test_accuracy": "higher is better; 0.1 is a blind guess between ten digits",
        "activation_std": "alike in all layers: the signal neither fades nor explodes",
        "gradient_std": "within some powers of ten of each other: every layer learns",
    },
    leads=(
        Lead("pooling.classify", "model", "Draw a digit for this network"),
        Lead("pooling.layers", "model", "Look inside this network"),
    ),
)
