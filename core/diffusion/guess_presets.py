"""Questions about what a noisy point could have been, to guess at before they are computed."""

from __future__ import annotations

from core.experiment import Metrics, Preset


def _between(value: float, *limits: float) -> int:
    """How many of the limits it is above."""
    return sum(value > limit for limit in limits)


def _points(m: Metrics) -> int:
    """At an island, at the middle of all, or elsewhere."""
    return 0 if m["off"] < 0.3 else 1 if m["middle"] < 0.3 else 2


PRESETS = (
    Preset(
        id="digits",
        title="Is anything left of it?",
        question="In this noise (t = 480) 10 % of the digit's variance is left. How many of the "
        "12,000 digits could it still have been?",
        options=("All, more or less", "About a thousand", "Fewer than 100"),
        settings={},
        watch="The noised digit, and beside it all that is left of 12,000.",
        saw="{digits:,.1f} of 12,000 are left; the likeliest has {digit_likeliest:.0%}. Of the "
        "eight islands, {candidates:.1f} are.",
        why="A digit has 784 numbers, and each of them says a little. The noise is independent, so "
        "the evidence adds up. The point has two numbers: at the same time it has forgotten nearly "
        "everything. Large images need more noise for the same schedule to drown them.",
        next="Slide on: at what time are there thousands again?",
        expected=2,
        outcome=lambda m: 2 - _between(m["digits"], 100, 5000),
    ),
    Preset(
        id="middle",
        title="Nothing but noise",
        question="At t = 900 the point is noise, nearly. Where does the best guess at what it was "
        "point?",
        options=("To the nearest island", "To the middle of everything", "Straight away from it"),
        settings={"t": 900, "x": 1.6, "y": 1.0},
        watch="The arrow, while you drag the point all over the plane.",
        saw="The mean is {middle:.2f} from the middle of everything and {off:.2f} from the nearest "
        "island; {candidates:.2f} of 8 are possible.",
        why="All eight islands are as likely as before, so the best guess, with the least mean "
        "square error, is their mean: the middle, where there is no data at all. A sampler's first "
        "steps all go there.",
        next="Slide the noise down: when does the arrow leave the middle?",
        expected=1,
        outcome=_points,
    ),
    Preset(
        id="island",
        title="Hardly any noise",
        question="At t = 80 a tenth of the noise is in. How many of the eight islands could this "
        "point have come from?",
        options=("One", "Two or three", "All eight"),
        settings={"t": 80, "x": 1.6, "y": 1.0},
        watch="The lines: thick is likely.",
        saw="{candidates:.2f}: the likeliest has {likeliest:.1%}. The mean is {off:.2f} from its "
        "middle.",
        why="The noise is small against the gaps between islands, so the nearest one explains the "
        "point, and all others would need a stroke of luck. Now the arrow points at data.",
        next="Drag the point half way between two islands.",
        expected=0,
        outcome=lambda m: _between(m["candidates"], 1.4, 4),
    ),
    Preset(
        id="between",
        title="Between two",
        question="Half way between two islands, at t = 80: where does the best guess point?",
        options=("To one of the two", "Between them, where no data is", "To the middle of all"),
        settings={"t": 80, "x": 1.6, "y": 0.65},
        watch="The arrow, and the dots: what it could have been.",
        saw="{candidates:.2f} islands are possible, and the mean is {off:.2f} from the nearest.",
        why="Both are as likely, so the mean lies between them, where nothing ever is. With images "
        "that is a blur of two digits. So a sampler never jumps to the mean: it takes a small step "
        "towards it and looks again, and soon one of the two has won.",
        next="Nudge the point: how fast does the arrow swing?",
        expected=1,
        outcome=lambda m: (
            0 if m["likeliest"] > 0.9 else 1 if m["off"] > 0.3 and m["middle"] > 1 else 2
        ),
    ),
    Preset(
        id="new",
        title="A digit it never saw",
        question="This digit is not among the 12,000. With almost no noise (t = 60), what is the "
        "exact answer to what it could have been?",
        options=("The digit itself", "Another digit, out of the 12,000", "A blur of many"),
        settings={"t": 60, "digit": 3, "known": "held-out"},
        watch="The noised digit beside the mean.",
        saw="{digits:.2f} of 12,000 are left, and the mean is {digit_off:.3f} from one of them: it "
        "is a copy, and not of this digit.",
        why="Exact over 12,000 digits means that nothing else exists. Such a denoiser can only "
        "repeat what it was given: sampling with it copies the training set. That a network makes "
        "new digits is owed to its not being exact.",
        next="Choose One of the 12,000: now the answer is the digit itself.",
        expected=1,
        outcome=lambda m: 2 if m["digits"] > 3 else int(m["digit_likeliest"] > 0.3),
    ),
    Preset(
        id="blur",
        title="A mean of digits",
        question="At t = 640, 2 % of the variance is left. What does the mean of all digits that "
        "it could have been look like?",
        options=("A sharp digit", "A grey blur", "Noise"),
        settings={"t": 640},
        watch="The mean beside the six: each of them is sharp.",
        saw="{digits:,.0f} of 12,000 are possible; {digit_right:.0%} of them are 3s, as this "
        "was. The mean differs from any digit by {digit_off:.2f} of full brightness.",
        why="The mean of thousands of digits is nobody's digit. A network that is trained on the "
        "square of its error learns just this mean, so its one-step answer is a blur, however good "
        "it is. It takes many small steps to come to one of the six.",
        next="Slide from here to 400 and watch the blur make up its mind.",
        expected=1,
        outcome=lambda m: 1 if m["digits"] > 500 and m["digit_off"] > 0.1 else 0,
    ),
)
