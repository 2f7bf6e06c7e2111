"""Nine VAEs with beta from 0 to 10: what they are, what they show, where the hole is."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from torch.distributions import Bernoulli, Normal, kl_divergence

from core.data import models
from core.experiment import Preset
from core.vae.beta import BETA, Frame, Settings
from core.vae.beta_figures import moved, pictures
from core.vae.beta_layout import BETAS, EDGE, GRID, METRICS, MIDDLE, NAMES, SIDE
from core.vae.beta_run import average, hole, measured, nine, read
from core.vae.data import held_out, load
from core.vae.nets import Autoencoder

SETS = ("digits", "mnist")
each_set = pytest.mark.parametrize("data", SETS)


@cache
def shown(**changes: Any) -> list[Frame]:
    frames = list(BETA.frames(Settings(**changes)))
    assert all(isinstance(frame, Frame) for frame in frames)
    return frames  # type: ignore[return-value]


def metric(data: str, name: str) -> np.ndarray:
    """Of the nine, beta ascending."""
    last = shown(data=data)[-1].metrics
    return np.array([last[f"{name}/{beta}"] for beta in NAMES])


@cache
def terms(data: str, number: int) -> tuple[float, float]:
    """Reconstruction by a few draws and KL of one of the nine, all by torch.distributions."""
    net: Autoencoder = nine(data)[number]
    x, _ = held_out(data, "bernoulli", 2000)
    mean, log_var = net.encode(x)
    code = Normal(mean, (0.5 * log_var).exp())
    draws = 40 if data == "digits" else 4
    torch.manual_seed(5)
    given = [Bernoulli(logits=net.decode(code.sample())).log_prob(x).sum(1) for _ in range(draws)]
    kl = kl_divergence(code, Normal(0.0, 1.0)).sum(1)
    return float(torch.stack(given).mean()), float(kl.mean())


def test_what_ships_is_small() -> None:
    assert models.file_of("vae-betas").stat().st_size < 2_500_000


def test_nine_of_each_with_two_latent_numbers() -> None:
    for data in SETS:
        specs = {net.spec for net in nine(data)}
        assert len(nine(data)) == len(BETAS) == 9
        assert [(s.kind, s.data, s.latent_dim, s.likelihood) for s in specs] == [
            ("vae", data, 2, "bernoulli")
        ]


@each_set
def test_both_terms_are_those_of_torch_distributions(data: str) -> None:
    for number in range(9):
        reconstruction, kl = terms(data, number)
        name = NAMES[number]
        last = shown(data=data)[-1].metrics
        assert last[f"kl/{name}"] == pytest.approx(kl, rel=1e-4, abs=1e-5)
        assert last[f"reconstruction/{name}"] == pytest.approx(reconstruction, abs=0.35)
        assert last[f"elbo/{name}"] == pytest.approx(
            last[f"reconstruction/{name}"] - last[f"kl/{name}"], abs=1e-4
        )


@pytest.mark.parametrize("number", [0, 4, 8])
def test_what_ships_is_what_is_measured(number: int) -> None:
    """The file's six numbers, measured again with the same draws."""
    found = measured(nine("digits")[number])
    kept = [metric("digits", name)[number] for name in METRICS[:6]]
    assert found == pytest.approx(kept, rel=1e-3, abs=1e-4)


@each_set
def test_more_beta_means_less_kl(data: str) -> None:
    kl = metric(data, "kl")
    assert (np.diff(kl) < 1e-3).all()
    assert metric(data, "sigma")[0] < 0.02 < metric(data, "sigma")[-1]


def test_a_nat_of_kl_is_worth_what_it_costs() -> None:
    """At an optimum d reconstruction / d KL = beta, so between two betas the chord lies between.

    On the images that were learned from, where they are optima; KL as long as there is any.
    """
    x = load("digits").x
    found = []
    for net in nine("digits")[2:8]:
        mean, log_var = net.encode(x)
        code, total = Normal(mean, (0.5 * log_var).exp()), 0.0
        torch.manual_seed(5)
        for _ in range(30):
            given = Bernoulli(logits=net.decode(code.sample()), validate_args=False)
            total += float(given.log_prob((x > torch.rand_like(x)).float()).sum(1).mean()) / 30
        found.append((total, float(kl_divergence(code, Normal(0.0, 1.0)).sum(1).mean())))
    for (low, high), ((a, more), (b, less)) in zip(
        pairwise(BETAS[2:8]), pairwise(found), strict=True
    ):
        assert low * 0.9 < (a - b) / (more - less) < high * 1.1, (low, high)


def test_small_digits_collapse_to_one_average_image() -> None:
    """From beta 5 on every place decodes to the mean of the training images.

    That is the maximum likelihood of a decoder that is told nothing; its own log-likelihood is the
    bound then, and every code is the prior.
    """
    mean = load("digits").x.mean(0).numpy()
    for number in (7, 8):
        frame = shown()[number]
        off = frame.tiles.reshape(SIDE**2, -1) / 255 - mean
        assert np.sqrt((off**2).mean(1)).max() < 0.03
        assert metric("digits", "kl")[number] < 0.01
        assert metric("digits", "elbo")[number] == pytest.approx(average("digits"), abs=0.1)
    assert metric("digits", "digits")[4] > 6


def test_the_average_is_the_best_that_one_image_can_do() -> None:
    """Its log-likelihood in double precision, by hand."""
    x, _ = held_out("digits", "bernoulli", 2000)
    mean = np.clip(load("digits").x.mean(0).numpy(), 1e-6, 1 - 1e-6).astype(np.float64)
    ink = x.double().numpy()
    by_hand = (ink * np.log(mean) + (1 - ink) * np.log(1 - mean)).sum(1).mean()
    assert average("digits") == pytest.approx(by_hand, abs=1e-3)


