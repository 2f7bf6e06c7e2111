"""Pictures of a drawing and of what a network reads in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data import drawing
from core.experiment import Figure
from core.plot import theme
from core.plot.packed import packed
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.pooling.classify import Frame, Settings

INK = [[0.0, "#10141a"], [1.0, "#ffffff"]]  # light on dark, as MNIST is shown
_BARE = {"showgrid": False, "showticklabels": False}


def payload(settings: Settings, frame: Frame) -> dict[str, Any]:
    """What the drawing pad is sent."""
    answer, sure = int(frame.metrics["answer"]), frame.metrics["confidence"]
    empty = frame.metrics["ink"] == 0
    told = "Nothing is drawn; it still says" if empty else "It reads"
    return {
        "value": {"drawing": settings.drawing},
        "names": [str(n) for n in range(10)],
        "probabilities": [float(f"{p:.6g}") for p in frame.probabilities],
        "seen": packed(frame.seen),
        "told": told,
        "answer": [answer, round(sure, 6)],
    }


def verdict(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The drawing, what the network sees of it, and the ten probabilities."""
    frame = frames[at]
    drawn = _image(drawing.decode(settings.drawing), "The drawing")
    seen = _image(frame.seen / np.float32(255), "What the network sees")
    return figure([drawn, seen, _bars(frame)])


def _image(values: np.ndarray, title: str) -> Panel:
    side = len(values)
    heat = {
        "type": "heatmap",
        "z": np.asarray(values, np.float32),
        "zmin": 0,
        "zmax": 1,
        "colorscale": INK,
        "showscale": False,
        "hovertemplate": "row %{y}, column %{x}: %{z:.2f}<extra></extra>",
    }
    x = {"range": [-0.5, side - 0.5], "title": {"text": "column"}, **_BARE}
    y = {"range": [side - 0.5, -0.5], "title": {"text": "row"}, **_BARE}
    return Panel([heat], title, x, y, square=True)


def _bars(frame: Frame) -> Panel:
    share = np.asarray(frame.probabilities, np.float32)
    best = int(frame.metrics["answer"])
    bars = {
        "type": "bar",
        "x": np.arange(10),
        "y": share,
        "marker": {
            "color": theme.LEARNED,
            "opacity": [1.0 if n == best else 0.45 for n in range(10)],
        },
        "text": [f"{p:.1%}" if p >= 0.01 else "" for p in share],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{x}: %{y:.2%}<extra></extra>",
    }
    x = {"range": [-0.6, 9.6], "dtick": 1, "title": {"text": "digit"}, "showgrid": False}
    y = {"range": [0, 1.12], "tickformat": ".0%", "title": {"text": "probability"}}
    return Panel([bars], "Probability of each digit", x, y)
