"""The generators that ship, and what is asked of one."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from core.data import models
from core.experiment import Preset
from core.gan.convnets import from_arrays
from core.gan.images_data import load, read
from core.gan.images_portrait import generate, real_features
from core.gan.judge_run import share_right
from core.gan.sample import MODELS, SAMPLE, Frame, Settings
from core.gan.sample_figures import chosen, moved
from core.gan.sample_run import directions, ways
from core.measure.coverage import precision_recall
from core.measure.frechet import feature_distance

SHIPPED = sorted(MODELS)


@cache
def made(name: str) -> torch.Tensor:
    g, _ = from_arrays(models.load(name))
    random = torch.Generator().manual_seed(11)
    return generate(g, torch.randn(500, g.spec.noise_dim, generator=random))


@cache
def asked(**changes: Any) -> Frame:
    (frame,) = SAMPLE.frames(Settings(**changes))
    assert isinstance(frame, Frame)
    return frame


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_is_small(name: str) -> None:
    assert (models.file_of(name)).stat().st_size < 400_000


@pytest.mark.parametrize("name", SHIPPED)
def test_classes_come_out_as_asked_for(name: str) -> None:
    """As the classifier of the same data reads them; of real clothes it reads 88 % right."""
    _, classes = read(name.removeprefix("gan-"), made(name))
    share = float((classes == np.arange(500) % 10).mean())
    assert share > {"gan-mnist": 0.95, "gan-fashion": 0.82}[name]


@pytest.mark.parametrize("name", SHIPPED)
def test_real_images_are_nearer_to_real_ones_than_samples_are(name: str) -> None:
    data = name.removeprefix("gan-")
    real, floor = real_features(data, 500)
    found = feature_distance(real, read(data, made(name))[0])
    assert floor < found < 5 * floor


@pytest.mark.parametrize("name", SHIPPED)
def test_the_game_is_nearly_even(name: str) -> None:
    """At the equilibrium the discriminator is right half the time."""
    g, d = from_arrays(models.load(name))
    share = share_right(g, d, load(g.spec.data), np.random.default_rng(5))
    assert 0.5 < share < 0.75


def test_narrow_noise_buys_precision_with_recall() -> None:
    """Over three spreads, both measured here from images made anew."""
    g, _ = from_arrays(models.load("gan-mnist"))
    z = torch.randn(500, g.spec.noise_dim, generator=torch.Generator().manual_seed(3))
    real, _ = real_features("mnist", 500)
    found = [
        precision_recall(real, read("mnist", generate(g, spread * z))[0])
        for spread in (0.4, 0.8, 1.6)
    ]
    precision, recall = zip(*found, strict=True)
    assert precision[0] > precision[1] > precision[2]
    assert recall[0] < recall[1] < recall[2]


def test_without_noise_a_class_is_one_image() -> None:
    frame = asked(truncation=0.0)
    for column in range(10):
        assert (frame.wall[column::10] == frame.wall[column]).all()
    assert frame.metrics["diversity"] == pytest.approx(0, abs=1e-6)


def test_one_class_can_be_asked_for() -> None:
    frame = asked(label="7")
    assert (frame.asked == 7).all()
    assert frame.metrics["class_accuracy"] > 0.9


def test_directions_stand_at_right_angles_strongest_first() -> None:
    """Against the singular vectors that NumPy finds of the first layer, scaled by hand."""
    g, _ = from_arrays(models.load("gan-mnist"))
    found = directions(g).double().numpy()
    norm = g.norm1
    assert norm.running_var is not None
    scale = (norm.weight / (norm.running_var + norm.eps).sqrt()).numpy().repeat(49)
    _, sizes, rows = np.linalg.svd(g.dense.weight[:, :32].double().numpy() * scale[:, None])
    assert np.allclose(found @ found.T, np.eye(32), atol=1e-5)
    assert np.allclose(abs((found * rows).sum(1))[:2], 1, atol=1e-4)
    assert sizes[0] > sizes[1]


def test_the_straight_way_is_shorter_than_the_arc() -> None:
    """Of two equally long noises at a right angle: in the middle 1 over root 2, and 1."""
    a, b = torch.zeros(2, 8)
    a[0], b[1] = 3.0, 3.0
    lengths = ways(a, b).norm(dim=2)
    t = torch.linspace(0, 1, 10)
    assert torch.allclose(lengths[0], 3 * (t**2 + (1 - t) ** 2).sqrt())
    assert torch.allclose(lengths[1], torch.full((10,), 3.0))


def test_walk_and_grid_start_from_the_chosen_image() -> None:
    frame = asked(chosen=12, other=40)
    for image in (frame.walk[0], frame.walk[10], frame.grid[24], frame.one):
        assert abs(image.astype(int) - frame.wall[12].astype(int)).max() <= 1
    assert abs(asked(chosen=12, first=4.0).one.astype(int) - frame.grid[27]).max() <= 1


def test_the_nearest_are_training_images() -> None:
    frame = asked()
    train = {one.tobytes() for one in ((load("mnist").x[:, 0] + 1) * 127.5).round().byte().numpy()}
    assert all(image.tobytes() in train for image in frame.nearest)


def test_clicks_choose_and_move() -> None:
    settings, frame = Settings(), asked()
    one = chosen(settings, [frame], {"x": 0, "y": 0, "customdata": [17]})
    assert one is not None and one.values == {"chosen": 17}
    place = moved(settings, [frame], {"x": 0, "y": 0, "customdata": [6]})
    assert place is not None and place.values == {"first": 4.0, "second": 4.0}
    assert chosen(settings, [frame], {"x": 0, "y": 0}) is None


def test_other_networks_are_refused_in_words() -> None:
    settings = Settings.model_construct(**{**Settings().model_dump(), "model": "mnist-cnn"})
    with pytest.raises(ValueError, match="another kind"):
        from_arrays(models.load(settings.model))


@pytest.mark.parametrize("preset", SAMPLE.presets, ids=lambda preset: preset.id)
def test_another_seed_bears_the_presets_out(preset: Preset) -> None:
    """One of the ten here; the slow contract test runs them all."""
    assert preset.outcome(asked(**preset.settings, seed=3).metrics) == preset.expected
