"""Pictures of a convolution: the window in numbers, the whole, and the matrix that it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.pooling import grids, kernels_layout
from core.pooling.grids import Trace
from core.pooling.spelled import held, plain

if TYPE_CHECKING:
    from core.pooling.kernels import Frame, Settings

NONE = "rgba(128,136,144,0.14)"  # of the matrix: image and output are not joined here
COLOURS = (*theme.SERIES, theme.EXACT)  # nine, so that those of a 3 x 3 kernel all differ
MOST_ROWS = 16  # of a matrix whose weights are written out


def window(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The padded image with the window on it, the products, and the output."""
    now = frames[at]
    why = kernels_layout.problem(settings, size_of(now))
    panels = (_under(settings, now, why), _products(settings, now, why), _output(settings, now))
    return figure(panels, height=440)


def size_of(now: Frame) -> tuple[int, int]:
    """Height and width of the image."""
    return now.image.shape[1], now.image.shape[2]


def shown_output(settings: Settings, now: Frame) -> np.ndarray:
    """The output (oh, ow) of which one window is told: the sum, or that of the chosen channel."""
    shown: np.ndarray = now.outputs[min(settings.shown_channel(), len(now.outputs) - 1)]
    return shown


def _under(settings: Settings, now: Frame, why: str) -> Panel:
    traces = [grids.heat(now.padded, _at_least_one(now.padded))]
    boxes = [] if why else _boxes(settings, now)
    traces.append(grids.outline(boxes))
    titles = {"transposed": "Image, zeros between its cells", "upsampled": "Image, cells repeated"}
    title = titles.get(settings.scale, "Image")
    return grids.panel(traces, title, now.padded.shape, width=1.2)


def _boxes(settings: Settings, now: Frame) -> list[tuple[float, float, float, float]]:
    lies = kernels_layout.layout(settings, size_of(now))
    return grids.taps(now.place, now.products.shape, lies.stride, lies.dilation)


def _at_least_one(z: np.ndarray) -> tuple[float, float]:
    low, high = grids.span(z)
    return low, max(high, 1.0)


def _products(settings: Settings, now: Frame, why: str) -> Panel:
    kernel = settings.laid_kernel()
    if why:
        return grids.nothing("No window", why)
    value = shown_output(settings, now)[tuple(now.place)]
    words = [
        [f"{held(w)} × {held(x)}<br>= {plain(p)}" for w, x, p in zip(*rows, strict=True)]
        for rows in zip(kernel.tolist(), _cells(settings, now), now.products.tolist(), strict=True)
    ]
    most = float(np.abs(now.products).max()) or 1.0
    few = max(kernel.shape) <= 3
    trace = grids.heat(now.products, (-most, most), words if few else None)
    return grids.panel([trace], f"Weight × cell, summed: {plain(float(value))}", kernel.shape)


def _cells(settings: Settings, now: Frame) -> list[list[float]]:
    """The cells under the window."""
    lies = kernels_layout.layout(settings, size_of(now))
    rows, columns = (
        int(at) * lies.stride + lies.dilation * np.arange(k)
        for at, k in zip(now.place, now.products.shape, strict=True)
    )
    cells: list[list[float]] = now.padded[np.ix_(rows, columns)].tolist()
    return cells


def _output(settings: Settings, now: Frame) -> Panel:
    shown = shown_output(settings, now)
    if not shown.size:
        return grids.nothing("No output")
    row, column = now.place.tolist()
    traces = [grids.heat(shown), grids.outline([(column, row, 1, 1)])]
    return grids.panel(traces, f"Output, {shown.shape[0]} x {shown.shape[1]}", shown.shape)


