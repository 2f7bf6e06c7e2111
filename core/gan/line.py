"""Two bell curves on a line: drag the fake one, and see what each loss makes of it. No training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from core import experiment
from core.controls import Choice, Slider
from core.experiment import Experiment, Stage, View
from core.gan import line_figures as draw
from core.gan import line_why
from core.gan.line_places import LOSSES, NARROW, REACH, WIDE, Loss
from core.gan.line_presets import PRESETS

TITLES = {"minimax": "Minimax (saturating)", "non-saturating": "Non-saturating"}


class Settings(experiment.Settings):
    """Where the fake's bell stands, how wide both are, and the loss on show."""

    shift: Annotated[
        float,
        Slider(
            "Centre of the fakes", -REACH, REACH, 0.1, help="The real ones are around 0. Drag it."
        ),
    ] = 4.0
    width: Annotated[
        float,
        Slider("Width of the fakes", NARROW, WIDE, 0.05, help="Their standard deviation."),
    ] = 0.5
    loss: Annotated[
        Loss,
        Choice(
            "Loss",
            labels=TITLES,
            help="Whose best discriminator is drawn. The pull is computed under all of them.",
        ),
    ] = "minimax"
    sigma: Annotated[
        float,
        Slider("Width of the real ones", 0.2, WIDE, 0.05, level="more", help="Standard deviation."),
    ] = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(experiment.Frame):
    """The one picture there is: nothing is trained.

    Metrics: js: Jensen-Shannon divergence in nats; w1: Wasserstein distance; kl: KL divergence
    E_p[log p - log q] in nats; d_on_fakes: mean of p / (p + q) over the fakes; js_further,
    w1_further: the same with the fakes 2 farther off.
    Of each loss, its discriminator at its best (``core.gan.line_exact``): pull/<loss>: the gradient
    of the generator's loss by the fakes' centre, positive where a step leads towards the real ones;
    widen/<loss>: minus that by their width, positive where a step makes them wider.
    """

    real: np.ndarray  # (831,) density at SEEN
    fake: np.ndarray  # (831,)
    best: np.ndarray  # (831,) the best discriminator, or critic
    js: np.ndarray  # (61,) against SHIFTS
    w1: np.ndarray  # (61,)
    pull: np.ndarray  # (5, 61) as LOSSES
    widen: np.ndarray  # (5, 39) against WIDTHS


def payload(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    """All that ``core/ui/draw/line.js`` draws by: it computes the rest itself."""
    control = type(settings).controls()["loss"]
    assert isinstance(control, Choice)
    return {
        "value": [settings.shift, settings.width, settings.loss],
        "sigma": settings.sigma,
        "reach": REACH,
        "widths": [NARROW, WIDE],
        "losses": {loss: control.words(loss) for loss in LOSSES},
    }


def moved(settings: Settings, value: Any) -> Mapping[str, Any]:
    """The fields that [shift, width, loss] stands for. ValueError: not two numbers and a word."""
    shift, width, loss = value
    numbers = all(isinstance(one, int | float) for one in (shift, width))
    if not numbers or not isinstance(loss, str):
        raise ValueError(f"a bell is two numbers and a loss, not {value!r}")
    return {"shift": float(shift), "width": float(width), "loss": loss}


LINE = Experiment(
    name="gan.line",
    title="Two bells on a line",
    question="The discriminator is as good as can be. Which loss still pulls the fakes home?",
    settings=Settings,
    frame=Frame,
    run="core.gan.line_exact:run",
    views=(
        View(
            "drag",
            "Drag it",
            draw.drag,
            "The densities of real and fake numbers, under them the best discriminator for the "
            "loss, and how hard each loss pulls the fakes.",
            clock=False,
            stage=Stage("line", "Drag the fake bell along the line.", payload, moved),
        ),
        View(
            "shift",
            "Against distance",
            draw.against_shift,
            "Against the distance of the fakes: the JS divergence, which is soon flat, the "
            "Wasserstein distance, which is straight, and the pull under each loss.",
            clock=False,
        ),
        View(
            "width",
            "Against width",
            draw.against_width,
            "How hard each loss widens or narrows the fakes, against their width.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Compute",
    seconds=0.1,
    source=lambda settings: (
        "core.gan.line_exact:best",
        "core.gan.line_exact:pulls",
        "core.gan.line_exact:hinge",
        "core.gan.line_exact:wasserstein",
        "core.gan.line_exact:js",
        "core.gan.line_exact:w1",
    ),
    explain=line_why.explain,
    good={
        "js": "0: the same; at most 0.693 = ln 2: nothing in common",
        "w1": "0: the same; else how far the mass has to be carried",
        "kl": "0: the same; it has no upper end",
        "d_on_fakes": "0.5: the best discriminator cannot tell them apart; 0: caught",
        "js_further": "as JS, the fakes 2 farther off",
        "w1_further": "as W1, the fakes 2 farther off",
        "pull": "gradient by the centre, towards the real ones; near 0 the fakes stay put",
        "widen": "gradient by the width, positive makes the fakes wider",
    },
)
