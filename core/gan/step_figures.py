"""Pictures of rounds in slow motion: the plane beside the diagram, gradients round by round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.mixtures import REACH
from core.experiment import Figure
from core.gan.optimum import said
from core.gan.step_diagram import diagram
from core.gan.step_words import CRITICS, phase_of, taken
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.gan.step import Frame, Settings

EDGE = 2.7  # of the plane, what is shown
PULL = 0.8  # the longest arrow, in the plane's units
MOST = 10  # rounds
FLOOR, TOP = 1e-4, 1e2  # of the gradients' axis
SEES_D = ("judge", "d-learns", "again", "g-learns")  # phases in which D says something
Trace = dict[str, Any]


def phases(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The diagram with the sentence, and the plane."""
    axis = {"range": [-EDGE, EDGE], "title": "x", "dtick": 1}
    plane = Panel(
        _plane(settings, frames, at),
        "Blue: taken for real; ringed: D is wrong",
        axis,
        {**axis, "title": "y"},
        square=True,
    )
    return figure([diagram(settings, frames, at), plane], height=470)


def _plane(settings: Settings, frames: list[Frame], at: int) -> list[Trace]:
    now, before = frames[at], frames[max(at - 1, 0)]
    phase = phase_of(now)
    fakes = now.fake if phase != "noise" else now.fake[:0]
    moving = phase == "g-learns"
    return [
        _heat(settings, now, 0.6 if phase in SEES_D else 0.25),
        _border(settings, before, theme.EXACT, "dash", "border before"),
        _border(settings, now, theme.LEARNED, "solid", "border"),
        _points("real points", now.real, theme.REAL, "circle"),
        _points("fakes", fakes, theme.GENERATED, "diamond-open" if moving else "diamond"),
        _wrong(settings, now),
        _points("fakes now", now.moved if moving else fakes[:0], theme.GENERATED, "diamond"),
        _ways(now, moving),
        _pulls(now, moving),
    ]


def _heat(settings: Settings, now: Frame, opacity: float) -> Trace:
    z = _shares(settings, now)
    return {
        "type": "heatmap",
        "name": "what D says",
        "z": (z * 254).astype(np.uint8),
        **_grid(len(z)),
        "zmin": 0,
        "zmax": 254,
        "colorscale": theme.DIVERGING,
        "reversescale": True,  # blue is what it takes for real
        "showscale": False,
        "opacity": opacity,
        "hoverinfo": "skip",
    }


def _shares(settings: Settings, now: Frame) -> np.ndarray:
    """What D says at every place, from 0 (fake) to 1 (real), undecided at one half.

    A Wasserstein critic's score, about its median and by its spread over the plane.
    """
    z = said(now.judged.astype(np.float32), settings.loss)
    if settings.loss in CRITICS:
        spread = float(np.ptp(z)) / 2 or 1.0
        z = (z - float(np.median(z))) / spread
    signed = settings.loss == "hinge" or settings.loss in CRITICS
    return np.asarray(np.clip((z + 1) / 2 if signed else z, 0, 1))


def _grid(side: int) -> dict[str, float]:
    wide = 2 * REACH / side
    return {"x0": wide / 2 - REACH, "dx": wide, "y0": wide / 2 - REACH, "dy": wide}


def _border(settings: Settings, frame: Frame, color: str, dash: str, name: str) -> Trace:
    z = _shares(settings, frame)
    return {
        "type": "contour",
        "name": name,
        "z": z.astype(np.float32),
        **_grid(len(z)),
        "zmin": 0,
        "zmax": 1,
        "contours": {"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"},
        "line": {"color": color, "width": 2, "dash": dash},
        "showscale": False,
        "hoverinfo": "skip",
    }


def _points(name: str, at: np.ndarray, color: str, symbol: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": at[:, 0].astype(np.float32),
        "y": at[:, 1].astype(np.float32),
        "marker": {"color": color, "symbol": symbol, "size": 8},
        "hoverinfo": "skip",
    }


