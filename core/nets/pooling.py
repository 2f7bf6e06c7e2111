"""Pooling over 2x2 windows with stride 2, as a layer that trains fast.

Every kind equals ``core.pooling.ops.pool2d(x, kind, 2)``, which is written to be read; here, what
torch has is called, and the rest is made of few large operations.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

SIZE = 2


def _max(x: Tensor) -> Tensor:
    return functional.max_pool2d(x, SIZE)


def _average(x: Tensor) -> Tensor:
    return functional.avg_pool2d(x, SIZE)


def _sum(x: Tensor) -> Tensor:
    return functional.avg_pool2d(x, SIZE, divisor_override=1)


def _l2(x: Tensor) -> Tensor:
    """The root of the sum of squares; the gradient of a window of zeros is 0.

    There torch.nn.functional.lp_pool2d gives NaN, and behind a ReLU such windows are common.
    """
    squares = functional.avg_pool2d(x * x, SIZE, divisor_override=1)
    some = squares > 0
    return torch.where(some, squares, 1.0).sqrt() * some


def _expectation(x: Tensor) -> Tensor:
    """Luo et al. 2020, with m = 1: the mean under the softmax of the window's own values."""
    high, wide = x.shape[-2] // SIZE, x.shape[-1] // SIZE
    corners = x[..., : SIZE * high, : SIZE * wide]
    parts = torch.stack([corners[..., i::SIZE, j::SIZE] for i in range(2) for j in range(2)])
    return (parts.softmax(0) * parts).sum(0)


def _blur(x: Tensor) -> Tensor:
    """Zhang 2019: the largest of each window at stride 1, then [1 2 1] x [1 2 1] / 16 at stride 2.

    The mask is [1 1] / 2 twice along each axis: so two average poolings do it.
    """
    most = functional.max_pool2d(x, SIZE, 1)
    padded = functional.pad(most, (1, 1, 1, 1), mode="reflect")
    return functional.avg_pool2d(functional.avg_pool2d(padded, SIZE, 1), SIZE)


POOLINGS: dict[str, Callable[[Tensor], Tensor]] = {
    "max": _max,
    "average": _average,
    "sum": _sum,
    "l2": _l2,
    "expectation": _expectation,
    "blur": _blur,
}


class Pool(nn.Module):
    """A layer of that kind of pooling: (N, C, H, W) to (N, C, H // 2, W // 2)."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def forward(self, x: Tensor) -> Tensor:
        return POOLINGS[self.kind](x)

    def extra_repr(self) -> str:
        return self.kind
