"""One neuron in numbers: what enters it, the sum, and how its field came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.nets import stored
from core.nets.spec import Spec
from core.plot.latex import four
from core.pooling.layers_figures import shape_of
from core.pooling.layers_shape import Layer, Place, field_of

if TYPE_CHECKING:
    from core.pooling.layers import Frame, Settings

BENDS = {
    "relu": r"\max(0, z)",
    "leaky-relu": r"\max(z, 0.01\, z)",
    "gelu": r"z \, \Phi(z)",
    "tanh": r"\tanh(z)",
    "sigmoid": r"\frac{1}{1 + e^{-z}}",
}
MOST = 5  # cells a side of a window that are written out


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The neuron's value from what enters it, and its receptive field from the layers."""
    frame = frames[at]
    layers, place = shape_of(frame)
    layer = layers[place.layer]
    told = {"convolution": _summed, "activation": _bent, "pooling": _pooled}[layer.kind]
    who = f"{layer.heading}, channel {place.channel}, row {place.row}, "
    who += f"column {place.column}"
    return {
        "Its value": f"{who}.\n\n{told(frame)}",
        "Its field": _field(layers, place),
    }


def _spec(frame: Frame) -> Spec:
    return Spec(**stored.spec_of({"spec": frame.spec}))


def _summed(frame: Frame) -> str:
    """A convolution: the sum of each channel, and the strongest of them written out."""
    assert frame.kernel is not None and frame.bias is not None
    sums = (frame.window.astype(np.float64) * frame.kernel).sum((1, 2))
    bias = float(frame.bias[0])
    terms = " ".join(_signed(value) for value in (*sums, bias)).removeprefix("+ ")
    strong = int(np.abs(sums).argmax())
    said = (
        f"{frame.window[0].size} products from each of {len(sums)} channels below, and the bias:"
        f"\n\n$$z = {terms} = {four(frame.metrics['value'])}$$\n\n"
    )
    if frame.window.shape[1] > MOST:
        return said
    return said + (
        f"The largest part, from channel {strong}, is the sum of these products, number by "
        f"weight:\n\n$${_matrix(frame.window[strong])} \\odot {_matrix(frame.kernel[strong])} "
        f"\\;\\to\\; {four(sums[strong])}$$"
    )


def _bent(frame: Frame) -> str:
    kind = _spec(frame).activation
    z, value = four(float(frame.window[0, 0, 0])), four(frame.metrics["value"])
    return (
        "The number under it, bent by itself alone:\n\n"
        f"$$a = {BENDS[kind]}, \\qquad z = {z} \\;\\Rightarrow\\; a = {value}$$"
    )


def _pooled(frame: Frame) -> str:
    """A pooling of one window of its own channel."""
    layers, place = shape_of(frame)
    spec = _spec(frame)
    kind = spec.head if layers[place.layer].name == "global" else spec.pooling
    window, value = frame.window[0], four(frame.metrics["value"])
    if frame.kernel is not None:
        return _weighed(window, frame.kernel[0], value)
    if len(window) > MOST:
        return f"The largest of {window.size} numbers:\n\n$${value}$$"
    words, formula = {
        "max": ("The largest of its window", rf"\max {_matrix(window)}"),
        "global-max": ("The largest of the map", rf"\max {_matrix(window)}"),
        "l2": ("The root of the sum of squares of its window", _root(window)),
        "expectation": ("The mean of its window, weighed by their softmax", _expected(window)),
    }[kind]
    return f"{words}:\n\n$${formula} = {value}$$"


def _root(window: np.ndarray) -> str:
    squares = " + ".join(f"{_held(float(v))}^2" for v in window.ravel())
    return rf"\sqrt{{{squares}}}"


def _weighed(window: np.ndarray, kernel: np.ndarray, value: str) -> str:
    """A pooling that is a weighted sum: average, sum, and of the maxima, blur."""
    if window.shape[0] > MOST:
        mean = four(float(kernel[0, 0]))
        return f"The sum of {window.size} numbers, each times ${mean}$:\n\n$${value}$$"
    return (
        "The sum of these products, number by weight:\n\n"
        f"$${_matrix(window)} \\odot {_matrix(kernel)} \\;\\to\\; {value}$$"
    )


def _expected(window: np.ndarray) -> str:
    shares = np.exp(window - window.max(), dtype=np.float64)
    shares /= shares.sum()
    pairs = zip(shares.ravel(), window.ravel(), strict=True)
    return " + ".join(rf"{four(float(p))} \cdot {_held(float(v))}" for p, v in pairs)


def _field(layers: list[Layer], place: Place) -> str:
    """The size of the field, layer by layer (Araujo, Norris and Sim 2019)."""
    rows = ["| layer | window | size of the field | pixels from one to the next |"]
    rows.append("|---|---|---|---|")
    size, jump = 1, 1
    for number, layer in enumerate(layers[: place.layer + 1]):
        own, now = layer.own, field_of(layers, number)
        grown = f"{size} + ({own.size} - 1) \\cdot {jump} = {now.size}"
        if own.size == 1:
            grown = str(now.size)
        rows.append(f"| {layer.words} | {own.size}x{own.size} | ${grown}$ | {now.jump} |")
        size, jump = now.size, now.jump
    return (
        "Each layer adds its window less one, in steps of what one place below is wide:\n\n"
        + "\n".join(rows)
    )


def _matrix(values: np.ndarray) -> str:
    rows = (" & ".join(_short(float(v)) for v in row) for row in values)
    return r"\begin{pmatrix}" + r" \\ ".join(rows) + r"\end{pmatrix}"


def _short(value: float) -> str:
    """Two decimals; a zero is written as 0."""
    return "0" if value == 0 else f"{value:.2f}"


def _held(value: float) -> str:
    return rf"\left({four(value)}\right)" if value < 0 else four(value)


def _signed(value: float) -> str:
    return f"- {four(-value)}" if value < 0 else f"+ {four(value)}"
