"""Questions about two settings of the game at once."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def _faster(metrics: Metrics) -> int:
    ahead = metrics.get("modes/fast-d", 0.0) - metrics.get("modes/fast-g", 0.0)
    return 0 if ahead > 0.4 else 1 if ahead < -0.4 else 2


def _rescued(metrics: Metrics) -> int:
    gained = metrics["modes/top"] - metrics["modes/bottom"]
    return 0 if gained > 2 else 2 if gained < -2 else 1


PRESETS = (
    Preset(
        id="faster",
        title="Who may be faster?",
        question="63 games, each with its own two learning rates. Which of the players had better "
        "be the faster learner?",
        options=("The discriminator", "The generator", "It makes no difference"),
        settings={},
        watch="Above the dashed line the discriminator is faster, under it the generator.",
        saw="With the faster discriminator {modes/fast-d:.1f} modes on average, with the faster "
        "generator {modes/fast-g:.1f}; {covered_all:.0%} of the cells cover all eight.",
        why="A generator is told where to go by the discriminator. If that lags behind, the fakes "
        "chase yesterday's verdict and gather in one place; if it is ahead, they learn slowly, but "
        "the right thing. Most complete games lie near the line.",
        next="Click a pale cell and a dark one beside it, and watch both games.",
        expected=0,
        outcome=_faster,
    ),
    Preset(
        id="rescue",
        title="More turns for D",
        question="The discriminator's rate is a fifth of the generator's in the middle column. Do "
        "five updates of it for one of the generator make up for that?",
        options=("Yes, many more modes", "Hardly any difference", "No, fewer modes"),
        settings={"up": "d-steps", "lr_d": 6e-4},
        watch="The bottom row has one D step, the top row five.",
        saw="{modes/bottom:.1f} modes on average with one D step, {modes/top:.1f} with five.",
        why="What counts is how far the discriminator gets between two moves of the generator. A "
        "higher rate does the same here; steps cost time.",
        next="Put the R1 penalty upright.",
        expected=0,
        outcome=_rescued,
    ),
)
