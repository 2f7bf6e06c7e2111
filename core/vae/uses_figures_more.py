"""Pictures of cleaned images, of two numbers for an image, and of new designs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import words
from core.vae.plane_layout import COLORS
from core.vae.uses_figures import halves
from core.vae.uses_layout import CLEANERS, LEVELS, MIDDLE, PLANES, STEPS

if TYPE_CHECKING:
    from core.vae.uses import Frame, Settings

Trace = dict[str, Any]
LINES = {
    "noisy": (theme.EXACT, "dot"),
    "blur": (theme.SERIES[3], "dash"),
    "median": (theme.SERIES[7], "dashdot"),
    "denoising": (theme.LEARNED, "solid"),
    "vae": (theme.GENERATED, "solid"),
    "vae-16": (theme.SERIES[5], "dash"),
}
MOST_ERROR = 0.25


def cleaned(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Ten digits: clean, noisy, and by every way to clean them."""
    frame = frames[at]
    assert frame.wanted is not None and frame.cleaned is not None
    images = np.concatenate([frame.wanted[None], frame.cleaned])
    says = [f"{name}: {frame.metrics[f'error/{key}']:.3f}" for key, name in CLEANERS.items()]
    says[0] = says[0].replace(CLEANERS["noisy"], "noisy")
    says = [text.replace(", ", ",<br>").replace(" 3x3", "<br>3x3") for text in says]
    titles = (f"Noise {settings.noise:g}, cleaned", "The numbers: mean squared error a pixel")
    return figure(halves(images, ["clean", *says], titles, 2.9, 370), height=500)


def errors(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Error of every way against the noise, and the noise that is chosen."""
    frame = frames[at]
    assert frame.curves is not None
    x = np.array(LEVELS, np.float32)
    traces: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": CLEANERS[key],
            "x": x,
            "y": frame.curves[n],
            "line": {"color": color, "dash": dash, "width": 2.5},
            "hovertemplate": "noise %{x:.1f}: %{y:.3f}<extra>%{fullData.name}</extra>",
        }
        for n, (key, (color, dash)) in enumerate(LINES.items())
    ]
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": "chosen noise",
            "showlegend": False,
            "x": [settings.noise] * 2,
            "y": [0, MOST_ERROR],
            "line": {"color": theme.EXACT, "width": 1},
            "hoverinfo": "skip",
        }
    )
    axis = {"title": {"text": "noise (standard deviation a pixel)"}, "range": [0, 1]}
    y = {"title": {"text": "mean squared error a pixel"}, "range": [0, MOST_ERROR]}
    panel = Panel(traces, "Error by the noise; lower is better", axis, y)
    legend = {"x": 0.01, "y": 0.88, "yanchor": "top", "font": {"size": 11}}
    legend |= {"bgcolor": "rgba(0,0,0,0)"}
    return figure([panel], showlegend=True, legend=legend)


def planes(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The same images in three planes, coloured by class."""
    frame = frames[at]
    names = class_names(settings.data)
    return figure([_plane(frame, n, names) for n in range(len(PLANES))], height=400)


def _plane(frame: Frame, which: int, names: list[str]) -> Panel:
    assert frame.places is not None and frame.classes is not None
    places, key = frame.places[which], list(PLANES)[which]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": places[:, 0],
        "y": places[:, 1],
        "marker": {"size": 5, "opacity": 0.7, "color": [COLORS[n] for n in frame.classes]},
        "text": [names[n] for n in frame.classes],
        "hovertemplate": "%{text}<extra></extra>",
    }
    middles = [np.median(places[frame.classes == n], 0) for n in range(len(names))]
    at = np.array(middles)
    labels = words(at[:, 0], at[:, 1], [f"<b>{name}</b>" for name in names], size=15)
    labels["textfont"] |= {"shadow": "auto"}  # legible over the points, on either ground
    low, high = places.min(0), places.max(0)
    room = 0.04 * (high - low)
    axes = [
        {"range": [float(low[n] - room[n]), float(high[n] + room[n])], "showticklabels": False}
        for n in (0, 1)
    ]
    title = f"{PLANES[key]}: {frame.metrics[f'right/{key}']:.0%} among their like"
    first, second = _axes_of(key)
    x, y = {**axes[0], "title": {"text": first}}, {**axes[1], "title": {"text": second}}
    return Panel([dots, labels], title, x, y)


