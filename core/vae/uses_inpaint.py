"""Fill in what is painted over: draws from what a VAE expects there, given what is visible.

Codes are drawn from p(z | visible pixels) by sequential Monte Carlo over tempered likelihoods
(Del Moral, Doucet and Jasra 2006; as annealed importance sampling, Neal 2001, with resampling):
draws of the prior, on which the visible pixels weigh a little more at every level. The encoder, who
never saw a painted-over image, is not asked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from core.vae.likelihood import log_likelihood, log_normal
from core.vae.nets import Autoencoder

KEPT = 0.5  # of the draws, the effective number that a level may leave
MOVES = 4  # a draw, at every level
WANTED = 0.25  # of proposals, the share to be taken (Roberts and Rosenthal 2001)
SMALL = 1e-6  # on the diagonal of their covariance, so that it has a root


@dataclass(frozen=True, eq=False)
class Draws:
    """codes (n, size), all as likely; levels: how many times the visible pixels were made to weigh
    more; moved: the share of proposals that was taken, 0 where there were none.
    """

    codes: Tensor
    levels: int
    moved: float


@torch.no_grad()
def posterior(
    net: Autoencoder, x: Tensor, y: Tensor, hidden: Tensor, count: int, random: torch.Generator
) -> Draws:
    """Codes given the pixels of x (d,) that are not hidden (d,); y (): for a conditional model."""
    visible = ~hidden
    shown, classes = x[visible], y.expand(count)

    def likely(codes: Tensor) -> Tensor:
        """Log p(visible pixels | code), (count,)."""
        out = net.decode(codes, classes)[:, visible]
        return log_likelihood(shown, out, net.spec.likelihood, net.spec.sigma)

    z = torch.randn(count, net.spec.size, generator=random)
    given, weight, levels = likely(z), 0.0, 0
    reach, taken = 2.38 / math.sqrt(net.spec.size), []
    while weight < 1 and visible.any():
        more = step_of(given, 1 - weight)
        weight, levels = (1.0 if more == 1 - weight else weight + more), levels + 1
        chosen = resampled(torch.softmax(more * given.double(), 0), random)
        z, given = z[chosen], given[chosen]
        for _ in range(MOVES):
            proposed = z + reach * torch.randn(z.shape, generator=random) @ _root(z).T
            new = likely(proposed)
            gain = weight * (new - given) + log_normal(proposed) - log_normal(z)
            take = torch.rand(count, generator=random).log() < gain
            z, given = torch.where(take[:, None], proposed, z), torch.where(take, new, given)
            taken.append(float(take.double().mean()))
            reach *= math.exp(taken[-1] - WANTED)
    return Draws(z, levels, sum(taken) / len(taken) if taken else 0.0)


def step_of(given: Tensor, most: float) -> float:
    """How much more weight log-likelihoods (n,) may get: until half of the draws would count.

    By bisection of the effective number, 1 / sum of squared weights (Jasra et al. 2011).
    """
    low, high = 0.0, most
    if effective(most * given) >= KEPT * len(given):
        return most
    for _ in range(30):
        middle = (low + high) / 2
        enough = effective(middle * given) >= KEPT * len(given)
        low, high = (middle, high) if enough else (low, middle)
    return high


def effective(log_weights: Tensor) -> float:
    """How many equal draws are worth as much as these weighted ones (n,)."""
    return 1 / float(torch.softmax(log_weights.double(), 0).square().sum())


def resampled(weights: Tensor, random: torch.Generator) -> Tensor:
    """Indices (n,), each as often as its weight (n,) says, to the nearest whole number or so.

    Systematic resampling (Kitagawa 1996): evenly spaced, from one random start.
    """
    count = len(weights)
    places = (torch.arange(count) + torch.rand(1, generator=random, dtype=torch.float64)) / count
    return torch.searchsorted(weights.cumsum(0), places).clamp_max(count - 1)


def _root(z: Tensor) -> Tensor:
    """Of the covariance of draws (n, d), the Cholesky factor (d, d)."""
    spread = torch.cov(z.T).reshape(z.shape[1], z.shape[1])
    found: Tensor = torch.linalg.cholesky(spread + SMALL * torch.eye(len(spread)))
    return found
