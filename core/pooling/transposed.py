"""How large a transposed convolution's output is: whole numbers, without torch."""

from __future__ import annotations

from core.pooling.sizes import Padding, Pair, Whole, halves, paddings, pair


def transposed_size(
    size: Whole,
    kernel: Whole,
    stride: Whole = 1,
    padding: Padding = 0,
    output_padding: Whole = 0,
    dilation: Whole = 1,
) -> tuple[Pair, tuple[Pair, Pair]]:
    """A transposed convolution's output (height, width), and the cells it cuts off each side.

    output = (n - 1) stride - cut + dilation (kernel - 1) + output_padding + 1. The cut,
    ((top, bottom), (left, right)), is the padding; 'same-upper' and 'same-lower' choose the one
    that leaves n * stride, the odd cell off the end or off the beginning (ONNX ConvTranspose).

    ValueError: an output of no cell; an output padding not below stride or dilation, which torch
    refuses too; a kernel that cannot reach n * stride cells without more output padding.
    """
    sizes, kernels = pair("the image's size", size), pair("kernel", kernel)
    strides, dilations = pair("stride", stride), pair("dilation", dilation)
    extras = pair("output_padding", output_padding, 0)
    around = paddings(padding)
    (tall, rows), (wide, columns) = (
        _one(sizes[i], kernels[i], strides[i], dilations[i], extras[i], around[i]) for i in (0, 1)
    )
    return (tall, wide), (rows, columns)


def _one(n: int, k: int, s: int, d: int, more: int, padding: str | Pair) -> tuple[int, Pair]:
    """One axis: the cells of the output, and the cut (before, after)."""
    if more >= max(s, d):
        raise ValueError(
            f"output_padding {more} must be less than the stride {s} or the dilation {d}"
        )
    full = (n - 1) * s + d * (k - 1) + more + 1
    cut = _named(n, s, full, padding) if isinstance(padding, str) else padding
    left = full - sum(cut)
    if left < 1:
        raise ValueError(
            f"a padding of {sum(cut)} cuts all {full} cells away: "
            f"({n} - 1)*{s} - {sum(cut)} + {d}*({k} - 1) + {more} + 1 = {left} < 1"
        )
    return left, cut


def _named(n: int, s: int, full: int, padding: str) -> Pair:
    """What to cut off ``full`` cells: nothing, or all over n * s."""
    if padding == "valid":
        return 0, 0
    if full < n * s:
        raise ValueError(
            f"'{padding}' makes {n}*{s} = {n * s} cells, but this kernel reaches {full} only: "
            f"{n * s - full} more of output_padding would do"
        )
    return halves(full - n * s, padding)
