"""Completions of painted-over images: held to exact conditional laws, and at both ends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from core.data.masks import LENGTH, SHAPES, decode, encode, grid, pixels
from core.vae.data import held_out
from core.vae.likelihood import log_normal
from core.vae.nets import load
from core.vae.uses import Settings
from core.vae.uses_inpaint import effective, posterior, resampled, step_of
from core.vae.uses_layout import DRAWN
from core.vae.uses_run import able, errors, inpaint, run


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Linear:
    """x = W z + b + noise of width sigma: the posterior of z is known."""

    def __init__(self, d: int, size: int, sigma: float) -> None:
        self.w, self.b = torch.randn(d, size, generator=seeded(5)), torch.linspace(-1, 1, d)
        self.spec = SimpleNamespace(size=size, likelihood="gaussian", sigma=sigma)

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return z @ self.w.T + self.b


@pytest.mark.parametrize("visible", [2, 5, 9])
def test_a_linear_gaussian_decoder_gives_the_exact_conditional_law(visible: int) -> None:
    """Bishop 2006, equations 2.116 and 2.117: mean and covariance of z given what is visible.

    Of 4,000 draws, moved but related: errors are held to 5 standard errors of 600 that are not.
    """
    net: Any = Linear(9, 3, 0.5)
    x = net.decode(torch.randn(1, 3, generator=seeded(6)))[0]
    hidden = torch.arange(9) >= visible
    w, rest = net.w[~hidden].double(), (x - net.b)[~hidden].double()
    cov = torch.linalg.inv(torch.eye(3) + w.T @ w / 0.25)
    mean = cov @ w.T @ rest / 0.25
    z = posterior(net, x, torch.tensor(0), hidden, 4000, seeded()).codes.double()
    away = (z.mean(0) - mean) / (cov.diagonal() / 600).sqrt()
    assert away.abs().max() < 5
    ratio = torch.cov(z.T).diagonal() / cov.diagonal()
    assert (ratio - 1).abs().max() < 5 * (2 / 600) ** 0.5
    scale = (cov.diagonal()[:, None] * cov.diagonal()).sqrt()
    assert ((torch.cov(z.T) - cov) / scale).abs().max() < 5 / 600**0.5


@pytest.mark.parametrize("image", [3, 8, 14, 25])
def test_the_shipped_model_agrees_with_an_integral_over_its_plane(image: int) -> None:
    """The mean of every hidden pixel against a sum over 181x181 codes, weights p(z) p(visible | z).

    Image 8 has its mass where a walk by the encoder does not find it.
    """
    net = load("vae-mnist")
    x, y = (part[image] for part in held_out("mnist", "bernoulli", 100))
    hidden = torch.from_numpy(pixels(grid("left", ""), 28).ravel())
    ends = torch.linspace(-4.5, 4.5, 181)
    z = torch.cartesian_prod(ends, ends)
    ink = net.image(z)
    given = torch.where(x[~hidden] == 1, ink[:, ~hidden], 1 - ink[:, ~hidden]).log().sum(1)
    exact = torch.softmax(given + log_normal(z), 0) @ ink
    found = net.image(posterior(net, x, y, hidden, 512, seeded()).codes).mean(0)
    assert (found - exact)[hidden].square().mean().sqrt() < 0.015


def test_with_nothing_hidden_they_are_the_reconstruction() -> None:
    settings = Settings(mask="none")
    metrics, arrays = inpaint(settings)
    assert (arrays["filled"] == arrays["original"]).all()
    assert arrays["spread"].max() == 0
    assert "error_one" not in metrics and metrics["agreement"] == 1
    net = load("vae-mnist-16")
    x, y = (part[8] for part in held_out("mnist", "bernoulli", 100))
    draws = posterior(net, x, y, torch.zeros(784, dtype=torch.bool), DRAWN, seeded())
    back, apart = net.image(net.encode(x[None])[0])[0], net.image(net.encode(x[None] * 0)[0])[0]
    found = net.image(draws.codes).mean(0)
    assert (found - back).square().mean() < 0.05 * (apart - back).square().mean()


def test_with_all_hidden_they_are_draws_of_the_prior() -> None:
    """Each number standard normal, by Kolmogorov and Smirnov; false alarm 16 in 10,000."""
    net, hidden = load("vae-mnist-16"), torch.ones(784, dtype=torch.bool)
    found = posterior(net, torch.zeros(784), torch.tensor(0), hidden, 2000, seeded())
    assert found.levels == 0 and found.moved == 0
    for column in found.codes.T.numpy():
        assert stats.kstest(column, "norm").pvalue > 1e-4


def test_a_step_leaves_half_of_the_draws_effective() -> None:
    given = torch.randn(500, generator=seeded()) * 30
    step = step_of(given, 1.0)
    assert effective(step * given) == pytest.approx(250, abs=0.1)
    assert step_of(given / 1000, 1.0) == 1.0
    assert effective(torch.zeros(40)) == pytest.approx(40)
    assert effective(torch.tensor([0.0, -1e9, -1e9])) == pytest.approx(1)


def test_resampling_takes_each_as_often_as_its_weight_says() -> None:
    """Systematic: never a whole draw off."""
    weights = torch.softmax(torch.randn(200, generator=seeded()).double(), 0)
    counts = torch.bincount(resampled(weights, seeded(1)), minlength=200)
    assert counts.sum() == 200
    assert (counts - 200 * weights).abs().max() < 1 + 1e-9


def test_one_completion_is_off_by_the_mean_and_their_variance() -> None:
    """NumPy's mean and variance over draws: E|x' - x|^2 = |E x' - x|^2 + Var x'."""
    images, truth = torch.rand(50, 30, generator=seeded()), torch.rand(30, generator=seeded(1))
    hidden = torch.arange(30) < 12
    found = errors(images, truth, hidden)
    under = images.numpy()[:, :12]
    mean = ((under.mean(0) - truth.numpy()[:12]) ** 2).mean()
    assert found["error_mean"] == pytest.approx(mean, rel=1e-5)
    assert found["error_one"] == pytest.approx(mean + under.var(0).mean(), rel=1e-5)
    assert found["spread"] == pytest.approx(under.std(0, ddof=1).mean(), rel=1e-5)


def test_what_is_visible_stays_and_the_rest_varies() -> None:
    _, arrays = inpaint(Settings(mask="band"))
    hidden = arrays["hidden"].astype(bool)
    assert np.flatnonzero(hidden.any(1)).tolist() == list(range(10, 18))
    assert (arrays["filled"][:, ~hidden] == arrays["original"][~hidden]).all()
    assert (arrays["spread"][hidden] > 0).any() and (arrays["spread"][~hidden] == 0).all()


@pytest.mark.parametrize("model", ["vae-mnist", "vae-mnist-conditional", "vae-fashion-16"])
def test_every_model_fills_in_by_more_than_chance(model: str) -> None:
    """What is read in them is the true class oftener than the prior's one in ten."""
    (frame,) = run(Settings(model=model, image=5, mask="bottom"))
    assert frame.metrics["right"] > 0.3
    assert frame.filled is not None and frame.filled.shape == (8, 28, 28)


