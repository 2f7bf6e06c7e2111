"""Pictures of the race: the map with the paths, the losses, the effective steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.optimizers.hyper import TITLES
from core.optimizers.palette import color, style
from core.optimizers.race_ground import (
    HIGH,
    HUGE,
    RATES,
    Window,
    heights,
    path_of,
    window_of,
    within,
)
from core.optimizers.surfaces import SURFACES
from core.plot.labels import place
from core.plot.panels import Panel, figure
from core.plot.theme import EXACT, HEIGHTS, mixed

if TYPE_CHECKING:
    from core.optimizers.race import RaceFrame, RaceSettings

MAP_ALT = (
    "Left, the loss surface seen from above with the path of each optimizer from the common start "
    "to its end, where it says whether a known minimum was not reached. Right, the height above "
    "the minimum against the step, on a logarithmic axis."
)
STEPS_ALT = (
    "The effective step of each optimizer, the size of its updates over that of its gradients "
    "(root mean squares of ten frames), along x on the left, along y on the "
    "right, against the step, on logarithmic axes."
)
FLOOR = 1e-8  # of the loss axis
# Pale and opaque, so that paths and names stand out from them, on light and dark pages alike.
GROUND = [[share, mixed(shade, 0.55)] for share, shade in HEIGHTS]
_HALO = ", ".join([f"0 0 3px {GROUND[-1][1]}"] * 3)  # names stay legible over paths
_RIM = {"width": 1, "color": "white"}


def map_view(settings: RaceSettings, frames: list[RaceFrame], at: int) -> Figure:
    """Paths over contours, and the loss against the step."""
    return figure([_map(settings, frames, at), _losses(settings, frames, at)], height=HIGH)


def steps_view(settings: RaceSettings, frames: list[RaceFrame], at: int) -> Figure:
    """How far each optimizer went for each unit of slope, one panel a coordinate."""
    rates = frames[0].rate
    y = _log_axis(
        "update / gradient (root mean squares)", float(rates.min()) / 100, float(rates.max()) * 100
    )
    panels = []
    for axis, letter in enumerate("xy"):
        traces = [_step_line(settings, frames, at, i, axis) for i in range(len(rates))]
        traces.append(_legend(settings, frames[at], y["range"]))
        title = f"Effective step along {letter}"
        panels.append(Panel(traces, title, _step_axis(settings), y))
    return figure(panels, height=HIGH)


def _map(settings: RaceSettings, frames: list[RaceFrame], at: int) -> Panel:
    window, now = window_of(settings), frames[at]
    xs, ys, z = heights(settings.options(), window)
    ground = {"type": "contour", "x": xs, "y": ys, "z": z, "colorscale": GROUND, "ncontours": 18}
    ground |= {"showscale": False, "hoverinfo": "skip", "name": "height"}
    ground |= {"line": {"width": 0.5, "color": "rgba(255,255,255,0.35)"}}
    traces = [ground, _minima(settings)]
    paths = [path_of(frames, at, i) for i in range(len(settings.optimizers))]
    for name, path in zip(settings.optimizers, paths, strict=True):
        traces.append(_path(name, within(path, window, 1.5)))
    traces += _ends(settings, now, window)
    x = {"title": {"text": "weight x"}, "range": list(window[0])}
    y = {"title": {"text": "weight y"}, "range": list(window[1])}
    return Panel(traces, f"Paths, {RATES[settings.rates]}", x, y, square=True)


def _path(name: str, path: np.ndarray) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": TITLES[name],
        "x": path[:, 0],
        "y": path[:, 1],
        "line": {**style(name), "width": 2},
        "hovertemplate": TITLES[name] + "<br>x %{x:.3g}, y %{y:.3g}<extra></extra>",
    }


def _minima(settings: RaceSettings) -> dict[str, Any]:
    minima = SURFACES[settings.surface].minima
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "known minimum",
        "x": [m[0] for m in minima],
        "y": [m[1] for m in minima],
        "marker": {"symbol": "star", "size": 16, "color": EXACT, "line": _RIM},
        "hovertemplate": "known minimum<br>x %{x:.4g}, y %{y:.4g}"
        f"<br>{SURFACES[settings.surface].note}<extra></extra>",
    }


def _ends(settings: RaceSettings, now: RaceFrame, window: Window) -> list[dict[str, Any]]:
    """Where each path ends: a mark, a name, and a thin line from one to the other."""
    names = settings.optimizers
    texts = [label(settings, now, i, window) for i in range(len(names))]
    ends = np.clip(now.theta, *np.array(window).T)
    spots = place(ends, texts, window)
    colors = [color(name) for name in names]
    inks = [mixed(shade, -0.55) for shade in colors]  # the same hue, dark enough to read
    marks = ["circle" if alive else "x" for alive in now.alive]
    gap = np.full((len(names), 1), np.nan)
    leads = [np.hstack([ends[:, [a]], spots.at[:, [a]], gap]).ravel() for a in (0, 1)]
    return [
        {
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "name": "leads",
            "x": leads[0].astype(np.float32), "y": leads[1].astype(np.float32),
            "line": {"color": EXACT, "width": 1},
        },
        {
            "type": "scatter", "mode": "markers", "hoverinfo": "skip", "name": "ends",
            "x": ends[:, 0].astype(np.float32), "y": ends[:, 1].astype(np.float32),
            "marker": {"size": 9, "color": colors, "symbol": marks, "line": _RIM},
        },
        {
            "type": "scatter", "mode": "text", "hoverinfo": "skip", "name": "names",
            "x": spots.at[:, 0].astype(np.float32), "y": spots.at[:, 1].astype(np.float32),
            "text": [f"<b>{text}</b>" for text in texts],
            "textposition": [f"middle {'right' if right else 'left'}" for right in spots.right],
            "textfont": {"color": inks, "size": 12, "shadow": _HALO},
        },
    ]  # fmt: skip


def label(settings: RaceSettings, now: RaceFrame, i: int, window: Window) -> str:
    """What racer number i is called on the map: its name, and what became of it."""
    name = settings.optimizers[i]
    inside = all(lo <= v <= hi for v, (lo, hi) in zip(now.theta[i], window, strict=True))
    if not now.alive[i]:
        return f"{TITLES[name]} (diverged)"
    if not inside:
        return f"{TITLES[name]} (out of the picture)"
    over = now.step == settings.steps and now.metrics.get(f"steps_to/{name}", 0) > settings.steps
    return f"{TITLES[name]} (not reached)" if over else TITLES[name]


def _losses(settings: RaceSettings, frames: list[RaceFrame], at: int) -> Panel:
    steps = _steps_so_far(frames, at)
    traces = []
    for i, name in enumerate(settings.optimizers):
        losses = np.concatenate([frame.losses[i] for frame in frames[: at + 1]])
        keep = slice(None, None, max(1, len(losses) // 200))
        traces.append(_curve(name, steps[keep], above(settings, losses[keep])))
    y = _loss_axis(settings, frames)
    log = settings.surface != "formula"
    traces.append(_legend(settings, frames[at], y["range"], log))
    title = "Loss" if SURFACES[settings.surface].minima else "Loss (no closed form here)"
    return Panel(traces, title, _step_axis(settings), y)


def above(settings: RaceSettings, losses: np.ndarray) -> np.ndarray:
    """Losses as the chart shows them: height above the known minimum, at least 1e-8."""
    minima = SURFACES[settings.surface].minima
    shown = np.maximum(losses - minima[0][2], FLOOR) if minima else losses
    return np.asarray(np.clip(shown, -HUGE, HUGE))


def _curve(name: str, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": TITLES[name],
        "x": x.astype(np.int32),
        "y": y.astype(np.float32),
        "line": {**style(name), "width": 2.5},
        "hovertemplate": TITLES[name] + "<br>step %{x}: %{y:.3g}<extra></extra>",
    }


def _step_line(
    settings: RaceSettings, frames: list[RaceFrame], at: int, racer: int, axis: int
) -> dict[str, Any]:
    """Root mean square update over root mean square gradient, of the last ten frames each."""
    shown = frames[1 : at + 1]
    update, grad = (
        _mean_of_ten(np.array([getattr(frame, part)[racer, axis] for frame in shown]) ** 2)
        for part in ("update", "grad")
    )
    with np.errstate(all="ignore"):
        ratio = np.where((update > 0) & (grad > 0), np.sqrt(update / grad), np.nan)
    return _curve(settings.optimizers[racer], np.array([f.step for f in shown]), ratio)


def _mean_of_ten(values: np.ndarray) -> np.ndarray:
    """The mean of each value and the nine before it, as far as there are any."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.arange(1, len(values) + 1)
    first = np.maximum(last - 10, 0)
    return np.asarray((total[last] - total[first]) / (last - first))


