"""Inside the network: the first filters, and what each layer makes of one unseen digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.pooling.cnn_layout import SHOWN, ZERO, Row, rows
from core.pooling.sheets import INK, bare, heat, ink, sheet, words

if TYPE_CHECKING:
    from core.pooling.cnn import Frame, Settings

CELL = 54  # pixels a map, where the screen is wide
LABELS = 3.3  # width of the words at the left, in maps
Trace = dict[str, Any]


def inside(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Layer under layer, from the digit to its feature maps; and the ten probabilities."""
    height = max(440, 110 + CELL * (len(rows(settings.spec)) + 2))
    return figure([_layers(settings, frames, at), _answer(frames, at)], height=height)


def _layers(settings: Settings, frames: list[Frame], at: int) -> Panel:
    found = rows(settings.spec)
    traces = [_digit(frames[0]), _verdict(frames, at), _filters(frames[at])]
    traces += [_maps(row, frames[at], number) for number, row in enumerate(found, 2)]
    traces.append(_labels(settings, found, frames[at]))
    x = bare(-LABELS, SHOWN, "maps", constraintoward="left")
    y = bare(len(found) + 2, 0, "layers", constraintoward="top")
    title = "Layer by layer: orange is +, blue −"
    return Panel(traces, title, x, y, square=True, width=2.2)


def _digit(first: Frame) -> Trace:
    assert first.image is not None
    return _row(ink(first.image)[None], 0, INK)


def _verdict(frames: list[Frame], at: int) -> Trace:
    label, said = frames[0].label, frames[at].probabilities
    assert label is not None and said is not None
    guess = int(said.argmax())
    text = f"a {label[0]}; read as a {guess}, {said[guess]:.0%} sure"
    color = theme.LEARNED if guess == label[0] else theme.WARNING
    return words([1.1], [0.45], [text], "middle right", 13, color)


def _filters(frame: Frame) -> Trace:
    assert frame.filters is not None
    size = float(np.abs(frame.filters).max()) or 1.0
    scaled = np.rint(frame.filters / size * ZERO + ZERO).astype(np.uint8)
    return _row(scaled, 1, theme.DIVERGING)


def _maps(row: Row, frame: Frame, number: int) -> Trace:
    maps: np.ndarray = getattr(frame, row.name)
    return _row(maps, number, theme.DIVERGING)


def _row(images: np.ndarray, number: int, scale: list[list[Any]]) -> Trace:
    """Images of one row of the picture, each within a square of side 1."""
    times = -(-8 // images.shape[-1])  # few pixels are drawn larger, for a gap is whole pixels
    images = images.repeat(times, 1).repeat(times, 2)
    side = images.shape[-1]
    gap = round(side * 0.12)
    return heat(sheet(images, len(images), gap), scale, (0, number), 1 / (side + gap))


def _labels(settings: Settings, found: list[Row], frame: Frame) -> Trace:
    assert frame.filters is not None and frame.scales is not None
    k, size = settings.kernel, float(np.abs(frame.filters).max())
    said = ["Input", f"Filters<br>{k}×{k}×{settings.width}, ±{size:.2g}"]
    said += [
        f"{row.title}<br>{row.side}×{row.side}×{row.total}, ±{scale:.2g}"
        for row, scale in zip(found, frame.scales, strict=True)
    ]
    places = np.arange(len(said)) + 0.45
    return words([-0.15] * len(said), places, said, "middle left", 11)


def _answer(frames: list[Frame], at: int) -> Panel:
    label, said = frames[0].label, frames[at].probabilities
    assert label is not None and said is not None
    truth = int(label[0])
    colors = [theme.LEARNED if n == truth else theme.EXACT for n in range(len(said))]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": said,
        "y": list(range(len(said))),
        "marker": {"color": colors},
        "hovertemplate": "%{y}: %{x:.3%}<extra></extra>",
    }
    text = [f" {p:.1%}" if p >= 0.001 else "" for p in said]
    numbers = words(said, list(range(len(said))), text, "middle right")
    x = {"title": {"text": "probability"}, "range": [0, 1.22], "tickvals": [0, 0.5, 1]}
    y = {"title": {"text": "digit"}, "range": [9.6, -0.6], "dtick": 1, "showgrid": False}
    title = f"Ten probabilities; a {truth} is right"
    return Panel([bars, numbers], title, {**x, "tickformat": ".0%"}, y)
