"""Every hand-written rule against torch.optim, in float64, to 1e-9."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from core.optimizers.rules import DEFAULTS, RULES, TITLES, Hyper, Lion, hyper, make_torch

STEPS = 200
RATES = {"adadelta": 0.5, "lion": 0.01, "rmsprop": 0.01, "adagrad": 0.1}


def quadratic(seed: int) -> Callable[[Tensor], Tensor]:
    """The gradient of a random convex quadratic of five weights, largest curvature 10."""
    made = np.random.default_rng(seed)
    q, _ = np.linalg.qr(made.normal(size=(5, 5)))
    matrix = torch.from_numpy(q * np.geomspace(0.1, 10, 5) @ q.T)
    middle = torch.from_numpy(made.normal(size=5))
    return lambda theta: (theta - middle) @ matrix


def rosenbrock(theta: Tensor) -> Tensor:
    """Its gradient by hand, a tenth as steep."""
    x, y = theta[..., 0], theta[..., 1]
    slope = y - x * x
    return 0.1 * torch.stack([2 * (x - 1) - 400 * x * slope, 200 * slope], -1)


PROBLEMS = {
    "quadratic-1": (quadratic(1), torch.linspace(-2, 2, 5, dtype=torch.float64)),
    "quadratic-2": (quadratic(2), torch.linspace(3, -1, 5, dtype=torch.float64)),
    "rosenbrock": (rosenbrock, torch.tensor([-1.2, 1.0], dtype=torch.float64)),
}
CHANGES: dict[str, dict[str, float]] = {
    "defaults": {},
    "decay": {"weight_decay": 0.1},
    "shorter-memory": {"beta1": 0.8, "beta2": 0.995, "momentum": 0.6, "weight_decay": 0.01},
    "slow-memory": {"beta1": 0.97, "beta2": 0.9999, "momentum": 0.95, "eps": 1e-3},
    "dampened": {"dampening": 0.3, "momentum": 0.8},
}


def by_torch(
    optimizer: torch.optim.Optimizer, p: Tensor, grad: Callable[[Tensor], Tensor]
) -> Tensor:
    path = []
    for _ in range(STEPS):
        p.grad = grad(p.detach())
        optimizer.step()
        path.append(p.detach().clone())
    return torch.stack(path)


def by_rule(name: str, theta: Tensor, grad: Callable[[Tensor], Tensor], h: Hyper) -> Tensor:
    state, path = RULES[name].init(theta), []
    for t in range(1, STEPS + 1):
        theta, state = RULES[name].step(theta, grad(theta), state, t, h)
        path.append(theta)
    return torch.stack(path)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", RULES)
def test_the_trajectory_is_that_of_torch(name: str, change: str, problem: str) -> None:
    """With rates at which 200 steps do not reach the bottom.

    There, divided by tiny roots, an adaptive rule's walk is chaotic: the last bit of two equal
    formulas grows to 1e-3. The next test goes there with torch's own gradients.
    """
    grad, start = PROBLEMS[problem]
    h = replace(hyper(name, lr=RATES.get(name, 0.003)), **CHANGES[change])
    parameter = torch.nn.Parameter(start.clone())
    expected = by_torch(make_torch(name, [parameter], h), parameter, grad)
    assert (by_rule(name, start, grad, h) - expected).abs().max() < 1e-9


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", RULES)
def test_fed_with_torchs_gradients_it_goes_torchs_way(name: str, problem: str) -> None:
    """High rate, short memory, weight decay: 200 steps into the chaos at the bottom."""
    grad, start = PROBLEMS[problem]
    h = replace(hyper(name), lr=0.03, beta1=0.5, beta2=0.8, momentum=0.5, weight_decay=0.05)
    parameter = torch.nn.Parameter(start.clone())
    expected = by_torch(make_torch(name, [parameter], h), parameter, grad)
    seen = iter([start, *expected])
    path = by_rule(name, start, lambda _: grad(next(seen)), h)
    assert (path - expected).abs().max() < 1e-9


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_defaults_are_those_of_torch(name: str) -> None:
    """torch.optim's own, save momentum 0.9; Lion's are the paper's, and L-BFGS searches."""
    classes = {
        "gradient-descent": torch.optim.SGD, "sgd": torch.optim.SGD, "momentum": torch.optim.SGD,
        "nesterov": torch.optim.SGD, "adagrad": torch.optim.Adagrad, "lion": Lion,
        "adadelta": torch.optim.Adadelta, "rmsprop": torch.optim.RMSprop,
        "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "amsgrad": torch.optim.Adam,
        "nadam": torch.optim.NAdam, "radam": torch.optim.RAdam, "adamax": torch.optim.Adamax,
        "lbfgs": torch.optim.LBFGS,
    }  # fmt: skip
    ours = {
        "momentum": {"momentum": 0.9},
        "nesterov": {"momentum": 0.9, "nesterov": True},
        "amsgrad": {"amsgrad": True},
        "lbfgs": {"max_iter": 1, "max_eval": 26, "line_search_fn": "strong_wolfe"},
    }
    parameter = [torch.zeros(2, requires_grad=True)]
    theirs = classes[name](parameter).defaults | ours.get(name, {})
    assert make_torch(name, parameter, hyper(name)).defaults == theirs


