"""A VAE with a linear encoder and a linear decoder, held to the exact maximum of the likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider
from core.experiment import Experiment, View
from core.vae import linear_figures as draw
from core.vae import linear_why
from core.vae.linear_presets import PRESETS


class Settings(experiment.Settings):
    """How many latent numbers, which noise, which posterior, and how it is trained."""

    latent_dim: Annotated[
        int, Slider("Latent numbers", 1, 16, 1, help="How many numbers an image becomes.")
    ] = 4
    noise: Annotated[
        Literal["learned", "fixed"],
        Choice(
            "Noise of the decoder",
            help="Its standard deviation, the same for all pixels: found by training, or given.",
        ),
    ] = "learned"
    sigma: Annotated[
        float,
        Slider(
            "Given noise",
            0.05,
            1,
            0.05,
            when={"noise": ("fixed",)},
            help="Sigma. A pixel reaches from 0 to 1.",
        ),
    ] = 0.6
    posterior: Annotated[
        Literal["diagonal", "full"],
        Choice(
            "Spread of the codes",
            labels={"diagonal": "Along the axes (diagonal)", "full": "Any ellipse (full)"},
            help="What q(z | x) may look like. Nearly all VAEs have a spread for each latent "
            "number by itself.",
        ),
    ] = "diagonal"
    steps: Annotated[
        int,
        LogSlider("Steps", 100, 5000, whole=True, help="Of Adam, each over all 1,797 images."),
    ] = 2000
    seed: Annotated[int, Seed(help="Of the first weights; nothing else is random.")] = 0
    lr: Annotated[
        float,
        LogSlider(
            "Learning rate", 1e-3, 0.3, level="more", help="At first; it falls to 0 by the end."
        ),
    ] = 0.03


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame(experiment.Frame):
    """The model after ``step`` updates, k latent numbers, a of them worth it at the exact optimum.

    Metrics, in nats an image, averaged over all training images, without any sampling: elbo =
    reconstruction - kl; ml, the largest log-likelihood that a linear model with this noise can
    have; gap = ml - elbo. angle: the largest principal angle between the a strongest learned
    directions and PCA's first a, degrees. axes: the largest angle between one of those and the
    single decoder column matched with it, degrees. sigma, sigma_exact: the noise's standard
    deviation. active: directions of the latent space in use, along which the codes' means vary by
    more than 0.01; active_exact: columns that are not 0 at the optimum.
    """

    columns: np.ndarray  # (3, k, 8, 8) float32: exact, learned and turned, learned as they are
    variances: np.ndarray  # (2, 24) float32: of the data along PCA's directions, of the model


def _source(settings: Any) -> tuple[str, ...]:
    return (
        "core.vae.linear_train:Linear",
        "core.vae.linear_train:run",
        "core.vae.linear_exact:maximum",
        "core.vae.linear_exact:principal",
    )


LINEAR = Experiment(
    name="vae.linear",
    title="The bound, held to the exact answer",
    question="How close does the bound of a VAE come to the likelihood that it bounds?",
    settings=Settings,
    frame=Frame,
    run="core.vae.linear_train:run",
    views=(
        View(
            "bound",
            "The bound",
            draw.bound,
            "The ELBO against steps, under the exact maximum of the log-likelihood; the gap "
            "between them on an axis of powers of ten; the columns of the decoder as images under "
            "the exact ones.",
        ),
        View(
            "directions",
            "Directions",
            draw.directions,
            "Angles between what the decoder has learned and the directions of PCA, against "
            "steps, and the columns of the decoder as images, as they are and turned together.",
        ),
        View(
            "noise",
            "Noise",
            draw.noise,
            "The noise of the decoder against steps, with its exact value; the variance of the "
            "data along each direction of PCA, and of the model.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 120},
    verb="Train from nothing",
    seconds=2.0,
    source=_source,
    explain=linear_why.explain,
    good={
        "elbo": "higher is better; it cannot pass the maximum likelihood",
        "reconstruction": "higher is better: the log-likelihood of an image, given its code",
        "kl": "what the codes say about the image, in nats: paid for in the ELBO",
        "ml": "the exact maximum, from the eigenvalues of the data",
        "gap": "0: the bound is as high as any linear model's likelihood",
        "angle": "0 degrees: the same subspace as PCA; 90: a direction is missed",
        "axes": "0 degrees: every column by itself is a direction of PCA",
        "sigma": "the noise as learned; the exact one is the best",
        "sigma_exact": "root of the mean of the eigenvalues that are left out",
        "active": "latent directions in use; the rest say nothing (collapsed)",
        "active_exact": "eigenvalues above the noise, of the first so many",
    },
)
