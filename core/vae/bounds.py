"""Lower bounds on log p(x): the ELBO in its two parts, and the importance-weighted bound."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from core.vae.likelihood import kl_to_prior, log_likelihood, log_normal
from core.vae.nets import Autoencoder
from core.vae.quantise import quantise

CHUNK = 200  # decoded at a time: they stay in the processor's cache


@dataclass(frozen=True)
class Parts:
    """Of every image, nats: reconstruction (n,), E_q[log p(x | z)], by draws of z, and kl (n, d).

    Of a VQ-VAE kl has one column a token, log K each: the code is certain, the prior uniform. Of a
    plain autoencoder it has none. iwae (n,): the bound of k draws; None where q is no density.
    """

    reconstruction: Tensor
    kl: Tensor
    iwae: Tensor | None

    @property
    def elbo(self) -> Tensor:
        """The evidence lower bound of every image, (n,), nats; at beta = 1 whatever it learned by.

        Kingma and Welling 2014, equation 3.
        """
        return self.reconstruction - self.kl.sum(1)


@torch.no_grad()
def bounds(net: Autoencoder, x: Tensor, y: Tensor, draws: int, generator: torch.Generator) -> Parts:
    """The parts of images x (n, features), with so many draws of the code an image.

    iwae is Burda, Grosse and Salakhutdinov 2016, equation 8.
    """
    mean, log_var = net.encode(x, y)
    if not net.spec.variational:
        return _certain(net, x, mean)
    size = max(1, CHUNK // draws)
    noise = torch.randn(len(x), draws, net.spec.size, generator=generator)
    parts = [
        _drawn(net, *part)
        for part in zip(*(t.split(size) for t in (x, y, mean, log_var, noise)), strict=True)
    ]
    joined = [torch.cat(part) for part in zip(*parts, strict=True)]
    return Parts(joined[0], kl_to_prior(mean, log_var), joined[1])


def _drawn(
    net: Autoencoder, x: Tensor, y: Tensor, mean: Tensor, log_var: Tensor, noise: Tensor
) -> tuple[Tensor, Tensor]:
    """Mean of log p(x | z) over the draws (n, k, d), and the log of the mean weight, both (n,)."""
    draws = noise.shape[1]
    z = mean[:, None] + (0.5 * log_var).exp()[:, None] * noise
    out = net.decode(z.flatten(0, 1), y.repeat_interleave(draws)).unflatten(0, (-1, draws))
    given = log_likelihood(x[:, None], out, net.spec.likelihood, net.spec.sigma)
    weights = given + log_normal(z) - log_normal(z, mean[:, None], log_var[:, None])
    return given.mean(1), weights.logsumexp(1) - math.log(draws)


def _certain(net: Autoencoder, x: Tensor, code: Tensor) -> Parts:
    """Of a code that is certain: a plain one's, or the nearest in the book."""
    kl = torch.zeros(len(x), 0)
    if net.spec.codes:
        found = quantise(code.unflatten(1, (net.spec.tokens, -1)), net.book)
        code, kl = found.z.flatten(1), torch.full(found.codes.shape, math.log(net.spec.codes))
    given = log_likelihood(x, net.decode(code), net.spec.likelihood, net.spec.sigma)
    return Parts(given, kl, None)


def active(mean: Tensor) -> Tensor:
    """Whether each dimension of the codes' means (n, d) says something: variance over 0.01.

    Burda, Grosse and Salakhutdinov 2016, section 5.
    """
    return mean.var(0) > 0.01
