"""Frames as one animation: only what moves is sent, and the last frame is what shows first."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from core.plot.animation import animate, equal, thin
from core.plot.panels import Panel, figure


def moving(at: int, kind: str = "scatter") -> dict[str, Any]:
    """A still trace, a point that moves along x, and a label that counts."""
    still = {"type": kind, "x": np.arange(3.0), "y": np.array([0, np.nan, 1])}
    point = {"type": "scatter", "x": np.array([at]), "y": np.array([0.0])}
    label = {"type": "scatter", "mode": "text", "x": [0.0], "y": [1.0], "text": [f"step {at}"]}
    return figure([Panel([still, point, label], "Walk")])


def test_only_what_moves_is_in_the_frames() -> None:
    fig = animate([moving(at) for at in range(4)], [0, 10, 20, 30])
    assert [frame["traces"] for frame in fig["frames"]] == [[1, 2]] * 4
    first = fig["frames"][0]["data"]
    assert [sorted(trace) for trace in first] == [["type", "x"], ["text", "type"]]
    assert first[1]["text"] == ["step 0"]


def test_the_last_frame_shows_first_and_the_slider_counts_steps() -> None:
    figures = [moving(at) for at in range(4)]
    fig = animate(figures, [0, 10, 20, 30])
    assert fig["data"] is figures[-1]["data"]
    slider = fig["layout"]["sliders"][0]
    assert [step["label"] for step in slider["steps"]] == ["0", "10", "20", "30"]
    assert slider["active"] == 3
    assert [step["args"][0] for step in slider["steps"]] == [[f["name"]] for f in fig["frames"]]
    assert slider["currentvalue"]["prefix"] == "step "


def test_on_a_narrow_screen_the_slider_begins_after_the_buttons() -> None:
    """Play and Pause take some 130 of 340 pixels there, some 130 of 1,000 on a wide one."""
    for slim, before in ((False, 0.13), (True, 130 / 340 - 0.01)):
        layout = animate([moving(at) for at in range(3)], [0, 1, 2], slim=slim)["layout"]
        slider = layout["sliders"][0]
        assert slider["x"] >= before and slider["x"] + slider["len"] == pytest.approx(1)


def test_the_slider_can_count_something_else() -> None:
    fig = animate([moving(at) for at in range(3)], ["0", "0.5", "10"], clock="β =")
    slider = fig["layout"]["sliders"][0]
    assert [step["label"] for step in slider["steps"]] == ["0", "0.5", "10"]
    assert slider["currentvalue"]["prefix"] == "β = "


def test_a_redraw_is_asked_for_only_where_plotly_needs_one() -> None:
    def redraws(kind: str) -> bool:
        figures = [moving(at, kind) for at in range(3)]
        for at, fig in enumerate(figures):
            fig["data"][0] = {"type": kind, "z": np.full((2, 2), at)} | {"xaxis": "x", "yaxis": "y"}
        steps = animate(figures, [0, 1, 2])["layout"]["sliders"][0]["steps"]
        return bool(steps[0]["args"][1]["frame"]["redraw"])

    assert redraws("heatmap")
    plain = animate([moving(at) for at in range(3)], [0, 1, 2])
    assert not plain["layout"]["sliders"][0]["steps"][0]["args"][1]["frame"]["redraw"]


def test_plotly_takes_the_animation() -> None:
    fig = go.Figure(animate([moving(at) for at in range(4)], [0, 10, 20, 30]))
    assert len(fig.frames) == 4


@pytest.mark.parametrize("count", [1, 2, 79, 80, 81, 150, 10_001])
def test_thinning_keeps_the_ends_and_an_even_spacing(count: int) -> None:
    picks = thin(count, 80)
    assert len(picks) == min(count, 80)
    assert (picks[0], picks[-1]) == (0, count - 1)
    gaps = np.diff(picks)
    assert not gaps.size or (gaps.min() >= 1 and np.ptp(gaps) <= 1)


def test_equality_of_nested_values() -> None:
    def value(last: float, gap: float = np.nan) -> dict[str, Any]:
        return {"a": [np.array([1.0, gap]), {"b": (1, "x")}], "c": np.array([last])}

    assert equal(value(1.0), value(1.0))
    assert not equal(value(1.0), value(2.0))
    assert not equal(value(1.0), value(1.0, gap=0.0))
    assert not equal([1, 2], [1, 2, 3])
    assert not equal({"a": 1}, {"a": 1, "b": 2})
    assert equal(np.array(["a"]), ["a"])
