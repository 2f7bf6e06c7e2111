"""What test_window.py and its app look at: images, kernels and results by closed forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.plot.packed import packed

Array = NDArray[np.float64]
EDGE = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
GAUSS = np.outer([1.0, 2, 1], [1, 2, 1]) / 16
COMMON: dict[str, Any] = {
    "padding": [[0, 0], [0, 0]],
    "padded": "zero",
    "range": [0.0, 1.0],
    "editable": False,
    "size": [3, 3],
    "stride": [1, 1],
    "dilation": [1, 1],
    "kernel": None,
    "bias": 0.0,
    "kernelEditable": False,
    "divisor": None,
    "digits": 2,
    "problem": "",
    "names": {"input": "Image", "window": "Window × kernel", "output": "Output"},
    "note": "",
}


def digit(n: int) -> Array:
    """A bright ring on dark ground, in hundredths: like a written zero."""
    x, y = np.meshgrid(np.linspace(-1, 1, n), np.linspace(-1, 1, n))
    far = np.hypot(x * 1.25, y)
    ring = np.clip(1.6 - 5 * np.abs(far - 0.66), 0, 1)
    return np.asarray(ring.round(2))


def windows(image: Array, size: int, stride: int = 1, dilation: int = 1) -> Array:
    """(rows, columns, size, size): the numbers under the window at every place."""
    span = (size - 1) * dilation + 1
    views = np.lib.stride_tricks.sliding_window_view(image, (span, span))
    return np.asarray(views[::stride, ::stride, ::dilation, ::dilation])


def grid(text: str) -> Array:
    return np.array([[float(cell) for cell in row.split()] for row in text.split(";")])


def written(cells: Array) -> str:
    return ";".join(" ".join(f"{cell:g}" for cell in row) for row in cells)


def convolution(
    image: Array,
    kernel: Array,
    value: dict[str, Any] | None,
    *,
    stride: int = 1,
    dilation: int = 1,
    padding: int = 0,
    bias: float = 0.0,
    flip: bool = False,
) -> dict[str, Any]:
    """The payload of a convolution whose image and kernel can be typed over."""
    value = value or {"row": 1, "column": 2, "cells": written(image), "weights": written(kernel)}
    image, kernel = grid(value["cells"]), grid(value["weights"])
    kernel = kernel[::-1, ::-1] if flip else kernel
    wide = np.pad(image, padding)
    found = windows(wide, len(kernel), stride, dilation)
    results = (found * kernel).sum((2, 3)) + bias
    output = {"name": "Output", "kind": "convolution", "values": packed(results)}
    return {
        **COMMON,
        "value": value,
        "input": packed(wide),
        "padding": [[padding, padding], [padding, padding]],
        "editable": True,
        "size": list(kernel.shape),
        "stride": [stride, stride],
        "dilation": [dilation, dilation],
        "kernel": packed(kernel),
        "kernelEditable": True,
        "bias": bias,
        "outputs": [{**output, "gradient": None, "formula": None}],
    }


def _softmax(cells: Array) -> Array:
    weights = np.exp(cells)
    return np.asarray(weights / weights.sum(-1, keepdims=True))


KINDS: dict[str, tuple[str, Callable[[Array], Array], Callable[[Array], Array]]] = {
    "max": ("Max", lambda x: x.max(-1), lambda x: np.eye(x.shape[-1])[x.argmax(-1)]),
    "average": ("Average", lambda x: x.mean(-1), lambda x: np.full(x.shape, 1 / x.shape[-1])),
    "sum": ("Sum", lambda x: x.sum(-1), np.ones_like),
    "l2": (
        "L2 norm",
        lambda x: np.sqrt((x**2).sum(-1)),
        lambda x: x / np.maximum(np.sqrt((x**2).sum(-1, keepdims=True)), 1e-9),
    ),
    "expectation": (
        "Expectation",
        lambda x: (_softmax(x) * x).sum(-1),
        lambda x: _softmax(x) * (1 + x - (_softmax(x) * x).sum(-1, keepdims=True)),
    ),
}


def formula(kind: str, cells: Array, result: float) -> str:
    words = [f"{cell:.3g}" for cell in cells]
    text = {
        "max": f"max({', '.join(words)})",
        "average": f"({' + '.join(words)}) / {len(words)}",
        "sum": " + ".join(words),
        "l2": f"√({' + '.join(word + '²' for word in words)})",
        "expectation": " + ".join(
            f"{w:.3f} × {x}" for w, x in zip(_softmax(cells), words, strict=True)
        ),
    }[kind]
    return f"{text} = {result:.4g}"


def pooling(
    image: Array, size: int, stride: int, value: dict[str, Any] | None, kinds: list[str]
) -> dict[str, Any]:
    """The payload of pooling of several kinds; the image can be typed over."""
    value = value or {"row": 1, "column": 0, "cells": written(image), "weights": ""}
    image = grid(value["cells"])
    found = windows(image, size, stride)
    cells = found.reshape(-1, size * size)
    outputs = []
    for kind in kinds:
        name, results, gradient = KINDS[kind]
        each = results(cells)
        outputs.append(
            {
                "name": name,
                "kind": kind,
                "values": packed(each.reshape(found.shape[:2])),
                "gradient": packed(gradient(cells)),
                "formula": [formula(kind, *pair) for pair in zip(cells, each, strict=True)],
            }
        )
    return {
        **COMMON,
        "value": value,
        "input": packed(image),
        "editable": True,
        "size": [size, size],
        "stride": [stride, stride],
        "divisor": packed(np.full(found.shape[:2], size * size, np.int32)),
        "names": {**COMMON["names"], "window": "Window", "output": "Results"},
        "outputs": outputs,
    }


def fixed(payload: dict[str, Any], value: dict[str, Any] | None) -> dict[str, Any]:
    """The same, with nothing to type over."""
    start = value or payload["value"]
    bare = {**start, "cells": "", "weights": ""}
    return {**payload, "value": bare, "editable": False, "kernelEditable": False}


def payload(case: str, value: dict[str, Any] | None) -> dict[str, Any]:
    """What a case sends, with the place and the numbers of the value."""
    edited = value if value and value["cells"] else None
    if case == "edge":
        return convolution(digit(7), EDGE, edited)
    if case == "kinds":
        return pooling(digit(6), 2, 2, edited, list(KINDS))
    if case == "three":
        return pooling(digit(8), 3, 1, edited, list(KINDS))
    if case == "twelve":
        return pooling(digit(9), 3, 2, edited, [*KINDS, *KINDS, "max", "sum"])
    if case == "large":
        return fixed(convolution(digit(40), EDGE, None), value)
    if case == "largest":
        return fixed(convolution(digit(64), GAUSS, None, padding=1), value)
    if case == "digits":
        return fixed(convolution(digit(28), EDGE, None, bias=0.25), value)
    if case == "pooled":
        return fixed(pooling(digit(28), 2, 2, None, list(KINDS)), value)
    if case == "five":
        return convolution(digit(9), np.outer([1.0, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256, edited)
    if case == "seven":
        return convolution(digit(12), np.outer(*[[1.0, 2, 3, 4, 3, 2, -1]] * 2) / 256, edited)
    if case == "flipped":  # a true convolution: the kernel lies turned by 180 degrees
        made = convolution(digit(7), EDGE, edited, flip=True)
        return {**made, "flipped": True}
    if case == "dilated":
        return convolution(digit(7), EDGE, edited, dilation=2, padding=1, bias=-0.1)
    assert case == "problem", case
    made = convolution(digit(3), np.ones((3, 3)), edited)
    why = "A 5 × 5 window does not fit a 3 × 3 image: floor((3 + 2 × 0 − 5) / 1) + 1 = −1 rows."
    return {**made, "size": [5, 5], "outputs": [], "problem": why}
