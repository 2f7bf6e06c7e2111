"""Pictures of a denoiser in training: its digits, what it sees in noise, its loss by time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.diffusion.learn_layout import COLUMNS, SPANS, STEPS, TIMES
from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words

if TYPE_CHECKING:
    from core.diffusion.learn import Frame, Settings

Trace = dict[str, Any]
LOW, HIGH = 0.03, 3.0  # of the loss, on a log scale


def wall(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Thirty digits from the same noise, and the loss."""
    frame = frames[at]
    heat, (wide, high) = sheet_trace(frame.wall, COLUMNS)
    cell = wide / COLUMNS
    middles = (np.arange(COLUMNS) + 0.5) * cell
    names = words(middles, [high + 0.28 * cell] * COLUMNS, [str(n) for n in range(COLUMNS)])
    says = f"{frame.metrics['class_accuracy']:.0%} read as asked for"
    share = words([0], [high + 0.85 * cell], [says], "middle right", 13)
    x, y = bare(0, wide, "column"), {**bare(high + 1.2 * cell, 0, "row"), "constraintoward": "top"}
    title = "From the same noise, a digit a column"
    left = Panel([heat, names, share], title, x, y, square=True, width=1.5, stacked=270)
    return figure([left, _losses(settings, frames, at)], height=380)


def _losses(settings: Settings, frames: list[Frame], at: int) -> Panel:
    kinds = (
        ("learned from", "loss", theme.GENERATED, "solid"),
        ("never seen", "held_out", theme.REAL, "dash"),
    )
    traces: list[Trace] = []
    now = frames[at]
    for name, key, color, dash in kinds:
        values = np.clip([frame.metrics[key] for frame in frames], LOW, HIGH)
        traces.append(_line(name, [frame.step for frame in frames], values, color, dash))
    dots = [float(np.clip(now.metrics[key], LOW, HIGH)) for _, key, *_ in kinds]
    traces.append({
        "type": "scatter", "mode": "markers", "x": [now.step] * 2, "y": dots, "hoverinfo": "skip",
        "marker": {"color": [color for *_, color, _ in kinds], "size": 9},
    })  # fmt: skip
    says = [
        f'<span style="color:{color}">{name} {now.metrics[key]:.3f}</span>'
        for name, key, color, _ in kinds
    ]
    text = "<br>".join([f"step {now.step:,}", *says])
    traces.append(words([settings.steps], [HIGH * 0.9], [text], "bottom left"))
    x = {"title": {"text": "step"}, "range": [0, settings.steps]}
    y: Trace = {"title": {"text": "error of v (log scale)"}, "type": "log"}
    y |= {"range": [float(np.log10(LOW)), float(np.log10(HIGH))], "tickvals": [0.03, 0.1, 0.3, 1]}
    return Panel(traces, "Loss", x, y)


def looks(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """A digit under five noises, and what is seen in each."""
    noised, frame = frames[0].noised, frames[at]
    assert noised is not None
    pairs = np.concatenate([noised[1:], frame.looks])
    heat, (wide, high) = sheet_trace(pairs, len(TIMES))
    cell = wide / len(TIMES)
    heads = words(
        (np.arange(len(TIMES)) + 0.5) * cell,
        [-0.12 * cell] * len(TIMES),
        [f"t = {t}" for t in TIMES],
    )
    rows = [0.5 * cell, 1.5 * cell]
    says = words([-0.1 * cell] * 2, rows, ["given", "seen in it"], "middle left")
    step = words([0], [high + 0.1 * cell], [f"step {frame.step:,}"], "middle right", 13)
    x = bare(-0.9 * cell, wide, "column")
    y = {**bare(high + 0.25 * cell, -0.3 * cell, "row"), "constraintoward": "top"}
    title = "One look at a digit that it never saw"
    return figure([Panel([heat, heads, says, step], title, x, y, square=True, stacked=250)], 380)


def times(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The loss in ten spans of time."""
    frame, first = frames[at], frames[0]
    middles = ((np.arange(SPANS) + 0.5) * STEPS / SPANS).astype(np.float32)
    bars = {
        "type": "bar", "x": middles, "y": np.clip(frame.by_time, LOW / 10, HIGH),
        "name": "now", "marker": {"color": theme.LEARNED}, "width": 0.8 * STEPS / SPANS,
        "hovertemplate": "%{y:.3f}<extra></extra>",
    }  # fmt: skip
    start = np.clip(first.by_time, LOW, HIGH)
    before = _line("before training", middles, start, theme.EXACT, "dot")
    told = f"<span style='color:{theme.EXACT}'>dotted: before training</span>"
    says = f"step {frame.step:,}<br>{told}"
    label = words([STEPS], [1.75], [says], "bottom left")
    x = {"title": {"text": "time t, from data to noise"}, "range": [0, STEPS]}
    y = {"title": {"text": "error of v"}, "range": [0, 1.8]}
    return figure([Panel([bars, before, label], "Where it is hard", x, y)], height=380)


def _line(name: str, x: Any, y: Any, color: str, dash: str = "solid") -> Trace:
    return {
        "type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip",
        "x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32),
        "line": {"color": color, "width": 2.5, "dash": dash},
    }  # fmt: skip
