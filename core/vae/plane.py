"""Ask a trained autoencoder: the map of its codes, ways between images, sums, one number a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import field_validator

from core import experiment
from core.controls import Choice, Model, Slider, Text
from core.experiment import Experiment, Stage, View
from core.vae import plane_figures as draw
from core.vae import plane_stages as stages
from core.vae import plane_why
from core.vae.plane_layout import EDGE, MODELS, MOST_CODE, POOL, UNLISTED, WIDE
from core.vae.plane_presets import PRESETS

WHICH = "0 to 9 is the mean code of a class, 10 to 29 a held-out image; or click one."
LARGEST = 1000.0  # of a number of a code


class Settings(experiment.Settings):
    """Which model is asked, where on its map, and what the ways and sums are made of."""

    model: Annotated[
        str,
        Model(
            "Autoencoder",
            shipped=MODELS,
            of=("vae.images",),
            unlisted=UNLISTED,
            help="One that ships, of digits unless it says clothes, or the one you trained last.",
        ),
    ] = "vae-mnist"
    latent: Annotated[
        Literal["2", "16"],
        Choice(
            "Latent numbers",
            level="more",
            when={"model": tuple(WIDE)},
            help="How many numbers an image becomes. With 16 they are sharper, and the map is a "
            "slice. Of the VAEs both sizes ship.",
        ),
    ] = "2"
    label: Annotated[
        Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Choice(
            "Class that is told",
            level="more",
            help="To a conditional VAE, on the map and for single numbers. Others are never told.",
        ),
    ] = "3"
    x: Annotated[
        float,
        Slider(
            "Across the map",
            -EDGE,
            EDGE,
            0.01,
            level="more",
            help="Of a VAE with two latent numbers this is the first. The map's edges are -3 and "
            "3 for every model.",
        ),
    ] = 1.4
    y: Annotated[
        float,
        Slider("Up the map", -EDGE, EDGE, 0.01, level="more", help="The second, likewise."),
    ] = 1.6
    code: Annotated[
        str,
        Text(
            "Code",
            MOST_CODE,
            level="more",
            help="Instead of a place on the map: all latent numbers, with commas. One alone stands "
            "for all.",
        ),
    ] = ""
    start: Annotated[
        int, Slider("Walk from", 0, POOL - 1, 1, level="more", help=f"Of the walk: {WHICH}")
    ] = 12
    end: Annotated[
        int, Slider("Walk to", 0, POOL - 1, 1, level="more", help=f"Of the walk: {WHICH}")
    ] = 17
    a: Annotated[
        int, Slider("a, of a − b + c", 0, POOL - 1, 1, level="more", help=f"In the sum: {WHICH}")
    ] = 11
    b: Annotated[
        int, Slider("b, taken away", 0, POOL - 1, 1, level="more", help=f"In the sum: {WHICH}")
    ] = 1
    c: Annotated[
        int, Slider("c, added", 0, POOL - 1, 1, level="more", help=f"In the sum: {WHICH}")
    ] = 9

    @field_validator("code")
    @classmethod
    def _numbers(cls, text: str) -> str:
        try:
            fine = all(abs(value) <= LARGEST for value in numbers_of(text))
        except ValueError:
            fine = False
        if not fine:
            raise ValueError(f"numbers from -{LARGEST:g} to {LARGEST:g} with commas between them")
        return text


def model_of(settings: Settings) -> str:
    """The name of the model that is asked: of a VAE that ships, the one of that many numbers."""
    wide = WIDE.get(settings.model) if settings.latent == "16" else None
    return wide or settings.model


def numbers_of(code: str) -> list[float]:
    """The numbers of a code's text; none where it is empty. ValueError where one is no number."""
    found = [float(part) for part in code.split(",")] if code.strip() else []
    if not all(map(math.isfinite, found)):
        raise ValueError("a number of the code is not finite")
    return found


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """What the model made; images (side, side) are uint8, 255 is ink. d: how many latent numbers.

    Probabilities are what the classifier of the same data reads, as uint8, 255 is certain.
    Metrics. Shares that it reads with over 0.9: ``map_sure``, of the map; ``drawn_sure``, of codes
    drawn from a standard normal (for every model alike); ``middle_sure``, of images half-way
    between the codes of two held-out ones, ``faded_sure``, half-way between their pixels.
    ``read_first``, ``read_second``: its two highest probabilities here. ``map_kinds``: exponential
    of the entropy of the classes on the map. ``map_pictures``: different ones among the 1,024
    tiles. In distances between two random held-out images: ``tile_step``, ``tile_leap``, how much a
    tile differs from the next, the median and the 95th percentile; ``walk/<way>``, the longest
    step; ``ways_apart``, how much straight way and arc differ half-way. ``middle/<way>``: length of
    the code half-way, the mean of the ends' as 1. ``sum_read``: probability of the class of c for
    a - b + c; ``sums_right``: share of held-out image - mean of its class + mean of another that is
    read as that other. ``active_dims``; ``plane_share``, of the codes' variance in the map's plane;
    ``class_right``, share of the map that a conditional model fills with the class it was told.
    """

    tiles: np.ndarray  # (1024, side, side), decoded over the map, the upper row first
    says: np.ndarray  # (1024, 10) probabilities
    places: np.ndarray  # (500, 2) float32, held-out codes on the map, from -3 to 3
    classes: np.ndarray  # (500,) uint8, theirs
    reach: np.ndarray  # (2, 2) float32, the latent numbers at the map's edges
    code: np.ndarray  # (d,) float32, where it is asked
    place: np.ndarray  # (2,) float32, the same on the map
    here: np.ndarray  # (side, side)
    here_says: np.ndarray  # (10,) probabilities
    pool: np.ndarray  # (30, side, side), decoded means of classes, held-out images
    walk: np.ndarray  # (30, side, side), three ways of ten, as WAYS
    lengths: np.ndarray  # (2, 10) float32, of the codes on the first two ways
    sum: np.ndarray  # (4, side, side), decoded a, b, c, a - b + c
    sum_says: np.ndarray  # (10,) probabilities
    rows: np.ndarray  # (r, 17, side, side), one number changed from row to row
    stops: np.ndarray  # (r, 17) float32, to what
    order: np.ndarray  # (r,) int32, which number
    kl: np.ndarray  # (d,) float32, nats; 0 where there is no prior
    spread: np.ndarray  # (d,) float32, standard deviation of the held-out codes
    active: np.ndarray  # (d,) uint8, whether the number says something
    shares: np.ndarray  # (d,) float32, of the variance, by principal directions
    about: np.ndarray  # (4,) uint8: data of SETS, whether variational, conditional, quantised
    cells: np.ndarray | None = None  # (1024,) int32, of a VQ-VAE: which codes a tile becomes


