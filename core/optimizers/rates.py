"""Each optimizer's best learning rate: one batched run over all rates and rules at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from core.optimizers.race import TOLERANCE, RaceSettings
from core.optimizers.rules import RULES, make_torch
from core.optimizers.surfaces import in_play, value_grad

RATES = 10.0 ** (np.arange(-32, 9) / 8)  # 1e-4 to 10, eight a decade
SCALE = {"adadelta": 100.0}  # its steps start at about 1e-3, so it wants larger rates
SEARCHES = (0.1, 0.3, 1.0)  # for L-BFGS: the first guess of each line search


def best_rates(
    settings: RaceSettings, start: Tensor, schedule: np.ndarray, noise: Tensor
) -> dict[str, float]:
    """The best rate of each of the settings' optimizers, in their order.

    start (2,), schedule (steps,), noise (steps, 2) for SGD. Best is :func:`best`'s.
    """
    rules = [name for name in settings.optimizers if name != "lbfgs"]
    found: dict[str, float] = {}
    if rules:
        losses = sweep(settings, rules, start, schedule, noise)
        found = {n: float(rates_of(n)[best(losses[:, i])]) for i, n in enumerate(rules)}
    if "lbfgs" in settings.optimizers:
        column = [search(settings, start, schedule, guess) for guess in SEARCHES]
        found["lbfgs"] = SEARCHES[best(np.stack(column, 1))]
    return {name: found[name] for name in settings.optimizers}


def rates_of(name: str) -> np.ndarray:
    """The rates tried for one rule, ascending."""
    return RATES * SCALE.get(name, 1.0)


def best(losses: np.ndarray) -> int:
    """Which column of losses (steps + 1, rates) settles first; of equals, which ends lowest.

    A column ends at the worst of its last twentieth, and one that still swings there by a tenth
    of its whole way down counts only if all do: the end of a wild walk is luck. Settled: within
    0.001 of the lowest end, from there on. NaN and infinity never count.
    """
    tail = losses[-(len(losses) // 20 + 1) :]
    with np.errstate(invalid="ignore"):
        end, low = np.where(np.isfinite(tail), tail, np.inf).max(0), tail.min(0)
        calm = end - low <= 0.1 * (losses[0] - low) + TOLERANCE
    end = np.where(calm, end, np.inf) if calm.any() else end
    outside = ~(losses <= end.min() + TOLERANCE)
    backwards = outside[::-1].argmax(0)  # steps since a column was last outside
    steps = np.where(outside.any(0), len(losses) - backwards, 0)
    return int(np.lexsort((end, steps))[0])


def sweep(
    settings: RaceSettings, names: Sequence[str], start: Tensor, schedule: np.ndarray, noise: Tensor
) -> np.ndarray:
    """Losses (steps + 1, rules, rates) of every rule at every rate; inf where it ends far away."""
    options = settings.options()
    rows = [RULES["gradient-descent" if name == "sgd" else name] for name in names]
    rates = [torch.from_numpy(rates_of(name))[:, None] for name in names]
    theta = start.expand(len(rows), len(RATES), 2).clone()
    states = [rule.init(part) for rule, part in zip(rows, theta, strict=True)]
    losses = torch.empty(settings.steps + 1, len(rows), len(RATES), dtype=theta.dtype)
    for t in range(1, settings.steps + 1):
        losses[t - 1], grads = value_grad(options, theta)
        moved = []
        for i, (name, rule) in enumerate(zip(names, rows, strict=True)):
            grad = grads[i] + noise[t - 1] if name == "sgd" else grads[i]
            h = settings.hyper(name, rates[i] * float(schedule[t - 1]))
            part, states[i] = rule.step(theta[i], grad, states[i], t, h)
            moved.append(part)
        theta = torch.stack(moved)
    losses[-1] = value_grad(options, theta)[0]
    losses[-1][~in_play(options, theta)] = torch.inf
    return losses.numpy()


def search(settings: RaceSettings, start: Tensor, schedule: np.ndarray, guess: float) -> np.ndarray:
    """Losses (steps + 1,) of L-BFGS, whose line search does not batch."""
    theta = torch.nn.Parameter(start.clone())
    optimizer = make_torch("lbfgs", [theta], settings.hyper("lbfgs", guess))
    look = closure(settings, theta)
    losses = np.empty(settings.steps + 1)
    for t in range(settings.steps):
        before, losses[t:] = theta.detach().clone(), float(look())
        optimizer.param_groups[0]["lr"] = guess * float(schedule[t])
        optimizer.step(look)  # type: ignore[arg-type]
        if torch.equal(theta, before):  # it has settled, or its line search has failed for good
            return losses
    losses[-1] = float(look()) if bool(in_play(settings.options(), theta)) else np.inf
    return losses


def closure(settings: RaceSettings, theta: torch.nn.Parameter) -> Callable[[], Tensor]:
    """What L-BFGS calls to see height and gradient, with weight decay, which torch's lacks."""
    options, decay = settings.options(), settings.weight_decay

    def look() -> Tensor:
        here = theta.detach()
        height, grad = value_grad(options, theta)
        theta.grad = grad + decay * here
        return height + 0.5 * decay * (here * here).sum()

    return look
