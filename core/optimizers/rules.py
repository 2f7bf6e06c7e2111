"""The update rules of torch.optim as pure functions of tensors, and torch.optim's own by name.

A rule is elementwise, so any leading batch of rates, starts or seeds runs as one tensor. Every
trajectory equals that of torch.optim in float64 (tests); the conventions are torch's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.optimizers.hyper import DECOUPLED, DEFAULTS, TITLES, Hyper, hyper

__all__ = ["DEFAULTS", "RULES", "TITLES", "Hyper", "Lion", "Rule", "hyper", "make_torch"]

State = dict[str, Tensor]
Update = Callable[[Tensor, State, int, Hyper], tuple[Tensor, State]]


@dataclass(frozen=True)
class Rule:
    """One optimizer: what it remembers, and the direction it makes of a gradient.

    slots: the names of its state, each of theta's shape; ``m`` is a mean (or sum) of gradients,
    ``v`` of squared gradients. direction: (grad, state, t, hyper) -> (what lr multiplies, state).
    """

    name: str
    slots: tuple[str, ...]
    direction: Update

    def init(self, theta: Tensor) -> State:
        """The state before the first step: zeros, and 1 for a product; each of theta's shape."""
        return {slot: torch.full_like(theta, slot == "product") for slot in self.slots}

    def step(
        self, theta: Tensor, grad: Tensor, state: State, t: int, hyper: Hyper
    ) -> tuple[Tensor, State]:
        """One update; nothing is changed in place. theta, grad: one shape; t: this step, from 1."""
        if self.name in DECOUPLED:
            theta = theta * (1 - hyper.lr * hyper.weight_decay)
        elif hyper.weight_decay != 0:
            grad = grad + hyper.weight_decay * theta
        direction, state = self.direction(grad, state, t, hyper)
        return theta - hyper.lr * direction, state


