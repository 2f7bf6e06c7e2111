"""How likely an image is under what the decoder says, and how far a code is from the prior.

Sums over pixels and over latent dimensions, in nats; what averages over a batch says so.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)


def log_likelihood(x: Tensor, out: Tensor, likelihood: str, sigma: float = 1.0) -> Tensor:
    """Log p(x | z), (...,), of x (..., d) under the decoder's output (..., d), nats.

    bernoulli: the outputs are logits, x is 0 or 1 (for a grey x it is a cross-entropy, and no
    likelihood). gaussian: the outputs are means; sigma, the standard deviation, is the same
    everywhere.
    """
    if likelihood == "bernoulli":
        wide = torch.broadcast_to(x, torch.broadcast_shapes(x.shape, out.shape))
        each = functional.binary_cross_entropy_with_logits(
            out.expand_as(wide), wide, reduction="none"
        )
        return -each.sum(-1)
    each = 0.5 * ((x - out) / sigma).square() + math.log(sigma) + HALF_LOG_TAU
    return -each.sum(-1)


def means(out: Tensor, likelihood: str) -> Tensor:
    """The decoder's output as the mean of every pixel."""
    return torch.sigmoid(out) if likelihood == "bernoulli" else out


def kl_to_prior(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(mean, exp(log_var)) || N(0, 1)) of every dimension, same shape as mean, nats.

    Kingma and Welling 2014, appendix B.
    """
    return 0.5 * (mean.square() + log_var.exp() - 1 - log_var)


def log_normal(z: Tensor, mean: Tensor | float = 0.0, log_var: Tensor | float = 0.0) -> Tensor:
    """Log N(z; mean, exp(log_var)), (...,), summed over the last axis."""
    log_var = torch.as_tensor(log_var, dtype=z.dtype)
    each = -0.5 * (z - mean).square() / log_var.exp() - 0.5 * log_var - HALF_LOG_TAU
    return each.sum(-1)


def binarised(x: Tensor, generator: torch.Generator) -> Tensor:
    """Grey images as draws of 0 or 1, each pixel 1 with its grey as probability.

    Salakhutdinov and Murray 2008: what a Bernoulli likelihood is a likelihood of.
    """
    return (torch.rand(x.shape, generator=generator) < x).to(x.dtype)
