"""The latent plane of an autoencoder in training: where images lie in it, what it decodes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words
from core.vae.layout import REACH, SIDE
from core.vae.spec import VARIATIONAL

if TYPE_CHECKING:
    from core.vae.images import Frame, Settings

Trace = dict[str, Any]
ISLANDS = 8
COLORS = (*theme.SERIES, "#8A6A3D", theme.EXACT)  # of the ten classes
CORNERS = 8  # of an ellipse, drawn as a smooth curve through them
TURN = 2.4  # radians from one to the next of those that share a code (the golden angle)
HALO = ", ".join(["0 0 3px #ffffff"] * 4)  # behind dark letters: they read on any ground
NEAR = 0.05  # how far the first of them lie from it, in the picture's units


def plane(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Held-out codes with their one-sigma ellipses, and what the plane decodes to."""
    right = _curved if settings.data == "points" else _tiles
    return figure([_codes(settings, frames, at), right(settings, frames[at])], height=500)


def names(settings: Settings) -> list[str]:
    """The classes as they read on screen; of points the islands."""
    if settings.data == "points":
        return [str(n + 1) for n in range(ISLANDS)]
    return class_names(settings.data)


def size(settings: Settings) -> int:
    """How many numbers a code has in all."""
    return settings.latent_dim * (settings.tokens if settings.kind == "vq-vae" else 1)


def still(settings: Settings) -> bool:
    """Whether the map is the same square at every frame, in the latent numbers' own units."""
    return settings.kind in VARIATIONAL and settings.latent_dim <= 2


def shown(settings: Settings, frame: Frame, places: np.ndarray) -> np.ndarray:
    """Places (..., 2) of the plane as drawn: the map is the square [-3, 3]^2."""
    if still(settings):
        return places
    low, high = frame.reach[:, 0], frame.reach[:, 1]
    return np.asarray((places - (low + high) / 2) * scale(settings, frame), np.float32)


def scale(settings: Settings, frame: Frame) -> float:
    """How much longer a length is drawn than it is."""
    return 1.0 if still(settings) else float(2 * REACH / np.ptp(frame.reach[0]))


def axes(settings: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the plane: the numbers themselves, or the map whatever its size."""
    ends = [-REACH - 0.3, REACH + 0.3]
    if size(settings) == 1:
        return _side(settings, "the latent number", ends), _rows(settings)
    kind = "latent number" if size(settings) == 2 else "principal direction of the codes"
    x, y = (_side(settings, f"{nth} {kind}", ends) for nth in ("first", "second"))
    return x, y


def _side(settings: Settings, title: str, ends: list[float]) -> dict[str, Any]:
    axis = {"title": {"text": title}, "range": ends}
    return axis if still(settings) else {**axis, "showticklabels": False}


def _rows(settings: Settings) -> dict[str, Any]:
    """Of one latent number: a row for each class."""
    all_names = names(settings)
    ticks = {"tickvals": list(range(len(all_names))), "ticktext": all_names}
    return {"title": {"text": "class"}, "range": [len(all_names) - 0.3, -1.9], **ticks}


def _codes(settings: Settings, frames: list[Frame], at: int) -> Panel:
    classes = frames[0].classes
    assert classes is not None
    where, frame = spots(settings, frames, at), frames[at]
    traces = [ellipses(settings, frame, where, classes, n) for n in range(len(names(settings)))]
    traces.append(dots(where, classes, names(settings)))
    traces.append(_named(settings, where, classes))
    traces.append(_width(settings, frame))
    x, y = axes(settings)
    says = "Held-out data in latent space"
    title = f"{says}, with one σ" if settings.kind in VARIATIONAL else says
    return Panel(traces, title, x, y, square=size(settings) > 1, stacked=400)


def spots(settings: Settings, frames: list[Frame], at: int) -> np.ndarray:
    """Where the codes are drawn, (n, 2) float32: of one number, each in the row of its class."""
    classes, frame = frames[0].classes, frames[at]
    assert classes is not None
    where = np.array(shown(settings, frame, frame.codes), np.float32)
    if size(settings) == 1:
        where[:, 1] = classes + ((np.arange(len(classes)) * 0.618034) % 1 - 0.5) * 0.7
    elif settings.kind == "vq-vae":
        where += _apart(frame.codes)
    return where


def _apart(codes: np.ndarray) -> np.ndarray:
    """Steps away from a code for each that shares it, (n, 2): as seeds lie in a sunflower."""
    _, same = np.unique(codes, axis=0, return_inverse=True)
    order = np.argsort(same, kind="stable")
    rank = np.empty(len(codes))
    starts = np.searchsorted(same[order], same[order])
    rank[order] = np.arange(len(codes)) - starts
    turn = TURN * rank
    away = NEAR * np.sqrt(rank)[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    return np.asarray(away, np.float32)


def ellipses(
    settings: Settings, frame: Frame, where: np.ndarray, classes: np.ndarray, label: int
) -> Trace:
    """One standard deviation around each code of a class, to scale; nothing of a plain one's."""
    chosen = (classes == label) & (frame.spread[:, 0] > 0)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": names(settings)[label],
        **_outlines(where[chosen], frame.spread[chosen] * scale(settings, frame),
                    frame.tilt[chosen]),
        "line": {"color": COLORS[label], "width": 1, "shape": "spline"},
        "opacity": 0.45,
        "hoverinfo": "skip",
    }  # fmt: skip


