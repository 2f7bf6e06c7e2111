"""The ELBO and the importance-weighted bound against a model whose likelihood is exact."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from torch import Tensor, distributions

from core.vae.bounds import active, bounds
from core.vae.nets import Autoencoder, build
from core.vae.spec import Spec

D, K, SIGMA, COUNT = 5, 2, 0.8, 60
Y = torch.zeros(COUNT, dtype=torch.int64)


class Linear(Autoencoder):
    """x = W z + sigma e, and an encoder that gives N(V x, diag(spread^2)) for every x."""

    def __init__(self, W: Tensor, V: Tensor, spread: Tensor) -> None:
        torch.nn.Module.__init__(self)
        self.spec = Spec("vae", "digits", 0, K, "dense", 4, "gaussian", SIGMA)
        self.W, self.V, self.spread = W, V, spread

    def encode(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor]:
        mean = x @ self.V.T
        return mean, (2 * self.spread.log()).expand_as(mean)

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return z @ self.W.T


def random(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def model() -> tuple[Linear, Tensor, Tensor]:
    """One with an encoder that is off, images of it, and their exact log-likelihoods.

    By scipy.stats: x is normal with covariance W W' + sigma^2 I.
    """
    W = torch.linalg.qr(torch.randn(D, K, generator=random(0)))[0] * torch.tensor([1.5, 0.7])
    precision = W.T @ W / SIGMA**2 + torch.eye(K)
    V = torch.linalg.inv(precision) @ W.T / SIGMA**2
    net = Linear(W, V + 0.15, 1.3 / precision.diag().sqrt())
    z, e = torch.randn(COUNT, K, generator=random(1)), torch.randn(COUNT, D, generator=random(2))
    x = z @ W.T + SIGMA * e
    covariance = (W @ W.T + SIGMA**2 * torch.eye(D)).double().numpy()
    exact = multivariate_normal(np.zeros(D), covariance).logpdf(x.double().numpy())
    return net, x, torch.from_numpy(exact).float()


def true_elbo(net: Linear, x: Tensor, exact: Tensor) -> Tensor:
    """Log p(x) - KL(q || p(z | x)), with the exact posterior, by torch.distributions."""
    precision = net.W.T @ net.W / SIGMA**2 + torch.eye(K)
    spread = torch.linalg.inv(precision)
    posterior = distributions.MultivariateNormal(x @ net.W @ spread / SIGMA**2, spread)
    q = distributions.MultivariateNormal(x @ net.V.T, torch.diag(net.spread**2))
    return exact - distributions.kl_divergence(q, posterior)


def test_the_elbo_is_the_likelihood_less_the_kl_to_the_posterior(
    model: tuple[Linear, Tensor, Tensor],
) -> None:
    """Of each image from 4,000 draws, on average over the images within 5 standard errors."""
    net, x, exact = model
    found = bounds(net, x, Y, 4000, random(3))
    torch.testing.assert_close(found.elbo, found.reconstruction - found.kl.sum(1))
    apart = found.elbo - true_elbo(net, x, exact)
    # Of |x - W z|^2 / (2 sigma^2) the spread over z is a few nats at most.
    assert float(apart.mean()) == pytest.approx(0, abs=5 * 3 / math.sqrt(4000 * COUNT))
    assert float(apart.abs().max()) < 5 * 6 / math.sqrt(4000)


def test_the_iwae_bound_rises_with_the_draws_towards_the_likelihood(
    model: tuple[Linear, Tensor, Tensor],
) -> None:
    """Burda et al. 2016, theorem 1; on average over images and 40 repetitions.

    With one draw it is the ELBO; with 2,000 within 0.01 nats of log p(x).
    """
    net, x, exact = model
    means = []
    for draws in (1, 5, 50):
        runs = [bounds(net, x, Y, draws, random(seed)).iwae for seed in range(40)]
        means.append(float(torch.stack([run for run in runs if run is not None]).mean()))
    assert all(low < high for low, high in pairwise(means))
    assert means[0] == pytest.approx(float(true_elbo(net, x, exact).mean()), abs=0.12)
    most = bounds(net, x, Y, 2000, random(5)).iwae
    assert most is not None
    assert float(most.mean()) == pytest.approx(float(exact.mean()), abs=0.01)
    assert means[-1] < float(exact.mean()) + 0.02
    assert float((most - exact).abs().max()) < 0.25


def test_an_encoder_that_is_right_makes_both_bounds_exact() -> None:
    """With q the posterior every weight is p(x): the IWAE bound from a single draw already."""
    W = torch.diag(torch.tensor([1.5, 0.7]))
    W = torch.cat([W, torch.zeros(D - K, K)])
    precision = (W.square().sum(0) / SIGMA**2) + 1
    net = Linear(W, (W / precision).T / SIGMA**2, precision.rsqrt())
    x = torch.randn(COUNT, D, generator=random(8))
    covariance = (W @ W.T + SIGMA**2 * torch.eye(D)).double().numpy()
    exact = multivariate_normal(np.zeros(D), covariance).logpdf(x.double().numpy())
    for draws in (1, 7, 300):
        found = bounds(net, x, Y, draws, random(draws)).iwae
        assert found is not None
        np.testing.assert_allclose(found.numpy(), exact, atol=1e-4)


def spec(kind: str, **changes: Any) -> Spec:
    given = {"data": "digits", "side": 8, "latent_dim": 3, "layers": "dense", "width": 16}
    return Spec(kind, **{**given, "likelihood": "bernoulli", **changes})


@pytest.mark.parametrize(
    "kind", [spec("vae"), spec("conditional"), spec("vae", likelihood="gaussian", sigma=0.5)],
    ids=["vae", "conditional", "gaussian"],
)  # fmt: skip
def test_the_elbo_is_not_above_the_iwae_bound(kind: Spec) -> None:
    """Beyond Monte Carlo error: on average over images, within 5 standard errors.

    With sampled log weights it could not be in a single image (Jensen's inequality); the ELBO's KL
    is in closed form and lies on either side of the sampled one.
    """
    net = build(kind, random(0))
    x = (torch.rand(200, 64, generator=random(1)) > 0.7).float()
    y = torch.randint(10, (200,), generator=random(2))
    found = bounds(net, x, y, 16, random(3))
    assert found.iwae is not None
    gap = found.iwae - found.elbo
    error = float(gap.std()) / math.sqrt(len(gap))
    assert float(gap.mean()) > -5 * error


def test_chunks_change_nothing() -> None:
    """Decoded in pieces of 200 or at once: the same draws, the same numbers."""
    net = build(spec("vae"), random(0))
    x = (torch.rand(90, 64, generator=random(1)) > 0.7).float()
    y = torch.zeros(90, dtype=torch.int64)
    found = bounds(net, x, y, 16, random(3))
    mean, log_var = net.encode(x)
    noise = torch.randn(90, 16, 3, generator=random(3))
    z = mean[:, None] + (log_var / 2).exp()[:, None] * noise
    given = distributions.Bernoulli(logits=net.decode(z.flatten(0, 1)).unflatten(0, (90, 16)))
    value = given.log_prob(x[:, None].expand(-1, 16, -1)).sum(-1)
    torch.testing.assert_close(found.reconstruction, value.mean(1).detach())
    prior = distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
    own = distributions.Normal(mean[:, None], (log_var / 2).exp()[:, None]).log_prob(z).sum(-1)
    weights = value + prior - own
    assert found.iwae is not None
    torch.testing.assert_close(found.iwae, (weights.logsumexp(1) - math.log(16)).detach())


def test_a_code_that_is_certain_has_its_own_kl() -> None:
    """A plain code has none and no bound; a VQ-VAE pays log K a token (uniform prior)."""
    x = (torch.rand(4, 64, generator=random(1)) > 0.7).float()
    y = torch.zeros(4, dtype=torch.int64)
    plain = bounds(build(spec("autoencoder"), random(0)), x, y, 3, random(1))
    assert plain.kl.shape == (4, 0)
    assert plain.iwae is None
    net = build(spec("vq-vae", codes=12, tokens=4), random(0))
    found = bounds(net, x, y, 3, random(1))
    torch.testing.assert_close(found.kl, torch.full((4, 4), math.log(12)))
    assert found.iwae is None
    image = net.snap(net.encode(x)[0])
    expected = distributions.Bernoulli(logits=net.decode(image)).log_prob(x).sum(1)
    torch.testing.assert_close(found.reconstruction, expected.detach())


def test_dimensions_that_say_nothing_are_not_active() -> None:
    """Variance over 0.01: Burda et al. 2016, section 5."""
    alternate = torch.tensor([1.0, -1.0]).repeat(50)
    codes = torch.stack([alternate, 0.09 * alternate, 0.11 * alternate, 3 + 0 * alternate], 1)
    assert active(codes).tolist() == [True, False, True, False]
