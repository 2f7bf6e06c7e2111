"""The linear VAE: its exact ELBO image by image, its maximum against scikit-learn and SciPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles
from scipy.stats import multivariate_normal
from sklearn.decomposition import PCA
from torch import distributions

from core.data import digits
from core.experiment import Diverged
from core.vae.linear import LINEAR, Frame, Settings
from core.vae.linear_exact import largest_angle, matched, maximum, principal, turned
from core.vae.linear_train import Linear, run

X = digits.load()[0].astype(np.float64)
SHORT: dict[str, Any] = {"steps": 150}


def some_net(**settings: Any) -> tuple[Linear, torch.Tensor]:
    """A net with nothing in it at its start, and 40 images of 9 pixels, centred."""
    generator = torch.Generator().manual_seed(1)
    net = Linear(9, Settings(latent_dim=3, **settings), generator)
    with torch.no_grad():
        for one in net.parameters:
            one += 0.3 * torch.randn(one.shape, generator=generator, dtype=one.dtype)
    x = torch.randn(40, 9, generator=generator, dtype=torch.float64)
    return net, x - x.mean(0)


def posterior(net: Linear, x: torch.Tensor) -> distributions.MultivariateNormal:
    L = net.lean.tril(-1) + net.log_spread.exp().diag()
    return distributions.MultivariateNormal(x @ net.V.T, scale_tril=L)


@torch.no_grad()
@pytest.mark.parametrize("kind", ["diagonal", "full"])
@pytest.mark.parametrize("noise", ["learned", "fixed"])
def test_the_elbo_is_that_of_torch_distributions(kind: str, noise: str) -> None:
    """KL image by image; the reconstruction as a mean over the cubature of a normal law.

    Of a quadratic function the mean over m + sqrt(k) L (+-)e_i, 2k points, is exact.
    """
    net, x = some_net(posterior=kind, noise=noise)
    found = [float(part) for part in net.elbo(x.T @ x / len(x))]
    q = posterior(net, x)
    prior = distributions.MultivariateNormal(
        torch.zeros(3, dtype=x.dtype), torch.eye(3, dtype=x.dtype)
    )
    step = math.sqrt(3) * q.scale_tril.mT  # (40, 3, 3): rows are sqrt(k) times columns of L
    points = torch.cat([q.mean[:, None] + step, q.mean[:, None] - step], 1)
    sigma = (net.log_noise / 2).exp()
    given = distributions.Normal(points @ net.W.T, sigma).log_prob(x[:, None]).sum(-1).mean()
    assert found[0] == pytest.approx(float(given), abs=1e-10)
    kl = distributions.kl_divergence(q, prior).mean()
    assert found[1] == pytest.approx(float(kl), abs=1e-10)


@torch.no_grad()
@pytest.mark.parametrize("kind", ["diagonal", "full"])
def test_elbo_plus_kl_to_the_true_posterior_is_the_likelihood(kind: str) -> None:
    """Log p(x) - ELBO = KL(q(z | x) || p(z | x)), the posterior by Bayes' rule for normal laws."""
    net, x = some_net(posterior=kind)
    reconstruction, kl = net.elbo(x.T @ x / len(x))
    W, noise = net.W, float(net.log_noise.exp())
    eye = torch.eye(3, dtype=x.dtype)
    spread = noise * torch.linalg.inv(W.T @ W + noise * eye)
    spread = (spread + spread.T) / 2
    true = distributions.MultivariateNormal(x @ W @ spread / noise, spread)
    apart = distributions.kl_divergence(posterior(net, x), true).mean()
    marginal = multivariate_normal(np.zeros(9), (W @ W.T).numpy() + noise * np.eye(9))
    expected = float(marginal.logpdf(x.numpy()).mean())
    assert float(reconstruction - kl + apart) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("k", [1, 2, 4, 8, 16])
def test_the_maximum_is_sklearns_score_but_for_n_minus_1(k: int) -> None:
    """PCA.score has a covariance larger by n / (n - 1), which costs d/2 (log n/(n-1) - 1/n)."""
    n, d = X.shape
    _, values, vectors = principal(X)
    exact = maximum(values, vectors, k)
    less = d / 2 * (math.log(n / (n - 1)) - 1 / n)
    score = PCA(k, svd_solver="full").fit(X).score(X)
    assert exact.ml - score == pytest.approx(less, abs=1e-9)
    assert 0 < exact.ml - score < 1e-5
    assert exact.active == k