def _outlines(middles: np.ndarray, sigma: np.ndarray, tilt: np.ndarray) -> dict[str, np.ndarray]:
    """Closed curves, one after the other with a gap between: Mahalanobis distance 1 from each."""
    turn = np.linspace(0, 2 * np.pi, CORNERS + 1)
    u, v = np.cos(turn), np.sin(turn)
    up = tilt[:, None] * u + np.sqrt(np.maximum(0, 1 - tilt**2))[:, None] * v
    x = middles[:, :1] + sigma[:, :1] * u
    y = middles[:, 1:] + sigma[:, 1:] * up
    gap = np.full((len(middles), 1), np.nan)
    return {
        "x": np.hstack([x, gap]).ravel().astype(np.float32),
        "y": np.hstack([y, gap]).ravel().astype(np.float32),
    }


def dots(where: np.ndarray, classes: np.ndarray, labels: list[str]) -> Trace:
    """The codes themselves, in the colour of their class."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": where[:, 0],
        "y": where[:, 1],
        "text": [labels[n] for n in classes],
        "marker": {"color": [COLORS[n] for n in classes], "size": 4},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _named(settings: Settings, where: np.ndarray, classes: np.ndarray) -> Trace:
    """Each class by name in the middle of its codes; where there is a row for each, nothing."""
    if settings.kind == "conditional" and size(settings) > 1:
        return _key(settings)
    found = [n for n in np.unique(classes) if size(settings) > 1]
    middles = np.array([np.median(where[classes == n], 0) for n in found]).reshape(-1, 2)
    held = np.clip(middles, -REACH, REACH)
    text = [f"<b>{names(settings)[n]}</b>" for n in found]
    letters = 11 if settings.data == "fashion" else 16
    trace = words(held[:, 0], held[:, 1], text, size=letters)
    trace["textfont"] |= {"color": "#10202c", "shadow": HALO}
    return trace


def _key(settings: Settings) -> Trace:
    """The colours of the classes, above codes that do not lie by class."""
    labels = names(settings)
    x = np.linspace(-REACH, REACH, len(labels))
    y = [REACH + (0.15 if n % 2 or settings.data != "fashion" else 0.0) for n in range(len(x))]
    return words(x, y, labels, size=10, color=list(COLORS[: len(labels)]))


def _width(settings: Settings, frame: Frame) -> Trace:
    """How wide the map is, where that changes from frame to frame."""
    wide = float(np.ptp(frame.reach[0]))
    says = "" if still(settings) else f"the map is {wide:.3g} wide"
    y = -1.4 if size(settings) == 1 else -REACH - 0.15
    return words([REACH], [y], [says], "middle left", 11)


def _tiles(settings: Settings, frame: Frame) -> Panel:
    """Decoded images over the map."""
    if settings.kind == "conditional":
        return _told(settings, frame)
    heat, (wide, high) = sheet_trace(frame.tiles, SIDE)
    if size(settings) == 1:
        return _line(settings, frame, heat, wide, high)
    cell = 2 * REACH / SIDE
    step = cell / (wide / SIDE)
    heat |= {"x0": -REACH + step / 2, "dx": step, "y0": -REACH + step / 2, "dy": step}
    heat["z"] = heat["z"][::-1]
    x, y = axes(settings)
    return Panel([heat], "What each place decodes to", x, y, square=True, stacked=400)


def _told(settings: Settings, frame: Frame) -> Panel:
    """A class a column, and the same code for all of a row."""
    labels = names(settings)
    heat, (wide, high) = sheet_trace(frame.tiles, len(labels))
    cell = wide / len(labels)
    middles = (np.arange(SIDE) + 0.5) * cell
    low, top = frame.reach[min(size(settings), 2) - 1]
    rows = words([-0.15 * cell] * SIDE, middles, [f"{v:.1f}" for v in np.linspace(top, low, SIDE)],
                 "middle left", 11)  # fmt: skip
    places, letters = (np.arange(len(labels)) + 0.5) * cell, 9 if settings.data == "fashion" else 12
    columns = words(places, [-0.3 * cell] * len(labels), labels, size=letters)
    x, y = bare(-0.9 * cell, wide, "class"), bare(high, -0.7 * cell, "latent number")
    title = "One code a row, decoded as each class"
    return Panel([heat, rows, columns], title, x, y, square=True, stacked=400)


def _line(settings: Settings, frame: Frame, heat: Trace, wide: float, high: float) -> Panel:
    """One latent number, from the lowest on, read as a page is."""
    cell = high / SIDE
    low, top = frame.reach[0]
    starts = np.linspace(low, top, SIDE + 1)[:-1]
    rows = words([-0.15 * cell] * SIDE, (np.arange(SIDE) + 0.5) * cell,
                 [f"{v:.1f}" for v in starts], "middle left", 11)  # fmt: skip
    x, y = bare(-0.9 * cell, wide, "latent number"), bare(high, 0, "latent number")
    title = "What the number decodes to, row by row"
    return Panel([heat, rows], title, x, y, square=True, stacked=400)


def _curved(settings: Settings, frame: Frame) -> Panel:
    """Points, given and returned, and the map's lines as they are decoded."""
    traces = [
        cloud(frame.wanted, theme.REAL, "circle", "given", 0.35),
        _lattice(settings, frame),
        cloud(frame.back, theme.GENERATED, "diamond", "returned", 0.6),
        ring_words(),
    ]
    title = "Given (blue), returned (orange), map (green)"
    return Panel(traces, title, *space(), square=True, stacked=400)


