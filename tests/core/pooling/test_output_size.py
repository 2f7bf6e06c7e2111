"""Sizes against the shapes that torch gives, ONNX's published formulas and tables by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st
from torch.nn import functional

from core.pooling.ops import axes, output_size, receptive_field, transposed_size, windows
from tests.core.pooling.reference import pairs, quickly, seeds, sides


def half(kernel: int, dilation: int) -> int:
    """The most padding that torch's max_pool2d takes."""
    return min(kernel, dilation * (kernel - 1) + 1) // 2


@quickly
@given(size=st.tuples(sides, sides), kernel=pairs, stride=pairs, dilation=pairs, ceil=st.booleans())
@example(size=(4, 1), kernel=(1, 2), stride=(3, 3), dilation=(1, 1), ceil=True)
@example(size=(2, 2), kernel=(2, 2), stride=(2, 2), dilation=(1, 1), ceil=True)
def test_pooling_makes_as_many_windows_as_torch(
    size: Any, kernel: Any, stride: Any, dilation: Any, ceil: bool
) -> None:
    """Torch refuses what we refuse, and what it does not refuse has its shape."""
    padding = (half(kernel[0], dilation[0]), half(kernel[1], dilation[1]))
    given = (kernel, stride, padding, dilation, ceil)
    try:
        shape = functional.max_pool2d(torch.zeros(1, *size), *given).shape[1:]
    except RuntimeError:
        with pytest.raises(ValueError, match="does not fit into"):
            output_size(size, *given)
    else:
        assert output_size(size, *given) == tuple(shape)


@quickly
@given(size=st.tuples(sides, sides), kernel=pairs, stride=pairs, dilation=pairs, padding=pairs)
def test_a_convolution_makes_as_many_windows_as_torchs(
    size: Any, kernel: Any, stride: Any, dilation: Any, padding: Any
) -> None:
    weight = torch.zeros(1, 1, *kernel)
    try:
        made = functional.conv2d(torch.zeros(1, *size), weight, None, stride, padding, dilation)
    except RuntimeError:
        with pytest.raises(ValueError, match="does not fit into"):
            output_size(size, kernel, stride, padding, dilation)
    else:
        assert output_size(size, kernel, stride, padding, dilation) == tuple(made.shape[1:])


@quickly
@given(size=pairs, kernel=pairs, stride=pairs, dilation=pairs, padding=pairs, seed=seeds)
def test_a_transposed_convolution_is_as_large_as_torchs(
    size: Any, kernel: Any, stride: Any, dilation: Any, padding: Any, seed: int
) -> None:
    most = [max(s, d) for s, d in zip(stride, dilation, strict=True)]
    extra = tuple(int(n) for n in np.random.default_rng(seed).integers(0, most))
    full = transposed_size(size, kernel, stride, 0, extra, dilation)[0]
    assume(all(n > 2 * p for n, p in zip(full, padding, strict=True)))
    made = functional.conv_transpose2d(
        torch.zeros(1, *size), torch.zeros(1, 1, *kernel), None, stride, padding, extra, 1, dilation
    )
    assert transposed_size(size, kernel, stride, padding, extra, dilation)[0] == made.shape[1:]


def test_forms_of_size_and_padding() -> None:
    """A number in, a number out; a pair in, a pair out. By hand: (7 + 2 - 2 - 1) // 2 + 1 = 4."""
    assert output_size(7, 3, 2, 1) == 4
    assert output_size(np.int64(7), 3, 2, 1) == 4
    assert output_size((7, 7), 3, 2, 1) == (4, 4)
    assert output_size([7, 9], (3, 1), (2, 4), (1, 0)) == (4, 3)
    assert output_size((7, 7), 3, 2, ((0, 1), (2, 3))) == (3, 5)
    assert output_size(6, 3) == 2  # the stride is the kernel's
    assert output_size(7, 3, 2, "valid") == 3
    assert output_size(8, 3, 2, "valid", ceil_mode=True) == 3  # only whole windows
    assert output_size(8, 3, 2, ceil_mode=True) == 4
    with pytest.raises(ValueError, match=r"the axes differ \(5 and 3 windows\)"):
        output_size(7, (3, 5), 1)


# size, kernel, stride, dilation: padding of SAME_UPPER (before, after), and the windows.
SAME = {
    (5, 2, 1, 1): ((0, 1), 5),
    (5, 3, 1, 1): ((1, 1), 5),
    (5, 4, 1, 1): ((1, 2), 5),
    (6, 3, 2, 1): ((0, 1), 3),
    (5, 3, 2, 1): ((1, 1), 3),
    (7, 2, 3, 1): ((0, 1), 3),
    (7, 1, 3, 1): ((0, 0), 3),  # the kernel skips cells: nothing to add
    (5, 3, 1, 2): ((2, 2), 5),
    (6, 2, 4, 3): ((1, 1), 2),
    (1, 4, 5, 1): ((1, 2), 1),
}


