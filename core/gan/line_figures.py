"""Pictures of the two bells: the curves with every loss's pull, and measures against distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.controls import Choice
from core.experiment import Figure
from core.gan.line_places import LOSSES, REACH, SEEN, SHIFTS, WIDE, WIDTHS
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.gan.line import Frame, Settings

Trace = dict[str, Any]
FLOOR, TOP = 1e-4, 300.0  # of the axes of pulls: what is under the floor counts for none
LN2 = float(np.log(2))
DECADES = {"tickvals": [1e-4, 1e-2, 1, 100], "ticktext": ["0.0001", "0.01", "1", "100"]}
BEST = {
    "minimax": "Best discriminator, p / (p + q)",
    "non-saturating": "Best discriminator, p / (p + q)",
    "least-squares": "Best discriminator, p / (p + q)",
    "hinge": "Best discriminator, sign(p - q)",
    "wasserstein": "Best critic, slope 1 at most",
}


def drag(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Both densities; the best discriminator; the pull under each loss."""
    frame, (x, name) = frames[at], _line()
    top = 1.15 * float(max(frame.real.max(), frame.fake.max()))
    bells = [
        _bell(x, frame.real, theme.REAL, "real"),
        _bell(x, frame.fake, theme.GENERATED, "fake"),
    ]
    low, high = {"hinge": (-1.1, 1.1), "wasserstein": (-8.5, 8.5)}.get(settings.loss, (-0.05, 1.05))
    dashed = {"color": theme.EXACT, "width": 2.5, "dash": "dash"}
    shape = [_curve(x, frame.best, "best", dashed)]
    panels = [
        Panel(bells, "Real and fake", name, {"title": {"text": "density"}, "range": [0, top]}),
        Panel(shape, BEST[settings.loss], name, {"title": {"text": "D"}, "range": [low, high]}),
        _bars(settings, frame),
    ]
    return figure(panels, height=400)


