"""The convolutions against torch's, values and gradients in float64, and against their matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.nn import functional

from core.pooling.ops import conv2d, conv_matrix, conv_transpose2d
from tests.core.pooling.reference import agree, pairs, quickly, random_map, seeds

sizes = st.tuples(st.integers(1, 6), st.integers(1, 6))
paddings = st.tuples(st.integers(0, 2), st.integers(0, 2))
leads = st.sampled_from([(), (1,), (3,)])
groups_of = st.tuples(*[st.integers(1, 2)] * 3)  # groups, channels and outputs of each


@quickly
@given(sizes, pairs, pairs, paddings, pairs, leads, groups_of, seeds)
def test_a_convolution_equals_torchs(
    size: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, lead: Any, of: Any, seed: int
) -> None:
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    assume(all(r <= n + 2 * p for r, n, p in zip(reach, size, padding, strict=True)))
    groups, each, out = of
    x = random_map((*lead, groups * each, *size), seed)
    weight = random_map((groups * out, each, *kernel), seed + 1)
    bias = random_map((groups * out,), seed + 2)
    given = (stride, padding, dilation, groups)
    agree(
        lambda x, w, b: conv2d(x, w, b, *given),
        lambda x, w, b: functional.conv2d(x, w, b, *given),
        x, weight, bias,
    )  # fmt: skip


@quickly
@given(sizes, pairs, pairs, paddings, pairs, leads, groups_of, seeds)
def test_a_transposed_convolution_equals_torchs(
    size: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, lead: Any, of: Any, seed: int
) -> None:
    most = [max(s, d) for s, d in zip(stride, dilation, strict=True)]
    extra = tuple(int(n) for n in np.random.default_rng(seed).integers(0, most))
    numbers = zip(size, kernel, stride, padding, dilation, extra, strict=True)
    assume(all((n - 1) * s + d * (k - 1) + e + 1 > 2 * p for n, k, s, p, d, e in numbers))
    groups, each, out = of
    x = random_map((*lead, groups * each, *size), seed)
    weight = random_map((groups * each, out, *kernel), seed + 1)
    bias = random_map((groups * out,), seed + 2)
    given = (stride, padding, extra, groups, dilation)
    agree(
        lambda x, w, b: conv_transpose2d(x, w, b, *given),
        lambda x, w, b: functional.conv_transpose2d(x, w, b, *given),
        x, weight, bias,
    )  # fmt: skip


@pytest.mark.parametrize("padding", [((0, 2), (1, 0)), "same-upper", "same-lower"])
def test_uneven_padding_is_padding_first(padding: Any) -> None:
    """'same' for a 2x4 kernel at stride 2 on 5x7: totals 1 and 3, the odd one behind or before."""
    x, weight = random_map((2, 3, 5, 7), 5), random_map((4, 3, 2, 4), 6)
    by_hand = {"same-upper": (1, 2, 0, 1), "same-lower": (2, 1, 1, 0)}  # left, right, top, bottom
    around = by_hand[padding] if isinstance(padding, str) else (1, 0, 0, 2)
    agree(
        lambda x, w: conv2d(x, w, None, 2, padding),
        lambda x, w: functional.conv2d(functional.pad(x, around), w, None, 2),
        x, weight,
    )  # fmt: skip


@pytest.mark.parametrize("padding", [((0, 2), (1, 0)), "same-upper", "same-lower"])
def test_uneven_padding_of_the_transpose_cuts_cells_off(padding: Any) -> None:
    """'same' for a 3x3 kernel at stride 2 on 4x5: 9x11 less one row and column is 8x10."""
    x, weight = random_map((2, 3, 4, 5), 5), random_map((3, 4, 3, 3), 6)
    cut = {"same-upper": np.s_[..., :-1, :-1], "same-lower": np.s_[..., 1:, 1:]}
    part = cut[padding] if isinstance(padding, str) else np.s_[..., :-2, 1:]
    agree(
        lambda x, w: conv_transpose2d(x, w, None, 2, padding),
        lambda x, w: functional.conv_transpose2d(x, w, None, 2)[part],
        x, weight,
    )  # fmt: skip


def test_numpy_comes_back_as_numpy() -> None:
    """Integers and a reversed kernel (a view) too: a flipped kernel is scipy's convolve2d."""
    from scipy.signal import convolve2d

    image = np.arange(20, dtype=np.uint8).reshape(1, 4, 5)
    kernel = np.array([[1, 2, 0], [0, -1, 3]])
    made = conv2d(image, kernel[None, None, ::-1, ::-1])
    assert isinstance(made, np.ndarray) and made.dtype == np.float64 and made.shape == (1, 3, 3)
    np.testing.assert_array_equal(made[0], convolve2d(image[0].astype(float), kernel, "valid"))
    stamped = conv_transpose2d(image, kernel[None, None])
    assert isinstance(stamped, np.ndarray)
    np.testing.assert_array_equal(stamped[0], convolve2d(image[0].astype(float), kernel, "full"))
    single = conv2d(image.astype(np.float32), kernel[None, None].astype(np.float32))
    assert single.dtype == np.float32


