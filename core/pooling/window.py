"""Pooling: a window slides over an image, and every kind makes one number of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

import numpy as np

from core import experiment
from core.controls import Choice, Choices, Seed, Slider, Toggle
from core.experiment import Experiment, Stage, View
from core.pictures import IMAGE, Image, ImageSettings
from core.pooling import payload, window_figures, window_why
from core.pooling.place import Column, Row
from core.pooling.sizes import Axis, axes
from core.pooling.window_presets import PRESETS

__all__ = ["WINDOW", "Frame", "Settings"]

Kind = Literal["max", "average", "sum", "l2", "expectation"]
Other = Literal["lp", "min", "median", "stochastic", "blur", "global-max", "global-average"]
FIVE: tuple[Kind, ...] = get_args(Kind)
LABELS = {
    "max": "Maximum", "l2": "L2 norm", "lp": "Lp norm", "min": "Minimum",
    "blur": "Blurred maximum", "global-max": "Global maximum",
}  # fmt: skip


class Settings(ImageSettings):
    """An image, the kinds of pooling, and how their window slides over it."""

    image: Annotated[Image, IMAGE] = "eight"
    kinds: Annotated[
        tuple[Kind, ...],
        Choices("Kinds of pooling", 1, 5, labels=LABELS,
                help="Each makes one number of the same window. More kinds are under More."),
    ] = FIVE  # fmt: skip
    others: Annotated[
        tuple[Other, ...],
        Choices("Further kinds", 0, 7, labels=LABELS, level="more",
                help="Beside those above. The global ones make one number of the whole image."),
    ] = ()  # fmt: skip
    kernel: Annotated[
        int, Slider("Window", 1, 8, 1, unit="cells a side", help="In libraries: kernel size.")
    ] = 2
    stride: Annotated[
        int,
        Slider("Stride", 0, 8, 1, help="Cells from window to window; 0, as many as a window has."),
    ] = 0
    padding: Annotated[
        int, Slider("Padding", 0, 3, 1, unit="cells", help="On every side of the image.")
    ] = 0
    dilation: Annotated[
        int, Slider("Dilation", 1, 3, 1, level="more", help="Cells from tap to tap of a window.")
    ] = 1
    ceil_mode: Annotated[
        bool,
        Toggle("A last window may hang over the edge", level="more",
               help="The size is rounded up, not down: ceil_mode."),
    ] = False  # fmt: skip
    count_include_pad: Annotated[
        bool,
        Toggle("Padding counts in the average", level="more", when={"kinds": ("average",)},
               help="As cells of value 0: count_include_pad."),
    ] = True  # fmt: skip
    m: Annotated[
        float,
        Slider("Sharpness m of the expectation", 0, 50, 0.5, level="more",
               when={"kinds": ("expectation",)}, help="0: the average. Large: the maximum."),
    ] = 1.0  # fmt: skip
    p: Annotated[
        float,
        Slider("Power p of the norm", 0.5, 10, 0.5, level="more", when={"others": ("lp",)},
               help="1: the sum of absolute values. 2: the L2 norm. Large: the maximum of them."),
    ] = 3.0  # fmt: skip
    flow: Annotated[
        Literal["cell", "all"],
        Choice("Gradient of", level="more",
               labels={"cell": "The chosen output", "all": "The sum of all outputs"}),
    ] = "cell"  # fmt: skip
    row: Row = -1
    column: Column = -1
    seed: Annotated[
        int, Seed(level="more", help="Of the draws of stochastic pooling.",
                  when={"others": ("stochastic",)}),
    ] = 0  # fmt: skip

    @property
    def all_kinds(self) -> tuple[str, ...]:
        """The kinds that are shown, in order."""
        return self.kinds + self.others

    def around(self, shape: tuple[int, ...]) -> tuple[Axis, Axis]:
        """The axes (down, across) of the window on an image; ValueError, in numbers: none fits."""
        stride = self.stride or None
        return axes(shape, self.kernel, stride, self.padding, self.dilation, self.ceil_mode)

    def words(self, kind: str) -> str:
        """A kind as it reads on screen."""
        control = self.controls()["kinds"]
        assert isinstance(control, Choices)
        return control.words(kind)


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """An image, each kind's output, and the gradients; in the order of ``settings.all_kinds``.

    All float64 but the shapes, counts and place, int64. What a kind cannot pool (a window without
    a real cell, negatives drawn from) has the shape 0 x 0. Metrics: ``value/<kind>`` at the place,
    ``grad_cells/<kind>``, the cells with a gradient, and outputs, the windows.
    """

    image: np.ndarray  # (H, W) brightness
    channels: np.ndarray  # () int64, how many the image has: of three, brightness is a mean
    values: np.ndarray  # (n,) the outputs of all kinds, row by row, one after the other
    shapes: np.ndarray  # (kinds, 2) height and width of each output
    taps: (
        np.ndarray
    )  # (kinds, windows, kernel * kernel) d result / d tap; 0 of blur and global ones
    back: np.ndarray  # (kinds, H, W) d chosen output, or d sum of all, / d cell
    counts: np.ndarray  # (oh, ow) the cells by which an average is divided
    place: np.ndarray  # (2,) row and column of the output

    def output(self, k: int) -> np.ndarray:
        """The output (height, width) of the k-th kind."""
        ends = np.cumsum(self.shapes.prod(1))
        flat = self.values[ends[k] - self.shapes[k].prod() : ends[k]]
        return flat.reshape(self.shapes[k])

    def at(self, k: int) -> tuple[int, int]:
        """The place in the output of the k-th kind: its own where that is smaller."""
        row, column = np.minimum(self.place, self.shapes[k] - 1).tolist()
        return row, column


def _source(settings: Settings) -> tuple[str, ...]:
    rules = [k for k in settings.all_kinds if not k.startswith("global-") and k != "blur"]
    inside = [f"core.pooling.reductions:_{kind}" for kind in rules]
    return "core.pooling.sliding:run", "core.pooling.ops:pool2d", *inside


STAGE = Stage(
    "window",
    "Drag the window over the image, or move it with the arrow keys.",
    payload.window,
    payload.window_moved,
)

WINDOW = Experiment(
    name="pooling.window",
    title="One window, many summaries",
    question="What does pooling keep of a window, and what does it lose?",
    settings=Settings,
    frame=Frame,
    run="core.pooling.sliding:run",
    views=(
        View(
            "window",
            "Window in numbers",
            window_figures.window,
            "The image with a window on it, the window's numbers, and what each kind of pooling "
            "makes of them.",
            clock=False,
            stage=STAGE,
        ),
        View(
            "maps",
            "Every kind's map",
            window_figures.maps,
            "The image, and the output of every kind of pooling, side by side.",
            clock=False,
        ),
        View(
            "flow",
            "Where the gradient flows",
            window_figures.flow,
            "For every kind of pooling, the cells of the image to which the gradient of its "
            "output flows back, and how much of it.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Slide the window",
    seconds=0.1,
    source=_source,
    explain=window_why.explain,
    good={
        "value": "what this kind makes of the chosen window",
        "grad_cells": "cells of the image that learn from it; the others get no gradient",
        "outputs": "windows that fit, by the size formula",
    },
)
