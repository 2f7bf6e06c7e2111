"""What the browser says about a zoom is not trusted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.ui.zoom import zoomed

OF = json.dumps({"xaxis": "[0, 1]", "yaxis2": "", "scene": "scene"})
EYE = {part: {"x": 1.0, "y": 0, "z": -2.5} for part in ("eye", "center", "up")}


def test_ranges_and_cameras_of_this_picture_are_taken() -> None:
    at = {"xaxis": [0.2, 0.4], "yaxis2": [3, -1], "scene": EYE}
    assert zoomed({"of": OF, "at": at}, OF) == at


def test_a_zoom_of_another_picture_is_not() -> None:
    assert zoomed({"of": "{}", "at": {"xaxis": [0.2, 0.4]}}, OF) == {}


@pytest.mark.parametrize(
    "at",
    [
        [0, 1],
        {"xaxis3": [0, 1]},
        {"xaxis": [1, 1]},
        {"xaxis": [0, float("nan")]},
        {"xaxis": ["0", "1"]},
        {"xaxis": [0, 1, 2]},
        {"xaxis": None},
        {"scene": {"eye": {"x": 1, "y": 1, "z": 1}}},
        {"scene": {**EYE, "up": {"x": 1, "y": 1, "z": float("inf")}}},
        {"title": "<script>"},
    ],
)
def test_what_is_no_zoom_is_left_out(at: Any) -> None:
    assert zoomed({"of": OF, "at": at}, OF) == {}


@pytest.mark.parametrize("told", [None, 3, "x", {}, {"of": OF}])
def test_neither_is_anything_else(told: Any) -> None:
    assert zoomed(told, OF) == {}