def _axes_of(key: str) -> tuple[str, str]:
    return {
        "vae": ("first latent number", "second latent number"),
        "pca": ("first principal component", "second principal component"),
        "tsne": ("t-SNE, first (no unit)", "t-SNE, second (no unit)"),
    }[key]


def back(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """What comes back from two numbers, by VAE and PCA; t-SNE has no way back."""
    frame = frames[at]
    assert frame.wanted is not None and frame.back is not None
    m = frame.metrics
    images = np.concatenate([frame.wanted[None], frame.back])
    says = [
        "as it is",
        f"VAE, two<br>numbers: {m['error/vae']:.3f}",
        f"PCA, two<br>numbers: {m['error/pca']:.3f}",
    ]
    titles = ("From two numbers; mean squared error a pixel", "t-SNE has no way back")
    return figure(halves(images, says, titles, 1.9, 260), height=320)


def walk(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The way between two designs, the nearest training images, and one faded into the other."""
    frame = frames[at]
    assert frame.walk is not None and frame.nearest is not None and frame.fade is not None
    images = np.stack([frame.walk, frame.nearest, frame.fade])
    says = ["decoded on<br>the way", "nearest in<br>training", "faded, pixel<br>by pixel"]
    titles = ("From one design to another: steps 1 to 5", "Steps 6 to 10")
    panels = halves(images, says, titles, 1.8, 270)
    return figure([_read(frame, panel, n) for n, panel in enumerate(panels)], height=340)


def _read(frame: Frame, panel: Panel, half: int) -> Panel:
    """The panel with what is read in its first row under it."""
    assert frame.read is not None
    names, count = class_names("fashion"), STEPS // 2
    wide, high = panel.x["range"][1], panel.y["range"][0]
    across = (np.arange(count) + 0.5) * wide / count
    text = [names[n].replace(" ", "<br>") for n in frame.read[half * count : (half + 1) * count]]
    below = [high + 6.0] * count
    traces = [
        *panel.traces,
        words(across, below, text, size=10),
        words([-3], below[:1], ["row 1 is read"], "middle left"),
    ]
    return replace(panel, traces=traces, y={**panel.y, "range": [high + 12, 0]})


def new(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """How far each step is from the nearest training image, beside unseen images."""
    frame = frames[at]
    assert frame.distances is not None and frame.unseen is not None
    steps = np.arange(1, STEPS + 1, dtype=np.float32)
    dots = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "on the way",
        "x": steps,
        "y": frame.distances,
        "line": {"color": theme.GENERATED, "width": 2},
        "marker": {"color": theme.GENERATED, "symbol": "diamond", "size": 9},
        "hovertemplate": "step %{x}: %{y:.2f}<extra></extra>",
    }
    low, middle, high = (float(v) for v in np.percentile(frame.unseen, (10, 50, 90)))
    top = 1.15 * max(high, float(frame.distances.max()))
    level = {
        "type": "scatter",
        "mode": "lines",
        "name": "unseen images, decoded: the median",
        "x": [0.5, STEPS + 0.5],
        "y": [middle] * 2,
        "line": {"color": theme.REAL, "dash": "dash", "width": 2},
    }
    band = {"type": "rect", "x0": 0.5, "x1": STEPS + 0.5, "y0": low, "y1": high, "line_width": 0}
    band = {**band, "fillcolor": theme.REAL, "opacity": 0.12, "layer": "below"}
    inner = {"type": "rect", "x0": MIDDLE.start + 0.5, "x1": MIDDLE.stop + 0.5, "y0": 0, "y1": top}
    inner |= {"line_width": 0, "fillcolor": theme.EXACT, "opacity": 0.1, "layer": "below"}
    says = words(
        [STEPS + 0.4, 5.5],
        [low - 0.02 * top, 0.05 * top],
        ["unseen images, decoded: 8 in 10, and median", "the middle"],
        "middle left",
        12,
        [theme.REAL, theme.EXACT],
    )
    says["textposition"] = ["bottom left", "middle center"]
    x = {"title": {"text": "step of the way"}, "range": [0.5, STEPS + 0.5], "dtick": 1}
    y = {"title": {"text": "distance to the nearest training image"}, "range": [0, top]}
    return figure([Panel([dots, level, says], "Copies would lie at 0", x, y, shapes=[band, inner])])
