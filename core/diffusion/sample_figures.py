"""Pictures of the way back: two clouds, ways, the score, quality against cost, DDIM's shrinkage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.mixtures import REACH
from core.diffusion.plane_charts import Trace, dots, line
from core.diffusion.plane_figures import (
    HIGH,
    LONGEST,
    across,
    axes,
    cloud,
    density,
    polylines,
    time_axis,
    trail_lines,
)
from core.diffusion.plane_layout import ARROWS, places
from core.diffusion.sample_gauss import COUNTS, SPREADS, spread
from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import words

if TYPE_CHECKING:
    from core.diffusion.sample import Frame, Settings

SAMPLERS = {
    "ddpm": "DDPM",
    "ddim": "DDIM",
    "euler": "Euler (ODE)",
    "heun": "Heun (ODE)",
    "rk45": "Runge-Kutta 4(5) (ODE)",
    "dpm": "DPM-Solver++(2M)",
}
SHORT = {"euler": "Euler", "heun": "Heun", "rk45": "RK45", "dpm": "DPM++"}
TRAILS = 40


def clouds(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """What the sampler is making, beside real points with as much noise."""
    now = frames[at]
    asked, far = now.metrics["nfe"], now.metrics["swd"]
    said = [
        f"asked {asked:,.0f} time{'' if asked == 1 else 's'}, t = {now.metrics['t']:,.0f}",
        f"{now.metrics['high_quality']:.1%} good",
    ]
    made = [
        _grey(now),
        *_paths(frames, at),
        *_guesses(now),
        {**cloud("made", now.points, theme.GENERATED, "diamond"), "meta": {"layer": "points"}},
        words([-2.95], [REACH + 0.25], said[:1], "middle right"),
        words([2.95], [REACH + 0.25], said[1:], "middle left", color=theme.GENERATED),
    ]
    real = [
        _grey(now),
        {**cloud("noised", now.noised, theme.REAL), "meta": {"layer": "points"}},
        words([-2.95], [REACH + 0.25], [f"both clouds are {far:.3f} apart"], "middle right"),
    ]
    return figure(
        [
            Panel(made, "Made of noise", *axes(), square=True),
            Panel(real, "Real points with as much noise", *axes(), square=True),
        ],
        height=HIGH,
    )


def _grey(now: Frame) -> Trace:
    return {**density(now.density.astype(np.float32)), "z": now.density}


def _paths(frames: list[Frame], at: int) -> list[Trace]:
    """The ways of some points so far: as many places in every frame, the last one repeated."""
    ways = _trails(frames, at)
    return [{**polylines("ways", ways, theme.LEARNED, 1), "meta": {"layer": "trails"}}]


def _trails(frames: list[Frame], at: int) -> np.ndarray:
    """The first points' places in the frames up to this one, (40, frames, 2)."""
    stops = [frames[min(n, at)].points[:TRAILS].astype(np.float32) for n in range(len(frames))]
    return np.stack(stops, 1)


def _guesses(now: Frame) -> list[Trace]:
    """Lines from points to the data that the network sees in them."""
    start, end = now.points[:TRAILS].astype(np.float32), now.guesses.astype(np.float32)
    lines = polylines("where it points", np.stack([start, end], 1), theme.GRADIENT, 1)
    return [{**lines, "meta": {"layer": "guesses"}}]