def test_large_digits_do_not_collapse_at_ten() -> None:
    """Two numbers still buy more than ten nats of reconstruction for each of KL."""
    assert metric("mnist", "kl")[-1] > 2
    assert metric("mnist", "reconstruction")[-1] > average("mnist") + 30
    assert metric("mnist", "digits")[-1] >= 6


def test_on_small_digits_beta_one_has_the_highest_bound() -> None:
    assert int(metric("digits", "elbo").argmax()) == BETAS.index(1.0)


def odd(data: str, z: np.ndarray, number: int = 0) -> np.ndarray:
    """How far what a model decodes lies from the nearest training image, by SciPy."""
    made = nine(data)[number].image(torch.from_numpy(z.astype(np.float32))).numpy()
    return np.asarray(cdist(made, load(data).x.numpy()).min(1))


@each_set
def test_no_place_is_odder_than_the_hole(data: str) -> None:
    """At beta 0, of places within two sigma: of all on the rule's grid, or a sample of them."""
    count = round(MIDDLE / GRID)
    side = np.arange(-count, count + 1) * GRID
    places = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    places = places[np.hypot(*places.T) <= MIDDLE + 1e-6]
    if data == "mnist":  # 784 pixels, 12,000 images
        places = np.random.default_rng(3).choice(places, 60, replace=False)
    place = shown(data=data)[0].place
    assert np.hypot(*place) <= MIDDLE
    assert odd(data, place[None])[0] > odd(data, places).max() - 1e-4


def test_the_rule_finds_the_hole_that_ships() -> None:
    assert hole(nine("digits")[0]) == pytest.approx(shown()[0].place, abs=1e-6)


def test_random_samples_are_least_odd_at_beta_one() -> None:
    """Measured anew from other draws, against what ships."""
    z = np.random.default_rng(8).standard_normal((400, 2))
    usual = np.median(cdist(load("digits").x_test[:200], load("digits").x).min(1))
    found = np.array([odd("digits", z, n).mean() / usual for n in range(9)])
    assert metric("digits", "drawn") == pytest.approx(found, abs=0.05)
    assert found.argmin() == BETAS.index(1.0)
    assert metric("digits", "drawn").argmin() == BETAS.index(1.0)


def test_clouds_close_up_and_the_map_does_not_jump() -> None:
    """From model to model no class's middle moves by more than it lies from the others."""
    frames = shown()
    classes = frames[0].classes
    assert classes is not None
    middles = [
        np.array([np.median(f.codes[classes == n], 0) for n in range(10)]) for f in frames[1:6]
    ]
    for before, after in pairwise(middles):
        turned = np.corrcoef(before.ravel(), after.ravel())[0, 1]
        assert turned > 0.9
    widths = [f.codes.std() for f in frames]
    assert all(a > b for a, b in pairwise(widths[:8]))


@each_set
def test_the_picture_is_decoded_at_the_place(data: str) -> None:
    """At the middle of a tile it is that tile, and the classifier reads it the same."""
    place = {"where": "own", "x": 0.3, "y": -0.9}
    for frame, net in zip(shown(data=data, **place), nine(data), strict=True):
        column, row = int((0.3 + EDGE) * SIDE / 6), SIDE - 1 - int((-0.9 + EDGE) * SIDE / 6)
        off = frame.here.astype(int) - frame.tiles[row * SIDE + column]
        assert np.abs(off).max() <= 1
        image = torch.from_numpy(frame.here / 255).float().reshape(1, -1)
        assert frame.says == pytest.approx(read(data, image)[0].detach().numpy(), abs=0.02)
        assert frame.metrics[f"confidence/{NAMES[frame.step]}"] == pytest.approx(frame.says.max())
        assert net.spec.data == data


@each_set
def test_oddness_is_the_distance_to_the_nearest_training_image(data: str) -> None:
    train, unseen = load(data).x.numpy(), load(data).x_test[:200].numpy()
    usual = np.median(cdist(unseen, train).min(1))
    made = np.stack([frame.here.reshape(-1) / 255 for frame in shown(data=data)])
    expected = cdist(made, train).min(1) / usual
    assert metric(data, "oddness") == pytest.approx(expected, abs=0.01)


def test_a_click_moves_the_mark() -> None:
    settings, frames = Settings(), shown()
    squares = next(t for t in pictures(settings, frames, 8)["data"] if "customdata" in t)
    point = {"x": float(squares["x"][7]), "y": float(squares["y"][7]), "customdata": [7]}
    click = moved(settings, frames, point)
    assert click is not None
    assert click.values == {"where": "own", "x": -1.5, "y": -2.9}
    settings = Settings.checked({**settings.model_dump(), **click.values})
    assert shown(**settings.model_dump())[0].place == pytest.approx([-1.5, -2.9])
    assert moved(settings, frames, {"x": 0.0, "y": 0.0}) is None


def test_frames_are_numbered_as_the_models() -> None:
    assert [frame.step for frame in shown()] == list(range(9))
    assert [BETA.stop(frame) for frame in shown()] == list(NAMES)
    assert list(shown()[0].metrics) == [f"{name}/0" for name in METRICS]
    assert set(BETA.good) == set(METRICS)


@pytest.mark.parametrize("preset", BETA.presets, ids=lambda preset: preset.id)
def test_presets_are_borne_out(preset: Preset) -> None:
    assert preset.outcome(shown(**preset.settings)[-1].metrics) == preset.expected
