"""Names, titles and hyperparameters of the optimizers; imports no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from torch import Tensor

RuleName = Literal[
    "gradient-descent",
    "momentum",
    "nesterov",
    "adagrad",
    "adadelta",
    "rmsprop",
    "adam",
    "adamw",
    "amsgrad",
    "nadam",
    "radam",
    "adamax",
    "lion",
]
"""The elementwise rules: what one coordinate does depends on that coordinate alone."""

Number: TypeAlias = "float | Tensor"


@dataclass(frozen=True)
class Hyper:
    """The numbers that steer a rule; each rule reads those it has.

    lr, momentum, beta1, beta2: floats, or tensors that broadcast against theta, so that a batch
    of rates, starts or seeds runs at once. beta2 is also RMSprop's alpha and Adadelta's rho.
    """

    lr: Number = 1e-3
    momentum: Number = 0.9  # momentum, Nesterov
    beta1: Number = 0.9  # decay of the mean gradient: Adam's family, Lion
    beta2: Number = 0.999  # decay of the mean square: Adam's family, RMSprop, Adadelta; Lion's mean
    eps: float = 1e-8  # keeps a division by zero away
    weight_decay: float = 0.0  # decoupled for AdamW and Lion, else added to the gradient
    dampening: float = 0.0  # momentum, from the second step on
    momentum_decay: float = 0.004  # psi, of NAdam's momentum schedule


DEFAULTS: dict[str, Hyper] = {
    "gradient-descent": Hyper(),
    "sgd": Hyper(),
    "momentum": Hyper(),
    "nesterov": Hyper(),
    "adagrad": Hyper(lr=1e-2, eps=1e-10),
    "adadelta": Hyper(lr=1.0, beta2=0.9, eps=1e-6),
    "rmsprop": Hyper(lr=1e-2, beta2=0.99),
    "adam": Hyper(),
    "adamw": Hyper(weight_decay=1e-2),
    "amsgrad": Hyper(),
    "nadam": Hyper(lr=2e-3),
    "radam": Hyper(),
    "adamax": Hyper(lr=2e-3),
    "lion": Hyper(lr=1e-4, beta2=0.99),
    "lbfgs": Hyper(lr=1.0),
}
"""The defaults of torch.optim, save momentum 0.9 (torch has 0); Lion's are the paper's."""

TITLES: dict[str, str] = {
    "gradient-descent": "Gradient descent",
    "sgd": "SGD, noisy gradient",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "AdaGrad",
    "adadelta": "Adadelta",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "amsgrad": "AMSGrad",
    "nadam": "NAdam",
    "radam": "RAdam",
    "adamax": "Adamax",
    "lbfgs": "L-BFGS",
    "lion": "Lion",
}

DECOUPLED = ("adamw", "lion")
"""The rules whose weight decay shrinks the weights directly, past the moments."""


def hyper(name: str, **changes: Number) -> Hyper:
    """The defaults of that optimizer with changes. KeyError for an unknown name."""
    return replace(DEFAULTS[name], **changes)  # type: ignore[arg-type]
