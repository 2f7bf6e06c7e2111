"""One optimizer from thousands of starts: which minimum each one finds."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Experiment, Metrics, Preset, View
from core.optimizers.basin_figures import draw_basins, draw_steps
from core.optimizers.basin_map import Frame, Settings
from core.optimizers.basin_why import explain

__all__ = ["BASIN", "PRESETS", "Frame", "Settings"]


def _frayed(metrics: Metrics) -> int:
    return 2 if metrics["border"] > 0.06 else 1 if metrics["border"] > 0.022 else 0


def _found(metrics: Metrics) -> int:
    shares = [value for name, value in metrics.items() if name.startswith("share/")]
    count = sum(share > 0.01 for share in shares)
    return 0 if count == 4 else 2 if count == 0 else 1


def _deepest(metrics: Metrics) -> int:
    return 0 if metrics["share/1"] < 0.35 else 1 if metrics["share/1"] < 0.7 else 2


def _dents(metrics: Metrics) -> int:
    return 0 if metrics["share/1"] < 0.1 else 1 if metrics["share/1"] < 0.7 else 2


def _source(settings: Settings) -> tuple[str, ...]:
    rule = {"gradient-descent": "descent", "adamw": "adam"}.get(settings.optimizer)
    march = ("core.optimizers.basins:march", "core.optimizers.basins:note")
    return (*march, f"core.optimizers.rules:_{rule or settings.optimizer}")


def _quarters(metrics: Mapping[str, float]) -> int:
    largest = sorted((metrics[f"share/{i}"] for i in range(1, 5)), reverse=True)
    return 0 if largest[0] > 0.5 else 1 if largest[0] + largest[1] > 0.75 else 2


PRESETS = (
    Preset(
        id="four",
        title="Four equal minima",
        question="Four minima, all equally deep. How do they share the starts?",
        options=("One takes most", "Two take nearly all", "About a quarter each"),
        settings={},
        watch="The borders: where two neighbours part for good.",
        saw="They took {share/1:.0%}, {share/2:.0%}, {share/3:.0%} and {share/4:.0%} of all.",
        why="With short steps, gradient descent follows the slope like water. Each minimum has a "
        "valley of its own, and the ridges between the valleys are the borders.",
        next="Put momentum in: do the borders stay where they are?",
        expected=2,
        outcome=_quarters,
    ),
    Preset(
        id="deepest",
        title="The deepest of four",
        question="One of these four minima is the deepest. From how many starts is it found?",
        options=("About a quarter", "About half", "Nearly all"),
        settings={"surface": "styblinski-tang"},
        watch="The four shares, beside the map.",
        saw="From {share/1:.1%} of the starts, and the shallowest from {share/4:.1%}.",
        why="Gradient descent knows the slope where it stands, not how deep that leads. The ridges "
        "divide the plane, and they lie nearly midway between the minima.",
        next="Choose momentum 0.97 and a rate of 0.01: more starts swing over to the deepest.",
        expected=0,
        outcome=_deepest,
    ),
    Preset(
        id="fray",
        title="Momentum frays the borders",
        question="Gradient descent cuts the plane into four smooth pieces. And momentum 0.95?",
        options=("The same four pieces", "Other pieces, still smooth", "The borders fray"),
        settings={"optimizer": "momentum", "momentum": 0.95},
        watch="The borders, once the map has filled.",
        saw="{border:.1%} of neighbours end apart; with gradient descent it is 1.8%.",
        why="With momentum a start rolls through several valleys before friction stops it in one, "
        "and a slightly different start runs out of speed in another.",
        next="Lower the momentum in steps to 0.5, and watch the borders heal.",
        expected=2,
        outcome=_frayed,
    ),
    Preset(
        id="lost",
        title="A rate that loses a minimum",
        question="A rate of 0.016, five times larger. In how many of the four can it still settle?",
        options=("All four", "Some of them", "None"),
        settings={"lr": 0.016},
        watch="The share of minimum 3.",
        saw="Minimum 3 got {share/3:.0%} of the starts; {none:.0%} of all settled nowhere.",
        why="It cannot settle where the rate is over 2/L, L the largest curvature there. Minimum 3 "
        "is the sharpest: 2/L is 0.0149 there, and 0.0190 or more at the others.",
        next="Set the rate to 0.02: minimum 4 goes too.",
        expected=1,
        outcome=_found,
    ),
    Preset(
        id="dents",
        title="Rolling over the dents",
        question="Gradient descent finds Ackley's deep funnel from 2 starts in 100. "
        "And Adam with a rate of 0.5?",
        options=("About as few", "Nearly half of them", "Nearly all"),
        settings={"surface": "ackley", "optimizer": "adam", "lr": 0.5, "beta2": 0.999},
        watch="How the colour grows out of the middle, then breaks up.",
        saw="From {share/1:.0%} of the starts.",
        why="Adam's first steps are about as long as its rate, however gentle the slope, and 0.5 "
        "is half the way from one dent to the next. Many starts roll over several dents.",
        next="Try the rates 0.1 and 1: either way it finds the funnel less often.",
        expected=1,
        outcome=_dents,
    ),
)

BASIN = Experiment(
    name="optimizers.basin",
    title="Who ends where?",
    question="Does it matter where you start?",
    settings=Settings,
    frame=Frame,
    run="core.optimizers.basins:basins",
    views=(
        View(
            "basin",
            "Where each start ends",
            draw_basins,
            "A map of starting points, each coloured by the minimum that it reaches, darker where "
            "it took longer. Beside it, the share of each minimum.",
        ),
        View(
            "steps",
            "How long it takes",
            draw_steps,
            "The same map of starting points, coloured by the steps until each stays at its "
            "minimum. Beside it, how many have arrived after how many steps.",
        ),
    ),
    presets=PRESETS,
    trains=True,
    quick={"steps": 40, "resolution": 32},
    verb="Send all of them off",
    seconds=1.0,
    source=_source,
    explain=explain,
    good={
        "share": "of all starts; no minimum lies deeper than the first",
        "stuck": "lower is better: at rest in a dent or on a saddle",
        "left": "lower is better: out of the picture",
        "none": "lower is better: it reached no known minimum",
        "steps_median": "lower is better",
        "border": "low: neighbours end together",
    },
)
