"""Pooling against torch's, values and gradients in float64, and what it refuses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from core.pooling.ops import KINDS, output_size, pool2d
from tests.core.pooling.reference import agree, by_loop, pairs, quickly, random_map, seeds, shapes

booleans = st.booleans()


def fits(*given: Any) -> bool:
    """At least one window."""
    try:
        return min(output_size(*given)) >= 1
    except ValueError:
        return False


def draw_padding(seed: int, most: list[int]) -> Any:
    """Rows and columns of padding, none to ``most`` each."""
    return tuple(int(np.random.default_rng(seed).integers(0, n + 1)) for n in most)


@quickly
@given(shapes, pairs, pairs, pairs, booleans, booleans, seeds)
@example((2, 4, 5), (2, 2), (3, 3), (1, 1), True, True, 0)
def test_the_maximum_equals_torchs(
    shape: Any, kernel: Any, stride: Any, dilation: Any, ceil: bool, ties: bool, seed: int
) -> None:
    """And the minimum is it upside down; among ties the first cell has the gradient."""
    padding = draw_padding(seed, [k // 2 for k in kernel])
    given = (kernel, stride, padding, dilation, ceil)
    assume(fits(shape[-2:], *given))
    x = random_map(shape, seed, ties)
    # A dilated window can step over a narrow map: torch says -inf, and we refuse it (below).
    assume(functional.max_pool2d(x, *given).isfinite().all())
    agree(lambda x: pool2d(x, "max", *given), lambda x: functional.max_pool2d(x, *given), x)
    agree(lambda x: pool2d(x, "min", *given), lambda x: -functional.max_pool2d(-x, *given), x)


@quickly
@given(shapes, pairs, pairs, booleans, booleans, seeds)
@example((2, 4, 4), (3, 3), (2, 2), True, True, 1)
@example((2, 5, 5), (2, 2), (3, 3), True, False, 1)
def test_average_and_sum_equal_torchs(
    shape: Any, kernel: Any, stride: Any, ceil: bool, include: bool, seed: int
) -> None:
    padding = draw_padding(seed, [k // 2 for k in kernel])
    assume(fits(shape[-2:], kernel, stride, padding, 1, ceil))
    x = random_map(shape, seed)
    agree(
        lambda x: pool2d(x, "average", kernel, stride, padding, 1, ceil, include),
        lambda x: functional.avg_pool2d(x, kernel, stride, padding, ceil, include),
        x,
    )
    agree(
        lambda x: pool2d(x, "sum", kernel, stride, padding, 1, ceil),
        lambda x: functional.avg_pool2d(x, kernel, stride, padding, ceil, divisor_override=1),
        x,
    )


@quickly
@given(shapes, pairs, pairs, booleans, st.sampled_from([1.0, 2.0, 2.5, 3.0, 4.0]), seeds)
@example((2, 5, 1), (3, 2), (3, 1), True, 2.0, 0)
def test_lp_equals_torchs(
    shape: Any, kernel: Any, stride: Any, ceil: bool, p: float, seed: int
) -> None:
    """Also where a window hangs over; for p other than 2 and 4, of positive numbers."""
    assume(fits(shape[-2:], kernel, stride, 0, 1, ceil))
    x = random_map(shape, seed)
    x = x if p in (2, 4) else x.abs()
    agree(
        lambda x: pool2d(x, "lp", kernel, stride, ceil_mode=ceil, p=p),
        lambda x: functional.lp_pool2d(x, p, kernel, stride, ceil),
        x,
    )


def test_l2_is_lp_of_two_whatever_p() -> None:
    x = random_map((2, 5, 5), 3)
    agree(
        lambda x: pool2d(x, "l2", 2, p=7.0),
        lambda x: functional.lp_pool2d(x, 2.0, 2),
        x,
    )
    agree(lambda x: pool2d(x, "lp", 2), lambda x: functional.lp_pool2d(x, 2.0, 2), x)


def test_lp_takes_absolute_values() -> None:
    """By numpy's vector norm; torch's own gives NaN here, or lets the cells cancel."""
    x = np.array([[-3.0, 1.0], [0.0, -2.0]])
    for p in (1, 3, 5, 2.5, 0.5, math.inf):
        made = pool2d(x, "lp", 2, p=p)
        np.testing.assert_allclose(made[0, 0], np.linalg.norm(x.ravel(), p), rtol=1e-12)
    assert functional.lp_pool2d(torch.from_numpy(x)[None], 3.0, 2).isnan().all()
    np.testing.assert_array_equal(pool2d(x * 1e200, "lp", 2, p=math.inf), [[3e200]])


def test_lp_overflows_no_power_and_has_a_gradient_at_zero() -> None:
    """The norm of (3, 4) in units of 1e300; of zeros, 0 with gradient 0, beside a plain window."""
    made = pool2d(np.array([[3e300, 4e300]]), "l2", (1, 2))
    np.testing.assert_allclose(made, [[5e300]], rtol=1e-15)
    for p in (0.5, 1.0, 2.0, 3.0):
        x = torch.zeros(1, 2, 4, dtype=torch.float64)
        x[0, 0, 2] = 2.0
        x.requires_grad_()
        made = pool2d(x, "lp", 2, p=p)
        made.sum().backward()
        expected = torch.zeros(1, 2, 4, dtype=torch.float64)
        expected[0, 0, 2] = 1.0
        assert made.tolist() == [[[0.0, 2.0]]]
        assert torch.equal(x.grad, expected)


@pytest.mark.parametrize("kind", ["median", "l2", "lp", "sum", "expectation", "blur"])
def test_gradients_are_finite_differences(kind: str) -> None:
    """Of numbers of both signs without ties, in windows that reach over every border."""
    x = random_map((1, 5, 4), 12).requires_grad_()
    window = (2, 3) if kind == "blur" else ((3, 2), 2, ((1, 0), (1, 1)), 1, True)
    assert torch.autograd.gradcheck(lambda x: pool2d(x, kind, *window, p=3.0), x)


LOOPED = {"min": np.min, "max": np.max, "median": np.median, "sum": np.sum, "average": np.mean}


@quickly
@given(shapes, pairs, pairs, pairs, booleans, booleans, seeds)
def test_each_kind_is_numpys_rule_of_the_real_cells(
    shape: Any, kernel: Any, stride: Any, dilation: Any, ceil: bool, ties: bool, seed: int
) -> None:
    """Window by window, with any padding on any side; average without what is padded."""
    top, bottom, left, right = draw_padding(seed, [2, 2, 2, 2])
    window = (kernel, stride, ((top, bottom), (left, right)), dilation, ceil)
    assume(fits(shape[-2:], *window))
    x = random_map(shape, seed, ties)
    counts = by_loop(x, np.size, *window)
    for kind, rule in LOOPED.items():
        if counts.min() == 0 and kind != "sum":
            with pytest.raises(ValueError, match="wholly in the padding"):
                pool2d(x, kind, *window, count_include_pad=False)
        else:
            made = pool2d(x, kind, *window, count_include_pad=False)
            expected = by_loop(x, rule, *window)
            np.testing.assert_allclose(made.numpy(), expected, rtol=1e-12, atol=1e-12)


@quickly
@given(shapes, pairs, pairs, seeds)
def test_uneven_padding_is_padding_first(shape: Any, kernel: Any, stride: Any, seed: int) -> None:
    """Minus infinity for the maximum, zeros for the others, on each side its own."""
    top, bottom, left, right = draw_padding(seed, [k - 1 for k in kernel for _ in range(2)])
    padding, around = ((top, bottom), (left, right)), (left, right, top, bottom)
    assume(fits(shape[-2:], kernel, stride, padding))
    x = random_map(shape, seed)

    def padded(x: Tensor, value: float = 0.0) -> Tensor:
        return functional.pad(x, around, value=value)

    agree(
        lambda x: pool2d(x, "average", kernel, stride, padding),
        lambda x: functional.avg_pool2d(padded(x), kernel, stride),
        x,
    )
    norm = pool2d(x, "l2", kernel, stride, padding)
    torch.testing.assert_close(norm, functional.lp_pool2d(padded(x), 2.0, kernel, stride))
    if functional.max_pool2d(padded(torch.ones_like(x)), kernel, stride).min() > 0:
        agree(
            lambda x: pool2d(x, "max", kernel, stride, padding),
            lambda x: functional.max_pool2d(padded(x, -math.inf), kernel, stride),
            x,
        )


@pytest.mark.parametrize(
    ("name", "around"), [("same-upper", (1, 2, 0, 1)), ("same-lower", (2, 1, 1, 0))]
)
def test_same_padding_pools_a_padded_map(name: str, around: Any) -> None:
    """A 2x4 window at stride 2 on 5x7 lacks 1 row and 3 columns: the odd one behind, or before."""
    x = random_map((2, 5, 7), 8)
    padded = functional.pad(x, around)
    torch.testing.assert_close(
        pool2d(x, "average", (2, 4), 2, name), functional.avg_pool2d(padded, (2, 4), 2)
    )
    torch.testing.assert_close(
        pool2d(x.abs(), "max", (2, 4), 2, name), functional.max_pool2d(padded.abs(), (2, 4), 2)
    )


def test_nan_and_infinity_go_where_torch_sends_them() -> None:
    x = random_map((1, 6, 6), 4)
    x[0, 1, 1], x[0, 4, 1], x[0, 1, 4] = math.nan, math.inf, -math.inf
    x[0, 3:, 3:] = -math.inf
    for by_torch, kind in ((functional.max_pool2d, "max"), (functional.avg_pool2d, "average")):
        torch.testing.assert_close(pool2d(x, kind, 3), by_torch(x, 3), equal_nan=True)
    upside_down = pool2d(-x, "min", 3)
    torch.testing.assert_close(upside_down, -functional.max_pool2d(x, 3), equal_nan=True)
    told = np.array([[np.median(x[0, a : a + 3, b : b + 3]) for b in (0, 3)] for a in (0, 3)])
    np.testing.assert_array_equal(pool2d(x, "median", 3)[0], told)
    for kind in ("l2", "sum", "expectation"):
        assert pool2d(x, kind, 3)[0, 0, 0].isnan()
    assert pool2d(x.abs(), "stochastic", 3)[0, 0, 0].isnan()


def test_minus_infinity_still_wins_over_padding() -> None:
    """Its first real cell has the gradient, as in torch."""
    x = torch.full((1, 2, 2), -math.inf, dtype=torch.float64)
    agree(
        lambda x: pool2d(x, "max", 2, 1, 1).clamp(min=-9),
        lambda x: functional.max_pool2d(x, 2, 1, 1).clamp(min=-9),
        x,
    )
    leaves = [x.clone().requires_grad_() for _ in range(2)]
    pool2d(leaves[0], "max", 2, 1, 1).sum().backward()
    functional.max_pool2d(leaves[1], 2, 1, 1).sum().backward()
    assert torch.equal(leaves[0].grad, leaves[1].grad)


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 4, 5), (3, 1, 1)])
def test_global_pooling_equals_torchs_adaptive(shape: tuple[int, ...]) -> None:
    for seed in (0, 1):
        x = random_map(shape, seed, ties=bool(seed))
        for kind, by_torch in (
            ("global-max", functional.adaptive_max_pool2d),
            ("global-average", functional.adaptive_avg_pool2d),
        ):
            agree(lambda x, kind=kind: pool2d(x, kind, None), lambda x, f=by_torch: f(x, 1), x)
    assert pool2d(np.arange(6).reshape(2, 3), "global-max").tolist() == [[5.0]]


@pytest.mark.parametrize("window", [(3, 2, 1, 1), (2, None, 0, 1), ((2, 3), (3, 1), (1, 0), 2)])
@pytest.mark.parametrize("shape", [(2, 3, 7, 6), (3, 8, 8)])
def test_blur_is_a_maximum_then_a_blurred_stride(shape: tuple[int, ...], window: Any) -> None:
    """Zhang 2019, MaxBlurPool, put together from torch's functions."""
    kernel, stride, padding, dilation = window
    row = torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64)
    blur = (row[:, None] * row / 16).expand(3, 1, 3, 3)

    def by_torch(x: Tensor) -> Tensor:
        largest = functional.max_pool2d(x, kernel, 1, padding, dilation)
        mirrored = functional.pad(largest, (1, 1, 1, 1), mode="reflect")
        return functional.conv2d(mirrored, blur, stride=stride or kernel, groups=3)

    agree(
        lambda x: pool2d(x, "blur", kernel, stride, padding, dilation),
        by_torch,
        random_map(shape, 1),
    )


