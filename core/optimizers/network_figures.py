"""Pictures of a network in training: the border, the losses, the units, the gradients, the plane.

The digits have their own pictures in ``digits_figures``, with as many panels, so that two runs
can be laid one above the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.optimizers import digits_figures, drawing
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.optimizers.network import Frame, Settings

FLOOR = 1e-3  # of the loss axis, in nats
TRAIN, TEST = theme.LEARNED, theme.SERIES[7]
BLUE_ORANGE = ((theme.REAL, "circle"), (theme.GENERATED, "diamond"))  # the classes
Trace = dict[str, Any]


def learn(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The answer over the plane (or some digits with the guesses), and the losses."""
    first = digits_figures.gallery if settings.data == "digits" else _plane
    return figure([first(frames, at), _losses(settings, frames, at)])


def neurons(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The network drawn, or what its first layer looks for in a digit."""
    if settings.data == "digits":
        return figure([digits_figures.inside(frames, at)], height=480)
    return figure([drawing.network(settings.layers, frames[at])], height=480)


def gradients(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Length of the gradient of each layer, of all, and its noise from batch to batch."""
    now = frames[at]
    names = [name for name in now.metrics if name.startswith("grad_norm/")]
    traces = [_line(frames, name, theme.series(n)) for n, name in enumerate(names)]
    noise = {"color": theme.EXACT, "dash": "dot"}
    traces.append(_line(frames, "gradient_noise", noise))
    colors = [theme.series(n)["color"] for n in range(len(names))] + [theme.EXACT]
    traces += [_ends(names, frames[-1]), _marker(now, [*names, "gradient_noise"], colors)]
    y = _decades("length of the gradient", 1e-5, 10)
    return figure([Panel(traces, "The gradient, layer by layer", _steps(settings, 1.16), y)])


def landscape(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The training loss on the plane with the path so far, and how well the plane shows it."""
    last = frames[-1]
    known = last.plane is not None and last.path is not None
    panels = [_slice(settings, last, frames[at].step) if known else _no_slice(settings)]
    return figure([*panels, _shadow(settings, frames, at)])


def _plane(frames: list[Frame], at: int) -> Panel:
    x, y, surface = frames[0].x, frames[0].y, frames[at].surface
    assert x is not None and y is not None and surface is not None
    answer = {
        "type": "heatmap",
        "z": surface,
        "x0": -1,
        "dx": 2 / (len(surface) - 1),
        "y0": -1,
        "dy": 2 / (len(surface) - 1),
        "zmin": 0,
        "zmax": 1,
        "zsmooth": "best",
        "colorscale": theme.DIVERGING,
        "opacity": 0.6,  # the data stand out from it
        "showscale": False,
        "hovertemplate": "P(orange) = %{z:.2f}<extra></extra>",
    }
    dots = [_dots(x[y == label], *BLUE_ORANGE[label]) for label in (0, 1)]
    title = "The data, and the network's answer"
    return Panel([answer, *dots], title, _side("x1"), _side("x2"), square=True)


def _dots(x: np.ndarray, color: str, symbol: str) -> Trace:
    marker = {"color": color, "symbol": symbol, "size": 6, "line": {"color": "white", "width": 1}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x[:, 0],
        "y": x[:, 1],
        "marker": marker,
        "hoverinfo": "skip",
    }


def _losses(settings: Settings, frames: list[Frame], at: int) -> Panel:
    now = frames[at].metrics
    words = (
        f"step {frames[at].step:,}<br>"
        f"right in training {now['train_accuracy']:.1%}<br>right in test {now['test_accuracy']:.1%}"
    )
    top = 5.0 if settings.data == "digits" else 2.0
    traces = [
        _line(frames, "train_loss", {"color": TRAIN, "dash": "solid"}),
        _line(frames, "test_loss", {"color": TEST, "dash": "dash"}),
        _loss_ends(frames[-1]),
        _marker(frames[at], ["train_loss", "test_loss"], (TRAIN, TEST)),
        _text([0.03 * settings.steps], [FLOOR * 2], [words], "top right"),
    ]
    y = _decades("loss (nats, log scale)", FLOOR, top)
    return Panel(traces, "Loss on training and test data", _steps(settings, 1.14), y, width=1.15)


def _slice(settings: Settings, last: Frame, step: int) -> Panel:
    assert last.plane is not None and last.path is not None and last.path_step is not None
    assert last.plane_x is not None and last.plane_y is not None
    so_far = last.path[last.path_step <= step]
    path = [_path(last.path, 1.0, 0.45), _path(so_far, 3.0, 1.0)]
    spots = _spots([last.path[0], so_far[-1], last.path[-1]])
    x, y = ({"range": [float(a[0]), float(a[-1])]} for a in (last.plane_x, last.plane_y))
    return _slice_panel(
        settings, [_contour(last), *path, spots, _text([], [], [], "middle center")], x, y
    )


def _no_slice(settings: Settings) -> Panel:
    words = "switched off" if settings.landscape == "none" else "computed when training ends"
    contour = {"type": "contour", "z": [[None]], "showscale": False}
    path = [_path(np.zeros((0, 2)), w, o) for w, o in ((1.0, 0.45), (3.0, 1.0))]
    spots = {"type": "scatter", "mode": "markers", "x": [], "y": []}
    traces = [contour, *path, spots, _text([0.5], [0.5], [words], "middle center")]
    return _slice_panel(settings, traces, {"range": [0, 1]}, {"range": [0, 1]})


def _slice_panel(settings: Settings, traces: Sequence[Trace], x: Trace, y: Trace) -> Panel:
    names = (
        ("the first", "the second")
        if settings.landscape != "random"
        else ("one random", "another random")
    )
    labels = [{"title": {"text": f"distance along {name} direction"}} for name in names]
    title = "Log10 of the training loss around the last weights"
    return Panel(traces, title, {**labels[0], **x}, {**labels[1], **y}, width=1.15)


def _contour(last: Frame) -> Trace:
    assert last.plane is not None
    z = np.log10(np.clip(last.plane, 1e-6, 1e6)).astype(np.float32)
    low, high = float(z.min()), float(z.max())
    size = max(0.1, round((high - low) / 14, 1))
    return {
        "type": "contour",
        "x": last.plane_x,
        "y": last.plane_y,
        "z": z,
        "contours": {"start": round(low, 1), "end": high, "size": size, "showlabels": True},
        "colorscale": theme.HEIGHTS,
        "showscale": False,
        "line": {"width": 0.5},
        "hovertemplate": "log10 of the loss %{z:.2f}<extra></extra>",
    }


def _path(spots: np.ndarray, width: float, opacity: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": spots[:, 0],
        "y": spots[:, 1],
        "line": {"color": theme.GENERATED, "width": width},
        "opacity": opacity,
        "hoverinfo": "skip",
    }


def _spots(places: Sequence[np.ndarray]) -> Trace:
    xs, ys = np.array(places, np.float32).T
    marker = {
        "symbol": ["circle-open", "circle", "star"],
        "size": [11, 12, 13],
        "color": [theme.GENERATED, theme.WARNING, "white"],
        "line": {"width": 1.5, "color": [theme.GENERATED, "white", theme.WARNING]},
    }
    names = ["start", "now", "end"]
    shared = {"text": names, "hovertemplate": "%{text}<extra></extra>"}
    return {"type": "scatter", "mode": "markers", "x": xs, "y": ys, "marker": marker, **shared}


def _shadow(settings: Settings, frames: list[Frame], at: int) -> Panel:
    last = frames[-1]
    line = {"color": theme.EXACT, "dash": "dash", "width": 2}
    plane = {"type": "scatter", "mode": "lines", "line": line, "hoverinfo": "skip"}
    plane["x"] = last.path_step if last.path_step is not None else []
    plane["y"] = last.shadow if last.shadow is not None else []
    traces = [
        _line(frames, "train_loss", {"color": TRAIN, "dash": "solid"}),
        plane,
        _marker(frames[at], ["train_loss"], (TRAIN,)),
        _shadow_words(settings, last),
    ]
    y = _decades("training loss (nats, log scale)", FLOOR, 10)
    return Panel(traces, "Does the plane tell the truth?", _steps(settings), y)


def _shadow_words(settings: Settings, last: Frame) -> Trace:
    words, colors = ["loss of the network"], [TRAIN]
    if last.plane is not None:
        share = f"the plane holds {last.metrics.get('path_share', 0.0):.1%} of the path"
        words, colors = [share, "loss where the path falls on the plane", *words], [theme.EXACT] * 2
        colors.append(TRAIN)
    heights = [FLOOR * 1.25 * 1.5**n for n in range(len(words))]
    return _text([0.03 * settings.steps] * len(words), heights, words, "top right", colors)


def _decades(title: str, low: float, high: float) -> dict[str, Any]:
    """A logarithmic axis with a plain number at every power of ten."""
    ends = [float(np.log10(low)), float(np.log10(high))]
    ticks = [10.0**n for n in range(round(ends[0]), int(np.floor(ends[1])) + 1)]
    words = [f"{tick:g}" for tick in ticks]
    names = {"title": {"text": title}, "tickvals": ticks, "ticktext": words}
    return {"type": "log", "range": ends, **names}


def _steps(settings: Settings, room: float = 1.03) -> dict[str, Any]:
    return {"title": {"text": "step"}, "range": [-0.01 * settings.steps, room * settings.steps]}


def _side(name: str) -> dict[str, Any]:
    return {"title": {"text": name}, "range": [-1.02, 1.02], "tickvals": [-1, 0, 1]}


def _line(frames: list[Frame], name: str, line: dict[str, str]) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name.replace("_", " "),
        "x": np.array([f.step for f in frames]),
        "y": np.array([f.metrics[name] for f in frames], np.float32),
        "line": {**line, "width": 2},
        "hovertemplate": "step %{x}: %{y:.4g}<extra>%{fullData.name}</extra>",
    }


def _marker(now: Frame, names: Sequence[str], colors: Sequence[str]) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [now.step] * len(names),
        "y": [now.metrics[name] for name in names],
        "marker": {"color": list(colors), "size": 9, "line": {"color": "white", "width": 1}},
        "hoverinfo": "skip",
    }


def _loss_ends(last: Frame) -> Trace:
    ends = [max(last.metrics[name], FLOOR) for name in ("train_loss", "test_loss")]
    apart = ends[1] / ends[0]
    if 0.75 < apart < 1.33:  # too near for two lines of text
        middle = float(np.sqrt(ends[0] * ends[1]))
        ends = [middle * 0.85, middle * 1.18] if apart >= 1 else [middle * 1.18, middle * 0.85]
    return _text([last.step] * 2, ends, [" training", " test"], "middle right", [TRAIN, TEST])


def _ends(names: Sequence[str], last: Frame) -> Trace:
    words = [f" weights {n}" for n in range(1, len(names) + 1)] + [" noise"]
    ends = _spread([last.metrics[name] for name in [*names, "gradient_noise"]])
    colors = [theme.series(n)["color"] for n in range(len(names))] + [theme.EXACT]
    return _text([last.step] * len(words), ends, words, "middle right", colors)


def _spread(values: Sequence[float], least: float = 0.24) -> list[float]:
    """The values moved apart to at least so many decades, in the same order."""
    logs = np.log10(np.clip(values, 1e-5, 10))
    order = np.argsort(logs, kind="stable")
    for low, high in pairwise(order):
        logs[high] = max(logs[high], logs[low] + least)
    return [float(10**v) for v in logs]


def _text(
    x: Sequence[float],
    y: Sequence[float],
    words: Sequence[str],
    place: str | list[str],
    color: list[str] | None = None,
) -> Trace:
    return {
        "type": "scatter",
        "mode": "text",
        "x": list(x),
        "y": list(y),
        "text": list(words),
        "textposition": place,
        "textfont": {"size": 12} | ({"color": color} if color else {}),
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
