"""Pictures of what a trained generator makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.experiment import Click, Figure
from core.gan.images_figures import medians, strip
from core.gan.images_layout import COLUMNS, ROWS
from core.gan.sample_layout import GRID, SETS
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words

if TYPE_CHECKING:
    from core.gan.sample import Frame, Settings


def wall(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Sixty samples that can be clicked, the chosen one large, its nearest training image."""
    frame = frames[at]
    heat, (wide, high) = sheet_trace(frame.wall, COLUMNS)
    cell = wide / COLUMNS
    names = _names(settings, frame)
    label = words((np.arange(COLUMNS) + 0.5) * cell, [high + 0.3 * cell] * COLUMNS, names, size=9)
    squares = _squares(np.arange(ROWS * COLUMNS), COLUMNS, cell, "choose this one")
    ring = _ring(settings.chosen % COLUMNS, settings.chosen // COLUMNS, cell)
    x, y = bare(-1, wide, "column"), bare(high + 0.6 * cell, -1, "row")
    title = "Sixty images: click one"
    left = Panel([heat, label, ring, squares], title, x, y, square=True, width=1.5, stacked=330)
    return figure([left, _one(frame)])


def chosen(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on an image chooses it."""
    number = _clicked(point)
    return None if number is None else Click("gan.sample", {"chosen": number}, "")


def moved(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on the grid sets both directions."""
    number = _clicked(point)
    if number is None:
        return None
    row, column = divmod(number, len(GRID))
    values = {"first": GRID[column], "second": GRID[len(GRID) - 1 - row]}
    return Click("gan.sample", values, "")


def _clicked(point: Mapping[str, Any]) -> int | None:
    known = point.get("customdata")
    return None if known is None else int(np.ravel(known)[0])


def _names(settings: Settings, frame: Frame) -> list[str]:
    """The class of each column, nothing where they are all of one or of none."""
    if frame.asked[0] >= len(class_names("mnist")) or settings.label != "all":
        return [""] * COLUMNS
    return class_names(SETS[int(frame.source[0])])


def _one(frame: Frame) -> Panel:
    heat, (wide, high) = sheet_trace(np.stack([frame.one, frame.nearest[-1]]), 1)
    says = words(
        [wide * 1.05] * 2,
        [high * 0.25, high * 0.75],
        ["the chosen one,<br>with your changes", "the training image<br>nearest to it"],
        "middle right",
    )
    x, y = bare(0, 2.3 * wide, "column"), bare(high, 0, "row")
    return Panel([heat, says], "The chosen one", x, y, square=True)


def directions(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The chosen image along the two directions to which the first layer answers most."""
    count = len(GRID)
    heat, (wide, _) = sheet_trace(frames[at].grid, count)
    cell = wide / count
    squares = _squares(np.arange(count**2), count, cell, "move the sliders here")
    place = [np.interp(v, GRID, range(count)) for v in (settings.first, -settings.second)]
    ring = _ring(float(place[0]), float(place[1]), cell)
    middles = [(n + 0.5) * cell for n in range(count)]
    ticks = [f"{v:g}" for v in GRID]
    base = {"tickvals": middles, "showgrid": False, "constraintoward": "center"}
    x = {"range": [-1, wide], "title": {"text": "strongest direction"}, "ticktext": ticks, **base}
    y = {"range": [wide, -1], "title": {"text": "next direction"}, "ticktext": ticks[::-1], **base}
    title = "The chosen image, moved: click a place"
    return figure([Panel([heat, ring, squares], title, x, y, square=True)])


def walk(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Both ways between two noises, and the length of the noise on them."""
    frame = frames[at]
    heat, (wide, high) = sheet_trace(frame.walk, COLUMNS)
    cell = wide / COLUMNS
    says = ["straight", "on an arc"]
    labels = words([-0.1 * cell] * 2, [0.5 * cell, 1.5 * cell], says, "middle left")
    x = bare(-1.8 * cell, wide, "from one noise to the other")
    y = {**bare(high, 0, "way"), "constraintoward": "top"}
    title = "From one noise to another"
    left = Panel([heat, labels], title, x, y, square=True, width=2.6, stacked=180)
    return figure([left, _lengths(frame)], height=340)


def _lengths(frame: Frame) -> Panel:
    colors, dashes = (theme.SERIES[3], theme.LEARNED), ("dash", "solid")
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": np.linspace(0, 1, COLUMNS).astype(np.float32),
            "y": frame.lengths[n],
            "line": {"color": colors[n], "dash": dashes[n], "width": 2},
            "hovertemplate": "%{y:.2f}<extra>%{fullData.name}</extra>",
        }
        for n, name in enumerate(("straight", "arc"))
    ]
    middle = [float(row[COLUMNS // 2]) for row in frame.lengths]
    traces.append(
        words(
            [0.5] * 2,
            [v + 0.25 for v in middle],
            ["straight", "arc"],
            "top center",
            12,
            list(colors),
        )
    )
    most = max(1.0, 1.25 * float(frame.lengths.max()))
    x = {"title": {"text": "share of the way"}, "range": [-0.03, 1.03]}
    y = {"title": {"text": "length of the noise"}, "range": [0, most]}
    return Panel(traces, "How long the noise is", x, y)


def nearest(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Ten samples over the training images nearest to them, and all distances."""
    frame = frames[at]
    near = frame.nearest
    both = np.concatenate([frame.wall[:5], near[:5], frame.wall[5:10], near[5:10]])
    heat, (wide, high) = sheet_trace(both, 5)
    cell = wide / 5
    says = ["made", "nearest<br>training image"] * 2
    labels = words([-0.1 * cell] * 4, (np.arange(4) + 0.5) * cell, says, "middle left")
    x, y = bare(-1.6 * cell, wide, "column"), bare(high, 0, "row")
    left = Panel([heat, labels], "Made images and their nearest", x, y, square=True)
    return figure([left, _distances(frame)])


def _distances(frame: Frame) -> Panel:
    most = 1.1 * float(max(frame.held_out.max(), frame.distances.max()))
    both = [float(np.median(v)) for v in (frame.distances, frame.held_out)]
    traces = [
        strip(frame.distances, 1.0, theme.GENERATED, "diamond", "made"),
        strip(frame.held_out, 0.0, theme.REAL, "circle", "unseen real"),
        medians(both),
        words([most], [1.5], [f"novelty {frame.metrics['novelty']:.2f}"], "middle left", 13),
    ]
    x = {"title": {"text": "distance to the nearest training image"}, "range": [0, most]}
    ticks = {"tickvals": [0, 1], "ticktext": ["unseen<br>real", "made"]}
    y = {"title": {"text": "image"}, "range": [-0.6, 1.7], **ticks}
    return Panel(traces, "Copies would lie at 0", x, y)


def _squares(numbers: np.ndarray, columns: int, cell: float, says: str) -> dict[str, Any]:
    """Unseen squares over the images, which take the click."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": ((numbers % columns + 0.5) * cell).astype(np.float32),
        "y": ((numbers // columns + 0.5) * cell).astype(np.float32),
        "customdata": [[int(n)] for n in numbers],
        "hovertemplate": f"{says}<extra></extra>",
        "marker": {"symbol": "square", "size": 22, "opacity": 0},
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
    }


def _ring(column: float, row: float, cell: float) -> dict[str, Any]:
    """A frame around one image."""
    x = (np.array([0, 1, 1, 0, 0]) + column) * cell - 0.5
    y = (np.array([0, 0, 1, 1, 0]) + row) * cell - 0.5
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x.astype(np.float32),
        "y": y.astype(np.float32),
        "line": {"color": theme.GENERATED, "width": 3},
        "hoverinfo": "skip",
    }
