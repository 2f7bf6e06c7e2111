"""Pictures of convolution and pooling: Plotly takes them, and the right cells are outlined."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy import signal

from core.experiment import Experiment
from core.plot.panels import above, narrow
from core.pooling import kernels, window

ALL = {"others": window.Settings.choices("others")}
CASES: list[tuple[Experiment, dict[str, Any]]] = [
    (kernels.KERNELS, {"dilation": 2}),
    (kernels.KERNELS, {"scale": "transposed", "image": "eight"}),
    (kernels.KERNELS, {"scale": "upsampled", "padding": "same"}),
    (kernels.KERNELS, {"kernel": "gabor", "angle": 45.0}),
    (kernels.KERNELS, {"kernel": "own", "weights": ";".join(["1 2 3 4 5 6 7"] * 7)}),
    (kernels.KERNELS, {"image": "photograph", "channels": "apart"}),
    (kernels.KERNELS, {"image": "photograph", "scale": "transposed", "stride": 4}),
    (kernels.KERNELS, {"image": "cells", "cells": "1 2;3 4"}),
    (kernels.KERNELS, {"image": "cells", "cells": "-5", "kernel": "own", "weights": "2"}),
    (window.WINDOW, {**ALL, "padding": 1, "flow": "all"}),
    (window.WINDOW, {**ALL, "image": "photograph", "kernel": 5, "dilation": 2}),
    (window.WINDOW, {**ALL, "image": "cells", "cells": "-1 2;3 -4", "padding": 3}),
    (window.WINDOW, {"image": "cells", "cells": "1 2 3"}),
    (window.WINDOW, {"image": "seven", "ceil_mode": True, "row": 3, "column": 3}),
    (window.WINDOW, {"kinds": ("max",), "kernel": 1, "padding": 2, "stride": 1}),
]
IDS = [f"{one.name} {' '.join(map(str, given.values()))[:40]}" for one, given in CASES]


def figures(experiment: Experiment, **given: Any) -> dict[str, dict[str, Any]]:
    settings = experiment.settings(**given).canonical()
    return experiment.figures(settings, list(experiment.frames(settings)), 0)


def outlined(fig: dict[str, Any], which: int = 0) -> list[tuple[float, ...]]:
    """Boxes (left, top, right, bottom) of an outline, in cells."""
    traces = [trace for trace in fig["data"] if trace.get("mode") == "lines"]
    points = np.stack([traces[which]["x"], traces[which]["y"]], 1).reshape(-1, 6, 2)[:, :5]
    return [(*box.min(0).tolist(), *box.max(0).tolist()) for box in points]


@pytest.mark.parametrize(("experiment", "given"), CASES, ids=IDS)
def test_plotly_takes_every_picture(experiment: Experiment, given: dict[str, Any]) -> None:
    """Alone, narrow, and over the pinned default."""
    plain = figures(experiment)
    for name, fig in figures(experiment, **given).items():
        go.Figure(fig)
        go.Figure(narrow(fig))
        go.Figure(above(fig, plain[name], ("Now", "Pinned")))
        for trace in fig["data"]:
            if trace["type"] == "heatmap":
                assert np.isfinite(trace["z"]).all()


def test_the_window_lies_where_it_says() -> None:
    fig = figures(kernels.KERNELS, row=1, column=3)["window"]
    assert outlined(fig) == [(2.5, 0.5, 5.5, 3.5)]
    assert outlined(fig, 1) == [(2.5, 0.5, 3.5, 1.5)], "its cell of the output"
    strided = figures(kernels.KERNELS, scale="strided", row=1, column=2)["window"]
    assert outlined(strided) == [(3.5, 1.5, 6.5, 4.5)]


def test_a_dilated_window_is_outlined_tap_by_tap() -> None:
    boxes = outlined(figures(kernels.KERNELS, dilation=2, row=0, column=1)["window"])
    corners = [(1 + 2 * j - 0.5, 2 * i - 0.5) for i in range(3) for j in range(3)]
    assert boxes == [(x, y, x + 1, y + 1) for x, y in corners]


def test_the_window_of_pooling_starts_in_the_padding() -> None:
    fig = figures(window.WINDOW, padding=1, row=0, column=1)["window"]
    assert outlined(fig) == [(0.5, -1.5, 2.5, 0.5)]
    assert fig["layout"]["xaxis"]["range"] == [-1.5, 8.5]


def test_the_numbers_on_the_first_picture() -> None:
    fig = figures(kernels.KERNELS)["window"]
    products = fig["data"][2]
    assert products["text"][0] == ["(−1) × 1<br>= −1", "0 × 0.9<br>= 0", "1 × 1<br>= 1"]
    assert fig["layout"]["meta"]["titles"][1] == "Weight × cell, summed: 1.5"
    assert fig["data"][3]["text"][2][2] == "1.5"


@pytest.mark.parametrize("operation", ["cross-correlation", "convolution"])
def test_both_operations_are_side_by_side(operation: str) -> None:
    """SciPy's correlate2d and convolve2d of an uneven kernel; the chosen one is bold."""
    cells, weights = np.array([[0.0, 1, 0, 2], [3, 0, 1, 0], [0, 2, 0, 1]]), [[1.0, 2], [0, -1]]
    given = {"cells": "0 1 0 2;3 0 1 0;0 2 0 1", "weights": "1 2;0 -1", "operation": operation}
    fig = figures(kernels.KERNELS, image="cells", kernel="own", **given)["whole"]
    *_, first, second = (trace for trace in fig["data"] if trace["type"] == "heatmap")
    assert np.asarray(first["z"]) == pytest.approx(signal.correlate2d(cells, weights, "valid"))
    assert np.asarray(second["z"]) == pytest.approx(signal.convolve2d(cells, weights, "valid"))
    assert (first["zmin"], first["zmax"]) == (second["zmin"], second["zmax"])
    titles = fig["layout"]["meta"]["titles"][2:]
    bold = "<b>Convolution</b>" if operation == "convolution" else "<b>Cross-correlation</b>"
    assert [re.sub("<.*?>", "", title) for title in titles] == ["Cross-correlation", "Convolution"]
    assert bold in titles


def test_the_matrix_counts_its_weights() -> None:
    title = figures(kernels.KERNELS)["matrix"]["layout"]["meta"]["titles"][0]
    assert title.startswith("The layer as a matrix: 49 inputs x 25 outputs. 9 weights")
    assert title.endswith("a dense layer has 1,225")
    example = figures(kernels.KERNELS, image="digit")["matrix"]["layout"]["meta"]["titles"][0]
    assert example.startswith("A smaller example as a matrix: 16 inputs x 4 outputs. 9 weights")
    assert example.endswith("a dense layer has 64")


def test_the_weight_in_the_middle_is_one_colour() -> None:
    """In the matrix and in the kernel beside it, for all nine."""
    fig = figures(kernels.KERNELS)["matrix"]
    layer, weights = (trace for trace in fig["data"] if trace["type"] == "heatmap")
    assert layer["colorscale"] == weights["colorscale"]
    assert (layer["zmin"], layer["zmax"]) == (weights["zmin"], weights["zmax"])
    assert np.asarray(weights["z"]).ravel().tolist() == list(range(1, 10))
    assert len({colour for _, colour in layer["colorscale"]}) == 10, "and one for none"


def test_labels_count_the_cells_that_learn() -> None:
    fig = figures(window.WINDOW, kinds=("max", "average"), flow="all")["flow"]
    words = [note["text"] for note in fig["layout"]["annotations"]]
    assert "Maximum: 16" in words and "Average: 64" in words
