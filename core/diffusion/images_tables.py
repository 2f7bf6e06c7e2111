"""Pictures of comparisons: scales of guidance, samplers and steps, latent numbers and pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.diffusion.images_layout import (
    ACROSS,
    COLUMNS,
    COUNTS,
    DIGITS,
    MEASURED,
    MEASURED_AT,
    SAMPLERS,
    SCALES,
)  # fmt: skip
from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words

if TYPE_CHECKING:
    from core.diffusion.images import Frame, Settings

Trace = dict[str, Any]
CALLS = {"heun": 2}  # looks at the network a step, but for the last, where it is one


def scales(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """A row of digits for each scale, and how far apart its digits are."""
    frame = frames[at]
    assert frame.rows is not None
    images = frame.rows.reshape(-1, *frame.rows.shape[2:])
    heat, (wide, high) = sheet_trace(images, COLUMNS)
    cell = wide / COLUMNS
    middles = (np.arange(len(SCALES)) + 0.5) * cell
    says = [f"guidance {scale:g}" for scale in SCALES]
    labels = words([-0.12 * cell] * len(SCALES), middles, says, "middle left")
    x, y = bare(-2.1 * cell, wide, "column"), {**bare(high, 0, "row"), "constraintoward": "top"}
    title = "The same noise, ever more guidance"
    left = Panel([heat, labels], title, x, y, square=True, width=1.5, stacked=330)
    return figure([left, _live(frame)], height=400)


def _live(frame: Frame) -> Panel:
    m = frame.metrics
    kinds = {
        "apart": ("apart, of real ones", theme.GENERATED, "solid"),
        "class_accuracy": ("read as asked for", theme.LEARNED, "dash"),
        "beyond": ("pixels out of range", theme.WARNING, "dot"),
    }
    traces: list[Trace] = []
    for name, (says, color, dash) in kinds.items():
        at = [scale for scale in SCALES if f"{name}/{scale:g}" in m]
        values = [m[f"{name}/{scale:g}"] for scale in at]
        traces.append(_line(says, at, values, color, dash))
    tints = [f'<span style="color:{color}">{says}</span>' for says, color, _ in kinds.values()]
    traces.append(words([10.2], [1.42], ["<br>".join(tints)], "bottom left"))
    x = {"title": {"text": "guidance scale"}, "range": [-0.3, 10.3], "tickvals": list(SCALES)}
    y = {"title": {"text": "share"}, "range": [-0.03, 1.45], "tickvals": [0, 0.5, 1]}
    return Panel(traces, "These rows in numbers", x, y)


def measured(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Fréchet distance, accuracy, precision and recall by scale, as measured after training."""
    frame = frames[at]
    x = {"title": {"text": "guidance scale"}, "range": [-0.3, 10.3]}
    low = {"title": {"text": "distance (log scale)"}, "type": "log", "range": [-1, 1.7]}
    low |= {"tickvals": [0.1, 0.3, 1, 3, 10, 30]}
    high = {"title": {"text": "share"}, "range": [0, 1.3], "tickvals": [0, 0.5, 1]}
    floor = frame.metrics["frechet_real"]
    level = {
        "type": "line", "x0": -0.3, "x1": 10.3, "y0": floor, "y1": floor,
        "line": {"color": theme.EXACT, "dash": "dot", "width": 1.5},
    }  # fmt: skip
    says = words([10.2], [floor * 0.8], ["real against real"], "bottom left", 11, theme.EXACT)
    distance, shares = [says], []
    if frame.measured is None:
        none = "Measured for the model<br>that ships, not for yours."
        shares = [words([5], [0.6], [none], "middle center", 14)]
    else:
        columns = dict(zip(MEASURED, frame.measured.T.astype(np.float32), strict=True))
        distance.append(_line("Fréchet", MEASURED_AT, columns["frechet"], theme.GENERATED))
        shares = _shares(columns)
    return figure(
        [
            Panel(distance, "Fréchet distance to real digits", x, low, shapes=[level]),
            Panel(shares, "Right, real-looking, varied", x, high),
        ],
        height=400,
    )


def _shares(columns: dict[str, np.ndarray]) -> list[Trace]:
    kinds = {
        "class_accuracy": ("read as asked for", theme.LEARNED, "dash"),
        "precision": ("precision", theme.GENERATED, "solid"),
        "recall": ("recall", theme.REAL, "dot"),
    }
    traces = [
        _line(says, MEASURED_AT, columns[name], color, dash)
        for name, (says, color, dash) in kinds.items()
    ]
    tints = [f'<span style="color:{color}">{says}</span>' for says, color, _ in kinds.values()]
    return [*traces, words([10.2], [1.28], ["<br>".join(tints)], "bottom left")]


