"""A round of the game in slow motion: noise in, fakes out, D judges, D learns, G learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment, targets
from core.controls import Choice, LogSlider, Seed, Slider
from core.experiment import Button, Click, Experiment, View
from core.gan import plane, step_why
from core.gan import step_figures as draw
from core.gan.step_presets import PRESETS
from core.gan.step_words import PHASES, onward

MOST = 10  # rounds in slow motion
FPS = 0.4  # of the replay: time to read a sentence


class Settings(experiment.Settings):
    """What is imitated, who learns, and up to which phase of which round one looks."""

    target: Annotated[
        Literal["ring", "gaussians", "islands", "moons", "line"],
        Choice("Target", labels=targets.TITLES, help="What the generator is to imitate."),
    ] = "islands"
    loss: Annotated[
        Literal["minimax", "non-saturating", "least-squares", "hinge", "wasserstein", "wgan-gp"],
        Choice("Loss", labels=plane.LOSSES, help="What the two players minimise."),
    ] = "non-saturating"
    phases: Annotated[
        Literal["both", "d", "g"],
        Choice(
            "Who learns",
            labels={"both": "Both", "d": "D alone", "g": "G alone"},
            help="In the rounds in slow motion; before them both do.",
        ),
    ] = "both"
    before: Annotated[
        int, Slider("Rounds before", 0, 2000, 10, help="Played at full speed, both learning.")
    ] = 60
    rounds: Annotated[int, Slider("Rounds shown", 1, MOST, 1, help="In slow motion.")] = 1
    seed: Annotated[int, Seed(help="Of the first weights, the samples, the noise.")] = 0
    until: Annotated[
        Literal["noise", "fakes", "judge", "d-learns", "again", "g-learns"],
        Choice(
            "Stop after",
            labels={
                "noise": "Noise in",
                "fakes": "Fakes out",
                "judge": "D judges",
                "d-learns": "D learns",
                "again": "D looks again",
                "g-learns": "G learns",
            },
            level="more",
            help="The phase at which the last round stops; at its end if it has no such phase.",
        ),
    ] = "g-learns"
    lr_d: Annotated[
        float,
        LogSlider("Learning rate of D", 1e-4, 0.3, level="more", help="Of the discriminator."),
    ] = 0.01
    lr_g: Annotated[
        float, LogSlider("Learning rate of G", 1e-4, 0.3, level="more", help="Of the generator.")
    ] = 0.01
    optimizer: Annotated[
        Literal["adam", "sgd"],
        Choice("Optimizer", labels={"sgd": "Gradient descent"}, level="more"),
    ] = "adam"
    batch_size: Annotated[
        int,
        Slider("Batch size", 8, 64, 1, level="more", help="Fakes, and real points, in a round."),
    ] = 32
    width: Annotated[
        int,
        LogSlider(
            "Units a layer", 4, 32, whole=True, level="more",
            help="Of each player's two hidden layers.",
        ),
    ] = 16  # fmt: skip

    @property
    def game(self) -> plane.Settings:
        """The same rules as settings of the game in the plane: ReLU, noise of two numbers."""
        same = ("target", "loss", "seed", "lr_d", "lr_g", "optimizer", "batch_size", "width")
        return plane.Settings(**{name: getattr(self, name) for name in same})


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(experiment.Frame):
    """One phase of a round; ``step`` counts the phases shown. n: the batch size.

    Metrics, on this round's own points (losses in nats where they are cross-entropies): d_loss and
    d_loss_after, before and after D's step on the same real points and fakes; g_loss and
    g_loss_after, D's verdict on the fakes as they came and as they are now; d_right, the share of
    all 2 n that D has right now, and fooled and fooled_after, the share of fakes that it takes for
    real; pull, the mean length of an arrow; along, the share of fakes that G's step moved along
    their arrow (0 where it made none).
    """

    phase: np.ndarray  # (2,) uint16, the round, from 1, and the number of the phase in PHASES
    noise: np.ndarray  # (n, 2) float16, what G makes fakes of
    real: np.ndarray  # (n, 2) float16
    fake: np.ndarray  # (n, 2) float16
    moved: np.ndarray  # (n, 2) float16, what G makes of the same noise now
    said_real: np.ndarray  # (n,) float32, D's output now: logits, or scores
    said_fake: np.ndarray  # (n,) float32
    said_moved: np.ndarray  # (n,) float32
    judged: np.ndarray  # (60, 60) float16, D's output at every place of [-3, 3]^2, rows up along y
    arrows: np.ndarray  # (n, 2) float32, minus the gradient of each fake's loss by the fake
    d_grads: np.ndarray  # (3,) float32, length of the last gradient, by layer of D; 0: none yet
    g_grads: np.ndarray  # (3,) float32, of G


def buttons(settings: Settings) -> tuple[Button, ...]:
    """One phase more, as long as there is one."""
    more = onward(settings, MOST)
    return (Button("Next phase", "N", Click("gan.step", more, "")),) if more else ()


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.gan.step_run:run",
        "core.gan.step_run:Scene",
        "core.gan.training:Game",
        "core.gan.losses:LOSSES",
    )


STEP = Experiment(
    name="gan.step",
    title="One round in slow motion",
    question="Who sees what, and whose weights move?",
    settings=Settings,
    frame=Frame,
    run="core.gan.step_run:run",
    views=(
        View(
            "phases",
            "Phase by phase",
            draw.phases,
            "Left, a sentence on this phase over a diagram of both networks with the part at work "
            "in colour; right, the plane with real points, fakes, the discriminator's verdict and "
            "the pull on the fakes. The button over it, or the key N, shows the next phase.",
            buttons=buttons,
            fps=FPS,
        ),
        View(
            "gradients",
            "Gradients",
            draw.gradients,
            "The length of the last gradient in each layer of both players, and the mean pull "
            "on a fake, round by round.",
            fps=FPS,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={"before": 10, "rounds": 2, "width": 8, "batch_size": 16},
    verb="Play",
    seconds=0.3,
    source=_source,
    explain=step_why.explain,
    good={
        "d_loss": "about 1.39 when the players are even, with cross-entropy",
        "g_loss": "about 0.69 when even, with the non-saturating loss",
        "d_loss_after": "below the loss before: D's step went down on these points",
        "g_loss_after": "below the loss before: the fakes fool D better than they did",
        "fooled_after": "higher than before: G's step helped",
        "d_right": "50 %: D cannot tell them apart",
        "fooled": "50 %: D cannot tell fakes from real points",
        "pull": "near 0 no fake is told where to go",
        "along": "100 %: every fake could go its own way",
    },
)

assert Settings.choices("until") == PHASES
