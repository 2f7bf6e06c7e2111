"""The graph of a neuron or a small network with its values and gradients, its lines, its loss."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.controls import Slider
from core.experiment import Figure
from core.optimizers.backward import EDGES, NODES, factors, values, weights
from core.optimizers.neuron_plane import plane
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.optimizers.backprop import Frame, Settings

FORWARD, BACK = theme.LEARNED, theme.GRADIENT
PLACES: dict[str, dict[str, tuple[float, float]]] = {
    "neuron": {
        "x1": (0, 1.2),
        "x2": (0, 0),
        "one": (0, -1.2),
        "z": (2.0, 0),
        "a": (3.1, 0),
        "L": (4.1, 0),
    },
    "net": {
        "x1": (0, 1.3),
        "x2": (0, 0),
        "one": (0, -1.3),
        "h1": (2.1, 0.95),
        "h2": (2.1, -0.95),
        "one'": (3.4, -1.35),
        "y": (3.4, 0),
        "L": (4.15, 0),
    },
}
WIRES: dict[str, dict[str, tuple[str, str]]] = {
    "neuron": {"w1": ("x1", "z"), "w2": ("x2", "z"), "b": ("one", "z")},
    "net": {
        "w11": ("x1", "h1"),
        "w12": ("x1", "h2"),
        "w21": ("x2", "h1"),
        "w22": ("x2", "h2"),
        "b1": ("one", "h1"),
        "b2": ("one", "h2"),
        "v1": ("h1", "y"),
        "v2": ("h2", "y"),
        "c": ("one'", "y"),
    },
}
AFTER = {"neuron": (("z", "a"), ("a", "L")), "net": (("y", "L"),)}
ALONG = {"neuron": 0.5, "net": 0.68, "last": 0.5}  # where on its edge a weight's numbers stand
ROOM = (0.38, 0.17)  # half of the gap in the edge around them
BUTTON = (2.05, -2.85, 0.75, 0.24)  # of "Take the step": middle, half its width and height
HEIGHT = 480  # pixels
OFF = 0.24  # from the middle of a node to its numbers
WIDTHS = {"neuron": (1.6, 1.0, 1.0), "net": (2.7, 0.95, 0.95)}
Trace = dict[str, Any]
Spot = tuple[float, float]
Pair = tuple[Spot, Spot]


def graph(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The graph, the plane and the loss at one step."""
    now = frames[at]
    panels = _graph(settings, now), plane(settings, now), _loss(settings, frames, at)
    wide = WIDTHS[settings.kind]
    sized = [replace(panel, width=w) for panel, w in zip(panels, wide, strict=True)]
    return figure(sized, height=HEIGHT)


def _graph(settings: Settings, now: Frame) -> Panel:
    traces = [
        _wires(settings),
        _way_back(settings),
        _dots(settings),
        _numbers(settings, now),
        _node_gradients(settings, now),
        _weights(settings, now),
        _weight_gradients(settings, now),
        _product(settings, now),
        _targets(settings, now),
        _words([BUTTON[0]], [BUTTON[1]], [_offer(settings)], "middle center", BACK, 14),
        _press(settings),
    ]
    x = {"range": [-0.35, 4.45], "title": {"text": "values go right, gradients come back"}, **_BARE}
    y = {"range": [-3.2, 1.8], "visible": False, "fixedrange": True}
    frame = {"type": "rect", "line": {"color": BACK, "width": 1.5}, **_corners()}
    title = "Forward (green) and back (pink)"
    return Panel(traces, title, x, y, shapes=[frame], stacked=HEIGHT)


def _corners() -> dict[str, float]:
    x, y, half, tall = BUTTON
    return {"x0": x - half, "x1": x + half, "y0": y - tall, "y1": y + tall}


def can_step(settings: Settings) -> bool:
    """Whether one more step may be taken."""
    steps = settings.controls()["steps"]
    return isinstance(steps, Slider) and settings.steps < steps.hi


def _offer(settings: Settings) -> str:
    return "<b>Take the step</b>" if can_step(settings) else f"All {settings.steps} steps taken"


def _press(settings: Settings) -> Trace:
    """What a click on the button hits: unseen points along it."""
    x, y, half, _ = BUTTON
    said = f"one more step against the gradient, at rate {settings.lr:g}"
    known = "step" if can_step(settings) else "none"
    return _trace(
        [x + half * share for share in (-0.75, -0.25, 0.25, 0.75)],
        [y] * 4,
        mode="markers",
        marker={"size": 26, "color": BACK, "opacity": 0},
        customdata=[known] * 4,
        hovertext=[said if can_step(settings) else "no more than these"] * 4,
        hoverinfo="text",
        name="step",
    )


