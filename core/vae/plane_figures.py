"""Pictures of what a trained autoencoder answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.experiment import Click, Figure
from core.plot import theme
from core.plot.panels import Panel, arrange, figure
from core.plot.sheets import bare, sheet_trace, words
from core.vae.plane_layout import CLASSES, COLORS, EDGE, POOL, SETS, SIDE, STEPS, STOPS, WAYS

if TYPE_CHECKING:
    from core.vae.plane import Frame, Settings

Trace = dict[str, Any]
COLUMNS = 10  # of the images to choose from
FEW = 16  # rows of numbers that are drawn
WORDS = ("straight", "arc", "cross-<br>fade")


def map_(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The decoded map with held-out codes, the image at the chosen place, what is read in it."""
    frame = frames[at]
    panels = [_map(frame), _large(frame.here, "Decoded here"), reading(frame, frame.here_says)]
    return figure(panels)


def _map(frame: Frame) -> Panel:
    few = frame.tiles.reshape(SIDE, SIDE, *frame.tiles.shape[1:])[::2, ::2].reshape(
        -1, *frame.tiles.shape[1:]
    )
    heat, (wide, _) = sheet_trace(few, SIDE // 2)
    unit = 2 * EDGE / wide
    heat |= {"x0": unit / 2 - EDGE, "dx": unit, "y0": EDGE - unit / 2, "dy": -unit}
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": frame.places[:, 0],
        "y": frame.places[:, 1],
        "marker": {"size": 4, "opacity": 0.5, "color": [COLORS[n] for n in frame.classes]},
        "hoverinfo": "skip",
    }
    here = {
        "type": "scatter",
        "mode": "markers",
        "x": frame.place[:1],
        "y": frame.place[1:],
        "marker": {
            "size": 15,
            "symbol": "diamond-open",
            "line": {"width": 3},
            "color": theme.GENERATED,
        },
        "hoverinfo": "skip",
    }
    x, y = (
        {"range": [-EDGE, EDGE], "title": {"text": name}, "showgrid": False, **ticks(reach)}
        for name, reach in zip(names_of(frame), frame.reach, strict=True)
    )
    return Panel([heat, dots, here], "Decoded at every place", x, y, square=True, width=1.6)


def names_of(frame: Frame) -> tuple[str, str]:
    """What the map's axes are."""
    if len(frame.code) > 2:
        one, two = (f"{share:.0%}" for share in frame.shares[:2])
        return f"first principal direction ({one})", f"second ({two})"
    return "first latent number", "second" if len(frame.code) == 2 else "there is no second"


def ticks(reach: np.ndarray) -> dict[str, Any]:
    """Five ticks of an axis from -3 to 3 that say the latent number there."""
    low, high = (float(v) for v in reach)
    places = [-EDGE, -EDGE / 2, 0, EDGE / 2, EDGE]
    there = [low + (p + EDGE) / (2 * EDGE) * (high - low) for p in places]
    return {"tickvals": places, "ticktext": [f"{value:.3g}" for value in there]}


def _large(image: np.ndarray, title: str) -> Panel:
    heat, (wide, high) = sheet_trace(image[None], 1)
    return Panel([heat], title, bare(0, wide, "column"), bare(high, 0, "row"), square=True)


def reading(frame: Frame, says: np.ndarray) -> Panel:
    """Ten bars: what the classifier reads in an image."""
    names = class_names(SETS[int(frame.about[0])])
    bars: Trace = {
        "type": "bar",
        "orientation": "h",
        "x": np.float32(says) / 255,
        "y": list(range(CLASSES)),
        "marker": {"color": list(COLORS)},
        "hovertemplate": "%{x:.0%}<extra></extra>",
    }
    x = {"title": {"text": "probability"}, "range": [0, 1], "tickvals": [0, 0.5, 1]}
    y = {"title": {"text": "class"}, "range": [CLASSES - 0.5, -0.5], "showgrid": False}
    y |= {"tickvals": list(range(CLASSES)), "ticktext": names}
    return Panel([bars], "What a classifier reads", x, y, width=0.8)


