"""The blurred maximum written out: which maxima enter an output, and which cells they are.

``core.pooling.ops.pool2d`` computes it; here is where its numbers come from, with NumPy alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.pooling.sizes import axes

if TYPE_CHECKING:
    from core.pooling.window import Settings

WEIGHTS = np.outer((1, 2, 1), (1, 2, 1))  # sixteenths: [1 2 1] / 4 both ways (Zhang 2019)


class Maxima(NamedTuple):
    """The nine maxima at stride 1 that enter each output, mirrored at the borders."""

    values: np.ndarray  # (oh, ow, 3, 3)
    cells: np.ndarray  # (oh, ow, 3, 3) which cell of the image, row by row, each of them is


def maxima(settings: Settings, image: np.ndarray) -> Maxima:
    """Of an image (H, W). ValueError where no window fits or the map is too small to mirror."""
    kernel, pad, gap = settings.kernel, settings.padding, settings.dilation
    axes(image.shape, kernel, 1, pad, gap)
    numbers = np.pad(np.arange(image.size).reshape(image.shape), pad, constant_values=-1)
    cells = np.pad(image, pad, constant_values=-np.inf)
    reach = (gap * (kernel - 1) + 1,) * 2
    taps, names = (
        np.lib.stride_tricks.sliding_window_view(each, reach)[..., ::gap, ::gap]
        for each in (cells, numbers)
    )
    flat = taps.reshape(*taps.shape[:2], -1)
    first = flat.argmax(-1)[..., None]  # of equals the first, as torch
    found = names.reshape(flat.shape)
    stride = settings.stride or kernel
    largest, where = (
        _threes(np.take_along_axis(each, first, -1)[..., 0], stride) for each in (flat, found)
    )
    return Maxima(largest, where)


def _threes(map: np.ndarray, stride: int) -> np.ndarray:
    """Every 3 x 3 window at a stride of a map (h, w) that is mirrored by a cell at its borders."""
    if min(map.shape) < 2:
        raise ValueError("a map of fewer than 2 x 2 cells has none to mirror")
    mirrored = np.pad(map, 1, mode="reflect")
    return np.lib.stride_tricks.sliding_window_view(mirrored, (3, 3))[::stride, ::stride]


def slopes(settings: Settings, image: np.ndarray) -> np.ndarray:
    """Of every output by every cell of the image, (outputs, H * W)."""
    cells = maxima(settings, image).cells.reshape(-1, 9)
    found = np.zeros((len(cells), image.size))
    np.add.at(found, (np.arange(len(cells))[:, None], cells), WEIGHTS.ravel() / 16)
    return found
