"""Two numbers an image: PCA's error by its eigenvalues, votes by scikit-learn, t-SNE's map."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from core.vae.data import load
from core.vae.uses_compress import by_pca, by_tsne, components, compress, needed, squared, voted
from core.vae.uses_layout import PLANES, POINTS, Found


@cache
def asked(data: str = "mnist") -> Found:
    return compress(data, 30.0, 0)


def test_what_pca_loses_is_the_eigenvalues_left_out() -> None:
    """Of the data it was fitted to; ``explained_variance_`` divides by n - 1."""
    rng = np.random.default_rng(0)
    x = 0.5 + 0.02 * rng.normal(size=(200, 12)) @ rng.normal(size=(12, 12))
    fitted = PCA(12).fit(x)
    for count in (1, 2, 5):
        places, back = by_pca(fitted, x, count)
        lost = fitted.explained_variance_[count:].sum() * 199 / 200 / 12
        assert places.shape == (200, count)
        assert squared(back, x) == pytest.approx(lost, rel=1e-9)


def test_as_few_components_are_needed_as_reach_the_error() -> None:
    x = load("mnist").x_test[:50].numpy().astype(np.float64)
    fitted = components("mnist")
    count = needed(fitted, x, 0.03)
    assert squared(by_pca(fitted, x, count)[1], x) <= 0.03
    assert squared(by_pca(fitted, x, count - 1)[1], x) > 0.03
    assert needed(fitted, x, 0.0) == 100


def test_votes_are_those_of_scikit_learns_classifier() -> None:
    """Each point left out in turn, five neighbours."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 80)
    places = rng.normal(size=(80, 2)) + y[:, None]
    model = KNeighborsClassifier(5, algorithm="brute")
    expected = cross_val_predict(model, places, y, cv=LeaveOneOut())
    assert voted(places, y) == pytest.approx((expected == y).mean(), abs=1e-12)


def test_the_map_of_t_sne_keeps_neighbours() -> None:
    """Trustworthiness (Venna and Kaski 2001) by scikit-learn; a random map has about one half."""
    x = load("digits").x_test[:150].numpy().astype(np.float64)
    found = by_tsne(x, 20.0, 0)
    assert trustworthiness(x, found, n_neighbors=5) > 0.93
    assert np.array_equal(found, by_tsne(x, 20.0, 0))


def test_the_bent_plane_brings_more_back_than_the_flat_one() -> None:
    metrics, arrays = asked()
    assert metrics["error/vae"] < 0.75 * metrics["error/pca"]
    assert 4 <= metrics["components"] <= 12
    assert metrics["right/pca"] < metrics["right/vae"] < metrics["right/tsne"]
    assert arrays["places"].shape == (len(PLANES), POINTS, 2)
    assert "error/tsne" not in metrics  # it has no way back


def test_measures_are_of_the_points_that_are_drawn() -> None:
    metrics, arrays = asked()
    for name, places in zip(PLANES, arrays["places"], strict=True):
        assert metrics[f"right/{name}"] == pytest.approx(
            voted(places, arrays["classes"]), abs=0.005
        )
