"""Pictures of the online game: the walks, what they cost, and who pulls harder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.optimizers import palette
from core.optimizers.hyper import TITLES
from core.plot.panels import Panel, figure
from core.plot.theme import EXACT, SERIES

if TYPE_CHECKING:
    from core.optimizers.online import Frame, Settings

_HEAVY = {"gradient-descent": 1.2, "momentum": 5.0}  # lr * big times this is how far they jump
_TUG = math.log10(6)  # half the height of the picture of the tug of war


def draw_walk(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The walks, and what each paid over the best fixed point."""
    return figure([_walk(settings, frames, at), _regret(settings, frames, at)])


def draw_tug(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The rare gradients' push over the common ones': who wins decides the end."""
    steps, pushed = _past(frames, at, "pushed")
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.log10(pushed[..., 0] / pushed[..., 1])
    lines = _lines(settings, steps, np.clip(ratio, -_TUG, _TUG), (-_TUG, _TUG))
    words = ((0.64, "rare ones win: towards −1"), (-0.64, "common ones win: towards +1"))
    notes = [_note(text, settings, y * _TUG) for y, text in words]  # between two grid lines
    ticks = (0.2, 0.5, 1, 2, 5)
    y = {"title": {"text": "rare push / common push"}, "range": [-_TUG, _TUG]}
    y |= {"tickvals": [math.log10(v) for v in ticks], "ticktext": [f"{v:g}" for v in ticks]}
    traces = [_level(settings, 0.0), *lines]
    return figure([Panel(traces, "Tug of war", x=_rounds(settings), y=y, notes=notes)])


def _style(name: str) -> dict[str, str]:
    """The optimizer's own, save that AMSGrad shares no colour with its rival Adam here."""
    return palette.style(name) | ({"color": SERIES[3]} if name == "amsgrad" else {})


def _walk(settings: Settings, frames: list[Frame], at: int) -> Panel:
    steps, x = _past(frames, at, "mean")
    low, high = _past(frames, at, "low")[1], _past(frames, at, "high")[1]
    bands = [
        _band(name, steps, _scaled(low[:, i], settings), _scaled(high[:, i], settings))
        for i, name in enumerate(settings.optimizers)
    ]
    y = _height(settings)
    lines = _lines(settings, steps, _scaled(x, settings), y["range"])
    exact = _level(settings, float(_scaled(np.array(settings.best()), settings)))
    return Panel([*bands, exact, *lines], "Where they are", x=_rounds(settings), y=y)


def _regret(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """Bent about 0, with as much room below it as these settings can need."""
    steps, regret = _past(frames, at, "regret")
    scale, heavy = settings.big / 1010, bool(set(_HEAVY) & set(settings.optimizers))
    most = scale * (20_000 if heavy and not settings.project else 30)
    least = most if heavy and not settings.project else 10 * scale
    least = least if settings.stochastic or heavy else 0.2
    y = _bent_axis("mean regret", least, most, 10.0)
    regret = np.where(steps[:, None] > 0, regret, np.nan)  # nothing is paid before the first step
    lines = _lines(settings, steps, np.arcsinh(10 * regret), y["range"])
    return Panel([_level(settings, 0.0), *lines], "What it cost", x=_rounds(settings), y=y)


def _past(frames: list[Frame], at: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    seen = frames[: at + 1]
    return np.array([f.step for f in seen]), np.array([getattr(f, name) for f in seen])


def _lines(
    settings: Settings, steps: np.ndarray, y: np.ndarray, span: Sequence[float]
) -> list[dict[str, Any]]:
    """A line for each optimizer, and one text trace with their names at its ends."""
    lines: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": steps.astype(np.float32),
            "y": y[:, i].astype(np.float32),
            "line": {**_style(name), "width": 2.5},
            "name": TITLES[name],
        }
        for i, name in enumerate(settings.optimizers)
    ]
    return [*lines, _names(settings, float(steps[-1]), y[-1], span)]


def _names(
    settings: Settings, step: float, ends: np.ndarray, span: Sequence[float]
) -> dict[str, Any]:
    """The optimizers' names at the ends of their lines, apart and inside the axis's span."""
    gap = 0.075 * (span[1] - span[0])
    inside = np.clip(np.nan_to_num(ends), span[0] + gap / 2, span[1] - gap / 2)
    colors = [_style(name)["color"] for name in settings.optimizers]
    return {
        "type": "scatter",
        "mode": "text",
        "x": np.full(len(ends), step + 0.015 * settings.steps, np.float32),
        "y": np.array(_spread(inside.tolist(), gap), np.float32),
        "text": [TITLES[name] for name in settings.optimizers],
        "textposition": "middle right",
        "textfont": {"color": colors, "size": 12},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _band(name: str, steps: np.ndarray, low: np.ndarray, high: np.ndarray) -> dict[str, Any]:
    """What it crossed between frames: each period it is thrown far and creeps back."""
    return {
        "type": "scatter",
        "mode": "lines",
        "fill": "toself",
        "opacity": 0.2,
        "x": np.concatenate([steps, steps[::-1]]).astype(np.float32),
        "y": np.concatenate([high, low[::-1]]).astype(np.float32),
        "line": {"width": 0, "color": _style(name)["color"]},
        "fillcolor": _style(name)["color"],
        "hoverinfo": "skip",
    }


def _level(settings: Settings, y: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [0, settings.steps],
        "y": [y, y],
        "line": {"color": EXACT, "dash": "dash", "width": 2},
        "hoverinfo": "skip",
    }


def _spread(ends: list[float], gap: float) -> list[float]:
    """The heights, moved apart until neighbours are ``gap`` from each other, their middle kept."""
    order = sorted(range(len(ends)), key=lambda i: ends[i])
    moved = list(ends)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + gap)
    back = (sum(moved) - sum(ends)) / len(ends)
    return [y - back for y in moved]


def _rounds(settings: Settings) -> dict[str, Any]:
    ticks = np.linspace(0, settings.steps, 4).round().astype(int).tolist()
    labels = [f"{tick:,}".replace(",", " ") for tick in ticks]
    # From a little left of 0, or a fall at the start would lie on the axis.
    span = [-0.015 * settings.steps, _room(settings) * settings.steps]
    axis = {"title": {"text": "step"}, "range": span}
    return {**axis, "tickvals": ticks, "ticktext": labels}


def _room(settings: Settings) -> float:
    """The axis's length over the steps: the longest name fits beside the lines in 280 pixels."""
    letters = max(len(TITLES[name]) for name in settings.optimizers)
    return 1 / (1 - (6 * letters + 12) / 280)


def _note(text: str, settings: Settings, y: float) -> dict[str, Any]:
    return {"text": text, "x": 0.99 * _room(settings) * settings.steps, "y": y, "xanchor": "right"}


def _height(settings: Settings) -> dict[str, Any]:
    """The axis of x: the fence, or a bent axis as far as the optimizers are likely to run."""
    if settings.project:
        return {"title": {"text": "x"}, "range": [-1.2, 1.2], "tickvals": [-1, -0.5, 0, 0.5, 1]}
    adaptive = max(3.0, 0.8 * settings.lr * math.sqrt(settings.steps))
    jumps = [settings.lr * settings.big * _HEAVY.get(name, 0) for name in settings.optimizers]
    most = max(adaptive, *jumps)
    return _bent_axis("x", most, most, 1.0)


def _scaled(x: np.ndarray, settings: Settings) -> np.ndarray:
    return x if settings.project else np.arcsinh(x)


def _bent_axis(title: str, least: float, most: float, scale: float) -> dict[str, Any]:
    """An axis of arcsinh(scale * value), even about 0 and logarithmic far off; -least to most."""
    decades = range(-1, math.ceil(math.log10(most)) + 1)
    sizes = (1, 2, 5) if most < 20 and scale == 1 else (1,)
    positive = [m * 10.0**k for k in decades for m in sizes if m * 10.0**k >= 0.5 / scale]
    values = [-v for v in reversed(positive)] + [0.0] + positive
    return {
        "title": {"text": title},
        "range": [-1.05 * math.asinh(scale * least), 1.05 * math.asinh(scale * most)],
        "tickvals": [math.asinh(scale * v) for v in values],
        "ticktext": [f"{v:g}" for v in values],
    }