BAD = [
    (((1, 2, 5, 5), (4, 3, 3, 3), None, 1), "x has 2 channels, but the weight in 1 groups takes 3"),
    (((1, 4, 5, 5), (3, 2, 3, 3), None, 2), "2 groups do not divide 3 channels"),
    (((1, 2, 5, 5), (4, 2, 3, 3), (3,), 1), r"bias must be \(4,\), not \(3,\)"),
    (((5, 5), (4, 2, 3, 3), None, 1), r"x must be \(N, C, H, W\) or \(C, H, W\), not \(5, 5\)"),
    (((1, 2, 5, 5), (3, 3), None, 1), r"weight must have four axes, not the shape \(3, 3\)"),
    (((1, 2, 5, 5), (4, 2, 3, 3), None, 0), "groups must be a whole number of at least 1, not 0"),
    (((1, 2, 2, 5), (4, 2, 3, 3), None, 1), "a 3-high kernel does not fit into 2 . 0 padding"),
]


@pytest.mark.parametrize(("given", "told"), BAD)
def test_shapes_that_do_not_belong_together_are_refused(given: Any, told: str) -> None:
    x, weight, bias, groups = given
    with pytest.raises(ValueError, match=told):
        conv2d(np.ones(x), np.ones(weight), None if bias is None else np.ones(bias), groups=groups)


@pytest.mark.parametrize(
    ("weight", "bias", "groups", "told"),
    [
        ((3, 4, 3, 3), None, 1, "x has 2 channels, but the weight in 1 groups takes 3"),
        ((2, 4, 3, 3), None, 3, "3 groups do not divide 2 channels"),
        ((2, 4, 3, 3), (4,), 2, r"bias must be \(8,\), not \(4,\)"),
    ],
)
def test_the_transpose_refuses_them_too(weight: Any, bias: Any, groups: int, told: str) -> None:
    offset = None if bias is None else np.ones(bias)
    with pytest.raises(ValueError, match=told):
        conv_transpose2d(np.ones((1, 2, 5, 5)), np.ones(weight), offset, groups=groups)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="x must hold real numbers, not complex128"):
        conv2d(np.ones((1, 3, 3), complex), np.ones((1, 1, 2, 2)))
    with pytest.raises(ValueError, match=r"weight must hold real numbers, not torch\.complex64"):
        conv2d(torch.ones(1, 3, 3), torch.ones(1, 1, 2, 2, dtype=torch.complex64))
    with pytest.raises(ValueError, match="x must hold real numbers, not <U1"):
        conv2d(np.array([[["a"]]]), np.ones((1, 1, 1, 1)))


def test_the_matrix_of_a_convolution_by_hand() -> None:
    """4x4 image, 3x3 kernel: (4, 16), nine weights a row, each row the last one moved on."""
    kernel = np.arange(1.0, 10).reshape(3, 3)
    matrix = conv_matrix(kernel, 4)
    first = [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0]
    assert isinstance(matrix, np.ndarray) and matrix.shape == (4, 16)
    np.testing.assert_array_equal(matrix, [np.roll(first, moved) for moved in (0, 1, 4, 5)])


@quickly
@given(sizes, pairs, pairs, paddings, pairs, seeds)
def test_a_convolution_is_its_matrix(
    size: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, seed: int
) -> None:
    """Against torch's convolution, and the matrix transposed against torch's transpose of it."""
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    assume(all(r <= n + 2 * p for r, n, p in zip(reach, size, padding, strict=True)))
    x, weight = random_map((1, 1, *size), seed), random_map(kernel, seed + 1)
    made = functional.conv2d(x, weight[None, None], None, stride, padding, dilation)
    agree(
        lambda x, w: (conv_matrix(w, size, stride, padding, dilation) @ x.flatten()),
        lambda x, w: functional.conv2d(x, w[None, None], None, stride, padding, dilation).flatten(),
        x, weight,
    )  # fmt: skip
    matrix = conv_matrix(weight, size, stride, padding, dilation)
    (back,) = torch.autograd.grad(
        functional.conv2d(x.requires_grad_(), weight[None, None], None, stride, padding, dilation),
        x,
        made,
    )
    torch.testing.assert_close(matrix.T @ made.flatten(), back.flatten(), rtol=1e-12, atol=1e-12)


def test_a_matrix_with_same_padding_has_a_row_a_cell() -> None:
    assert conv_matrix(np.ones((2, 2)), (3, 4), padding="same-upper").shape == (12, 12)
    with pytest.raises(ValueError, match=r"weight must be \(height, width\), not of shape \(3,\)"):
        conv_matrix(np.ones(3), 4)
