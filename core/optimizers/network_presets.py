"""Questions to guess at with a real network, each with the option that nine of ten seeds give."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def _ring(metrics: Metrics) -> int:
    right = metrics["test_accuracy"]
    return 0 if right > 0.8 else 1 if right > 0.6 else 2


def _spiral(metrics: Metrics) -> int:
    right = metrics["test_accuracy"]
    return 0 if right >= 0.9 else 1 if right >= 0.75 else 2


def _online(metrics: Metrics) -> int:
    right = metrics["test_accuracy"]
    return 0 if right >= 0.95 else 1 if right >= 0.7 else 2


def _digits(metrics: Metrics) -> int:
    right = metrics["test_accuracy"]
    return 0 if right < 0.7 else 1 if right < 0.94 else 2


def _zeros(metrics: Metrics) -> int:
    right = metrics["test_accuracy"]
    return 0 if right >= 0.95 else 1 if right >= 0.7 else 2


def _vanishing(metrics: Metrics) -> int:
    ratio = metrics["grad_norm/w5"] / max(metrics["grad_norm/w1"], 1e-30)
    return 0 if ratio < 3 else 1 if ratio < 100 else 2


PRESETS = (
    Preset(
        id="ring",
        title="Eight islands",
        question="Eight islands, two colours in turn. Can two layers of 8 units tell them apart?",
        options=(
            "Nearly all: over 80 % right",
            "Some of them: 60 to 80 %",
            "Hardly better than a guess",
        ),
        settings={},
        watch="The border: it starts almost straight and must bend around eight islands.",
        saw="{test_accuracy:.1%} of the unseen points right, at a test loss of {test_loss:.2g}.",
        why="Each unit of the first layer bends the plane along one line; the second layer joins "
        "the pieces. Eight islands need a handful of lines, and eight units can draw them.",
        next="Look inside the network: which unit draws which line?",
        expected=0,
        outcome=_ring,
    ),
    Preset(
        id="spiral",
        title="Six units, one spiral",
        question="Can a network of 4 and 2 tanh units follow a spiral?",
        options=(
            "All the way round: over 90 % right",
            "Some of the way: 75 to 90 %",
            "Hardly better than a guess: under 75 %",
        ),
        settings={"data": "spiral", "hidden": "4-2", "steps": 6000},
        watch="The border between blue and orange: count its bends as the loss stops falling.",
        saw="{test_accuracy:.0%} of the test points right after 6,000 steps.",
        why="Each first-layer unit draws one straight line. Four lines, combined twice, cannot "
        "make the many turns of two spiral arms: no optimizer can find weights that do not exist.",
        next="Try hidden layers 16-16 with 10,000 steps, then look inside the network.",
        expected=2,
        outcome=_spiral,
    ),
    Preset(
        id="online",
        title="One point at a time",
        question="With all 250 points in each step, gradient descent at rate 0.5 solves this ring "
        "in 2,000 steps. Will it with one point a step?",
        options=(
            "Yes: over 95 % right",
            "Partly: 70 to 95 %",
            "No: under 70 %",
        ),
        settings={"optimizer": "gradient-descent", "lr": 0.5, "batch_size": 1},
        watch="The dotted line under Gradients: how far one point's gradient is from that of all.",
        saw="{test_accuracy:.0%} right. The whole set's gradient is {grad_norm:.2g} long; that of "
        "a single point was off by {gradient_noise:.2g}.",
        why="A single point pulls only its own way, and the next one pulls back. At a rate that "
        "suits the average of 250 gradients the weights are thrown about. A lower rate averages "
        "over more points in time.",
        next="Set the batch size to 30: nearly always enough. Or keep 1, and try rate 0.05 with "
        "20,000 steps.",
        expected=2,
        outcome=_online,
    ),
    Preset(
        id="digits",
        title="300 steps to read digits",
        question="After 300 steps of 30 digits each, how many digits that it has never seen will "
        "a network of 32 units read correctly?",
        options=("About half", "About 8 in 10", "More than 19 in 20"),
        settings={"data": "digits", "hidden": "32", "batch_size": 30, "steps": 300},
        watch="The numbers under the digits: which ones turn green last?",
        saw="{test_accuracy:.1%} of the 359 unseen digits, and {train_accuracy:.1%} of those it "
        "learned from, after {epochs:.1f} passes over them.",
        why="These digits are small, centred and tidy: most can be told apart by a weighted sum of "
        "pixels, and 32 units do better than that. Real post codes are harder.",
        next="Look inside the network: which digit is taken for which? Then try batch size 1.",
        expected=2,
        outcome=_digits,
    ),
    Preset(
        id="zeros",
        title="Start from nothing",
        question="All weights start at zero. How well will 16 units learn the ring?",
        options=(
            "As well as from random weights: over 95 %",
            "More slowly: 70 to 95 %",
            "Not at all: a blind guess",
        ),
        settings={"init": "zeros"},
        watch="Inside the network: is there any difference between two units?",
        saw="{test_accuracy:.0%} right, after the same steps that take random weights to 100 %.",
        why="With every weight at zero each tanh unit answers 0, and no gradient reaches the "
        "weights in front of or behind it: only the last bias moves. Random first weights are "
        "what makes units differ.",
        next="Choose He or Xavier as the first weights and train again.",
        expected=2,
        outcome=_zeros,
    ),
    Preset(
        id="vanishing",
        title="The gradient that fades",
        question="Four layers of sigmoid units: how much smaller is the gradient of the first "
        "layer's weights than that of the last layer's?",
        options=("About the same", "Some 10 times smaller", "Over 100 times smaller"),
        settings={
            "hidden": "8-8-8-8",
            "activation": "sigmoid",
            "optimizer": "gradient-descent",
            "lr": 0.5,
        },
        watch="Gradients: one line for each layer of weights, on a log scale.",
        saw="{grad_norm/w1:.1e} in the first layer, {grad_norm/w5:.1e} in the last, and "
        "{test_accuracy:.0%} right.",
        why="Going back through a sigmoid multiplies by its slope, at most 1/4, and by weights "
        "that are small at first. After four layers hardly anything is left.",
        next="Change the activation to tanh and the batch size to 250: the same steps then "
        "solve the ring.",
        expected=2,
        outcome=_vanishing,
    ),
)
