"""Pictures and words of the CNN in training: what is drawn is what the frames hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from core.experiment import Figure
from core.plot import theme
from core.plot.latex import four
from core.pooling import cnn_figures, sheets
from core.pooling.cnn import CNN, Frame, Settings
from core.pooling.cnn_inside import inside
from core.pooling.cnn_layout import layers, rows
from core.pooling.cnn_mistakes import mistakes
from core.pooling.cnn_portrait import bent
from core.pooling.cnn_spread import _bent, spread
from core.pooling.cnn_why import explain
from core.pooling.training import run

TINY = {"steps": 12, "width": 3, "train_size": 100, "batch_size": 16}


def texts(fig: Figure) -> list[str]:
    return [one for trace in fig["data"] for one in trace.get("text", ())]


def played(**given: Any) -> tuple[Settings, list[Frame]]:
    settings = Settings(**{**TINY, **given})
    return settings, list(run(settings))


@pytest.fixture(scope="module")
def trained() -> tuple[Settings, list[Frame]]:
    return played(steps=40)


def test_a_sheet_lays_images_out_in_rows() -> None:
    images = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    gap = sheets.GAP
    assert sheets.sheet(images, 2, 1).tolist() == [
        [0, 1, gap, 4, 5, gap],
        [2, 3, gap, 6, 7, gap],
        [gap] * 6,
        [8, 9, gap, gap, gap, gap],
        [10, 11, gap, gap, gap, gap],
        [gap] * 6,
    ]


def test_ink_spares_the_byte_of_the_gap() -> None:
    shades = sheets.ink(np.array([0, 128, 255], np.uint8))
    assert shades.tolist() == [0, 127, 254]


def test_guesses_are_told_right_and_wrong_by_mark_and_colour(trained: Any) -> None:
    settings, frames = trained
    fig = cnn_figures.learn(settings, frames, 5)
    labels = fig["data"][1]
    truth, guess = frames[0].truth[:20], frames[5].guess
    assert 0 < (truth == guess).sum() < 20, "a frame with right and wrong ones"
    for n in range(20):
        ok = truth[n] == guess[n]
        assert labels["text"][n] == (str(guess[n]) if ok else f"<b>{guess[n]}?</b>")
        assert labels["textfont"]["color"][n] == (theme.LEARNED if ok else theme.WARNING)


def test_the_numbers_beside_the_lines_are_the_metrics(trained: Any) -> None:
    settings, frames = trained
    for at, count in ((3, "200"), (-1, "2,000")):
        now = frames[at].metrics
        said = " ".join(texts(cnn_figures.learn(settings, frames, at % len(frames))))
        for text in (f"{now['test_loss']:.3f}", f"{now['test_accuracy']:.1%}", f"(of {count})"):
            assert text in said


def test_lines_are_measured_over_the_same_images_at_every_frame(trained: Any) -> None:
    settings, frames = trained
    lines = {t["name"]: t["y"] for t in cnn_figures.learn(settings, frames, 0)["data"][2:4]}
    assert lines["unseen"] == pytest.approx([frame.watched[2] for frame in frames])
    for frame in frames[:-1]:
        assert frame.watched[2] == pytest.approx(frame.metrics["test_loss"])


@pytest.mark.parametrize(
    "given",
    [
        {"depth": 1, "pooling": "none"},
        {"depth": 3, "pooling": "l2", "width": 9},
        {"data": "digits", "depth": 3, "kernel": 3, "head": "global-max"},
    ],
)
def test_each_layer_has_its_row(given: dict[str, Any]) -> None:
    """One heat map for the digit, one for the filters, one a layer; up to eight maps in each."""
    settings, frames = played(**given)
    fig = inside(settings, frames, len(frames) - 1)
    found = rows(settings.spec)
    assert [row.name for row in found] == [
        f"{kind}{n}"
        for n in range(1, settings.depth + 1)
        for kind in ("conv", "act", "pool")
        if (kind, settings.pooling) != ("pool", "none")
    ]
    heat = [trace for trace in fig["data"] if trace["type"] == "heatmap"]
    assert len(heat) == len(found) + 2
    for place, (row, trace) in enumerate(zip(found, heat[2:], strict=True), 2):
        maps = getattr(frames[-1], row.name)
        assert maps.shape == (row.shown, row.side, row.side)
        assert trace["z"].shape[1] * trace["dx"] == pytest.approx(row.shown)
        assert trace["y0"] - trace["dy"] / 2 == pytest.approx(place)
    assert f"a {frames[0].label[0]}; read as" in " ".join(texts(fig))
    for figure in CNN.figures(settings, frames, 2).values():
        go.Figure(figure)


def test_a_dead_layer_is_drawn_as_nothing() -> None:
    settings, frames = played(initialisation="zeros")
    fig = inside(settings, frames, len(frames) - 1)
    heat = [trace for trace in fig["data"] if trace["type"] == "heatmap"]
    for trace in heat[1:]:
        assert set(np.unique(trace["z"])) <= {127, sheets.GAP}
    drawn = spread(settings, frames, 0)["data"]
    gradients = [t for t in drawn if t["type"] == "scatter" and t.get("name") == "conv1"][-1]
    assert gradients["y"] == pytest.approx(1e-10), "0 is drawn at the foot of the axis"


def test_the_table_counts_and_the_mistakes_have_their_images(trained: Any) -> None:
    settings, frames = trained
    for at in (4, len(frames) - 1):
        frame = frames[at]
        fig = mistakes(settings, frames, at)
        counts = frame.confusion
        said = [text for text in fig["data"][1]["text"] if text]
        assert sum(map(int, said)) == counts.sum()
        assert f"{np.trace(counts):,} of {counts.sum():,} unseen digits right" in texts(fig)
        wrong = [text for text in fig["data"][-1]["text"] if text]
        assert len(wrong) == (frame.wrong >= 0).sum()
        first = f"{frame.wrong_truth[0]} → <b>{frame.wrong_guess[0]}</b>"
        assert wrong[0] == first
        images = frames[0].gallery[frame.wrong] if at == 4 else frame.wrong_images
        corner = fig["data"][-2]["z"][:28, :28]
        assert np.array_equal(corner, sheets.ink(images[:1])[0])


def test_few_mistakes_leave_places_empty() -> None:
    traces, _ = sheets.gallery(np.zeros((1, 8, 8), np.uint8), 3, ["a"], ["red"], 6)
    z = traces[0]["z"]
    assert (z == 0).sum() == 64 and (z == sheets.GAP).sum() == z.size - 64
    assert traces[1]["text"] == ["a", "", "", "", "", ""]


def test_the_axis_of_activations_is_one() -> None:
    """The picture's ticks stand where the frames' bins are."""
    values = torch.tensor([-10.0, -0.1, 0.0, 1.0, 99.99])
    assert bent(values).tolist() == pytest.approx([_bent(float(v)) for v in values], abs=1e-5)
    assert _bent(99.99) == pytest.approx(4)


def test_words_have_the_numbers_of_the_step(trained: Any) -> None:
    settings, frames = trained
    told = explain(settings, frames, 6)
    truth, odds = int(frames[0].label[0]), frames[6].probabilities
    assert four(float(odds[truth])) in told["Cross-entropy"]
    assert four(-math.log(float(odds[truth]))) in told["Cross-entropy"]
    for name in layers(settings.spec):
        assert four(frames[6].metrics[f"gradient_std/{name}"]) in told["Back-propagation"]
    assert four(math.sqrt(2 / 25)) in told["First weights"]


@pytest.mark.parametrize(
    ("how", "spread"),
    [
        ("zeros", 0.0),
        ("normal", 0.01),
        ("glorot", math.sqrt(2 / (25 + 75))),
        ("he", math.sqrt(0.08)),
    ],
)
def test_words_name_the_spread_of_the_first_weights(how: Any, spread: float) -> None:
    settings = Settings(**TINY, initialisation=how)
    told = explain(settings, [next(run(settings))], 0)
    assert f"= {four(spread)}.$$" in told["First weights"]
    if how == "zeros":
        assert "No gradient reaches the first layer" in told["Back-propagation"]