def _source(settings: Any) -> tuple[str, ...]:
    names = ("run:run", "maths:spherical", "maths:principal", "run:ways", "run:rows_of")
    return (*(f"core.vae.plane_{name}" for name in names), "core.vae.nets:Autoencoder")


PLANE = Experiment(
    name="vae.plane",
    title="The map of digits",
    question="What lies between two digits?",
    settings=Settings,
    frame=Frame,
    run="core.vae.plane_run:run",
    views=(
        View(
            "map",
            "Map",
            draw.map_,
            "Digits decoded at every place of the latent plane, beside them the one under the "
            "pointer and what a classifier reads in it.",
            clock=False,
            stage=Stage("latent", "", stages.map_payload, stages.map_moved),
        ),
        View(
            "walk",
            "Walk",
            draw.walk,
            "Images to choose from, then ten steps from one to the other: in a straight line "
            "through latent space, along an arc, and as a cross-fade of pixels.",
            clock=False,
            clicked=draw.walk_clicked,
        ),
        View(
            "sum",
            "Arithmetic",
            draw.sum_,
            "Images to choose a, b and c from, the image decoded from the code a - b + c, and what "
            "a classifier reads in it.",
            clock=False,
            clicked=draw.sum_clicked,
        ),
        View(
            "dims",
            "One number at a time",
            draw.dims,
            "A row for each latent number: images decoded with that number changed alone; and the "
            "share of the codes' variance along each principal direction.",
            clock=False,
            stage=Stage("latent_dims", "", stages.dims_payload, stages.dims_moved),
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Decode",
    seconds=0.3,
    source=_source,
    explain=plane_why.explain,
    played=("label", "x", "y", "code", "start", "end", "a", "b", "c"),
    good={
        "map_sure": "share of the map that a classifier reads with over 0.9; it is sure of some "
        "nonsense too",
        "drawn_sure": "higher is better: of codes drawn blindly from a standard normal",
        "middle_sure": "higher is better: half-way between the codes of two images",
        "faded_sure": "the same half-way between their pixels, to compare",
        "read_first": "the classifier's first guess here; near 0.5, and the second too: a border",
        "read_second": "its second guess",
        "map_kinds": "10: every class takes an equal share of the map; 1: one class alone",
        "ways_apart": "0: the straight way and the arc pass the same image; 1: two random ones",
        "tile_step": "0: the next tile is the same; 1: as far as two random images",
        "tile_leap": "lower is smoother; 1: as far as two random images",
        "map_pictures": "1024: every tile is another picture; fewer: only so many codes",
        "walk": "longest of the nine steps; 0.11 is even, where the ends are random images",
        "middle": "1: the code half-way is as long as the ends; under 1: nearer to the centre",
        "sum_read": "1: a - b + c is read as the class of c",
        "sums_right": "higher is better; 0.1 is a blind guess; easy for one that is told the class",
        "active_dims": "latent numbers that say something; the others have collapsed",
        "plane_share": "1: the map shows all there is; less: a slice of it",
        "class_right": "1: wherever you look, the class that was told; only of a conditional one",
    },
)
