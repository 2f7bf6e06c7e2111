"""What comes back from an autoencoder in training, and what draws from the prior become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words
from core.vae import images_plane
from core.vae.images_plane import Trace, cloud, ring_words, scale, shown, size, space
from core.vae.images_scales import objective_range, step_axis

if TYPE_CHECKING:
    from core.vae.images import Frame, Settings

ACROSS = 5  # images in a row


def back(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Data as they are, as they went in and as they came out; and the objective."""
    first = _points if settings.data == "points" else _images
    return figure([first(settings, frames[at]), _objective(settings, frames, at)])


def _images(settings: Settings, frame: Frame) -> Panel:
    """Ten images in two halves, three rows each."""
    parts = [
        images[half : half + ACROSS]
        for half in (0, ACROSS)
        for images in (frame.wanted, frame.given, frame.back)
    ]
    heat, (wide, high) = sheet_trace(np.concatenate(parts), ACROSS)
    cell = wide / ACROSS
    says = ["original", _given(settings), "returned"] * 2
    colors = [theme.REAL, theme.EXACT, theme.GENERATED] * 2
    labels = words([-0.1 * cell] * 6, (np.arange(6) + 0.5) * cell, says, "middle left", 12, colors)
    x, y = bare(-1.5 * cell, wide, "column"), bare(high, 0, "row")
    title = "Images it never saw, and what comes back"
    return Panel([heat, labels], title, x, y, square=True, width=1.1)


def _given(settings: Settings) -> str:
    """What is done to an image before it goes in."""
    if settings.kind == "denoising":
        return "with noise"
    grey = settings.kind == "autoencoder" or settings.likelihood == "gaussian"
    return "given" if grey else "in black<br>and white"


def _points(settings: Settings, frame: Frame) -> Panel:
    gap = np.full((len(frame.given), 1, 2), np.nan)
    way = np.concatenate([frame.given[:, None], frame.back[:, None], gap], 1).reshape(-1, 2)
    moved: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": way[:, 0].astype(np.float32),
        "y": way[:, 1].astype(np.float32),
        "line": {"color": theme.EXACT, "width": 1},
        "opacity": 0.5,
        "hoverinfo": "skip",
    }
    traces = [
        cloud(frame.given, theme.REAL, "circle", "given", 0.5),
        moved,
        cloud(frame.back, theme.GENERATED, "diamond", "returned", 0.7),
        ring_words(),
    ]
    title = "Points (blue), and what comes back (orange)"
    return Panel(traces, title, *space(), square=True, width=1.1)


