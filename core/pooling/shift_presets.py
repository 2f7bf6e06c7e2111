"""Questions about digits on the move, to guess at before they are measured."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

EXACT = 1e-5  # what single precision may leave of a zero


def _anywhere(metrics: Mapping[str, float]) -> int:
    right = metrics["cnn_right"]
    return 0 if right > 0.95 else 1 if right > 0.35 else 2


def _least(metrics: Mapping[str, float]) -> int:
    kinds = ("none", "max", "blur")
    return min(range(3), key=lambda n: metrics[f"change/{kinds[n]}"])


def _far(metrics: Mapping[str, float]) -> int:
    far = metrics["far/max"]
    return 0 if far < 0.3 else 1 if far < 0.9 else 2


def _strides(metrics: Mapping[str, float]) -> int:
    if max(value for name, value in metrics.items() if name.startswith("aliasing/")) < EXACT:
        return 0
    return 1 if metrics["aliasing_at_strides"] < EXACT else 2


def _pattern(metrics: Mapping[str, float]) -> int:
    if metrics["cnn_right"] in (0, 1):
        return 0
    return 2 if metrics["bars_change_strides"] < EXACT else 1


PRESETS = (
    Preset(
        id="anywhere",
        title="Drag it anywhere",
        question="At how many of 169 places does the convolutional network read the digit?",
        options=("At all, or nearly", "At about half", "Only near the middle"),
        settings={},
        watch="The maps of the upper row while you drag, then the bars beside them.",
        saw="It is right at {cnn_right:.0%} of the places, and its 48 averages changed by "
        "{bars_change:.0%}. The plain network is right at {mlp_right:.0%}.",
        why="It learned digits in the middle only. But each filter is tried at every place, so "
        "the maps move along with the digit (equivariance), and the average over a whole map "
        "forgets where on it something was (invariance).",
        next="Hold Shift and press the arrow keys: by whole strides of 4 the bars stay exactly.",
        expected=0,
        outcome=_anywhere,
    ),
    Preset(
        id="plain",
        title="Without convolution",
        question="A plain network of the same size learned the same digits. This 3 has moved 6 "
        "pixels to the right. What does it say?",
        options=("Still 3", "Another digit"),
        settings={"dx": 6},
        watch="The lower row: the weights stay where they are, the digit leaves them.",
        saw="It says {mlp_says:.0f}, the convolutional network {cnn_says:.0f}. Its hidden units "
        "changed by {units_change:.0%} from place to place; it is right at {mlp_right:.0%}.",
        why="Each of its weights belongs to one pixel. A moved digit meets weights that learned "
        "about other parts of digits, or, near the border, never learned at all.",
        next="The verdict map: how far from the middle does it hold?",
        expected=1,
        outcome=lambda m: 0 if m["mlp_says"] == 3 else 1,
    ),
    Preset(
        id="least",
        title="One pixel or two",
        question="The digit moves by one pixel or two. Whose pooled map changes least?",
        options=("Plain stride, no pooling", "Max", "Blurred max"),
        settings={"kinds": ("max", "blur", "none")},
        watch="Change against shift, left, at the first two pixels.",
        saw="On average the maps changed by {change/none:.2f} of their norm with plain stride, "
        "{change/max:.2f} with max, {change/blur:.2f} with the blurred max.",
        why="A stride looks at every second cell only. What is finer than that slips between the "
        "cells or jumps to the next (aliasing). A small blur before the stride takes it away.",
        next="Add average and L2. The wider the window, the smoother: set it to 3.",
        expected=2,
        outcome=_least,
    ),
    Preset(
        id="invariant",
        title="Is max invariant?",
        question="Max pooling is often called shift invariant. The digit moves 8 pixels: how far "
        "is its pooled map from the old one?",
        options=("About where it was", "Half way to nothing in common", "Nearly all is changed"),
        settings={"kernel": 3, "kinds": ("max", "average")},
        watch="Change against shift, left: the dashed line is two maps without a common cell.",
        saw="{far/max:.2f} of its norm, where 1.41 means no cell in common. Over the first two "
        "pixels it was {change/max:.2f}.",
        why="The maximum forgets where in its window the largest value was, and no more. Beyond "
        "the window the value turns up in another cell: invariant only locally, and roughly. "
        "The global pooling at the end of the network is what forgets the place.",
        next="Pooled maps: press Replay and see the maps move along.",
        expected=2,
        outcome=_far,
    ),
    Preset(
        id="strides",
        title="Whole strides",
        question="With a stride of 4, after which shifts is the pooled map exactly the old one, "
        "moved along?",
        options=("After every shift", "After 4 and 8 pixels only", "After none"),
        settings={"kernel": 4, "stride": 4},
        watch="Change against shift, right: where the curves touch 0.",
        saw="At 4 and 8 pixels it is off by {aliasing_at_strides:.3f}. In between, max is off by "
        "{aliasing/max:.2f} on average, the blurred max by {aliasing/blur:.2f}.",
        why="Moved by one stride, each window holds what its neighbour held: equivariant, for any "
        "pooling. In between the windows cut the strokes elsewhere.",
        next="Set the stride to 1: then every shift is a whole stride.",
        expected=1,
        outcome=_strides,
    ),
    Preset(
        id="doubt",
        title="A doubtful 7",
        question="The convolutional network is unsure about this 7. Does its answer depend on "
        "where the digit stands?",
        options=(
            "No: it is invariant",
            "Yes: far from the middle it fails",
            "Yes: right or wrong, the same every 4 pixels",
        ),
        settings={"digit": 7, "example": 1},
        watch="The verdict map, left.",
        saw="It is right at {cnn_right:.0%} of the places. Every 4 pixels its averages are the "
        "same to within {bars_change_strides:.0e}.",
        why="Its two poolings of stride 2 make one of 4. Only shifts by multiples of 4 leave the "
        "averages as they are; all others change them a little, and a close call can tip over.",
        next="The other digits: how often is the map of the convolutional network one colour?",
        expected=2,
        outcome=_pattern,
    ),
)
