"""Charts of the game in the plane against steps: quality, losses, distances."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.gan.optimum import SHARES
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.gan.plane import Frame, Settings

Trace = dict[str, Any]
LN2 = float(np.log(2))
ROOM = 1.4  # of the steps' axis, for the names behind the lines
# D's loss and G's where fakes and real points cannot be told apart, with D at its best.
EVEN = {
    "minimax": (2 * LN2, -LN2),
    "non-saturating": (2 * LN2, LN2),
    "least-squares": (0.25, 0.125),
    "hinge": (2.0, 0.0),
    "wasserstein": (0.0, 0.0),
    "wgan-gp": (0.0, 0.0),
}
# What the axes of the losses span, the same at every step; what lies beyond is drawn at the edge.
SPAN = {
    "minimax": ((0.0, 2.5), (-2.5, 0.1)),
    "non-saturating": ((0.0, 2.5), (0.0, 6.0)),
    "least-squares": ((0.0, 0.75), (0.0, 0.75)),
    "hinge": ((0.0, 3.0), (-2.0, 2.0)),
    "wasserstein": ((-1.0, 1.0), (-2.0, 2.0)),
    "wgan-gp": ((-2.0, 1.0), (-3.0, 3.0)),
}
DISTANCES = {
    "js": ("Jensen-Shannon divergence", "nats (most: 0.693)", LN2),
    "kl": ("Kullback-Leibler divergence", "nats", 8.0),
    "swd": ("Sliced Wasserstein distance", "in units of the plane", 2.0),
    "mmd": ("Maximum mean discrepancy", "squared", 1.0),
}
TICKS = {"js": 0.2, "kl": 2.0, "swd": 0.5, "mmd": 0.2}  # apart; none over the top, where words are


def even(settings: Settings) -> tuple[float, float]:
    """D's loss and G's where fakes and real points cannot be told apart, with D at its best.

    Real points have the label a = 1 less the smoothing, so the best D says s = a / 2 of all.
    """
    if not settings.smoothing or settings.loss not in SHARES:
        return EVEN[settings.loss]
    a = 1 - settings.smoothing
    s = a / 2
    if settings.loss == "least-squares":
        return a * a / 4, (1 - s) ** 2 / 2
    d_loss = -a * np.log(s) - (2 - a) * np.log(1 - s)
    return float(d_loss), float(np.log(1 - s) if settings.loss == "minimax" else -np.log(s))


def quality(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """Modes covered and good fakes against steps, and the share that real points reach."""
    count, share = settings.mixture.count, settings.mixture.within
    covered = [frame.metrics["modes"] / count for frame in frames]
    good = [frame.metrics["high_quality"] for frame in frames]
    colors = [theme.LEARNED, theme.GENERATED, theme.EXACT]
    ends = apart([covered[-1], good[-1], share], 0.075)
    last = [frames[-1].step] * 2 + [settings.steps]
    part = "modes" if len(settings.mixture.centres) == count else "stretches"
    now = f"{covered[at] * count:.0f} of {count} {part}, {good[at]:.1%} good"
    traces = [
        line("modes covered", frames, covered, {"color": colors[0], "shape": "hv"}),
        line("good fakes", frames, good, {"color": colors[1]}),
        level("good among real points", settings.steps, share),
        dots(frames[at], [covered[at], good[at]], colors[:2]),
        words(
            last,
            ends,
            [f"  {part} covered", "  good fakes", " real points"],
            "middle right",
            colors,
        ),
        words([0], [1.33], [f"step {frames[at].step:,}: {now}"], "middle right"),
    ]
    y = {"range": [-0.02, 1.42], "title": {"text": "share"}, "tickformat": ".0%"}
    y["tickvals"] = [0, 0.25, 0.5, 0.75, 1]
    title = f"{part.capitalize()} covered, and good fakes (the target: {share:.1%})"
    return Panel(traces, title, step_axis(settings.steps), y)


def losses(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Both losses against steps, and what they are where the players are even."""
    players = (
        ("d_loss", "D's loss", "Losses do not measure quality here", theme.LEARNED),
        ("g_loss", "G's loss", "Nor does the generator's", theme.GENERATED),
    )
    panels = []
    for player, height, span in zip(players, even(settings), SPAN[settings.loss], strict=True):
        name, title, over, color = player
        panels.append(_loss(settings, frames, at, name, title, over, color, height, span))
    return figure(panels, height=400)


