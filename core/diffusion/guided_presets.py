"""Questions about guidance, to guess at before the samples are drawn."""

from __future__ import annotations

from core.experiment import Metrics, Preset

WIDTHS = (0.5, 0.25, 0.125)


def _crowd(m: Metrics) -> int:
    if m["spread"] > 1.1:
        return 2
    return int(m["spread"] < 0.85 and m["shift"] > 0.3)


def _nearest(m: Metrics) -> int:
    return min(range(3), key=lambda n: abs(m["spread"] - WIDTHS[n]))


PRESETS = (
    Preset(
        id="crowd",
        title="Four times as hard",
        question="Push four times as hard towards class A as the plain conditional model does. "
        "What becomes of the samples?",
        options=("As many places, all of them right", "Crowded, and past the class", "More spread"),
        settings={},
        watch="The orange samples against the blue density of the class, as the noise falls.",
        saw="Their spread is {spread:.2f} of the class's own, their mean is {shift:.2f} from its "
        "mean; the sliced Wasserstein distance is {swd:.2f}, where chance alone gives "
        "{swd_floor:.2f}. A classifier is sure of them to {certain:.1%}, of the true ones to "
        "{certain_exact:.1%}.",
        why="The push goes where the class stands out from the rest, and that is on its far side. "
        "Samples crowd there: each is surer of its class, and "
        "together they are the class no longer. In pictures: cleaner, more typical, more alike, "
        "and at last glaring.",
        next="Slide s from 1 to 10 and follow the curves on the right.",
        expected=1,
        outcome=_crowd,
    ),
    Preset(
        id="plain",
        title="Scale 1",
        question="At s = 1, do the samples have the place and the spread of the class itself?",
        options=("Yes, but for chance", "Too narrow", "Too wide"),
        settings={"scale": 1.0},
        watch="The dashed lines on the right: where the exact class is.",
        saw="Spread {spread:.2f} of the class's own, mean {shift:.2f} from its mean, "
        "{within:.1%} on its islands, where {within_exact:.1%} is right.",
        why="eps_u + 1 (eps_c - eps_u) is eps_c: the plain conditional model, and here it is "
        "exact. Nothing is pushed. Papers that call this w = 0 write (1 + w) eps_c - w eps_u.",
        next="Now s = 2: a little more than the truth.",
        expected=0,
        outcome=lambda m: 0 if 0.93 < m["spread"] < 1.07 else 1 if m["spread"] < 1 else 2,
    ),
    Preset(
        id="ten",
        title="Ten times as hard",
        question="At s = 10, how many samples still lie on the islands of their class, within "
        "three standard deviations?",
        options=("Nearly all", "Less than two thirds", "None"),
        settings={"scale": 10.0},
        watch="The curve On its islands.",
        saw="{within:.0%} do, where {within_exact:.1%} is right. The mean has moved by "
        "{shift:.2f}. A classifier is sure of them to {certain:.2%}.",
        why="The sampler follows a slope that belongs to no distribution of clean data: between "
        "the islands of other classes and its own it runs on, beyond them all. What a classifier "
        "thinks of them says nothing about where they are.",
        next="Paths: both kinds from the same noise, side by side.",
        expected=1,
        outcome=lambda m: 0 if m["within"] > 0.9 else 1 if m["within"] > 0.05 else 2,
    ),
    Preset(
        id="nothing",
        title="Scale 0",
        question="At s = 0 class A is asked for, but what comes?",
        options=("Class A, weakly", "All classes alike", "Everything but A"),
        settings={"scale": 0.0},
        watch="Where the samples lie.",
        saw="Only {certain:.0%} of it is class A, a third as by chance.",
        why="What is left is eps_u, the model that knows no classes. One network learns both: the "
        "label is left out of a tenth of its training, and so it can be asked both ways.",
        next="s = 0.5 is a mixture of neither.",
        expected=1,
        outcome=lambda m: 0 if m["certain"] > 0.5 else 1 if m["certain"] > 0.2 else 2,
    ),
    Preset(
        id="bells",
        title="In closed form",
        question="All data is one bell, a class one of half its width within. At s = 3, how wide "
        "are the samples against the class?",
        options=("A half", "A quarter", "An eighth"),
        settings={"target": "bells", "scale": 3.0},
        watch="Why this step? has the formula, with these numbers.",
        saw="{spread:.3f} times as wide; the closed form says {closed_spread:.3f}.",
        why="For Gaussians the width that guidance ends at is the class's, times (class over all) "
        "to the power s - 1. Each unit of s halves it here. So much for the word scale.",
        next="At s = 10 it is one five-hundredth: all samples are one.",
        expected=1,
        outcome=_nearest,
    ),
)
