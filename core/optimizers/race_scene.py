"""The race in three dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.optimizers.hyper import TITLES
from core.optimizers.palette import color
from core.optimizers.race_ground import RATES, Span, heights, path_of, scaled, window_of, within
from core.optimizers.surfaces import SURFACES
from core.plot.panels import Panel, figure
from core.plot.theme import EXACT, GRID, HEIGHTS

if TYPE_CHECKING:
    from core.optimizers.race import RaceFrame, RaceSettings

ALT = "The loss surface in three dimensions with the path of each optimizer on it."


def surface_view(settings: RaceSettings, frames: list[RaceFrame], at: int) -> Figure:
    """Paths on the surface in three dimensions."""
    window = window_of(settings)
    xs, ys, z = heights(settings.options(), window)
    ground: dict[str, Any] = {"type": "surface", "x": xs, "y": ys, "z": z, "colorscale": HEIGHTS}
    ground |= {"showscale": False, "hoverinfo": "skip", "name": "surface"}
    ground |= {"lighting": {"ambient": 0.85, "diffuse": 0.35, "specular": 0.0}}
    low, high = float(np.nanmin(z)), float(np.nanmax(z))
    span = (low, max(high, low + 1e-3))  # a flat surface needs some room all the same
    ground |= {"cmin": span[0], "cmax": span[1]}
    traces = [ground, *_ribbon(settings, frames, at, span)]
    z_title = "height" if settings.surface == "formula" else "log10(1 + height)"
    axis = {"gridcolor": GRID, "showspikes": False, "backgroundcolor": "rgba(0,0,0,0)"}
    scene = {
        "xaxis": {**axis, "title": {"text": "weight x"}, "range": list(window[0])},
        "yaxis": {**axis, "title": {"text": "weight y"}, "range": list(window[1])},
        "zaxis": {**axis, "title": {"text": z_title}, "range": list(span)},
        "aspectmode": "manual",
        "aspectratio": {"x": 1.2, "y": 1.2, "z": 0.6},
        "camera": {"eye": {"x": 0.45, "y": -1.25, "z": 1.5}, "center": {"x": 0, "y": 0, "z": -0.2}},
    }
    title = f"{SURFACES[settings.surface].title}, {RATES[settings.rates]}"
    return figure([Panel(traces, title, scene=scene)], height=520)


def _ribbon(
    settings: RaceSettings, frames: list[RaceFrame], at: int, span: Span
) -> list[dict[str, Any]]:
    """The paths over the surface, then their ends with names; nothing outside the window."""
    window, traces, tips = window_of(settings), [], []
    lift = 0.02 * (span[1] - span[0])  # or the surface would swallow half of each line
    for i, name in enumerate(settings.optimizers):
        path = within(path_of(frames, at, i), window, 1.0)
        z = scaled(settings.options(), path[:, 0], path[:, 1]) + lift
        place = {"x": path[:, 0].astype(np.float32), "y": path[:, 1].astype(np.float32)}
        line = {"color": color(name), "width": 6}
        drawn = {"type": "scatter3d", "mode": "lines", "name": TITLES[name], "line": line}
        traces.append({**drawn, **place, "z": z.astype(np.float32), "hoverinfo": "name"})
        tips.append((*path[-1], z[-1]))
    return [*traces, *_tips(settings, np.array(tips), span)]


def _tips(settings: RaceSettings, tips: np.ndarray, span: Span) -> list[dict[str, Any]]:
    """Ends of the paths (k, 3), each with its name on a stalk up to its own level."""
    x, y, z = tips.T.astype(np.float32)
    rows = np.arange(len(z)) * min(0.1, 0.6 / len(z))
    top = (span[1] - rows * (span[1] - span[0])).astype(np.float32)
    gap = np.full_like(z, np.nan)
    colors = [color(name) for name in settings.optimizers]
    drawn = {"type": "scatter3d", "hoverinfo": "skip"}
    stalk: dict[str, Any] = {
        "x": np.stack([x, x, gap], 1).ravel(),
        "y": np.stack([y, y, gap], 1).ravel(),
    }
    stalk |= {"z": np.stack([z, top, gap], 1).ravel(), "line": {"color": EXACT, "width": 2}}
    names: dict[str, Any] = {
        "text": [TITLES[n] for n in settings.optimizers],
        "x": x,
        "y": y,
        "z": top,
    }
    names |= {"textfont": {"color": colors, "size": 13}, "textposition": "middle right"}
    dots = {"x": x, "y": y, "z": z, "marker": {"size": 4, "color": colors}}
    return [
        {**drawn, **stalk, "mode": "lines", "name": "stalks"},
        {**drawn, **dots, "mode": "markers", "name": "ends"},
        {**drawn, **names, "mode": "text", "name": "names"},
    ]
