"""Which image it is: the settings that experiments on one picture share, and its cells."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import field_validator

from core import experiment
from core.controls import Choice, Data, Slider, Text
from core.data import images, mnist, uploads
from core.settings import SettingError

MOST_CELLS, MOST_VALUE = 12, 1000.0  # of a typed grid: rows and columns; how far from 0
DIGITS = ("digit",)
COLOURED = ("photograph", "upload")
SQUARE = "0 0 0 0 0 0; 0 0 0 0 0 0; 0 0 1 1 0 0; 0 0 1 1 0 0; 0 0 0 0 0 0; 0 0 0 0 0 0"

Image = Literal["seven", "eight", "digit", "photograph", "cells", "upload"]
IMAGE = Choice(
    "Image",
    labels={
        "seven": "A 7 of 7 x 7 cells",
        "eight": "An 8 of 8 x 8 cells",
        "digit": "A digit of MNIST, 28 x 28",
        "photograph": "A photograph, 48 x 48",
        "cells": "Cells of your own",
        "upload": "Upload an image",
    },
)


class ImageSettings(experiment.Settings):
    """The image, and what some of the images ask for."""

    image: Annotated[Image, IMAGE] = "seven"
    digit: Annotated[int, Slider("Digit", 0, 9, 1, when={"image": DIGITS})] = 7
    example: Annotated[
        int,
        Slider("Writer", 0, 199, 1, level="more", when={"image": DIGITS},
               help="Which of 200 examples of this digit."),
    ] = 0  # fmt: skip
    photograph: Annotated[
        Literal["china", "flower"],
        Choice("Photograph", labels={"china": "A pavilion", "flower": "A dahlia"},
               when={"image": ("photograph",)}),
    ] = "china"  # fmt: skip
    cells: Annotated[
        str,
        Text("Cells", 1500, when={"image": ("cells",)},
             help="Numbers with spaces between them and a semicolon after each row, as in "
             "0 0.5 1; 1 0.5 0. Or type into the cells of the picture."),
    ] = SQUARE  # fmt: skip
    upload: Annotated[
        str,
        Data(
            "Image file", "core.data.images:in_words", images.KINDS, images.MOST_BYTES,
            when={"image": ("upload",)},
            help="PNG, JPEG, GIF, BMP or WebP to 5 MB. It is shrunk to at most 48 x 48 cells.",
        ),
    ] = ""  # fmt: skip

    @field_validator("cells")
    @classmethod
    def _cells_are_a_grid(cls, text: str) -> str:
        grid(text)
        return text


def grid(text: str, most: int = MOST_CELLS) -> np.ndarray:
    """Typed cells as (rows, columns) float64: ``0 0.5 1; 1 0.5 0``.

    Spaces or commas between numbers, semicolons or line ends after rows. Raises ValueError, a
    sentence, where it is no grid of 1 x 1 to most x most finite numbers from -1000 to 1000.
    """
    rows = [row.replace(",", " ").split() for row in text.replace("\n", ";").split(";")]
    rows = [row for row in rows if row]
    if not rows:
        raise ValueError("at least one number, as in 0 0.5 1; 1 0.5 0")
    for n, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"rows of equal length; row {n} has {len(row)} cells and row 1 has {len(rows[0])}"
            )
    if max(len(rows), len(rows[0])) > most:
        raise ValueError(f"at most {most} x {most} cells, not {len(rows)} x {len(rows[0])}")
    return np.array([[_number(cell) for cell in row] for row in rows])


def _number(cell: str) -> float:
    try:
        value = float(cell.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        value = math.nan
    if "_" in cell or not abs(value) <= MOST_VALUE:
        shown = cell if len(cell) <= 12 else f"{cell[:11]}..."
        raise ValueError(f"numbers from -1000 to 1000; {shown!r} is none")
    return value + 0.0  # no negative zero


def text_of(cells: np.ndarray) -> str:
    """A grid as text, each number in the fewest digits that read back as the same."""
    return ";".join(" ".join(_short(value) for value in row) for row in cells.tolist())


def _short(value: float) -> str:
    text = f"{value:g}"
    return text if float(text) == value else repr(value)


def typed(settings: ImageSettings) -> str:
    """The image as a text that can be typed over; empty where it cannot."""
    if settings.image in images.SMALL:
        return text_of(images.small(settings.image))
    return text_of(grid(settings.cells)) if settings.image == "cells" else ""


def load(settings: ImageSettings) -> np.ndarray:
    """The image, (1, H, W) or (3, H, W) float64; typed cells as they are, others in [0, 1].

    Raises SettingError for a file that is not here or cannot be read.
    """
    if settings.image in images.SMALL:
        return images.small(settings.image)[None]
    if settings.image == "cells":
        return grid(settings.cells)[None]
    if settings.image == "digit":
        tests, _ = mnist.pixels("test")
        return tests[None, settings.digit + mnist.CLASSES * settings.example] / 255
    if settings.image == "photograph":
        return images.photograph(settings.photograph)
    try:
        return images.read(uploads.get(settings.upload)).cells
    except (uploads.Missing, images.ImageError) as error:
        raise SettingError("upload", settings.upload, f"a file kept here. {error}") from None


def decimals(*grids: np.ndarray) -> int:
    """The fewest decimals, 0 to 2, that say every number to the last digit; 2 where none do."""
    values = np.concatenate([np.asarray(one, float).ravel() for one in grids])
    return next((d for d in (0, 1) if np.abs(values - values.round(d)).max(initial=0) < 1e-9), 2)
