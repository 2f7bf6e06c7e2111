"""Charts of the training against steps, and what other pictures of diffusion are made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import words

if TYPE_CHECKING:
    from core.diffusion.plane import Frame, Settings

Trace = dict[str, Any]
ROOM = 1.42  # of the steps' axis, for the names behind the lines


def quality(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """Modes covered and good samples against steps, and the share that real points reach."""
    mixture = settings.mixture
    count, share, now = mixture.count, mixture.within, frames[at]
    covered = [frame.metrics["modes"] / count for frame in frames]
    good = [frame.metrics["high_quality"] for frame in frames]
    colors = [theme.LEARNED, theme.GENERATED, theme.EXACT]
    part = "modes" if len(mixture.centres) == count else "stretches"
    told = f"step {now.step:,}: {covered[at] * count:.0f} of {count} {part}, {good[at]:.1%} good"
    x = _steps(frames)
    traces = [
        line("modes covered", x, covered, colors[0], shape="hv"),
        line("good samples", x, good, colors[1]),
        line("real points", [0, settings.steps], [share, share], colors[2], "dash"),
        dots([now.step] * 2, [covered[at], good[at]], colors[:2]),
        ends(settings.steps, [covered[-1], good[-1], share],
             [f"{part} covered", "good samples", "real points"], colors, 0.08),
        words([0], [1.33], [told], "middle right"),
    ]  # fmt: skip
    y = {"range": [-0.02, 1.42], "title": {"text": "share"}, "tickformat": ".0%"}
    y |= {"tickvals": [0, 0.25, 0.5, 0.75, 1]}
    title = f"{part.capitalize()} covered, and good samples"
    return Panel(traces, title, step_axis(settings.steps), y)


def losses(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The loss, and what of it could be learned; the axes reach from 0 to a bit over the start."""
    x, now = _steps(frames), frames[at]
    panels = []
    for name, title, color in (
        ("loss", "The loss hardly falls", theme.LEARNED),
        ("score_error", "What is left to learn of the score", theme.GENERATED),
    ):
        values = [frame.metrics[name] for frame in frames]
        high = 1.1 * max(values[0], 1e-9)
        drawn = np.clip(values, 0, high)
        traces = [line(title, x, drawn, color), dots([now.step], [float(drawn[at])], [color])]
        if name == "loss" and settings.predict == "noise" and settings.weighting != "min-snr":
            floor = now.metrics["floor"]
            traces.append(line("floor", [0, settings.steps], [floor] * 2, theme.EXACT, "dash"))
            traces.append(ends(settings.steps, [floor], [f"least: {floor:.3f}"], [theme.EXACT], 0))
        told = f"step {now.step:,}: {values[at]:.4g}"
        traces.append(words([0], [1.12 * high], [told], "middle right"))
        y = {"range": [-0.02 * high, 1.2 * high], "title": {"text": name.replace("_", " ")}}
        panels.append(Panel(traces, title, step_axis(settings.steps), y))
    return figure(panels, height=380)


def step_axis(most: int, room: float = ROOM) -> Trace:
    """Steps from 0 to ``most``, with room for names at the end of the lines."""
    ticks = [0, most // 2, most]
    return {"title": {"text": "training step"}, "range": [-0.03 * most, room * most],
            "tickvals": ticks}  # fmt: skip


def line(
    name: str, x: Any, y: Any, color: str, dash: str = "solid", width: float = 2.5,
    shape: str = "linear",
) -> Trace:  # fmt: skip
    """Values y against x."""
    return {
        "type": "scatter", "mode": "lines", "name": name,
        "x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32),
        "line": {"color": color, "width": width, "dash": dash, "shape": shape},
        "hovertemplate": f"{name}, %{{x:.0f}}: %{{y:.3g}}<extra></extra>",
    }  # fmt: skip


def dots(x: Sequence[float], y: Sequence[float], colors: list[str]) -> Trace:
    """A dot on each line."""
    return {
        "type": "scatter", "mode": "markers", "x": [float(v) for v in x],
        "y": [float(v) for v in y], "hoverinfo": "skip",
        "marker": {"color": colors, "size": 9, "line": {"color": "white", "width": 1}},
    }  # fmt: skip


def ends(x: float, y: list[float], text: list[str], colors: list[str], least: float) -> Trace:
    """Names at the right end of lines, moved apart upwards to at least that distance."""
    return words([x] * len(y), apart(y, least), [f"  {one}" for one in text], "middle right",
                 color=colors)  # fmt: skip


def apart(values: list[float], least: float) -> list[float]:
    """The values moved apart upwards to at least that distance, in the same order."""
    found = np.array(values, float)
    for low, high in pairwise(np.argsort(found, kind="stable")):
        found[high] = max(found[high], found[low] + least)
    return [float(value) for value in found]


def _steps(frames: list[Frame]) -> list[int]:
    return [frame.step for frame in frames]
