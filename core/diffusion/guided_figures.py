"""Pictures of guidance: samples over the exact class, measures against the scale, paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.mixtures import REACH
from core.diffusion.guided_classes import laws
from core.experiment import Figure
from core.measure import grid
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import words

if TYPE_CHECKING:
    from core.diffusion.guided import Frame, Settings

Trace = dict[str, Any]
HIGH = 430
SCALES = np.arange(11.0)
PATHS = 40
SEA = [[0.0, "rgba(26,128,196,0)"], [1.0, "rgba(26,128,196,0.8)"]]
LINES = ("as wide as the class", "on its islands", "sure of its class")


def plane(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The samples, and what becomes of them as the scale grows."""
    sweep = frames[-1].sweep
    sweep = np.full((len(SCALES), 4), np.nan, np.float32) if sweep is None else sweep
    samples = _samples(settings, frames[at])
    return figure([samples, _shares(settings, sweep), _shift(settings, sweep)], height=HIGH)


def paths(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The way of some samples up to this step."""
    both = [
        ("Guided: scale {0:g}", "points", theme.GENERATED, settings.scale),
        ("Plain: scale 1, the same noise", "plain", theme.EXACT, 1.0),
    ]
    panels = []
    for title, field, color, scale in both:
        walked = np.stack([getattr(one, field)[:PATHS] for one in frames[: at + 1]], 1)
        gap = np.full((PATHS, 1, 2), np.nan)
        lines = np.concatenate([walked.astype(np.float32), gap], 1).reshape(-1, 2)
        traces = [
            _density(settings, frames[at]),
            _islands(settings),
            _line("paths", lines[:, 0], lines[:, 1], {"color": color, "width": 1}),
            _dots("ends", walked[:, -1], color, 5, "diamond"),
            _told(settings, frames[at]),
        ]
        x, y = _axes()
        panels.append(Panel(traces, title.format(scale), x, y, square=True))
    return figure(panels, height=HIGH)


def _samples(settings: Settings, now: Frame) -> Panel:
    plain = _dots("plain", now.plain, theme.EXACT, 4, "circle") | {"meta": {"layer": "plain"}}
    made = _dots("guided", now.points, theme.GENERATED, 4, "diamond")
    traces = [
        _density(settings, now),
        _islands(settings),
        plain,
        made | {"meta": {"layer": "guided"}},
        _letters(settings),
        _told(settings, now),
    ]
    x, y = _axes()
    return Panel(traces, f"Class {settings.label.upper()}, scale {settings.scale:g}", x, y,
                 width=1.15, square=True)  # fmt: skip


def _axes() -> tuple[dict[str, Any], dict[str, Any]]:
    axis = {"range": [-REACH, REACH], "tickvals": [-2, 0, 2]}
    return {**axis, "title": {"text": "x"}}, {**axis, "title": {"text": "y"}}


def _density(settings: Settings, now: Frame) -> Trace:
    """The exact law of the class at this time."""
    law = laws(settings.classes, settings.label, settings.course, int(now.t))[1].law
    z = law.density(grid.plane())
    wide = 2 * REACH / grid.SIZE
    return {
        "type": "heatmap", "name": "exact class",
        "z": np.asarray((z / z.max() * 254).round(), np.uint8),
        "x0": wide / 2 - REACH, "dx": wide, "y0": wide / 2 - REACH, "dy": wide,
        "zmin": 0, "zmax": 254, "colorscale": SEA, "showscale": False, "hoverinfo": "skip",
        "zsmooth": "fast",
    }  # fmt: skip


def _islands(settings: Settings) -> Trace:
    """Two standard deviations around every island of all classes."""
    turn = np.linspace(0, 2 * np.pi, 41)
    loops = []
    for one in settings.classes.each.values():
        for centre in one.centres:
            ring = centre + 2 * one.sigma * np.stack([np.cos(turn), np.sin(turn)], 1)
            loops += [ring, np.full((1, 2), np.nan)]
    spots = np.concatenate(loops)
    return _line("islands", spots[:, 0], spots[:, 1], {"color": theme.EXACT, "width": 1})


def _letters(settings: Settings) -> Trace:
    """The name of each class, on its side towards the middle."""
    spots, names = [], []
    for name, one in settings.classes.each.items():
        middle = one.centres.mean(0)
        far = 0.75 if settings.target == "eight" else 0.4
        spots.append(middle / float(np.linalg.norm(middle)) * far)
        names.append(f"<b>{name.upper()}</b>")
    xs, ys = np.array(spots).T
    return words(xs, ys, names, size=13)


def _told(settings: Settings, now: Frame) -> Trace:
    return words([-2.9], [2.75], [f"t = {int(now.t)}"], "middle right", 13)


def _shares(settings: Settings, sweep: np.ndarray) -> Panel:
    traces = [_level("exact", 1.0)]
    for number, name in enumerate(LINES):
        traces.append(_line(name, SCALES, sweep[:, number], _style(number)))
    traces += [
        _at(settings, sweep, range(3)),
        words(
            [9.9] * 3, [1.37, 1.28, 1.19], list(LINES), "middle left",
            color=[theme.series(n)["color"] for n in range(3)],
        ),
    ]  # fmt: skip
    y = {"title": {"text": "share"}, "range": [0, 1.43], "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    return Panel(traces, "The samples against the scale", _scale(), y)


def _shift(settings: Settings, sweep: np.ndarray) -> Panel:
    traces = [
        _level("exact", 0.0),
        _line("shift", SCALES, sweep[:, 3], _style(3)),
        _at(settings, sweep, range(3, 4)),
    ]
    y = {"title": {"text": "distance in the plane"}, "range": [-0.08, 3]}
    return Panel(traces, "How far the mean has moved", _scale(), y, width=0.8)


def _scale() -> dict[str, Any]:
    return {"title": {"text": "guidance scale s"}, "range": [-0.2, 10.2]}


def _at(settings: Settings, sweep: np.ndarray, which: range) -> Trace:
    """Marks at this scale, read from the curves."""
    y = [float(np.interp(settings.scale, SCALES, sweep[:, n])) for n in which]
    spots = np.array([[settings.scale, one] for one in y])
    return _dots("this scale", spots, theme.GENERATED, 11, "diamond")


def _style(number: int) -> dict[str, Any]:
    return {**theme.series(number), "width": 2.5}


def _level(name: str, y: float) -> Trace:
    return _line(name, [-0.2, 10.2], [y, y], {"color": theme.EXACT, "width": 1, "dash": "dash"})


def _line(name: str, x: Any, y: Any, line: dict[str, Any]) -> Trace:
    return {
        "type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip",
        "x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32), "line": line,
    }  # fmt: skip


def _dots(name: str, spots: np.ndarray, color: str, size: int, symbol: str) -> Trace:
    return {
        "type": "scatter", "mode": "markers", "name": name, "hoverinfo": "skip",
        "x": spots[:, 0].astype(np.float32), "y": spots[:, 1].astype(np.float32),
        "marker": {"size": size, "color": color, "symbol": symbol},
    }  # fmt: skip
