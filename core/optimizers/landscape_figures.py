"""The loss on a plane around the last weights, the path on it, and what the plane leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.experiment import Figure
from core.optimizers.curves import Trace, curve, decades, marker, step_axis, text
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.optimizers.network import Frame, Settings

FLOOR = 1e-4  # of the loss axis, in nats


def landscape(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The training loss on the plane with the path so far, and how well the plane shows it."""
    last = frames[-1]
    known = last.plane is not None and last.path is not None
    panels = [_slice(settings, last, frames[at].step) if known else _no_slice(settings)]
    return figure([*panels, _shadow(settings, frames, at)])


def _slice(settings: Settings, last: Frame, step: int) -> Panel:
    assert last.plane is not None and last.path is not None and last.path_step is not None
    assert last.plane_x is not None and last.plane_y is not None
    so_far = last.path[last.path_step <= step]
    path = [_path(last.path, 1.0, 0.45), _path(so_far, 3.0, 1.0)]
    spots = _spots([last.path[0], so_far[-1], last.path[-1]])
    x, y = ({"range": [float(a[0]), float(a[-1])]} for a in (last.plane_x, last.plane_y))
    return _slice_panel(
        settings, [_contour(last), *path, spots, text([], [], [], "middle center")], x, y
    )


def _no_slice(settings: Settings) -> Panel:
    words = "switched off" if settings.landscape == "none" else "computed when training ends"
    contour = {"type": "contour", "z": [[None]], "showscale": False}
    path = [_path(np.zeros((0, 2)), w, o) for w, o in ((1.0, 0.45), (3.0, 1.0))]
    spots = {"type": "scatter", "mode": "markers", "x": [], "y": []}
    traces = [contour, *path, spots, text([0.5], [0.5], [words], "middle center")]
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
        curve(frames, "train_loss", {"color": theme.LEARNED, "dash": "solid"}),
        plane,
        marker(frames[at], ["train_loss"], (theme.LEARNED,)),
        _shadow_words(settings, last),
    ]
    y = decades("training loss (nats, log scale)", FLOOR, 200)
    return Panel(traces, "Does the plane tell the truth?", step_axis(settings.steps), y)


def _shadow_words(settings: Settings, last: Frame) -> Trace:
    words, colors = ["loss of the network"], [theme.LEARNED]
    if last.plane is not None:
        share = f"the plane holds {last.metrics.get('path_share', 0.0):.1%} of the path"
        words, colors = [share, "loss where the path falls on the plane", *words], [theme.EXACT] * 2
        colors.append(theme.LEARNED)
    heights = [3 * 3**n for n in range(len(words))]
    return text([0.03 * settings.steps] * len(words), heights, words, "top right", colors)
