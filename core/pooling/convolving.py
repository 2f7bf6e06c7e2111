"""One convolution of one image: every output, one window's products, and the matrix that it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.pictures import load
from core.pooling.kernel_bank import TABLES, table, turned
from core.pooling.kernels_layout import Layout, layout, padded, padding_of, spread
from core.pooling.ops import conv2d, conv_matrix, conv_transpose2d
from core.pooling.place import placed

if TYPE_CHECKING:
    from core.pooling.kernels import Frame, Settings

MOST_ENTRIES = 4096  # of the matrix that is drawn; a larger one gives way to the example
EXAMPLE = 4  # a side of the image of that example


class Matrix(NamedTuple):
    """values: (outputs, inputs). taps: which weight each is, from 1; 0 is none.

    sizes: height and width of the input, and of the output.
    """

    values: np.ndarray
    taps: np.ndarray
    sizes: tuple[int, int, int, int]


def run(settings: Settings) -> Iterator[Frame]:
    """The one frame. Where no window fits, its outputs are empty, and the metrics say so."""
    from core.pooling.kernels import Frame

    image = load(settings)
    kernel = settings.laid_kernel()
    try:
        lies = layout(settings, (image.shape[1], image.shape[2]))
        applied = settings.applied_kernel()
        outputs, other = (convolve(settings, image, one) for one in (applied, turned(applied)))
    except ValueError:
        lies, outputs = None, np.zeros((1, 0, 0))
        other = outputs
    which = min(settings.shown_channel(), len(outputs) - 1)
    cells = spread(settings, image.sum(0) if len(outputs) == 1 else image[which])
    place, products = np.zeros(2, np.int64), np.zeros(kernel.shape)
    if lies is not None:
        cells = padded(cells, lies.padding)
        place = placed(settings.row, settings.column, lies.outputs)
        products = window(cells, kernel.shape, lies, place) * kernel
    own = written(settings, image, lies)
    drawn = own or example(settings)
    yield Frame(
        step=0,
        metrics=metrics(settings, image, (outputs, other), which, place),
        image=image,
        padded=cells,
        outputs=outputs,
        other=other,
        place=place,
        products=products,
        matrix=np.ascontiguousarray(drawn.values),
        taps=np.ascontiguousarray(drawn.taps).astype(np.int64),
        written=np.array(drawn.sizes, np.int64),
        example=np.array(own is None),
    )


def convolve(settings: Settings, image: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Image (C, H, W) and kernel (kh, kw) to (C, oh, ow), or to (1, oh, ow), channels summed.

    The same kernel for every channel: together, as a layer of one output whose kernel has a slice
    for each channel; apart, as a depthwise layer.
    """
    count, groups = len(image), len(image) if settings.channels == "apart" else 1
    padding, dilation = padding_of(settings), settings.dilation
    if settings.scale == "transposed":
        stamps = np.tile(weight, (count, 1, 1, 1))  # (C, O / groups, kh, kw)
        return conv_transpose2d(
            image, stamps, None, settings.stride, padding, groups=groups, dilation=dilation
        )
    stride = settings.stride if settings.scale == "strided" else 1
    weights = np.tile(weight, (groups, count // groups, 1, 1))  # (O, C / groups, kh, kw)
    cells = spread(settings, image)
    return conv2d(cells, weights, None, stride, padding, dilation, groups)


def window(
    cells: np.ndarray, sides: tuple[int, ...], lies: Layout, place: np.ndarray
) -> np.ndarray:
    """The cells (kh, kw) under the window at a place of the output, of a padded map."""
    rows, columns = (
        at * lies.stride + lies.dilation * np.arange(k) for at, k in zip(place, sides, strict=True)
    )
    return cells[np.ix_(rows, columns)]


def metrics(
    settings: Settings,
    image: np.ndarray,
    both: tuple[np.ndarray, np.ndarray],
    which: int,
    place: np.ndarray,
) -> dict[str, float]:
    """What one window and the whole output come to; where there is no output, its size only.

    both: the outputs of the kernel as it is applied, and of the same turned by 180 degrees.
    value: at the place. parameters: weights of a layer of these channels; dense_parameters: of a
    fully connected one. largest, at peak_row and peak_column (the first of equals).
    flip_change, flip_sum: the largest absolute change, and sum, of both outputs. unevenness:
    highest minus lowest output, the kernel's reach left out at each border; 0 where nothing is.
    """
    kernel, (outputs, other) = settings.applied_kernel(), both
    found = {
        "outputs": float(outputs.size),
        "parameters": float(kernel.size * len(image)),
        "dense_parameters": float(image.size * outputs.size),
    }
    if not outputs.size:
        return found
    shown = outputs[which]
    row, column = np.unravel_index(shown.argmax(), shown.shape)
    return found | {
        "value": float(shown[tuple(place)]),
        "largest": float(shown.max()),
        "peak_row": float(row),
        "peak_column": float(column),
        "flip_change": float(np.abs(outputs - other).max()),
        "flip_sum": float(np.abs(outputs + other).max()),
        "unevenness": _unevenness(settings, shown),
    }


def _unevenness(settings: Settings, shown: np.ndarray) -> float:
    """Highest minus lowest, so many cells at each border left out as the kernel reaches."""
    high, wide = ((k - 1) * settings.dilation for k in settings.applied_kernel().shape)
    inside = shown[high : shown.shape[0] - high, wide : shown.shape[1] - wide]
    return float(np.ptp(inside)) if inside.size else 0.0


def written(settings: Settings, image: np.ndarray, lies: Layout | None) -> Matrix | None:
    """The convolution of one channel written out; None: no window, or over 4096 entries.

    Its inputs are the image's cells, or those of the map where the image is up-sampled first; the
    matrix times them, read row by row, is the output.
    """
    size = (image.shape[1], image.shape[2])
    size = lies.size if lies is not None and settings.scale == "upsampled" else size
    if lies is None or math.prod((*size, *lies.outputs)) > MOST_ENTRIES:
        return None
    kernel, padding = settings.applied_kernel(), padding_of(settings)
    stride = 1 if settings.scale in ("plain", "upsampled") else settings.stride
    around = (stride, padding, settings.dilation)
    if settings.scale == "transposed":
        both = [conv_matrix(one, lies.outputs, *around).T for one in (kernel, numbered(kernel))]
    else:
        both = [conv_matrix(one, size, *around) for one in (kernel, numbered(kernel))]
    return Matrix(both[0], both[1], (*size, *lies.outputs))


def example(settings: Settings) -> Matrix:
    """The convolution of a 4 x 4 image at stride 1; a kernel over 4 x 4 gives way to an edge."""
    kernel = settings.applied_kernel()
    if max(kernel.shape) > EXAMPLE:
        kernel = table(next(iter(TABLES)))
    both = [conv_matrix(one, EXAMPLE) for one in (kernel, numbered(kernel))]
    high, wide = (EXAMPLE + 1 - k for k in kernel.shape)
    return Matrix(both[0], both[1], (EXAMPLE, EXAMPLE, high, wide))


def numbered(kernel: np.ndarray) -> np.ndarray:
    """The numbers of its weights, from 1, row by row."""
    return np.arange(1.0, kernel.size + 1).reshape(kernel.shape)
