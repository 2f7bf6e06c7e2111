"""Pooling that trains fast equals the pooling that is written to be read."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from core.nets.pooling import POOLINGS, Pool
from core.nets.spec import POOLINGS as NAMES
from core.pooling.ops import pool2d

KINDS = sorted(POOLINGS)


def maps(*shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(5)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def test_every_kind_has_its_name() -> None:
    assert {*POOLINGS, "none"} == set(NAMES)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (1, 1, 28, 28), (2, 2, 7, 9), (1, 2, 5, 4)])
def test_values_and_gradients_are_those_of_ops(kind: str, shape: tuple[int, ...]) -> None:
    """core.pooling.ops.pool2d, itself held to torch; float64 to 1e-12."""
    x, weights = maps(*shape).requires_grad_(), None
    found = []
    for pooled in (Pool(kind)(x), pool2d(x, kind, 2)):
        assert isinstance(pooled, torch.Tensor)
        weights = maps(*pooled.shape) if weights is None else weights
        (slope,) = torch.autograd.grad((pooled * weights).sum(), x)
        found.append((pooled.detach(), slope))
    for own, theirs in zip(*found, strict=True):
        torch.testing.assert_close(own, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("size", [1.0, 1e-9])
def test_torch_has_four_of_them(size: float) -> None:
    """torch.nn.functional, float64 to 1e-12; l2 is lp_pool2d with p = 2. Small values too."""
    x = size * maps(2, 3, 8, 6)
    for kind, want in (
        ("max", functional.max_pool2d(x, 2)),
        ("average", functional.avg_pool2d(x, 2)),
        ("sum", 4 * functional.avg_pool2d(x, 2)),
        ("l2", functional.lp_pool2d(x, 2.0, 2)),
    ):
        torch.testing.assert_close(Pool(kind)(x), want, rtol=0, atol=1e-12 * size)


def test_l2_of_nothing_has_no_gradient() -> None:
    """Where torch's lp_pool2d has NaN: windows of zeros, as behind a ReLU."""
    x = torch.zeros(1, 1, 4, 4, requires_grad=True)
    pooled = Pool("l2")(x)
    pooled.sum().backward()
    assert pooled.detach().tolist() == [[[[0.0, 0.0], [0.0, 0.0]]]]
    assert x.grad is not None and not x.grad.any()


def test_an_expectation_of_large_numbers_does_not_overflow() -> None:
    """Far apart it is the maximum, alike it is each of them; single precision, any layout."""
    x = torch.tensor([[[[1e4, -1e4, 300.0, 300.0], [0.0, 0.0, 300.0, 300.0]]]], requires_grad=True)
    pooled = Pool("expectation")(x)
    pooled.sum().backward()
    assert pooled.detach().tolist() == [[[[1e4, 300.0]]]]
    assert x.grad is not None
    assert x.grad.tolist() == [[[[1, 0, 0.25, 0.25], [0, 0, 0.25, 0.25]]]]
    y = maps(2, 3, 6, 8).float()
    other = y.contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(Pool("expectation")(other), Pool("expectation")(y))
