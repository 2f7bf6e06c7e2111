"""A generator learns to imitate points of the plane, against a discriminator that judges them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider, Toggle
from core.experiment import Experiment, View
from core.gan import plane_charts as charts
from core.gan import plane_figures as draw
from core.gan import plane_why
from core.gan.plane_presets import PRESETS
from core.targets import TargetSettings

GRID = 60  # places a side where the discriminator is asked
DRAWN = 400  # real and fake points on show
ARROWS = 48  # of them with the pull that they feel
MESH = 13  # lines each way of the noise's grid
JUDGED = 2000  # fakes that the measures see
LOSSES = {
    "minimax": "Minimax (saturating)",
    "non-saturating": "Non-saturating",
    "wasserstein": "Wasserstein, clipped",
    "wgan-gp": "WGAN-GP",
}


class Settings(TargetSettings):
    """What is imitated, the rules of the game, and both players."""

    loss: Annotated[
        Literal["minimax", "non-saturating", "least-squares", "hinge", "wasserstein", "wgan-gp"],
        Choice("Loss", labels=LOSSES, help="What the two players minimise."),
    ] = "non-saturating"
    d_steps: Annotated[
        int,
        Slider("D steps", 1, 10, 1, help="Updates of the discriminator for one of the generator."),
    ] = 1
    lr_g: Annotated[float, LogSlider("Learning rate of G", 1e-5, 1.0, help="Of the generator.")] = (
        1e-3
    )
    seed: Annotated[int, Seed(help="Of the first weights, the samples, the noise.")] = 0
    lr_d: Annotated[
        float,
        LogSlider("Learning rate of D", 1e-5, 1.0, level="more", help="Of the discriminator."),
    ] = 1e-3
    clip: Annotated[
        float,
        LogSlider(
            "Clip",
            1e-3,
            1.0,
            level="more",
            help="Every weight of the critic is kept within plus and minus this.",
            when={"loss": ("wasserstein",)},
        ),
    ] = 0.1
    penalty: Annotated[
        float,
        LogSlider(
            "Gradient penalty",
            0.01,
            10.0,
            level="more",
            help="Weight of the pull of the critic's slope towards 1.",
            when={"loss": ("wgan-gp",)},
        ),
    ] = 0.1
    r1: Annotated[
        float,
        Slider(
            "R1 penalty", 0, 0.1, 0.001, level="more",
            help="Cures samples all alike (mode collapse): the discriminator must be flat at real "
            "points, so its slope reaches far. Useful from 0.001 to 0.1.",
        ),
    ] = 0.0  # fmt: skip
    spectral: Annotated[
        bool,
        Toggle(
            "Spectral normalisation",
            level="more",
            help="Cures a discriminator that is too steep: no layer of it stretches anything.",
        ),
    ] = False
    packing: Annotated[
        int,
        Slider(
            "Packing", 1, 4, 1, unit="samples", level="more",
            help="Cures samples all alike (mode collapse): the discriminator judges so many at "
            "once, and sees that they are alike.",
        ),
    ] = 1  # fmt: skip
    feature_matching: Annotated[
        bool,
        Toggle(
            "Feature matching",
            level="more",
            help="Cures a generator that chases one weak spot of D: it matches the means of D's "
            "last hidden layer instead.",
        ),
    ] = False
    smoothing: Annotated[
        float,
        Slider(
            "Label smoothing", 0, 0.3, 0.05, level="more",
            help="Cures a discriminator too sure of real points (not of fakes): they get the "
            "label 1 less this.",
            when={"loss": ("minimax", "non-saturating", "least-squares")},
        ),
    ] = 0.0  # fmt: skip
    instance_noise: Annotated[
        float,
        Slider(
            "Instance noise", 0, 1, 0.05, level="more",
            help="Cures a discriminator that is always right: real and fake points are blurred "
            "by so much before it sees them.",
        ),
    ] = 0.0  # fmt: skip
    ema: Annotated[
        float,
        Slider(
            "Average of G", 0, 0.999, 0.001, level="more",
            help="Cures fakes that sway from step to step: shown is a running mean of the "
            "generator's weights that keeps this share each step. 0: off.",
        ),
    ] = 0.0  # fmt: skip
    optimizer: Annotated[
        Literal["adam", "rmsprop", "sgd"],
        Choice(
            "Optimizer",
            labels={"rmsprop": "RMSprop", "sgd": "Gradient descent"},
            level="more",
        ),
    ] = "adam"
    beta1: Annotated[
        float,
        Slider(
            "Beta 1", 0, 0.95, 0.05, level="more", when={"optimizer": ("adam",)},
            help="Memory of past gradients. The other player's next move makes them stale.",
        ),
    ] = 0.0  # fmt: skip
    batch_size: Annotated[int, LogSlider("Batch size", 8, 512, whole=True, level="more")] = 128
    depth: Annotated[
        int, Slider("Hidden layers", 1, 4, 1, level="more", help="Of each player.")
    ] = 2
    width: Annotated[
        int, LogSlider("Units a layer", 4, 128, whole=True, level="more", help="Of each player.")
    ] = 64
    activation: Annotated[
        Literal["relu", "leaky-relu", "tanh", "elu"],
        Choice(
            "Activation",
            labels={"relu": "ReLU", "leaky-relu": "Leaky ReLU", "elu": "ELU"},
            level="more",
        ),
    ] = "relu"
    batch_norm: Annotated[
        bool,
        Toggle(
            "Batch norm in G",
            level="more",
            help="Cures samples all alike: every hidden layer but the first is spread out over "
            "each batch.",
        ),
    ] = False
    noise_dim: Annotated[
        int, Slider("Noise", 1, 16, 1, unit="numbers", level="more", help="What G makes a fake of.")
    ] = 2
    noise_law: Annotated[
        Literal["normal", "uniform"],
        Choice("Law of the noise", level="more", help="Uniform: from -1 to 1."),
    ] = "normal"
    phases: Annotated[
        Literal["both", "d", "g"],
        Choice(
            "Who learns",
            labels={"both": "Both", "d": "D alone", "g": "G alone"},
            level="more",
            help="Both in turn; or, from a step on, only one of them.",
        ),
    ] = "both"
    alone_from: Annotated[
        int,
        Slider(
            "Alone from step", 0, 10_000, 10, level="more", when={"phases": ("d", "g")},
            help="Until then both learn.",
        ),
    ] = 1000  # fmt: skip
    steps: Annotated[
        int,
        LogSlider("Steps", 10, 20_000, whole=True, level="more", help="Updates of the generator."),
    ] = 5000


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(experiment.Frame):
    """Both players after ``step`` updates of the generator (each after ``d_steps`` of D).

    Metrics: d_loss, g_loss (in nats where they are cross-entropies, penalties left out), modes
    (covered), high_quality (share of fakes within three sigma of a centre), js, kl (in nats, on a
    grid of 60 x 60, see core.measure.divergence), swd, mmd, moved (mean way of a fake since the
    frame before), and from_best, the mean distance of D from the best discriminator over real and
    fake points, where that has a closed form.
    The plane is [-3, 3]^2; rows of grids go up along y.
    """

    fake: np.ndarray  # (400, 2) float16, what G makes of a fixed noise
    judged: np.ndarray  # (60, 60) float16, D's output: a logit, or a score
    density: np.ndarray  # (60, 60) float16, estimated density of the fakes
    arrows: np.ndarray  # (48, 2) float16, minus the gradient of G's loss by the first fakes
    mesh: np.ndarray  # (m, 2) float16, where G takes the lines of a grid over the noise
    real: np.ndarray | None = None  # (400, 2) float16, on frame 0


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.gan.training:run",
        "core.gan.training:Game",
        "core.gan.losses:LOSSES",
        "core.gan.nets:Net",
    )


PLANE = Experiment(
    name="gan.plane",
    title="Two networks, one plane",
    question="Noise goes in. Can a network learn to put it where the real points are?",
    settings=Settings,
    frame=Frame,
    run="core.gan.training:run",
    views=(
        View(
            "game",
            "The game",
            draw.game,
            "Left, real points, fake points and what the discriminator says of every place; "
            "right, how many modes are covered and how many fakes are good, against steps.",
            layers=draw.LAYERS,
            off=("line", "arrows", "mesh", "best"),
        ),
        View(
            "losses",
            "Losses",
            charts.losses,
            "The losses of both players against steps, with the lines of the equilibrium.",
        ),
        View(
            "best",
            "Best D",
            draw.best,
            "What the discriminator says, what the best one would say, and the difference.",
        ),
        View(
            "distances",
            "Distances",
            charts.distances,
            "Jensen-Shannon and Kullback-Leibler divergence, sliced Wasserstein distance and "
            "maximum mean discrepancy between fakes and target, against steps.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 10, "width": 16, "batch_size": 32},
    verb="Train from scratch",
    seconds=12.0,
    source=_source,
    explain=plane_why.explain,
    replays=True,
    good={
        "d_loss": "no measure of quality: about 1.39 when the players are even, with cross-entropy",
        "g_loss": "no measure of quality: about 0.69 when even, with the non-saturating loss",
        "modes": "higher is better: all of the target's",
        "high_quality": "98.9 % for islands as wide as the real ones; more is too tight",
        "js": "lower is better, from 0 to 0.693 (ln 2) nats; on a grid of 60 x 60",
        "kl": "lower is better, from 0; same grid, a thousandth of an even law mixed in",
        "swd": "lower is better, in units of the plane",
        "mmd": "near 0; may fall just under it",
        "moved": "near 0 at the end: the players have settled",
        "from_best": "0: the discriminator is the best there is against these fakes",
    },
)
