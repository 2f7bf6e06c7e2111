"""Pictures of a digit on the move: the canvas and the verdicts, pooled maps, curves, maps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.controls import Choices
from core.experiment import Figure
from core.plot import theme
from core.plot.heatmap import clickable
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.pooling.shift import Frame, Settings

NETWORKS = {"cnn": "Convolutional network", "mlp": "Plain network"}
# Each kind keeps its colour, whichever are chosen.
COLOURS = {
    "max": 0, "average": 1, "blur": 2, "l2": 3, "sum": 4, "expectation": 6, "none": 7, "min": 8,
    "median": 9, "lp": 11, "stochastic": 13, "global-max": 14, "global-average": 15,
}  # fmt: skip
START, SIDE = 4, 40  # pixels of the ground that are shown: where the digit goes
# From the wrong answer's colour to the right one's, pale, for dark digits on them.
VERDICT = [[0.0, "#f3c48b"], [0.5, "#e9ecef"], [1.0, "#8fc1de"]]
RIGHT_INK, WRONG_INK = "#1d4e6f", "#7a3b00"

Trace = dict[str, Any]


def drag(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The digit where it stands, and what the two networks say to it."""
    first = frames[0]
    assert first.digit is not None
    canvas = np.zeros((40, 40), np.uint8)
    top, left = 6 + settings.dy, 6 + settings.dx
    canvas[top : top + 28, left : left + 28] = first.digit
    place = f"{_way(settings.dx, 'right', 'left')}, {_way(settings.dy, 'down', 'up')}"
    panels = [Panel([_picture(canvas, 255)], place, *_hidden(40), width=0.8, square=True)]
    panels += [_answer(settings, first, kind) for kind in NETWORKS]
    return figure(panels, height=380)


