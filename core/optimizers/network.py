"""A real network learns two classes in the plane, or the digits, with any of the optimizers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ValidationInfo, field_validator

from core import experiment
from core.controls import Choice, Data, LogSlider, Points, Seed, Slider, Text
from core.data import points
from core.experiment import Experiment, View
from core.optimizers import landscape_figures, network_why
from core.optimizers import network_figures as draw
from core.optimizers.hyper import TITLES, RuleName
from core.optimizers.network_presets import PRESETS

N_TRAIN, N_TEST = 250, 250  # points of a toy set
SURFACE, MAP, MAPS = 40, 20, 16  # places a side of the answer and of a unit's map; maps drawn
GALLERY, IMAGES = 32, 16  # test digits and first-layer units on show
DIGITS_TRAIN = 1438  # of 1797, four fifths of every class
MOST_TRAIN = 1600  # four fifths of the longest file
LEAST_DRAWN = 4
LAYERS, UNITS = 4, 32
# A heart (class 1) in a ring (class 0), for who picks own points and has drawn none yet.
DRAWN = (
    "180a0182a818eb81a5bf1bcb41c69c1bc821a56b18e56182461804017d461715615a6b143821399c143b4"
    "15abf171b817da8180901869b19d9919d811866b180601796b16281162991799b0f5800efa40dec40c4de"
    "0a4ef080f505bef03bde021c4010a400a800105b0213b03b2105b1007f0a0a4100c4210de3b0ef5b"
)


class Settings(experiment.Settings):
    """What is learned, by which network, with which optimizer."""

    data: Annotated[
        Literal[
            "ring", "moons", "circles", "xor", "spiral", "gaussians", "digits", "drawn", "upload"
        ],
        Choice(
            "Data",
            labels={
                "ring": "Ring of eight",
                "xor": "XOR",
                "drawn": "Your own points",
                "upload": "Your file",
            },
            help="Two classes in the plane, or photographs of digits (scikit-learn's, 8x8).",
        ),
    ] = "ring"
    points: Annotated[
        str,
        Points(
            "Your points",
            help="Four fifths are learned, one fifth is kept for the test.",
            when={"data": ("drawn",)},
        ),
    ] = DRAWN
    upload: Annotated[
        str,
        Data(
            "Your file",
            help="A CSV file: two columns of numbers, then the class, one of two; 4 to 2,000 rows. "
            "Each column is spread over -1 to 1. Four fifths are learned, one fifth tests.",
            when={"data": ("upload",)},
        ),
    ] = ""
    optimizer: Annotated[
        RuleName,
        Choice(
            "Optimizer",
            labels=TITLES,
            help="Gradient descent on batches is SGD. L-BFGS is not here: its line search needs "
            "one and the same loss at every look, and each batch has its own.",
        ),
    ] = "adam"
    lr: Annotated[
        float,
        LogSlider(
            "Learning rate",
            1e-5,
            1e6,
            top=10,
            help="Adam likes 0.01, gradient descent 0.5, Lion 0.003: each has its own scale.",
        ),
    ] = 0.01
    batch_size: Annotated[
        int,
        LogSlider(
            "Batch size",
            1,
            MOST_TRAIN,
            whole=True,
            help="Examples per step: 1 is online learning; from the size of the training set on "
            "(250 points, 1438 digits) every step sees all of it (full batch).",
        ),
    ] = 10
    hidden: Annotated[
        str,
        Text("Hidden layers", 16, help="Units of each hidden layer, as in 8-8: 1 to 4 of them."),
    ] = "8-8"
    activation: Annotated[
        Literal["tanh", "relu", "sigmoid", "gelu"],
        Choice("Activation", labels={"relu": "ReLU", "gelu": "GELU"}, level="more"),
    ] = "tanh"
    noise: Annotated[
        float,
        Slider(
            "Noise",
            0,
            0.3,
            0.01,
            level="more",
            help="Standard deviation of what is added to each coordinate.",
            when={"data": ("ring", "moons", "circles", "xor", "spiral", "gaussians")},
        ),
    ] = 0.0
    momentum: Annotated[
        float,
        Slider(
            "Momentum", 0, 0.99, 0.01, level="more", when={"optimizer": ("momentum", "nesterov")}
        ),
    ] = 0.9
    weight_decay: Annotated[
        float,
        Slider(
            "Weight decay",
            0,
            0.1,
            0.001,
            level="more",
            help="Pulls every weight towards 0, directly for AdamW and Lion, else by the gradient.",
        ),
    ] = 0.0
    init: Annotated[
        Literal["linear", "xavier", "he", "zeros"],
        Choice(
            "First weights",
            labels={"linear": "Uniform (torch.nn.Linear)", "zeros": "All zero"},
            level="more",
        ),
    ] = "linear"
    landscape: Annotated[
        Literal["pca", "random", "none"],
        Choice(
            "Loss landscape",
            labels={"pca": "Plane of the path (PCA)", "random": "Random plane"},
            level="more",
            help="A slice through the loss around the last weights, computed at the end.",
        ),
    ] = "pca"
    steps: Annotated[
        int, LogSlider("Steps", 10, 20_000, whole=True, level="more", help="Weight updates.")
    ] = 2000
    seed: Annotated[int, Seed(level="more", help="Of the data, the weights, the batches.")] = 0

    @field_validator("hidden")
    @classmethod
    def _layers(cls, text: str) -> str:
        parse_hidden(text)
        return text

    @field_validator("points")
    @classmethod
    def _points(cls, text: str, info: ValidationInfo) -> str:
        found = points.decode(text, classes=2)[0]
        if info.data.get("data") == "drawn" and len(found) < LEAST_DRAWN:
            raise ValueError(f"at least {LEAST_DRAWN} points, to learn from and to test with")
        return text

    @property
    def layers(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        return parse_hidden(self.hidden)


def parse_hidden(text: str) -> tuple[int, ...]:
    """Units of each hidden layer in a text such as ``4-2``. ValueError says what is allowed."""
    parts = text.strip().split("-")
    wrong = f"{LAYERS} layers at most, each of 1 to {UNITS} units, with a hyphen between, as in 8-8"
    if len(parts) > LAYERS or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(wrong)
    layers = tuple(int(part) for part in parts)
    if not all(1 <= units <= UNITS for units in layers):
        raise ValueError(wrong)
    return layers


def shown(layers: tuple[int, ...]) -> list[int]:
    """How many units of each hidden layer are drawn: 16 at most together."""
    return [min(units, MAPS // len(layers)) for units in layers]


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """The network after ``step`` updates. What belongs to other data is None.

    Metrics: train_loss, test_loss (mean cross-entropy in nats), train_accuracy, test_accuracy in
    [0, 1], grad_norm (of the whole training set) and grad_norm/w<layer>, gradient_noise (length
    of one batch's gradient less that), epochs; at the end path_share, in [0, 1].
    """

    x: np.ndarray | None = None  # (n, 2) training points, on frame 0
    y: np.ndarray | None = None  # (n,) their classes, on frame 0
    theta: np.ndarray | None = None  # (P,) weights and biases, layer by layer; in the plane
    surface: np.ndarray | None = None  # (40, 40) probability of class 1 over [-1, 1]^2
    maps: np.ndarray | None = None  # (m, 20, 20) uint8, activations from -1 (0) to 1 (254)
    gallery: np.ndarray | None = None  # (32, 8, 8) uint8, some test digits, on frame 0
    truth: np.ndarray | None = None  # (32,) their classes, on frame 0
    guess: np.ndarray | None = None  # (32,) the network's guesses at them
    confusion: np.ndarray | None = None  # (10, 10) test digits by true class (row) and guess
    images: np.ndarray | None = None  # (16, 8, 8) weights from the pixels to some units
    plane: np.ndarray | None = None  # (g, g) training loss, rows along plane_y; on the last frame
    plane_x: np.ndarray | None = None  # (g,) distance along the first direction
    plane_y: np.ndarray | None = None  # (g,) distance along the second
    path: np.ndarray | None = None  # (F, 2) where the recorded weights fall on that plane
    path_step: np.ndarray | None = None  # (F,) at which steps
    shadow: np.ndarray | None = None  # (F,) training loss there, on the plane


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.optimizers.training:run",
        "core.optimizers.training:Trainer",
        "core.nets.mlp:Mlp",
        "core.optimizers.rules:RULES",
    )


NETWORK = Experiment(
    name="optimizers.network",
    title="Train a network",
    question="How does a network bend its border around the data?",
    settings=Settings,
    frame=Frame,
    run="core.optimizers.training:run",
    views=(
        View(
            "learn",
            "Learning",
            draw.learn,
            "Left, the data and the class that the network gives each place; right, the loss on "
            "training and test data against steps.",
        ),
        View(
            "neurons",
            "Inside the network",
            draw.neurons,
            "The network drawn: what each unit answers over the plane, and the weights between.",
        ),
        View(
            "gradients",
            "Gradients",
            draw.gradients,
            "Length of the gradient of every layer, and its noise from batch to batch.",
        ),
        View(
            "landscape",
            "Loss landscape",
            landscape_figures.landscape,
            "The training loss on a plane through the last weights, with the path of the run.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 100, "hidden": "4-2"},
    verb="Train from scratch",
    seconds=1.0,
    source=_source,
    explain=network_why.explain,
    good={
        "train_loss": "lower is better; 0.69 is a blind guess between two classes, 2.30 of ten",
        "test_loss": "lower is better; a rise while the training loss falls is overfitting",
        "test_accuracy": "higher is better; 0.5 is a blind guess between two classes, 0.1 of ten",
        "train_accuracy": "higher is better; much above the test's is overfitting",
        "grad_norm": "near 0 at a flat spot, good or bad",
        "gradient_noise": "below grad_norm the batch points the right way",
        "epochs": "passes over the training data; too many once the test loss rises",
        "path_share": "near 1 the plane holds the whole path",
    },
)