@pytest.mark.parametrize(("given", "expected"), SAME.items())
def test_same_padding_by_hand(given: tuple[int, ...], expected: tuple[Any, int]) -> None:
    """A table worked out by hand; SAME_LOWER is it with the odd cell in front."""
    (size, kernel, stride, dilation), ((less, more), count) = given, expected
    for name, around in (("same-upper", (less, more)), ("same-lower", (more, less))):
        for ceil in (False, True):
            axis = axes(size, kernel, stride, name, dilation, ceil)[0]
            assert (axis.before, axis.after, axis.count) == (*around, count)


@quickly
@given(size=sides, kernel=sides, stride=sides, dilation=sides)
def test_same_padding_by_onnx(size: int, kernel: int, stride: int, dilation: int) -> None:
    """auto_pad as ONNX publishes it, with no padding where the formula's is negative."""
    out = math.ceil(size / stride)
    total = max(0, (out - 1) * stride + ((kernel - 1) * dilation + 1) - size)
    upper, lower = (
        axes(size, kernel, stride, f"same-{which}", dilation)[1] for which in ("upper", "lower")
    )
    assert (upper.before, upper.after) == (math.floor(total / 2), math.ceil(total / 2))
    assert (lower.before, lower.after) == (math.ceil(total / 2), math.floor(total / 2))
    assert upper.count == lower.count == out


def test_same_padding_of_a_transposed_convolution() -> None:
    """ONNX ConvTranspose: output = size * stride, total cut = full size - output; by hand."""
    assert transposed_size(3, 3, 2, "same-upper") == ((6, 6), ((0, 1), (0, 1)))
    assert transposed_size(3, 3, 2, "same-lower") == ((6, 6), ((1, 0), (1, 0)))
    assert transposed_size((3, 4), 4, 2, "same-upper") == ((6, 8), ((1, 1), (1, 1)))
    assert transposed_size(3, 2, 3, "same-lower", 1) == ((9, 9), ((0, 0), (0, 0)))
    assert transposed_size(2, 3, 1, "same-upper", 0, 2) == ((2, 2), ((2, 2), (2, 2)))
    assert transposed_size(3, 3, 2, "valid") == ((7, 7), ((0, 0), (0, 0)))
    with pytest.raises(ValueError, match=r"3\*3 = 9 cells, .* reaches 7 only: 2 more of output_p"):
        transposed_size(3, 1, 3, "same-upper")


IMPOSSIBLE = [
    ((3, 5, 1), "a 5-high kernel does not fit into 3 + 0 padding: floor((3 + 0 - 4 - 1)/1) + 1 = "
     "-1 < 1"),
    (((9, 3), 5, 2, (0, 0)), "a 5-wide kernel does not fit into 3 + 0 padding: "
     "floor((3 + 0 - 4 - 1)/2) + 1 = 0 < 1"),
    ((4, 3, 1, ((0, 1), (1, 1)), 3), "a 3-high kernel at dilation 3 (7 cells) does not fit into "
     "4 + 1 padding: floor((4 + 1 - 6 - 1)/1) + 1 = -1 < 1"),
    ((1, 4, 2, 0, 1, True), "a 4-high kernel does not fit into 1 + 0 padding: "
     "ceil((1 + 0 - 3 - 1)/2) + 1 = 0 < 1"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "told"), IMPOSSIBLE)
def test_an_impossible_size_is_told_in_numbers(given: Any, told: str) -> None:
    with pytest.raises(ValueError, match="fit into") as caught:
        output_size(*given)
    assert str(caught.value) == told


BAD = [
    ((5, 0), "kernel must be a whole number of at least 1, not 0"),
    ((5, -2), "kernel must be a whole number of at least 1, not -2"),
    ((5, 2.0), "kernel must be a whole number of at least 1, not 2.0"),
    ((5, True), "kernel must be a whole number of at least 1, not True"),
    ((5, None), "kernel must be a whole number of at least 1, not None"),
    ((5, (2, "2")), "kernel must be a whole number of at least 1, not '2'"),
    ((5, (2, 2, 2)), r"kernel must be one number or two, not \(2, 2, 2\)"),
    ((5, 2, 0), "stride must be a whole number of at least 1, not 0"),
    ((5, 2, 1, -1), "padding must be a whole number of at least 0, not -1"),
    ((5, 2, 1, 0.5), "padding must be a whole number of at least 0, not 0.5"),
    ((5, 2, 1, "same"), "or one of valid, same-upper, same-lower, not 'same'"),
    ((5, 2, 1, (1, 1, 1, 1)), r"padding must be a number, \(h, w\), \(\(top, bottom\)"),
    ((5, 2, 1, 0, 0), "dilation must be a whole number of at least 1, not 0"),
    ((0, 2), "the image's size must be a whole number of at least 1, not 0"),
    (((5, 5, 5), 2), "the image's size must be one number or two"),
]


