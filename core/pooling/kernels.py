"""Convolution: a kernel slides over an image, and every product of a window can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import field_validator

from core import experiment
from core.controls import Choice, Slider, Text
from core.experiment import Experiment, Stage, View
from core.pictures import COLOURED, ImageSettings, grid
from core.pooling import kernel_bank, kernels_figures, kernels_why, payload
from core.pooling.kernels_presets import PRESETS
from core.pooling.place import Column, Row

__all__ = ["KERNELS", "Frame", "Settings"]

LABELS = {
    "vertical-edge": "Vertical edges",
    "horizontal-edge": "Horizontal edges",
    "sobel-x": "Sobel x: brighter to the right",
    "sobel-y": "Sobel y: brighter downwards",
    "laplacian": "Laplacian: spots and lines",
    "box-blur": "Blur (box)",
    "gaussian-blur": "Blur (Gaussian)",
    "gabor": "Gabor: stripes of a width",
    "identity": "Nothing (identity)",
    "own": "A kernel of your own",
}
SCALES = {
    "plain": "Every cell (stride 1)",
    "strided": "Smaller: in strides",
    "transposed": "Larger: transposed convolution",
    "upsampled": "Larger: cells repeated, then convolved",
}
PADDINGS = {"0": "None", "1": "1 cell", "2": "2 cells", "3": "3 cells", "same": "Keep the size"}
OPERATIONS = {
    "cross-correlation": "Laid on as it is (cross-correlation)",
    "convolution": "Turned by 180 degrees first (convolution)",
}
CHANNELS = {"together": "Together: one sum", "apart": "Apart: one output each"}
GABOR = {"kernel": ("gabor",)}


class Settings(ImageSettings):
    """An image, a kernel, and how the one slides over the other."""

    kernel: Annotated[
        Literal[
            "vertical-edge", "horizontal-edge", "sobel-x", "sobel-y", "laplacian", "sharpen",
            "box-blur", "gaussian-blur", "emboss", "gabor", "identity", "own",
        ],
        Choice("Kernel", labels=LABELS, help="The weights that lie on the window."),
    ] = "vertical-edge"  # fmt: skip
    angle: Annotated[float, Slider("Direction", 0, 175, 5, unit="degrees", when=GABOR)] = 0.0
    wavelength: Annotated[
        float, Slider("Wavelength", 2, 8, 0.5, unit="cells", level="more", when=GABOR)
    ] = 4.0
    scale: Annotated[Literal["plain", "strided", "transposed", "upsampled"], Choice(
        "Output", labels=SCALES, help="How large it is beside the image.",
    )] = "plain"  # fmt: skip
    stride: Annotated[
        int,
        Slider("Stride", 1, 4, 1, when={"scale": ("strided", "transposed", "upsampled")},
               help="Cells from window to window; where the output is larger, how many times."),
    ] = 2  # fmt: skip
    padding: Annotated[
        Literal["0", "1", "2", "3", "same"],
        Choice("Padding", labels=PADDINGS,
               help="Zeros around the image; a transposed convolution cuts so many cells off."),
    ] = "0"  # fmt: skip
    weights: Annotated[
        str,
        Text("Own kernel", 1200, level="more", when={"kernel": ("own",)},
             help="1 x 1 to 7 x 7 numbers, a semicolon after each row. Or type into the picture."),
    ] = "-1 0 1; -1 0 1; -1 0 1"  # fmt: skip
    operation: Annotated[
        Literal["cross-correlation", "convolution"],
        Choice("Kernel is", labels=OPERATIONS, level="more",
               help="Every deep-learning library lays it on as it is, and calls that convolution."),
    ] = "cross-correlation"  # fmt: skip
    dilation: Annotated[
        int,
        Slider("Dilation", 1, 3, 1, level="more", help="Cells from weight to weight."),
    ] = 1
    channels: Annotated[
        Literal["together", "apart"],
        Choice("Red, green, blue", labels=CHANNELS, level="more", when={"image": COLOURED}),
    ] = "together"
    channel: Annotated[
        Literal["red", "green", "blue"],
        Choice("Channel in numbers", level="more", when={"channels": ("apart",)},
               help="Of a colour image; a grey one has a single channel."),
    ] = "red"  # fmt: skip
    row: Row = -1
    column: Column = -1

    @field_validator("padding", mode="before")
    @classmethod
    def _padding_by_number(cls, given: Any) -> Any:
        return str(given) if type(given) is int else given

    @field_validator("weights")
    @classmethod
    def _weights_are_a_grid(cls, text: str) -> str:
        grid(text, kernel_bank.MOST_SIDE)
        return text

    def chosen_kernel(self) -> np.ndarray:
        """The kernel (kh, kw) as its table or formula has it."""
        if self.kernel == "own":
            return grid(self.weights)
        if self.kernel == "gabor":
            return kernel_bank.gabor(self.angle, self.wavelength)
        return kernel_bank.table(self.kernel)

    def applied_kernel(self) -> np.ndarray:
        """The kernel as the library's function gets it: turned for a convolution."""
        kernel = self.chosen_kernel()
        return kernel_bank.turned(kernel) if self.operation == "convolution" else kernel

    def laid_kernel(self) -> np.ndarray:
        """The kernel as it lies on the window; a transposed convolution turns it once more."""
        kernel = self.applied_kernel()
        return kernel_bank.turned(kernel) if self.scale == "transposed" else kernel

    def shown_channel(self) -> int:
        """The number of the channel in numbers, of a colour image with channels apart."""
        return ("red", "green", "blue").index(self.channel)


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """An image, the map that the window slides over, what comes out, and one window's products.

    All float64 but place and taps. Where no window fits, outputs are empty and products zeros.
    Metrics: ``value`` and the rest of ``core.pooling.convolving.metrics``.
    """

    image: np.ndarray  # (1 or 3, H, W)
    padded: np.ndarray  # (H', W') one channel or the sum of all, spread out and padded
    outputs: np.ndarray  # (1, oh, ow), or (3, oh, ow) of channels apart
    other: np.ndarray  # the same with the kernel turned by 180 degrees: the other operation
    place: np.ndarray  # (2,) row and column in the output, int64
    products: np.ndarray  # (kh, kw) cell times weight, at the place
    matrix: np.ndarray  # (outputs, inputs) the convolution written out
    taps: np.ndarray  # (outputs, inputs) which weight each entry is, from 1; 0: none; int64
    written: np.ndarray  # (4,) the matrix' input and output sizes, int64
    example: np.ndarray  # () bool: the matrix is that of a 4 x 4 image, this one being too large


