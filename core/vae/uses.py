"""What a trained autoencoder is good for: five uses, each with its measure and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import field_validator

from core import experiment
from core.controls import Choice, Model, Seed, Slider, Text
from core.data import masks
from core.experiment import Experiment
from core.vae.uses_layout import IMAGES
from core.vae.uses_presets import PRESETS
from core.vae.uses_views import VIEWS
from core.vae.uses_why import why

MODELS = {
    "vae-mnist-16": "Digits as 16 numbers",
    "vae-mnist": "Digits as two numbers",
    "vae-mnist-conditional": "Digits as two numbers and their class",
    "vae-fashion-16": "Clothes as 16 numbers",
}
TITLES = {
    "inpaint": "Fill in what is painted over",
    "anomaly": "Find what does not belong",
    "denoise": "Clean noisy images",
    "compress": "Squeeze into two numbers",
    "design": "Make new designs",
}
INPAINT, ANOMALY, DENOISE, COMPRESS, DESIGN = ({"use": (name,)} for name in TITLES)

Cloth = Literal[
    "t-shirt", "trousers", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle-boot",
]  # fmt: skip


class Settings(experiment.Settings):
    """Which use, of which model, on what."""

    use: Annotated[
        Literal["inpaint", "anomaly", "denoise", "compress", "design"],
        Choice("Use", labels=TITLES, help="What the trained model is asked to do."),
    ] = "inpaint"
    model: Annotated[
        str,
        Model(
            "Model",
            shipped=MODELS,
            of=("vae.images",),
            when=INPAINT,
            help="One that ships, or the one that you trained last: a VAE, β-VAE or conditional "
            "VAE of images. A conditional one is told the right class.",
        ),
    ] = "vae-mnist-16"
    image: Annotated[
        int,
        Slider(
            "Image",
            0,
            IMAGES - 1,
            1,
            when=INPAINT,
            help="Of those that no model was trained on; classes come in turn, so 8, 18, 28 are "
            "eights (of clothes, bags).",
        ),
    ] = 8
    mask: Annotated[
        Literal["left", "right", "top", "bottom", "band", "all", "none", "hand"],
        Choice(
            "Painted over",
            labels=masks.SHAPES,
            when=INPAINT,
            help="Or paint on the image yourself.",
        ),
    ] = "left"
    painted: Annotated[
        str,
        Text(
            "Paint as text",
            masks.LENGTH,
            level="more",
            when={"mask": ("hand",)},
            help="14x14 squares as 49 hexadecimal digits: copy it to keep your paint.",
        ),
    ] = ""
    known: Annotated[
        Literal["nine-digits", "mnist", "fashion", "fashion-16"],
        Choice(
            "What it knows",
            labels={
                "nine-digits": "Nine digits of ten",
                "mnist": "All ten digits",
                "fashion": "Clothes, as two numbers",
                "fashion-16": "Clothes, as 16 numbers",
            },
            when=ANOMALY,
            help="What the model was trained on. It is then shown what it knows, and what it does "
            "not: the digit left out, clothes, or digits.",
        ),
    ] = "nine-digits"
    left_out: Annotated[
        Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Choice(
            "Digit left out",
            when={"known": ("nine-digits",)},
            help="There are ten models, and this one never saw this digit.",
        ),
    ] = "0"
    noise: Annotated[
        float,
        Slider(
            "Noise",
            0,
            1,
            0.05,
            when=DENOISE,
            help="Its standard deviation on each pixel; black is 0, white is 1.",
        ),
    ] = 0.3
    data: Annotated[
        Literal["mnist", "fashion"],
        Choice("Data", labels={"mnist": "Digits", "fashion": "Clothes"}, when=COMPRESS),
    ] = "mnist"
    perplexity: Annotated[
        float,
        Slider(
            "Neighbours that t-SNE heeds",
            5,
            100,
            5,
            when=COMPRESS,
            help="Its perplexity: about how many nearest points each one tries to keep.",
        ),
    ] = 30.0
    start: Annotated[
        Cloth, Choice("From", when=DESIGN, help="The seed draws which one of them.")
    ] = "sneaker"
    end: Annotated[Cloth, Choice("To", when=DESIGN, help="As From.")] = "ankle-boot"
    latent: Annotated[
        Literal["16", "2"],
        Choice(
            "Latent numbers",
            when=DESIGN,
            help="How many numbers a design becomes: more are sharper, two are a plane.",
        ),
    ] = "16"
    seed: Annotated[int, Seed(help="Of all draws: which images, noise, codes.")] = 0

    @field_validator("painted")
    @classmethod
    def _squares(cls, text: str) -> str:
        masks.decode(text)
        return text


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """What one use gave; what belongs to the others is None. Images are uint8, 255 is ink.

    Fill in: ``kinds``, how many classes the draws are read as (5 % of them or more); ``agreement``,
    the share of the most frequent; ``right``, of the true class; ``levels``, in how many steps the
    visible pixels were made to count; ``spread``, ``error_one``, ``error_mean`` over hidden pixels.
    Find: ``area_elbo``, ``area_error``, areas under the ROC curves; ``caught``, the share of
    outsiders at 5 % false alarms; ``elbo_known``, ``elbo_outside``, nats. Clean: ``error/<way>``,
    mean squared error a pixel. Squeeze: ``right/<plane>``, share of images whose five nearest are
    mostly of their class; ``error/vae``, ``error/pca``; ``components``, of PCA for the VAE's error.
    Design: ``novelty``, how far the middle of the walk is from the nearest training image, over the
    same of unseen images decoded; ``kinds``, classes on the way.
    """

    original: np.ndarray | None = None  # (s, s)
    hidden: np.ndarray | None = None  # (s, s), 1 is painted over
    filled: np.ndarray | None = None  # (8, s, s), the visible pixels as they are
    spread: np.ndarray | None = None  # (s, s) float32, standard deviation over all draws
    shares: np.ndarray | None = None  # (10,) float32, of the draws, by what they are read as
    source: np.ndarray | None = None  # (1,) uint8, which data, of ``uses_layout.SETS``
    read: np.ndarray | None = None  # (8,) or (10,) uint8, classes that images are read as
    scores: np.ndarray | None = None  # (2, n) float32, reconstruction error and -ELBO, nats
    outside: np.ndarray | None = None  # (n,) uint8, 1 is an image of what it does not know
    roc: np.ndarray | None = None  # (2, 101) float32, share caught, by error and by ELBO
    odd: np.ndarray | None = None  # (12, s, s), the six most and the six least anomalous
    odd_back: np.ndarray | None = None  # (12, s, s), the same as they come back
    odd_number: np.ndarray | None = None  # (12,) int32, their places among the scores
    wanted: np.ndarray | None = None  # (10, s, s) or (2, s, s), as they are
    cleaned: np.ndarray | None = None  # (6, 10, s, s), by every way
    curves: np.ndarray | None = None  # (6, 11) float32, error of every way at every level
    places: np.ndarray | None = None  # (3, n, 2) float32, of VAE, PCA and t-SNE
    classes: np.ndarray | None = None  # (n,) uint8
    back: np.ndarray | None = None  # (2, 10, s, s), from two numbers of VAE and PCA
    walk: np.ndarray | None = None  # (10, s, s), decoded between two codes
    fade: np.ndarray | None = None  # (10, s, s), one image turned into the other pixel by pixel
    nearest: np.ndarray | None = None  # (10, s, s), training images nearest to the walk
    distances: np.ndarray | None = None  # (10,) float32, to them
    unseen: np.ndarray | None = None  # (n,) float32, of unseen images, decoded


def _source(settings: Any) -> tuple[str, ...]:
    names = {
        "inpaint": ("uses_inpaint:posterior", "uses_inpaint:step_of", "uses_run:inpaint"),
        "anomaly": ("bounds:bounds", "uses_anomaly:anomaly", "uses_anomaly:roc"),
        "denoise": ("uses_denoise:denoise", "uses_denoise:measured", "uses_denoise:cleaners"),
        "compress": ("uses_compress:compress", "uses_compress:by_pca", "uses_compress:by_tsne"),
        "design": ("uses_design:design", "uses_design:between", "uses_shared:nearest"),
    }
    return tuple(f"core.vae.{name}" for name in names[settings.use])


USES = Experiment(
    name="vae.uses",
    title="What it is good for",
    question="What is a trained autoencoder good for, and where does it fail?",
    settings=Settings,
    frame=Frame,
    run="core.vae.uses_run:run",
    views=VIEWS,
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Compute",
    seconds=0.5,
    source=_source,
    explain=why,
    good={
        "kinds": "how many classes are among the completions, or on the walk; 1: no doubt",
        "agreement": "the largest share of draws that are read alike; 1: no doubt",
        "right": "higher is better; filling in: the share of draws read as the true class; "
        "squeezing: of images among their like, 0.1 is chance",
        "levels": "more, where what is visible leaves less of the prior",
        "spread": "0: certain; 0.5: each pixel black or white, as likely",
        "error_one": "lower is better: squared error a pixel of one completion",
        "error_mean": "lower than of one, always: but the mean is nobody's digit",
        "area_elbo": "1: all told apart; 0.5: a coin; below, the outsiders look more normal",
        "area_error": "the same by the reconstruction error alone",
        "caught": "higher is better, at 5 % false alarms; 5 % is chance",
        "elbo_known": "nats; higher is more expected",
        "elbo_outside": "nats; it should be lower than of what is known",
        "error": "lower is better: mean squared error a pixel",
        "components": "what PCA needs to bring as much back as the VAE with two",
        "novelty": "near 0: copies; 1: as far from all training images as unseen ones",
    },
)