@pytest.mark.parametrize(("given", "told"), BAD)
def test_bad_numbers_are_refused_in_words(given: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        output_size(*given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((2, 3, 2, 3), r"\(2 - 1\)\*2 - 6 \+ 1\*\(3 - 1\) \+ 0 \+ 1 = -1 < 1"),
        ((2, 3, 2, 0, 2), "output_padding 2 must be less than the stride 2 or the dilation 1"),
    ],
)
def test_a_bad_transposed_size_is_refused_in_words(given: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        transposed_size(*given)


def test_windows_by_hand() -> None:
    """A 2x3 image under a 2x2 window at stride 2 with a row of padding on top, in ceil mode."""
    image = np.array([[1, 2, 3], [4, 5, 6]])
    found = windows(image, 2, 2, ((1, 0), (0, 0)), ceil_mode=True)
    assert isinstance(found.values, np.ndarray) and found.values.dtype == np.float64
    expected = [[[[0, 0], [1, 2]], [[0, 0], [3, 0]]], [[[4, 5], [0, 0]], [[6, 0], [0, 0]]]]
    np.testing.assert_array_equal(found.values, expected)
    np.testing.assert_array_equal(found.real, np.array(expected) > 0)
    hangs = np.zeros((2, 2, 2, 2), bool)
    hangs[1, :, 1, :] = hangs[:, 1, :, 1] = True  # below the last row, right of the last column
    np.testing.assert_array_equal(found.counted, ~hangs)


@quickly
@given(shape=st.tuples(sides, sides), kernel=pairs, padding=pairs, dilation=pairs, stride=pairs)
def test_windows_are_torchs_unfold(
    shape: Any, kernel: Any, padding: Any, dilation: Any, stride: Any
) -> None:
    x = torch.arange(1.0, 1 + 2 * math.prod(shape)).view(1, 2, *shape)
    try:
        found = windows(x, kernel, stride, padding, dilation)
    except ValueError:
        assume(False)
    columns = functional.unfold(x, kernel, dilation, padding, stride)  # (1, C kh kw, oh ow)
    ours = found.values.permute(0, 1, 4, 5, 2, 3).reshape(columns.shape)
    assert torch.equal(ours, columns)
    assert torch.equal(found.real.expand_as(found.values), found.values > 0)
    assert found.counted.all()


layers = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(1, 3)),
    min_size=1,
    max_size=4,
)


@quickly
@given(stack=layers)
@example(stack=[(3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 1, 1), (2, 2, 0, 1)])
def test_a_receptive_field_is_where_the_gradient_is(stack: Any) -> None:
    """Through a stack of all-ones convolutions, in a unit whose field lies in the image."""
    field = receptive_field(stack)
    unit = -(field.start // field.jump)  # the first whose field begins at 0 or later
    first = field.start + unit * field.jump
    # Zeros to the right of the field too, so that its end is the gradient's, not the image's.
    beyond = sum(p for _, _, p, _ in stack) * field.jump + 4 * field.size
    x = torch.ones(1, 1, first + field.size + beyond, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride, padding, dilation in stack:
        ones = torch.ones(1, 1, kernel, dtype=torch.float64)
        y = functional.conv1d(y, ones, None, stride, padding, dilation)
    y[0, 0, unit].backward()
    assert x.grad is not None
    seen = x.grad[0, 0].nonzero().flatten()
    assert (int(seen[0]), int(seen[-1])) == (first, first + field.size - 1)


def test_receptive_fields_by_hand() -> None:
    """VGG-16's last pooling sees 212 cells at a jump of 32 (Araujo, Norris and Sim 2019, table)."""
    conv, pool = (3, 1, 1, 1), (2, 2)
    vgg = [conv, conv, pool, conv, conv, pool, *([conv] * 3 + [pool]) * 3]
    assert receptive_field(vgg) == (212, 32, -90)
    assert receptive_field([]) == (1, 1, 0)
    assert receptive_field([(3,)]) == (3, 1, 0)
    with pytest.raises(ValueError, match="kernel must be a whole number of at least 1, not 0"):
        receptive_field([(0, 1, 0, 1)])
    with pytest.raises(ValueError, match="a layer is"):
        receptive_field([(3, 1, 1, 1, 1)])
