"""Labelled points as text: there and back, and a sentence for each mistake."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.points import decode, encode

place = st.floats(-1, 1, allow_nan=False)
drawn = st.lists(st.tuples(place, place, st.integers(0, 9)), max_size=200)


@given(drawn)
def test_there_and_back_within_one_level(points: list[tuple[float, float, int]]) -> None:
    x = np.array([p[:2] for p in points], float).reshape(-1, 2)
    y = np.array([p[2] for p in points], int)
    text = encode(x, y)
    back_x, back_y = decode(text)
    assert len(text) == 5 * len(points)
    assert np.array_equal(back_y, y)
    assert np.abs(back_x - x).max(initial=0) <= 1 / 255 + 1e-6
    assert encode(back_x, back_y) == text


def test_the_ends_are_the_corners() -> None:
    x, y = decode("100ff")
    assert x.tolist() == [[-1.0, 1.0]] and y.tolist() == [1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("100f", "each point is 5 characters; the text has 4"),
        ("10000200001", "the text has 11"),
        ("1zz00", "point 1 has 'zz00'; x and y are two hexadecimal digits each"),
        ("00000x0000", "point 2 has class 'x'; a class is 0 to 1"),
        ("20000", "point 1 has class '2'; a class is 0 to 1"),
        ("1-100", "point 1 has '-100'"),
        ("1 f f", "point 1 has ' f f'"),
        ("\u0661" * 5, "point 1 has class"),
        ("00000" * 201, "at most 200 points; the text has 201"),
    ],
)
def test_a_mistake_is_said(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        decode(text, classes=2)


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        ([[0.0, 1.1]], [0], "between -1 and 1"),
        ([[0.0, float("nan")]], [0], "between -1 and 1"),
        ([[0.0, 0.0]], [10], "a digit from 0 to 9"),
        ([[0.0, 0.0]], [0, 1], "given 1 and 2"),
        ([[0.0, 0.0]] * 201, [0] * 201, "at most 200"),
    ],
)
def test_what_cannot_be_written(x: list[list[float]], y: list[int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        encode(np.array(x), np.array(y))
