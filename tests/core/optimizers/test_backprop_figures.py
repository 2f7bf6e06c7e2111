"""The picture of backpropagation shows the run: its line, numbers and colours; what clicks do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from core.experiment import Click
from core.optimizers.backprop import BACKPROP, Frame, Settings, clicked
from core.optimizers.backward import EDGES, NODES, run
from core.plot.theme import GRADIENT, LEARNED

Trace = Mapping[str, Any]
NAME = "optimizers.backprop"


def drawn(at: int, **changes: Any) -> tuple[Settings, list[Frame], list[Trace]]:
    settings = Settings(**changes).canonical()
    frames = list(run(settings))
    return settings, frames, BACKPROP.figures(settings, frames, at)["graph"]["data"]


def texts(traces: list[Trace], color: str) -> list[str]:
    """Every word of that colour."""
    coloured = [t for t in traces if t.get("textfont", {}).get("color") == color]
    return [word for trace in coloured for word in trace["text"]]


def plain(trace: Trace) -> list[str]:
    """Its words, none of them bold."""
    return [str(word).removeprefix("<b>").removesuffix("</b>") for word in trace.get("text", ())]


def lines(traces: list[Trace]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of every line in the plane: its two ends (2, 2), and foot and tip of its arrow (2, 2)."""
    found = [t for t in traces if t.get("marker", {}).get("symbol") == "arrow"]
    both = [np.stack([t["x"], t["y"]], 1).astype(float) for t in found]
    return [(points[:2], points[3:]) for points in both]


@pytest.mark.parametrize("at", [0, 1, 5])
def test_the_line_is_where_the_neurons_sum_is_zero(at: int) -> None:
    """w1 x1 + w2 x2 + b = 0 at both ends; the arrow goes towards larger sums, across the line."""
    _, frames, traces = drawn(at, steps=5, lr=0.5)
    (ends, arrow), _ = lines(traces)
    w, b = frames[at].params[:2], frames[at].params[2]
    np.testing.assert_allclose(ends @ w + b, 0, atol=1e-5)
    assert np.hypot(*(ends[1] - ends[0])) > 6  # across the whole plane
    assert float((arrow[1] - arrow[0]) @ w) == pytest.approx(0.6 * np.hypot(*w), rel=1e-5)


def test_the_line_turns_with_the_steps() -> None:
    """By the angle between the weights (w1, w2) before and after, 16 degrees in three steps."""
    angles = []
    for at in (0, 3):
        _, frames, traces = drawn(at)
        ends = lines(traces)[0][0]
        slope = np.degrees(np.arctan2(*(ends[1] - ends[0])[::-1])) % 180
        w1, w2 = frames[at].params[:2]
        assert slope == pytest.approx(np.degrees(np.arctan2(-w1, w2)) % 180, abs=1e-3)
        angles.append(slope)
    assert abs(angles[1] - angles[0]) == pytest.approx(16, abs=1)


def test_the_network_has_a_line_for_each_hidden_unit() -> None:
    _, frames, traces = drawn(2, kind="net", steps=2)
    p = dict(zip(EDGES["net"], frames[2].params, strict=True))
    for j, (ends, _) in enumerate(lines(traces), 1):
        sums = ends @ [p[f"w1{j}"], p[f"w2{j}"]] + p[f"b{j}"]
        np.testing.assert_allclose(sums, 0, atol=1e-5)