def whole(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Image, kernel, and the outputs of both operations; of channels apart the three outputs."""
    now, kernel = frames[at], settings.laid_kernel()
    most = float(np.abs(kernel).max()) or 1.0
    small = grids.panel([grids.heat(kernel, (-most, most))], "Kernel", kernel.shape, width=0.45)
    image = grids.panel([grids.picture(now.image)], "Image", size_of(now))
    return figure([image, small, *_outputs(settings, now)], height=440)


def _outputs(settings: Settings, now: Frame) -> list[Panel]:
    if not now.outputs.size:
        return [_output(settings, now)]
    return _both(settings, now) if len(now.outputs) == 1 else [_channels(now)]


def _both(settings: Settings, now: Frame) -> list[Panel]:
    """The cross-correlation, then the convolution, in the same colours; which is chosen is bold."""
    maps = [now.outputs[0], now.other[0]]
    titles = ["<b>Cross-correlation</b>", "Convolution"]
    if settings.operation == "convolution":
        maps, titles = maps[::-1], ["Cross-correlation", "<b>Convolution</b>"]
    limits = grids.span(np.stack(maps))
    return [
        grids.panel([grids.heat(one, limits, _none(now))], title, one.shape)
        for one, title in zip(maps, titles, strict=True)
    ]


def _channels(now: Frame) -> Panel:
    count, high, wide = now.outputs.shape
    low, top = grids.span(now.outputs)
    lefts = [n * (wide + 2) for n in range(count)]
    traces = [
        grids.heat(one, (low, top), [[""] * wide] * high, (left, 0))
        for one, left in zip(now.outputs, lefts, strict=True)
    ]
    notes = [grids.label(w, x, 0) for w, x in zip(("red", "green", "blue"), lefts, strict=True)]
    shape = (high, lefts[-1] + wide)
    names = ("cells", "cells")
    title = "Output of each channel<br> "
    panel = grids.panel(traces, title, shape, names, width=1.8, notes=notes)
    panel.x["showticklabels"] = panel.y["showticklabels"] = False
    return panel


def _none(now: Frame) -> list[list[str]] | None:
    """No numbers in the cells where there are many."""
    high, wide = now.outputs.shape[1:]
    return [[""] * wide] * high if max(high, wide) > grids.MOST_WORDS else None


def matrix(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The convolution written out, and its weights in the same colours."""
    now = frames[at]
    return figure([_matrix(now), _weights(settings, now)], height=440)


def _matrix(now: Frame) -> Panel:
    outputs, inputs = now.matrix.shape
    high, wide, tall, broad = now.written.tolist()
    of = "A smaller example" if bool(now.example) else "The layer"
    count, dense = len(np.unique(now.taps[now.taps > 0])), outputs * inputs
    title = (
        f"{of} as a matrix: {inputs} inputs x {outputs} outputs. "
        f"{count} weights; a dense layer has {dense:,}"
    )
    words = None
    if outputs <= MOST_ROWS and inputs <= MOST_ROWS:
        words = [
            [plain(v, 2) if t else "" for v, t in zip(*rows, strict=True)]
            for rows in zip(now.matrix.tolist(), now.taps.tolist(), strict=True)
        ]
    trace = _coloured(now.taps, int(now.taps.max()), words)
    trace["customdata"] = np.asarray(now.matrix, np.float32)
    trace["hovertemplate"] = (
        "output %{y}, input %{x}: weight %{z} is %{customdata:.4g}<extra></extra>"
    )
    traces = [trace]
    if not bool(now.example):
        row = int(now.place[0]) * broad + int(now.place[1])
        traces.append(grids.outline([(0, row, inputs, 1)], width=2))
    names = (f"input cell, of {high} x {wide}", f"output, of {tall} x {broad}")
    return replace(grids.panel(traces, title, now.matrix.shape, names, width=3.2), square=False)


def _weights(settings: Settings, now: Frame) -> Panel:
    """The kernel of the matrix, each weight in its colour."""
    first = {int(t): v for t, v in zip(now.taps.ravel(), now.matrix.ravel(), strict=True)}
    kernel = settings.applied_kernel()
    high, wide = kernel.shape
    if bool(now.example) and max(kernel.shape) > 4:
        high = wide = 3
    numbers = np.arange(1, high * wide + 1).reshape(high, wide)
    words = [[plain(first[int(n)], 3) if int(n) in first else "" for n in row] for row in numbers]
    return grids.panel([_coloured(numbers, high * wide, words)], "Its weights", (high, wide))


def _coloured(numbers: np.ndarray, count: int, words: Any) -> Trace:
    """Whole numbers from 0, each in its own colour; 0 is none."""
    scale: list[list[Any]] = []
    for n in range(count + 1):
        colour = NONE if n == 0 else COLOURS[(n - 1) % len(COLOURS)]
        scale += [[n / (count + 1), colour], [(n + 1) / (count + 1), colour]]
    blank = [[""] * numbers.shape[1]] * numbers.shape[0]
    return grids.heat(numbers, (-0.5, count + 0.5), words or blank, colorscale=scale)
