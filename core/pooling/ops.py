"""Pooling and convolution by hand, equal to torch.nn.functional wherever torch has the operation.

Every kind of pooling is a few lines (``core.pooling.reductions``) over the windows of an image
(``core.pooling.windows``); a tap on padding never wins. Tests hold values and gradients to torch.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from core.pooling.convolutions import conv2d, conv_matrix, conv_transpose2d
from core.pooling.receptive import ReceptiveField, receptive_field
from core.pooling.reductions import RULES, ZEROS, How, Taps
from core.pooling.sizes import Axis, Padding, Whole, axes, output_size, pair
from core.pooling.transposed import transposed_size
from core.pooling.windows import Array, Windows, as_tensor, like, slide, windows

__all__ = [
    "KINDS",
    "Axis",
    "ReceptiveField",
    "Windows",
    "axes",
    "conv2d",
    "conv_matrix",
    "conv_transpose2d",
    "output_size",
    "pool2d",
    "receptive_field",
    "transposed_size",
    "windows",
]

KINDS = (*RULES, "global-max", "global-average", "blur")


def pool2d(
    x: Array,
    kind: str,
    kernel: Whole | None = None,
    stride: Whole | None = None,
    padding: Padding = 0,
    dilation: Whole = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    p: float = 2.0,
    m: float = 1.0,
    generator: torch.Generator | None = None,
) -> Array:
    """One number for each window of a map, channel by channel.

    x: (N, C, H, W), (C, H, W) or (H, W), NumPy or torch; integers become float64. Gives the same
    axes with the last two pooled, as x. kernel, stride (None: the kernel's), padding, dilation,
    ceil_mode: as for ``output_size``. Padding never wins: it is left out of max, min, median,
    stochastic, expectation, and 0 in sum, l2, lp.

    - ``max``, ``min``: of ties the first cell has the gradient, as in torch; NaN wins.
    - ``average``: padding counts unless ``count_include_pad`` is false; what hangs over it in
      ceil mode never does (torch's avg_pool2d).
    - ``sum``; ``median``: the mean of the two middle values where the count is even.
    - ``l2``, ``lp``: (sum of abs(x) ** p) ** (1 / p), 0 < p <= inf. torch's lp_pool2d leaves out
      abs, so that for odd p negative values cancel or give NaN; the standard takes absolute
      values. As torch's, a window that hangs over in ceil mode is scaled up to a full one (sum is
      not). All zeros have gradient 0.
    - ``expectation``: ePooling (Luo et al. 2020), sum of x softmax(m x); m = 0 is the average of
      the real cells, m = inf the maximum.
    - ``stochastic``: a cell with probability x / sum(x), drawn with ``generator`` (None: torch's
      own), 0 where all are 0 (Zeiler and Fergus 2013).
    - ``global-max``, ``global-average``: of the whole map, (..., 1, 1); all other arguments idle,
      and kernel may be left out.
    - ``blur``: MaxBlurPool (Zhang 2019): ``max`` at stride 1, then [1, 2, 1] x [1, 2, 1] / 16 at
      ``stride`` with reflect padding of 1; ceil_mode is idle.

    Asymmetric padding equals padding the map first, except that in ceil mode no window starts in
    the padding at the end. ValueError, in words: an unknown kind, a size that cannot be, a window
    wholly in the padding (but for sum, l2, lp), negatives in ``stochastic``.
    """
    if kind not in KINDS:
        raise ValueError(f"pooling kind must be one of {', '.join(KINDS)}, not {kind!r}")
    cells = as_tensor(x)
    if cells.ndim not in (2, 3, 4):
        shape = tuple(cells.shape)
        raise ValueError(f"x must be (N, C, H, W), (C, H, W) or (H, W), not of shape {shape}")
    how = _how(count_include_pad, p, m, generator)
    if kind.startswith("global-"):
        whole_map = axes(cells.shape[-2:], tuple(cells.shape[-2:]))
        return like(x, _pooled(cells, kind.removeprefix("global-"), whole_map, how))
    if kind == "blur":
        largest = _pooled(cells, "max", axes(cells.shape[-2:], kernel, 1, padding, dilation), how)
        return like(x, _blurred(largest, pair("stride", kernel if stride is None else stride)))
    around = axes(cells.shape[-2:], kernel, stride, padding, dilation, ceil_mode)
    return like(x, _pooled(cells, kind, around, how))


def _how(include: bool, p: float, m: float, generator: torch.Generator | None) -> How:
    """The options, checked."""
    if not p > 0:
        raise ValueError(f"p must be a positive number, not {p!r}")
    if math.isnan(m):
        raise ValueError("m must be a number, not NaN")
    return How(include, float(p), float(m), generator)


def _pooled(cells: Tensor, kind: str, around: tuple[Axis, Axis], how: How) -> Tensor:
    """One of the kinds that are a rule over windows."""
    found = slide(cells, *around)
    real = found.real.flatten(-2)
    if kind not in ZEROS and not (kind == "average" and how.count_include_pad):
        _refuse_empty(real, around)
    return RULES[kind](Taps(found.values.flatten(-2), real, found.counted.flatten(-2)), how)


def _refuse_empty(real: Tensor, around: tuple[Axis, Axis]) -> None:
    """Refuse windows without a single real cell."""
    empty = (~real.any(-1)).nonzero()
    if len(empty):
        (i, j), (down, across) = empty[0].tolist(), around
        raise ValueError(
            f"the window in row {i}, column {j} lies wholly in the padding: its rows "
            f"{down.taps[i].tolist()} and columns {across.taps[j].tolist()} hold no cell of the "
            f"{down.size} x {across.size} map; take less padding, dilation or stride"
        )


def _blurred(cells: Tensor, stride: tuple[int, int]) -> Tensor:
    """[1, 2, 1] x [1, 2, 1] / 16 at a stride, the map mirrored by one cell at its borders."""
    tall, wide = cells.shape[-2:]
    if min(tall, wide) < 2:
        raise ValueError(
            f"blur mirrors one cell at each border, and a {tall} x {wide} map has none to mirror: "
            "2 x 2 is the least after the maximum"
        )
    row = cells.new_tensor([1.0, 2.0, 1.0]) / 4
    planes = cells.reshape(math.prod(cells.shape[:-2]), 1, tall, wide)
    mirrored = functional.pad(planes, (1, 1, 1, 1), mode="reflect")
    small = conv2d(mirrored, torch.outer(row, row)[None, None], stride=stride)
    return small.reshape(*cells.shape[:-2], *small.shape[-2:])
