"""The chosen layer's maps, what one of its neurons sees of the image, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.nets import stored
from core.nets.spec import Spec
from core.plot import theme
from core.plot.packed import packed
from core.plot.panels import Panel, figure
from core.pooling.layers_shape import Layer, Place, Span, layers_of, supports
from core.pooling.sheets import CLEAR, bare, heat, sheet

if TYPE_CHECKING:
    from core.pooling.layers import Frame, Settings

DARK, LIGHT = "#10141a", "#ffffff"
MAPS = [[0.0, theme.REAL], [0.5, DARK], [1.0, LIGHT]]  # below zero blue, above it light
PINK = [[0.0, CLEAR.replace("0,0,0", "204,121,167")], [1.0, "rgba(204,121,167,0.95)"]]
OUTLINE = theme.GENERATED
Trace = dict[str, Any]


def shape_of(frame: Frame) -> tuple[list[Layer], Place]:
    """The network's layers and the neuron."""
    spec = Spec(**stored.spec_of({"spec": frame.spec}))
    return layers_of(spec), Place(*frame.place.tolist())


def value_of(layers: list[Layer], place: Place) -> dict[str, Any]:
    """A neuron as the settings that name it."""
    return {"layer": layers[place.layer].name, **dict(list(place._asdict().items())[1:])}


def overlay(frame: Frame) -> np.ndarray:
    """Sizes of the gradient as bytes, 255 the largest; bent, so that small ones show as well."""
    sizes = np.abs(frame.gradient)
    most = float(sizes.max()) or 1.0
    return np.asarray((sizes / most) ** 0.75 * 255).round().astype(np.uint8)


def payload(settings: Settings, frame: Frame) -> dict[str, Any]:
    """What the stage is sent."""
    layers, place = shape_of(frame)
    sent = [
        {
            "name": layer.name,
            "title": layer.title,
            "words": layer.words,
            "mixes": layer.kind == "convolution",
            "own": list(layer.own),
            "scale": float(scale),
            "maps": packed(getattr(frame, layer.field)),
        }
        for layer, scale in zip(layers, frame.scales, strict=True)
    ]
    return {
        "value": value_of(layers, place),
        "title": f"Image {settings.image}",
        "image": packed(frame.image),
        "gradient": packed(overlay(frame)),
        "silent": not frame.gradient.any(),
        "mean": settings.overlay == "mean",
        "layers": sent,
        "number": f"{frame.metrics['value']:.4g}",
        "names": [str(n) for n in range(len(frame.probabilities))],
        "probabilities": [round(float(p), 6) for p in frame.probabilities],
    }


def inside(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The image with the neuron's field and gradient, its layer's maps, the probabilities."""
    frame = frames[at]
    layers, place = shape_of(frame)
    return figure([_input(frame, layers, place), _mosaic(frame, layers, place), _answer(frame)])


def _input(frame: Frame, layers: list[Layer], place: Place) -> Panel:
    side = len(frame.image)
    rows, columns = (supports(layers, place.layer, at, side)[0] for at in (place.row, place.column))
    field = layers[place.layer].words
    traces = [
        _pixels(frame.image, [[0.0, DARK], [1.0, LIGHT]], "brightness %{z}"),
        {**_pixels(overlay(frame), PINK, ""), "hoverinfo": "skip"},
        _frame(rows, columns, 3),
    ]
    sees = f"{rows[1] - rows[0] + 1}×{columns[1] - columns[0] + 1} of {side}×{side} pixels"
    title = f"What it sees: {sees}<br><sup>gradient of {field} in pink</sup>"
    return Panel(traces, title, *_axes(side), square=True)


def _pixels(values: np.ndarray, scale: list[list[Any]], says: str) -> Trace:
    return {
        "type": "heatmap",
        "z": values,
        "zmin": 0,
        "zmax": 255,
        "colorscale": scale,
        "showscale": False,
        "hovertemplate": f"row %{{y}}, column %{{x}}: {says}<extra></extra>",
    }


def _axes(side: int) -> tuple[dict[str, Any], dict[str, Any]]:
    plain = {"showgrid": False, "showticklabels": False}
    x = {"range": [-0.5, side - 0.5], "title": {"text": "column"}, **plain}
    y = {"range": [side - 0.5, -0.5], "title": {"text": "row"}, **plain}
    return x, y


def _frame(rows: Span, columns: Span, width: float) -> Trace:
    """The outline of these rows and columns, the first and last of them inside."""
    top, bottom = rows[0] - 0.5, rows[1] + 0.5
    left, right = columns[0] - 0.5, columns[1] + 0.5
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [left, right, right, left, left],
        "y": [top, top, bottom, bottom, top],
        "line": {"color": OUTLINE, "width": width},
        "hoverinfo": "skip",
    }


def _mosaic(frame: Frame, layers: list[Layer], place: Place) -> Panel:
    """All maps of the layer, in a square of tiles; places of the maps are the axes' unit."""
    layer = layers[place.layer]
    maps: np.ndarray = getattr(frame, layer.field)
    across = int(np.ceil(np.sqrt(len(maps))))
    step = layer.side + max(1, layer.side // 9)
    z = sheet(maps, across, step - layer.side)
    tiles, cells = [], []
    for first, at in zip(divmod(place.channel, across), (place.row, place.column), strict=True):
        tiles.append((step * first, step * first + layer.side - 1))
        cells.append((step * first + at, step * first + at))
    traces = [heat(z, MAPS, (-0.5, -0.5))]
    traces += [_frame(tiles[0], tiles[1], 1), _frame(cells[0], cells[1], 2)]
    x = bare(-0.5, z.shape[1] - 0.5, "maps of the layer")
    y = bare(z.shape[0] - 0.5, -0.5, "maps of the layer")
    value = f"{frame.metrics['value']:.3g}"
    says = f"channel {place.channel}, row {place.row}, column {place.column}: {value}"
    title = f"{layer.heading}: {len(maps)} maps<br><sup>{says}; blue below 0</sup>"
    return Panel(traces, title, x, y, square=True)


def _answer(frame: Frame) -> Panel:
    best = int(frame.metrics["answer"])
    shares = np.asarray(frame.probabilities, np.float32)
    bars = {
        "type": "bar",
        "x": np.arange(len(shares)),
        "y": shares,
        "marker": {
            "color": theme.LEARNED,
            "opacity": [1.0 if n == best else 0.45 for n in range(len(shares))],
        },
        "text": [f"{p:.1%}" if p >= 0.01 else "" for p in shares],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{x}: %{y:.2%}<extra></extra>",
    }
    x = {"range": [-0.6, 9.6], "dtick": 1, "title": {"text": "digit"}, "showgrid": False}
    y = {"range": [0, 1.12], "tickformat": ".0%", "title": {"text": "probability"}}
    return Panel([bars], f"Probability of each digit: read as {best}", x, y)