def test_the_class_ends_the_doubt() -> None:
    """The same half of an 8, without and with its class."""
    doubt, told = (
        inpaint(Settings(model=name))[0] for name in ("vae-mnist-16", "vae-mnist-conditional")
    )
    assert told["right"] > 0.99 > doubt["right"] + 0.15


@pytest.mark.parametrize("name", ["vae-mnist-plain", "vae-mnist-vq", "vae-mnist-denoising"])
def test_models_without_a_distribution_are_refused_in_words(name: str) -> None:
    with pytest.raises(ValueError, match="no distribution to draw from"):
        able(load(name))


def test_a_model_of_points_is_refused_in_words() -> None:
    net: Any = SimpleNamespace(spec=SimpleNamespace(variational=True, side=0))
    with pytest.raises(ValueError, match="points, not images"):
        able(net)


@pytest.mark.parametrize(
    ("shape", "share"),
    [("left", 0.5), ("right", 0.5), ("top", 0.5), ("bottom", 0.5), ("band", 4 / 14), ("all", 1.0),
     ("none", 0.0), ("hand", 0.0)],
)  # fmt: skip
def test_shapes_paint_over_what_they_say(shape: str, share: float) -> None:
    found = grid(shape, "")
    assert found.mean() == pytest.approx(share)
    assert (pixels(found, 28) == np.kron(found, np.ones((2, 2)))).all()
    sides = {"left": found[:, 0], "right": found[:, -1], "top": found[0], "bottom": found[-1]}
    assert shape in SHAPES and sides.get(shape, np.ones(1)).all()


def test_paint_as_text_comes_back() -> None:
    squares = np.random.default_rng(0).random((14, 14)) < 0.3
    text = encode(squares)
    assert len(text) == LENGTH and (decode(text) == squares).all()
    first = np.zeros((14, 14), bool)
    first[0, 0] = True
    assert encode(first) == "8" + "0" * 48
    assert pixels(decode(text), 8).shape == (8, 8)


@pytest.mark.parametrize(
    "text", ["0", "g" * LENGTH, "F" * LENGTH, "0" * (LENGTH + 1), "0" * 48 + " "]
)
def test_other_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="49 of the digits 0 to 9 and letters a to f"):
        decode(text)