def test_blur_of_a_plane_and_of_one_too_small() -> None:
    """A flat map stays flat; a 1 x 3 map has nothing to mirror. 'same' gives ceil(5 / 2) = 3."""
    flat = pool2d(np.full((5, 5), 3), "blur", 2, padding="same-upper")
    np.testing.assert_array_equal(flat, np.full((3, 3), 3.0))
    with pytest.raises(ValueError, match="a 1 x 3 map has none to mirror"):
        pool2d(np.ones((2, 4)), "blur", 2)


BAD = [
    ((5, 5), "mean", {}, "pooling kind must be one of max, average, sum, .* blur, not 'mean'"),
    ((5,), "max", {}, r"x must be \(N, C, H, W\), \(C, H, W\) or \(H, W\), not of shape \(5,\)"),
    ((1, 1, 1, 5, 5), "max", {}, r"not of shape \(1, 1, 1, 5, 5\)"),
    ((5, 5), "max", {"kernel": 0}, "kernel must be a whole number of at least 1, not 0"),
    ((5, 5), "max", {"kernel": None}, "kernel must be a whole number of at least 1, not None"),
    ((5, 5), "blur", {"kernel": None}, "kernel must be a whole number of at least 1, not None"),
    ((5, 5), "max", {"stride": 1.5}, "stride must be a whole number of at least 1, not 1.5"),
    ((5, 1), "max", {}, "a 2-wide kernel does not fit into 1 . 0 padding"),
    ((0, 5), "global-max", {}, "the image's size must be a whole number of at least 1, not 0"),
    ((5, 5), "lp", {"p": 0}, "p must be a positive number, not 0"),
    ((5, 5), "lp", {"p": math.nan}, "p must be a positive number, not nan"),
    ((5, 5), "expectation", {"m": math.nan}, "m must be a number, not NaN"),
]


