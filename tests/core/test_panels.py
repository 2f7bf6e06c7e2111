"""Panels to figures: placed side by side, stacked, two figures as rows of one."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from core.plot.animation import equal
from core.plot.panels import Panel, above, arrange, figure, narrow

HEIGHT = 440


def line(y: float = 0.0) -> dict[str, Any]:
    return {"type": "scatter", "x": np.arange(3), "y": np.full(3, y)}


def sample() -> dict[str, Any]:
    """Three panels: a square one with a note and a shape, a 3-D one, a wide one."""
    surface = {"type": "surface", "z": np.zeros((2, 2))}
    box = {"type": "rect", "x0": 0, "x1": 1, "y0": 0, "y1": 1}
    note = {"text": "here", "x": 1, "y": 1, "ax": 0.5, "ay": 0.5, "axref": "x", "ayref": "y"}
    return figure(
        [
            Panel(
                [line(), line(1)], "Path", {"title": {"text": "x"}}, {"range": [0, 1]}, square=True
            ),
            Panel([surface], "Surface", scene={"xaxis": {"title": {"text": "x"}}}),
            Panel([line(2)], "Loss", {"range": [0, 5]}, width=2, notes=[note], shapes=[box]),
        ],
        height=HEIGHT,
    )


def domains(fig: dict[str, Any]) -> list[tuple[float, float, float, float]]:
    """(left, right, low, high) of each panel, in shares of the plotting area."""
    layout, out = fig["layout"], []
    for n, scene in enumerate(layout["meta"]["scenes"]):
        suffix = "" if n == 0 else str(n + 1)
        if scene:
            x, y = layout[f"scene{suffix}"]["domain"]["x"], layout[f"scene{suffix}"]["domain"]["y"]
        else:
            x, y = layout[f"xaxis{suffix}"]["domain"], layout[f"yaxis{suffix}"]["domain"]
        out.append((*x, *y))
    return out


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def assert_apart(fig: dict[str, Any]) -> None:
    places = domains(fig)
    for n, place in enumerate(places):
        assert 0 <= place[0] < place[1] <= 1
        assert 0 <= place[2] < place[3] <= 1
        assert not any(overlap(place, other) for other in places[:n])


def test_panels_stand_side_by_side_by_their_widths() -> None:
    fig = sample()
    assert_apart(fig)
    widths = [right - left for left, right, _, _ in domains(fig)]
    assert widths == pytest.approx([widths[0], widths[0], 2 * widths[0]])
    assert len({place[2:] for place in domains(fig)}) == 1


def test_traces_belong_to_their_panels_and_keep_their_order() -> None:
    fig = sample()
    assert [trace.get("xaxis", trace.get("scene")) for trace in fig["data"]] == [
        "x",
        "x",
        "scene2",
        "x3",
    ]
    assert fig["layout"]["yaxis"]["scaleanchor"] == "x"
    assert fig["layout"]["yaxis"]["range"] == [0, 1]
    note, *_ = fig["layout"]["annotations"]
    assert (note["xref"], note["yref"]) == ("x3", "y3")
    assert (fig["layout"]["shapes"][0]["xref"], fig["layout"]["shapes"][0]["yref"]) == ("x3", "y3")


def titles(fig: dict[str, Any]) -> list[str]:
    return [note["text"] for note in fig["layout"]["annotations"] if note.get("name") == "panel"]


def test_every_panel_has_its_title_above_it_at_its_left_edge() -> None:
    for fig in (sample(), narrow(sample())):
        assert titles(fig) == ["Path", "Surface", "Loss"]
        notes = [note for note in fig["layout"]["annotations"] if note.get("name") == "panel"]
        for note, (left, _, _, high) in zip(notes, domains(fig), strict=True):
            assert (note["x"], note["y"]) == (left, high)


def test_narrow_stacks_the_panels_and_leaves_the_original_alone() -> None:
    wide = sample()
    before = copy.deepcopy(wide)
    slim = narrow(wide)
    assert equal(wide, before)
    assert_apart(slim)
    assert all(right - left == 1 for left, right, _, _ in domains(slim))
    lows = [low for _, _, low, _ in domains(slim)]
    assert lows == sorted(lows, reverse=True), "the first panel is on top"
    assert slim["layout"]["height"] == 3 * 360
    assert slim["data"] is wide["data"]


def test_a_panel_that_needs_room_when_stacked_gets_it_and_the_others_keep_theirs() -> None:
    """Inner heights of 480, 360 and 260 pixels, each less 42 over it and 58 under it."""
    slim = narrow(figure([Panel([line()], "High", stacked=480), Panel([line()], "Plain"),
                          Panel([line()], "Low", stacked=260)], height=HEIGHT))  # fmt: skip
    assert slim["layout"]["height"] == 480 + 360 + 260
    inner = 1100 - 8 - 58  # what Plotly's margins leave
    tall = [(high - low) * inner for _, _, low, high in domains(slim)]
    assert tall == pytest.approx([380, 260, 160])
    assert narrow(figure([Panel([line()], "Low")], height=200))["layout"]["height"] == 200


def test_numbers_in_small_cells_are_smaller_when_stacked_or_left_out() -> None:
    heat = {"type": "heatmap", "z": np.eye(2), "texttemplate": "%{z}", "textfont": {"size": 11}}
    maps = [{**heat, "meta": {"stacked": size}} for size in (8, 0)]
    wide = figure([Panel([heat, *maps], "Cells")])
    small = narrow(wide)["data"]
    assert [trace["textfont"]["size"] for trace in small[:2]] == [11, 8]
    assert [bool(trace["texttemplate"]) for trace in small] == [True, True, False]
    assert all(trace["textfont"]["size"] == 11 for trace in wide["data"])
    go.Figure(narrow(wide))


def test_arranging_again_gives_what_the_first_time_gave() -> None:
    fig = sample()
    assert equal(arrange(narrow(fig), [[0, 1, 2]]), fig)


def test_above_puts_two_figures_in_two_rows_of_one() -> None:
    top, below = sample(), sample()
    kept = copy.deepcopy((top, below))
    both = above(top, below, ("Now", "Pinned"))
    assert equal([top, below], list(kept))
    assert_apart(both)
    refs = [trace.get("xaxis", trace.get("scene")) for trace in both["data"]]
    assert refs == ["x", "x", "scene2", "x3", "x4", "x4", "scene5", "x6"]
    assert titles(both) == [
        "Now: Path",
        "Now: Surface",
        "Now: Loss",
        "Pinned: Path",
        "Pinned: Surface",
        "Pinned: Loss",
    ]
    layout = both["layout"]
    assert (layout["yaxis4"]["scaleanchor"], layout["yaxis4"]["anchor"]) == ("x4", "x4")
    own = [note for note in layout["annotations"] if note.get("name") != "panel"]
    assert [(n["xref"], n["yref"], n["axref"], n["ayref"]) for n in own] == [
        ("x3", "y3", "x", "y"),
        ("x6", "y6", "x4", "y4"),
    ]
    assert [shape["xref"] for shape in layout["shapes"]] == ["x3", "x6"]


def test_a_legend_of_two_rows_has_every_name_once() -> None:
    def row(*names: str) -> dict[str, Any]:
        return figure([Panel([{**line(), "name": name} for name in names], "Loss")])

    both = above(row("a", "b"), row("b", "c"), ("Now", "Pinned"))
    shown = [trace["name"] for trace in both["data"] if trace.get("showlegend", True)]
    assert shown == ["a", "b", "c"]


def test_stacking_two_rows_keeps_all_six() -> None:
    slim = narrow(above(sample(), sample(), ("Now", "Pinned")))
    assert_apart(slim)
    assert len(titles(slim)) == 6


@pytest.mark.parametrize("make", [sample, lambda: narrow(sample())])
def test_plotly_takes_the_figure(make: Any) -> None:
    """plotly.graph_objects refuses any key or value that its schema does not know."""
    assert len(go.Figure(make()).data) == 4
    assert len(go.Figure(above(make(), make(), ("Now", "Pinned"))).data) == 8
