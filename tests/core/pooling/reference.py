"""What the tests of pooling share: random maps, gradients, and a window by window loop in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from hypothesis import settings
from hypothesis import strategies as st
from torch import Tensor

from core.pooling.ops import axes

quickly = settings(max_examples=100, derandomize=True, deadline=None)
"""The same hundred cases each time."""

sides = st.integers(1, 7)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
shapes = st.builds(lambda lead, h, w: (*lead, h, w), st.sampled_from([(2, 3), (2,)]), sides, sides)
seeds = st.integers(0, 2**32 - 1)


def random_map(shape: tuple[int, ...], seed: int, ties: bool = False) -> Tensor:
    """Normal numbers in float64, or with ties: whole ones from -2 to 2."""
    made = np.random.default_rng(seed)
    return torch.from_numpy(
        made.normal(size=shape) if not ties else made.integers(-2, 3, shape) / 1
    )


def agree(ours: Callable[..., Tensor], torchs: Callable[..., Tensor], *given: Tensor) -> None:
    """Both functions give the same values, and the same gradients of every argument, to 1e-12."""
    results = []
    for function in (ours, torchs):
        leaves = [each.clone().requires_grad_() for each in given]
        value = function(*leaves)
        weights = torch.linspace(-1, 2, value.numel(), dtype=value.dtype).view(value.shape)
        results.append([value, *torch.autograd.grad((value * weights).sum(), leaves)])
    for mine, theirs in zip(*results, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-12)


def by_loop(x: Tensor, rule: Callable[[np.ndarray], Any], *window: Any) -> np.ndarray:
    """A rule of each window's real cells, one at a time; x: (..., H, W)."""
    down, across = axes(x.shape[-2:], *window)
    planes = x.numpy().reshape(-1, *x.shape[-2:])
    made = np.empty((len(planes), down.count, across.count))
    for n, plane in enumerate(planes):
        for i in range(down.count):
            for j in range(across.count):
                rows = [r for r in cells(down, i) if 0 <= r < down.size]
                columns = [c for c in cells(across, j) if 0 <= c < across.size]
                made[n, i, j] = rule(plane[np.ix_(rows, columns)].ravel())
    return made.reshape(*x.shape[:-2], down.count, across.count)


def cells(axis: Any, i: int) -> list[int]:
    """The cells under window i, from the definition."""
    return [i * axis.stride - axis.before + t * axis.dilation for t in range(axis.kernel)]