@pytest.mark.parametrize(("shape", "kind", "given", "told"), BAD)
def test_what_cannot_be_is_refused_in_words(shape: Any, kind: str, given: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        pool2d(np.ones(shape), kind, **{"kernel": 2, **given})


def test_a_window_in_the_padding_is_refused_where_it_has_no_value() -> None:
    """And is 0 for a sum, a norm, and an average that counts padding."""
    image = np.ones((3, 3))
    for kind in ("max", "min", "median", "stochastic", "expectation", "blur"):
        with pytest.raises(ValueError, match=r"row 0, column 0 .* rows \[-2, -1\] and columns"):
            pool2d(image, kind, 2, padding=2)
    with pytest.raises(ValueError, match="hold no cell of the 3 x 3 map"):
        pool2d(image, "average", 2, padding=2, count_include_pad=False)
    for kind in ("sum", "l2", "lp", "average"):
        assert pool2d(image, kind, 2, padding=2)[0, 0] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_takes_and_gives_what_it_says(kind: str) -> None:
    """Shapes, types and a batch that is pooled map by map; float32 stays float32."""
    images = np.random.default_rng(2).integers(0, 255, (2, 3, 6, 8), dtype=np.uint8)
    kernel = None if kind.startswith("global") else (2, 4)
    small = (1, 1) if kind.startswith("global") else (3, 2)

    def pooled(x: Any) -> Any:
        return pool2d(x, kind, kernel, generator=torch.Generator().manual_seed(0))

    made = pooled(images)
    assert isinstance(made, np.ndarray) and made.dtype == np.float64
    assert made.shape == (2, 3, *small)
    first = pooled(images[0])
    assert first.shape == (3, *small) and pooled(images[0, 0]).shape == small
    np.testing.assert_array_equal(pooled(images[:1])[0], first)
    assert pooled(images.astype(np.float32)).dtype == np.float32
    tensor = torch.from_numpy(images).float().requires_grad_()
    assert pooled(tensor).dtype == torch.float32 and pooled(tensor).requires_grad
    np.testing.assert_array_equal(pooled(torch.from_numpy(images)), made)
    np.testing.assert_array_equal(
        pooled(np.flip(images)[..., ::-1, ::-1]), pooled(images[::-1, ::-1])
    )
    assert pooled(images[:0]).shape == (0, 3, *small)
