"""Which input cells a unit deep in a network depends on: whole numbers, without torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.pooling.sizes import whole


class ReceptiveField(NamedTuple):
    """The input cells that one unit depends on, along one axis.

    Unit i sees the cells start + i * jump to start + i * jump + size - 1; those outside the image
    are padding.
    """

    size: int
    jump: int
    start: int


def receptive_field(layers: Iterable[Sequence[int]]) -> ReceptiveField:
    """The receptive field of a unit after a stack of convolution and pooling layers, on one axis.

    layers: (kernel, stride, padding, dilation) each, from the input on; what is left off at the
    end is stride 1, padding 0, dilation 1. No layers: the cell itself, (1, 1, 0).
    Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional neural networks"
    (Distill): size = 1 + sum over l of dilation_l (kernel_l - 1) jump_(l-1), with
    jump_l = stride_1 ... stride_l, and start = -(sum over l of padding_l jump_(l-1)).
    """
    size, jump, start = 1, 1, 0
    for layer in layers:
        if not 1 <= len(layer) <= 4:
            raise ValueError(f"a layer is (kernel, stride, padding, dilation), not {layer!r}")
        kernel, stride, padding, dilation = (*layer, *(1, 0, 1)[len(layer) - 1 :])
        size += whole("dilation", dilation, 1) * (whole("kernel", kernel, 1) - 1) * jump
        start -= whole("padding", padding, 0) * jump
        jump *= whole("stride", stride, 1)
    return ReceptiveField(size, jump, start)
