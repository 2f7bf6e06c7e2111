"""Scales of accuracies and differences: hand-made numbers."""

from __future__ import annotations

import numpy as np
import pytest

from core.plot.scales import accuracy_axis, bent, beside, difference_axis, stretched


def test_halving_the_mistakes_is_one_length() -> None:
    """Near 100 % the logit grows by log 2 as the mistakes halve; log 19 at 95 %."""
    assert stretched(np.array([0.5, 0.95])) == pytest.approx([0, np.log(19)], rel=1e-6)
    four, two, one = stretched(np.array([0.96, 0.98, 0.99]))
    assert two - four == pytest.approx(np.log(2), abs=0.03)
    assert one - two == pytest.approx(np.log(2), abs=0.03)


def test_what_lies_beyond_is_at_the_ends_of_the_axis() -> None:
    low, high = accuracy_axis("accuracy")["range"]
    ends = stretched(np.array([0.0, 0.1, 1.0]))
    assert ends[0] == ends[1] == 0
    assert low < ends[0] < ends[2] < high


def test_the_ends_of_the_axis_can_be_chosen() -> None:
    """log(0.7 / 0.3) is 0.8473."""
    ends = (0.7, 0.995)
    axis = accuracy_axis("accuracy", ends)
    assert axis["ticktext"] == ["≤70", "80", "90", "95", "98", "99", "≥99.5"]
    assert axis["tickvals"][0] == pytest.approx(0.8473, abs=1e-4)
    assert stretched(np.array([0.1]), ends)[0] == pytest.approx(axis["tickvals"][0])
    assert accuracy_axis("accuracy")["range"] == [-0.3, 6.5]


def test_differences_are_odd_and_fine_near_zero() -> None:
    assert bent(np.array([-3.0, 0, 3])).tolist() == pytest.approx([-2.4918, 0, 2.4918], abs=1e-4)
    axis = difference_axis(-4, 4)
    assert axis["range"] == [-4, 4]
    assert dict(zip(axis["ticktext"], axis["tickvals"], strict=True))["0"] == 0


def test_places_beside_each_other_differ_and_keep_within_their_width() -> None:
    places = beside(64, 0.4)
    assert len(set(places.round(6).tolist())) == 64
    assert np.abs(places).max() <= 0.2
