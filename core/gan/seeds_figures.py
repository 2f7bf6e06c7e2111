"""Pictures of many games: a wall of them, how many modes they cover, bands over the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.gan.seeds_share import wilson
from core.gan.wall import PITCH, frame, pictures, places
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.gan.seeds import Frame, Settings

COLUMNS = 8  # small pictures in a row
BAND = "rgba(26,128,196,0.28)"  # the middle half of the games
RANGE = "rgba(26,128,196,0.12)"  # all of them
Trace = dict[str, Any]


def wall(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """A small picture of every game, and how many of them cover how many modes."""
    return figure([_games(settings, frames[at]), _counts(settings, frames[at])], height=430)


def bands(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Median, quartiles and range over the games of modes covered and good fakes."""
    count, share = settings.mixture.count, settings.mixture.within
    covered = np.stack([f.modes for f in frames[: at + 1]]).astype(np.float64)
    good = np.stack([f.high_quality for f in frames[: at + 1]]).astype(np.float64)
    steps = [f.step for f in frames[: at + 1]]
    x = {"range": [0, settings.steps], "title": "step"}
    return figure(
        [
            Panel(
                [*_band(steps, covered), _level(settings, count, "all modes")],
                "Modes covered: median, middle half, all",
                x,
                {"range": [-0.03 * count, 1.06 * count], "title": "modes"},
            ),
            Panel(
                [*_band(steps, good), _level(settings, share, "good among real points")],
                f"Good fakes (dashed: real points, {share:.1%})",
                x,
                {"range": [-0.03, 1.06], "tickformat": ".0%", "title": "share of fakes"},
            ),
        ],
        height=420,
    )


def _games(settings: Settings, now: Frame) -> Panel:
    middles = places(len(now.wall), COLUMNS)
    words = [
        f"seed {settings.seed + n}: {covered} modes, {good:.0%} good; click to play it"
        for n, (covered, good) in enumerate(zip(now.modes, now.high_quality, strict=True))
    ]
    x, y = frame(middles)
    hidden = {"visible": False}
    traces = pictures(now.wall, middles, settings.mixture, words, 40)
    return Panel(
        [_names(settings, now, middles), *traces],
        "Each seed's fakes, and the modes it covers",
        {**hidden, "range": x},
        {**hidden, "range": y},
        width=2.4,
        square=True,
        stacked=round(100 + 40 * (len(middles) // COLUMNS + 0.3)),
    )


def _names(settings: Settings, now: Frame, middles: np.ndarray) -> Trace:
    """How many modes each covers, in the middle of its picture's top."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": middles[:, 0].astype(np.float32),
        "y": (middles[:, 1] + 0.45 * PITCH).astype(np.float32),
        "text": [str(modes) for modes in now.modes.tolist()],
        "textfont": {"size": 12, "color": [_color(settings, m) for m in now.modes.tolist()]},
        "hoverinfo": "skip",
    }


def _color(settings: Settings, modes: int) -> str:
    """All modes, half of them or fewer, or what lies between."""
    count = settings.mixture.count
    return theme.LEARNED if modes == count else theme.WARNING if 2 * modes <= count else theme.EXACT


def _counts(settings: Settings, now: Frame) -> Panel:
    """How many games cover how many modes, each with its Wilson interval."""
    n, count = len(now.modes), settings.mixture.count
    seen = np.bincount(now.modes, minlength=count + 1)
    low, high = np.array([wilson(int(k), n) for k in seen]).T * n
    bars = {
        "type": "bar",
        "x": np.arange(count + 1),
        "y": seen,
        "error_y": {
            "array": high - seen,
            "arrayminus": seen - low,
            "symmetric": False,
            "color": theme.EXACT,
            "thickness": 1.2,
            "width": 4,
        },
        "marker": {"color": [_color(settings, m) for m in range(count + 1)]},
        "hovertemplate": "%{x} modes: %{y} games<extra></extra>",
    }
    x = {"range": [-0.6, count + 0.6], "title": "modes covered", "dtick": 1 if count < 12 else 5}
    y = {"range": [0, 1.2 * n], "title": "games", "tickvals": np.linspace(0, n, 5).tolist()}
    return Panel([bars, _told(settings, now)], "How many games cover how many", x, y)


def _told(settings: Settings, now: Frame) -> Trace:
    n, count = len(now.modes), settings.mixture.count
    seen, metrics = int((now.modes == count).sum()), now.metrics
    words = (
        f"step {now.step:,}: {seen} of {n} cover all {count}<br>"
        f"95 %: {metrics['covered_low']:.0%} to {metrics['covered_high']:.0%} of all seeds"
    )
    return {
        "type": "scatter",
        "mode": "text",
        "x": [count / 2],
        "y": [1.12 * n],
        "text": [words],
        "textposition": "middle center",
        "textfont": {"size": 13},
        "hoverinfo": "skip",
    }


def _band(steps: list[int], values: np.ndarray) -> list[Trace]:
    """Range, middle half and median of values (frames, games)."""
    low, first, middle, third, high = np.quantile(values, [0, 0.25, 0.5, 0.75, 1], axis=1)
    line = {**theme.series(0), "width": 2.5}
    return [
        _edge(steps, low),
        _edge(steps, high, RANGE),
        _edge(steps, first),
        _edge(steps, third, BAND),
        {
            **_edge(steps, middle),
            "line": line,
            "hoverinfo": "all",
            "hovertemplate": "step %{x:.0f}, median %{y:.3g}<extra></extra>",
        },
    ]


def _edge(steps: list[int], values: np.ndarray, fill: str = "") -> Trace:
    """One edge of a band, filled down to the edge before it if there is a colour."""
    inside = {"fill": "tonexty", "fillcolor": fill} if fill else {}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.asarray(steps, np.float32),
        "y": values.astype(np.float32),
        "line": {"width": 0, "color": theme.REAL},
        "hoverinfo": "skip",
        **inside,
    }


def _level(settings: Settings, value: float, name: str) -> Trace:
    """What is exact, as a dashed line across."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [0, settings.steps],
        "y": [value, value],
        "line": {"color": theme.EXACT, "dash": "dash", "width": 2},
        "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>",
    }