def samplers(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """A row for each sampler, a block of four digits for each number of steps."""
    frame = frames[at]
    assert frame.rows is not None
    side = frame.rows.shape[-1]
    table = frame.rows[:-1].reshape(len(SAMPLERS), len(COUNTS) * DIGITS, side, side)
    columns = len(COUNTS) * DIGITS
    heat, (wide, high) = sheet_trace(table.reshape(-1, side, side), columns)
    cell = wide / columns
    rows = words(
        [-0.25 * cell] * len(SAMPLERS),
        (np.arange(len(SAMPLERS)) + 0.5) * cell,
        list(SAMPLERS.values()),
        "middle left",
    )
    across = (np.arange(len(COUNTS)) + 0.5) * DIGITS * cell
    says = [f"{count} step{'s' * (count > 1)}" for count in COUNTS]
    heads = words(across, [-0.35 * cell] * len(COUNTS), says)
    edges: list[float | None] = []
    for n in range(1, len(COUNTS)):
        edges += [n * DIGITS * cell - 0.5, n * DIGITS * cell - 0.5, None]
    lines = {
        "type": "scatter", "mode": "lines", "x": edges, "hoverinfo": "skip",
        "y": [0, high, None] * (len(COUNTS) - 1), "line": {"color": theme.EXACT, "width": 1},
    }  # fmt: skip
    x = bare(-4.4 * cell, wide, "column")
    y = {**bare(high, -0.8 * cell, "row"), "constraintoward": "top"}
    title = "The same noise on five ways back"
    return figure([Panel([heat, lines, rows, heads], title, x, y, square=True, stacked=200)], 340)


def off(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Distance from where many steps lead, by looks at the network."""
    m, traces, says = frames[at].metrics, [], []
    for number, (name, title) in enumerate(SAMPLERS.items()):
        style = theme.series(number)
        calls = [CALLS.get(name, 1) * count - (name in CALLS) for count in COUNTS]
        values = [max(m[f"off/{name}/{count}"], 1e-4) for count in COUNTS]
        trace = _line(title, calls, values, style["color"], style["dash"])
        traces.append({**trace, "mode": "lines+markers"})
        says.append(f'<span style="color:{style["color"]}">{title}</span>')
    traces.append(words([44], [0.93], ["<br>".join(says)], "bottom left"))
    x: Trace = {"title": {"text": "looks at the network (log scale)"}, "type": "log"}
    x |= {"range": [-0.1, 1.65], "tickvals": [1, 2, 5, 10, 20, 39]}
    y = {"title": {"text": "distance a pixel, from -1 to 1"}, "range": [0, 0.95]}
    return figure([Panel(traces, "How far from where many steps lead", x, y)], height=400)


def both(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Digits by latent diffusion, by the U-Net, and what each costs and is worth."""
    frame = frames[at]
    assert frame.start is not None
    pixels = frame.pixels if frame.pixels is not None else np.zeros_like(frame.start)
    panels = [
        _wall(frame.start, "In 16 latent numbers"),
        _wall(pixels, "In 784 pixels"),
        _costs(settings, frame),
    ]
    return figure(panels, height=400)


def _wall(images: np.ndarray, title: str) -> Panel:
    heat, (wide, high) = sheet_trace(images, ACROSS)
    x, y = bare(0, wide, "column"), {**bare(high, 0, "row"), "constraintoward": "top"}
    return Panel([heat], title, x, y, square=True, stacked=360)


def _costs(settings: Settings, frame: Frame) -> Panel:
    """Each number of both as a pair of bars; the longer is the whole width."""
    m = frame.metrics
    scale = min(MEASURED_AT, key=lambda one: abs(one - settings.guidance))
    rows = [("a step and digit, million<br>multiply-adds", "macs/{}", "{:,.2f}")]
    rows.append((f"Fréchet distance,<br>guidance {scale:g}", f"measured_frechet/{{}}/{scale:g}",
                 "{:.2f}"))  # fmt: skip
    rows.append((f"read as asked for,<br>guidance {scale:g}",
                 f"measured_class_accuracy/{{}}/{scale:g}", "{:.1%}"))  # fmt: skip
    names, colors = ("latent", "pixels"), (theme.LEARNED, theme.GENERATED)
    traces: list[Trace] = []
    for n, (who, color) in enumerate(zip(names, colors, strict=True)):
        values = [m.get(key.format(who), 0.0) for _, key, _ in rows]
        most = [max(m.get(key.format(one), 0.0) for one in names) or 1.0 for _, key, _ in rows]
        says = [
            form.format(value) if key.format(who) in m else "not measured"
            for (_, key, form), value in zip(rows, values, strict=True)
        ]
        traces.append({
            "type": "bar", "orientation": "h", "name": who, "marker": {"color": color},
            "x": [value / top for value, top in zip(values, most, strict=True)],
            "y": [2 - row + 0.2 - 0.4 * n for row in range(len(rows))], "width": 0.36,
            "text": [f"{who} {one}" for one in says], "textposition": "outside",
            "cliponaxis": False, "hoverinfo": "skip",
        })  # fmt: skip
    x = {"range": [0, 1.75], "title": {"text": "of the larger"}, "tickvals": [0, 1]}
    y = {"range": [-0.6, 2.6], "title": {"text": ""}, "tickvals": [2, 1, 0]}
    y["ticktext"] = [title for title, *_ in rows]
    return Panel(traces, "Cost and quality", x, y, width=1.2)


def _line(name: str, x: Any, y: Any, color: str, dash: str = "solid") -> Trace:
    return {
        "type": "scatter", "mode": "lines+markers", "name": name,
        "x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32),
        "line": {"color": color, "dash": dash, "width": 2.5},
        "hovertemplate": "%{y:.3f}<extra>%{fullData.name}</extra>",
    }  # fmt: skip
