"""Pictures of nine VAEs, one a frame: clouds, map, the picture at a place, the two terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Click, Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words
from core.vae.beta_layout import BETAS, EDGE, NAMES, RINGED, SIDE, WINDOW
from core.vae.plane_layout import COLORS

if TYPE_CHECKING:
    from core.vae.beta import Frame, Settings

Trace = dict[str, Any]
COUNT = len(BETAS)
CORNERS = 12  # of an ellipse, drawn as a smooth curve through them
LARGE = 6.4  # side of the large picture, where a small one has 1
CELLS = 30  # places along each side of the map that can be clicked: at stops of the sliders
ELBO = theme.SERIES[5]
AVERAGE = "one average image for all"


def pictures(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The clouds of codes, what the map decodes to, and the picture at the place."""
    frame = frames[at]
    panels = [_here(frames, at), _map(frame), _clouds(frames, at)]
    return figure(panels, height=410)


def moved(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click in the map moves the place there."""
    if point.get("customdata") is None:
        return None
    x, y = (round(float(point[name]), 2) for name in ("x", "y"))
    return Click("vae.beta", {"where": "own", "x": x, "y": y}, "")


def _clouds(frames: list[Frame], at: int) -> Panel:
    """Held-out codes by class; of some, one standard deviation around them."""
    classes, frame = frames[0].classes, frames[at]
    assert classes is not None
    outside = int((np.abs(frame.codes) > WINDOW).any(1).sum())
    says = f"{outside} of {len(frame.codes)} codes lie farther out" if outside else ""
    traces = [_ellipses(frame, classes, label) for label in range(len(COLORS))]
    traces += [_dots(frame, classes), _prior(), _mark(frame)]
    told = words([WINDOW - 0.1], [-WINDOW + 0.25], [says], "middle left", 11)
    told["textfont"]["shadow"] = "auto"
    traces.append(told)
    x, y = _sides(WINDOW)
    return Panel(traces, "Codes with one σ; dashed: the prior's", x, y, square=True, stacked=420)


def _sides(end: float) -> tuple[dict[str, Any], dict[str, Any]]:
    names = ("first latent number", "second latent number")
    x, y = ({"title": {"text": name}, "range": [-end, end], "dtick": 2} for name in names)
    return {**x, "constraintoward": "left"}, {**y, "constraintoward": "top"}


def _ellipses(frame: Frame, classes: np.ndarray, label: int) -> Trace:
    chosen = np.flatnonzero(classes[:RINGED] == label)
    turn = np.linspace(0, 2 * np.pi, CORNERS + 1)
    middle, sigma = frame.codes[chosen, :, None], frame.spread[chosen, :, None]
    rim = middle + sigma * np.stack([np.cos(turn), np.sin(turn)])
    gaps = np.pad(rim.astype(np.float32), ((0, 0), (0, 0), (0, 1)), constant_values=np.nan)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": gaps[:, 0].ravel(),
        "y": gaps[:, 1].ravel(),
        "line": {"color": COLORS[label], "width": 1, "shape": "spline"},
        "opacity": 0.45,
        "hoverinfo": "skip",
    }


def _prior() -> Trace:
    """One standard deviation of what codes are drawn from."""
    turn = np.linspace(0, 2 * np.pi, 49)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.cos(turn).astype(np.float32),
        "y": np.sin(turn).astype(np.float32),
        "line": {"color": theme.EXACT, "width": 2, "dash": "dash"},
        "hoverinfo": "skip",
    }


def _dots(frame: Frame, classes: np.ndarray) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": frame.codes[:, 0],
        "y": frame.codes[:, 1],
        "text": [str(n) for n in classes],
        "marker": {"color": [COLORS[n] for n in classes], "size": 4},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _mark(frame: Frame) -> Trace:
    """The place that is asked."""
    line = {"width": 3}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": frame.place[:1],
        "y": frame.place[1:],
        "marker": {"symbol": "diamond-open", "size": 15, "color": theme.GENERATED, "line": line},
        "hoverinfo": "skip",
    }


def _map(frame: Frame) -> Panel:
    heat, (wide, _) = sheet_trace(frame.tiles, SIDE)
    unit = 2 * EDGE / wide
    heat |= {"x0": unit / 2 - EDGE, "dx": unit, "y0": EDGE - unit / 2, "dy": -unit}
    x, y = _sides(EDGE)
    traces = [heat, _mark(frame), _squares()]
    bare_x, bare_y = ({**axis, "showgrid": False} for axis in (x, y))
    title = "What each place decodes to: click one"
    return Panel(traces, title, bare_x, bare_y, square=True, stacked=420)


def _squares() -> Trace:
    """Unseen squares over the map, which take the click."""
    side = (np.arange(CELLS) + 0.5) * 2 * EDGE / CELLS - EDGE
    x, y = (part.ravel().astype(np.float32) for part in np.meshgrid(side, side))
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "customdata": [[n] for n in range(len(x))],
        "hovertemplate": "(%{x:.2f}, %{y:.2f}): move the mark here<extra></extra>",
        "marker": {"symbol": "square", "size": 12, "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
    }


def _here(frames: list[Frame], at: int) -> Panel:
    """The picture at the place, large; under it those of all the models so far."""
    frame = frames[at]
    edge = (COUNT - LARGE) / 2
    large, (cell, _) = sheet_trace(frame.here[None], 1)
    large |= _scaled(edge, 1.0, LARGE / (cell - max(1, frame.here.shape[0] // 14)))
    strip, (_, high) = sheet_trace(np.stack([one.here for one in frames]), COUNT)
    strip |= _scaled(0.0, 1.5 + LARGE, 1 / high)
    middles = np.arange(COUNT) + 0.45
    told = words([COUNT / 2], [0.45], [_told(frame)], "middle center", 15)
    labels = words(middles, [LARGE + 2.85] * COUNT, list(NAMES), size=12)
    traces = [large, strip, told, labels, _ring(at), _frame(edge)]
    x, y = bare(-0.3, COUNT + 0.2, "beta"), bare(LARGE + 3.3, -0.1, "picture")
    y["constraintoward"] = "top"
    title = "The picture at the mark, for each β"
    return Panel(traces, title, x, y, square=True, width=1.25, stacked=420)


def _scaled(x: float, y: float, unit: float) -> dict[str, float]:
    """Where a sheet's first pixel lies, and how large each is."""
    return {"x0": x + unit / 2, "dx": unit, "y0": y + unit / 2, "dy": unit}


def _told(frame: Frame) -> str:
    name = NAMES[frame.step]
    return f"<b>β = {name}</b>, oddness {frame.metrics[f'oddness/{name}']:.2f}"


def _ring(at: int) -> Trace:
    """Around the small picture that is shown large."""
    x = np.array([0, 1, 1, 0, 0]) * 0.98 + at - 0.04
    y = np.array([0, 0, 1, 1, 0]) * 0.98 + LARGE + 1.46
    line = {"color": theme.GENERATED, "width": 3}
    return _outline(x, y) | {"line": line}


def _frame(edge: float) -> Trace:
    """Around the large picture."""
    x = np.array([0, 1, 1, 0, 0]) * LARGE + edge
    y = np.array([0, 0, 1, 1, 0]) * LARGE + 1.0
    return _outline(x, y) | {"line": {"color": theme.GENERATED, "width": 3}}


def _outline(x: np.ndarray, y: np.ndarray) -> Trace:
    points = {"x": x.astype(np.float32), "y": y.astype(np.float32)}
    return {"type": "scatter", "mode": "lines", **points, "hoverinfo": "skip"}


def terms(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Both terms of the bound against beta."""
    return figure([_bound(frames, at), _cost(frames, at)], height=450)


def _bound(frames: list[Frame], at: int) -> Panel:
    """Reconstruction and ELBO; between them lies the KL."""
    shown, level = frames[0].terms, frames[0].level
    assert shown is not None
    assert level is not None
    floor, top = float(level[0]), float(shown[:, 0].max())
    low, high = floor - 0.12 * (top - floor), top + 0.22 * (top - floor)
    traces = [
        _level(floor),
        _line(frames, "reconstruction", theme.LEARNED, "solid", low),
        _line(frames, "elbo", ELBO, "dash", low),
        _now(frames, at, ("reconstruction", "elbo"), (theme.LEARNED, ELBO), low),
        words([COUNT - 0.6], [high - 0.07 * (high - low)], [_both(frames[at])], "middle left", 13),
        words([1.5], [floor + 0.02 * (high - low)], [AVERAGE], "top right", 11, theme.EXACT),
        words([0.3], [low], [_beyond(shown[0, 2], low, np.inf)], "top right", 11, ELBO),
    ]
    y = {"title": {"text": "nats an image, higher is better"}, "range": [low, high]}
    title = "Reconstruction; dashed: less the KL (ELBO)"
    return Panel(traces, title, _betas(), y, width=1.4)


def _both(frame: Frame) -> str:
    name = NAMES[frame.step]
    first, kl, both = (frame.metrics[f"{key}/{name}"] for key in ("reconstruction", "kl", "elbo"))
    return f"β = {name}: {first:.1f} − {kl:.1f} = {both:.1f}".replace("-", "−")


def _cost(frames: list[Frame], at: int) -> Panel:
    shown = frames[0].terms
    assert shown is not None
    top = 1.3 * float(shown[1:, 1].max())  # at 0 it is free, and may leave the picture
    name = NAMES[frames[at].step]
    traces = [
        _line(frames, "kl", theme.GRADIENT, "solid", 0.0, top),
        _now(frames, at, ("kl",), (theme.GRADIENT,), 0.0, top),
        words([0.2], [top], [_beyond(shown[0, 1], 0.0, top)], "middle right", 11, theme.GRADIENT),
        words([COUNT - 0.6], [1.07 * top], [_price(frames[at], name)], "middle left", 13),
    ]
    y = {"title": {"text": "nats an image"}, "range": [-0.03 * top, 1.15 * top]}
    return Panel(traces, "The KL: how much a code tells", _betas(), y)


def _beyond(value: float, low: float, top: float) -> str:
    """What the model at beta 0 has, where that is out of the picture."""
    return "" if low <= value <= top else f"{value:.0f} at β = 0".replace("-", "−")


def _price(frame: Frame, name: str) -> str:
    kl, sigma = frame.metrics[f"kl/{name}"], frame.metrics[f"sigma/{name}"]
    return f"β = {name}: {kl:.1f} nats, σ = {sigma:.2g}"


def _betas() -> dict[str, Any]:
    ticks = {"tickvals": list(range(COUNT)), "ticktext": list(NAMES)}
    return {"title": {"text": "β"}, "range": [-0.5, COUNT - 0.5], **ticks}


def _line(
    frames: list[Frame], key: str, color: str, dash: str, low: float, top: float = np.inf
) -> Trace:
    """A metric of each model so far, held in the picture."""
    values = [frame.metrics[f"{key}/{NAMES[frame.step]}"] for frame in frames]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": key,
        "x": np.arange(len(frames)),
        "y": np.clip(values, low, top).astype(np.float32),
        "customdata": [[round(value, 2)] for value in values],
        "line": {"color": color, "dash": dash, "width": 2},
        "marker": {"color": color, "size": 5},
        "hovertemplate": "%{customdata[0]} nats<extra>%{fullData.name}</extra>",
    }


def _now(
    frames: list[Frame],
    at: int,
    keys: tuple[str, ...],
    colors: tuple[str, ...],
    low: float,
    top: float = np.inf,
) -> Trace:
    """The model that is shown, on each line."""
    found = [frames[at].metrics[f"{key}/{NAMES[at]}"] for key in keys]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [at] * len(keys),
        "y": [float(v) for v in np.clip(found, low, top)],
        "marker": {"color": list(colors), "size": 13, "line": {"color": "white", "width": 2}},
        "hoverinfo": "skip",
    }


def _level(value: float) -> Trace:
    """What the average image alone reaches."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [-0.5, COUNT - 0.5],
        "y": [value, value],
        "line": {"color": theme.EXACT, "dash": "dash", "width": 1.5},
        "hoverinfo": "skip",
    }
