"""New designs: the way between two, and the training images nearest to it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from core.vae.data import load
from core.vae.nets import load as load_net
from core.vae.uses_design import between, design, pair
from core.vae.uses_layout import CLOTHES, MIDDLE, STEPS
from core.vae.uses_shared import grey, nearest, read, returned


@pytest.mark.parametrize(("start", "end"), [(7, 9), (9, 8), (3, 3)])
def test_two_are_drawn_of_the_classes_asked_for(start: int, end: int) -> None:
    found = load("fashion")
    rows = {
        one.numpy().tobytes(): int(y) for one, y in zip(found.x_test, found.y_test, strict=True)
    }
    both = [one.numpy().tobytes() for one in pair(start, end, 4)]
    assert [rows[one] for one in both] == [start, end]
    assert both[0] != both[1]
    assert not torch.equal(pair(start, end, 5), pair(start, end, 4))


def test_the_way_is_straight_and_even() -> None:
    a, b = torch.randn(2, 6, generator=torch.Generator().manual_seed(0))
    exact = np.linspace(a.numpy(), b.numpy(), STEPS)
    assert np.allclose(between(a, b), exact, atol=1e-6)


def test_the_nearest_is_nearest_of_all() -> None:
    """Against all distances by SciPy."""
    x = load("fashion").x_test[:5]
    far, which = nearest("fashion", x)
    exact = cdist(x.numpy(), load("fashion").x.numpy())
    assert which.tolist() == exact.argmin(1).tolist()
    assert np.allclose(far, exact.min(1), rtol=1e-4)


def test_a_copy_would_be_seen() -> None:
    assert nearest("fashion", load("fashion").x[40:44])[0].tolist() == [0] * 4


@pytest.mark.parametrize("latent", ["2", "16"])
def test_the_way_goes_from_one_to_the_other(latent: str) -> None:
    metrics, arrays = design(7, 9, latent, 0)
    net = load_net({"2": "vae-fashion", "16": "vae-fashion-16"}[latent])
    ends = grey(returned(net, pair(7, 9, 0)))
    assert np.array_equal(arrays["walk"][[0, -1]], ends)
    assert np.array_equal(arrays["fade"][[0, -1]], arrays["wanted"])
    unseen = np.median(arrays["unseen"])
    middle = np.median(arrays["distances"][MIDDLE])
    assert metrics["novelty"] == pytest.approx(middle / unseen, rel=1e-5)
    train = {one.tobytes() for one in grey(load("fashion").x)}
    assert all(one.tobytes() in train for one in arrays["nearest"])


def test_clothes_are_named_as_the_data_has_them() -> None:
    """The classifier reads unseen pictures as the class of that name, 8 in 10 or more."""
    found = load("fashion")
    right = read("fashion", found.x_test[:200]) == found.y_test[:200].numpy()
    assert right.mean() > 0.8
    assert CLOTHES[9] == "ankle-boot" and CLOTHES[0] == "t-shirt" and len(CLOTHES) == 10
