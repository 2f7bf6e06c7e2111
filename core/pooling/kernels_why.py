"""One convolution with its numbers: this window's sum, the output's size, the weights counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.pooling import kernels_layout
from core.pooling.kernels_figures import shown_output, size_of
from core.pooling.place import clamped
from core.pooling.spelled import bracketed, held, latex, plain, size_formula

if TYPE_CHECKING:
    from core.pooling.kernels import Frame, Settings

MOST_TERMS = 25  # of a sum that is written out


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The products of this window, how large the output is, and how many weights that takes."""
    now = frames[at]
    why = kernels_layout.problem(settings, size_of(now))
    if why:
        return {"This window": why}
    return {
        "This window": _sum(settings, now),
        "Output size": _size(settings, now),
        "Weights": _weights(now),
    }


def terms(settings: Settings, cells: np.ndarray) -> str:
    """The sum of the products of kernel and cells (kh, kw) as plain text, without its result."""
    pairs = zip(settings.laid_kernel().ravel().tolist(), cells.ravel().tolist(), strict=True)
    return " + ".join(f"{held(w)} × {held(x)}" for w, x in pairs)


def _sum(settings: Settings, now: Frame) -> str:
    value = float(shown_output(settings, now)[tuple(now.place)])
    row, column = now.place.tolist()
    formula = r"$$y_{ij} = \sum_{u,v} w_{uv}\, x_{i s + u d,\; j s + v d}$$"
    told = [f"The output in row {row}, column {column} is the sum of {now.products.size} products:"]
    told += [formula]
    if now.products.size <= MOST_TERMS:
        products = [p for p in now.products.ravel().tolist() if p]
        shown = " + ".join(bracketed(p) for p in products) or "0"
        told += [f"Those that are not 0, and their sum: $${shown} = {latex(value)}$$"]
    else:
        told += [f"$$y = {latex(value)}$$"]
    return "\n\n".join([*told, *clamped(settings.row, settings.column, now.place)])


def _size(settings: Settings, now: Frame) -> str:
    if settings.scale == "transposed":
        return _grown(settings, now)
    by = settings.stride if settings.scale == "upsampled" else 1
    high, wide = size_of(now)
    axes = kernels_layout.around(settings, (high * by, wide * by))
    lines = [
        "Along an axis of n cells, with p cells of padding in all, kernel k, dilation d, stride s:",
        r"$$\left\lfloor \frac{n + p - d(k - 1) - 1}{s} \right\rfloor + 1$$",
        f"Down: $${size_formula(axes[0])}$$",
        f"Across: $${size_formula(axes[1])}$$",
    ]
    return "\n\n".join(lines)


def _grown(settings: Settings, now: Frame) -> str:
    lies = kernels_layout.layout(settings, size_of(now))
    shapes = zip(size_of(now), now.products.shape, lies.outputs, strict=True)
    lines = ["A transposed convolution of n cells at stride s, of which p are cut off in all:"]
    lines += [r"$$(n - 1) s - p + d (k - 1) + 1$$"]
    for name, (n, k, out) in zip(("Down", "Across"), shapes, strict=True):
        s, d = settings.stride, settings.dilation
        cut = (n - 1) * s + d * (k - 1) + 1 - out
        lines.append(f"{name}: $$({n} - 1) {s} - {cut} + {d} ({k} - 1) + 1 = {out}$$")
    return "\n\n".join(lines)


def _weights(now: Frame) -> str:
    few, dense = (int(now.metrics[name]) for name in ("parameters", "dense_parameters"))
    inputs, outputs = now.image.size, now.outputs.size
    return (
        f"This layer has {few:,} weights. A fully connected layer between the same {inputs:,} "
        f"cells and {outputs:,} outputs has $${inputs} \\times {outputs} = {dense}$$ "
        f"which is {plain(dense / few, 3)} times as many."
    )
