"""The loss landscape: filter norms, the PCA plane against numpy's SVD, losses against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.nets.mlp import Shape, loss, outputs
from core.optimizers import landscape
from core.optimizers.network import Settings
from core.optimizers.sets import Sets, load
from core.optimizers.training import _generators, run


def small() -> tuple[Sets, Shape, torch.Tensor]:
    sets = load(Settings(), np.random.default_rng(0))
    shape = Shape((2, 5, 4, 1))
    rng = np.random.default_rng(1)
    walk = np.cumsum(rng.normal(0, 0.1, (30, shape.count)), 0)
    return sets, shape, torch.from_numpy(walk).float()


def direct(sets: Sets, shape: Shape, theta: torch.Tensor) -> float:
    return float(loss(outputs(shape, shape.blocks(theta, 1), sets.x)[-1], sets.y))


def test_each_filter_of_a_random_direction_is_as_long_as_the_networks() -> None:
    """Li et al. 2018, section 4: the filter's Frobenius norm becomes that of the weights."""
    _, shape, path = small()
    direction = landscape.random_direction(shape, path[-1], np.random.default_rng(2))
    ours = shape.blocks(direction, 1)
    theirs = shape.blocks(path[-1], 1)
    for own, block in zip(ours, theirs, strict=True):
        weights = np.linalg.norm(block[0, :-1].numpy(), axis=0)
        assert np.linalg.norm(own[0, :-1].numpy(), axis=0) == pytest.approx(weights, rel=1e-5)
        assert not own[0, -1].any()


def test_the_plane_holds_the_share_that_numpys_svd_gives() -> None:
    _, _, path = small()
    found = landscape.pca_plane(path)
    values = np.linalg.svd((path - path[-1]).double().numpy(), compute_uv=False)
    _, share = landscape.project(path, *found)
    assert share == pytest.approx((values[:2] ** 2).sum() / (values**2).sum(), abs=1e-6)
    gram = torch.stack(found) @ torch.stack(found).T
    assert torch.allclose(gram, torch.eye(2), atol=1e-5)


def test_losses_on_the_plane_are_those_of_the_network_there() -> None:
    sets, shape, path = small()
    plane = landscape.pca_plane(path)
    spots = np.array([[0, 0], [0.3, -0.2], [-1.0, 0.5]], np.float32)
    found = landscape.plane_losses(sets, shape, path[-1], plane, spots)
    for (a, b), value in zip(spots, found, strict=True):
        there = path[-1] + float(a) * plane[0] + float(b) * plane[1]
        assert float(value) == pytest.approx(direct(sets, shape, there), rel=1e-4)


@pytest.mark.parametrize("kind", ["pca", "random"])
def test_the_centre_has_the_final_loss(kind: str) -> None:
    settings = Settings(steps=200, hidden="4-2", landscape=kind).canonical()
    *_, last = run(settings)
    assert last.path is not None and last.shadow is not None and last.plane is not None
    assert last.path[-1] == pytest.approx([0, 0], abs=1e-6)
    assert float(last.shadow[-1]) == pytest.approx(last.metrics["train_loss"], rel=1e-5)
    assert last.plane.shape == (41, 41)
    if kind == "random":
        assert float(last.plane[20, 20]) == pytest.approx(last.metrics["train_loss"], rel=1e-4)


def test_a_rows_place_is_along_the_second_direction() -> None:
    sets, shape, path = small()
    found = landscape.around("pca", sets, shape, path, list(range(30)), 0)
    assert found is not None
    plane = landscape.pca_plane(path)
    there = path[-1] + float(found.xs[3]) * plane[0] + float(found.ys[30]) * plane[1]
    assert float(found.losses[30, 3]) == pytest.approx(direct(sets, shape, there), rel=1e-3)


def test_a_path_that_stands_still() -> None:
    sets, shape, path = small()
    still = path[:1].expand(3, -1)
    found = landscape.around("pca", sets, shape, still, [0, 1, 2], 0)
    assert found is not None and found.share == 1.0
    assert np.isfinite(found.losses).all()


def test_none_is_none() -> None:
    sets, shape, path = small()
    assert landscape.around("none", sets, shape, path, list(range(30)), 0) is None
    generators = _generators(0)
    assert len({g.integers(1 << 40) for g in generators}) == 4
