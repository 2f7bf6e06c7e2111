"""Backpropagation by hand against torch's autograd and torch.optim, float64."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from torch import Tensor

from core.experiment import Diverged
from core.optimizers.backprop import BACKPROP, Frame, Settings
from core.optimizers.backprop_why import explain
from core.optimizers.backward import EDGES, NODES, factors, run, start, values
from core.plot.latex import number

TORCH = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "linear": lambda z: z,
}
CASES = [(kind, edge) for kind, edges in EDGES.items() for edge in edges]
EXAMPLES = [
    {"x1": 1.0, "x2": 0.5, "target": -0.8, "w1": 0.5, "w2": -1.0, "b": 0.6, "seed": 0},
    {"x1": -1.3, "x2": 0.0, "target": 1.0, "w1": -2.0, "w2": 0.3, "b": -1.0, "seed": 4},
    {"x1": -1.0, "x2": 2.0, "target": 0.2, "w1": 1.0, "w2": 0.5, "b": 0.0, "seed": 9},  # z = 0
]


def torch_loss(settings: Settings, p: dict[str, Tensor]) -> Tensor:
    """The loss by torch alone."""
    f, x1, x2 = TORCH[settings.activation], settings.x1, settings.x2
    if settings.kind == "neuron":
        answer = f(p["w1"] * x1 + p["w2"] * x2 + p["b"])
    else:
        h1 = f(p["w11"] * x1 + p["w21"] * x2 + p["b1"])
        h2 = f(p["w12"] * x1 + p["w22"] * x2 + p["b2"])
        answer = p["v1"] * h1 + p["v2"] * h2 + p["c"]
    return 0.5 * (answer - settings.target) ** 2


def parameters(settings: Settings, frame: Frame) -> dict[str, Tensor]:
    rows = zip(EDGES[settings.kind], frame.params.tolist(), strict=True)
    return {n: torch.tensor(v, dtype=torch.float64, requires_grad=True) for n, v in rows}


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("activation", TORCH)
@pytest.mark.parametrize(("kind", "edge"), CASES)
def test_the_product_is_autograds_gradient(
    kind: str, edge: str, activation: str, example: dict[str, Any]
) -> None:
    settings = Settings(kind=kind, edge=edge, activation=activation, steps=2, **example).canonical()
    for frame in run(settings):
        p = parameters(settings, frame)
        loss = torch_loss(settings, p)
        loss.backward()
        chain = factors(settings, frame)
        assert chain[0][0] in ("dL/da", "dL/dy") and chain[-1][0].endswith(f"/d{edge}")
        want = {name: 0.0 if one.grad is None else one.grad.item() for name, one in p.items()}
        assert math.prod(value for _, value in chain) == pytest.approx(want[edge], abs=1e-12)
        assert frame.grads == pytest.approx([want[n] for n in EDGES[kind]], abs=1e-12)
        assert frame.metrics["loss"] == pytest.approx(loss.item(), abs=1e-12)


@pytest.mark.parametrize("kind", EDGES)
def test_names_of_the_factors_chain_up(kind: str) -> None:
    """dL/dy, dy/dh1, dh1/dz1, dz1/dw11: what one divides by, the next divides."""
    for edge in EDGES[kind]:
        settings = Settings(kind=kind, edge=edge)
        names = [name for name, _ in factors(settings, next(run(settings)))]
        pairs = [name.split("/d") for name in names]
        assert [a[1] for a in pairs[:-1]] == [b[0][1:] for b in pairs[1:]]


@pytest.mark.parametrize("activation", TORCH)
def test_backward_values_are_autograds(activation: str) -> None:
    """dL/d(node): torch.autograd of the loss by a nudge added to each sum."""
    settings = Settings(kind="net", activation=activation, steps=0)
    (frame,) = run(settings)
    v = values(settings, frame)
    p = {n: one.item() for n, one in parameters(settings, frame).items()}
    nudge = {n: torch.zeros((), dtype=torch.float64, requires_grad=True) for n in ("z1", "h2", "y")}
    f = TORCH[activation]
    h1 = f(torch.tensor(v["z1"], dtype=torch.float64) + nudge["z1"])
    h2 = f(torch.tensor(v["z2"], dtype=torch.float64)) + nudge["h2"]
    y = p["v1"] * h1 + p["v2"] * h2 + p["c"] + nudge["y"]
    (0.5 * (y - settings.target) ** 2).backward()
    back = dict(zip(NODES["net"], frame.backward.tolist(), strict=True))
    for name, one in nudge.items():
        assert one.grad is not None
        assert back[name] == pytest.approx(one.grad.item(), abs=1e-12)


@pytest.mark.parametrize("kind", EDGES)
def test_steps_are_those_of_torchs_sgd(kind: str) -> None:
    settings = Settings(kind=kind, steps=20, lr=0.3).canonical()
    frames = list(run(settings))
    p = parameters(settings, frames[0])
    optimizer = torch.optim.SGD(list(p.values()), lr=0.3)
    for frame in frames:
        here = [one.item() for one in p.values()]
        assert frame.params == pytest.approx(here, abs=1e-9)
        optimizer.zero_grad()
        torch_loss(settings, p).backward()
        optimizer.step()


def test_the_predicted_drop_is_the_first_order_of_the_actual() -> None:
    """As lr falls by 10, the gap between them falls by 100 (Taylor)."""
    gaps = []
    for lr in (1e-2, 1e-3):
        *_, last = run(Settings(steps=1, lr=lr))
        assert last.metrics["predicted_drop"] > 0
        gaps.append(abs(last.metrics["actual_drop"] - last.metrics["predicted_drop"]))
    assert gaps[0] / gaps[1] == pytest.approx(100, rel=0.05)
    first = next(run(Settings(steps=1)))
    assert first.metrics["predicted_drop"] == first.metrics["actual_drop"] == 0


def test_the_networks_first_weights_follow_the_seed() -> None:
    one, two = (start(Settings(kind="net", seed=seed)) for seed in (1, 2))
    assert one != two and all(-1 <= w <= 1 for w in one.values())
    assert start(Settings(w1=0.7))["w1"] == 0.7


def test_an_edge_of_the_other_kind_counts_as_the_first() -> None:
    assert Settings(edge="v2").looked_at == "w1"
    assert Settings(kind="net", edge="b").looked_at == "w11"


def test_a_rate_that_blows_up_is_named() -> None:
    settings = Settings(kind="net", activation="linear", lr=1e6, steps=20)
    frames: list[Frame] = []
    with pytest.raises(Diverged, match="learning rate 1,000,000") as caught:
        frames.extend(run(settings))
    assert caught.value.step == len(frames)
    assert all(math.isfinite(value) for frame in frames for value in frame.metrics.values())


@pytest.mark.parametrize(("kind", "edge"), CASES)
def test_figures_at_every_step(kind: str, edge: str) -> None:
    """Plotly accepts them; traces stay; every weight can be clicked, and its product is shown."""
    settings = Settings(kind=kind, edge=edge, steps=2).canonical()
    frames = list(run(settings))
    kinds = None
    for at in range(3):
        figure = go.Figure(BACKPROP.figures(settings, frames, at)["graph"]).to_dict()
        drawn = [(trace["type"], trace.get("mode")) for trace in figure["data"]]
        assert kinds is None or kinds == drawn
        kinds = drawn
        clicks, _ = [t for t in figure["data"] if t.get("customdata") is not None]
        assert list(clicks["customdata"]) == list(EDGES[kind])
        assert np.isfinite(clicks["x"]).all() and len(clicks["x"]) == len(EDGES[kind])
        words = [str(word) for t in figure["data"] for word in t.get("text", ())]
        assert any(f"dL/d{edge}</b> = " in word for word in words)


@pytest.mark.parametrize("preset", BACKPROP.presets, ids=lambda preset: preset.id)
def test_presets_are_borne_out(preset: Any) -> None:
    *_, last = run(BACKPROP.preset_settings(preset.id).canonical())
    assert preset.outcome(last.metrics) == preset.expected
    preset.saw.format_map(last.metrics)


def test_the_numbers_in_the_questions() -> None:
    """The gradient's length of 1.43, and the curvature 2.25: one step of 1/2.25 ends at 0."""
    first = next(run(BACKPROP.preset_settings("one-step")))
    assert first.metrics["grad_norm"] == pytest.approx(1.43, abs=0.005)
    given = {**BACKPROP.preset("too-far").settings, "lr": 1 / 2.25}
    *_, last = run(Settings(**given))
    assert last.metrics["loss"] == pytest.approx(0, abs=1e-20)


def test_the_explanation_ends_at_the_next_weights() -> None:
    settings = Settings(kind="net", edge="v1", steps=2)
    frames = list(run(settings))
    told = explain(settings, frames, 1)
    assert next(iter(told)) == "v1" and set(told) == set(EDGES["net"])
    for edge, there in zip(EDGES["net"], frames[2].params.tolist(), strict=True):
        assert f"= {number(there)}$$" in told[edge]
