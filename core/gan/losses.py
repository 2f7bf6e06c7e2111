"""What each player minimises, from the discriminator's outputs (logits; of Wasserstein, scores).

Each loss is a mean over the batch, so that the discriminator's cross-entropy at equilibrium is
2 ln 2 as the sum of its two halves. Shapes: outputs (S, n, 1), losses (S,).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor, optim
from torch.nn.functional import relu, softplus

Net = Callable[[Tensor], Tensor]


class Loss(NamedTuple):
    """d(real, fake, label) -> the discriminator's loss; g(fake) -> the generator's.

    label: what the discriminator should say of real samples, 1 or a little less.
    """

    d: Callable[[Tensor, Tensor, float], Tensor]
    g: Callable[[Tensor], Tensor]


def _mean(x: Tensor) -> Tensor:
    return x.mean((-2, -1))


def _cross_entropy(real: Tensor, fake: Tensor, label: float) -> Tensor:
    """-label log D(x) - (1 - label) log(1 - D(x)) - log(1 - D(G(z))), Goodfellow et al. 2014."""
    return _mean(softplus(-real) + (1 - label) * real) + _mean(softplus(fake))


def _squares(real: Tensor, fake: Tensor, label: float) -> Tensor:
    """(D(x) - label)^2 / 2 + D(G(z))^2 / 2, Mao et al. 2017, labels 1 and 0."""
    return (_mean((real - label) ** 2) + _mean(fake**2)) / 2


def _hinge(real: Tensor, fake: Tensor, label: float) -> Tensor:
    """max(0, 1 - D(x)) + max(0, 1 + D(G(z))), Lim and Ye 2017."""
    return _mean(relu(1 - real)) + _mean(relu(1 + fake))


def _critic(real: Tensor, fake: Tensor, label: float) -> Tensor:
    """D(G(z)) - D(x), Arjovsky et al. 2017."""
    return _mean(fake) - _mean(real)


def _score(fake: Tensor) -> Tensor:
    """-D(G(z))."""
    return -_mean(fake)


LOSSES: dict[str, Loss] = {
    "minimax": Loss(_cross_entropy, lambda fake: -_mean(softplus(fake))),  # log(1 - D(G(z)))
    "non-saturating": Loss(_cross_entropy, lambda fake: _mean(softplus(-fake))),  # -log D(G(z))
    "least-squares": Loss(_squares, lambda fake: _mean((fake - 1) ** 2) / 2),
    "hinge": Loss(_hinge, _score),
    "wasserstein": Loss(_critic, _score),
    "wgan-gp": Loss(_critic, _score),
}


def r1(net: Net, real: Tensor) -> Tensor:
    """Half the mean squared gradient at real samples (S, n, d): (S,). Mescheder et al. 2018."""
    return (_slope(net, real) ** 2).sum(-1).mean(-1) / 2


def gradient_penalty(net: Net, real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """Mean of (|gradient| - 1)^2 between pairs of a real and a fake sample: (S,).

    share: (S, n, 1) in [0, 1], how far each place lies from the fake towards the real sample.
    Gulrajani et al. 2017, equation 3.
    """
    between = share * real + (1 - share) * fake
    length = (_slope(net, between) ** 2).sum(-1).clamp_min(1e-12).sqrt()
    return ((length - 1) ** 2).mean(-1)


def _slope(net: Net, x: Tensor) -> Tensor:
    """The gradient (S, n, d) of the outputs by their inputs, to be differentiated again."""
    x = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(net(x).sum(), x, create_graph=True)
    return slope


def descend(optimizer: optim.Optimizer, parameters: Iterable[Tensor], loss: Tensor) -> None:
    """One update by the gradient of the losses (S,) for these parameters, the optimizer's own.

    No other player's gradient is asked for, and no game of several touches another's parameters.
    """
    own = list(parameters)
    slopes = torch.autograd.grad(loss.sum(), own, allow_unused=True)
    for parameter, slope in zip(own, slopes, strict=True):
        # A penalty's gradient may come transposed in memory, which fused optimizers do not expect.
        parameter.grad = None if slope is None else slope.contiguous()
    optimizer.step()
