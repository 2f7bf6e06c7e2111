"""Pictures of two optimizers over many seeds: rates tried, seeds paired, differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.optimizers.curves import curve, marker, step_axis, text
from core.optimizers.hyper import TITLES
from core.optimizers.palette import color, style
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.optimizers.seeds import Frame, Settings

Trace = dict[str, Any]


def compare(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Rates tried, the seeds under both optimizers, and what the pairs differ by."""
    now, last = frames[at], frames[-1]
    return figure([_rates(settings, now), _seeds(settings, now, last), _pairs(settings, now, last)])


def over_steps(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Mean accuracies and their difference against steps."""
    names = _names(settings)
    lines = [curve(frames, f"accuracy/{name}", style(name)) for name in names]
    ends = [frames[-1].metrics[f"accuracy/{name}"] for name in names]
    apart = (0.025, -0.025) if ends[0] >= ends[1] else (-0.025, 0.025)
    labels = text(
        [frames[-1].step] * 2,
        [end + move for end, move in zip(ends, apart, strict=True)],
        [f" {TITLES[name]}" for name in names],
        "middle right",
        [color(name) for name in names],
    )
    dots = marker(frames[at], [f"accuracy/{n}" for n in names], [color(n) for n in names])
    y = {"title": {"text": "mean test accuracy"}, "range": [0, 1.05]}
    left = Panel([*lines, labels, dots], "Each at its best rate so far", _axis(settings, 1.3), y)
    return figure([left, _band(settings, frames, at)])


def _rates(settings: Settings, now: Frame) -> Panel:
    """Validation accuracy against learning rate, mean and standard error over seeds."""
    from core.optimizers.seeds import grid

    traces: list[Trace] = []
    for n, name in enumerate(_names(settings)):
        mean, error = now.validation[n].mean(1), _error(now.validation[n])
        line = {
            "type": "scatter",
            "mode": "lines+markers",
            "name": TITLES[name],
            "x": list(grid(name)),
            "y": mean,
            "error_y": {"array": error, "width": 3, "thickness": 1.5, "color": color(name)},
            "line": style(name),
            "marker": {"size": 6, "color": color(name)},
            "hovertemplate": "rate %{x:g}: %{y:.1%}<extra>%{fullData.name}</extra>",
        }
        traces.append(line)
    traces.append(_stars(settings, now))
    ends = [rate for name in _names(settings) for rate in grid(name)]
    span = [float(np.log10(min(ends))) - 0.2, float(np.log10(max(ends))) + 0.2]
    ticks = [10.0**n for n in range(round(span[0]), round(span[1]) + 1)]
    x = {"type": "log", "range": span, "title": {"text": "learning rate (log scale)"}}
    x |= {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    y = {"range": [0, 1.15], "title": {"text": "validation accuracy"}, "tickformat": ".0%"}
    return Panel(traces, "Seven rates each; star: chosen", x, y, width=1.1)


def _stars(settings: Settings, now: Frame) -> Trace:
    from core.optimizers.seeds import grid

    names, best = _names(settings), now.best.tolist()
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [grid(name)[n] for name, n in zip(names, best, strict=True)],
        "y": [float(now.validation[k, n].mean()) for k, n in enumerate(best)],
        "text": [TITLES[name] for name in names],
        "textposition": "top center",
        "textfont": {"size": 12, "color": [color(name) for name in names]},
        "marker": {"symbol": "star", "size": 15, "color": [color(name) for name in names]}
        | {"line": {"color": "white", "width": 1}},
        "hoverinfo": "skip",
    }


def _seeds(settings: Settings, now: Frame, last: Frame) -> Panel:
    """Test accuracy of every seed under both, a thin line for each pair; means and errors."""
    count = now.test.shape[1]
    gap = np.full(count, np.nan)
    spread = _spread(count)
    pairs = np.stack([spread, 1 + spread, gap], 1).ravel()
    heights = np.stack([100 * now.test[0], 100 * now.test[1], gap], 1).ravel()
    line = {"color": theme.EXACT, "width": 0.7}
    joined = _plain("lines", pairs, heights, line=line, opacity=0.5)
    dots = [
        _plain("markers", n + spread, 100 * now.test[n], marker={"color": color(name), "size": 6})
        for n, name in enumerate(_names(settings))
    ]
    error = {"array": [100 * float(_error(row)) for row in now.test], "width": 8, "thickness": 2}
    error["color"] = theme.EXACT
    means = _plain("markers", [-0.32, 1.32], 100 * now.test.mean(1), error_y=error)
    means["marker"] = {"symbol": "diamond", "size": 11, "line": {"color": "white", "width": 1}}
    means["marker"] |= {"color": [color(name) for name in _names(settings)]}
    low, high = 100 * float(last.test.min()), 100 * float(last.test.max())
    room = max(0.1 * (high - low), 0.2)
    y = {"range": [low - room, high + room], "title": {"text": "test accuracy (%)"}}
    x = {"range": [-0.6, 1.6], "tickvals": [0, 1], "title": {"text": "optimizer"}}
    x |= {"ticktext": [TITLES[name] for name in _names(settings)]}
    return Panel([joined, *dots, means], f"{count} seeds; diamond: mean", x, y)


def _pairs(settings: Settings, now: Frame, last: Frame) -> Panel:
    """First less second for every seed, the mean, and its 95 % interval."""
    differences = 100 * (now.test[0] - now.test[1])
    mean, low, high = (100 * now.metrics[f"difference{end}"] for end in ("", "_low", "_high"))
    bars = {"array": [high - mean], "arrayminus": [mean - low], "symmetric": False}
    bars |= {"width": 12, "thickness": 3, "color": theme.WARNING}
    seeds = {"color": theme.EXACT, "size": 6}
    middle = {"color": theme.WARNING, "symbol": "diamond", "size": 12}
    words = f"mean {mean:+.2f} %<br>95 % interval<br>{low:+.2f} to {high:+.2f} %"
    top = 1.6 * max(float(np.abs(100 * (last.test[0] - last.test[1])).max()), 0.5)
    traces = [
        _plain("lines", [-1, 1], [0, 0], line={"color": theme.EXACT, "dash": "dash", "width": 2}),
        _plain("markers", _spread(len(differences)) - 0.3, differences, marker=seeds),
        _plain("markers", [0.4], [mean], marker=middle, error_y=bars),
        text([0], [0.97 * top], [words], "bottom center"),
    ]
    x = {"range": [-1, 1], "showticklabels": False, "title": {"text": "seeds, and their mean"}}
    names = [TITLES[name] for name in _names(settings)]
    y = {"range": [-top, top], "title": {"text": "difference (% of test set)"}}
    return Panel(traces, f"{names[0]} less {names[1]}", x, y, width=0.8)


def _band(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """The mean difference with its interval against steps."""
    steps = np.array([frame.step for frame in frames])
    mean, low, high = (
        np.array([100 * frame.metrics[f"difference{end}"] for frame in frames], np.float32)
        for end in ("", "_low", "_high")
    )
    now = frames[at]
    edge = {"width": 0}
    band = {"line": edge, "fill": "tonexty", "fillcolor": "rgba(213,94,0,0.25)"}
    traces = [
        _plain("lines", steps[[0, -1]], [0, 0], line={"color": theme.EXACT, "dash": "dash"}),
        _plain("lines", steps, low, line=edge),
        _plain("lines", steps, high, **band),
        _plain("lines", steps, mean, line={"color": theme.WARNING, "width": 2}),
        _plain(
            "markers",
            [now.step],
            [100 * now.metrics["difference"]],
            marker={"color": theme.WARNING, "size": 10},
        ),
    ]
    top = 1.1 * max(float(np.abs([low, high]).max()), 0.5)
    y = {"range": [-top, top], "title": {"text": "difference (% of test set)"}}
    names = [TITLES[name] for name in _names(settings)]
    title = f"{names[0]} less {names[1]}, 95 % interval"
    return Panel(traces, title, _axis(settings, 1.03), y)


def _names(settings: Settings) -> tuple[str, str]:
    return settings.first, settings.second


def _axis(settings: Settings, room: float) -> dict[str, Any]:
    return step_axis(settings.steps, room)


def _error(rows: np.ndarray) -> np.ndarray:
    """Standard error of the mean along the last axis."""
    found: np.ndarray = rows.std(-1, ddof=1) / np.sqrt(rows.shape[-1])
    return found


def _spread(count: int) -> np.ndarray:
    """Places beside each other, evenly mixed, so that equal values do not hide one another."""
    golden = 0.618034
    return (np.arange(count) * golden % 1 - 0.5) * 0.3


def _plain(mode: str, x: Any, y: Any, **more: Any) -> Trace:
    return {"type": "scatter", "mode": mode, "x": x, "y": y, "hoverinfo": "skip", **more}
