"""Questions about convolution, each answered by the numbers of its own run."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]

DARK, BRIGHT = "0 0 0 0 0 0 0", "0 0 1 1 1 0 0"
BLOCK = ";".join([DARK, DARK, BRIGHT, BRIGHT, BRIGHT, DARK, DARK])
RAMP = "0 0.1 0.2 0.3;0.4 0.5 0.6 0.7;0.8 0.9 1 0.9;0.8 0.7 0.6 0.5"
ONES = ";".join(["1 1 1 1"] * 4)


def _sign(metrics: Metrics) -> int:
    value = metrics["value"]
    return 1 if abs(value) < 0.1 else 0 if value > 0 else 2


def _side(metrics: Metrics) -> int:
    """Where the largest of 5 x 5 outputs lies: left, right, top, bottom."""
    down, across = metrics["peak_row"] - 2, metrics["peak_column"] - 2
    if abs(across) > abs(down):
        return 0 if across < 0 else 1
    return 2 if down < 0 else 3


def _flip(metrics: Metrics) -> int:
    if metrics["flip_change"] < 1e-12:
        return 0
    return 1 if metrics["flip_sum"] < 1e-12 else 2


def _nearest(value: float, *guesses: float) -> int:
    return min(range(len(guesses)), key=lambda n: abs(guesses[n] - value))


PRESETS = (
    Preset(
        id="half-way",
        title="Nine products",
        question="Half-way across the 7, the left column of the window counts as minus and the "
        "right as plus. What do the nine products add up to?",
        options=("Above 0", "About 0", "Below 0"),
        settings={},
        watch="The nine products, and the cell of the output that their sum is.",
        saw="{value:.1f}: the right column holds that much more light than the left.",
        why="The stroke of the 7 fills the window's right column and little of its left one. The "
        "kernel has learned nothing: it is a question, is it brighter on the right?",
        next="Move the window with the arrow keys to the other side of the stroke.",
        expected=0,
        outcome=_sign,
    ),
    Preset(
        id="which-side",
        title="A white square",
        question="A white square on black, and Sobel x. Along which side of the square is the "
        "output highest?",
        options=("Left", "Right", "Top", "Bottom"),
        settings={"image": "cells", "cells": BLOCK, "kernel": "sobel-x"},
        watch="The output: one side is high, the one across from it as far below 0.",
        saw="{largest:.0f}, in column {peak_column:.0f} of 0 to 4: there it turns from dark to "
        "light.",
        why="Sobel x takes what is left from what is right. Entering the square from the left that "
        "is plus, leaving it minus. Top and bottom are alike on both sides, and cancel.",
        next="Sobel y: which two sides light up now? And what does the Laplacian do?",
        expected=0,
        outcome=_side,
    ),
    Preset(
        id="turned",
        title="Turned round",
        question="A convolution, as mathematics has it, turns the kernel by 180 degrees first. "
        "What does that do to the answers of Sobel x?",
        options=("Nothing", "It turns every sign", "It moves the picture"),
        settings={"image": "digit", "kernel": "sobel-x", "operation": "convolution"},
        watch="The output with the kernel as it is, and turned (under More).",
        saw="The answers changed by up to {flip_change:.1f}, and those of both ways add up to "
        "{flip_sum:.0f} everywhere.",
        why="Turned round, Sobel x is minus itself. In general, turned kernels are other kernels. "
        "Libraries never turn them: a kernel that is learned is learned turned, if that is better.",
        next="Do the same with a blur.",
        expected=1,
        outcome=_flip,
    ),
    Preset(
        id="turned-blur",
        title="Turned, and nothing happens",
        question="The same for the Gaussian blur: what does turning it by 180 degrees do?",
        options=("Nothing", "It turns every sign", "It moves the picture"),
        settings={"image": "digit", "kernel": "gaussian-blur", "operation": "convolution"},
        watch="The kernel: is it the same upside down?",
        saw="The largest change is {flip_change:.1f}.",
        why="A kernel that is the same after half a turn has one answer for both. So blur, "
        "sharpen and Laplacian never show which of the two a library computes; emboss does.",
        next="Emboss: turned, light seems to come from the other corner.",
        expected=0,
        outcome=_flip,
    ),
    Preset(
        id="few-weights",
        title="How many weights?",
        question="A fully connected layer from 4 x 4 cells to 2 x 2 outputs has 64 weights. How "
        "many has this convolution?",
        options=("64", "36", "16", "9"),
        settings={"image": "cells", "cells": RAMP, "row": 0, "column": 0},
        watch="The view As a matrix: one colour is one weight.",
        saw="{parameters:.0f} weights where the dense layer has {dense_parameters:.0f}.",
        why="Each output sees 9 of the 16 cells, so 28 entries are 0; and all four outputs share "
        "the same 9 weights, so 36 entries are 9 numbers. Sharing makes the layer equivariant.",
        next="Choose the digit of 28 x 28: the dense layer grows a thousandfold, this one not at "
        "all.",
        expected=3,
        outcome=lambda m: _nearest(m["parameters"], 64, 36, 16, 9),
    ),
    Preset(
        id="strides",
        title="Two at a time",
        question="28 x 28 = 784 cells, one cell of padding, and the kernel moves two cells at a "
        "time. How many outputs?",
        options=("784", "392, half", "196, a quarter"),
        settings={"image": "digit", "scale": "strided", "stride": 2, "padding": "1"},
        watch="The size of the output.",
        saw="{outputs:.0f}: 14 rows of 14.",
        why="Every second place down and every second across: a quarter. The formula, "
        "floor((28 + 2 - 2 - 1)/2) + 1 = 14, on both axes.",
        next="Take the padding away: 13 x 13.",
        expected=2,
        outcome=lambda m: _nearest(m["outputs"], 784, 392, 196),
    ),
    Preset(
        id="checkerboard",
        title="Flat in, flat out?",
        question="Every cell is 1. A transposed convolution with nine equal weights makes it twice "
        "as large. Is the result flat inside?",
        options=("Flat", "A checkerboard"),
        settings={
            "image": "cells",
            "cells": ONES,
            "kernel": "box-blur",
            "scale": "transposed",
            "stride": 2,
        },
        watch="The output, away from its border.",
        saw="Highest minus lowest is {unevenness:.2f} inside.",
        why="Stamps of 3 cells, 2 apart, overlap in every second row and column: some cells get 4 "
        "stamps, others 2 or 1 (Odena et al. 2016). A kernel size that the stride divides is even.",
        next="Choose cells repeated, then convolved: it is flat.",
        expected=1,
        outcome=lambda m: int(m["unevenness"] > 1e-9),
    ),
)
