"""Autoencoders of images or of points in the plane, trained from scratch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider
from core.data import imagesets
from core.experiment import Experiment, Lead, View
from core.vae import images_figures, images_plane, images_terms, images_why
from core.vae.images_presets import PRESETS
from core.vae.spec import KINDS, VARIATIONAL

MOST_IMAGES = 12_000
PICTURES = {"data": ("mnist", "fashion", "digits")}
KL = {"kind": VARIATIONAL}


class Settings(experiment.Settings):
    """Which autoencoder of what."""

    kind: Annotated[
        Literal["vae", "autoencoder", "denoising", "beta-vae", "conditional", "vq-vae"],
        Choice("Kind", labels=KINDS, help="What stands between the encoder and the decoder."),
    ] = "vae"
    data: Annotated[
        Literal["mnist", "fashion", "digits", "points"],
        Choice(
            "Data",
            labels={**imagesets.TITLES, "points": "Points on a ring of eight"},
            help="12,000 handwritten digits, as many pictures of clothes, scikit-learn's 1,438 "
            "small digits, or points in the plane.",
        ),
    ] = "mnist"
    latent_dim: Annotated[
        int,
        Slider(
            "Latent numbers", 1, 32, 1, help="How many numbers an image becomes: the latent space."
        ),
    ] = 2
    beta: Annotated[
        float,
        Slider(
            "Weight of the KL term",
            0,
            20,
            0.25,
            when=KL,
            help="Beta. 1: the bound on the likelihood; more makes codes alike, less lets them "
            "drift apart.",
        ),
    ] = 1.0
    noise: Annotated[
        float,
        Slider(
            "Noise on the way in",
            0,
            1,
            0.05,
            when={"kind": ("denoising",)},
            help="Standard deviation of what is added to each pixel; what is asked for is clean.",
        ),
    ] = 0.5
    codes: Annotated[
        int,
        LogSlider(
            "Codes in the book",
            2,
            512,
            whole=True,
            when={"kind": ("vq-vae",)},
            help="Each vector becomes the nearest of so many.",
        ),
    ] = 128
    tokens: Annotated[
        int,
        Slider(
            "Codes an image",
            1,
            16,
            1,
            level="more",
            when={"kind": ("vq-vae",)},
            help="An image is so many entries of the book, one after the other.",
        ),
    ] = 1
    likelihood: Annotated[
        Literal["bernoulli", "gaussian"],
        Choice(
            "Likelihood",
            labels={"bernoulli": "Bernoulli, cross-entropy", "gaussian": "Gaussian, squared error"},
            level="more",
            when=PICTURES,
            help="What the decoder's output means: chances of ink, for pixels drawn black or white "
            "with their grey as chance; or the middle of a bell curve. Points are always Gaussian.",
        ),
    ] = "bernoulli"
    sigma: Annotated[
        float,
        LogSlider(
            "Width of the Gaussian likelihood",
            0.01,
            10,
            top=1,
            level="more",
            when={"likelihood": ("gaussian",)},
            help="Its standard deviation. Halving it weighs the squared error four times as much.",
        ),
    ] = 0.2
    point_sigma: Annotated[
        float,
        LogSlider(
            "Width of the Gaussian around a point",
            0.01,
            10,
            top=1,
            level="more",
            when={"data": ("points",)},
            help="The likelihood's standard deviation. The islands themselves have 0.1.",
        ),
    ] = 0.1
    warm_up: Annotated[
        float,
        Slider(
            "Warm-up of the KL term",
            0,
            1,
            0.05,
            level="more",
            when=KL,
            help="Share of the steps over which its weight grows from 0 (Bowman et al. 2016).",
        ),
    ] = 0.0
    free_bits: Annotated[
        float,
        Slider(
            "Free nats a dimension",
            0,
            3,
            0.1,
            level="more",
            when=KL,
            help="A dimension's KL below this costs nothing (free bits, Kingma et al. 2016).",
        ),
    ] = 0.0
    reduction: Annotated[
        Literal["sum", "mean"],
        Choice(
            "Error over pixels",
            labels={"sum": "Summed", "mean": "Averaged"},
            level="more",
            help="A likelihood is a sum. Averaged, of 784 pixels, it counts a 784th.",
        ),
    ] = "sum"
    layers: Annotated[
        Literal["dense", "conv"],
        Choice(
            "Layers",
            labels={"dense": "Dense", "conv": "Convolutional"},
            level="more",
            when=PICTURES,
            help="Of encoder and decoder.",
        ),
    ] = "dense"
    width: Annotated[
        int,
        Slider(
            "Width",
            8,
            256,
            8,
            level="more",
            help="Units of the outer hidden layer (the inner has half); convolutional, channels "
            "times eight.",
        ),
    ] = 128
    optimizer: Annotated[
        Literal["adam", "rmsprop", "sgd"],
        Choice(
            "Optimizer",
            labels={"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD with momentum"},
            level="more",
        ),
    ] = "adam"
    lr: Annotated[float, LogSlider("Learning rate", 1e-6, 10, top=0.1, level="more")] = 2e-3
    batch_size: Annotated[
        int, LogSlider("Batch size", 2, 512, whole=True, level="more", help="Images a step.")
    ] = 64
    train_size: Annotated[
        int,
        LogSlider(
            "Training images",
            10,
            MOST_IMAGES,
            whole=True,
            level="more",
            help="The first so many, as many of each class.",
        ),
    ] = MOST_IMAGES
    steps: Annotated[
        int, LogSlider("Steps", 10, 20_000, whole=True, level="more", help="One batch a step.")
    ] = 4000
    seed: Annotated[int, Seed(level="more", help="Of weights, batches and draws.")] = 0


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """The autoencoder after ``step`` updates; images are uint8, 255 is ink, points float32 (., 2).

    Of held-out data, binarised by a fixed seed where the likelihood is Bernoulli. Metrics, averages
    over images in nats: ``reconstruction``, the mean of log p(x | z) over draws of z, ``kl``,
    ``elbo``, their difference, whatever beta is; ``objective``, what is minimised, since the last
    frame; ``iwae``, the importance-weighted bound of 16 draws on the same images; ``active_dims``.
    A plain or denoising autoencoder has only ``reconstruction`` and ``objective``, the latter also
    ``noise_left``, the squared error of what comes back over that of what went in. A VQ-VAE has
    ``codes_used`` and no ``iwae``. Of draws from the prior: ``classes``, how many kinds there are,
    and ``readable``, the share that a classifier is sure of (of points, ``high_quality``, that near
    an island).
    """

    codes: np.ndarray  # (n, 2) float32, means of held-out codes, in the plane of ``plane``
    spread: np.ndarray  # (n, 2) float32, one standard deviation of each along x and y
    tilt: np.ndarray  # (n,) float32, correlation of x and y in each
    plane: np.ndarray  # (3, d) float32: where the plane's middle lies, its two directions
    reach: np.ndarray  # (2, 2) float32: lowest and highest of x and y on the map
    tiles: np.ndarray  # (g * m, side, side) or (g * m, 2), decoded over the map, upper row first
    wanted: np.ndarray  # (10, side, side) or (n, 2), held-out, as they are
    given: np.ndarray  # the same, as they went in
    back: np.ndarray  # the same, as they came out
    drawn: np.ndarray  # (20, side, side) or (n, 2), decoded from draws of the prior
    drawn_at: np.ndarray  # (20, 2) float32, where in the plane the first of these draws lie
    kl_dims: np.ndarray  # (d,) float32, nats of each dimension; of a VQ-VAE one number a token
    active: np.ndarray  # (d,) bool, which dimensions say something; none where none has a KL term
    classes: np.ndarray | None = None  # (n,) uint8, of the codes, on frame 0


def _source(settings: Any) -> tuple[str, ...]:
    layers = "_conv" if settings.layers == "conv" and settings.data != "points" else "_dense"
    found = [
        "core.vae.training:run",
        "core.vae.training:Trainer",
        "core.vae.nets:Autoencoder",
        f"core.vae.nets:{layers}",
        "core.vae.likelihood:log_likelihood",
    ]
    if settings.kind in VARIATIONAL:
        found += ["core.vae.likelihood:kl_to_prior", "core.vae.bounds:bounds"]
    if settings.kind == "vq-vae":
        found.append("core.vae.quantise:quantise")
    return tuple(found)


IMAGES = Experiment(
    name="vae.images",
    title="Train an autoencoder",
    question="An image squeezed into two numbers: what comes back, and what lies between?",
    settings=Settings,
    frame=Frame,
    run="core.vae.training:run",
    views=(
        View(
            "plane",
            "Latent plane",
            images_plane.plane,
            "Left, where 500 held-out images lie in latent space, coloured by class, each with its "
            "one-sigma ellipse; right, on the same axes, what each place is decoded to.",
        ),
        View(
            "back",
            "What comes back",
            images_figures.back,
            "Left, held-out data as they are, as they went in, as they came out; right, the "
            "objective against steps.",
        ),
        View(
            "terms",
            "Two terms",
            images_terms.terms,
            "Against steps, the ELBO, the reconstruction term and the importance-weighted bound; "
            "the KL term; and the KL of each latent number, the collapsed ones crossed.",
        ),
        View(
            "samples",
            "Samples",
            images_figures.samples,
            "Left, what draws from the prior are decoded to; right, where those draws lie among "
            "the codes of held-out data.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 12, "width": 8, "train_size": 100, "batch_size": 8},
    verb="Train from scratch",
    seconds=20.0,
    source=_source,
    explain=images_why.explain,
    good={
        "objective": "lower is better, among runs with the same kind, likelihood and weight",
        "elbo": "higher is better: at least so many nats does log p(x) have, on average",
        "iwae": "higher is better: a tighter bound, never below the ELBO but by chance",
        "reconstruction": "higher is better; 0 is perfect with a Bernoulli likelihood, and a "
        "Gaussian one has no such end",
        "kl": "neither: what the code tells of the image, in nats; 0 says nothing (collapse)",
        "active_dims": "as many as there are latent numbers, or as the data can fill",
        "codes_used": "as many as the book has; those of 500 held-out images count",
        "noise_left": "lower is better; 1 is as far from the clean image as the noisy one was",
        "classes": "10 of 10 among draws from the prior (8 islands of points): no kind is missing",
        "readable": "higher is better: the share of draws that a classifier is over 90 % sure of; "
        "of real digits nearly all",
        "high_quality": "higher is better: the share of draws within 3 σ of an island, of real "
        "points 0.989",
    },
    leads=(Lead("vae.plane", "model", "Walk this latent plane"),),
)