@pytest.mark.parametrize("sigma", [None, 0.2, 0.6, 0.9])
def test_the_maximum_is_the_likelihood_of_its_columns(sigma: float | None) -> None:
    """By scipy.stats; and no other columns or noise near them do better."""
    _, values, vectors = principal(X)
    exact = maximum(values, vectors, 6, sigma)
    own = likelihood(exact.columns, exact.sigma)
    assert own == pytest.approx(exact.ml, abs=1e-8)
    assert exact.active == (values[:6] > exact.sigma**2).sum()
    rng = np.random.default_rng(0)
    for _ in range(5):
        other = exact.columns + 0.01 * rng.normal(size=exact.columns.shape)
        assert likelihood(other, exact.sigma) < exact.ml
    if sigma is None:
        assert all(likelihood(exact.columns, exact.sigma * by) < exact.ml for by in (0.98, 1.02))


def likelihood(columns: np.ndarray, sigma: float) -> float:
    """Mean log-likelihood of the images, nats."""
    covariance = columns @ columns.T + sigma**2 * np.eye(len(columns))
    return float(multivariate_normal(X.mean(0), covariance).logpdf(X).mean())


FULL = [
    {"latent_dim": 4},
    {"latent_dim": 2, "posterior": "full", "seed": 3},
    {"latent_dim": 8, "noise": "fixed", "posterior": "full"},
]


@pytest.mark.parametrize("changes", FULL, ids=lambda one: "-".join(map(str, one.values())))
def test_training_ends_on_the_maximum_and_never_passes_it(changes: dict[str, Any]) -> None:
    frames = list(run(Settings(steps=500, **changes)))
    assert min(frame.metrics["gap"] for frame in frames) > -1e-6
    last = frames[-1].metrics
    assert last["gap"] < 5e-3
    assert frames[0].metrics["gap"] > 1
    assert last["sigma"] == pytest.approx(last["sigma_exact"], rel=1e-3)
    assert last["active"] == last["active_exact"]
    assert last["angle"] < 0.5
    assert last["elbo"] == pytest.approx(last["reconstruction"] - last["kl"])
    W = frames[-1].columns[2].reshape(len(frames[-1].columns[2]), -1).T
    assert likelihood(W.astype(np.float64), last["sigma"]) == pytest.approx(last["ml"], abs=0.02)
    side_by_side(frames[-1])


def side_by_side(frame: Frame) -> None:
    """The columns, turned together, are the exact ones; the model's variances are the data's."""
    exact, learned, _ = frame.columns
    np.testing.assert_allclose(learned, exact, atol=0.02)
    k = int(frame.metrics["active_exact"])
    np.testing.assert_allclose(frame.variances[1, :k], frame.variances[0, :k], rtol=0.01)
    np.testing.assert_allclose(frame.variances[1, k:], frame.metrics["sigma"] ** 2, rtol=0.02)


def test_the_maximum_holds_for_any_weights() -> None:
    """Also for such as no training would reach."""
    covariance, values, vectors = principal(X)
    S = torch.from_numpy(covariance)
    for seed in range(20):
        net = Linear(64, Settings(posterior="full"), torch.Generator().manual_seed(seed))
        with torch.no_grad():
            net.W *= 10 ** (seed / 10 - 1)
            reconstruction, kl = net.elbo(S)
        assert float(reconstruction - kl) < maximum(values, vectors, 4).ml


def test_the_subspaces_angle_is_scipys() -> None:
    rng = np.random.default_rng(2)
    columns, vectors = rng.normal(size=(20, 3)), np.linalg.qr(rng.normal(size=(20, 3)))[0]
    expected = math.degrees(subspace_angles(columns, vectors)[0])
    assert largest_angle(columns, vectors) == pytest.approx(expected, abs=1e-9)
    assert largest_angle(vectors @ rng.normal(size=(3, 3)), vectors) < 1e-6
    assert largest_angle(columns, vectors[:, :0]) == 0.0