def _descent(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    return grad, state


def _momentum(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Polyak 1964, as torch: the first buffer is the gradient itself, whatever the dampening."""
    m = grad if t == 1 else h.momentum * state["m"] + (1 - h.dampening) * grad
    return m, {"m": m}


def _nesterov(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Nesterov 1983, in the form of Sutskever et al. 2013: look one buffer ahead."""
    m = h.momentum * state["m"] + grad  # torch allows no dampening here
    return grad + h.momentum * m, {"m": m}


def _adagrad(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Duchi, Hazan and Singer 2011: divide by the root of the sum of squares so far."""
    v = state["v"] + grad * grad
    return grad / (v.sqrt() + h.eps), {"v": v}


def _adadelta(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Zeiler 2012: the ratio of two running roots, of past steps over gradients."""
    v = h.beta2 * state["v"] + (1 - h.beta2) * grad * grad
    delta = (state["d"] + h.eps).sqrt() / (v + h.eps).sqrt() * grad
    return delta, {"v": v, "d": h.beta2 * state["d"] + (1 - h.beta2) * delta * delta}


def _rmsprop(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Tieleman and Hinton 2012: divide by the running root of the mean square."""
    v = h.beta2 * state["v"] + (1 - h.beta2) * grad * grad
    return grad / (v.sqrt() + h.eps), {"v": v}


def _moments(grad: Tensor, state: State, h: Hyper) -> State:
    m = state["m"] + (1 - h.beta1) * (grad - state["m"])
    return {**state, "m": m, "v": h.beta2 * state["v"] + (1 - h.beta2) * grad * grad}


def _adam(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Kingma and Ba 2015, Algorithm 1: eps is added to the bias-corrected root."""
    new = _moments(grad, state, h)
    root = new["v"].sqrt() / (1 - h.beta2**t) ** 0.5
    return new["m"] / (1 - h.beta1**t) / (root + h.eps), new


def _amsgrad(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Reddi, Kale and Kumar 2018: the largest mean square so far; torch corrects its bias too."""
    new = _moments(grad, state, h)
    new["vmax"] = torch.maximum(state["vmax"], new["v"])
    root = new["vmax"].sqrt() / (1 - h.beta2**t) ** 0.5
    return new["m"] / (1 - h.beta1**t) / (root + h.eps), new


def _nadam(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Dozat 2016: Nesterov's look-ahead in Adam, the momentum mu_t rising with psi = 0.004."""
    new = _moments(grad, state, h)
    mu, ahead = (h.beta1 * (1 - 0.5 * 0.96 ** (s * h.momentum_decay)) for s in (t, t + 1))
    product = (state["product"].float() * mu).float().to(grad.dtype)  # torch keeps it in float32
    new["product"] = product
    root = (new["v"] / (1 - h.beta2**t)).sqrt() + h.eps
    now, then = (1 - mu) / (1 - product) * grad, ahead / (1 - product * ahead) * new["m"]
    return (now + then) / root, new


def _radam(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Liu et al. 2020, Algorithm 2: no scaling until rho_t > 5, a rectified one after that.

    As torch (and unlike Adam) eps is added to the uncorrected root.
    """
    new = _moments(grad, state, h)
    beta2 = torch.as_tensor(h.beta2, dtype=grad.dtype, device=grad.device)
    last = 2 / (1 - beta2) - 1
    rho = last - 2 * t * beta2**t / (1 - beta2**t)
    rect = (rho - 4) * (rho - 2) * last / ((last - 4) * (last - 2) * rho)
    scale = (rect.clamp(min=0) * (1 - beta2**t)).sqrt() / (new["v"].sqrt() + h.eps)
    return new["m"] / (1 - h.beta1**t) * torch.where(rho > 5, scale, 1.0), new


def _adamax(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Kingma and Ba 2015, Algorithm 2: ``v`` is a fading maximum, eps joins |gradient|."""
    m = state["m"] + (1 - h.beta1) * (grad - state["m"])
    v = torch.maximum(h.beta2 * state["v"], grad.abs() + h.eps)
    return m / (1 - h.beta1**t) / v, {"m": m, "v": v}


def _lion(grad: Tensor, state: State, t: int, h: Hyper) -> tuple[Tensor, State]:
    """Chen et al. 2023, Algorithm 2: only the sign of a blend of mean and gradient."""
    blend = h.beta1 * state["m"] + (1 - h.beta1) * grad
    return blend.sign(), {"m": h.beta2 * state["m"] + (1 - h.beta2) * grad}


_TABLE: dict[str, tuple[tuple[str, ...], Update]] = {
    "gradient-descent": ((), _descent),
    "momentum": (("m",), _momentum),
    "nesterov": (("m",), _nesterov),
    "adagrad": (("v",), _adagrad),
    "adadelta": (("v", "d"), _adadelta),
    "rmsprop": (("v",), _rmsprop),
    "adam": (("m", "v"), _adam),
    "adamw": (("m", "v"), _adam),
    "amsgrad": (("m", "v", "vmax"), _amsgrad),
    "nadam": (("m", "v", "product"), _nadam),
    "radam": (("m", "v"), _radam),
    "adamax": (("m", "v"), _adamax),
    "lion": (("m",), _lion),
}
RULES: dict[str, Rule] = {name: Rule(name, *row) for name, row in _TABLE.items()}


class Lion(torch.optim.Optimizer):
    """Lion as a torch optimizer, which torch.optim lacks: the rule above on each parameter."""

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One update of every parameter that has a gradient."""
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            (beta1, beta2), decay = group["betas"], group["weight_decay"]
            h = Hyper(group["lr"], beta1=beta1, beta2=beta2, weight_decay=decay)
            for p in (p for p in group["params"] if p.grad is not None):
                state = self.state[p] or RULES["lion"].init(p)
                new, self.state[p] = RULES["lion"].step(p, p.grad, state, 1, h)
                p.copy_(new)
        return loss


# One line search a step, of 25 evaluations at most: torch counts max_eval over both.
_SEARCH = {"max_iter": 1, "max_eval": 26, "line_search_fn": "strong_wolfe"}


def make_torch(name: str, params: Iterable[Tensor], hyper: Hyper) -> torch.optim.Optimizer:
    """The real torch.optim optimizer of that name (Lion: the one above). hyper holds floats.

    L-BFGS makes one line search a step (strong Wolfe) and needs a closure.
    sgd is gradient descent: its noise is added to the gradient outside. KeyError if unknown.
    """
    optim, h = torch.optim, hyper
    own: dict[str, Any] = {"lr": h.lr, "weight_decay": h.weight_decay}
    betas: dict[str, Any] = {**own, "betas": (h.beta1, h.beta2)}
    adam = {**betas, "eps": h.eps}
    kinds: dict[str, tuple[Callable[..., torch.optim.Optimizer], dict[str, Any]]] = {
        "gradient-descent": (optim.SGD, own),
        "sgd": (optim.SGD, own),
        "momentum": (optim.SGD, {**own, "momentum": h.momentum, "dampening": h.dampening}),
        "nesterov": (optim.SGD, {**own, "momentum": h.momentum, "nesterov": True}),
        "adagrad": (optim.Adagrad, {**own, "eps": h.eps}),
        "adadelta": (optim.Adadelta, {**own, "rho": h.beta2, "eps": h.eps}),
        "rmsprop": (optim.RMSprop, {**own, "alpha": h.beta2, "eps": h.eps}),
        "adam": (optim.Adam, adam),
        "adamw": (optim.AdamW, adam),
        "amsgrad": (optim.Adam, {**adam, "amsgrad": True}),
        "nadam": (optim.NAdam, {**adam, "momentum_decay": h.momentum_decay}),
        "radam": (optim.RAdam, adam),
        "adamax": (optim.Adamax, adam),
        "lion": (Lion, betas),
        "lbfgs": (optim.LBFGS, {"lr": h.lr, **_SEARCH}),
    }
    kind, options = kinds[name]
    return kind(params, **options)