def pooled(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The digit moved by some pixels, and each kind's map of it."""
    now, first = frames[at], frames[0]
    axes = _hidden(SIDE, START)
    words = [f"moved {now.step} px"]
    step = _text([START + SIDE / 2], [START + SIDE - 3], words, "middle center", ["white"])
    panels = [Panel([_picture(now.image, 255), step], "What is pooled", *axes, square=True)]
    for number, kind in enumerate(settings.all_kinds):
        high = float(first.pooled[number].max())
        trace = _picture(now.pooled[number], high or 1.0, settings.stride)
        panels.append(Panel([trace], title_of(settings, kind), *axes, square=True))
    return figure(panels, height=260)


def change(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """How far the pooled maps are from the first, and from the first moved along."""
    changed, aliased = frames[0].change, frames[0].aliasing
    assert changed is not None and aliased is not None
    step = frames[at].step
    tops = max(1.6, 1.1 * float(changed.max())), max(0.2, 1.25 * float(aliased.max()))
    ends = changed[:, -1], aliased.max(1)
    first, second = (
        _curves(settings, curves, step, names, top)
        for curves, names, top in zip((changed, aliased), ends, tops, strict=True)
    )
    y = [{"title": {"text": "distance / norm"}, "range": [-0.03 * top, top]} for top in tops]
    panels = [
        Panel([*_apart(), *first], "Changed by the shift (0: invariant)", _pixels(), y[0]),
        Panel([_whole(settings), *second], "Not moved along (0: equivariant)", _pixels(), y[1]),
    ]
    return figure(panels, height=420)


def verdicts(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """What either network says at each place; how often it is right, the further the digits."""
    panels = [_map(settings, frames[0], kind) for kind in NETWORKS]
    return figure([*panels, _rings(frames[0])], height=400)


def _picture(image: np.ndarray, high: float, stride: int = 1) -> Trace:
    """An image with axes in pixels, each cell of it ``stride`` of them wide."""
    return {
        "type": "heatmap",
        "z": image,
        "x0": (stride - 1) / 2,
        "dx": stride,
        "y0": (stride - 1) / 2,
        "dy": stride,
        "zmin": 0,
        "zmax": high,
        "colorscale": theme.HEIGHTS,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _hidden(cells: int, start: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """Axes of an image, from a pixel on: not drawn, the first row on top."""
    ends = [start - 0.5, start + cells - 0.5]
    return {"visible": False, "range": ends}, {"visible": False, "range": ends[::-1]}


def _answer(settings: Settings, first: Frame, kind: str) -> Panel:
    """Ten probabilities; the winner is coloured, and said in words to be right or wrong."""
    p = getattr(first, kind)[6 + settings.dy, 6 + settings.dx]
    says = int(p.argmax())
    right = says == settings.digit
    colors = [theme.EXACT] * 10
    colors[says] = theme.LEARNED if right else theme.WARNING
    bars = {"type": "bar", "x": list(range(10)), "y": p, "marker": {"color": colors}}
    bars["hovertemplate"] = "P(%{x}) = %{y:.3f}<extra></extra>"
    word = _text([4.5], [1.12], [f"says {says}: {'right' if right else 'wrong'}"], "middle center")
    x = {"title": {"text": "digit"}, "range": [-0.6, 9.6], "tickvals": list(range(10))}
    y = {"title": {"text": "probability"}, "range": [0, 1.22], "tickvals": [0, 0.5, 1]}
    return Panel([bars, word], NETWORKS[kind], x, y)


def _curves(
    settings: Settings, curves: np.ndarray, step: int, ends: np.ndarray, top: float
) -> list[Trace]:
    """A line a kind, a dot on each at this step, and their names at these heights or near."""
    styles = [theme.series(COLOURS[kind]) for kind in settings.all_kinds]
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": list(range(len(curve))),
            "y": curve,
            "line": {**style, "width": 2.5},
            "marker": {"size": 5},
            "name": title_of(settings, kind),
            "hovertemplate": "%{x} px: %{y:.3f}<extra>%{fullData.name}</extra>",
        }
        for curve, kind, style in zip(curves, settings.all_kinds, styles, strict=True)
    ]
    colors = [style["color"] for style in styles]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [step] * len(colors),
        "y": curves[:, step],
        "marker": {"size": 11, "color": colors, "line": {"color": "white", "width": 1.5}},
        "hoverinfo": "skip",
    }
    names = [f" {title_of(settings, kind)}" for kind in settings.all_kinds]
    heights = _spread(ends.tolist(), 0.075 * top, top)
    return [*lines, dots, _text([8.15] * len(names), heights, names, "middle right", colors)]


def _spread(ends: list[float], gap: float, top: float) -> list[float]:
    """The heights, moved apart until neighbours are ``gap`` from each other, inside the axis."""
    order = sorted(range(len(ends)), key=lambda i: ends[i])
    moved = list(ends)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + gap)
    back = (sum(moved) - sum(ends)) / len(ends)
    back = max(min(back, min(moved)), max(moved) - (top - gap / 2))
    return [y - back for y in moved]


def _whole(settings: Settings) -> Trace:
    """Rings at whole strides, where any pooling is equivariant."""
    places = list(range(settings.stride, 9, settings.stride))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": places,
        "y": [0] * len(places),
        "marker": {"symbol": "circle-open", "size": 15, "color": theme.EXACT},
        "hovertemplate": "%{x} px, a whole number of strides: exactly 0<extra></extra>",
    }


def _apart() -> list[Trace]:
    """How far apart two maps of equal norm are that share no cell: the root of 2."""
    line = {"color": theme.EXACT, "dash": "dash", "width": 1.5}
    ends = {"type": "scatter", "mode": "lines", "x": [0, 8], "y": [2**0.5] * 2, "line": line}
    words = _text([0], [2**0.5 + 0.02], ["no cell in common: 1.41"], "top right", [theme.EXACT])
    return [{**ends, "hoverinfo": "skip"}, words]


def _pixels() -> dict[str, Any]:
    title = {"text": "shift (pixels)"}
    return {"title": title, "range": [-0.3, 11.3], "tickvals": list(range(9))}


