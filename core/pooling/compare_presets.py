"""Questions to kinds of pooling trained side by side over ten seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def _same_winner(metrics: Metrics) -> int:
    """0: one kind is the best on all ten seeds; 1: on nine; 2: on fewer."""
    most = metrics["most_wins"]
    return 0 if most == 10 else 1 if most > 8 else 2


def _against_first(kind: str) -> Callable[[Metrics], int]:
    """0: that kind is above the first; 1: below; 2: its interval reaches over 0."""

    def outcome(metrics: Metrics) -> int:
        if metrics[f"low/{kind}"] > 0:
            return 0
        return 1 if metrics[f"high/{kind}"] < 0 else 2

    return outcome


def _by_half(kind: str) -> Callable[[Metrics], int]:
    """0: that kind is above the first by half a percent or more; 1: below; 2: neither."""

    def outcome(metrics: Metrics) -> int:
        mean = metrics[f"difference/{kind}"]
        return 0 if mean >= 0.005 else 1 if mean <= -0.005 else 2

    return outcome


def _less(kind: str, name: str, first: str = "max") -> str:
    """What that kind differs by from the first, with its interval, as a template."""
    return (
        f"{name} less {first} {{difference/{kind}:+.1%}} ({{low/{kind}:+.1%}} to "
        f"{{high/{kind}:+.1%}})"
    )


PRESETS = (
    Preset(
        id="one-seed",
        title="Would one seed do?",
        question="Ten seeds, each kind at its best learning rate. On how many of the ten does the "
        "same kind read most digits?",
        options=("On all ten", "On nine", "On eight or fewer"),
        settings={},
        watch="The thin lines on the left, one a seed: do they all have their top at one kind?",
        saw="Seeds won: max {wins/max:.2g}, average {wins/average:.2g}, sum {wins/sum:.2g}, L2 "
        "{wins/l2:.2g}, expectation {wins/expectation:.2g}; ties are shared. Means, with 95 % "
        f"intervals: {_less('average', 'average')}, {_less('sum', 'sum')}, {_less('l2', 'L2')}, "
        f"{_less('expectation', 'expectation')}.",
        why="The luck of first weights and batches moves a network by about one percent, as much "
        "as the kinds differ. Pairs on the same seed share a part of that luck, and ten of them "
        "show what one hides. An interval over 0 leaves a pair open.",
        next="Choose five seeds instead of ten: which intervals reach over 0 now?",
        expected=2,
        outcome=_same_winner,
    ),
    Preset(
        id="average",
        title="Max against average",
        question="Max keeps the strongest value of a window, average the mean of four. Which reads "
        "more of the small digits, by half a percent or more on the mean of ten seeds?",
        options=("Average", "Max", "Neither by so much"),
        settings={"kinds": ("max", "average")},
        watch="The right side: on how many seeds is average ahead? Does the interval reach over 0?",
        saw="Max {accuracy/max:.1%} at rate {best_lr/max:g}, average {accuracy/average:.1%} at "
        f"rate {{best_lr/average:g}}. {_less('average', 'Average')}.",
        why="A mean mixes a filter's strong answer with its weak neighbours. L2 and expectation, "
        "which favour the strong one, keep up with max here; sum, the mean times four, does not.",
        next="Train 500 steps: about half of the difference goes.",
        expected=1,
        outcome=_by_half("average"),
    ),
    Preset(
        id="stride",
        title="Is pooling needed at all?",
        question="A convolution that moves by two halves the image without any pooling, for a "
        "quarter of the arithmetic. Does it read fewer digits of MNIST than max pooling?",
        options=("It reads more", "It reads fewer", "No difference that ten seeds can tell"),
        settings={"data": "mnist", "kinds": ("max", "blur", "none")},
        watch="The intervals of none and of blur on the right.",
        saw=f"{_less('none', 'None')}, {_less('blur', 'blur')}.",
        why="A stride computes a quarter of the places; max pooling computes all of them and keeps "
        "the best of each four. Blur lies between: it learns more slowly at first.",
        next="Train 300 steps: blur all but draws level, the stride does not.",
        expected=1,
        outcome=_against_first("none"),
    ),
    Preset(
        id="equal-rates",
        title="An unfair race",
        question="Sum pooling is average pooling times four, and weights can undo a factor. Both "
        "train at the rate 0.003. Does the factor matter?",
        options=("Sum reads more", "Average reads more", "No difference that ten seeds can tell"),
        settings={"kinds": ("average", "sum"), "rates": "same", "lr": 0.003},
        watch="The learning curves: which of the two learns faster?",
        saw="Average {accuracy/average:.1%}, sum {accuracy/sum:.1%}. "
        f"{_less('sum', 'Sum', 'average')}.",
        why="The two can express the same; their steps differ. Behind the larger values of sum an "
        "equal step of the weights moves the answer further. The rate was compared, not the "
        "pooling.",
        next="Set 0.03, where sum falls behind; then each at its best, where they are level.",
        expected=0,
        outcome=_against_first("sum"),
    ),
)
