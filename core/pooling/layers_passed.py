"""How much each layer passes on: its zeros, and how its numbers are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.pooling.layers_figures import shape_of
from core.pooling.layers_shape import ZERO, Layer

if TYPE_CHECKING:
    from core.pooling.layers import Frame, Settings

BINS = 51  # of five bytes each: the middle one holds 0
COLOURS = {"convolution": theme.REAL, "activation": theme.GENERATED, "pooling": theme.LEARNED}


def passed(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The share of zeros and the histogram of each layer, from the first at the top."""
    layers, _ = shape_of(frames[at])
    return figure([_zeros(frames[at], layers), _spread(frames[at], layers)])


def _zeros(frame: Frame, layers: list[Layer]) -> Panel:
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": frame.zeros,
        "y": np.arange(len(layers)),
        "marker": {"color": [COLOURS[layer.kind] for layer in layers]},
        "text": [f"{share:.0%}" for share in frame.zeros],
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [layer.channels * layer.side**2 for layer in layers],
        "hovertemplate": "%{x:.1%} of %{customdata:,} numbers<extra></extra>",
    }
    x = {"range": [0, 1.12], "tickformat": ".0%", "title": {"text": "share that is exactly 0"}}
    return Panel([bars], "Zeros: nothing found there", x, _rows(layers))


def _spread(frame: Frame, layers: list[Layer]) -> Panel:
    shares = np.stack([histogram(getattr(frame, layer.field)) for layer in layers])
    heat = {
        "type": "heatmap",
        "x": np.linspace(-1, 1, BINS, dtype=np.float32),
        "y": np.arange(len(layers)),
        "z": np.sqrt(shares).astype(np.float32),
        "customdata": shares.astype(np.float32),
        "zmin": 0,
        "zmax": 0.7,
        "colorscale": theme.HEIGHTS,
        "showscale": False,
        "ygap": 2,
        "hovertemplate": "%{x:.2f} of the largest: %{customdata:.1%}<extra></extra>",
    }
    x = {"range": [-1.02, 1.02], "title": {"text": "number, as a part of the layer's largest"}}
    title = "How its numbers are spread: brighter, more of them"
    return Panel([heat], title, x, _rows(layers), width=1.5)


def histogram(maps: np.ndarray) -> np.ndarray:
    """Shares (51,) of a layer's numbers by size, from minus its largest to plus that."""
    counts = np.bincount(maps.ravel(), minlength=2 * ZERO + 1)
    return np.asarray(counts.reshape(BINS, -1).sum(1) / counts.sum())


def _rows(layers: list[Layer]) -> dict[str, Any]:
    return {
        "range": [len(layers) - 0.5, -0.5],
        "tickvals": list(range(len(layers))),
        "ticktext": [_short(layer) for layer in layers],
        "title": {"text": "layer", "standoff": 4},
        "showgrid": False,
    }


def _short(layer: Layer) -> str:
    return f"act {layer.name[-1]}" if layer.kind == "activation" else layer.title
