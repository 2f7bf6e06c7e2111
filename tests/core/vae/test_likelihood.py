"""Likelihoods and the KL to the prior against torch.distributions, draws and closed forms."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, distributions

from core.vae.likelihood import binarised, kl_to_prior, log_likelihood, log_normal, means


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_bernoulli_is_that_of_torch_distributions() -> None:
    out = 3 * drawn(6, 20)
    x = (drawn(6, 20, seed=1) > 0).double()
    expected = distributions.Bernoulli(logits=out).log_prob(x).sum(-1)
    torch.testing.assert_close(log_likelihood(x, out, "bernoulli"), expected)


@pytest.mark.parametrize("sigma", [0.1, 1.0, 2.5])
def test_gaussian_is_that_of_torch_distributions(sigma: float) -> None:
    out, x = drawn(6, 20), drawn(6, 20, seed=1)
    expected = distributions.Normal(out, sigma).log_prob(x).sum(-1)
    torch.testing.assert_close(log_likelihood(x, out, "gaussian", sigma), expected)


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("shapes", [((4, 1, 9), (4, 7, 9)), ((4, 7, 9), (4, 1, 9)), ((9,), (4, 9))])
def test_one_image_can_meet_many_outputs(
    likelihood: str, shapes: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    """Images and outputs are broadcast, either way."""
    x, out = (drawn(*shape, seed=n) for n, shape in enumerate(shapes))
    x = (x > 0).double()
    law = {
        "bernoulli": lambda: distributions.Bernoulli(logits=out),
        "gaussian": lambda: distributions.Normal(out, 0.7),
    }[likelihood]()
    found = log_likelihood(x, out, likelihood, 0.7)
    torch.testing.assert_close(
        found, law.log_prob(x.expand(torch.broadcast_shapes(*shapes))).sum(-1)
    )


def test_bernoulli_probabilities_of_all_images_sum_to_one() -> None:
    """What a cross-entropy of greys does not: it is a likelihood of 0 and 1 only."""
    out = drawn(5)
    every = torch.cartesian_prod(*[torch.tensor([0.0, 1.0]).double()] * 5)
    assert float(log_likelihood(every, out, "bernoulli").exp().sum()) == pytest.approx(1)


def test_means_are_those_of_the_laws() -> None:
    out = drawn(3, 4)
    torch.testing.assert_close(means(out, "bernoulli"), distributions.Bernoulli(logits=out).mean)
    assert means(out, "gaussian") is out


def test_the_kl_is_torchs_dimension_by_dimension() -> None:
    mean, log_var = 2 * drawn(8, 5), 2 * drawn(8, 5, seed=1)
    q = distributions.Normal(mean, (log_var / 2).exp())
    expected = distributions.kl_divergence(q, distributions.Normal(0.0, 1.0))
    torch.testing.assert_close(kl_to_prior(mean, log_var), expected)
    assert kl_to_prior(torch.zeros(3), torch.zeros(3)).tolist() == [0, 0, 0]


def test_the_kl_is_the_mean_of_log_ratios() -> None:
    """Over 200,000 draws of a code of three numbers, within 5 standard errors."""
    mean, log_var = torch.tensor([1.0, -0.5, 0.0]).double(), torch.tensor([-1.0, 0.8, 0.0]).double()
    z = mean + (log_var / 2).exp() * drawn(200_000, 3)
    ratios = log_normal(z, mean, log_var) - log_normal(z)
    error = float(ratios.std()) / math.sqrt(len(z))
    assert float(ratios.mean()) == pytest.approx(
        float(kl_to_prior(mean, log_var).sum()), abs=5 * error
    )
    assert error < 0.01


def test_log_normal_is_torchs() -> None:
    z, mean, log_var = (drawn(4, 6, seed=n) for n in range(3))
    expected = distributions.Normal(mean, (log_var / 2).exp()).log_prob(z).sum(-1)
    torch.testing.assert_close(log_normal(z, mean, log_var), expected)
    standard = distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
    torch.testing.assert_close(log_normal(z), standard)


def test_a_grey_is_the_chance_of_ink() -> None:
    """Of 40,000 pixels of each grey, within 5 standard errors; and black and white stay."""
    grey = torch.tensor([0.0, 0.1, 0.5, 0.9, 1.0])
    found = binarised(grey.expand(40_000, -1), torch.Generator().manual_seed(3))
    assert set(found.unique().tolist()) == {0.0, 1.0}
    error = 5 * (grey * (1 - grey) / 40_000).sqrt()
    assert bool(((found.mean(0) - grey).abs() <= error + 1e-6).all())
    again = binarised(grey.expand(40_000, -1), torch.Generator().manual_seed(3))
    assert torch.equal(found, again)
