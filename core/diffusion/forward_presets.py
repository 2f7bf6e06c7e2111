"""Questions to guess at about the forward process, each with what the run bears out."""

from __future__ import annotations

from core.experiment import Metrics, Preset

TIMES = (250.0, 500.0, 750.0)


def _half(m: Metrics) -> int:
    """Which of the three times is nearest."""
    return min(range(3), key=lambda n: abs(m["half_at"] - TIMES[n]))


def _merged(m: Metrics) -> int:
    return sum(m["merged_at"] > limit for limit in (100, 400))


PRESETS = (
    Preset(
        id="half",
        title="A thousand small steps",
        question="A thousand small steps lead from the digit to pure noise. After how many is half "
        "of it noise?",
        options=("About 250", "About 500", "About 750"),
        settings={},
        watch="The digit and the points: both lose their shape at once.",
        saw="Half of the variance is noise at step {half_at:.0f}; at the end {left:.3%} is left.",
        why="Every step adds more noise than the one before, and shrinks what is there. What is "
        "left is a product of all shrinkings: it falls early and then crawls. The last third of "
        "the steps changes nothing that one could see.",
        next="Would another schedule use its steps better? Try the cosine.",
        expected=0,
        outcome=_half,
    ),
    Preset(
        id="ten",
        title="Forward in ten pictures",
        question="Ten pictures on the way from a 4 to noise, evenly spaced in time. How many of "
        "them are still more data than noise?",
        options=("Three", "Five", "Eight"),
        settings={"digit": 4},
        watch="In ten pictures: the share under each.",
        saw="{clear:.0f} of ten: half of the variance is noise at step {half_at:.0f}.",
        why="The linear schedule is in a hurry at first and idle at the end. One can see the 4 in "
        "more of them than three, for the eye averages over many pixels; a network does so too.",
        next="The cosine schedule gives five.",
        expected=0,
        outcome=lambda m: min(range(3), key=lambda n: abs(m["clear"] - (3, 5, 8)[n])),
    ),
    Preset(
        id="cosine",
        title="A fairer schedule",
        question="The cosine schedule lets what is left fall as a squared cosine. After how many "
        "of 1,000 steps is half of it noise?",
        options=("About 250", "About 500", "About 750"),
        settings={"schedule": "cosine"},
        watch="The curve on the right: it falls evenly.",
        saw="Half of the variance is noise at step {half_at:.0f}.",
        why="It was made so: the squared cosine of a right angle's half is a half. No steps are "
        "spent where there is nothing to see, and none is in a hurry.",
        next="Look at Schedules: signal to noise of all three, on a logarithmic axis.",
        expected=1,
        outcome=_half,
    ),
    Preset(
        id="islands",
        title="Eight islands, one hill",
        question="At first one can tell from which of the eight islands a point came. After how "
        "many of 1,000 steps do neighbouring islands make one hill?",
        options=("Fewer than 100", "100 to 400", "More than 400"),
        settings={"image": "eight"},
        watch="The exact density, with the points switched off.",
        saw="At step {merged_at:.0f} neighbours are less than two standard deviations apart: one "
        "hill.",
        why="Two equal bell curves have one top as soon as their middles are less than two "
        "standard deviations apart. From there on the way back must choose: it is here that a "
        "sampler decides which island a point will belong to.",
        next="Try the grid of 25: its islands are closer, and smaller.",
        expected=1,
        outcome=_merged,
    ),
    Preset(
        id="jump",
        title="Jump instead",
        question="10,000 numbers walk 1,000 small steps each; 10,000 others jump there at once. "
        "How far do the two spreads differ at the end?",
        options=("By chance alone, under 5 %", "By 5 to 20 %", "By more"),
        settings={"target": "moons", "image": "seven"},
        watch="One jump or many steps: bars for the walks, a line for the jumps.",
        saw="Walked {walked_spread:.3f}, jumped {jumped_spread:.3f}; closed form {noise:.3f}.",
        why="Gaussian noise plus Gaussian noise is Gaussian noise: a thousand steps add up to one "
        "whose size is known. So training never walks: it jumps to any time it likes.",
        next="Why this step? gives both numbers of the jump at any time.",
        expected=0,
        outcome=lambda m: sum(
            abs(m["walked_spread"] / m["jumped_spread"] - 1) > limit for limit in (0.05, 0.2)
        ),
    ),
    Preset(
        id="short",
        title="Stopped too early",
        question="This schedule ends with a third of the variance still data. Is its end pure "
        "noise?",
        options=("Yes, nearly", "No, the picture still shows"),
        settings={
            "schedule": "by-hand",
            "knots": "0.9, 0.75, 0.6, 0.45, 0.33",
            "image": "photograph",
        },
        watch="The picture at the last step.",
        saw="{left:.0%} of the variance is left at the end.",
        why="A sampler begins with pure noise. If training never showed it any, because its last "
        "step still held a third of the data, it begins where it has never been: colours and "
        "outlines come out wrong.",
        next="Even the linear schedule leaves a trace; by hand it can end at 0.",
        expected=1,
        outcome=lambda m: int(m["left"] > 0.1),
    ),
    Preset(
        id="sigmoid",
        title="Slow, fast, slow",
        question="The sigmoid schedule is slow at both ends. How much of the data is left at half "
        "time?",
        options=("A tenth", "Half", "Nine tenths"),
        settings={"schedule": "sigmoid", "target": "spiral", "digit": 8},
        watch="The curve: a slide with a level start and a level end.",
        saw="Half is left at step {half_at:.0f}.",
        why="A sigmoid is as steep on one side of its middle as on the other, so its middle is "
        "at a half. Steps are saved for the middle, where most is decided.",
        next="Write your own: choose By hand.",
        expected=1,
        outcome=lambda m: 1 if 350 < m["half_at"] < 650 else 0 if m["half_at"] <= 350 else 2,
    ),
)
