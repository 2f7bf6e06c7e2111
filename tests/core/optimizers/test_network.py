"""The network: gradients and trajectories are torch's, measures are scikit-learn's."""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from torch import Tensor, nn

from core.experiment import Diverged, SettingError
from core.nets.mlp import Mlp, Shape, accuracy, initial, loss, outputs, with_ones
from core.optimizers.hyper import RuleName, hyper
from core.optimizers.network import DIGITS_TRAIN, N_TRAIN, NETWORK, Frame, Settings
from core.optimizers.network_why import explain
from core.optimizers.rules import RULES, make_torch
from core.optimizers.sets import load
from core.optimizers.training import Stream, Trainer, _generators, run
from core.plot.latex import number

ACTS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "gelu": nn.GELU}
NAMES = get_args(RuleName)


def torch_net(shape: Shape, theta: Tensor) -> nn.Sequential:
    """The same network of nn.Linear layers, with parameters theta (P,)."""
    parts: list[nn.Module] = []
    for block in shape.blocks(theta, 1):
        linear = nn.Linear(block.shape[1] - 1, block.shape[2], dtype=theta.dtype)
        with torch.no_grad():
            linear.weight.copy_(block[0, :-1].T)
            linear.bias.copy_(block[0, -1])
        parts += [linear, ACTS[shape.activation]()]
    return nn.Sequential(*parts[:-1])


