"""Autoencoders of images or of points in the plane, trained from scratch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from core import experiment
from core.controls import Choice, LogSlider, Seed, Slider
from core.data import imagesets
from core.vae.spec import KINDS, VARIATIONAL

MOST_IMAGES = 12_000
IMAGES = ("mnist", "fashion", "digits")
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
            when={"data": IMAGES},
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
            when={"likelihood": ("gaussian",), "data": ("points",)},
            help="Its standard deviation. Halving it weighs the squared error four times as much.",
        ),
    ] = 0.2
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
            when={"data": IMAGES},
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
    A plain or denoising autoencoder has only ``reconstruction`` and ``objective``, a VQ-VAE has
    ``codes_used`` and no ``iwae``.
    """

    codes: np.ndarray  # (n, 2) float32, means of held-out codes, in the plane of ``plane``
    spread: np.ndarray  # (n, 2) float32, one standard deviation of each along x and y
    plane: np.ndarray  # (3, d) float32: where the plane's middle lies, its two directions
    reach: np.ndarray  # (2, 2) float32: lowest and highest of x and y on the map
    tiles: np.ndarray  # (g * g, side, side) or (g * g, 2), decoded over the map, upper row first
    wanted: np.ndarray  # (10, side, side) or (n, 2), held-out, as they are
    given: np.ndarray  # the same, as they went in
    back: np.ndarray  # the same, as they came out
    drawn: np.ndarray  # (20, side, side) or (n, 2), decoded from draws of the prior
    kl_dims: np.ndarray  # (d,) float32, nats of each dimension; of a VQ-VAE one number a token
    classes: np.ndarray | None = None  # (n,) uint8, of the codes, on frame 0