def walk(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Three ways between two images, how long the codes are on two of them, and what to choose."""
    frame = frames[at]
    heat, (wide, high) = sheet_trace(frame.walk, STEPS)
    cell = wide / STEPS
    says = words(
        [-0.15 * cell] * 3, [(n + 0.5) * cell for n in range(3)], list(WORDS), "middle left"
    )
    x, y = bare(-1.6 * cell, wide, "step"), bare(high, 0, "way")
    title = "Ten steps from one to the other"
    way = Panel([heat, says], title, x, y, square=True, width=3.4, stacked=175)
    chosen = {"Where it starts: click one": settings.start, "Where it ends": settings.end}
    panels = [way, _lengths(frame), *choosers(frame, chosen)]
    return arrange(figure(panels), [[0, 1], [2, 3]], [270, 235])


def walk_clicked(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on an image of the left block is where the walk starts, of the right its end."""
    return _chosen(point, ("start", "end"))


def sum_(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """a, b, c and a - b + c, decoded; what is read in it; what can be chosen."""
    frame = frames[at]
    heat, (wide, high) = sheet_trace(frame.sum, 4)
    cell = wide / 4
    signs = words([n * cell for n in (1, 2, 3)], [-0.18 * cell] * 3, ["−", "+", "="], size=24)
    names = words(
        [(n + 0.47) * cell for n in range(4)],
        [-0.18 * cell] * 4,
        ["a", "b", "c", "a − b + c"],
        size=14,
        color=[theme.EXACT] * 3 + [theme.GENERATED],
    )
    x, y = bare(0, wide, "term"), bare(high, -0.4 * cell, "image")
    total = Panel(
        [heat, signs, names], "Codes added, then decoded", x, y, width=2.4, square=True, stacked=200
    )
    chosen = {f"{name}: click one": getattr(settings, name) for name in ("a", "b", "c")}
    panels = [total, reading(frame, frame.sum_says), *choosers(frame, chosen)]
    return arrange(figure(panels), [[0, 1], [2, 3, 4]], [300, 205])


def sum_clicked(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on an image of the first block is a, of the second b, of the third c."""
    return _chosen(point, ("a", "b", "c"))


def choosers(frame: Frame, chosen: Mapping[str, int]) -> list[Panel]:
    """The same thirty images for each thing to choose, the chosen one framed."""
    return [_chooser(frame, *one, block) for block, one in enumerate(chosen.items())]


def _chooser(frame: Frame, title: str, number: int, block: int) -> Panel:
    heat, (wide, high) = sheet_trace(frame.pool, COLUMNS)
    cell = wide / COLUMNS
    all_ = np.arange(POOL)
    squares = _squares(
        (all_ % COLUMNS + 0.5) * cell, (all_ // COLUMNS + 0.5) * cell, block * POOL + all_
    )
    says = words([-0.1 * cell] * 2, [0.5 * cell, 2 * cell], ["means", "images"], "middle left", 11)
    x, y = bare(-2.1 * cell, wide + 1, "column"), bare(high + 1, -2, "row")
    traces = [heat, says, _ring(number, cell), squares]
    return Panel(traces, title, x, y, square=True, stacked=190)


def _chosen(point: Mapping[str, Any], fields: tuple[str, ...]) -> Click | None:
    known = point.get("customdata")
    if known is None:
        return None
    block, number = divmod(int(np.ravel(known)[0]), POOL)
    return Click("vae.plane", {fields[block]: number}, "") if block < len(fields) else None


def _squares(x: np.ndarray, y: np.ndarray, known: np.ndarray) -> Trace:
    """Unseen squares over the images, which take the click."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x.astype(np.float32),
        "y": y.astype(np.float32),
        "customdata": [[int(n)] for n in known],
        "hovertemplate": "choose this one<extra></extra>",
        "marker": {"symbol": "square", "size": 22, "opacity": 0},
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
    }


def _ring(number: int, cell: float) -> Trace:
    """A frame around one image."""
    x = (np.array([0, 1, 1, 0, 0]) + number % COLUMNS) * cell - 1
    y = (np.array([0, 0, 1, 1, 0]) + number // COLUMNS) * cell - 1
    line = {"color": theme.GENERATED, "width": 3}
    base = {"type": "scatter", "mode": "lines", "line": line, "hoverinfo": "skip"}
    return {**base, "x": x.astype(np.float32), "y": y.astype(np.float32)}


def _lengths(frame: Frame) -> Panel:
    """How far the codes are from 0 on the two ways through latent space."""
    colors, dashes = (theme.SERIES[3], theme.LEARNED), ("dash", "solid")
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": np.linspace(0, 1, STEPS).astype(np.float32),
            "y": frame.lengths[n],
            "line": {"color": colors[n], "dash": dashes[n], "width": 2},
            "hovertemplate": "%{y:.2f}<extra>%{fullData.name}</extra>",
        }
        for n, name in enumerate(WAYS[:2])
    ]
    most = 1.3 * max(0.1, float(frame.lengths.max()))
    named = words(
        [0.5, 0.5],
        [float(frame.lengths[0].min()) - 0.07 * most, float(frame.lengths[1].max()) + 0.07 * most],
        list(WAYS[:2]),
        "middle center",
        12,
        list(colors),
    )
    x = {"title": {"text": "share of the way"}, "range": [-0.05, 1.05], "tickvals": [0, 0.5, 1]}
    y = {"title": {"text": "length of the code"}, "range": [-0.1 * most, most]}
    return Panel([*traces, named], "Distance from 0", x, y)


def dims(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """A row of images for each number, changed alone; the variance by principal direction."""
    frame = frames[at]
    shown = frame.rows[:FEW, ::2]
    count, many = shown.shape[:2]
    heat, (wide, high) = sheet_trace(shown.reshape(count * many, *shown.shape[2:]), many)
    cell = wide / many
    names = [label_of(frame, int(number)) for number in frame.order[:FEW]]
    says = words(
        [-0.2 * cell] * count, [(n + 0.5) * cell for n in range(count)], names, "middle left"
    )
    now = [_share(frame, row) for row in range(count)]
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": [(0.5 + share * (many - 1)) * cell for share in now],
        "y": [(n + 0.97) * cell for n in range(count)],
        "marker": {"symbol": "triangle-up", "size": 9, "color": theme.GENERATED},
        "hoverinfo": "skip",
    }
    x, y = bare(-5 * cell, wide, "value"), bare(high + 0.3 * cell, 0, "number")
    title = "One number changed at a time"
    table = Panel([heat, says, marks], title, x, y, square=True, width=1.6, stacked=420)
    return figure([table, _variance(frame)], height=460)


def label_of(frame: Frame, number: int) -> str:
    """A latent number's name, with its KL or that it has collapsed."""
    if not frame.active[number]:
        return f"z{number + 1} collapsed"
    if frame.about[1]:
        return f"z{number + 1} KL {frame.kl[number]:.2f}"
    return f"z{number + 1} spread {frame.spread[number]:.2g}"


def _share(frame: Frame, row: int) -> float:
    """Where along its row a number stands, from 0 to 1."""
    stops, value = frame.stops[row], float(frame.code[frame.order[row]])
    return float(np.clip((value - stops[0]) / (stops[STOPS - 1] - stops[0]), 0, 1))


def _variance(frame: Frame) -> Panel:
    """How much of the codes' variance lies along each principal direction."""
    count = len(frame.shares)
    bars: Trace = {
        "type": "bar",
        "x": list(range(1, count + 1)),
        "y": frame.shares,
        "marker": {"color": [theme.LEARNED] * min(2, count) + [theme.EXACT] * max(0, count - 2)},
        "hovertemplate": "direction %{x}: %{y:.1%}<extra></extra>",
    }
    both = f"the map's two: {float(frame.shares[:2].sum()):.0%}"
    top = 1.25 * float(frame.shares.max())
    note = words([0.5 + count / 2], [0.93 * top], [both], "middle center", 13)
    x = {"title": {"text": "principal direction"}, "range": [0.4, count + 0.6]}
    x |= {"tickvals": list(range(1, count + 1, max(1, count // 8)))}
    y = {"title": {"text": "share of variance"}, "range": [0, top], "tickformat": ".0%"}
    return Panel([bars, note], "PCA of the codes", x, y)