def torch_loss(net: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    if y.shape[-1] == 1:
        return nn.functional.binary_cross_entropy_with_logits(net(x), y)
    return nn.functional.cross_entropy(net(x), y)


def flat(net: nn.Sequential, grad: bool = False) -> Tensor:
    """Parameters or gradients of the layers, laid out as Shape lays them out."""
    rows = []
    for layer in net:
        if isinstance(layer, nn.Linear):
            w, b = (layer.weight.grad, layer.bias.grad) if grad else (layer.weight, layer.bias)
            assert w is not None and b is not None
            rows.append(torch.cat([w.T, b[None]]).ravel())
    return torch.cat(rows).detach()


def problem(sizes: tuple[int, ...], n: int = 40, runs: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """Parameters (S, P), points (S, n, d) and targets (S, n, k), float64."""
    rng = np.random.default_rng(4)
    each = np.stack([initial(Shape(sizes), rng) for _ in range(runs)])
    x = torch.from_numpy(rng.normal(size=(runs, n, sizes[0])))
    k = sizes[-1]
    labels = torch.from_numpy(rng.integers(0, max(k, 2), (runs, n)))
    y = nn.functional.one_hot(labels, k) if k > 1 else labels[..., None]
    return torch.from_numpy(each), x, y.double()


@pytest.mark.parametrize("activation", ACTS)
@pytest.mark.parametrize("sizes", [(2, 4, 2, 1), (5, 7, 3), (2, 3, 3, 3, 3, 1)])
def test_gradient_and_loss_are_autograds(activation: str, sizes: tuple[int, ...]) -> None:
    """torch.nn and autograd, float64, to 1e-12; three networks at once."""
    shape = Shape(sizes, activation)
    each, x, y = problem(sizes, runs=3)
    many = Mlp(shape, each, x.shape[1])
    x1 = with_ones(x)
    own = shape.rows(many.gradient(x1, x1.transpose(1, 2), y).clone(), 3)
    losses = loss(many.logits, y)
    for n in range(3):
        net = torch_net(shape, each[n])
        want = torch_loss(net, x[n], y[n])
        want.backward()
        assert torch.allclose(own[n], flat(net, grad=True), rtol=0, atol=1e-12)
        assert float(losses[n]) == pytest.approx(want.item(), abs=1e-12)


@pytest.mark.parametrize(
    ("name", "decay"), [*((name, 0.01) for name in NAMES), ("momentum", 0.0), ("nesterov", 0.0)]
)
def test_trajectory_is_torchs(name: str, decay: float) -> None:
    """60 steps of torch.optim on nn.Linear layers with the same batches, float64, to 1e-9."""
    shape = Shape((2, 4, 2, 1))
    each, x, y = problem(shape.sizes)
    h = hyper(name, lr=0.02, weight_decay=decay)
    chosen = Stream(40, 8, np.random.default_rng(0)).take(60)
    trainer = Trainer(shape, each, 8, RULES[name], h)
    trainer.advance(with_ones(x[0])[chosen][:, None], y[0][chosen][:, None])
    net = torch_net(shape, each[0])
    optimizer = make_torch(name, net.parameters(), h)
    for batch in chosen:
        optimizer.zero_grad()
        torch_loss(net, x[0][batch], y[0][batch]).backward()
        optimizer.step()
    apart = (shape.rows(trainer.net.theta, 1)[0] - flat(net)).abs().max()
    assert trainer.t == 60 and float(apart) < 1e-9


def test_many_runs_are_each_run_alone() -> None:
    """A batch of three seeds at three rates against one at a time."""
    shape = Shape((2, 5, 1))
    each, x, y = problem(shape.sizes, runs=3)
    rates = torch.tensor([[1e-3], [1e-2], [1e-1]]).double()
    spread = shape.flatten(rates.expand(3, shape.count))
    many = Trainer(shape, each, 40, RULES["adam"], hyper("adam", lr=spread))
    many.advance(with_ones(x).expand(20, 3, 40, 3), y.expand(20, 3, 40, 1))
    rows = shape.rows(many.net.theta, 3)
    for n in range(3):
        one = Trainer(shape, each[n : n + 1], 40, RULES["adam"], hyper("adam", lr=float(rates[n])))
        one.advance(with_ones(x[n]).expand(20, 1, 40, 3), y[n].expand(20, 1, 40, 1))
        assert torch.allclose(rows[n], shape.rows(one.net.theta, 1)[0], rtol=0, atol=1e-12)


def test_a_pass_sees_every_example_once() -> None:
    stream = Stream(50, 8, np.random.default_rng(1))
    order = torch.cat([stream.take(k).ravel() for k in (3, 1, 10, 36)])
    assert len(order) == 400
    for start in range(0, 400, 50):
        assert sorted(order[start : start + 50].tolist()) == list(range(50))


def test_full_batch_is_everything() -> None:
    for n in (N_TRAIN, DIGITS_TRAIN):
        assert Stream(n, 10_000, np.random.default_rng(1)).take(2).tolist() == [list(range(n))] * 2


def test_first_weights_have_the_bounds_of_torch() -> None:
    """nn.Linear: within 1/sqrt(in). Glorot: sqrt(6 / (in + out)). He: sqrt(6 / in). Uniform."""
    shape = Shape((64, 400, 10))
    for init, bound in (
        ("linear", 1 / 8),
        ("xavier", math.sqrt(6 / 464)),
        ("he", math.sqrt(6 / 64)),
        ("zeros", 0.0),
    ):
        theta = torch.from_numpy(initial(shape, np.random.default_rng(0), init))
        weights = shape.blocks(theta, 1)[0][0, :-1]
        assert float(weights.abs().max()) == pytest.approx(bound, rel=1e-3)
        assert float(weights.std()) == pytest.approx(bound / math.sqrt(3), rel=0.02)


@pytest.mark.parametrize("data", ["ring", "digits", "drawn"])
def test_measures_are_scikit_learns(data: str) -> None:
    """log_loss and accuracy_score of what the last weights say, by NumPy alone."""
    settings = Settings(data=data, hidden="6-5", steps=60, landscape="none").canonical()
    last = list(run(settings))[-1]
    sets = load(settings, _generators(settings.seed)[0])
    if data != "drawn":
        assert len(sets.x) == (DIGITS_TRAIN if data == "digits" else N_TRAIN)
    for part, x, y in (("train", sets.x, sets.y), ("test", sets.x_test, sets.y_test)):
        prob, truth = _by_numpy(last, x.numpy().astype(np.float64)), y.numpy()
        labels = truth.argmax(1) if data == "digits" else truth[:, 0]
        guess = prob.argmax(1) if data == "digits" else prob[:, 1] > 0.5
        want = log_loss(labels, prob, labels=range(prob.shape[1]))
        assert last.metrics[f"{part}_loss"] == pytest.approx(want, rel=1e-4)
        assert last.metrics[f"{part}_accuracy"] == pytest.approx(accuracy_score(labels, guess))
    if data == "digits":
        assert np.array_equal(last.confusion, confusion_matrix(labels, guess))


def _by_numpy(last: Frame, x: np.ndarray) -> np.ndarray:
    w = last.weights
    assert w is not None
    for n in range(1, len(w) // 2):
        x = np.tanh(x @ w[f"w{n}"] + w[f"b{n}"])
    logits = x @ w[f"w{len(w) // 2}"] + w[f"b{len(w) // 2}"]
    if logits.shape[1] == 1:
        logits = np.concatenate([np.zeros_like(logits), logits], 1)
    odds = np.exp(logits - logits.max(1, keepdims=True))
    return odds / odds.sum(1, keepdims=True)


def test_surface_and_maps_are_the_networks_answers() -> None:
    frame = list(run(Settings(hidden="3-2", steps=50, landscape="none").canonical()))[-1]
    line = np.linspace(-1, 1, 40)
    grid = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)  # x across, y up
    assert frame.surface is not None and frame.maps is not None and frame.weights is not None
    assert np.allclose(frame.surface.ravel(), _by_numpy(frame, grid)[:, 1], atol=1e-5)
    line = np.linspace(-1, 1, 20)
    grid = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)
    first = np.tanh(grid @ frame.weights["w1"] + frame.weights["b1"])
    assert frame.maps.shape == (5, 20, 20)
    shown = frame.maps[:3].reshape(3, -1).T / 127 - 1
    assert np.abs(shown - first).max() < 0.5 / 127 + 1e-5


def test_gradient_norm_is_that_of_the_training_set() -> None:
    settings = Settings(steps=20, hidden="4-2").canonical()
    last = list(run(settings))[-1]
    sets = load(settings, _generators(settings.seed)[0])
    theta = torch.from_numpy(np.concatenate([_rows(last, n) for n in (1, 2, 3)]))
    net = torch_net(Shape((2, 4, 2, 1)), theta)
    torch_loss(net, sets.x, sets.y).backward()
    assert last.metrics["grad_norm"] == pytest.approx(float(flat(net, grad=True).norm()), rel=1e-4)


def _rows(frame: Frame, n: int) -> np.ndarray:
    assert frame.weights is not None
    return np.concatenate([frame.weights[f"w{n}"], frame.weights[f"b{n}"][None]]).ravel()


@pytest.mark.parametrize(
    "given",
    [
        {"lr": 1e6},
        {"lr": 1e6, "activation": "relu", "optimizer": "momentum"},
        {"lr": 30.0, "weight_decay": 0.1, "optimizer": "gradient-descent", "activation": "relu"},
    ],
)
def test_the_first_lost_step_is_named(given: dict[str, Any]) -> None:
    """The step is the first at which a plain loop loses the loss; the fix trains."""
    settings = Settings(**given).canonical()
    frames: list[Frame] = []
    with pytest.raises(Diverged) as caught:
        frames.extend(run(settings))
    error = caught.value
    assert "earning rate" in error.message and f"{settings.lr:,.10g}" in error.message
    assert error.step == _first_lost_step(settings)
    *_, cured = run(settings.model_copy(update={**error.fix, "steps": 100}))
    assert cured.metrics["train_loss"] < 1


def _first_lost_step(settings: Settings) -> int:
    data, first, order, _ = _generators(settings.seed)
    sets = load(settings, data)
    shape = Shape((2, *settings.layers, 1), settings.activation)
    net = torch_net(shape, torch.from_numpy(initial(shape, first)).float())
    stream = Stream(N_TRAIN, settings.batch_size, order)
    h = hyper(settings.optimizer, lr=settings.lr, weight_decay=settings.weight_decay)
    optimizer = make_torch(settings.optimizer, net.parameters(), h)
    for step in range(1, 200):
        batch = stream.take(1)[0]
        optimizer.zero_grad()
        torch_loss(net, sets.x[batch], sets.y[batch]).backward()
        optimizer.step()
        if not torch_loss(net, sets.x, sets.y).item() < 1e4:
            return step
    raise AssertionError("the plain loop did not diverge")


@pytest.mark.parametrize(
    "hidden", ["", "0", "33", "4-", "-4", "4,2", "1-1-1-1-1", "a", "²", "4--2"]
)
def test_hidden_layers_that_are_none(hidden: str) -> None:
    with pytest.raises(SettingError, match=r"hidden: given .* 4 layers at most, each of 1 to 32"):
        Settings.checked({"hidden": hidden})


def test_points_that_are_too_few_or_wrong() -> None:
    with pytest.raises(SettingError, match="points: given '00000', allowed: at least 4 points"):
        Settings.checked({"data": "drawn", "points": "00000"})
    with pytest.raises(SettingError, match="point 1 has class '2'; a class is 0 to 1"):
        Settings.checked({"data": "drawn", "points": "20000"})


@pytest.mark.parametrize("data", ["moons", "digits"])
def test_frames_and_figures(data: str) -> None:
    """A frame each hundredth, and figures Plotly accepts with the same traces at every frame."""
    settings = Settings(data=data, steps=250, hidden="20-3").canonical()
    frames = list(run(settings))
    assert [f.step for f in frames] == [*range(0, 250, 3), 250]
    kinds = None
    for at in (0, 40, len(frames) - 1):
        figures = NETWORK.figures(settings, frames, at)
        drawn = {n: [t["type"] for t in go.Figure(f).to_dict()["data"]] for n, f in figures.items()}
        assert kinds is None or drawn == kinds
        kinds = drawn
    NETWORK.figures(settings, frames[:1], 0)


@pytest.mark.parametrize("preset", NETWORK.presets, ids=lambda preset: preset.id)
def test_two_seeds_bear_the_preset_out(preset: Any) -> None:
    """At least one of two; the slow tests ask ten of every experiment."""
    borne = 0
    for seed in range(2):
        settings = NETWORK.settings(**preset.settings, seed=seed, landscape="none").canonical()
        *_, last = run(settings)
        borne += preset.outcome(last.metrics) == preset.expected
        preset.saw.format_map(last.metrics)
    assert borne >= 1


def test_the_full_batch_solves_what_one_point_a_step_does_not() -> None:
    """What the question of the preset ``online`` says of the full batch."""
    given = {**NETWORK.preset("online").settings, "batch_size": 250, "landscape": "none"}
    for seed in range(3):
        *_, last = run(Settings(**given, seed=seed).canonical())
        assert last.metrics["test_accuracy"] > 0.95


def test_accuracy_counts_right_answers() -> None:
    logits = torch.tensor([[[2.0], [-1.0], [0.5]]])
    assert accuracy(logits, torch.tensor([[[1.0], [1.0], [1.0]]])).tolist() == pytest.approx(
        [2 / 3]
    )


def test_outputs_end_in_the_logits() -> None:
    shape = Shape((2, 3, 1))
    each, x, _ = problem(shape.sizes)
    net = torch_net(shape, each[0])
    assert torch.allclose(outputs(shape, shape.split(each), x)[-1][0], net(x[0]), atol=1e-12)


def test_layers_gradients_make_up_the_whole() -> None:
    """The root of the sum of squares, as the explanation writes it."""
    settings = Settings(steps=20).canonical()
    frames = list(run(settings))
    parts = [v for k, v in frames[9].metrics.items() if k.startswith("grad_norm/")]
    assert math.hypot(*parts) == pytest.approx(frames[9].metrics["grad_norm"], rel=1e-5)
    told = explain(settings, frames, 9)
    assert number(frames[9].metrics["grad_norm"]) in told["Gradient"]
    assert number(math.exp(-frames[9].metrics["test_loss"])) in told["Loss"]
