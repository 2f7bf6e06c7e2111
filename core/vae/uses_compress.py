"""Images as two numbers: a VAE's codes beside PCA's and beside the map of t-SNE."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.vae.data import load
from core.vae.nets import load as load_net
from core.vae.uses_layout import BACK, NEIGHBOURS, POINTS, Found
from core.vae.uses_shared import grey

FITTED = 4000  # training images, enough for a hundred components
MANY = 100  # components, of which as few are counted as reach the VAE's error
FIRST = 30  # of which t-SNE sees the images, as its authors had it
TURNS = 500  # of its descent


@cache
def components(data: str) -> PCA:
    """The first hundred principal components of training images."""
    x = load(data).x[:FITTED].numpy().astype(np.float64)
    return PCA(MANY, svd_solver="covariance_eigh").fit(x)


def by_pca(fitted: PCA, x: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates (n, count) of images x (n, d), and what they give back (n, d)."""
    places = fitted.transform(x)[:, :count]
    return places, np.clip(fitted.mean_ + places @ fitted.components_[:count], 0, 1)


def needed(fitted: PCA, x: np.ndarray, error: float) -> int:
    """How many components give x (n, d) back with that mean squared error or less, at most 100."""
    enough = (n for n in range(1, MANY) if squared(by_pca(fitted, x, n)[1], x) <= error)
    return next(enough, MANY)


def squared(x: np.ndarray, y: np.ndarray) -> float:
    """Mean squared error a pixel."""
    return float(((x - y) ** 2).mean())


def by_tsne(x: np.ndarray, perplexity: float, seed: int) -> np.ndarray:
    """The map (n, 2) of images x (n, d) among themselves; it can place no other image."""
    first = PCA(FIRST, svd_solver="covariance_eigh").fit_transform(x)
    made = TSNE(perplexity=perplexity, init="pca", max_iter=TURNS, random_state=seed)
    return np.asarray(made.fit_transform(first))


def voted(places: np.ndarray, y: np.ndarray) -> float:
    """Share of points (n, 2) whose five nearest others have mostly their own class y (n,).

    Of equally frequent classes the lowest counts, as scikit-learn's classifier has it.
    """
    near = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(places).kneighbors(return_distance=False)
    votes = np.stack([np.bincount(row, minlength=10) for row in y[near]])
    return float((votes.argmax(1) == y).mean())


def compress(data: str, perplexity: float, seed: int) -> Found:
    """Metrics and arrays of the frame: of 500 held-out images, drawn by the seed.

    On one thread: two would add in another order, and wait for each other on a busy machine.
    """
    with threadpool_limits(1):
        return _compress(data, perplexity, seed)


@torch.no_grad()
def _compress(data: str, perplexity: float, seed: int) -> Found:
    found, net = load(data), load_net(f"vae-{data}")
    chosen = np.random.default_rng(seed).permutation(len(found.x_test))[:POINTS]
    x, y = found.x_test[torch.from_numpy(chosen)], found.y_test.numpy()[chosen]
    exact, fitted = x.numpy().astype(np.float64), components(data)
    codes = net.encode(x)[0]
    flat, linear = by_pca(fitted, exact, 2)
    back = net.image(codes)
    places = {"vae": codes.numpy(), "pca": flat, "tsne": by_tsne(exact, perplexity, seed)}
    errors = {"vae": squared(back.numpy(), exact), "pca": squared(linear, exact)}
    metrics = {f"right/{name}": voted(at, y) for name, at in places.items()}
    metrics |= {f"error/{name}": value for name, value in errors.items()}
    metrics["components"] = float(needed(fitted, exact, errors["vae"]))
    shown = [int(np.flatnonzero(y == n)[0]) for n in range(BACK)]
    arrays = {
        "places": np.stack(list(places.values())).astype(np.float32),
        "classes": y.astype(np.uint8),
        "wanted": grey(x[shown]),
        "back": np.stack([grey(back[shown]), grey(torch.from_numpy(linear[shown]))]),
    }
    return metrics, arrays
