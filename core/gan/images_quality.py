"""How good the samples are: the Fréchet distance, precision and recall, the classes made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.experiment import Figure
from core.gan.images_figures import dots, level, line, step_axis, tinted
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import words

if TYPE_CHECKING:
    from core.gan.images import Frame, Settings

LOW, HIGH = 0.05, 200.0  # of the Fréchet axis


def quality(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Three panels: the distance, both shares, the classes."""
    panels = [_frechet(settings, frames, at), _shares(settings, frames, at)]
    return figure([*panels, _classes(settings, frames[at])])


def _frechet(settings: Settings, frames: list[Frame], at: int) -> Panel:
    values = np.clip([f.metrics["frechet"] for f in frames], LOW, HIGH)
    real = frames[at].metrics["frechet_real"]
    now = float(values[at])
    traces = [
        line(frames, values, "samples", theme.GENERATED),
        dots(frames[at], [now], [theme.GENERATED]),
        words(
            [settings.steps], [HIGH * 0.7], [f"{frames[at].metrics['frechet']:.2f}"], "middle left"
        ),
        words([0], [0.8 * real], ["real against real"], "bottom right", 11, theme.EXACT),
    ]
    y = {
        "type": "log",
        "range": [float(np.log10(LOW)), float(np.log10(HIGH))],
        "title": {"text": "distance (log scale)"},
        "tickvals": [0.1, 1, 10, 100],
    }
    shapes = [level(real, settings.steps)]
    return Panel(traces, "Fréchet distance", step_axis(settings.steps), y, shapes=shapes)


def _shares(settings: Settings, frames: list[Frame], at: int) -> Panel:
    both = [("precision", theme.GENERATED, "solid"), ("recall", theme.REAL, "dash")]
    traces = [line(frames, _all(frames, name), name, color, dash) for name, color, dash in both]
    now = [frames[at].metrics[name] for name, *_ in both]
    traces.append(dots(frames[at], now, [color for _, color, _ in both]))
    said = zip(both, now, strict=True)
    says = [tinted(f"{name} {value:.0%}", color) for (name, color, _), value in said]
    traces.append(words([settings.steps], [1.12], ["<br>".join(says)], "middle left"))
    y = {"title": {"text": "share"}, "range": [0, 1.25], "tickformat": ".0%"}
    y["tickvals"] = [0, 0.5, 1]
    return Panel(traces, "Precision and recall", step_axis(settings.steps), y)


def _all(frames: list[Frame], name: str) -> np.ndarray:
    return np.array([frame.metrics[name] for frame in frames])


def _classes(settings: Settings, frame: Frame) -> Panel:
    bars: dict[str, Any] = {
        "type": "bar",
        "x": np.arange(10),
        "y": frame.shares,
        "marker": {"color": theme.GENERATED},
        "hovertemplate": "%{y:.1%} read as %{x}<extra></extra>",
    }
    names = class_names(settings.data)
    ticks = {"tickvals": list(range(10)), "ticktext": names, "showgrid": False}
    x = {"range": [-0.6, 9.6], "title": {"text": "read as"}, **ticks}
    y = {"range": [0, 0.5], "tickformat": ".0%", "title": {"text": "share of samples"}}
    bars["y"] = np.minimum(frame.shares, 0.5)
    return Panel([bars], "What is made", x, y, shapes=[level(0.1, 9.6, -0.6)])
