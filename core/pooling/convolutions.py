"""The convolution by hand: windows times a kernel, its transpose, and the matrix that it is."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core.pooling.sizes import Padding, Whole, axes, pair, whole
from core.pooling.transposed import transposed_size
from core.pooling.windows import Array, as_tensor, like, slide


def conv2d(
    x: Array,
    weight: Any,
    bias: Any = None,
    stride: Whole = 1,
    padding: Padding = 0,
    dilation: Whole = 1,
    groups: int = 1,
) -> Array:
    """Each window times the kernel, summed: a cross-correlation, as every library calls it.

    x: (N, C, H, W) or (C, H, W); weight: (O, C / groups, kh, kw); bias: (O,) or None; NumPy or
    torch each, the result (N, O, oh, ow) or (O, oh, ow) as x. A mathematician's convolution is
    this with the weight flipped, ``weight[..., ::-1, ::-1]``. padding: zeros, in any form of
    ``output_size``. Equals torch.nn.functional.conv2d, gradients too.

    ValueError: no window fits (in numbers), or shapes that do not belong together.
    """
    cells, kernel, offset = _tensors(x, weight, bias)
    outputs, each, *reach = kernel.shape
    _check(cells, each * whole("groups", groups, 1), outputs, groups, outputs, offset)
    taps, *_ = slide(cells, *axes(cells.shape[-2:], reach, stride, padding, dilation))
    made = torch.einsum(
        "...gcijhw,gochw->...goij",  # c channels of a group g; window i, j; tap h, w; output o
        taps.unflatten(-5, (groups, each)),
        kernel.unflatten(0, (groups, outputs // groups)),
    ).flatten(-4, -3)
    return like(x, made if offset is None else made + offset[:, None, None])


def conv_transpose2d(
    x: Array,
    weight: Any,
    bias: Any = None,
    stride: Whole = 1,
    padding: Padding = 0,
    output_padding: Whole = 0,
    groups: int = 1,
    dilation: Whole = 1,
) -> Array:
    """Each cell stamps the kernel, times its value, onto the output ``stride`` further on.

    x: (N, C, H, W) or (C, H, W); weight: (C, O / groups, kh, kw); bias: (O,) or None; the result
    (N, O, oh, ow) or (O, oh, ow) as x. It is the transpose of ``conv2d``'s matrix, not its inverse.
    padding cuts that many cells off the output; sizes and errors as for
    ``core.pooling.transposed.transposed_size``. Equals torch.nn.functional.conv_transpose2d.
    """
    cells, kernel, offset = _tensors(x, weight, bias)
    channels, each, *reach = kernel.shape
    _check(cells, channels, channels, whole("groups", groups, 1), each * groups, offset)
    (tall, wide), ((top, bottom), (left, right)) = transposed_size(
        cells.shape[-2:], reach, stride, padding, output_padding, dilation
    )
    stamps = torch.einsum(
        "...gcij,gcohw->...gohwij",
        cells.unflatten(-3, (groups, channels // groups)),
        kernel.unflatten(0, (groups, channels // groups)),
    ).flatten(-6, -5)  # (..., O, kh, kw, H, W)
    made = stamps.new_zeros(*stamps.shape[:-4], top + tall + bottom, left + wide + right)
    rows, columns = _lattices(cells, reach, pair("stride", stride), pair("dilation", dilation))
    for h, row in enumerate(rows):
        for w, column in enumerate(columns):
            made[..., row, column] += stamps[..., h, w, :, :]
    made = made[..., top : top + tall, left : left + wide]
    return like(x, made if offset is None else made + offset[:, None, None])


def _lattices(cells: Tensor, kernel: list[int], stride: Any, dilation: Any) -> list[list[slice]]:
    """For each axis and tap, the output cells that the tap stamps: one for each cell of the map."""
    return [
        [slice(t * d, t * d + (n - 1) * s + 1, s) for t in range(k)]
        for n, k, s, d in zip(cells.shape[-2:], kernel, stride, dilation, strict=True)
    ]


def conv_matrix(
    weight: Array, size: Whole, stride: Whole = 1, padding: Padding = 0, dilation: Whole = 1
) -> Array:
    """A convolution of one channel written out as the sparse, tied matrix that it is.

    weight: (kh, kw), NumPy or torch; size: (height, width) of the image, or a square's side. Gives
    (outputs, inputs), each read row by row: ``conv2d(x) = (matrix @ x.flatten())``, (4, 16) for a
    4x4 image and a 3x3 kernel; its transpose, (16, 4), is ``conv_transpose2d``'s. Each row holds
    the same kh * kw weights and zeros elsewhere. Written out in full: for small images.
    """
    kernel = as_tensor(weight, "weight")
    if kernel.ndim != 2:
        raise ValueError(f"weight must be (height, width), not of shape {tuple(kernel.shape)}")
    tall, wide = pair("the image's size", size)
    # Cells numbered from 1, so that padding is number 0: a column to throw away.
    numbers = torch.arange(1.0, tall * wide + 1, dtype=torch.float64).view(tall, wide)
    taps, *_ = slide(numbers, *axes((tall, wide), kernel.shape, stride, padding, dilation))
    at = taps.flatten(0, 1).flatten(1).long().to(kernel.device)  # (outputs, taps)
    matrix = kernel.new_zeros(len(at), tall * wide + 1)
    return like(weight, matrix.scatter_add(1, at, kernel.flatten().expand_as(at))[:, 1:])


def _tensors(x: Any, weight: Any, bias: Any) -> tuple[Tensor, Tensor, Tensor | None]:
    """The three as tensors of one type (the widest) on x's device."""
    cells, kernel = as_tensor(x), as_tensor(weight, "weight")
    offset = None if bias is None else as_tensor(bias, "bias")
    if kernel.ndim != 4:
        raise ValueError(f"weight must have four axes, not the shape {tuple(kernel.shape)}")
    kind = torch.promote_types(cells.dtype, kernel.dtype)
    kernel = kernel.to(cells.device, kind)
    return cells.to(kind), kernel, None if offset is None else offset.to(cells.device, kind)


def _check(
    cells: Tensor, channels: int, split: int, groups: int, outputs: int, offset: Tensor | None
) -> None:
    """Refuse shapes that do not belong together. split: the weight's axis that groups divide."""
    if cells.ndim not in (3, 4):
        raise ValueError(f"x must be (N, C, H, W) or (C, H, W), not {tuple(cells.shape)}")
    if cells.shape[-3] != channels:
        raise ValueError(
            f"x has {cells.shape[-3]} channels, but the weight in {groups} groups takes {channels}"
        )
    if split % groups:
        raise ValueError(f"{groups} groups do not divide {split} channels")
    if offset is not None and tuple(offset.shape) != (outputs,):
        raise ValueError(f"bias must be ({outputs},), not {tuple(offset.shape)}")