def ways(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Across against time, back and there, as far as it has come."""
    times = np.array([frame.metrics["t"] for frame in frames])
    heat = {
        **density(np.stack([frame.column for frame in frames], 1).astype(np.float32)),
        "x": times.astype(np.float32),
        "y": np.linspace(-REACH, REACH, len(frames[0].column)).astype(np.float32),
    }
    for key in ("x0", "dx", "y0", "dy"):
        heat.pop(key)
    heat["z"] = np.stack([frame.column for frame in frames], 1)
    so_far = times[np.minimum(np.arange(len(frames)), at)]
    back = trail_lines(so_far, _trails(frames, at), theme.GENERATED)
    there = np.stack([f.noised[:TRAILS].astype(np.float32) for f in frames], 1)
    total = float(times[0])
    told = words([0.98 * total], [REACH + 0.3], [f"t = {times[at]:,.0f}"], "middle right")
    forth = trail_lines(times, there, theme.REAL)
    return figure(
        [
            Panel([heat, *back, told], "From noise to data", time_axis(total, 0), across()),
            Panel([heat, *forth], "From data to noise", time_axis(0, total), across()),
        ],
        height=HIGH,
    )


def score(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Learned and true arrows at one time."""
    now = frames[at]
    spot, exact = places(ARROWS), now.exact.astype(np.float64)
    unit = 0.8 * LONGEST / max(float(np.quantile(np.linalg.norm(exact, axis=1), 0.8)), 1e-9)
    panels = []
    for title, arrows, color, wide in (
        ("The learned score", now.arrows.astype(np.float64), theme.LEARNED, 2.0),
        ("The true one", exact, theme.EXACT, 2.0),
    ):
        size = np.linalg.norm(arrows, axis=1, keepdims=True)
        end = spot + arrows * np.minimum(unit, LONGEST / np.maximum(size, 1e-9))
        heads = cloud("heads", end, color, "triangle-up", 7)
        angle = np.degrees(np.arctan2(arrows[:, 0], arrows[:, 1])).astype(np.float32)
        heads["marker"] |= {"angle": angle, "opacity": 1}
        shafts = polylines("score", np.stack([spot, end], 1), color, wide)
        told = words([-2.95], [REACH + 0.25], [f"t = {now.metrics['t']:,.0f}"], "middle right")
        plane = [_grey(now), shafts, heads, told]
        panels.append(Panel(plane, title, *axes(), square=True))
    return figure(panels, height=HIGH)


def curves(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Three measures of every sampler against how often it asks the network."""
    table, target = frames[-1].curves, frames[0].target
    assert table is not None and target is not None
    panels = []
    for column, title, unit, level in (
        (2, "Distance from real points", "sliced Wasserstein distance", None),
        (3, "Good samples", "share", float(target[1])),
        (4, f"Modes covered, of {target[0]:.0f}", "share", 1.0),
    ):
        traces = [_curve(settings, n, table, column) for n in range(len(SAMPLERS))]
        if level is not None:
            traces.append(line("real points", [1, 1000], [level] * 2, theme.EXACT, "dash", 1.5))
        if column == 2:
            traces += _names(table)
        high = 1.2 if column == 2 else 1.05
        x = {"title": {"text": "network evaluations"}, "type": "log", "range": [-0.1, 3.15]}
        x |= {"tickvals": [1, 10, 100, 1000]}
        y = {"title": {"text": unit}, "range": [-0.03 * high, high]}
        panels.append(Panel(traces, title, x, y))
    return figure(panels, height=HIGH)


def _curve(settings: Settings, number: int, table: np.ndarray, column: int) -> Trace:
    name = list(SAMPLERS)[number]
    mine = table[table[:, 0] == number]
    style = theme.series(number)
    wide = 4 if name == settings.sampler else 1.8
    return {
        **line(SAMPLERS[name], mine[:, 1], mine[:, column].clip(0, 1.2), style["color"],
               style["dash"], wide),
        "mode": "lines+markers",
        "marker": {"size": 6},
    }  # fmt: skip


def _names(table: np.ndarray) -> list[Trace]:
    """Which line is which, in rows over the empty corner."""
    names = [SHORT.get(name, words) for name, words in SAMPLERS.items()]
    colors = [theme.series(n)["color"] for n in range(len(names))]
    dash = {"solid": "━", "dash": "╍", "dot": "┅"}
    marks = [dash.get(theme.series(n)["dash"], "━") for n in range(len(names))]
    rows = [1.12 - 0.09 * n for n in range(len(names))]
    text = [f"{mark} {name}" for mark, name in zip(marks, names, strict=True)]
    return [words([70.0] * len(names), rows, text, "middle right", color=colors)]


def narrow(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The spread of DDIM's samples over the data's, with a perfect network."""
    traces: list[Trace] = [line("as wide", [5, 1000], [1, 1], theme.EXACT, "dash", 1.5)]
    for number, sd in enumerate(SPREADS):
        share = [spread(sd, count) / sd for count in COUNTS]
        style = theme.series(number)
        traces.append(line(f"spread {sd:g}", COUNTS, share, style["color"], style["dash"]))
        traces.append(words([1100.0], [_level(number)], [f"data's spread {sd:g}"],
                            "middle right", color=style["color"]))  # fmt: skip
    count = max(5, settings.steps)
    colors = [theme.series(n)["color"] for n in range(len(SPREADS))]
    traces.append(dots([count] * len(SPREADS), [spread(sd, count) / sd for sd in SPREADS], colors))
    x: dict[str, Any] = {"title": {"text": "steps of DDIM, evenly spaced"}, "type": "log"}
    x |= {"range": [0.65, 3.75], "tickvals": [5, 10, 50, 100, 500, 1000]}
    y = {"title": {"text": "spread of samples over the data's"}, "range": [0, 1.3]}
    title = "Gaussian data, a perfect network, the linear schedule"
    return figure([Panel(traces, title, x, y)], height=HIGH)


def _level(number: int) -> float:
    return (1.17, 1.08, 0.97, 0.86)[number]
