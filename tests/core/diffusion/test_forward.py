"""The forward process: the chain against its closed form, its times, its pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.diffusion.forward import FORWARD, PRESETS, Frame, Settings, numbers
from core.diffusion.forward_figures import BINS, START
from core.diffusion.forward_run import merged_at
from core.settings import SettingError


def run(**changes: Any) -> list[Frame]:
    found = list(FORWARD.frames(Settings(**changes)))
    assert all(isinstance(frame, Frame) for frame in found)
    return found  # type: ignore[return-value]


def test_walks_and_jumps_have_the_spread_of_the_closed_form() -> None:
    """10,000 numbers: within four standard errors, 4 / sqrt(2 n), at every time."""
    for frame in run(total=200, seed=5)[1:]:
        for name in ("walked_spread", "jumped_spread"):
            share = frame.metrics[name] / frame.metrics["noise"]
            assert share == pytest.approx(1, abs=4 / np.sqrt(20_000)), (frame.step, name)


@pytest.mark.parametrize("schedule", Settings.choices("schedule"))
def test_the_histograms_lie_where_the_closed_form_says(schedule: str) -> None:
    course = Settings(schedule=schedule, total=100).course
    middles = (BINS[1:] + BINS[:-1]) / 2
    for frame in run(schedule=schedule, total=100)[1:]:
        mean = course.signal[frame.step] * START
        for shares in (frame.walked, frame.jumped):
            assert float(shares.sum()) == pytest.approx(1)
            assert float(shares @ middles) == pytest.approx(mean, abs=4 / 100)


def test_points_and_picture_lose_what_the_schedule_says() -> None:
    first, *_, last = run()
    assert first.metrics["left"] == 1 and last.metrics["left"] < 1e-4
    assert last.points.astype(float).std() == pytest.approx(1, abs=4 / np.sqrt(1600))
    assert set(np.unique(first.picture)[[0, -1]]) == {0, 255}
    together = np.corrcoef(first.picture.ravel(), last.picture.ravel())[0, 1]
    assert abs(together) < 4 / np.sqrt(first.picture.size)


def test_the_density_at_the_end_is_a_standard_normal() -> None:
    density = run(target="islands")[-1].density.astype(float)
    middle = density[29:31, 29:31].mean()
    assert middle == pytest.approx(1 / (2 * np.pi), rel=0.01)


def test_two_gaussians_are_one_hill_once_two_standard_deviations_apart() -> None:
    """The density between them against that on them, by the exact mixture itself."""
    settings = Settings(target="gaussians")
    t = int(merged_at(settings))
    course, mixture = settings.course, settings.mixture
    for time, hills in ((t - 15, 2), (t + 15, 1)):
        variance = course.left[time] * mixture.sigma**2 + course.noise[time] ** 2
        x = np.linspace(-3, 3, 20_001)
        centres = course.signal[time] * mixture.centres[:, 0]
        y = np.exp(-((x[:, None] - centres) ** 2) / (2 * variance)).sum(1)
        tops = (y[1:-1] > y[:-2]) & (y[1:-1] > y[2:])
        assert tops.sum() == hills, time


def test_every_target_and_picture_runs() -> None:
    for target in Settings.choices("target"):
        assert np.isfinite(run(target=target, total=10)[-1].density).all()
    for image in ("seven", "eight", "digit", "photograph", "cells"):
        assert run(image=image, total=10)[-1].picture.ndim == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "at least one number"),
        ("0.5, 0.6", "must fall"),
        ("1.0", "must fall"),
        ("0.5, -1", "must fall"),
        ("0.9, x, 0.1", "'x' is none"),
        ("nan", "at least one number"),
    ],
)
def test_a_schedule_that_is_none_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        Settings.checked({"schedule": "by-hand", "knots": text})


def test_by_hand() -> None:
    course = Settings(schedule="by-hand", knots="0.5 0.1", total=10).course
    assert numbers("0.5, 0.1") == [0.5, 0.1]
    assert course.left[5] == pytest.approx(0.5) and course.left[10] == pytest.approx(0.1)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_nine_of_ten_seeds_bear_the_preset_out(preset: Any) -> None:
    votes = []
    for seed in range(10):
        *_, last = FORWARD.frames(Settings(**{**preset.settings, "seed": seed, "total": 1000}))
        votes.append(preset.outcome(last.metrics) == preset.expected)
        if "walked_spread" not in preset.saw:
            break  # nothing else in it is left to chance
    assert sum(votes) >= 0.9 * len(votes)
