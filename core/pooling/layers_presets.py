"""Questions to a trained network's insides."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def _watched(metrics: Metrics) -> int:
    return 0 if metrics["seen_by"] <= 4 else 1 if metrics["seen_by"] < 40 else 2


def _where(metrics: Metrics) -> int:
    """0.25 is even; a third and more, mostly the middle."""
    share = metrics["field_share"]
    return 1 if share > 1 / 3 else 2 if share < 1 / 6 else 0


def _kept(metrics: Metrics) -> int:
    return 0 if metrics["kept"] < 0.3 else 1 if metrics["kept"] < 0.6 else 2


PRESETS = (
    Preset(
        id="field",
        title="Who sees a pixel",
        question="Two poolings have halved the image twice: 28x28 pixels became 7x7 neurons, 4x4 "
        "pixels for each. How many of the 49 see one and the same pixel?",
        options=("One: each has its own part", "About 16", "All 49"),
        settings={},
        watch="The orange frame on the image, and what it shrinks to on the maps between. Point at "
        "the neighbours.",
        saw="Each spans {field:.0f}x{field:.0f} pixels, not 4x4: a pixel is seen by "
        "{seen_by:.0f} neurons.",
        why="Every 5x5 convolution adds four places to the side of the field, and after a pooling "
        "each of those places is two pixels wide. Fields grow faster than maps shrink, so they "
        "overlap (receptive field).",
        next="Click cells of earlier layers: 5, 6, 14, 16 pixels a side. Then one at the border.",
        expected=1,
        outcome=_watched,
    ),
    Preset(
        id="effective",
        title="What it really uses",
        question="A neuron behind two poolings spans 16x16 pixels. How much of its gradient lies "
        "in the middle quarter of that area, on the average of 100 images?",
        options=("A quarter: all pixels alike", "Much more: the middle counts", "Hardly any"),
        settings={"overlay": "mean"},
        watch="The pink on the image: how strongly each pixel moves the neuron.",
        saw="The middle quarter of the field has {field_share:.0%} of the gradient.",
        why="From a pixel in the middle many ways lead to the neuron, through many places of the "
        "layers between; from one at the rim, only one. The effective receptive field is smaller "
        "than the field, and with more layers it fades like a bell.",
        next="Look at the first convolution: one layer, one way from each pixel, about a quarter.",
        expected=1,
        outcome=_where,
    ),
    Preset(
        id="pooled",
        title="What pooling drops",
        question="Max pooling keeps one number of four. How much of the layer's sum is left?",
        options=("A quarter", "More: between a third and a half", "Nearly all"),
        settings={"layer": "pool1", "channel": 6, "row": 7, "column": 8},
        watch="The maps before and after the pooling: the strokes stay, only coarser.",
        saw="A quarter of the numbers keeps {kept:.0%} of the sum.",
        why="It keeps the largest of each window, and strong numbers stand beside weaker ones. "
        "What is lost is where in the window the largest was: a shift by a pixel may change "
        "nothing.",
        next="Switch to What each layer passes on: a window gives 0 only if all four are 0.",
        expected=1,
        outcome=_kept,
    ),
)
