"""Pictures of two optimizers over many seeds: rates tried, seeds paired, differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.optimizers.curves import step_axis, text
from core.optimizers.hyper import TITLES
from core.optimizers.palette import color, style
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.scales import accuracy_axis, bent, beside, difference_axis, stretched

if TYPE_CHECKING:
    from core.optimizers.seeds import Frame, Settings

Trace = dict[str, Any]


def compare(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Rates tried, the seeds under both optimizers, and what the pairs differ by."""
    now = frames[at]
    return figure([_rates(settings, now), _seeds(settings, now), _pairs(settings, now)])


def over_steps(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Mean accuracies and their difference against steps."""
    names, steps = _names(settings), np.array([frame.step for frame in frames])
    means = [np.array([f.metrics[f"accuracy/{name}"] for f in frames]) for name in names]
    lines = [
        _plain("lines", steps, stretched(mean), line=style(name) | {"width": 2})
        for name, mean in zip(names, means, strict=True)
    ]
    ends = [float(stretched(mean)[-1]) for mean in means]
    apart = (0.17, -0.17) if ends[0] >= ends[1] else (-0.17, 0.17)
    labels = text(
        [frames[-1].step] * 2,
        [end + move for end, move in zip(ends, apart, strict=True)],
        [f" {TITLES[name]}" for name in names],
        "middle right",
        [color(name) for name in names],
    )
    heights = [float(stretched(mean)[at]) for mean in means]
    dots = _plain("markers", [frames[at].step] * 2, heights)
    dots["marker"] = {"color": [color(name) for name in names], "size": 9}
    x, y = step_axis(settings.steps, 1.3), accuracy_axis("mean test accuracy")
    left = Panel([*lines, labels, dots], "Each at its best rate so far", x, y)
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


def _seeds(settings: Settings, now: Frame) -> Panel:
    """Test accuracy of every seed under both, a thin line for each pair; means and errors."""
    count, tested = now.test.shape[1], stretched(now.test)
    gap, spread = np.full(count, np.nan), beside(count)
    pairs = np.stack([spread, 1 + spread, gap], 1).ravel()
    heights = np.stack([*tested, gap], 1).ravel()
    line = {"color": theme.EXACT, "width": 0.7}
    joined = _plain("lines", pairs, heights, line=line, opacity=0.5)
    dots = [
        _plain("markers", n + spread, tested[n], marker={"color": color(name), "size": 6})
        for n, name in enumerate(_names(settings))
    ]
    for one, values in zip(dots, now.test, strict=True):
        one |= {"customdata": 100 * values, "hoverinfo": None}
        one["hovertemplate"] = "%{customdata:.2f} %<extra></extra>"
    x = {"range": [-0.6, 1.6], "tickvals": [0, 1], "title": {"text": "optimizer", "standoff": 14}}
    x |= {"ticktext": [TITLES[name] for name in _names(settings)]}
    y = accuracy_axis("test accuracy")
    return Panel([joined, *dots, _means(settings, now)], f"{count} seeds; diamond: mean", x, y)


def _means(settings: Settings, now: Frame) -> Trace:
    mean, error = now.test.mean(1), _error(now.test)
    middle, low, high = (stretched(values) for values in (mean, mean - error, mean + error))
    bars = {"array": high - middle, "arrayminus": middle - low, "symmetric": False}
    bars |= {"width": 8, "thickness": 2, "color": theme.EXACT}
    marker = {"symbol": "diamond", "size": 11, "line": {"color": "white", "width": 1}}
    marker["color"] = [color(name) for name in _names(settings)]
    return _plain("markers", [-0.35, 1.35], middle, error_y=bars, marker=marker)


def _pairs(settings: Settings, now: Frame) -> Panel:
    """First less second for every seed, the mean, and its 95 % interval."""
    differences = 100 * (now.test[0] - now.test[1])
    numbers = [100 * now.metrics[f"difference{end}"] for end in ("", "_low", "_high")]
    mean, low, high = (float(value) for value in bent(np.array(numbers)))
    bars = {"array": [high - mean], "arrayminus": [mean - low], "symmetric": False}
    bars |= {"width": 12, "thickness": 3, "color": theme.WARNING}
    middle = {"color": theme.WARNING, "symbol": "diamond", "size": 12}
    seeds = {"color": theme.EXACT, "size": 6}
    words = "mean {:+.2f} points<br>95 % interval<br>{:+.2f} to {:+.2f}".format(*numbers)
    traces = [
        _plain("lines", [-1, 1], [0, 0], line={"color": theme.EXACT, "dash": "dash", "width": 2}),
        _plain("markers", beside(len(differences)) - 0.35, bent(differences), marker=seeds),
        _plain("markers", [0.4], [mean], marker=middle, error_y=bars),
        text([0], [6.8], [words], "bottom center"),
    ]
    x = {"range": [-1, 1], "showticklabels": False, "title": {"text": "seeds, and their mean"}}
    return Panel(traces, _less(settings), x, difference_axis(), width=0.85)


def _band(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """The mean difference with its interval against steps."""
    steps = np.array([frame.step for frame in frames])
    mean, low, high = (
        bent(np.array([100 * frame.metrics[f"difference{end}"] for frame in frames]))
        for end in ("", "_low", "_high")
    )
    edge, dashed = {"width": 0}, {"color": theme.EXACT, "dash": "dash"}
    band = {"line": edge, "fill": "tonexty", "fillcolor": "rgba(213,94,0,0.25)"}
    dot = {"color": theme.WARNING, "size": 10}
    traces = [
        _plain("lines", [0, settings.steps], [0, 0], line=dashed),
        _plain("lines", steps, low, line=edge),
        _plain("lines", steps, high, **band),
        _plain("lines", steps, mean, line={"color": theme.WARNING, "width": 2}),
        _plain("markers", [frames[at].step], [mean[at]], marker=dot),
    ]
    title = f"{_less(settings)}, 95 % interval"
    return Panel(traces, title, step_axis(settings.steps), difference_axis())


def _less(settings: Settings) -> str:
    return " less ".join(TITLES[name] for name in _names(settings))


def _names(settings: Settings) -> tuple[str, str]:
    return settings.first, settings.second


def _error(rows: np.ndarray) -> np.ndarray:
    """Standard error of the mean along the last axis."""
    found: np.ndarray = rows.std(-1, ddof=1) / np.sqrt(rows.shape[-1])
    return found


def _plain(mode: str, x: Any, y: Any, **more: Any) -> Trace:
    return {"type": "scatter", "mode": mode, "x": x, "y": y, "hoverinfo": "skip", **more}
