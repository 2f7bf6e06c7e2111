"""Nine VAEs side by side, the weight of the KL term from 0 to 10: what a hole turns into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, Slider
from core.data import imagesets
from core.experiment import Experiment, View
from core.vae import beta_figures
from core.vae.beta_layout import EDGE, NAMES
from core.vae.beta_presets import PRESETS
from core.vae.beta_why import explain

FPS = 1.5  # of a replay: nine pictures in six seconds
OWN = {"where": ("own",)}
STEP = 0.05  # of the place's sliders


class Settings(experiment.Settings):
    """Which nine, and at which place of their maps."""

    data: Annotated[
        Literal["digits", "mnist"],
        Choice(
            "Data",
            labels=imagesets.TITLES,
            help="What the nine learned from; two latent numbers an image, either way.",
        ),
    ] = "digits"
    where: Annotated[
        Literal["hole", "own"],
        Choice(
            "Place on the map",
            labels={"hole": "The hole", "own": "My own"},
            help="The hole: of all places near the middle, the one whose picture is oddest at "
            "β = 0. Or click a place in the map.",
        ),
    ] = "hole"
    x: Annotated[
        float, Slider("First latent number", -EDGE, EDGE, STEP, when=OWN, help="Of the place.")
    ] = 0.0
    y: Annotated[
        float, Slider("Second latent number", -EDGE, EDGE, STEP, when=OWN, help="Of the place.")
    ] = 0.0


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """What the model of number ``step`` shows; images are uint8, 255 is ink.

    Metrics, ``<name>/<beta>`` of each model so far. On all held-out images, binarised by a fixed
    seed, averages in nats: ``reconstruction``, the mean of log p(x | z) over draws of z; ``kl``;
    ``elbo``, their difference: the bound at beta = 1, whatever a model learned by; ``sigma``, the
    mean standard deviation of the codes. ``digits``: how many kinds a classifier reads on the
    map with a chance over a half. Oddness is a picture's distance to the nearest training image,
    over the median of unseen ones: ``drawn``, its mean over draws from the prior, ``oddness``, at
    the place; ``confidence``, the classifier's largest chance there. The first six were measured
    when the models were trained.
    """

    codes: np.ndarray  # (n, 2) float32, means of held-out codes
    spread: np.ndarray  # (n, 2) float32, one standard deviation of each
    tiles: np.ndarray  # (g * g, side, side), decoded over the map, upper row first
    here: np.ndarray  # (side, side), decoded at the place
    says: np.ndarray  # (10,) float32, the classifier's chances of it
    place: np.ndarray  # (2,) float32
    terms: np.ndarray | None = None  # (9, 3) float32, all reconstruction, KL, ELBO, on frame 0
    level: np.ndarray | None = None  # (1,) float32, reconstruction by one average image, on frame 0
    classes: np.ndarray | None = None  # (n,) uint8, of the codes, on frame 0


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.vae.beta_run:run",
        "core.vae.beta_run:hole",
        "core.vae.beta_run:measured",
        "core.vae.bounds:bounds",
        "core.vae.training:Trainer",
        "core.vae.nets:Autoencoder",
    )


BETA = Experiment(
    name="vae.beta",
    title="The tug of war",
    question="How hard should the codes be pulled together?",
    settings=Settings,
    frame=Frame,
    run="core.vae.beta_run:run",
    views=(
        View(
            "pictures",
            "Pictures",
            beta_figures.pictures,
            "The picture that the model decodes at the mark, under it those of all nine models; "
            "what each place of its map decodes to; and where held-out images lie in it, each with "
            "an ellipse of one standard deviation.",
            clicked=beta_figures.moved,
            fps=FPS,
        ),
        View(
            "terms",
            "Two terms",
            beta_figures.terms,
            "Reconstruction and the evidence lower bound of the nine models against beta, the KL "
            "term between them; and the KL term alone. The model that is shown is marked.",
            fps=FPS,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Show the nine",
    seconds=1,
    source=_source,
    good={
        "reconstruction": "higher is better: nats, on held-out images",
        "kl": "no good or bad by itself: what a code tells about its image, in nats",
        "elbo": "higher is better: reconstruction less KL, at beta 1 whatever a model learned by",
        "sigma": "0: a code is a point; 1: every code is the whole prior, and tells nothing",
        "digits": "10: all kinds are on the map; 1: the same picture everywhere",
        "drawn": "oddness of random samples: lower is better",
        "confidence": "near 1: a classifier is sure of what it sees at the mark",
        "oddness": "at the mark; 1: as near to a training digit as unseen ones lie, more: odder",
    },
    explain=explain,
    replays=True,
    played=("where", "x", "y"),
    clock="β =",
    stops=NAMES,
)
