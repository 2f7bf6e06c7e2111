"""Backpropagation by hand: forward values, backward values, and each gradient as a product.

The chain rule of Rumelhart, Hinton and Williams 1986, written out for a neuron and for a network
of two inputs, two hidden units and one linear output. Equals torch's autograd to 1e-12 (tests). The
loss is half the squared error, L = (answer - target)^2 / 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from core.experiment import Diverged

if TYPE_CHECKING:
    from core.optimizers.backprop import Frame, Settings

EDGES: dict[str, tuple[str, ...]] = {
    "neuron": ("w1", "w2", "b"),
    "net": ("w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c"),
}
"""The weights of each kind: w<input> or w<input><unit>, biases, v<unit> and c of the output."""
NODES: dict[str, tuple[str, ...]] = {
    "neuron": ("x1", "x2", "z", "a", "L"),
    "net": ("x1", "x2", "z1", "z2", "h1", "h2", "y", "L"),
}
"""What is computed on the way: inputs, sums, answers, loss."""

Values = dict[str, float]


def sigmoid(z: float) -> float:
    """1 / (1 + exp(-z)), without overflow."""
    return 0.5 * (1 + math.tanh(0.5 * z))


Function = Callable[[float], float]
ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "tanh": (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "linear": (lambda z: z, lambda z: 1.0),
}
"""Each activation and its slope. ReLU has slope 0 at 0, as in torch."""


def forward(settings: Settings, p: Mapping[str, float]) -> Values:
    """Every node's value for parameters p, from the inputs to the loss."""
    f = ACTIVATIONS[settings.activation][0]
    x1, x2 = settings.x1, settings.x2
    if settings.kind == "neuron":
        z = p["w1"] * x1 + p["w2"] * x2 + p["b"]
        middle = {"z": z, "a": f(z)}
        answer = middle["a"]
    else:
        z1 = p["w11"] * x1 + p["w21"] * x2 + p["b1"]
        z2 = p["w12"] * x1 + p["w22"] * x2 + p["b2"]
        h1, h2 = f(z1), f(z2)
        answer = p["v1"] * h1 + p["v2"] * h2 + p["c"]
        middle = {"z1": z1, "z2": z2, "h1": h1, "h2": h2, "y": answer}
    error = answer - settings.target
    return {"x1": x1, "x2": x2, **middle, "L": 0.5 * error * error}


def backward(settings: Settings, p: Mapping[str, float], v: Values) -> Values:
    """dL/d(node) of every node but the inputs, from the loss back: one product for each."""
    slope = ACTIVATIONS[settings.activation][1]
    if settings.kind == "neuron":
        da = v["a"] - settings.target
        return {"L": 1.0, "a": da, "z": da * slope(v["z"])}
    dy = v["y"] - settings.target
    dh1, dh2 = dy * p["v1"], dy * p["v2"]
    sums = {"z1": dh1 * slope(v["z1"]), "z2": dh2 * slope(v["z2"])}
    return {"L": 1.0, "y": dy, "h1": dh1, "h2": dh2, **sums}


def gradients(settings: Settings, v: Values, d: Values) -> Values:
    """dL/d(weight) of every weight: the value before it times the backward value behind it."""
    if settings.kind == "neuron":
        return {"w1": d["z"] * v["x1"], "w2": d["z"] * v["x2"], "b": d["z"]}
    found = {f"w{i}{j}": d[f"z{j}"] * v[f"x{i}"] for i in (1, 2) for j in (1, 2)}
    found |= {"b1": d["z1"], "b2": d["z2"]}
    return found | {"v1": d["y"] * v["h1"], "v2": d["y"] * v["h2"], "c": d["y"]}


def factors(settings: Settings, frame: Frame) -> list[tuple[str, float]]:
    """The factors of the chosen weight's gradient, from the loss back: [(``dL/da``, ...), ...].

    Their product is dL/d(weight), that of torch's autograd to 1e-12.
    """
    edge, v, p = settings.looked_at, values(settings, frame), weights(settings, frame)
    slope = ACTIVATIONS[settings.activation][1]
    if settings.kind == "neuron":
        chain = [("dL/da", v["a"] - settings.target), ("da/dz", slope(v["z"]))]
        return [*chain, (f"dz/d{edge}", v["x" + edge[1]] if edge[0] == "w" else 1.0)]
    chain = [("dL/dy", v["y"] - settings.target)]
    if edge[0] in "vc":
        return [*chain, (f"dy/d{edge}", v["h" + edge[1]] if edge[0] == "v" else 1.0)]
    j = edge[-1]  # the hidden unit
    chain += [(f"dy/dh{j}", p[f"v{j}"]), (f"dh{j}/dz{j}", slope(v[f"z{j}"]))]
    return [*chain, (f"dz{j}/d{edge}", v["x" + edge[1]] if edge[0] == "w" else 1.0)]


def start(settings: Settings) -> Values:
    """The first weights: of a neuron as set, of the network drawn evenly from [-1, 1]."""
    if settings.kind == "neuron":
        return {"w1": settings.w1, "w2": settings.w2, "b": settings.b}
    drawn = np.random.default_rng(settings.seed).uniform(-1, 1, len(EDGES["net"]))
    return dict(zip(EDGES["net"], drawn.tolist(), strict=True))


def run(settings: Settings) -> Iterator[Frame]:
    """A frame before the first step and one after each: weight -= lr * gradient."""
    p, before, predicted = start(settings), 0.0, 0.0
    for step in range(settings.steps + 1):
        v = forward(settings, p)
        d = backward(settings, p, v)
        g = gradients(settings, v, d)
        square = sum(one * one for one in g.values())
        if not math.isfinite(v["L"] + square):
            raise _diverged(settings, step)
        drops = (predicted, before - v["L"]) if step else (0.0, 0.0)
        yield _frame(settings, step, p, v, d, g, drops)
        before, predicted = v["L"], settings.lr * square
        p = {name: p[name] - settings.lr * g[name] for name in p}


def values(settings: Settings, frame: Frame) -> Values:
    """A frame's forward values by the name of the node."""
    return dict(zip(NODES[settings.kind], frame.forward.tolist(), strict=True))


def weights(settings: Settings, frame: Frame) -> Values:
    """A frame's parameters by name."""
    return dict(zip(EDGES[settings.kind], frame.params.tolist(), strict=True))


def _frame(
    settings: Settings,
    step: int,
    p: Values,
    v: Values,
    d: Values,
    g: Values,
    drops: tuple[float, float],
) -> Frame:
    from core.optimizers.backprop import Frame

    norm = math.sqrt(sum(one * one for one in g.values()))
    names = EDGES[settings.kind], NODES[settings.kind]
    return Frame(
        step=step,
        metrics={
            "loss": v["L"],
            "grad_norm": norm,
            "predicted_drop": drops[0],
            "actual_drop": drops[1],
        },
        params=np.array([p[name] for name in names[0]]),
        grads=np.array([g[name] for name in names[0]]),
        forward=np.array([v[name] for name in names[1]]),
        backward=np.array([d.get(name, 0.0) for name in names[1]]),
    )


def _diverged(settings: Settings, step: int) -> Diverged:
    why = f"learning rate {settings.lr:,.10g} makes each step longer than the one before"
    return Diverged(step, f"At step {step} the loss stopped being a number: {why}.", {"lr": 0.1})