_BARE = {"showgrid": False, "showticklabels": False, "fixedrange": True}


def _wires(settings: Settings) -> Trace:
    kind = settings.kind
    pairs = [_pair(kind, *ends) for ends in AFTER[kind]]
    pairs += [piece for edge in EDGES[kind] for piece in _pieces(kind, edge)]
    return _lines(pairs, theme.EXACT, 1.5)


def _way_back(settings: Settings) -> Trace:
    """The edges that the chosen weight's gradient comes back along."""
    kind, edge = settings.kind, settings.looked_at
    pairs = [_pair(kind, *ends) for ends in AFTER[kind]] + _pieces(kind, edge)
    if kind == "net" and edge[0] in "wb":
        pairs += _pieces(kind, f"v{edge[-1]}")
    return _lines(pairs, BACK, 4)


def _pair(kind: str, a: str, b: str) -> Pair:
    return PLACES[kind][a], PLACES[kind][b]


def _middle(kind: str, edge: str) -> Spot:
    """Where the numbers of a weight stand."""
    (x, y), (x2, y2) = _pair(kind, *WIRES[kind][edge])
    share = ALONG["last" if edge[0] in "vc" else kind]
    return x + share * (x2 - x), y + share * (y2 - y)


def _pieces(kind: str, edge: str) -> list[Pair]:
    """An edge in two pieces, with a gap where its numbers stand."""
    (x, y), (x2, y2) = _pair(kind, *WIRES[kind][edge])
    steep = max(abs(x2 - x) / ROOM[0], abs(y2 - y) / ROOM[1])
    dx, dy = (x2 - x) / steep, (y2 - y) / steep
    mx, my = _middle(kind, edge)
    return [((x, y), (mx - dx, my - dy)), ((mx + dx, my + dy), (x2, y2))]


def _lines(pairs: list[Pair], color: str, width: float) -> Trace:
    spots = np.array([[*pair, (np.nan, np.nan)] for pair in pairs], np.float32).reshape(-1, 2)
    line = {"color": color, "width": width}
    return _trace(spots[:, 0], spots[:, 1], mode="lines", line=line, hoverinfo="skip")


def _dots(settings: Settings) -> Trace:
    xs, ys = zip(*PLACES[settings.kind].values(), strict=True)
    names = [name.strip("'") for name in PLACES[settings.kind]]
    words = ["1" if name == "one" else name for name in names]
    marker = {"size": 30, "color": FORWARD, "line": {"color": "white", "width": 1}}
    font = {"size": 13, "color": "white"}
    return _trace(
        xs, ys, mode="markers+text", text=words, textfont=font, marker=marker, hoverinfo="skip"
    )


def _numbers(settings: Settings, now: Frame) -> Trace:
    """Forward values, above the nodes."""
    places, known = PLACES[settings.kind], values(settings, now)
    shown = {name: spot for name, spot in places.items() if name in known}
    xs, ys = zip(*shown.values(), strict=True)
    words = [_show(known[name]) for name in shown] + [f"target<br>{settings.target:g}"]
    spots = [*xs, places["L"][0]], [*(y + OFF for y in ys), places["L"][1] - OFF]
    return _words(*spots, words, ["top center"] * len(xs) + ["bottom center"], FORWARD)


def _node_gradients(settings: Settings, now: Frame) -> Trace:
    """dL/d(node), under the nodes that have one. A hidden unit shows that of its sum."""
    back = dict(zip(NODES[settings.kind], now.backward.tolist(), strict=True))
    shown = {n: p for n, p in PLACES[settings.kind].items() if n in back and n[0] not in "xL"}
    xs, ys = zip(*shown.values(), strict=True)
    wide = settings.kind == "neuron"
    words = [(f"dL/d{name}<br>" if wide else "") + _show(back[name]) for name in shown]
    return _words(xs, [y - OFF for y in ys], words, "bottom center", BACK)


def _middles(settings: Settings) -> tuple[list[float], list[float]]:
    spots = [_middle(settings.kind, edge) for edge in EDGES[settings.kind]]
    return [x for x, _ in spots], [y for _, y in spots]


def _weights(settings: Settings, now: Frame) -> Trace:
    known = weights(settings, now)
    words = [f"{edge} {_show(known[edge])}" for edge in EDGES[settings.kind]]
    words = _chosen_bold(settings, words)
    return _words(*_middles(settings), words, "top center", FORWARD)


