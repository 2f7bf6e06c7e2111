"""Pooling over 2x2 windows with stride 2, as a layer that trains fast.

Every kind equals ``core.pooling.ops.pool2d(x, kind, 2)``, which is written to be read; here, what
torch has is called, and the rest is made of few large operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


class _Expectation(torch.autograd.Function):
    """Means under the softmax of 2x2 windows, the slope by its closed form.

    Softmax over an axis of four is slow, and so is what autograd makes of it: here all is
    elementwise, or torch's own pooling. With q the softmax and y the result, d y / d x is
    q (1 + x - y).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        weights = (x - _spread(functional.max_pool2d(x, SIZE))).exp_()
        total = functional.avg_pool2d(weights, SIZE)
        y = functional.avg_pool2d(weights * x, SIZE) / total
        ctx.save_for_backward(x, weights, total, y)
        return y

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        x, weights, total, y = ctx.saved_tensors
        shares = slopes[0] / (SIZE**2 * total)
        return weights * (_spread(shares * (1 - y)) + _spread(shares) * x)


def _spread(x: Tensor) -> Tensor:
    """Each number in all four cells of its window."""
    return functional.interpolate(x, scale_factor=SIZE, mode="nearest")


def _expectation(x: Tensor) -> Tensor:
    """Luo et al. 2020, with m = 1: the mean under the softmax of the window's own values."""
    high, wide = x.shape[-2] // SIZE, x.shape[-1] // SIZE
    pooled: Tensor = _Expectation.apply(x[..., : SIZE * high, : SIZE * wide])  # type: ignore[no-untyped-call]
    return pooled


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
