"""What does not belong: scores, ROC curves, and the ten models that leave a digit out."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from core.data import models
from core.vae.bounds import bounds
from core.vae.data import held_out
from core.vae.uses_anomaly import (
    KNOWN,
    OUTSIDE,
    anomaly,
    both_kinds,
    caught,
    known_net,
    roc,
    scores,
)
from core.vae.uses_layout import LEFT_OUT, ODD, RATES, Found

TRAINED = {  # by scripts/train_vae_left_out.py: area under the ROC curve of all held-out images
    "0": 0.911, "1": 0.123, "2": 0.952, "3": 0.864, "4": 0.709,
    "5": 0.839, "6": 0.846, "7": 0.666, "8": 0.834, "9": 0.499,
}  # fmt: skip


@cache
def asked(known: str, left_out: str = "0", seed: int = 0) -> Found:
    return anomaly(known, left_out, seed)


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    """Mann and Whitney 1947, every pair counted, ties by half; the curve by counting too."""
    rng = np.random.default_rng(0)
    outside = rng.random(120) < 0.3
    score = np.round(rng.normal(size=120) + outside, 1)
    pairs = score[outside][:, None] - score[~outside]
    curve, area = roc(score, outside)
    assert area == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean(), abs=1e-12)
    levels = np.unique(score)[::-1]
    false = [0.0, *((score[~outside] >= level).mean() for level in levels)]
    true = [0.0, *((score[outside] >= level).mean() for level in levels)]
    assert np.trapezoid(curve, RATES) == pytest.approx(area, abs=0.01)
    assert np.abs(curve - np.interp(RATES, false, true)).max() < 0.08  # at a step, either end
    assert roc(-score, outside)[1] == pytest.approx(1 - area)


def test_caught_counts_above_the_alarm_level() -> None:
    score = np.concatenate([np.arange(100.0), [10.0, 96.0, 97.0, 200.0]])
    assert caught(score, np.arange(104) >= 100) == pytest.approx(0.75)


def test_scores_are_the_two_halves_of_the_bound() -> None:
    """Their difference is the KL term; by ``bounds``, which has its own tests."""
    net = known_net("nine-digits", "3")
    x, y = held_out("mnist", "bernoulli", 50)
    found = bounds(net, x, y, 4, torch.Generator().manual_seed(0))
    error, odd = scores(found)
    assert np.allclose(error, -found.reconstruction, atol=1e-4)
    assert np.allclose(odd - error, found.kl.sum(1), rtol=1e-4)


@pytest.mark.parametrize("digit", list(TRAINED))
def test_each_of_the_ten_models_left_its_digit_out(digit: str) -> None:
    """The area of a random part is that of all the script measured, within 4 standard errors."""
    metrics, arrays = asked("nine-digits", digit)
    assert arrays["outside"].sum() == OUTSIDE
    area = TRAINED[digit]
    assert (
        abs(metrics["area_elbo"] - area)
        < 4 * 0.5 / OUTSIDE**0.5 * (area * (1 - area)) ** 0.5 + 0.02
    )
    assert (metrics["elbo_outside"] > metrics["elbo_known"]) is (digit == "1")


def test_what_ships_is_small_and_whole() -> None:
    assert models.file_of(LEFT_OUT).stat().st_size < 2_000_000
    assert {name.partition("/")[0] for name in models.load(LEFT_OUT)} == set(TRAINED)


def test_the_outsiders_alone_are_of_the_class_left_out() -> None:
    net = known_net("nine-digits", "7")
    x, y, outside = both_kinds(net, "nine-digits", "7", np.random.default_rng(0))
    assert ((y == 7).numpy() == outside).all()
    assert len(x) == KNOWN + OUTSIDE
    others = both_kinds(net, "nine-digits", "7", np.random.default_rng(1))[0]
    assert not torch.equal(x, others)


@pytest.mark.parametrize(("known", "data"), [("mnist", "fashion"), ("fashion", "mnist")])
def test_outsiders_are_of_the_other_data(known: str, data: str) -> None:
    x, _, outside = both_kinds(known_net(known, "0"), known, "0", np.random.default_rng(0))
    real = {row.numpy().tobytes() for row in held_out(data, "bernoulli", 2000)[0]}
    told = [row.numpy().tobytes() in real for row in x]
    assert (np.array(told) == outside).all()


def test_a_model_of_clothes_finds_digits_likelier_and_not_the_other_way_round() -> None:
    """Nalisnick et al. 2019, here of binarised images."""
    clothes, digits = asked("fashion-16")[0], asked("mnist")[0]
    assert clothes["elbo_outside"] > clothes["elbo_known"] + 3
    assert clothes["area_elbo"] < 0.5 and clothes["caught"] < 0.02
    assert digits["area_elbo"] > 0.99
    assert 0.5 < asked("fashion")[0]["area_elbo"] < 0.6


def test_the_oddest_come_first_and_the_least_odd_last() -> None:
    _, arrays = asked("nine-digits")
    score, number = arrays["scores"][1], arrays["odd_number"]
    order = np.sort(score)
    assert np.allclose(score[number[:ODD]], order[::-1][:ODD])
    assert np.allclose(score[number[ODD:]], order[:ODD])
    assert set(np.unique(arrays["odd"])) == {0, 255}
