"""Pictures of the training in the plane: samples, the score, ways there and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.mixtures import REACH
from core.diffusion.exact import Noised, noised
from core.diffusion.plane_charts import Trace, line, quality
from core.diffusion.plane_layout import ARROWS, places, shown_times, times_asked
from core.experiment import Figure
from core.measure.grid import plane
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import words

if TYPE_CHECKING:
    from core.diffusion.plane import Frame, Settings

HIGH = 460
STRIP = 0.5  # over the plane, for the words that say what is what
SEA = [[0.0, "rgba(113,121,129,0)"], [1.0, "rgba(113,121,129,0.75)"]]
LONGEST = 0.62  # of an arrow, in the plane's units
CELLS = 60


def samples(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Points made of noise over the target, and quality against steps."""
    now = frames[at]
    trails = now.trails.astype(np.float32)
    traces = [
        density(settings.mixture.density(plane(CELLS))),
        {**polylines("ways", trails, theme.LEARNED, 1), "meta": {"layer": "trails"}},
        {**cloud("samples", now.samples, theme.GENERATED, "diamond"), "meta": {"layer": "points"}},
        *legend([("density", -2.95, "target", theme.EXACT),
                 ("points", -1.6, "◆ made of noise", theme.GENERATED),
                 ("trails", 0.9, "their ways", theme.LEARNED)]),
    ]  # fmt: skip
    left = Panel(traces, "800 samples", *axes(), square=True)
    return figure([left, quality(settings, frames, at)], height=HIGH)


