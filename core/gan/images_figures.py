"""Pictures of a generator in training: its samples and the losses, a walk, copies or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.experiment import Figure
from core.gan.images_layout import COLUMNS, WALK_ROWS
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words

if TYPE_CHECKING:
    from core.gan.images import Frame, Settings

D_COLOR, G_COLOR = theme.REAL, theme.GENERATED
EQUILIBRIUM = {"non-saturating": (2 * float(np.log(2)), float(np.log(2)))}
LOSS_RANGES = {"non-saturating": (0.0, 4.0), "hinge": (-2.0, 4.0), "wgan-gp": (-12.0, 12.0)}


def wall(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Sixty samples of the same noise, and both losses."""
    frame = frames[at]
    heat, (wide, high) = sheet_trace(frame.wall, COLUMNS)
    names = class_names(settings.data) if settings.conditional else [""] * COLUMNS
    cell = wide / COLUMNS
    at_x = (np.arange(COLUMNS) + 0.5) * cell
    traces = [heat, words(at_x, [high + cell * 0.3] * COLUMNS, names, size=9 if wide > 400 else 10)]
    x, y = bare(0, wide, "column"), bare(high + cell * 0.6, 0, "row")
    title = "Made from the same noise, a class a column" if settings.conditional else "Made images"
    left = Panel(traces, title, x, y, square=True, width=1.25, stacked=330)
    return figure([left, _losses(settings, frames, at)])


def _losses(settings: Settings, frames: list[Frame], at: int) -> Panel:
    lo, hi = LOSS_RANGES[settings.loss]
    both = [("discriminator", "d_loss", D_COLOR), ("generator", "g_loss", G_COLOR)]
    traces: list[dict[str, Any]] = []
    for name, metric, color in both:
        values = np.clip([f.metrics[metric] for f in frames], lo, hi)
        dash = "solid" if metric == "d_loss" else "dash"
        traces.append(line(frames, values, name, color, dash))
    now = [float(np.clip(frames[at].metrics[metric], lo, hi)) for _, metric, _ in both]
    traces.append(dots(frames[at], now, [color for *_, color in both]))
    says = [tinted(f"{name} {frames[at].metrics[key]:.2f}", color) for name, key, color in both]
    even = ["dotted: both players even"] if settings.loss in EQUILIBRIUM else []
    text = "<br>".join([f"step {frames[at].step:,}", *says, *even])
    traces.append(words([settings.steps], [hi], [text], "bottom left"))
    shapes = [level(value, settings.steps) for value in EQUILIBRIUM.get(settings.loss, ())]
    y = {"title": {"text": "loss"}, "range": [lo, hi + 0.02 * (hi - lo)]}
    title = "Losses: they do not measure quality"
    return Panel(traces, title, step_axis(settings.steps), y, shapes=shapes, width=0.9)


def walk(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Rows of images whose noise moves along an arc from one draw to another."""
    heat, (wide, high) = sheet_trace(frames[at].walk, COLUMNS)
    cell = wide / COLUMNS
    names = class_names(settings.data)
    rows = [names[2 * n] if settings.conditional else f"walk {n + 1}" for n in range(WALK_ROWS)]
    places = (np.arange(WALK_ROWS) + 0.5) * cell
    labels = words([-0.1 * cell] * WALK_ROWS, places, rows, "middle left")
    step = words([wide], [high + cell * 0.25], [f"step {frames[at].step:,}"], "middle left")
    x = bare(-1.2 * cell, wide, "from one noise to another")
    y = bare(high + 0.5 * cell, 0, "walk")
    title = "From one noise to another, step by step"
    return figure([Panel([heat, labels, step], title, x, y, square=True, stacked=250)])


def nearest(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Samples over the training images nearest to them; the distances beside unseen images'."""
    return figure([_pairs(frames[at]), _distances(settings, frames, at)])


def _pairs(frame: Frame) -> Panel:
    both = np.concatenate([frame.wall[:5], frame.nearest[:5], frame.wall[5:10], frame.nearest[5:]])
    heat, (wide, high) = sheet_trace(both, 5)
    cell = wide / 5
    says = ["made", "nearest<br>training image"] * 2
    labels = words([-0.1 * cell] * 4, (np.arange(4) + 0.5) * cell, says, "middle left")
    x, y = bare(-1.6 * cell, wide, "column"), bare(high, 0, "row")
    return Panel([heat, labels], "Made images and their nearest", x, y, square=True)


def _distances(settings: Settings, frames: list[Frame], at: int) -> Panel:
    held_out, frame = frames[0].held_out, frames[at]
    assert held_out is not None
    most = 1.6 * float(held_out.max())
    made = np.minimum(frame.distances, most)
    traces = [
        strip(made, 1.0, theme.GENERATED, "diamond", "made"),
        strip(held_out, 0.0, theme.REAL, "circle", "unseen real"),
        medians([float(np.median(made)), float(np.median(held_out))]),
        words([most], [1.45], [f"novelty {frame.metrics['novelty']:.2f}"], "middle left", 13),
    ]
    x = {"title": {"text": "distance to the nearest training image"}, "range": [0, most]}
    ticks = {"tickvals": [0, 1], "ticktext": ["unseen<br>real", "made"]}
    y = {"title": {"text": "image"}, "range": [-0.6, 1.7], **ticks}
    return Panel(traces, "Copies would lie at 0", x, y)


def tinted(text: str, color: str) -> str:
    """Words in the colour of their line."""
    return f"<span style='color:{color}'><b>{text}</b></span>"


def strip(values: np.ndarray, height: float, color: str, mark: str, name: str) -> dict[str, Any]:
    """Distances as points in a row at a height."""
    spread = (np.arange(len(values)) % 7 - 3) * 0.05
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": values.astype(np.float32),
        "y": (height + spread).astype(np.float32),
        "marker": {"color": color, "symbol": mark, "size": 7, "opacity": 0.7},
        "hovertemplate": "%{x:.2f}<extra>%{fullData.name}</extra>",
    }


def medians(values: list[float]) -> dict[str, Any]:
    """A tick at the median of the upper and of the lower row."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "median",
        "x": values,
        "y": [1.0, 0.0],
        "marker": {
            "symbol": "line-ns-open",
            "size": 42,
            "color": theme.EXACT,
            "line": {"width": 3},
        },
        "hovertemplate": "median %{x:.2f}<extra></extra>",
    }


def line(
    frames: list[Frame], values: np.ndarray, name: str, color: str, dash: str = "solid"
) -> dict[str, Any]:
    """Values (F,) against steps."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.array([frame.step for frame in frames]),
        "y": np.asarray(values, np.float32),
        "line": {"color": color, "dash": dash, "width": 2},
        "hovertemplate": "step %{x}: %{y:.3g}<extra>%{fullData.name}</extra>",
    }


def dots(frame: Frame, values: list[float], colors: list[str]) -> dict[str, Any]:
    """A dot on each line at one frame."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [frame.step] * len(values),
        "y": values,
        "marker": {"color": colors, "size": 9, "line": {"color": "white", "width": 1}},
        "hoverinfo": "skip",
    }


def level(value: float, last: float, first: float = 0.0) -> dict[str, Any]:
    """A level line: where an equilibrium or a real set lies."""
    dash = {"color": theme.EXACT, "dash": "dot", "width": 1}
    return {"type": "line", "x0": first, "x1": last, "y0": value, "y1": value, "line": dash}


def step_axis(most: int) -> dict[str, Any]:
    """Steps from 0 to the last."""
    return {"title": {"text": "step"}, "range": [-0.02 * most, 1.02 * most]}