def _objective(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """What is minimised, against steps."""
    low, high = objective_range(settings, frames[0])
    values = np.array([f.metrics["objective"] for f in frames])
    held = np.clip(values, low, high)
    traces = [
        line(frames, held, "objective", theme.LEARNED),
        dots(frames[at], [float(held[at])], [theme.LEARNED]),
        words([settings.steps], [high], [_told(frames[at])], "bottom left", 12),
    ]
    y = {"title": {"text": "nats an image"}, "range": [low, high + 0.02 * (high - low)]}
    title = "What it minimises, on training images"
    if settings.data == "points":
        title = "What it minimises, on training points"
    return Panel(traces, title, step_axis(settings.steps), y, width=0.9)


def _told(frame: Frame) -> str:
    return f"step {frame.step:,}<br>objective {frame.metrics['objective']:.1f}"


def samples(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """What draws from the prior are decoded to, and where they lie among the codes."""
    first = _made_points if settings.data == "points" else _made
    return figure([first(settings, frames[at]), _among(settings, frames, at)])


def _made(settings: Settings, frame: Frame) -> Panel:
    heat, (wide, high) = sheet_trace(frame.drawn, ACROSS)
    cell = wide / ACROSS
    metrics = frame.metrics
    says = f"step {frame.step:,}: {metrics['classes']:.0f} of 10 kinds, "
    says += f"{metrics['readable']:.0%} readable"
    told = words([wide / 2], [high + 0.25 * cell], [says], "middle center", 13)
    x, y = bare(0, wide, "column"), bare(high + 0.5 * cell, 0, "row")
    return Panel([heat, told], f"Decoded from {_prior(settings)}", x, y, square=True, width=1.1)


def _prior(settings: Settings) -> str:
    """What is drawn, in a word or two."""
    return "entries of the book" if settings.kind == "vq-vae" else "random codes"


def _made_points(settings: Settings, frame: Frame) -> Panel:
    says = f"step {frame.step:,}: {frame.metrics['high_quality']:.0%} near an island"
    traces = [
        cloud(frame.wanted, theme.REAL, "circle", "real", 0.35),
        cloud(frame.drawn, theme.GENERATED, "diamond", "decoded", 0.7),
        words([0], [-2.85], [says], "middle center", 13),
    ]
    title = f"Decoded from {_prior(settings)} (orange)"
    return Panel(traces, title, *space(), square=True, width=1.1)


def _among(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """The draws among the codes; of a normal prior, its circles of one, two and three sigma."""
    classes, frame = frames[0].classes, frames[at]
    assert classes is not None
    where = images_plane.spots(settings, frames, at)
    codes = images_plane.dots(where, classes, images_plane.names(settings))
    drawn = np.array(shown(settings, frame, frame.drawn_at), np.float32)
    if size(settings) == 1:
        drawn[:, 1] = -1
    traces = [{**codes, "opacity": 0.6}, _circles(settings, frame), _draws(drawn)]
    x, y = images_plane.axes(settings)
    ring = "" if settings.kind == "vq-vae" else ", and 1, 2, 3 σ of the prior"
    title = f"The draws (orange){ring}"
    return Panel(traces, title, x, y, square=size(settings) > 1, stacked=400)


def _draws(where: np.ndarray) -> Trace:
    marker = {"color": theme.GENERATED, "symbol": "diamond", "size": 9}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "drawn",
        "x": where[:, 0],
        "y": where[:, 1],
        "marker": marker | {"line": {"color": "white", "width": 1}},
        "hovertemplate": "drawn<extra></extra>",
    }


def _circles(settings: Settings, frame: Frame) -> Trace:
    """Of a standard normal prior as seen in the plane; of one number, upright lines."""
    middle = shown(settings, frame, -frame.plane[0] @ frame.plane[1:].T)
    turn = np.append(np.linspace(0, 2 * np.pi, 49), np.nan)
    radii = np.array([1, 2, 3]) * scale(settings, frame)
    x = middle[0] + radii[:, None] * np.cos(turn)
    y = middle[1] + radii[:, None] * np.sin(turn)
    if size(settings) == 1:
        ends = middle[0] + np.concatenate([-radii, radii])
        x = np.stack([ends, ends, np.full(6, np.nan)], 1)
        y = np.tile([-1.9, len(images_plane.names(settings)), np.nan], (6, 1))
    if settings.kind == "vq-vae":
        x, y = np.empty(0), np.empty(0)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x.ravel().astype(np.float32),
        "y": y.ravel().astype(np.float32),
        "line": {"color": theme.EXACT, "width": 1.5, "dash": "dash"},
        "hoverinfo": "skip",
    }


def line(
    frames: list[Frame], values: np.ndarray, name: str, color: str, dash: str = "solid"
) -> Trace:
    """Values (F,) against steps."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.array([frame.step for frame in frames]),
        "y": np.asarray(values, np.float32),
        "line": {"color": color, "dash": dash, "width": 2},
        "hovertemplate": "step %{x}: %{y:.4g}<extra>%{fullData.name}</extra>",
    }


def dots(frame: Frame, values: list[float], colors: list[str]) -> Trace:
    """A dot on each line at one frame."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [frame.step] * len(values),
        "y": values,
        "marker": {"color": colors, "size": 9, "line": {"color": "white", "width": 1}},
        "hoverinfo": "skip",
    }