def against_shift(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """JS is soon flat, W1 is straight, and the pulls part by orders of magnitude."""
    frame, now = frames[at], abs(settings.shift)
    x = {"title": {"text": "distance of the fakes"}, "range": [-0.1, REACH + 0.1]}
    js = [_level(REACH, LN2, "ln 2"), _curve(SHIFTS, frame.js, "JS", _solid(0))]
    w1 = [_curve(SHIFTS, frame.w1, "W1", _solid(0))]
    log = {**x, "range": [-0.1, REACH + 2.6], "tickvals": list(range(7))}
    pulls = [_curve(SHIFTS, _floored(row), n, s) for n, s, row in _rows(settings, frame.pull)]
    ends = np.log10(np.clip(frame.pull[:, -1], 1.5 * FLOOR, TOP))
    heights = [10**end for end in _spread(ends.tolist(), 0.42)]
    y = {"title": {"text": "gradient by the centre"}, "type": "log", **DECADES}
    y["range"] = np.log10([FLOOR, TOP]).tolist()
    tall = 1.05 * max(REACH, float(frame.w1.max()))
    panels = [
        Panel([*js, _now(now)], "JS: soon flat", x, _up("nats", 0.8)),
        Panel([*w1, _now(now)], "W1: straight", x, _up("distance", tall)),
        Panel(
            [*pulls, _names(settings, REACH, heights), _now(now)],
            "Pull towards the real ones",
            log,
            y,
            1.5,
        ),
    ]
    return figure(panels, height=420)


def against_width(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Where each loss widens the fakes, and where it narrows them."""
    frame = frames[at]
    top = 1.1 * max(1.0, min(20.0, float(np.abs(frame.widen).max())))
    lines = [_curve(WIDTHS, row, n, s) for n, s, row in _rows(settings, frame.widen)]
    words = "width of the fakes (dotted: now, and the real width)"
    x = {"title": {"text": words}, "range": [0, 1.35 * WIDE], "tickvals": [0, 0.5, 1, 1.5, 2]}
    y = {"title": {"text": "gradient by the width"}, "range": [-top, top]}
    marks = [_level(WIDE, 0.0, ""), _now(settings.width), _now(settings.sigma, theme.REAL)]
    ends = _spread([float(row[-1]) for row in frame.widen], 0.11 * top)
    title = f"Wider (over 0) or narrower, the fakes at {settings.shift:g}"
    return figure([Panel([*marks, *lines, _names(settings, WIDE, ends)], title, x, y)], height=420)


def title_of(settings: Settings, loss: str) -> str:
    """The loss as it reads on screen, in short."""
    control = type(settings).controls()["loss"]
    assert isinstance(control, Choice)
    return control.words(loss).partition(" (")[0]


def _line() -> tuple[np.ndarray, dict[str, Any]]:
    return SEEN, {"title": {"text": "x"}, "range": [-8.3, 8.3]}


def _up(title: str, top: float) -> dict[str, Any]:
    return {"title": {"text": title}, "range": [0, top]}


def _solid(number: int) -> dict[str, Any]:
    return {**theme.series(number), "width": 2.5}


def _rows(settings: Settings, table: np.ndarray) -> list[tuple[str, dict[str, Any], np.ndarray]]:
    """Name, line and numbers of each loss; the chosen one is thicker."""
    widths = [4.0 if loss == settings.loss else 2.0 for loss in LOSSES]
    lines = [{**theme.series(n), "width": width} for n, width in enumerate(widths)]
    names = [title_of(settings, loss) for loss in LOSSES]
    return list(zip(names, lines, table, strict=True))


def _floored(values: np.ndarray) -> np.ndarray:
    """For an axis of logarithms: what is under it stands under it."""
    high: np.ndarray = np.maximum(values, FLOOR / 100)
    return high


def _curve(x: np.ndarray, y: np.ndarray, name: str, line: dict[str, Any]) -> Trace:
    hover = "%{x:.2f}: %{y:.3g}<extra>%{fullData.name}</extra>"
    curve = {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": line}
    return {**curve, "hovertemplate": hover}


def _bell(x: np.ndarray, y: np.ndarray, color: str, name: str) -> Trace:
    fill = f"rgba({','.join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))},0.25)"
    curve = _curve(x, y, name, {"color": color, "width": 2.5})
    return {**curve, "fill": "tozeroy", "fillcolor": fill}


def _level(right: float, y: float, words: str) -> Trace:
    """A dashed line at a height, with a word over its left end."""
    line = {"color": theme.EXACT, "dash": "dash", "width": 1.5}
    # An unseen mark keeps the word off the line.
    both = {"mode": "lines+markers+text", "marker": {"size": 8, "opacity": 0}}
    both |= {"text": [words, ""], "textposition": "top right"}
    ends = {"x": [0, right], "y": [y, y], "line": line, "textfont": {"color": theme.EXACT}}
    return {"type": "scatter", **both, **ends, "hoverinfo": "skip", "showlegend": False}


def _now(x: float, color: str = theme.GENERATED) -> Trace:
    """Where the fakes stand now: a line through any height, on a logarithmic axis too."""
    ends = {"x": [x, x], "y": [1e-9, 1e9] if color == theme.GENERATED else [-1e9, 1e9]}
    line = {"color": color, "dash": "dot", "width": 1.5}
    base: Trace = {"type": "scatter", "mode": "lines", **ends, "line": line}
    return {**base, "hoverinfo": "skip", "showlegend": False}


def _names(settings: Settings, x: float, heights: Sequence[float]) -> Trace:
    """The losses' names in their colours, right of x."""
    words = {"text": [f" {title_of(settings, loss)}" for loss in LOSSES]}
    font = {"color": [theme.series(n)["color"] for n in range(len(LOSSES))], "size": 12}
    place = {"x": [x] * len(LOSSES), "y": list(heights), "textposition": "middle right"}
    base: Trace = {"type": "scatter", "mode": "text", **words, **place, "textfont": font}
    return {**base, "hoverinfo": "skip", "showlegend": False}


def _spread(ends: Sequence[float], gap: float) -> list[float]:
    """The heights, those too near the one under them moved up."""
    order = sorted(range(len(ends)), key=lambda i: ends[i])
    moved, last = list(ends), -np.inf
    for i in order:
        moved[i] = last = max(moved[i], last + gap)
    return moved


def _bars(settings: Settings, frame: Frame) -> Panel:
    """The pull on the centre under each loss, on a scale of powers of ten."""
    values = [frame.metrics[f"pull/{loss}"] for loss in LOSSES]
    rows = list(range(len(LOSSES)))
    bars: Trace = {"type": "bar", "orientation": "h", "y": rows, "base": FLOOR / 10, "width": 0.3}
    bars |= {"x": np.maximum(values, FLOOR / 9), "marker": {"color": theme.GRADIENT}}
    bars["hoverinfo"] = "skip"
    said = zip(LOSSES, values, strict=True)
    words = [f"{title_of(settings, loss)}: {value:.2g}" for loss, value in said]
    place = {"x": [FLOOR] * len(rows), "y": [row - 0.35 for row in rows]}
    names = {"type": "scatter", "mode": "text", "text": words, **place, "hoverinfo": "skip"}
    x = {"title": {"text": "gradient by the centre"}, "type": "log", **DECADES}
    x["range"] = np.log10([FLOOR, TOP]).tolist()
    y = {"title": {"text": "loss"}, "range": [len(LOSSES) - 0.5, -0.7], "showticklabels": False}
    traces = [bars, {**names, "textposition": "middle right"}]
    return Panel(traces, "Pull towards the real ones", x, {**y, "showgrid": False})
