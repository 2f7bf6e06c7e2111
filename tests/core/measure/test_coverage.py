"""Precision, recall and nearest points: by hand, and against scikit-learn's neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from core.measure.coverage import BLOCK, nearest, precision_recall, radii


def on_a_line(*x: float) -> np.ndarray:
    return np.array(x, float)[:, None]


def lattice(columns: int, rows: int) -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1).reshape(-1, 2)


def test_radii_skip_the_point_itself() -> None:
    assert radii(on_a_line(0, 1, 3, 7), 1).tolist() == [1, 1, 2, 4]
    assert radii(on_a_line(0, 1, 3, 7), 2).tolist() == [3, 2, 3, 6]


def test_copies_are_neighbours() -> None:
    assert radii(on_a_line(5, 5, 7), 1).tolist() == [0, 0, 2]


def test_by_hand_on_a_line() -> None:
    """With k = 1 reals have radius 1: fakes 0.5 and 4 (on the rim) are in, 4.5 and 9 are out.
    Fakes 0.5 4 4.5 9 have radii 3.5, 0.5, 0.5, 4.5: all reals are in the first's. Precision 1/2.
    """
    real, fake = on_a_line(0, 1, 2, 3), on_a_line(0.5, 4, 4.5, 9)
    assert precision_recall(real, fake, k=1) == (0.5, 1.0)
    assert precision_recall(fake, real, k=1) == (1.0, 0.5)


def test_half_a_lattice() -> None:
    """In a lattice the third neighbour is 1 away, in corners sqrt 2. Fakes fill 10 of 20 columns
    and reach one column further: all are real, and 11 of 20 columns are found.
    """
    assert precision_recall(lattice(20, 10), lattice(10, 10)) == (1.0, 0.55)


def test_far_apart_shares_nothing() -> None:
    assert precision_recall(lattice(5, 5), lattice(5, 5) + 100) == (0.0, 0.0)


def test_copies_of_the_real_are_precise_and_complete() -> None:
    x = np.random.default_rng(0).normal(50, 1, (40, 6)).astype(np.float32)
    assert precision_recall(x, x) == (1.0, 1.0)
    assert precision_recall(np.repeat(x, 4, axis=0), x)[0] == 1  # balls of radius 0


@pytest.mark.parametrize("k", [1, 3, 5])
def test_is_that_of_scikit_learns_neighbours(k: int) -> None:
    """sklearn.neighbors.NearestNeighbors, over more rows than a block, in eight dimensions."""
    rng = np.random.default_rng(1)
    real, fake = rng.normal(size=(BLOCK + 90, 8)), rng.normal(0.4, 0.8, (BLOCK + 30, 8))

    def share(x: np.ndarray, points: np.ndarray) -> float:
        own = NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points)[0][:, k]
        gaps = np.linalg.norm(x[:, None] - points, axis=-1)
        return float((gaps <= own).any(1).mean())

    precision, recall = precision_recall(real, fake, k)
    assert precision == pytest.approx(share(fake, real)) != pytest.approx(recall)
    assert recall == pytest.approx(share(real, fake))
    assert 0 < recall < 1


def test_nearest_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(BLOCK + 5, 4)), rng.normal(size=(60, 4))
    gaps, which = NearestNeighbors(n_neighbors=1).fit(y).kneighbors(x)
    found, far = nearest(x, y)
    assert (found == which[:, 0]).all()
    np.testing.assert_allclose(far, gaps[:, 0], rtol=1e-9)


@pytest.mark.parametrize(("n", "m", "k"), [(3, 9, 3), (9, 3, 3), (9, 9, 0)])
def test_too_few_points_are_refused(n: int, m: int, k: int) -> None:
    with pytest.raises(ValueError, match="points of each"):
        precision_recall(np.zeros((n, 2)), np.zeros((m, 2)), k)
