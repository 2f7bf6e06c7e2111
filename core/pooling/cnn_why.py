"""The numbers of the network in training, in the formulas that they come from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.plot.latex import four
from core.pooling.cnn_layout import layers

if TYPE_CHECKING:
    from core.pooling.cnn import Frame, Settings

FORMULAS = {
    "zeros": "0",
    "normal": "0.01",
    "glorot": r"\sqrt{\tfrac{2}{n_\text{in} + n_\text{out}}}",
    "he": r"\sqrt{\tfrac{2}{n_\text{in}}}",
}


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """Cross-entropy of the followed digit, the gradient's way back, the first weights."""
    return {
        "Cross-entropy": _loss(frames, at),
        "Back-propagation": _back(settings, frames[at]),
        "First weights": _first(settings, frames[0]),
    }


def _loss(frames: list[Frame], at: int) -> str:
    label, said = frames[0].label, frames[at].probabilities
    assert label is not None and said is not None
    truth, metrics = int(label[0]), frames[at].metrics
    p = max(float(said[truth]), 1e-12)
    return (
        f"After step {frames[at].step:,} the network gives the followed digit, a {truth}, the "
        f"probability {four(p)} of being one. Its loss is minus the logarithm of that:\n\n"
        f"$$\\ell = -\\ln p_{{{truth}}} = -\\ln {four(p)} = {four(-math.log(p))}"
        f"\\text{{ nats}}$$\n\n"
        f"The mean over unseen digits is {four(metrics['test_loss'])}, over digits learned from "
        f"{four(metrics['train_loss'])}; a blind guess has $\\ln 10 = 2.303$."
    )


def _back(settings: Settings, frame: Frame) -> str:
    names = layers(settings.spec)
    sizes = [frame.metrics[f"gradient_std/{name}"] for name in names]
    rows = " \\\\ ".join(
        f"\\text{{{name}}} &: {four(size)}" for name, size in zip(names, sizes, strict=True)
    )
    said = (
        f"After step {frame.step:,}: the standard deviation of the gradient of the loss with "
        "respect to the weights of each layer. The chain rule computes it from the last layer "
        f"to the first.\n\n$$\\begin{{aligned}} {rows} \\end{{aligned}}$$\n\n"
    )
    if sizes[0] == 0 or sizes[-1] == 0:
        return said + "No gradient reaches the first layer: its filters cannot change."
    ratio = four(sizes[0] / sizes[-1])
    return said + f"That of the first layer is ${ratio}$ times that of the last."


def _first(settings: Settings, first: Frame) -> str:
    assert first.filters is not None
    how = settings.initialisation
    fan_in, fan_out = settings.spec.fans["conv1"]
    drawn = float(np.sqrt(np.mean(np.square(first.filters, dtype=np.float64))))
    return (
        f"A filter of the first layer looks at $n_\\text{{in}} = {fan_in}$ numbers; each pixel is "
        f"looked at by $n_\\text{{out}} = {fan_out}$ weights. The first weights have the spread\n\n"
        f"$$\\sigma = {FORMULAS[how]} = {four(spread(how, fan_in, fan_out))}.$$\n\n"
        f"Those that were drawn (the filters on show) have {four(drawn)}."
    )


def spread(how: str, fan_in: int, fan_out: int) -> float:
    """Standard deviation of the first weights of a layer, as the papers have it."""
    spreads = {"glorot": math.sqrt(2 / (fan_in + fan_out)), "he": math.sqrt(2 / fan_in)}
    return {**spreads, "zeros": 0.0, "normal": 0.01}[how]
