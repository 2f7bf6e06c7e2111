"""How figures are sent: the same picture, and nothing in it that Plotly takes for new twice."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import plotly.io as pio

from core.plot.spec import LISTED, PlainFigure


def sent(data: list[dict[str, Any]], layout: dict[str, Any] | None = None, **more: Any) -> Any:
    figure = {"data": data, "layout": layout or {}, **more}
    return json.loads(pio.to_json(PlainFigure(figure), validate=False))


def test_short_arrays_of_one_dimension_are_lists_and_keep_their_numbers() -> None:
    """float32 to 7 digits, which it has; doubles to the last bit; gaps are null."""
    values = np.array([0.03, -1.5e-7, 0, 3.4e38, 1e-44, np.nan, np.inf, 123456.789], np.float32)
    doubles = np.array([1 / 3, 2e300])
    (trace,) = sent([{"type": "scatter", "x": values, "y": doubles, "ids": np.arange(3)}])["data"]
    assert trace["x"][0] == 0.03 and trace["x"][5] is None and trace["x"][6] is None
    kept = np.isfinite(values)
    back = np.array([one for one in trace["x"] if one is not None], np.float32)
    np.testing.assert_allclose(back, values[kept], rtol=5.1e-7)
    assert trace["y"] == [1 / 3, 2e300] and trace["ids"] == [0, 1, 2]


def test_long_arrays_and_frames_are_base64() -> None:
    long = np.zeros(LISTED + 1, np.float32)
    frames = [{"data": [{"type": "scatter", "x": np.ones(3, np.float32)}]}]
    out = sent([{"type": "scatter", "x": long}], frames=frames)
    assert "bdata" in out["data"][0]["x"] and out["layout"]["datarevision"] == 0
    assert "bdata" in out["frames"][0]["data"][0]["x"]


def test_a_picture_with_contours_is_sent_as_ever() -> None:
    """Plotly loses their computed data where it takes nothing for new."""
    out = sent([{"type": "contour", "z": np.ones((2, 3))}, {"type": "scatter", "x": np.ones(3)}])
    assert out["data"][0]["z"]["shape"] == "2, 3" and "bdata" in out["data"][1]["x"]
    assert "datarevision" not in out["layout"]


def test_what_plotly_never_takes_for_equal_stays_here() -> None:
    """Its ``meta`` of objects; a replay that starts by itself says so in a word."""
    figure: dict[str, Any] = {
        "data": [{"type": "scatter", "x": np.ones(2), "meta": {"layer": "a"}}],
        "layout": {"meta": {"titles": ["A"], "plays": True}, "height": 4},
    }
    out = PlainFigure(figure).to_dict()
    assert "meta" not in out["data"][0] and out["layout"]["datarevision"] == 0
    assert out["layout"]["meta"] == "plays" and out["layout"]["height"] == 4
    assert "meta" not in sent([], {"meta": {"titles": []}})["layout"]
    # The caller's own is as it was.
    assert figure["layout"]["meta"]["titles"] == ["A"]
    assert isinstance(figure["data"][0]["x"], np.ndarray)
