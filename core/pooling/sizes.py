"""How many windows fit into an image and where they lie: whole numbers, without torch.

Every size here is (height, width). A combination that cannot be is a ValueError whose text is the
size formula with its numbers in it.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
Whole = int | Sequence[int]
"""One number for both axes, or (height, width)."""
Padding = int | str | Sequence[int | Sequence[int]]
"""p, (h, w), ((top, bottom), (left, right)), 'valid', 'same-upper' or 'same-lower'."""

PADDINGS = ("valid", "same-upper", "same-lower")


@dataclass(frozen=True)
class Axis:
    """A window that slides along one axis of ``size`` cells with ``before`` + ``after`` padding."""

    size: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    ceil_mode: bool = False

    @property
    def reach(self) -> int:
        """Cells from the first tap to the last, both counted: dilation * (kernel - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def count(self) -> int:
        """Windows, as torch counts them; below 1 where none fits.

        In ceil mode a last window may hang over the end, if it starts inside the image or the
        padding before it.
        """
        room = self.size + self.before + self.after - self.reach
        if not self.ceil_mode:
            return room // self.stride + 1
        started = (self.size + self.before - 1) // self.stride + 1
        return min(-(-room // self.stride) + 1, started)

    @property
    def hang(self) -> int:
        """Cells by which the last window hangs over image and padding: 0 but in ceil mode."""
        end = (self.count - 1) * self.stride + self.reach
        return max(end - self.size - self.before - self.after, 0)

    @property
    def taps(self) -> NDArray[np.int64]:
        """(count, kernel): the cell under each tap; below 0 and from size on it is padding."""
        starts = np.arange(self.count)[:, None] * self.stride - self.before
        return starts + np.arange(self.kernel) * self.dilation

    def check(self, across: str) -> None:
        """Refuse an axis that holds no window; across: 'high' or 'wide'."""
        if self.count >= 1:
            return
        padding = self.before + self.after
        rounding = "ceil" if self.ceil_mode else "floor"
        cells = f" at dilation {self.dilation} ({self.reach} cells)" if self.dilation > 1 else ""
        article = "an" if str(self.kernel)[0] == "8" or self.kernel in (11, 18) else "a"
        raise ValueError(
            f"{article} {self.kernel}-{across} kernel{cells} does not fit into "
            f"{self.size} + {padding} padding: "
            f"{rounding}(({self.size} + {padding} - {self.reach - 1} - 1)/{self.stride})"
            f" + 1 = {self.count} < 1"
        )


def whole(name: str, given: Any, least: int) -> int:
    """``given`` as an int of at least ``least``; a ValueError that names it otherwise."""
    try:
        number = operator.index(given)
    except TypeError:
        number = least - 1
    if number < least or isinstance(given, bool):
        raise ValueError(f"{name} must be a whole number of at least {least}, not {given!r}")
    return number


def _items(given: Any) -> tuple[Any, ...]:
    """What a sequence holds; one thing (a string too) twice."""
    try:
        return (given, given) if isinstance(given, str) else tuple(given)
    except TypeError:
        return given, given


def pair(name: str, given: Any, least: int = 1) -> Pair:
    """One number or a pair of them as (height, width); a ValueError that names it otherwise."""
    items = _items(given)
    if len(items) != 2:
        raise ValueError(f"{name} must be one number or two, not {given!r}")
    return whole(name, items[0], least), whole(name, items[1], least)


def paddings(padding: Any) -> tuple[str | Pair, str | Pair]:
    """Padding in any of its forms as one a side, down and across: a name or (before, after)."""
    if isinstance(padding, str) and padding in PADDINGS:
        return padding, padding
    items = _items(padding)
    if isinstance(padding, str) or len(items) != 2:
        raise ValueError(
            f"padding must be a number, (h, w), ((top, bottom), (left, right)) or one of "
            f"{', '.join(PADDINGS)}, not {padding!r}"
        )
    return pair("padding", items[0], 0), pair("padding", items[1], 0)


def halves(total: int, name: str) -> Pair:
    """Padding (before, after): the odd cell at the end for 'same-upper', else at the beginning."""
    small, large = total // 2, total - total // 2
    return (small, large) if name == "same-upper" else (large, small)


def _axis(n: int, k: int, s: int, d: int, padding: str | Pair, ceil_mode: bool) -> Axis:
    """One axis, its padding in cells; ONNX auto_pad where the padding is a name."""
    if not isinstance(padding, str):
        return Axis(n, k, s, d, *padding, ceil_mode)
    bare = Axis(n, k, s, d)
    if padding == "valid":
        return bare
    windows = -(-n // s)
    return Axis(n, k, s, d, *halves(max((windows - 1) * s + bare.reach - n, 0), padding))


def axes(
    size: Whole,
    kernel: Whole | None,
    stride: Whole | None = None,
    padding: Padding = 0,
    dilation: Whole = 1,
    ceil_mode: bool = False,
) -> tuple[Axis, Axis]:
    """The two axes (down, across) of a sliding window, checked: each holds one window at least.

    Arguments as for ``output_size``, and its errors. ``Axis.before`` and ``after`` are the padding
    in cells, whatever its form; ``Axis.taps`` says which cell is under which tap.
    """
    sizes, kernels = pair("the image's size", size), pair("kernel", kernel)
    strides = kernels if stride is None else pair("stride", stride)
    dilations = pair("dilation", dilation)
    around = paddings(padding)
    down, across = (
        _axis(sizes[i], kernels[i], strides[i], dilations[i], around[i], ceil_mode) for i in (0, 1)
    )
    down.check("high")
    across.check("wide")
    return down, across


@overload
def output_size(
    size: int,
    kernel: Whole,
    stride: Whole | None = None,
    padding: Padding = 0,
    dilation: Whole = 1,
    ceil_mode: bool = False,
) -> int: ...
@overload
def output_size(
    size: Sequence[int],
    kernel: Whole,
    stride: Whole | None = None,
    padding: Padding = 0,
    dilation: Whole = 1,
    ceil_mode: bool = False,
) -> Pair: ...
def output_size(
    size: Whole,
    kernel: Whole,
    stride: Whole | None = None,
    padding: Padding = 0,
    dilation: Whole = 1,
    ceil_mode: bool = False,
) -> int | Pair:
    """Windows along each axis: floor((n + padding - dilation (kernel - 1) - 1) / stride) + 1.

    size: a pair (height, width) gives a pair; one number is a square's side and gives one number.
    stride: None is the kernel's (as in pooling; a convolution's default is 1). padding: p, (h, w)
    or ((top, bottom), (left, right)) cells; 'valid', none, and no window hangs over even in ceil
    mode; 'same-upper' and 'same-lower', as ONNX auto_pad: ceil(size / stride) windows, the odd
    padding cell at the end or at the beginning. ceil_mode: ceil in place of floor, less windows
    that would start in the padding at the end, as torch.

    ValueError: a number that is not whole or too small; no window fits; a square whose axes differ.
    """
    down, across = axes(size, kernel, stride, padding, dilation, ceil_mode)
    if isinstance(size, Iterable):
        return down.count, across.count
    if down.count != across.count:
        raise ValueError(
            f"the axes differ ({down.count} and {across.count} windows): "
            f"give the size as ({size}, {size})"
        )
    return down.count