def score(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The learned score and the true one at one time, and errors against time."""
    t = settings.looked_at
    law = noised(settings.mixture, settings.course, t)
    traces = [
        density(law.law.density(plane(CELLS))),
        *field(law, frames[at].arrows),
        *legend([("density", -2.95, f"noised points, t = {t:,}", theme.EXACT),
                 ("true", 0.1, "true", theme.EXACT),
                 ("learned", 1.1, "learned score", theme.LEARNED)]),
    ]  # fmt: skip
    left = Panel(traces, "Which way is up?", *axes(), square=True)
    return figure([left, _errors(settings, frames, at)], height=HIGH)


def field(law: Noised, learned: np.ndarray) -> list[Trace]:
    """True and learned arrows on a grid, to one scale; what is longer than a cell and a half is
    cut.
    """
    at = places(ARROWS)
    exact = law.score(at)
    unit = 0.8 * LONGEST / max(float(np.quantile(np.linalg.norm(exact, axis=1), 0.8)), 1e-9)
    found = []
    for layer, arrows, color, wide in (
        ("true", exact, theme.EXACT, 4.0),
        ("learned", learned.astype(np.float64), theme.LEARNED, 1.6),
    ):
        size = np.linalg.norm(arrows, axis=1, keepdims=True)
        end = at + arrows * np.minimum(unit, LONGEST / np.maximum(size, 1e-9))
        heads = cloud(f"{layer} heads", end, color, "triangle-up")
        heads["marker"] |= {
            "angle": np.degrees(np.arctan2(arrows[:, 0], arrows[:, 1])).astype(np.float32),
            "size": 4 + wide,
            "opacity": 1,
        }
        shafts = polylines(f"{layer} score", np.stack([at, end], 1), color, wide)
        found += [{**one, "meta": {"layer": layer}} for one in (shafts, heads)]
    return found


def _errors(settings: Settings, frames: list[Frame], at: int) -> Panel:
    first, now = frames[0], frames[at]
    assert first.least is not None
    t = times_asked(settings.total)
    lines = [
        line("best possible", t, first.least, theme.EXACT, "dash"),
        line("the network", t, now.wrong, theme.LEARNED),
        line("error of its score", t, now.excess, theme.GENERATED),
    ]
    here = line("time of the arrows", [settings.looked_at] * 2, [1e-5, 2], theme.EXACT, "dot", 1)
    says = words(
        [0.02 * settings.total] * 4,
        [30.0, 16.0, 8.5, 4.5],
        [
            f"step {now.step:,}",
            "the network, against the noise",
            "the best there is, against the noise",
            f"the network, against the best: {now.metrics['score_error']:.4f} on average",
        ],
        "middle right",
        color=[theme.EXACT, theme.LEARNED, theme.EXACT, theme.GENERATED],
    )
    x = {"title": {"text": "time t"}, "range": [0, settings.total]}
    y = {"title": {"text": "squared error of the noise"}, "type": "log", "range": [-4, 1.7]}
    y |= {"tickvals": [1e-4, 1e-3, 1e-2, 0.1, 1], "ticktext": ["0.0001", "0.001", "0.01", "0.1",
                                                              "1"]}  # fmt: skip
    return Panel([*lines, here, says], "The error at each time", x, y)


def ways(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Across against time: points on their way to noise, and noise on the network's way back."""
    first, times = frames[0], shown_times(settings)
    assert first.forward is not None
    heat = [noised(settings.mixture, settings.course, t) for t in times]
    there = _way(settings, times[::-1], heat[::-1], first.forward, theme.REAL)
    back = _way(settings, times, heat, frames[at].trails, theme.GENERATED)
    step = words([0.02 * settings.total], [REACH + 0.3], [f"step {frames[at].step:,}"],
                 "middle left")  # fmt: skip
    total = settings.total
    return figure(
        [
            Panel(there, "Noise is added", time_axis(0, total), across()),
            Panel([*back, step], "The network takes it away", time_axis(total, 0), across()),
        ],
        height=HIGH,
    )


def _way(
    settings: Settings, times: list[int], laws: list[Noised], trails: np.ndarray, color: str
) -> list[Trace]:
    return [marginals(times, laws), *trail_lines(times, trails, color)]


def marginals(times: Sequence[float], laws: list[Noised]) -> Trace:
    """The exact density of the first number at each time, each time's highest as dark."""
    x = np.linspace(-REACH, REACH, CELLS)
    columns = []
    for law in laws:
        gaps = x[:, None] - law.signal * law.mixture.centres[:, 0]
        column = np.exp(-(gaps**2) / (2 * law.variance)).sum(1)
        columns.append(column / column.max())
    heat = density(np.stack(columns, 1))
    for key in ("x0", "dx", "y0", "dy"):
        heat.pop(key)
    return {**heat, "x": np.asarray(times, np.float32), "y": x.astype(np.float32)}


def trail_lines(times: Sequence[float] | np.ndarray, trails: np.ndarray, color: str) -> list[Trace]:
    """The first number of points (k, m, 2) against m times."""
    x = np.broadcast_to(np.asarray(times, np.float32), trails.shape[:2])
    xy = np.stack([x, trails[..., 0].astype(np.float32)], -1)
    return [polylines("ways", xy, color, 1.3)]


def time_axis(low: float, high: float) -> dict[str, Any]:
    """Time from left to right, whichever way it runs."""
    return {"title": {"text": "time t"}, "range": [low, high]}


def across() -> dict[str, Any]:
    """The first number of the plane."""
    return {"title": {"text": "x"}, "range": [-REACH, REACH + 0.6], "tickvals": [-2, 0, 2]}


def axes(strip: float = STRIP) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the plane, with a strip for words over it."""
    ticks = {"tickvals": [-2, 0, 2]}
    x = {"range": [-REACH, REACH], "title": {"text": "x"}, **ticks}
    y = {"range": [-REACH, REACH + strip], "title": {"text": "y"}, **ticks}
    return x, y


def density(z: np.ndarray) -> Trace:
    """Densities over the plane (g, g), the highest as dark."""
    wide = 2 * REACH / len(z)
    return {
        "type": "heatmap", "name": "density",
        "z": np.asarray((z / max(float(z.max()), 1e-30) * 254).round(), np.uint8),
        "x0": wide / 2 - REACH, "dx": wide, "y0": wide / 2 - REACH, "dy": wide,
        "zmin": 0, "zmax": 254, "colorscale": SEA, "showscale": False, "hoverinfo": "skip",
        "zsmooth": "fast", "meta": {"layer": "density"},
    }  # fmt: skip


def cloud(name: str, at: np.ndarray, color: str, symbol: str = "circle", size: int = 4) -> Trace:
    """Points (n, 2)."""
    return {
        "type": "scatter", "mode": "markers", "name": name, "hoverinfo": "skip",
        "x": at[:, 0].astype(np.float32), "y": at[:, 1].astype(np.float32),
        "marker": {"color": color, "symbol": symbol, "size": size, "opacity": 0.75},
    }  # fmt: skip


def polylines(name: str, at: np.ndarray, color: str, width: float) -> Trace:
    """Lines (k, m, 2), a gap after each."""
    gaps = np.full((len(at), 1, 2), np.nan, np.float32)
    xy = np.concatenate([at.astype(np.float32), gaps], 1).reshape(-1, 2)
    return {
        "type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip",
        "x": xy[:, 0], "y": xy[:, 1], "line": {"color": color, "width": width},
    }  # fmt: skip


def legend(parts: list[tuple[str, float, str, str]]) -> list[Trace]:
    """What is what, in its colour over the plane; each goes with its layer."""
    return [
        {**words([x], [REACH + 0.25], [text], "middle right", color=color),
         "meta": {"layer": layer}}
        for layer, x, text, color in parts
    ]  # fmt: skip
