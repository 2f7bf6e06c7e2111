"""The race in three dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.optimizers.hyper import TITLES
from core.optimizers.palette import color
from core.optimizers.race_ground import (
    HIGH,
    RATES,
    Span,
    heights,
    path_of,
    scaled,
    window_of,
    within,
)
from core.optimizers.surfaces import SURFACES
from core.plot.panels import Panel, figure
from core.plot.theme import DASHES, GRID, HEIGHTS

if TYPE_CHECKING:
    from core.optimizers.race import RaceFrame, RaceSettings

# Under the scene: names beside the paths would lie on each other as the scene turns.
_LEGEND = {"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemclick": False}
_LEGEND |= {"itemdoubleclick": False, "font": {"size": 13}, "itemwidth": 50}
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
    z_title = "height" if settings.surface == "formula" else "log height"
    axis = {"gridcolor": GRID, "showspikes": False, "backgroundcolor": "rgba(0,0,0,0)"}
    axis |= {"nticks": 5}
    scene = {
        "xaxis": {**axis, "title": {"text": "weight x"}, "range": list(window[0])},
        "yaxis": {**axis, "title": {"text": "weight y"}, "range": list(window[1])},
        "zaxis": {**axis, "title": {"text": z_title}, "range": list(span), "nticks": 3},
        "aspectmode": "manual",
        "aspectratio": {"x": 1.2, "y": 1.2, "z": 0.6},
        "camera": {
            "eye": {"x": 0.76, "y": -2.0, "z": 1.95},
            "center": {"x": -0.08, "y": 0, "z": -0.3},
        },
    }
    title = f"{SURFACES[settings.surface].title}, {RATES[settings.rates]}"
    panel = Panel(traces, title, scene=scene, stacked=370)
    return figure([panel], height=HIGH, showlegend=True, legend=_LEGEND)


def _ribbon(
    settings: RaceSettings, frames: list[RaceFrame], at: int, span: Span
) -> list[dict[str, Any]]:
    """The paths over the surface, then their ends; nothing outside the window."""
    window, traces, tips = window_of(settings), [], []
    lift = 0.02 * (span[1] - span[0])  # or the surface would swallow half of each line
    for i, name in enumerate(settings.optimizers):
        path = within(path_of(frames, at, i), window, 1.0)
        z = scaled(settings.options(), path[:, 0], path[:, 1]) + lift
        place = {"x": path[:, 0].astype(np.float32), "y": path[:, 1].astype(np.float32)}
        line = {**_dashed(settings.optimizers, i), "width": 6}
        drawn = {"type": "scatter3d", "mode": "lines", "name": TITLES[name], "line": line}
        traces.append({**drawn, **place, "z": z.astype(np.float32), "hoverinfo": "name"})
        tips.append((*path[-1], z[-1]))
    return [*traces, _tips(settings, np.array(tips))]


def _dashed(names: Sequence[str], i: int) -> dict[str, str]:
    """Its colour; solid where no racer before it has the same, for dashes in space look torn."""
    same = [name for name in names[:i] if color(name) == color(names[i])]
    return {"color": color(names[i]), "dash": DASHES[len(same)]}


def _tips(settings: RaceSettings, tips: np.ndarray) -> dict[str, Any]:
    """Ends of the paths (k, 3)."""
    x, y, z = tips.T.astype(np.float32)
    colors = [color(name) for name in settings.optimizers]
    marker = {"size": 5, "color": colors, "line": {"width": 1, "color": "white"}}
    drawn = {"type": "scatter3d", "mode": "markers", "name": "ends", "hoverinfo": "skip"}
    return {**drawn, "x": x, "y": y, "z": z, "marker": marker, "showlegend": False}
