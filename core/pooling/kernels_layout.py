"""Where the window of a convolution lies: over which map, with which padding and stride."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.pooling.sizes import Axis, Padding, Pair, axes
from core.pooling.transposed import transposed_size

if TYPE_CHECKING:
    from core.pooling.kernels import Settings


@dataclass(frozen=True)
class Layout:
    """A window that slides over a map; the map is the image, spread out where it grows.

    size: of the map, without padding. padding: cells before and after, down and across; below 0,
    cells cut off. outputs: windows down and across.
    """

    size: Pair
    padding: tuple[Pair, Pair]
    stride: int
    dilation: int
    outputs: Pair


def padding_of(settings: Settings) -> Padding:
    """As ``core.pooling.ops`` takes it."""
    return "same-upper" if settings.padding == "same" else int(settings.padding)


def sides(settings: Settings) -> Pair:
    """Height and width of the kernel."""
    high, wide = settings.chosen_kernel().shape
    return high, wide


def layout(settings: Settings, shape: Pair) -> Layout:
    """Where the window lies over an image (height, width). ValueError, in numbers: none fits."""
    if settings.scale == "transposed":
        return _transposed(settings, shape)
    by = settings.stride if settings.scale == "upsampled" else 1
    size = (shape[0] * by, shape[1] * by)
    down, across = around(settings, size)
    padding = ((down.before, down.after), (across.before, across.after))
    return Layout(size, padding, down.stride, down.dilation, (down.count, across.count))


def around(settings: Settings, size: Pair) -> tuple[Axis, Axis]:
    """The two axes along which the window slides, but where the convolution is transposed."""
    stride = settings.stride if settings.scale == "strided" else 1
    return axes(size, sides(settings), stride, padding_of(settings), settings.dilation)


def _transposed(settings: Settings, shape: Pair) -> Layout:
    """The same as a window at stride 1 over the cells with stride - 1 zeros between them."""
    kernel, stride, dilation = sides(settings), settings.stride, settings.dilation
    outputs, cut = transposed_size(shape, kernel, stride, padding_of(settings), dilation=dilation)
    reach = [dilation * (k - 1) for k in kernel]
    size = ((shape[0] - 1) * stride + 1, (shape[1] - 1) * stride + 1)
    rows, columns = ((r - c[0], r - c[1]) for r, c in zip(reach, cut, strict=True))
    return Layout(size, (rows, columns), 1, dilation, outputs)


def problem(settings: Settings, shape: Pair) -> str:
    """Why no window fits, as a sentence with the size formula; empty where one does."""
    try:
        layout(settings, shape)
    except ValueError as error:
        return f"No output: {error}."
    return ""


def spread(settings: Settings, cells: np.ndarray) -> np.ndarray:
    """The map (..., H', W') that the window slides over, without padding, of an image (..., H, W).

    transposed: ``stride`` - 1 zeros between the cells; upsampled: each cell ``stride`` times.
    """
    by = settings.stride
    if settings.scale == "upsampled":
        return cells.repeat(by, -2).repeat(by, -1)
    if settings.scale != "transposed":
        return cells
    high, wide = cells.shape[-2:]
    made = np.zeros((*cells.shape[:-2], (high - 1) * by + 1, (wide - 1) * by + 1))
    made[..., ::by, ::by] = cells
    return made


def padded(cells: np.ndarray, padding: tuple[Pair, Pair]) -> np.ndarray:
    """A map (H, W) with zeros around it, or with cells cut off where the padding is below 0."""
    grown = [(max(a, 0), max(b, 0)) for a, b in padding]
    made = np.pad(cells, grown)
    (top, bottom), (left, right) = ((max(-a, 0), max(-b, 0)) for a, b in padding)
    high, wide = made.shape
    return made[top : high - bottom, left : wide - right]