def _map(settings: Settings, first: Frame, kind: str) -> Panel:
    """Each place's answer as a digit, on the probability of the true one."""
    table = getattr(first, kind)
    says, truth = table.argmax(-1), table[..., settings.digit]
    shifts = np.arange(-6, 7)
    hover = f"%{{x}} right, %{{y}} down: P({settings.digit}) = %{{text}}"
    heat = clickable(
        truth, shifts, shifts, VERDICT, hover, [f"{p:.2f}" for p in truth.ravel()],
        zmin=0, zmax=1, showscale=False,
    )  # fmt: skip
    right = says.ravel() == settings.digit
    words = [f"{s}" if ok else f"<b>{s}</b>" for s, ok in zip(says.ravel(), right, strict=True)]
    inks = [RIGHT_INK if ok else WRONG_INK for ok in right]
    x, y = np.tile(shifts, 13), np.repeat(shifts, 13)
    digits = _text(x.tolist(), y.tolist(), words, "middle center", inks, 11)
    share = f"{NETWORKS[kind]}: right at {right.sum()} of 169"
    marks = [heat[0], digits, _here(settings), heat[1]]
    return Panel(marks, share, _moves("pixels right"), _down("pixels down"), square=True)


def _here(settings: Settings) -> Trace:
    line = {"color": "#1c2530", "width": 2.5}
    marker = {"symbol": "square-open", "size": 19, "color": "#1c2530", "line": line}
    place = {"x": [settings.dx], "y": [settings.dy], "marker": marker}
    return {"type": "scatter", "mode": "markers", **place, "hoverinfo": "skip"}


def _moves(title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "range": [-6.5, 6.5], "tickvals": [-6, -3, 0, 3, 6]}


def _down(title: str) -> dict[str, Any]:
    return {**_moves(title), "range": [6.5, -6.5]}


def _rings(first: Frame) -> Panel:
    """Share of held-out digits read right, the mean over all places so many pixels off."""
    assert first.accuracy is not None
    off = np.abs(np.arange(-6, 7))
    ring = np.maximum(off[:, None], off[None])
    shares = np.array([[each[ring == r].mean() for r in range(7)] for each in first.accuracy])
    colors = (theme.LEARNED, theme.WARNING)
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": list(range(7)),
            "y": share,
            "line": {"color": color, "width": 2.5, "dash": dash},
            "marker": {"symbol": symbol, "size": 8},
            "name": name,
            "hovertemplate": "%{x} px off: %{y:.1%} right<extra>%{fullData.name}</extra>",
        }
        for share, color, dash, symbol, name in zip(
            shares, colors, ("solid", "dash"), ("circle", "diamond"), NETWORKS.values(), strict=True
        )
    ]
    blind: Trace = {"type": "scatter", "mode": "lines", "x": [0, 6], "y": [0.1, 0.1]}
    blind |= {"line": {"color": theme.EXACT, "dash": "dot", "width": 1.5}, "hoverinfo": "skip"}
    words = _text(
        [3.0, 2.2, 0.1],
        [shares[0, 0] - 0.06, shares[1, 2], 0.05],
        ["convolutional", "  plain", "blind guess"],
        "middle right",
        [*colors, theme.EXACT],
    )
    x = {"title": {"text": "pixels off, right or down"}, "range": [-0.3, 6.3]}
    y = {"title": {"text": "share right"}, "range": [0, 1.05], "tickformat": ".0%"}
    return Panel([*lines, blind, words], "All 2,000 held-out digits", x, y, width=0.9)


def _text(
    x: Sequence[float],
    y: Sequence[float],
    words: Sequence[str],
    position: str,
    colors: Sequence[str] | None = None,
    size: int = 12,
) -> Trace:
    font: dict[str, Any] = {"size": size} | ({"color": list(colors)} if colors else {})
    return {
        "type": "scatter",
        "mode": "text",
        "x": list(x),
        "y": list(y),
        "text": list(words),
        "textposition": position,
        "textfont": font,
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _way(pixels: int, ahead: str, back: str) -> str:
    return f"{abs(pixels)} {ahead if pixels >= 0 else back}"


def title_of(settings: Settings, kind: str) -> str:
    """The kind of pooling as it reads on screen."""
    control = type(settings).controls()["kinds"]
    assert isinstance(control, Choices)  # the further kinds have the same labels
    return control.words(kind)