def test_columns_are_matched_and_turned() -> None:
    """Mixed up, flipped and one of them leaned by 3 degrees; then turned by a rotation."""
    vectors = np.eye(6)[:, :3] * np.array([3.0, 2.0, 1.0])
    lean = math.radians(3)
    leaned = vectors.copy()
    leaned[:, 1] = 2 * np.array([0, math.cos(lean), 0, math.sin(lean), 0, 0])
    ordered, angle = matched(leaned[:, [2, 0, 1]] * np.array([-1.0, 1.0, -1.0]), vectors)
    np.testing.assert_allclose(ordered, leaned, atol=1e-12)
    assert angle == pytest.approx(3.0)
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    np.testing.assert_allclose(turned(vectors @ rotation, vectors), vectors, atol=1e-12)
    empty = vectors * np.array([1.0, 1.0, 0.0])
    assert matched(leaned, empty)[1] == pytest.approx(3.0)


def test_the_eigenvalues_are_sklearns() -> None:
    """But for n against n - 1."""
    n = len(X)
    _, values, vectors = principal(X)
    found = PCA(svd_solver="full").fit(X)
    np.testing.assert_allclose(values * n / (n - 1), found.explained_variance_, atol=1e-12)
    overlap = np.abs((found.components_[:5] * vectors[:, :5].T).sum(1))
    np.testing.assert_allclose(overlap, 1, atol=1e-9)


def test_noise_that_is_given_stays_and_all_may_collapse() -> None:
    frames = list(run(Settings(latent_dim=2, noise="fixed", sigma=1.0, steps=400)))
    last = frames[-1].metrics
    assert {frame.metrics["sigma"] for frame in frames} == {1.0}
    assert (last["active"], last["active_exact"], last["angle"], last["axes"]) == (0, 0, 0, 0)
    assert last["kl"] == pytest.approx(0, abs=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("turn", [0.0, 0.7])
def test_only_a_diagonal_spread_minds_which_way_the_columns_lie(turn: float) -> None:
    """At the best columns, turned by an angle, and the best encoder for them.

    With any spread the ELBO is the maximum; with a diagonal one it lacks the KL of the best
    diagonal normal law to the true posterior, (log det diag P - log det P) / 2, P its precision.
    """
    covariance, values, vectors = principal(X)
    exact = maximum(values, vectors, 2)
    turned_by = [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]
    W = torch.from_numpy(exact.columns @ np.array(turned_by))
    precision = W.T @ W / exact.sigma**2 + torch.eye(2, dtype=W.dtype)
    spreads = {"full": torch.linalg.inv(precision), "diagonal": (1 / precision.diag()).diag()}
    lacks = {"full": 0.0}
    lacks["diagonal"] = float(precision.diag().log().sum() - precision.logdet()) / 2
    assert (lacks["diagonal"] > 5e-4) is (turn > 0)
    for spread, D in spreads.items():
        net = Linear(64, Settings(latent_dim=2), torch.Generator())
        L = torch.linalg.cholesky(D)
        net.W, net.V = W, torch.linalg.inv(precision) @ W.T / exact.sigma**2
        net.log_spread, net.lean = L.diag().log(), L.tril(-1)
        net.log_noise = torch.tensor(2 * math.log(exact.sigma), dtype=W.dtype)
        reconstruction, kl = net.elbo(torch.from_numpy(covariance))
        found = exact.ml - float(reconstruction - kl)
        assert found == pytest.approx(lacks[spread], abs=1e-8), spread


def test_a_rate_that_is_much_too_large_is_told() -> None:
    wild = Settings(steps=200).model_copy(update={"lr": 1e4})
    with pytest.raises(Diverged, match="no number") as ended:
        list(run(wild))
    assert ended.value.fix == {"lr": 0.03}


def test_the_formula_carries_the_runs_numbers() -> None:
    assert LINEAR.explain is not None
    settings = Settings(**SHORT)
    frames = list(run(settings))
    told = LINEAR.explain(settings, frames, len(frames) - 1)
    assert list(told) == ["Bound", "Noise", "In use"]
    assert f"{frames[-1].metrics['kl']:.5g}" in told["Bound"]
    assert r"\frac{1}{64 - 4}" in told["Noise"]
    assert "given" in LINEAR.explain(Settings(noise="fixed"), frames, 0)["Noise"]