def _source(settings: Settings) -> tuple[str, ...]:
    inside = "conv_transpose2d" if settings.scale == "transposed" else "conv2d"
    return (
        "core.pooling.convolving:convolve",
        f"core.pooling.convolutions:{inside}",
        "core.pooling.convolving:run",
    )


STAGE = Stage(
    "window",
    "Drag the window over the image, or move it with the arrow keys.",
    payload.kernels,
    payload.kernels_moved,
)

KERNELS = Experiment(
    name="pooling.kernels",
    title="A kernel and its window",
    question="What does a convolution compute, number by number?",
    settings=Settings,
    frame=Frame,
    run="core.pooling.convolving:run",
    views=(
        View(
            "window",
            "Window in numbers",
            kernels_figures.window,
            "The image with a window on it, the products of its cells with the kernel's weights, "
            "and the output with the cell that their sum is.",
            clock=False,
            stage=STAGE,
        ),
        View(
            "whole",
            "Whole picture",
            kernels_figures.whole,
            "The image, the kernel, and what comes out of the cross-correlation with it and of the "
            "convolution, beside each other.",
            clock=False,
        ),
        View(
            "matrix",
            "As a matrix",
            kernels_figures.matrix,
            "The convolution as a matrix from image to output: in each row the same few weights, "
            "each in its own colour, one place further on; beside it the kernel.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Slide the kernel",
    seconds=0.1,
    source=_source,
    explain=kernels_why.explain,
    good={
        "value": "the sum of this window's products",
        "outputs": "numbers that come out, one for each window and channel",
        "parameters": "weights that the layer has to learn, biases left out",
        "dense_parameters": "those of a fully connected layer between the same sizes",
        "largest": "the highest output; it stands in peak_row and peak_column",
        "peak_row": "row of the highest output, from 0 at the top",
        "peak_column": "column of the highest output, from 0 at the left",
        "flip_change": "the most that turning the kernel by 180 degrees changes; 0, nothing",
        "flip_sum": "0 where turning the kernel turns every sign",
        "unevenness": "highest minus lowest output, a kernel's reach from the border left out",
    },
)