def _legend(
    settings: RaceSettings, now: RaceFrame, span: list[float], log: bool = True
) -> dict[str, Any]:
    """Names and rates in the upper right corner: a text trace, so that it keeps up with the run."""
    names = settings.optimizers
    height = (span[1] - span[0]) * min(1.0, 17 * len(names) / 360)
    rows = span[1] - height * (np.arange(len(names)) + 0.7) / len(names)
    return {
        "type": "scatter",
        "mode": "text",
        "name": "rates",
        "hoverinfo": "skip",
        "x": [settings.steps] * len(names),
        "y": (10.0**rows if log else rows).astype(np.float32),
        "text": [f"{TITLES[n]}, rate {r:.2g}" for n, r in zip(names, now.lr, strict=True)],
        "textposition": "middle left",
        "textfont": {"color": [color(name) for name in names], "size": 11},
    }


def _loss_axis(settings: RaceSettings, frames: list[RaceFrame]) -> dict[str, Any]:
    first = float(above(settings, frames[0].losses[:1, -1])[0])
    if settings.surface == "formula":
        z = heights(settings.options(), window_of(settings))[2]
        low = min(float(np.nanmin(z)), first)
        pad = 0.2 * (first - low) or 1.0
        return {"title": {"text": "loss"}, "range": [low - pad, first + 2 * pad]}
    return _log_axis("loss above the minimum", FLOOR, max(10.0, 30 * first))


def _log_axis(title: str, low: float, high: float) -> dict[str, Any]:
    span = [math.log10(low), math.log10(high)]
    decades = 1 if span[1] - span[0] < 9 else 2
    ticks = {"dtick": decades, "exponentformat": "power"}
    return {"title": {"text": title}, "type": "log", "range": span, **ticks}


def _step_axis(settings: RaceSettings) -> dict[str, Any]:
    return {"title": {"text": "step"}, "range": [0, 1.01 * settings.steps]}


def _steps_so_far(frames: list[RaceFrame], at: int) -> np.ndarray:
    """The step of every loss in the frames' chunks."""
    counts = ((f.step, f.losses.shape[1]) for f in frames[: at + 1])
    return np.concatenate([np.arange(step - count, step) + 1 for step, count in counts])
