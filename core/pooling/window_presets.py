"""Questions about pooling, each answered by the numbers of its own run."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]

NEGATIVE = "-1 -1 -1 -1;-1 -2 -2 -1;-1 -2 -2 -1;-1 -1 -1 -1"


def _above_largest(metrics: Metrics) -> int:
    """How many of sum and L2 lie above the maximum."""
    return sum(metrics[f"value/{kind}"] > metrics["value/max"] for kind in ("sum", "l2"))


def _nearest(value: float, *guesses: float) -> int:
    return min(range(len(guesses)), key=lambda n: abs(guesses[n] - value))


def _way(metrics: Metrics) -> int:
    """Near the average, between, or near the maximum."""
    low, high = metrics["value/average"], metrics["value/max"]
    share = (metrics["value/expectation"] - low) / (high - low)
    return 0 if share < 1 / 3 else 1 if share < 2 / 3 else 2


PRESETS = (
    Preset(
        id="above-the-largest",
        title="More than the largest",
        question="The window holds 1, 0.8, 0.3 and 0.6. Which kinds of pooling make a number of it "
        "that is larger than 1?",
        options=("None: a summary lies within", "The sum alone", "The sum and the L2 norm"),
        settings={},
        watch="The five results beside the window.",
        saw="Maximum {value/max:.2f}, sum {value/sum:.2f}, L2 norm {value/l2:.3f}; average "
        "{value/average:.3f} and expectation {value/expectation:.3f} stay within.",
        why="Sum and L2 norm grow with every cell that is not 0; the root of the sum of squares is "
        "the largest cell and a little more. Average and expectation are weighted means.",
        next="Move to a window with one bright cell: there L2 norm and maximum are close.",
        expected=2,
        outcome=_above_largest,
    ),
    Preset(
        id="who-learns",
        title="Who learns?",
        question="64 cells, 16 windows of 2 x 2. To how many cells does the gradient flow back "
        "through maximum pooling?",
        options=("All 64", "16, one a window", "1"),
        settings={"kinds": ("max", "average"), "flow": "all"},
        watch="The view Where the gradient flows.",
        saw="{grad_cells/max:.0f} through the maximum, {grad_cells/average:.0f} through the "
        "average.",
        why="A maximum depends on its largest cell alone: a small change of any other changes "
        "nothing. An average hands every cell a quarter.",
        next="The L2 norm: in proportion to the cells, so nothing to those that are 0.",
        expected=1,
        outcome=lambda m: _nearest(m["grad_cells/max"], 64, 16, 1),
    ),
    Preset(
        id="a-tie",
        title="A tie",
        question="Four cells of the same value. The maximum is any of them: who gets its gradient?",
        options=("Each a quarter", "The first alone", "Nobody"),
        settings={"image": "cells", "cells": "1 1;1 1", "kinds": ("max", "average")},
        watch="The gradient of the maximum.",
        saw="{grad_cells/max:.0f} cell, the first in reading order.",
        why="At a tie the maximum has no gradient, only subgradients, and a library picks one. "
        "torch's choice is the first cell; the mean of the four would be as right.",
        next="Make the last cell 1.1: now it is the only one.",
        expected=1,
        outcome=lambda m: {4: 0, 1: 1}.get(int(m["grad_cells/max"]), 2),
    ),
    Preset(
        id="sixteen-ones",
        title="L2 against sum",
        question="A window of 4 x 4 ones. Their sum is 16; what is their L2 norm?",
        options=("16", "4", "1"),
        settings={
            "image": "cells",
            "cells": "1 1 1 1;1 1 1 1;1 1 1 1;1 1 1 1",
            "kinds": ("sum", "l2", "average", "max"),
            "kernel": 4,
        },
        watch="How sum, L2 norm and maximum spread.",
        saw="{value/l2:.0f}, between the maximum's {value/max:.0f} and the sum's {value/sum:.0f}.",
        why="The root of 16 squares of 1. With the number n of equal cells the sum grows as n, the "
        "L2 norm as its root, the maximum and the average not at all.",
        next="Set all cells but one to 0: now sum, L2 norm and maximum agree.",
        expected=1,
        outcome=lambda m: _nearest(m["value/l2"], 16, 4, 1),
    ),
    Preset(
        id="over-the-edge",
        title="Over the edge",
        question="3 x 3 ones, windows of 2 x 2, and the last may hang over the edge (ceil mode): "
        "the corner window holds a single 1. What is its average?",
        options=("1/4: four cells count", "1: one cell counts"),
        settings={
            "image": "cells",
            "cells": "1 1 1;1 1 1;1 1 1",
            "kinds": ("average", "max", "sum"),
            "ceil_mode": True,
            "row": 1,
            "column": 1,
        },
        watch="The number of cells that count, beside the average.",
        saw="{value/average:.0f}, where the sum is {value/sum:.0f}.",
        why="What hangs over is no cell, not even padding, so the average divides by those that "
        "are there. Padding that was asked for does count, unless that is turned off.",
        next="Ceil mode off and padding 1: the corner at the upper left is now 1/4.",
        expected=1,
        outcome=lambda m: _nearest(m["value/average"], 0.25, 1),
    ),
    Preset(
        id="sharper",
        title="From average to maximum",
        question="Expectation pooling weighs the cells by a softmax of m times their values. At m "
        "= 10, where is it between average and maximum?",
        options=("Near the average", "About half-way", "Near the maximum"),
        settings={"kinds": ("average", "expectation", "max"), "m": 10},
        watch="The weights in its formula.",
        saw="{value/expectation:.3f}, between {value/average:.3f} and {value/max:.3f}.",
        why="At m = 0 all weights are equal: the average. As m grows the largest cell takes them "
        "all: the maximum, but with a gradient that every cell still sees.",
        next="m = 0, then 2, then 50 (under More).",
        expected=2,
        outcome=_way,
    ),
    Preset(
        id="padding-wins",
        title="Does padding win?",
        question="All cells are negative, and there is a rim of padding. What is the maximum in "
        "the corner, where three of four cells are padding?",
        options=("0, the padding", "The negative cell"),
        settings={
            "image": "cells",
            "cells": NEGATIVE,
            "kinds": ("max", "average", "sum"),
            "padding": 1,
            "row": 0,
            "column": 0,
        },
        watch="The hatched cells, and the maximum beside the average.",
        saw="The maximum is {value/max:.0f}, the average {value/average:.2f}.",
        why="To a maximum padding is minus infinity, so it never wins. To sum and average it is "
        "0, and pulls towards 0. Zero padding put on by hand, before the pooling, does win.",
        next="Turn off that padding counts in the average.",
        expected=1,
        outcome=lambda m: int(m["value/max"] < 0),
    ),
)