def _loss(
    settings: Settings, frames: list[Frame], at: int, name: str, title: str, over: str,
    color: str, height: float, span: tuple[float, float],
) -> Panel:  # fmt: skip
    values = [frame.metrics[name] for frame in frames]
    drawn = np.clip(values, *span)
    high = span[1] - span[0]
    ends = apart([drawn[-1], height], 0.07 * high)
    told = f"step {frames[at].step:,}: {values[at]:.4g}" + (
        " (beyond the axis)" if drawn[at] != values[at] else ""
    )
    last = [frames[-1].step, settings.steps]
    traces = [
        line(title, frames, drawn, {"color": color}, values),
        level("players even", settings.steps, height),
        dots(frames[at], [drawn[at]], [color]),
        words(
            last, ends, [f"  {title}", f" even: {height:.3g}"], "middle right", [color, theme.EXACT]
        ),
        words([0], [span[0] + 1.16 * high], [told], "middle right"),
    ]
    y = {"range": [span[0] - 0.03 * high, span[0] + 1.24 * high], "title": {"text": title}}
    return Panel(traces, over, step_axis(settings.steps), y)


def distances(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Four distances between fakes and target against steps."""
    panels = []
    for number, (name, (title, unit, high)) in enumerate(DISTANCES.items()):
        values = [frame.metrics[name] for frame in frames]
        drawn, color = np.clip(values, -0.05 * high, high), theme.series(number)
        told = f"step {frames[at].step:,}: {values[at]:.3g}"
        traces = [
            line(title, frames, drawn, color, values),
            dots(frames[at], [drawn[at]], [color["color"]]),
            words([0], [1.13 * high], [told], "middle right"),
        ]
        y = {"range": [-0.06 * high, 1.2 * high], "title": {"text": unit}}
        y["tickvals"] = np.arange(0, high + 1e-9, TICKS[name]).round(1).tolist()
        panels.append(Panel(traces, title, step_axis(settings.steps, 1.04), y))
    return figure(panels, height=330)


def step_axis(most: int, room: float = ROOM) -> dict[str, Any]:
    """Steps from 0 to ``most``, with room for names at the end of the lines."""
    ticks = [0, most // 2, most]
    return {"title": {"text": "step"}, "range": [-0.03 * most, room * most], "tickvals": ticks}


def line(name: str, frames: list[Frame], y: Any, style: Trace, told: Any = None) -> Trace:
    """Values y against steps. told: what the pointer reads where that is not what is drawn."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.array([frame.step for frame in frames], np.float32),
        "y": np.asarray(y, np.float32),
        "customdata": np.asarray(y if told is None else told, np.float32),
        "line": {"width": 2, "dash": "solid", **style},
        "hovertemplate": f"{name}, step %{{x:.0f}}: %{{customdata:.3g}}<extra></extra>",
    }


def level(name: str, most: int, height: float) -> Trace:
    """A dashed line at an exact height, from the first step to the last."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [0, most],
        "y": [height, height],
        "line": {"width": 2, "color": theme.EXACT, "dash": "dash"},
        "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>",
    }


def dots(frame: Frame, y: list[float], colors: list[str]) -> Trace:
    """A dot on each line at one frame."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [frame.step] * len(y),
        "y": [float(value) for value in y],
        "marker": {"color": colors, "size": 9, "line": {"color": "white", "width": 1}},
        "hoverinfo": "skip",
    }


def words(x: Any, y: Any, text: list[str], place: str, color: Any = None) -> Trace:
    """Words at places, as a trace, so that they change with the frame."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [float(value) for value in x],
        "y": [float(value) for value in y],
        "text": text,
        "textposition": place,
        "textfont": {"size": 12} | ({"color": color} if color else {}),
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def apart(values: list[float], least: float) -> list[float]:
    """The values moved apart upwards to at least that distance, in the same order."""
    found = np.array(values, float)
    order = np.argsort(found, kind="stable")
    for low, high in pairwise(order):
        found[high] = max(found[high], found[low] + least)
    return [float(value) for value in found]