def _weight_gradients(settings: Settings, now: Frame) -> Trace:
    words = _chosen_bold(settings, [_show(g) for g in now.grads.tolist()])
    return _words(*_middles(settings), words, "bottom center", BACK)


def _chosen_bold(settings: Settings, words: list[str]) -> list[str]:
    edges = zip(EDGES[settings.kind], words, strict=True)
    return [f"<b>{word}</b>" if edge == settings.looked_at else word for edge, word in edges]


def _product(settings: Settings, now: Frame) -> Trace:
    """The chosen weight's gradient as a product, in names and in numbers."""
    chain = factors(settings, now)
    names = " × ".join(name for name, _ in chain)
    numbers = " × ".join(_bracketed(value) for _, value in chain)
    total = float(np.prod([value for _, value in chain]))
    text = f"<b>dL/d{settings.looked_at}</b> = {names}<br>= {numbers} = <b>{_show(total)}</b>"
    return _words([2.05], [-2.05], [text], "bottom center", BACK, 14)


def _targets(settings: Settings, now: Frame) -> Trace:
    """What a click on a weight hits: its name is the customdata."""
    xs, ys = _middles(settings)
    edges = EDGES[settings.kind]
    marker = {"size": 34, "color": BACK, "opacity": 0}
    hover = [f"{edge}: click to take its gradient apart" for edge in edges]
    return _trace(
        xs,
        ys,
        mode="markers",
        marker=marker,
        customdata=list(edges),
        hovertext=hover,
        hoverinfo="text",
        name="weights",
    )


def _loss(settings: Settings, frames: list[Frame], at: int) -> Panel:
    steps = [frame.step for frame in frames]
    losses = [frame.metrics["loss"] for frame in frames]
    now = frames[at].metrics
    fell = f"step {frames[at].step}: loss {_show(now['loss'])}"
    if frames[at].step:
        fell += f"<br>fell by {_show(now['actual_drop'])}"
        fell += f"<br>lr × |gradient|²: {_show(now['predicted_drop'])}"
    top = 1.3 * max(losses) or 1.0
    small = {"color": FORWARD, "size": 6}
    traces = [
        _predictions(settings, frames),
        _trace(
            steps,
            losses,
            mode="lines+markers",
            line={"color": FORWARD, "width": 2},
            marker=small,
            hovertemplate="step %{x}: loss %{y:.4g}<extra></extra>",
        ),
        _trace(
            [frames[at].step],
            [now["loss"]],
            mode="markers",
            hoverinfo="skip",
            marker={"color": theme.WARNING, "size": 12, "line": {"color": "white", "width": 1}},
        ),
        _words([0.98 * max(settings.steps, 1)], [top * 0.99], [fell], "bottom left", None),
    ]
    x = {"title": {"text": "step"}, "range": [-0.3, max(settings.steps, 1) + 0.3], "dtick": 5}
    x |= {"dtick": 1} if settings.steps <= 10 else {}
    y = {"title": {"text": "loss"}, "range": [-0.02 * top, top]}
    return Panel(traces, "Loss (dashed: predicted)", x, y)


def _predictions(settings: Settings, frames: list[Frame]) -> Trace:
    """From each loss to where the next would be if the slope held: lr |gradient|^2 lower."""
    spots: list[tuple[float, float]] = []
    for frame in frames:
        loss, fall = frame.metrics["loss"], settings.lr * frame.metrics["grad_norm"] ** 2
        spots += [(frame.step, loss), (frame.step + 1, loss - fall), (np.nan, np.nan)]
    xs, ys = np.array(spots, np.float32).T
    line = {"color": theme.EXACT, "width": 2, "dash": "dash"}
    return _trace(xs, ys, mode="lines", line=line, hoverinfo="skip")


def _trace(x: Any, y: Any, **more: Any) -> Trace:
    return {"type": "scatter", "x": x, "y": y, **more}


def _words(
    x: Any, y: Any, words: list[str], place: str | list[str], color: str | None, size: int = 12
) -> Trace:
    font = {"size": size} | ({"color": color} if color else {})
    return _trace(
        x,
        y,
        mode="text",
        text=words,
        textposition=place,
        textfont=font,
        hoverinfo="skip",
        cliponaxis=False,
    )


def _show(value: float) -> str:
    if value != 0 and (abs(value) < 0.005 or abs(value) >= 1000):
        return f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e+")
    return f"{value:.2f}"


def _bracketed(value: float) -> str:
    return f"({_show(value)})" if value < 0 else _show(value)