@pytest.mark.parametrize("kind", EDGES)
def test_the_plane_is_coloured_by_the_answer(kind: str) -> None:
    """The forward pass of tanh units, written out here, at the four corners and the middle."""
    _, frames, traces = drawn(1, kind=kind, steps=1)
    heat = next(t for t in traces if t["type"] == "heatmap")
    p = dict(zip(EDGES[kind], frames[1].params, strict=True))
    n = len(heat["z"])
    for row, column in ((0, 0), (0, n - 1), (n - 1, 0), (n - 1, n - 1), (n // 2, n // 2)):
        x1, x2 = heat["x0"] + heat["dx"] * column, heat["y0"] + heat["dy"] * row
        if kind == "neuron":
            answer = np.tanh(p["w1"] * x1 + p["w2"] * x2 + p["b"])
        else:
            h = [np.tanh(p[f"w1{j}"] * x1 + p[f"w2{j}"] * x2 + p[f"b{j}"]) for j in (1, 2)]
            answer = p["v1"] * h[0] + p["v2"] * h[1] + p["c"]
        assert heat["z"][row, column] == pytest.approx(answer, abs=1e-6)


@pytest.mark.parametrize("kind", EDGES)
def test_each_edge_bears_its_weight_in_green_and_its_gradient_in_pink(kind: str) -> None:
    """Where a click takes it apart: name and weight over the edge's middle, dL/d(weight) under."""
    _, frames, traces = drawn(1, kind=kind, steps=2)
    over = next(t for t in traces if plain(t)[:1] and plain(t)[0].startswith(f"{EDGES[kind][0]} "))
    under = traces[traces.index(over) + 1]
    hit = next(t for t in traces if t.get("name") == "weights")
    assert [t["textfont"]["color"] for t in (over, under)] == [LEARNED, GRADIENT]
    assert list(over["x"]) == list(under["x"]) == list(hit["x"])
    assert list(over["y"]) == list(under["y"]) == list(hit["y"])
    assert [word.split()[0] for word in plain(over)] == list(EDGES[kind])
    weights = [float(word.split()[1]) for word in plain(over)]
    np.testing.assert_allclose(weights, frames[1].params, atol=0.0051)
    np.testing.assert_allclose([float(one) for one in plain(under)], frames[1].grads, atol=0.0051)


@pytest.mark.parametrize("kind", EDGES)
def test_nodes_bear_what_went_forward_above_and_what_came_back_below(kind: str) -> None:
    _, frames, traces = drawn(0, kind=kind, steps=0)
    ahead = dict(zip(NODES[kind], frames[0].forward, strict=True))
    above, below = texts(traces, LEARNED), texts(traces, GRADIENT)
    for name in ("x1", "L", "a" if kind == "neuron" else "y"):
        assert f"{ahead[name]:.2f}" in above
    back = dict(zip(NODES[kind], frames[0].backward, strict=True))
    words = ("dL/dz<br>{:.2f}", "z") if kind == "neuron" else ("{:.2f}", "y")
    assert words[0].format(back[words[1]]) in below
    assert LEARNED != GRADIENT


@pytest.mark.parametrize(
    ("kind", "edge", "met"),
    [
        ("neuron", "w2", {"x2", "z", "a", "L"}),
        ("net", "w21", {"x2", "h1", "y", "L"}),
        ("net", "b2", {"1", "h2", "y", "L"}),
        ("net", "v2", {"h2", "y", "L"}),
    ],
)
def test_the_way_back_is_drawn_in_the_gradients_colour(kind: str, edge: str, met: set[str]) -> None:
    """From the loss to the weight, through the nodes that its product names."""
    _, _, traces = drawn(0, kind=kind, edge=edge, steps=0)
    pinks = [t for t in traces if t.get("line", {}).get("color") == GRADIENT]
    (way,) = [t for t in pinks if t["mode"] == "lines" and t["line"]["width"] == 4]
    dots = next(t for t in traces if t.get("mode") == "markers+text")
    ends = np.stack([way["x"], way["y"]], 1)
    passed = {
        name
        for x, y, name in zip(dots["x"], dots["y"], dots["text"], strict=True)
        if np.isclose(ends, (x, y), atol=1e-3).all(1).any()
    }
    assert passed == met


def point(traces: list[Trace], name: str, n: int = 0) -> dict[str, Any]:
    """A point of the trace of that name as the browser reports it."""
    trace = next(t for t in traces if t.get("name") == name)
    return {"x": trace["x"][n], "y": trace["y"][n], "customdata": trace["customdata"][n]}


@pytest.mark.parametrize("kind", EDGES)
def test_a_click_on_a_weight_looks_at_it(kind: str) -> None:
    settings, frames, traces = drawn(0, kind=kind, steps=0)
    for n, edge in enumerate(EDGES[kind]):
        click = clicked(settings, frames, point(traces, "weights", n))
        assert click == Click(NAME, {"edge": edge}, "")
        assert settings.model_copy(update=dict(click.values)).looked_at == edge


def test_a_click_on_the_button_takes_one_more_step() -> None:
    """Any of its points; at the last step that there is, none does and the words say so."""
    settings, frames, traces = drawn(3)
    for n in range(4):
        click = clicked(settings, frames, point(traces, "step", n))
        assert click == Click(NAME, {"steps": 4}, "")
    said = [str(word) for t in traces for word in t.get("text", ())]
    assert "<b>Take the step</b>" in said
    settings, frames, traces = drawn(20, steps=20)
    assert clicked(settings, frames, point(traces, "step")) is None
    said = [str(word) for t in traces for word in t.get("text", ())]
    assert "All 20 steps taken" in said and "<b>Take the step</b>" not in said


def test_a_step_by_the_button_lowers_the_loss_by_about_rate_times_squared_gradient() -> None:
    """The frame after the click continues the run before it (Taylor's first order, to a fifth)."""
    settings, frames, traces = drawn(3)
    click = clicked(settings, frames, point(traces, "step"))
    assert click is not None
    more = list(run(settings.model_copy(update=dict(click.values))))
    assert [frame.metrics["loss"] for frame in more[:4]] == [f.metrics["loss"] for f in frames]
    square = float((frames[3].grads ** 2).sum())
    fell = frames[3].metrics["loss"] - more[4].metrics["loss"]
    assert fell == pytest.approx(settings.lr * square, rel=0.2)
    assert more[4].metrics["predicted_drop"] == pytest.approx(settings.lr * square, rel=1e-12)


def test_the_curve_is_the_runs_loss_and_the_dashes_what_was_predicted() -> None:
    settings, frames, traces = drawn(5, steps=5)
    curve = next(t for t in traces if t.get("mode") == "lines+markers" and "hovertemplate" in t)
    assert list(curve["x"]) == list(range(6))
    assert list(curve["y"]) == [0.5 * (f.forward[3] - settings.target) ** 2 for f in frames]
    dashes = next(t for t in traces if t.get("line", {}).get("dash") == "dash")
    ends = np.asarray(dashes["y"], float)[1::3]
    squares = np.array([float((frame.grads**2).sum()) for frame in frames])
    np.testing.assert_allclose(ends, np.array(curve["y"]) - settings.lr * squares, rtol=1e-5)


@pytest.mark.parametrize(("kind", "edge"), [("neuron", "w2"), ("net", "b1")])
def test_the_numbers_of_the_chosen_weight_are_bold_and_no_others(kind: str, edge: str) -> None:
    _, _, traces = drawn(0, kind=kind, edge=edge, steps=0)
    n = EDGES[kind].index(edge)
    over = next(t for t in traces if plain(t)[:1] and plain(t)[0].startswith(f"{EDGES[kind][0]} "))
    for trace in (over, traces[traces.index(over) + 1]):
        assert [k for k, word in enumerate(trace["text"]) if word.startswith("<b>")] == [n]
