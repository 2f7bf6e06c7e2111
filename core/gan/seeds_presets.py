"""Questions about the same game over many seeds."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]
OPTIONS = ("All of them, or nearly", "It is a matter of luck", "Hardly any")
SAW = (
    "{covered_all:.0%} of the games cover every island (95 % interval {covered_low:.0%} to "
    "{covered_high:.0%}), {collapsed:.0%} cover half or fewer."
)


def _covering(metrics: Metrics) -> int:
    share = metrics["covered_all"]
    return 0 if share >= 0.8 else 1 if share >= 0.2 else 2


PRESETS = (
    Preset(
        id="always",
        title="It worked. Always?",
        question="One game found all eight islands. Of 32 games that differ in nothing but the "
        "seed, how many do?",
        options=OPTIONS,
        settings={},
        watch="The small pictures that are late: fakes on one island, or on none.",
        saw=SAW + " The median share of good fakes is {high_quality_median:.0%}.",
        why="The first weights and the noise decide where the first fakes land. With both players "
        "equally fast, a game that falls behind mostly catches up.",
        next="Click the worst small picture and watch that game by itself.",
        expected=0,
        outcome=_covering,
    ),
    Preset(
        id="hasty",
        title="A hasty generator",
        question="The generator's learning rate is five times the discriminator's. How many of 32 "
        "games cover all eight islands?",
        options=OPTIONS,
        settings={"lr_g": 5e-3},
        watch="The bars: two groups, games that have it all and games that have next to nothing.",
        saw=SAW,
        why="The generator moves all its fakes to wherever the discriminator errs, before it has "
        "learned that they are too many (mode collapse). Some games get out of it by luck: a "
        "single run would have proved either.",
        next="Guess how many of them the next question's cure saves.",
        expected=1,
        outcome=_covering,
    ),
    Preset(
        id="packed",
        title="The cure, counted",
        question="The same hasty generator, but the discriminator judges fakes in pairs. How many "
        "of 32 games cover all eight islands now?",
        options=OPTIONS,
        settings={"lr_g": 5e-3, "packing": 2},
        watch="The bars on the left: do any games stay behind?",
        saw=SAW,
        why="Two fakes that are always alike give themselves away, so sitting on one island no "
        "longer pays. A cure is worth as much as the seeds that it saves.",
        next="Compare the share of good fakes: what does the cure cost?",
        expected=0,
        outcome=_covering,
    ),
)
