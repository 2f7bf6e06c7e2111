"""More pictures of the U-Net: at every noise level, with skips off, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.diffusion.opened_diagram import grey
from core.diffusion.opened_layout import (
    COUNT,
    STOPS,
    TIMES,
    VARIANTS,
    blocks_of,
    contrast,
    spec_of,
    title_of,
)
from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words

if TYPE_CHECKING:
    from core.diffusion.opened import Frame, Settings

Trace = dict[str, Any]
HIGH = 440
MOST, HIGHEST = 1.3, 3.0  # of the axes of the loss: of its mean, of one noise level


def every(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """What goes in, the noise found and the digit found, at eight levels of noise."""
    frame = frames[0]
    assert frame.every is not None and frame.pictures is not None
    spec = spec_of(frame)
    noised, noise, image = frame.every
    rows = np.concatenate([grey(noised), grey(noise / 2), grey(image)])
    heat, (wide, high) = sheet_trace(rows, len(STOPS))
    cell = wide / len(STOPS)
    heads = [f"{max(1, round(stop * spec['steps'])):,}" for stop in STOPS]
    over = words((np.arange(len(STOPS)) + 0.45) * cell, [-0.3 * cell] * len(STOPS), heads, size=11)
    says = ["t", "goes in", "noise found", "digit found"]
    beside = words(
        [-0.1 * cell] * 4, [-0.3 * cell, *(np.arange(3) + 0.45) * cell], says, "middle left"
    )
    x, y = bare(-1.3 * cell, wide, "noise level"), bare(high, -0.6 * cell, "what")
    title = "One digit, one noise, more and more of it"
    return figure([Panel([heat, over, beside], title, x, y, square=True, stacked=220)], height=HIGH)


def skips(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Two walls of samples, and the loss with every choice of skips."""
    now = frames[at]
    return figure(
        [_walls(settings, now), _losses(settings, now), _by_noise(settings, now)], height=HIGH
    )


def _walls(settings: Settings, frame: Frame) -> Panel:
    """Two rows of five digits with all skips on, over two with some off."""
    names = ("All on", VARIANTS[contrast(settings.skips)])
    traces: list[Trace] = []
    down = 0.0
    for images, title, read in zip(frame.walls, names, ("read/on", "read/off"), strict=True):
        heat, (wide, high) = sheet_trace(images, COUNT // 2)
        cell = wide / 5
        right = round(COUNT * frame.metrics[read])
        says = f"<b>{title}</b>, step {frame.step}: {right} of {COUNT} read right"
        traces.append(words([0], [down + 0.22 * cell], [says], "middle right", 12))
        down += 0.45 * cell
        traces.append({**heat, "y0": down + 0.5})
        down += high
    x, y = bare(0, wide, "digit"), {**bare(down, 0, "digit"), "constraintoward": "top"}
    title = "Sampled from the same noise"
    return Panel(
        traces, title, {**x, "constraintoward": "left"}, y, square=True, width=1.0, stacked=320
    )


def _losses(settings: Settings, frame: Frame) -> Panel:
    means = frame.losses.mean(1)
    rows = np.arange(len(VARIANTS))
    here = [name in ("all-on", contrast(settings.skips)) for name in VARIANTS]
    paint = [theme.WARNING if n else theme.LEARNED for n in range(len(rows))]
    bars = {
        "type": "bar", "orientation": "h", "x": means, "y": rows, "width": 0.6,
        "marker": {"color": paint, "opacity": [1.0 if one else 0.45 for one in here]},
        "text": [f"{value:.3f}" for value in means], "textposition": "outside",
        "cliponaxis": False, "hoverinfo": "skip",
    }  # fmt: skip
    names = words([0.0] * len(rows), rows - 0.42, list(VARIANTS.values()), "middle right", 12)
    x = {"range": [0, MOST], "title": {"text": "mean squared error of v"}, "nticks": 5}
    y = bare(len(rows) - 0.5, -0.7, "skips")
    count = f"{frame.step + 1} held-out<br>digits"
    seen = words([0.98 * MOST], [2.95], [count], "middle left", 12, theme.EXACT)
    return Panel([bars, names, seen], "Loss", x, y, width=0.8)


def _by_noise(settings: Settings, frame: Frame) -> Panel:
    """The loss against the noise level: all on, the chosen, and the others faint."""
    off = contrast(settings.skips)
    traces: list[Trace] = []
    for n, (name, row) in enumerate(zip(VARIANTS, frame.losses, strict=True)):
        color = theme.WARNING if n else theme.LEARNED
        traces.append({
            "type": "scatter", "mode": "lines+markers", "name": VARIANTS[name],
            "x": np.array(TIMES), "y": row.astype(np.float32),
            "opacity": 1.0 if name in ("all-on", off) else 0.3,
            "line": {"color": color, "width": 2.5, "dash": theme.DASHES[n % 4]},
            "marker": {"size": 6, "color": color}, "hoverinfo": "name+y",
        })  # fmt: skip
    names, colors = (
        ["All on", VARIANTS[off], "others faint"],
        [theme.LEARNED, theme.WARNING, theme.EXACT],
    )
    high = [0.96 * HIGHEST, 0.89 * HIGHEST, 0.82 * HIGHEST]
    traces.append(words([0.98] * 3, high, names, "middle left", 12, colors))
    x = {"range": [0, 1], "title": {"text": "noise level, t / T"}, "nticks": 5}
    y = {"range": [0, HIGHEST], "title": {"text": "mean squared error of v"}}
    return Panel(traces, "Loss by noise level", x, y, width=0.8)


def costs(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Parameters, multiply-adds and time, block by block."""
    frame = frames[0]
    assert frame.costs is not None
    spec = spec_of(frame)
    levels = len(spec["channels"])
    titles = {one.name: title_of(one, levels) for one in blocks_of(spec)}
    names = [name.removeprefix("block/") for name in frame.timing if name.startswith("block/")]
    said = {"embed": "Time, embedded", "stem": "First convolution", "head": "Last convolution"}
    labels = [said.get(name) or titles[name] for name in names]
    numbers, sums = frame.costs.T
    times = np.array([1e3 * frame.timing[f"block/{name}"] for name in names])
    return figure(
        [
            _bars(numbers, "Parameters", "parameters", labels, theme.LEARNED, "{:,.0f}"),
            _bars(sums / 1e6, "Multiply-adds", "million an image", labels, theme.REAL, "{:.2f}"),
            _bars(times, "Time, measured", "ms an image", labels, theme.EXACT, "{:.2f}"),
        ],
        height=HIGH,
    )


def _bars(
    values: np.ndarray, title: str, axis: str, labels: list[str], color: str, form: str
) -> Panel:
    rows = np.arange(len(values))
    share = values / max(float(values.sum()), 1e-12)
    bars = {
        "type": "bar", "orientation": "h", "x": values, "y": rows, "marker": {"color": color},
        "text": [f"{form.format(v)} ({s:.0%})" for v, s in zip(values, share, strict=True)],
        "textposition": "outside", "cliponaxis": False, "hoverinfo": "skip",
    }  # fmt: skip
    top = float(values.max())
    names = words([-0.04 * top] * len(rows), rows, labels, "middle left", 11)
    ticks = [0.0, *(float(f"{top * part:.1g}") for part in (0.5, 1.0))]
    x = {"range": [-0.85 * top, 1.75 * top], "title": {"text": axis}, "tickvals": ticks}
    return Panel([bars, names], title, x, bare(len(rows) - 0.4, -0.6, "block"))
