"""The picture of the first screen: the valley, the loss, and a ruler for the learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot.panels import Panel, figure
from core.plot.theme import EXACT, GRADIENT, LEARNED, SERIES, WARNING

if TYPE_CHECKING:
    from core.optimizers.descend import DescendFrame, DescendSettings

Trace = dict[str, Any]
ALT = (
    "Left, a parabola with the ball on it, its hops so far and the tangent under it. Middle, the "
    "loss against the step with the exact formula beneath. Right, a ruler of learning rates with "
    "marks at 1/L and 2/L and the current rate."
)
ZONES = (("creep", LEARNED), ("zigzag", SERIES[4]), ("explode", WARNING))
LEAST, MOST = 1e-8, 1e6  # of the starting loss, on the loss axis at most


def path_view(settings: DescendSettings, frames: list[DescendFrame], at: int) -> Figure:
    """The valley, the loss and the ruler."""
    panels = [_valley(settings, frames, at), _loss(settings, frames, at), _ruler(settings)]
    return figure(panels, height=440)


def half_width(settings: DescendSettings) -> float:
    """Half the width of the valley's picture."""
    return 1.6 * max(abs(settings.start), 0.5)


def _valley(settings: DescendSettings, frames: list[DescendFrame], at: int) -> Panel:
    half = half_width(settings)
    top = settings.curvature * half**2 / 2
    xs = np.linspace(-half, half, 81)
    hops = _hops(frames, at, half)
    traces = [
        _line("loss f(x)", xs, settings.curvature * xs**2 / 2, {"color": EXACT, "width": 2}),
        {
            **_line("hops", hops[:, 0], hops[:, 1], {"color": SERIES[0], "width": 1.5}),
            "mode": "lines+markers",
            "marker": {"size": 6, "color": SERIES[0]},
        },
        _tangent(settings, frames[at], half),
        _ball(settings, frames[at], half, top),
    ]
    x = {"title": {"text": "weight x"}, "range": [-half, half]}
    y = {"title": {"text": "loss f(x)"}, "range": [-0.05 * top, 1.12 * top]}
    return Panel(traces, "The valley", x, y, width=1.1)


def _hops(frames: list[DescendFrame], at: int, half: float) -> np.ndarray:
    """Where the ball has landed, (n, 2), up to the first landing far outside the picture."""
    spots = np.array([(frame.x, frame.loss) for frame in frames[: at + 1]], dtype=float)
    far = np.abs(spots[:, 0]) > 2 * half
    return spots[: int(far.argmax()) + 1] if far.any() else spots


def _tangent(settings: DescendSettings, now: DescendFrame, half: float) -> Trace:
    x, loss, slope = float(now.x), float(now.loss), float(now.gradient)
    reach = 0.35 * half / np.hypot(1, slope / (settings.curvature * half))  # much the same length
    ends = np.array([-reach, reach]) if abs(x) <= half else np.full(2, np.nan)
    line = {"color": GRADIENT, "width": 4}
    return _line("slope", x + ends, np.clip(loss + slope * ends, -1e30, 1e30), line)


def _ball(settings: DescendSettings, now: DescendFrame, half: float, top: float) -> Trace:
    """The ball with the next step over it; out of the picture, an arrow at the edge on its side."""
    x, inside = float(now.x), abs(float(now.x)) <= half
    side = "right" if x > 0 else "left"
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "ball",
        # The second point is the place of the words alone.
        "x": [x if inside else np.sign(x) * 0.95 * half, 0],
        "y": [float(now.loss) if inside else 0.9 * top, 1.06 * top],
        "marker": {
            "size": [17 if inside else 15, 0],
            "color": LEARNED if inside else WARNING,
            "symbol": "circle" if inside else f"triangle-{side}",
            "line": {"width": [1, 0], "color": "white"},
        },
        "text": ["" if inside else f"gone: x = {x:.2g}", _next(settings, now)],
        "textposition": ["middle left" if x > 0 else "middle right", "middle center"],
        "textfont": {"color": [WARNING, GRADIENT], "size": 13},
        "hovertemplate": [f"x = {x:.4g}<extra></extra>", "<extra></extra>"],
    }


def _next(settings: DescendSettings, now: DescendFrame) -> str:
    """The next step in numbers."""
    x, slope = float(now.x), float(now.gradient)
    step = f"{'+' if slope < 0 else '-'} {settings.lr:g} × {abs(slope):.3g}"
    return f"next x = {x:.3g} {step} = {x - settings.lr * slope:.3g}".replace("-", "−")


