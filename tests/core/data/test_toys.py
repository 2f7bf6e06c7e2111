"""The toy sets: within the square, balanced, and on the curves that define them."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import digits
from core.data.toys import RING_RADIUS, TOYS, circles, moons, ring, ring8, spiral, xor


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", TOYS)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_a_set_is_a_balanced_set_within_the_square(name: str, noise: float) -> None:
    x, y = TOYS[name](400, rng(), noise)
    assert x.shape == (400, 2) and x.dtype == np.float32
    assert float(np.abs(x).max()) <= 1
    assert np.bincount(y).tolist() == [200, 200]


@pytest.mark.parametrize("name", TOYS)
def test_the_generator_decides(name: str) -> None:
    assert np.array_equal(TOYS[name](50, rng(1), 0.1)[0], TOYS[name](50, rng(1), 0.1)[0])
    assert not np.array_equal(TOYS[name](50, rng(1), 0.1)[0], TOYS[name](50, rng(2), 0.1)[0])


def test_noise_adds_its_variance() -> None:
    """Variances of independent sums add: 0.06^2 of an island + 0.02^2; 6000 draws, 4 sigma."""
    x, island = ring8(6000, rng(3), 0.02)
    angle = island * np.pi / 4
    off = x - RING_RADIUS * np.stack([np.cos(angle), np.sin(angle)], 1)
    want = 0.06**2 + 0.02**2
    assert off.var() == pytest.approx(want, abs=4 * want * np.sqrt(2 / off.size))


def test_islands_of_the_ring_alternate() -> None:
    x, y = ring(800, rng())
    turn = np.rint(np.arctan2(x[:, 1], x[:, 0]) / (np.pi / 4)).astype(int) % 8
    assert np.array_equal(y, turn % 2)


def test_moons_lie_on_the_half_circles_of_scikit_learn() -> None:
    """make_moons without noise: unit half circles around (0, 0) and (1, 0.5)."""
    from sklearn.datasets import make_moons

    own, label = moons(200, rng())
    theirs, classes = make_moons(200, noise=0.0, random_state=0)
    theirs = (theirs - (0.5, 0.25)) * 0.57
    for value in (0, 1):
        a, b = own[label == value], theirs[classes == value]
        apart = np.linalg.norm(a[:, None] - b[None], axis=2).min(1)
        assert apart.max() < 0.57 * np.pi / 99  # the neighbour on the arc


def test_circles_keep_a_gap() -> None:
    x, y = circles(500, rng())
    radius = np.linalg.norm(x, axis=1)
    assert radius[y == 1].max() <= 0.45 and radius[y == 0].min() >= 0.65


def test_xor_is_the_sign_of_the_product() -> None:
    x, y = xor(500, rng())
    assert np.array_equal(x.prod(1) > 0, y == 1)


def test_spiral_arms_are_the_archimedean_spiral() -> None:
    """Radius 0.9 s, angle = 3.5 pi s + pi y, s in [0, 1]."""
    x, y = spiral(500, rng())
    s = np.linalg.norm(x, axis=1) / 0.9
    angle = 3.5 * np.pi * s + np.pi * y
    want = 0.9 * s[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1)
    assert np.allclose(x, want, atol=1e-5)


def test_digits_are_scikit_learns_split_by_class() -> None:
    from sklearn.datasets import load_digits

    images, labels = digits.load()
    assert np.array_equal(images * 16, load_digits().data)
    learn, test = digits.split(labels, (0.8, 0.2))
    assert sorted([*learn, *test]) == list(range(1797))
    share = np.bincount(labels[learn]) / np.bincount(labels)
    assert np.abs(share - 0.8).max() < 0.5 / 170
