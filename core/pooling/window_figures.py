"""Pictures of pooling: one window and its summaries, every kind's map, where gradients flow."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.pooling import grids, window_why
from core.pooling.spelled import plain

if TYPE_CHECKING:
    from core.pooling.window import Frame, Settings

FLOW: list[list[Any]] = [  # against the cells, nothing, with them
    [0.0, theme.REAL],
    [0.5, "rgba(128,136,144,0.10)"],
    [1.0, theme.GRADIENT],
]
NO_CELLS = "A window lies wholly in the padding, where no kind that is chosen has a cell."
WIDE = 4  # tiles in a row
MOST_TILE, MOST_TILES = 6, 6  # cells a side, and tiles, up to which there are numbers in them
FONT, LEAST_FONT = 11, 8  # pixels, of these numbers; on a narrow screen they may be smaller
STACKED, DIGIT = 286, 0.55  # pixels of all tiles there; width of a digit, as a share of its height


def window(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The image with its window, the window's numbers, and what each kind makes of them."""
    now = frames[at]
    why = window_why.problem(settings, now.image.shape)
    panels = (_image(settings, now, why), _inside(settings, now, why), _results(settings, now))
    return figure(panels, height=440)


def _image(settings: Settings, now: Frame, why: str, outlined: bool = True) -> Panel:
    """Padding is drawn as room around it."""
    p = 0 if why else settings.padding
    traces = [grids.heat(now.image, _limits(now))]
    boxes = []
    if outlined and not why:
        stride = settings.stride or settings.kernel
        size = (settings.kernel, settings.kernel)
        boxes = grids.taps(now.place, size, stride, settings.dilation)
    moved = [(left - p, top - p, wide, high) for left, top, wide, high in boxes]
    traces.append(grids.outline(moved))
    panel = grids.panel(traces, window_why.looked_at(now), now.image.shape, width=1.1)
    high, wide = now.image.shape
    hang = 0 if why else max(axis.hang for axis in settings.around(now.image.shape))
    panel.x["range"], panel.y["range"] = (
        [-0.5 - p, wide - 0.5 + p + hang],
        [high - 0.5 + p + hang, -0.5 - p],
    )
    return panel


def _inside(settings: Settings, now: Frame, why: str) -> Panel:
    if why:
        return grids.nothing("No window", why)
    around = settings.around(now.image.shape)
    padding = [(axis.before, axis.after + axis.hang) for axis in around]
    at = [axis.taps[i] + axis.before for axis, i in zip(around, now.place, strict=True)]
    cells = np.pad(now.image, padding)[np.ix_(*at)]
    real = np.pad(np.ones(now.image.shape, bool), padding)[np.ix_(*at)]
    words = [
        [plain(v, 2) if is_real else "padding" for v, is_real in zip(*rows, strict=True)]
        for rows in zip(cells.tolist(), real.tolist(), strict=True)
    ]
    row, column = now.place.tolist()
    title = f"Window of row {row}, column {column}"
    return grids.panel([grids.heat(cells, _limits(now), words)], title, cells.shape, width=0.7)


def _limits(now: Frame) -> tuple[float, float]:
    """Values of black and white, or of the two colours around zero."""
    low, high = grids.span(now.image)
    return low, max(high, 1.0)


def _results(settings: Settings, now: Frame) -> Panel:
    """A bar for each kind, its name and number over it."""
    names = [settings.words(kind) for kind in settings.all_kinds]
    made = [bool(shape.all()) for shape in now.shapes]
    values = [float(now.output(k)[now.at(k)]) if made[k] else 0.0 for k in range(len(names))]
    words = [plain(v) if ok else "no number" for v, ok in zip(values, made, strict=True)]
    low, high = min(0.0, *values) * 1.1, max(0.1, *values) * 1.1
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": [k + 0.2 for k in range(len(names))],
        "width": 0.35,
        "marker": {"color": [theme.series(k)["color"] for k in range(len(names))]},
        "hovertemplate": "%{customdata}: %{x:.4g}<extra></extra>",
        "customdata": names,
    }
    notes = [
        {"text": f"{name} <b>{word}</b>", "x": low, "y": k - 0.2, "xanchor": "left"}
        for k, (name, word) in enumerate(zip(names, words, strict=True))
    ]
    x = {"title": {"text": "result"}, "range": [low, high]}
    y = {"title": {"text": "kind"}, "range": [len(names) - 0.4, -0.6], "showticklabels": False}
    return Panel([bars], "What each kind makes of it", x, y, width=1.1, notes=notes)


