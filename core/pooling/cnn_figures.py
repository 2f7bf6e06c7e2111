"""The network in training: unseen digits with its guesses, the losses, the shares it reads right.

Its other pictures: ``cnn_inside``, ``cnn_mistakes``, ``cnn_spread``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.pooling.cnn_layout import GALLERY, WATCHED
from core.pooling.cnn_lines import TEST, TRAIN, apart, decades, line, names, now, step_axis
from core.pooling.sheets import bare, gallery, words

if TYPE_CHECKING:
    from core.pooling.cnn import Frame, Settings

COLUMNS = 5
FLOOR, TOP = 0.001, 100.0  # of the loss axis, in nats
ROOM = 1.24  # for the names behind the lines
COLORS = [TRAIN["color"], TEST["color"]]


def learn(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Some unseen digits and the guesses at them, the losses, the shares read right."""
    panels = [_digits(frames, at), _losses(settings, frames, at), _shares(settings, frames, at)]
    return figure(panels)


def _digits(frames: list[Frame], at: int) -> Panel:
    images, truth, guess = frames[0].gallery, frames[0].truth, frames[at].guess
    assert images is not None and truth is not None and guess is not None
    truth = truth[:GALLERY]
    right = guess == truth
    text = [f"{g}" if ok else f"<b>{g}?</b>" for g, ok in zip(guess, right, strict=True)]
    colors = [theme.LEARNED if ok else theme.WARNING for ok in right]
    traces, (wide, high) = gallery(images[:GALLERY], COLUMNS, text, colors, GALLERY)
    x = bare(-1, wide + 1, "pixels", constraintoward="left")
    y = bare(high, -1, "pixels", constraintoward="top")
    return Panel(traces, "Unseen digits, the guess under each", x, y, square=True, width=0.8)


def _losses(settings: Settings, frames: list[Frame], at: int) -> Panel:
    both = [_watched(frames, "train_loss"), _watched(frames, "test_loss")]
    both = [np.maximum(y, FLOOR) for y in both]
    ends = np.log10(np.minimum([y[-1] for y in both], TOP))
    heights = [10.0**v for v in apart(ends, 0.24)]
    words_now = _corner(settings, frames[at], TOP * 0.8, "loss", ".3f", "bottom left")
    traces = [*_lines(frames, at, both, heights, ".3g"), words_now]
    y = decades("loss (nats, log scale)", FLOOR, TOP)
    return Panel(traces, "Loss", step_axis(settings.steps, ROOM), y)


def _shares(settings: Settings, frames: list[Frame], at: int) -> Panel:
    both = [_watched(frames, "train_accuracy"), _watched(frames, "test_accuracy")]
    heights = apart([y[-1] for y in both], 0.06)
    lift = max(0.0, max(heights) - 1.03)
    heights = [height - lift for height in heights]
    words_now = _corner(settings, frames[at], 0.5, "accuracy", ".1%", "middle left")
    traces = [*_lines(frames, at, both, heights, ".1%"), words_now]
    y = {"title": {"text": "share read right"}, "range": [0, 1.06], "tickformat": ".0%"}
    return Panel(traces, "Digits read right", step_axis(settings.steps, ROOM), y)


def _watched(frames: list[Frame], metric: str) -> np.ndarray:
    """Measured over the same few images at every frame, also the last."""
    found = [frame.watched for frame in frames]
    return np.array([one[WATCHED.index(metric)] for one in found if one is not None])


def _lines(
    frames: list[Frame], at: int, both: list[np.ndarray], heights: list[float], form: str
) -> list[dict[str, Any]]:
    return [
        line(frames, both[0], "training", TRAIN, form),
        line(frames, both[1], "unseen", TEST, form),
        names(frames[-1], heights, ["training", "unseen"], COLORS),
        now(frames[at], [y[at] for y in both], COLORS),
    ]


def _corner(
    settings: Settings, frame: Frame, height: float, what: str, form: str, place: str
) -> dict[str, Any]:
    """The numbers of this step: of the watched images on the way, of all at the end."""
    assert frame.confusion is not None
    train, test = (format(frame.metrics[f"{part}_{what}"], form) for part in ("train", "test"))
    count = int(frame.confusion.sum())
    text = f"step {frame.step:,}<br>training {train}<br>unseen {test}<br>(of {count:,})"
    return words([ROOM * 0.98 * settings.steps], [height], [text], place)