def cloud(points: np.ndarray, color: str, mark: str, name: str, opacity: float) -> Trace:
    """Points of the data's plane."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": points[:, 0],
        "y": points[:, 1],
        "marker": {"color": color, "symbol": mark, "size": 5, "opacity": opacity},
        "hovertemplate": "(%{x:.2f}, %{y:.2f})<extra>%{fullData.name}</extra>",
    }


def ring_words() -> Trace:
    """The islands' numbers, outside the ring."""
    turn = 2 * np.pi * np.arange(ISLANDS) / ISLANDS
    text = [str(n + 1) for n in range(ISLANDS)]
    return words(2.6 * np.cos(turn), 2.6 * np.sin(turn), text, size=13)


def space() -> tuple[dict[str, Any], dict[str, Any]]:
    """Axes of the data's plane."""
    x, y = ({"title": {"text": f"x{n}"}, "range": [-3.0, 3.0]} for n in (1, 2))
    return x, y


def _lattice(settings: Settings, frame: Frame) -> Trace:
    """The map's rows and columns as lines; of one latent number a curve, told the class, one each.

    What lies outside the picture is left out.
    """
    grid = frame.tiles.reshape(SIDE, -1, 2)
    if settings.kind == "conditional":
        lines = [grid.swapaxes(0, 1)]
    elif size(settings) == 1:
        lines = [frame.tiles[None]]
    else:
        lines = [grid, grid.swapaxes(0, 1)]
    parts = [np.concatenate([a, np.full((len(a), 1, 2), np.nan)], 1).reshape(-1, 2) for a in lines]
    points = np.concatenate(parts).astype(np.float32)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "the map's lines",
        "x": points[:, 0],
        "y": points[:, 1],
        "line": {"color": theme.LEARNED, "width": 1.5},
        "hoverinfo": "skip",
    }
