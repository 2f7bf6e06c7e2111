"""Which digit is taken for which, and the surest of the mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.pooling.cnn_layout import MISTAKES
from core.pooling.sheets import bare, gallery, words

if TYPE_CHECKING:
    from core.pooling.cnn import Frame, Settings

COLUMNS = 6
Trace = dict[str, Any]


def mistakes(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The table of true digits and guesses, and up to 24 wrong ones."""
    return figure([_table(frames[at]), _wrong(frames, at)], height=500)


def _table(frame: Frame) -> Panel:
    counts = frame.confusion
    assert counts is not None
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    z = np.where(np.eye(len(counts), dtype=bool), -share, np.sqrt(share)).astype(np.float32)
    cells = {
        "type": "heatmap",
        "z": z,
        "zmin": -1,
        "zmax": 1,
        "colorscale": theme.DIVERGING,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hoverinfo": "skip",
    }
    axis = {"tickvals": list(range(len(counts))), "showgrid": False}
    x = {"range": [-0.5, 9.5], "title": {"text": "guess"}, **axis}
    y = {"range": [9.5, -1.2], "title": {"text": "true digit"}, **axis}
    x["constraintoward"] = "left"
    title = "Which digit is taken for which"
    return Panel([cells, _numbers(counts), _total(counts)], title, x, y, square=True, width=0.8)


def _numbers(counts: np.ndarray) -> Trace:
    truth, guess = np.divmod(np.arange(counts.size), len(counts))
    numbers = words(
        guess.tolist(), truth.tolist(), [str(n) if n else "" for n in counts.ravel()], size=11
    )
    triples = zip(counts.ravel(), truth, guess, strict=True)
    numbers["hovertext"] = [f"{n} times a {t} was taken for a {g}" for n, t, g in triples]
    numbers["textfont"]["color"] = "#1d2733"  # the cells are light on either ground
    return numbers | {"hoverinfo": "text"}


def _total(counts: np.ndarray) -> Trace:
    right, total = int(np.trace(counts)), int(counts.sum())
    text = f"{right:,} of {total:,} unseen digits right"
    return words([-0.5], [-0.85], [text], "middle right")


def _wrong(frames: list[Frame], at: int) -> Panel:
    frame, first = frames[at], frames[0].gallery
    wrong, truth, guess = frame.wrong, frame.wrong_truth, frame.wrong_guess
    assert wrong is not None and truth is not None and guess is not None and first is not None
    count = int((wrong >= 0).sum())
    images = first[wrong[:count]] if frame.wrong_images is None else frame.wrong_images
    text = [f"{t} → <b>{g}</b>" for t, g in zip(truth[:count], guess[:count], strict=True)]
    traces, (wide, high) = gallery(images, COLUMNS, text, [theme.WARNING] * count, MISTAKES)
    x = bare(-1, wide + 1, "pixels", constraintoward="left")
    y = bare(high, -1, "pixels", constraintoward="top")
    return Panel(traces, "The surest mistakes: true digit → guess", x, y, square=True)