def test_lion_equals_the_paper() -> None:
    """Chen et al. 2023, Algorithm 2, written out here with lists and loops."""
    grad, start = PROBLEMS["quadratic-1"]
    b1, b2, lr, decay = 0.9, 0.99, 0.01, 0.1
    theta, m, expected = start.tolist(), [0.0] * 5, []
    for _ in range(STEPS):
        g = grad(torch.tensor(theta, dtype=torch.float64)).tolist()
        for i in range(5):
            c = b1 * m[i] + (1 - b1) * g[i]
            sign = (c > 0) - (c < 0)
            theta[i] -= lr * (sign + decay * theta[i])
            m[i] = b2 * m[i] + (1 - b2) * g[i]
        expected.append(list(theta))
    path = by_rule("lion", start, grad, hyper("lion", lr=lr, weight_decay=decay))
    assert (path - torch.tensor(expected, dtype=torch.float64)).abs().max() < 1e-9


@pytest.mark.parametrize("name", RULES)
def test_a_batch_is_its_rows_one_by_one(name: str) -> None:
    """Rates, momenta and betas that differ from row to row, against one run a row."""
    grad, start = PROBLEMS["rosenbrock"]
    rows = [
        {"lr": 0.001 * k, "momentum": 0.3 * k, "beta1": 0.3 * k, "beta2": 0.9 + 0.03 * k}
        for k in (1, 2, 3)
    ]
    columns = {
        key: torch.tensor([[row[key]] for row in rows], dtype=torch.float64) for key in rows[0]
    }
    together = by_rule(name, start.expand(3, 2), grad, replace(hyper(name), **columns))
    for k, row in enumerate(rows):
        alone = by_rule(name, start, grad, replace(hyper(name), **row))
        # NAdam's float32 product of momenta rounds a tensor and a number apart.
        assert (together[:, k] - alone).abs().max() < (1e-6 if name == "nadam" else 1e-9)


@pytest.mark.parametrize("name", RULES)
def test_a_step_changes_nothing_in_place_and_keeps_the_dtype(name: str) -> None:
    theta, grad = torch.ones(4, 2), torch.full((4, 2), 0.3)
    rule, h = RULES[name], hyper(name, weight_decay=0.1)
    state = rule.init(theta)
    kept = {key: value.clone() for key, value in state.items()}
    new, after = rule.step(theta, grad, state, 1, h)
    assert torch.equal(theta, torch.ones(4, 2)) and torch.equal(grad, torch.full((4, 2), 0.3))
    assert all(torch.equal(state[key], kept[key]) for key in kept)
    assert new.dtype == torch.float32 and new.shape == (4, 2)
    assert {key: value.shape for key, value in after.items()} == dict.fromkeys(rule.slots, (4, 2))


def test_every_optimizer_has_a_title_and_an_unknown_one_is_an_error() -> None:
    assert set(TITLES) == set(DEFAULTS) == {*RULES, "sgd", "lbfgs"}
    with pytest.raises(KeyError):
        hyper("newton")
    with pytest.raises(KeyError):
        make_torch("newton", [torch.zeros(1, requires_grad=True)], Hyper())