def _wrong(settings: Settings, now: Frame) -> Trace:
    """Rings around the points that D gets wrong, of those that it judges in this phase."""
    real, fake, _ = taken(settings, now)
    phase = phase_of(now)
    missed = now.real[~real] if phase in ("judge", "d-learns") else now.real[:0]
    fooled = now.fake[fake] if phase in SEES_D[:3] else now.fake[:0]
    found = np.concatenate([missed, fooled])
    ring = {"symbol": "circle-open", "size": 15, "color": theme.WARNING, "line": {"width": 2}}
    return {**_points("D is wrong", found, theme.WARNING, "circle-open"), "marker": ring}


def _pulls(now: Frame, seen: bool) -> Trace:
    """From each fake where it is pulled; the longest arrow is PULL long."""
    longest = float(np.linalg.norm(now.arrows, axis=1).max(initial=0)) or 1.0
    start = now.fake.astype(np.float32)
    ends = start + PULL * now.arrows / longest
    return _arrows("pull", start, ends, theme.GRADIENT, 2, 10, seen)


def _ways(now: Frame, seen: bool) -> Trace:
    """From each fake to where it went."""
    start, end = now.fake.astype(np.float32), now.moved.astype(np.float32)
    return _arrows("way", start, end, theme.GENERATED, 1.5, 0, seen)


def _arrows(
    name: str, start: np.ndarray, end: np.ndarray, color: str, width: float, head: int, seen: bool
) -> Trace:
    gaps = np.full_like(start, np.nan)
    xy = np.stack([start, end, gaps], 1).reshape(-1, 2)[: None if seen else 0]
    sizes = [0, head, 0] * (len(xy) // 3)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": xy[:, 0],
        "y": xy[:, 1],
        "line": {"color": color, "width": width},
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": sizes,
            "color": color,
            "opacity": 1,
        },
        "hoverinfo": "skip",
    }


def gradients(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The gradient's length by layer of each player, and the pull on the fakes, by round."""
    y = {
        "type": "log",
        "range": [float(np.log10(FLOOR)), float(np.log10(TOP))],
        "dtick": 1,
        "exponentformat": "power",
        "title": "length, log scale",
    }
    layers = [f"{player} {n}" for player in "DG" for n in (1, 2, 3)]
    ticks = {"tickvals": list(range(6)), "ticktext": layers}
    round_ = {"range": [0.5, settings.rounds + 0.3], "dtick": 1, "title": "round in slow motion"}
    bars = Panel(
        [_bars(frames[at])],
        "The last gradient, layer by layer",
        {"range": [-0.6, 5.6], "title": "player and layer", **ticks},
        y,
    )
    pull = Panel([_mean_pull(frames[: at + 1])], "Mean pull on a fake", round_, y)
    return figure([bars, pull], height=420)


def _bars(frame: Frame) -> Trace:
    """A layer without a gradient yet has no bar."""
    lengths = np.concatenate([frame.d_grads, frame.g_grads]).astype(np.float32)
    colors = [theme.LEARNED] * 3 + [theme.GENERATED] * 3
    return {
        "type": "bar",
        "name": "gradient",
        "x": np.arange(6),
        "y": np.maximum(lengths, FLOOR),
        "marker": {"color": colors},
        "customdata": lengths,
        "hovertemplate": "%{x}: %{customdata:.3g}<extra></extra>",
    }


def _mean_pull(frames: list[Frame]) -> Trace:
    """After every phase: a round is one long, and its last phase stands at its number."""
    at = [float(frame.phase[0]) - 0.08 * (5 - int(frame.phase[1])) for frame in frames]
    pulls = np.array([frame.metrics["pull"] for frame in frames], np.float32)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "pull",
        "x": np.array(at, np.float32),
        "y": np.maximum(pulls, FLOOR),
        "line": {"color": theme.GRADIENT, "width": 2},
        "marker": {"color": theme.GRADIENT, "size": 6},
        "hovertemplate": "round %{x:.0f}: %{y:.3g}<extra></extra>",
    }
