"""Every window of an image at once, and which of its taps lie on real cells."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core.pooling.sizes import Axis, Padding, Whole, axes

Array = TypeVar("Array", NDArray[Any], Tensor)
"""A NumPy array or a torch tensor: what comes in is what goes out."""


class Windows(NamedTuple, Generic[Array]):
    """The windows of a map; oh x ow of them, kh x kw taps each.

    values: (..., oh, ow, kh, kw), 0 where a tap is on padding. real: (oh, ow, kh, kw), true where
    it is on a cell of the image. counted: of that shape, true on a cell or on padding; false where
    the window hangs over both, which happens in ceil mode alone.
    """

    values: Array
    real: Array
    counted: Array


def as_tensor(x: Any, name: str = "x") -> Tensor:
    """A tensor of real floating-point numbers; integers and truth values become float64.

    A tensor stays on its device and in its graph; anything else is copied. ValueError: not numbers.
    """
    made: Tensor = x if isinstance(x, Tensor) else torch.from_numpy(_plain(np.asarray(x), name))
    if made.is_complex():
        raise ValueError(f"{name} must hold real numbers, not {made.dtype}")
    return made if made.is_floating_point() else made.double()


def _plain(cells: NDArray[Any], name: str) -> NDArray[Any]:
    """A copy in a type that torch has: the same floating-point type, else float64."""
    if cells.dtype.kind not in "fiub":
        raise ValueError(f"{name} must hold real numbers, not {cells.dtype}")
    known = cells.dtype.kind == "f" and cells.dtype.itemsize <= 8
    return np.array(cells, cells.dtype.newbyteorder("=") if known else np.float64, order="C")


def like(x: Array, result: Tensor) -> Array:
    """``result`` as what ``x`` is: a tensor, or a NumPy array (without its graph)."""
    return result if isinstance(x, Tensor) else result.detach().cpu().numpy()


def slide(cells: Tensor, down: Axis, across: Axis) -> Windows[Tensor]:
    """The windows of (..., H, W), as views of one padded copy of it."""
    sides = (across.before, across.after + across.hang, down.before, down.after + down.hang)
    values = functional.pad(cells, sides)
    for axis in (down, across):  # (..., H, W) to (..., oh, W, reach) to (..., oh, ow, reach, reach)
        values = values.unfold(-2, axis.reach, axis.stride)
    values = values[..., : down.count, : across.count, :, :]
    values = values[..., :: down.dilation, :: across.dilation]
    inside, counted = [], []
    for axis in (down, across):
        taps = torch.from_numpy(axis.taps).to(cells.device)
        inside.append((taps >= 0) & (taps < axis.size))
        counted.append(taps < axis.size + axis.after)
    return Windows(values, _cross(*inside), _cross(*counted))


def _cross(rows: Tensor, columns: Tensor) -> Tensor:
    """(oh, kh) and (ow, kw) to (oh, ow, kh, kw): true where both are."""
    return rows[:, None, :, None] & columns[None, :, None, :]


def windows(
    x: Array,
    kernel: Whole,
    stride: Whole | None = None,
    padding: Padding = 0,
    dilation: Whole = 1,
    ceil_mode: bool = False,
) -> Windows[Array]:
    """Every window's values, and which of its taps are real cells.

    x: (..., H, W), NumPy or torch. The rest, and the errors, as for ``output_size``; the cell that
    a tap lies on stands in ``core.pooling.sizes.axes(...)[i].taps``.
    """
    cells = as_tensor(x)
    if cells.ndim < 2:
        raise ValueError(f"x must be (..., H, W), not of shape {tuple(cells.shape)}")
    found = slide(cells, *axes(cells.shape[-2:], kernel, stride, padding, dilation, ceil_mode))
    return Windows(*(like(x, each) for each in found))