def maps(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The image and every kind's output."""
    now = frames[at]
    why = window_why.problem(settings, now.image.shape)
    return figure([_image(settings, now, why), _maps(settings, now, why)], height=480)


def _maps(settings: Settings, now: Frame, why: str) -> Panel:
    kinds = [k for k in range(len(settings.all_kinds)) if now.shapes[k].all()]
    if not kinds:
        return replace(grids.nothing("No output", why or NO_CELLS), width=2.2)
    outputs = [now.output(k) for k in kinds]
    corners, shape = _corners([one.shape for one in outputs])
    traces, notes, boxes = [], [], []
    fonts = _fonts(outputs, shape[1])
    for k, values, (x, y) in zip(kinds, outputs, corners, strict=True):
        low, high = grids.span(values)
        words = _words(values, len(kinds))
        limits = (low, high if low < 0 else max(high, 1.0))
        traces.append(grids.heat(values, limits, words, (x, y), **fonts))
        top = f", to {plain(high, 3)}" if high > 1 else ""
        notes.append(grids.label(f"{settings.words(settings.all_kinds[k])}{top}", x, y))
        row, column = now.at(k)
        boxes.append((x + column, y + row, 1.0, 1.0))
    traces.append(grids.outline(boxes))
    return _tiled(traces, "Outputs, white the highest<br> ", shape, notes)


def flow(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The image, and for every kind the gradient on it."""
    now = frames[at]
    why = window_why.problem(settings, now.image.shape)
    panels = [_image(settings, now, why, settings.flow == "cell"), _flows(settings, now, why)]
    return figure(panels, height=480)


def _flows(settings: Settings, now: Frame, why: str) -> Panel:
    kinds = [k for k in range(len(settings.all_kinds)) if now.shapes[k].all()]
    if not kinds:
        return _maps(settings, now, why)
    corners, shape = _corners([now.image.shape for _ in kinds])
    traces, notes = [], []
    fonts = _fonts([now.back[k] for k in kinds], shape[1])
    for k, (x, y) in zip(kinds, corners, strict=True):
        back, kind = now.back[k], settings.all_kinds[k]
        most = float(np.abs(back).max()) or 1.0
        words = _words(back, len(kinds))
        traces.append(grids.heat(back, (-most, most), words, (x, y), colorscale=FLOW, **fonts))
        count = int((back != 0).sum())
        notes.append(grids.label(f"{settings.words(kind)}: {count:,}", x, y))
    of = "the chosen output" if settings.flow == "cell" else "the sum of all"
    title = f"Gradient of {of}: pink up, blue down,<br>and how many cells have one"
    return _tiled(traces, title, shape, notes)


def _words(values: np.ndarray, tiles: int) -> list[list[str]] | None:
    """None, which is its numbers, for a small tile among few; no words otherwise."""
    if max(values.shape) <= MOST_TILE and tiles <= MOST_TILES:
        return None
    return [[""] * values.shape[1]] * len(values)


def _fonts(tiles: list[np.ndarray], wide: int) -> dict[str, Any]:
    """The size of the numbers, and on a narrow screen, where so many cells lie side by side.

    There it is as large as the longest number allows, and 0 where that could not be read.
    """
    longest = max(len(word) for tile in tiles for row in grids.numbers(tile) for word in row)
    room = int(STACKED / wide / (DIGIT * longest))
    stacked = 0 if room < LEAST_FONT else min(room, FONT)
    return {"textfont": {"size": FONT}, "meta": {"stacked": stacked}}


def _corners(
    shapes: list[tuple[int, ...]],
) -> tuple[list[tuple[float, float]], tuple[int, int]]:
    """The corners (x, y) of tiles in rows, and the height and width of all."""
    high, wide = (max(shape[axis] for shape in shapes) for axis in (0, 1))
    across = min(WIDE, math.ceil(math.sqrt(len(shapes))))
    down = math.ceil(len(shapes) / across)
    share = 0.12 if down < 3 else 0.45  # low tiles are narrow, their names are not
    gap_x, gap_y = max(1, round(share * wide)), max(1, round(0.25 * high))
    corners = [
        (float(n % across * (wide + gap_x)), float(n // across * (high + gap_y)))
        for n in range(len(shapes))
    ]
    return corners, (down * (high + gap_y) - gap_y, across * (wide + gap_x) - gap_x)


def _tiled(
    traces: list[grids.Trace], title: str, shape: tuple[int, int], notes: list[dict[str, Any]]
) -> Panel:
    """Tiles have no rows and columns of their own in common: the axes say cells."""
    panel = grids.panel(traces, title, shape, ("cells", "cells"), width=2.2, notes=notes)
    for axis in (panel.x, panel.y):
        axis |= {"showticklabels": False, "ticks": ""}
    return panel
