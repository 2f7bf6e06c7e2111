"""Pictures of a network in training: the border, the losses, the units, the gradients, the plane.

The digits have their own pictures in ``digits_figures``, with as many panels, so that two runs
can be laid one above the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.optimizers import digits_figures, drawing
from core.optimizers.curves import Trace, curve, decades, marker, spread, step_axis, text
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.optimizers.network import Frame, Settings

FLOOR, TOP = 1e-4, 30.0  # of the loss axis, in nats; the words stand above the curves
ROOM = 2.5  # times between two words at the ends of the losses: 19 pixels when stacked
TRAIN, TEST = theme.LEARNED, theme.SERIES[7]
BLUE_ORANGE = ((theme.REAL, "circle"), (theme.GENERATED, "diamond"))  # the classes


def learn(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The answer over the plane (or some digits with the guesses), and the losses."""
    first = digits_figures.gallery if settings.data == "digits" else _plane
    return figure([first(frames, at), _losses(settings, frames, at)])


def neurons(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The network drawn, or what its first layer looks for in a digit."""
    if settings.data == "digits":
        return figure([digits_figures.inside(frames, at)])
    return figure([drawing.network(settings.layers, frames[at])])


def gradients(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Length of the gradient of each layer, of all, and its noise from batch to batch."""
    now = frames[at]
    names = [name for name in now.metrics if name.startswith("grad_norm/")]
    traces = [curve(frames, name, theme.series(n)) for n, name in enumerate(names)]
    noise = {"color": theme.EXACT, "dash": "dot"}
    traces.append(curve(frames, "gradient_noise", noise))
    colors = [theme.series(n)["color"] for n in range(len(names))] + [theme.EXACT]
    traces += [_ends(names, frames[-1]), marker(now, [*names, "gradient_noise"], colors)]
    y = decades("length of the gradient", 1e-5, 10)
    return figure(
        [Panel(traces, "The gradient, layer by layer", step_axis(settings.steps, 1.16), y)]
    )


def _plane(frames: list[Frame], at: int) -> Panel:
    x, y, surface = frames[0].x, frames[0].y, frames[at].surface
    assert x is not None and y is not None and surface is not None
    answer = {
        "type": "heatmap",
        "z": surface,
        "x0": -1,
        "dx": 2 / (len(surface) - 1),
        "y0": -1,
        "dy": 2 / (len(surface) - 1),
        "zmin": 0,
        "zmax": 1,
        "zsmooth": "best",
        "colorscale": theme.DIVERGING,
        "opacity": 0.6,  # the data stand out from it
        "showscale": False,
        "hovertemplate": "P(orange) = %{z:.2f}<extra></extra>",
    }
    dots = [_dots(x[y == label], *BLUE_ORANGE[label]) for label in (0, 1)]
    title = "The data, and the network's answer"
    return Panel([answer, *dots], title, _side("x1"), _side("x2"), square=True)


def _dots(x: np.ndarray, color: str, symbol: str) -> Trace:
    marker = {"color": color, "symbol": symbol, "size": 6, "line": {"color": "white", "width": 1}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x[:, 0],
        "y": x[:, 1],
        "marker": marker,
        "hoverinfo": "skip",
    }


def _losses(settings: Settings, frames: list[Frame], at: int) -> Panel:
    now = frames[at].metrics
    words = (
        f"step {frames[at].step:,}<br>"
        f"right in training {now['train_accuracy']:.1%}<br>right in test {now['test_accuracy']:.1%}"
    )
    traces = [
        curve(frames, "train_loss", {"color": TRAIN, "dash": "solid"}),
        curve(frames, "test_loss", {"color": TEST, "dash": "dash"}),
        _loss_ends(frames[-1]),
        marker(frames[at], ["train_loss", "test_loss"], (TRAIN, TEST)),
        text([1.1 * settings.steps], [TOP * 0.8], [words], "bottom left"),
    ]
    y = decades("loss (nats, log scale)", FLOOR, TOP)
    return Panel(
        traces,
        "Loss, training and test (no closed form here)",
        step_axis(settings.steps, 1.14),
        y,
        width=1.15,
    )


def _side(name: str) -> dict[str, Any]:
    return {"title": {"text": name}, "range": [-1.02, 1.02], "tickvals": [-1, 0, 1]}


def _loss_ends(last: Frame) -> Trace:
    ends = [max(last.metrics[name], FLOOR) for name in ("train_loss", "test_loss")]
    apart = ends[1] / ends[0]
    if 1 / ROOM < apart < ROOM:  # too near for two lines of text
        middle, half = float(np.sqrt(ends[0] * ends[1])), ROOM**0.5
        ends = [middle / half, middle * half] if apart >= 1 else [middle * half, middle / half]
    return text([last.step] * 2, ends, [" training", " test"], "middle right", [TRAIN, TEST])


def _ends(names: Sequence[str], last: Frame) -> Trace:
    words = [f" weights {n}" for n in range(1, len(names) + 1)] + [" noise"]
    ends = spread([last.metrics[name] for name in [*names, "gradient_noise"]])
    colors = [theme.series(n)["color"] for n in range(len(names))] + [theme.EXACT]
    return text([last.step] * len(words), ends, words, "middle right", colors)
