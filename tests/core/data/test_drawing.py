"""Drawn images as text: there and back, short, and refused in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.data import drawing

greys = arrays(np.uint8, (28, 28), elements=st.integers(0, 15), fill=st.just(0))


@settings(max_examples=50, deadline=None)
@given(greys)
def test_there_and_back(levels: np.ndarray) -> None:
    text = drawing.encode(levels / 15)
    assert len(text) <= 784
    np.testing.assert_array_equal(drawing.decode(text) * 15, levels)


def test_by_hand() -> None:
    """Two dark pixels, 5, f, then 25 dark (20 and 5), 1: h5fzk1."""
    image = np.zeros(784)
    image[[2, 3, 29]] = 5 / 15, 1, 1 / 15
    assert drawing.encode(image.reshape(28, 28)) == "h5fzk1"
    np.testing.assert_allclose(drawing.decode("h5fzk1").ravel(), image, rtol=1e-6)
    assert not drawing.decode("").any()


@pytest.mark.parametrize("text", ["A", "<script>", "-1", "0" * 785, "z" * 40, "é"])
def test_what_is_no_drawing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a drawing has"):
        drawing.decode(text)
