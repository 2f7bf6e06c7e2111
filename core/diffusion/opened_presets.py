"""Questions to guess at about the inside of a U-Net, each with what the run bears out."""

from __future__ import annotations

from core.experiment import Metrics, Preset

SKIPS = ("finest", "middle", "coarsest")


def _missed(m: Metrics) -> int:
    """The skip whose absence costs most."""
    return max(range(3), key=lambda n: m[f"loss/{SKIPS[n]}-off"])


def _bottleneck(m: Metrics) -> int:
    """How much of the bottleneck the digit makes: under 5 %, up to 70 %, more."""
    return sum(m["digit/bottleneck"] > limit for limit in (0.05, 0.7))


def _raised(m: Metrics) -> int:
    """How much more of the bottleneck than of what goes in the digit makes."""
    if m["digit/bottleneck"] > 0.7:
        return 2
    return int(m["digit/bottleneck"] > 2.5 * m["digit/input"])


PRESETS = (
    Preset(
        id="seen",
        title="What gets through",
        question="At t = 400 the greater part of what goes in is noise. And in the bottleneck, "
        "where 7×7 places are left?",
        options=("Nearly all noise", "About half and half", "Nearly all digit"),
        settings={},
        watch="What each block sees: the bars, from the top.",
        saw="The digit makes {digit/input:.0%} of the variance that goes in and "
        "{digit/bottleneck:.0%} of the bottleneck's.",
        why="A number of the bottleneck sums over hundreds of pixels. Noise is drawn anew for each "
        "pixel and cancels in sums; a stroke runs on from pixel to pixel and adds up.",
        next="Click the bottleneck: 64 coarse maps in which a digit can still be made out.",
        expected=2,
        outcome=_bottleneck,
    ),
    Preset(
        id="all-off",
        title="All skips off",
        question="All skip connections are switched off, and nothing else is touched. How large "
        "is the loss?",
        options=("Much the same", "Twice as large", "More than three times as large"),
        settings={"skips": "all-off"},
        watch="Skips off: both walls began with the same noise.",
        saw="The loss goes from {loss/all-on:.3f} to {loss/all-off:.3f}. A classifier reads "
        "{read/on:.0%} of the samples as asked for with all on, {read/off:.0%} without.",
        why="The digits are there, at the right places, under specks that never went away. The "
        "bottleneck knows what is drawn; how much noise each single pixel holds was left to the "
        "ways across, and they are cut.",
        next="This network was trained with its skips, and relies on them. On which most?",
        expected=2,
        outcome=lambda m: sum(m["loss/all-off"] / m["loss/all-on"] > limit for limit in (1.5, 3)),
    ),
    Preset(
        id="which",
        title="Which is missed most",
        question="One of the three may stay off. Without which is the loss largest?",
        options=("The finest, 28×28", "The middle, 14×14", "The coarsest, 7×7"),
        settings={"skips": "coarsest-off"},
        watch="Skips off: all five bars.",
        saw="{loss/all-on:.3f} with all on; {loss/finest-off:.3f} without the finest, "
        "{loss/middle-off:.3f} without the middle, {loss/coarsest-off:.3f} without the coarsest.",
        why="At the coarsest level the way down and the bottleneck have the same 7×7 places: what "
        "the skip carries has mostly come through anyway. What the finest carries is nowhere else.",
        next="Now switch off the finest alone.",
        expected=0,
        outcome=_missed,
    ),
    Preset(
        id="fine",
        title="Where it hurts",
        question="The finest skip is off. At which noise levels does that cost most?",
        options=("At little noise", "At much noise", "At all alike"),
        settings={"skips": "finest-off", "t": 50, "block": "doubled-finest"},
        watch="Skips off, on the right: the loss against the noise level.",
        saw="At the lowest of six noise levels the loss is {harm/low:.0f} times as large as with "
        "all on, at the highest {harm/high:.2f} times.",
        why="At little noise the question is what noise each single pixel holds: 784 answers, "
        "which only the finest maps know. At much noise it is which digit this might be, and "
        "that is settled at 7×7.",
        next="At every t shows the same in pictures.",
        expected=0,
        outcome=lambda m: (
            0
            if m["harm/low"] > 1.5 * m["harm/high"]
            else 1
            if m["harm/high"] > 1.5 * m["harm/low"]
            else 2
        ),
    ),
    Preset(
        id="high",
        title="Hardly a trace",
        question="At t = 900 about a hundredth of what goes in is digit. And in the bottleneck?",
        options=("A hundredth, too", "Several times as much", "Nearly all of it"),
        settings={"t": 900, "block": "bottleneck"},
        watch="What each block sees, then the digit that is found.",
        saw="{digit/input:.1%} of the variance that goes in, {digit/bottleneck:.0%} of the "
        "bottleneck's.",
        why="Sums over many pixels still raise the digit out of the noise, but now too little to "
        "be sure. So the digit found is a mean of all that it could be: a blur, which sharpens "
        "as t falls.",
        next="Move t down slowly: at which noise level does the digit turn into itself?",
        expected=1,
        outcome=_raised,
    ),
    Preset(
        id="costs",
        title="Where the numbers are",
        question="The finest level has 784 places, the coarsest 49. Which takes more "
        "multiply-adds?",
        options=("The finest, by far", "Both alike", "The coarsest, by far"),
        settings={"block": "up-coarsest"},
        watch="Costs: parameters and multiply-adds beside each other.",
        saw="The coarsest level has {parameters/coarsest:.0%} of the {parameters:,.0f} parameters "
        "and does {multiply_adds/coarsest:.0%} of the {multiply_adds:.1f} million multiply-adds; "
        "the finest {parameters/finest:.1%} and {multiply_adds/finest:.0%}.",
        why="A convolution costs 9 × maps in × maps out at each place. From 28×28 to 7×7 places "
        "fall to a sixteenth, but maps grow eightfold here, so their product grows 64-fold. Where "
        "maps only double from level to level, places and maps balance.",
        next="Compare with the times that were measured: where are they out of step with the sums?",
        expected=2,
        outcome=lambda m: sum(
            m["multiply_adds/coarsest"] / m["multiply_adds/finest"] > limit
            for limit in (1 / 1.5, 1.5)
        ),
    ),
)