def _loss(settings: DescendSettings, frames: list[DescendFrame], at: int) -> Panel:
    first = settings.curvature * settings.start**2 / 2 or 1.0
    steps = np.arange(settings.steps + 1)
    with np.errstate(over="ignore"):
        exact = first * (1 - settings.lr * settings.curvature) ** (2.0 * steps)
    low, high = LEAST * first, 10 * min(float(exact.max()), MOST / 10 * first)
    seen = np.array([float(frame.loss) for frame in frames[: at + 1]])
    measured: Trace = {
        **_line("measured", steps[: at + 1], _held(seen, low, high), {"width": 0}),
        "mode": "markers",
        "marker": {"size": 8, "color": LEARNED},
    }
    dash = {"color": EXACT, "dash": "dash", "width": 2}
    traces = [_line("exact", steps, _held(exact, low, high), dash), measured]
    x = {"title": {"text": "step"}, "range": [-0.5, settings.steps + 0.5]}
    y: dict[str, Any] = {"title": {"text": "loss"}, "range": [np.log10(low), np.log10(high)]}
    y |= {"type": "log", "dtick": 2, "exponentformat": "power"}
    square = (1 - settings.lr * settings.curvature) ** 2
    return Panel(traces, f"Loss, times {square:.4g} a step", x, y)


def _held(losses: np.ndarray, low: float, high: float) -> np.ndarray:
    """Losses that a logarithmic axis can hold: a little beyond its ends at most."""
    return np.asarray(np.clip(losses, low, 10 * high))


def _ruler(settings: DescendSettings) -> Panel:
    """A standing ruler: zones up to 1/L, 2/L and beyond, and the rate now."""
    end = 0.52  # a little beyond the slider's last stop
    marks: list[float] = [min(n / settings.curvature, end) for n in (1, 2)]
    zones = list(zip((0, *marks), (*marks, end), ZONES, strict=True))
    shapes: list[Trace] = [
        {"type": "rect", "x0": 0, "x1": 1, "y0": lo, "y1": hi, "fillcolor": color, "opacity": 0.22,
         "line": {"width": 0}, "layer": "below"}
        for lo, hi, (_, color) in zones
    ]  # fmt: skip
    traces = [_edges(settings), _words(settings, zones)]
    x = {"range": [0, 1], "visible": False, "title": {"text": "zone"}}
    y = {"title": {"text": "learning rate"}, "range": [0, end]}
    return Panel(traces, "Ruler", x, y, width=0.42, shapes=shapes)


def _edges(settings: DescendSettings) -> Trace:
    """The marks at 1/L and 2/L across the ruler."""
    rates = [n / settings.curvature for n in (1, 2)]
    y = np.array([rates[0], rates[0], np.nan, rates[1], rates[1]])
    return {
        **_line("edge", np.array([0, 1, np.nan, 0, 1]), y, {}),
        "line": {"color": EXACT, "dash": "dash", "width": 2},
    }


def _words(settings: DescendSettings, zones: list[tuple[float, float, tuple[str, str]]]) -> Trace:
    """The rate now; the marks' numbers, off their lines; and what a rate in each zone does, where
    there is room for the word.

    All as one trace: what a slider's move costs a browser grows with their number.
    """
    rates = [n / settings.curvature for n in (1, 2)]
    wide = [zone for zone in zones if zone[1] - zone[0] > 0.099]  # or it would meet the marks'
    now = f'<span style="color:{SERIES[0]}"><b>{settings.lr:g}</b></span>'
    words = [
        (0.05, settings.lr, now, "middle right", 14),
        (0.96, rates[0] - 0.007, f"1/L = {rates[0]:.3g}", "bottom left", 12),
        (0.96, rates[1] + 0.007, f"2/L = {rates[1]:.3g}", "top left", 12),
        *((0.96, (lo + hi) / 2, name, "middle left", 13) for lo, hi, (name, _) in wide),
    ]
    x, y, text, position, size = (list(column) for column in zip(*words, strict=True))
    others = len(words) - 1
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "rates",
        "x": x,
        "y": y,
        "marker": {
            "symbol": "triangle-right",
            "size": [16, *[0] * others],
            "color": SERIES[0],
            # With several sizes Plotly would see through it and outline it.
            "opacity": 1,
            "line": {"width": 0},
        },
        "text": text,
        "textposition": position,
        "textfont": {"size": size},
        "hovertemplate": ["learning rate %{y}<extra></extra>", *["<extra></extra>"] * others],
    }


def _line(name: str, x: np.ndarray, y: np.ndarray, line: dict[str, Any]) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.asarray(x, np.float32),
        "y": np.asarray(y, np.float32),
        "line": line,
        "hovertemplate": name + ": %{y:.4g}<extra></extra>",
    }
