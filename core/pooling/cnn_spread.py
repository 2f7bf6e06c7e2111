"""How far the signal and its gradient reach through the layers: what bad first weights do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.pooling.cnn_layout import BENT, BINS, EDGE, layers
from core.pooling.cnn_lines import apart, decades, line, measured, names, now, power, step_axis
from core.pooling.sheets import words

if TYPE_CHECKING:
    from core.pooling.cnn import Frame, Settings

TICKS = (-10, -1, -0.1, 0, 0.1, 1, 10)
LIMITS = {"activation_std": (1e-6, 100.0), "gradient_std": (1e-10, 10.0)}
Trace = dict[str, Any]


def spread(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Activations now; the spread of activations and of gradients, layer by layer, by step."""
    return figure(
        [
            _shapes(settings, frames[at]),
            _lines(settings, frames, at, "activation_std", "Spread of the activations"),
            _lines(settings, frames, at, "gradient_std", "Spread of the gradients"),
        ]
    )


def _shapes(settings: Settings, frame: Frame) -> Panel:
    assert frame.histogram is not None
    found = layers(settings.spec)
    traces = [_shape(share, n) for n, share in enumerate(frame.histogram)]
    said = [f"{frame.metrics[f'activation_std/{name}']:.2g}" for name in found]
    traces.append(words(list(range(len(found))), [EDGE * 0.93] * len(found), said))
    x: Trace = {"title": {"text": "layer, its spread above"}, "range": [-0.6, len(found) - 0.4]}
    x |= {"tickvals": list(range(len(found))), "ticktext": found, "showgrid": False}
    y: Trace = {
        "title": {"text": "activation (log scale either way)"},
        "range": [-EDGE, EDGE * 1.05],
    }
    y |= {"tickvals": [_bent(v) for v in TICKS], "ticktext": [f"{v:g}" for v in TICKS]}
    return Panel(traces, "Activations now", x, y)


def _shape(share: np.ndarray, number: int) -> Trace:
    """The histogram of a layer as a body of that width; the root, for most values can be one."""
    middles = (np.arange(BINS) + 0.5) / BINS * 2 * EDGE - EDGE
    half = 0.44 * np.sqrt(share / share.max())
    x = np.concatenate([number + half, (number - half)[::-1]])
    color = theme.series(number)["color"]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x.astype(np.float32),
        "y": np.concatenate([middles, middles[::-1]]).astype(np.float32),
        "fill": "toself",
        "fillcolor": color,
        "opacity": 0.75,
        "line": {"color": color, "width": 0},
        "hoverinfo": "skip",
    }


def _lines(settings: Settings, frames: list[Frame], at: int, what: str, title: str) -> Panel:
    found, (low, high) = layers(settings.spec), LIMITS[what]
    values = [np.maximum(measured(frames, f"{what}/{name}"), low) for name in found]
    colors = [theme.series(n)["color"] for n in range(len(found))]
    ends = np.log10(np.minimum([y[-1] for y in values], high))
    heights = [10.0**v for v in apart(ends, np.log10(high / low) * 0.055)]
    pairs = enumerate(zip(values, found, strict=True))
    traces = [line(frames, y, name, theme.series(n)) for n, (y, name) in pairs]
    traces.append(names(frames[-1], heights, found, colors))
    traces.append(now(frames[at], [y[at] for y in values], colors))
    y = decades("standard deviation (log scale)", low, high, 2)
    y |= {"ticktext": [f"≤ {power(low)}", *y["ticktext"][1:]]}  # 0 has no place on this axis
    y |= {"range": [y["range"][0] - 0.2, y["range"][1]]}
    return Panel(traces, title, step_axis(settings.steps, 1.2), y)


def _bent(value: float) -> float:
    """As ``bent`` in cnn_portrait."""
    return float(np.sign(value) * np.log10(1 + abs(value) / BENT))
