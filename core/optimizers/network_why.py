"""The numbers of a network in training, in the formulas that they come from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.plot.latex import number

if TYPE_CHECKING:
    from core.optimizers.network import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """What the loss says at that step, and what the gradient's length and noise say."""
    return {"Loss": _loss(frames[at]), "Gradient": _gradient(settings, frames[at])}


def _loss(frame: Frame) -> str:
    train, test = frame.metrics["train_loss"], frame.metrics["test_loss"]
    formula = r"L = -\frac{1}{n} \sum_{i=1}^{n} \ln p_i"
    return (
        f"After step {frame.step:,}: the loss is the mean of minus the logarithm of the "
        "probability that the network gives to the right class.\n\n"
        f"$${formula}, \\qquad L_\\text{{train}} = {number(train)}, "
        f"\\quad L_\\text{{test}} = {number(test)}$$\n\n"
        "So the right class has, as a geometric mean, a probability of\n\n"
        f"$$e^{{-L_\\text{{train}}}} = {number(math.exp(-train))} \\text{{ in training}}, "
        f"\\qquad e^{{-L_\\text{{test}}}} = {number(math.exp(-test))} \\text{{ in the test}}.$$"
    )


def _gradient(settings: Settings, frame: Frame) -> str:
    norm, noise = frame.metrics["grad_norm"], frame.metrics["gradient_noise"]
    layers = sorted(name for name in frame.metrics if name.startswith("grad_norm/"))
    squares = " + ".join(f"({number(frame.metrics[name])})^2" for name in layers)
    said = (
        f"After step {frame.step:,}: the gradient of the training loss, layer by layer.\n\n"
        f"$$\\lVert g \\rVert = \\sqrt{{{squares}}} = {number(norm)}$$\n\n"
    )
    if noise == 0:
        return said + "Every step sees all of the training set: its gradient is this one."
    size = settings.batch_size
    return said + (
        f"One batch of {size} drawn at random has a gradient that is off by\n\n"
        f"$$\\lVert g_\\text{{batch}} - g \\rVert = {number(noise)},$$\n\n"
        f"{number(noise / norm) if norm else 'infinitely many'} times the true gradient's length."
    )
