"""Pictures of pooling kinds over seeds, by hand-made frames; the formula in numbers."""

from __future__ import annotations

import numpy as np
import pytest

from core.pooling import compare_figures as draw
from core.pooling.compare import KINDS, Frame, Settings
from core.pooling.compare_why import explain

SETTINGS = Settings(kinds=("max", "none"), seeds=5, steps=20)
TEST = np.array([[0.90, 0.92, 0.94, 0.96, 0.98], [0.90, 0.90, 0.92, 0.96, 0.92]])


def frame(step: int, test: np.ndarray) -> Frame:
    """Its interval of the difference is 2.776 standard errors: Student's t with 4 degrees."""
    apart = test[1] - test[0]
    reach = 2.776 * apart.std(ddof=1) / np.sqrt(5)
    metrics = {"difference/none": apart.mean()}
    metrics |= {"low/none": apart.mean() - reach, "high/none": apart.mean() + reach}
    validation = np.stack([test - 0.2, test - 0.1, test - 0.3], 1)
    return Frame(
        step=step,
        metrics={name: float(value) for name, value in metrics.items()},
        validation=validation,
        test=test,
        train_loss=1 - test,
        interval=np.stack([test.mean(1) - 0.01, test.mean(1) + 0.01], 1),
        best=np.array([1, 1]),
    )


FRAMES = [frame(0, TEST - 0.3), frame(10, TEST - 0.1), frame(20, TEST)]


def logit(p: float) -> float:
    return float(np.log(p / (1 - p)))


def test_a_band_reaches_from_the_lowest_to_the_highest_seed() -> None:
    """Max after 20 steps: 90 to 98 %, mean 94 %; there and back along the steps."""
    band, _, line, *_ = draw.curves(SETTINGS, FRAMES, 2)["data"]
    assert band["x"].tolist() == [0, 10, 20, 20, 10, 0]
    assert band["y"][2:4].tolist() == pytest.approx([logit(0.90), logit(0.98)], abs=1e-5)
    assert line["y"][2] == pytest.approx(logit(0.94), abs=1e-5)
    assert line["customdata"][2] == pytest.approx(0.94)


def test_losses_stand_on_a_logarithmic_axis() -> None:
    fig = draw.curves(SETTINGS, FRAMES, 2)
    axis = fig["layout"]["yaxis2"]
    lines = [one for one in fig["data"] if one["yaxis"] == "y2"]
    assert lines[2]["y"][2] == pytest.approx(np.log10(0.06), abs=1e-5)
    assert dict(zip(axis["ticktext"], axis["tickvals"], strict=True))["0.1"] == pytest.approx(-1)


def test_a_thin_line_joins_the_kinds_of_each_seed() -> None:
    joined = draw.final(SETTINGS, FRAMES, 2)["data"][0]
    rows = np.reshape(joined["y"], (5, 3))
    assert rows[:, 0] == pytest.approx([logit(p) for p in TEST[0]], abs=1e-5)
    assert rows[:, 1] == pytest.approx([logit(p) for p in TEST[1]], abs=1e-5)
    assert np.isnan(rows[:, 2]).all()


def test_differences_and_their_interval_are_in_percent() -> None:
    """Seed by seed 0, -2, -2, 0 and -6 %: their mean is -2 %; asinh(d / 0.5 %)."""
    fig = draw.final(SETTINGS, FRAMES, 2)
    _, dots, mean, top = [one for one in fig["data"] if one["yaxis"] == "y2"]
    assert dots["customdata"] == pytest.approx([0, -2, -2, 0, -6])
    assert dots["y"] == pytest.approx(np.arcsinh([0, -4, -4, 0, -12]), abs=1e-5)
    assert mean["y"][0] == pytest.approx(np.arcsinh(-4), abs=1e-5)
    low = mean["y"][0] - mean["error_y"]["arrayminus"][0]
    assert low == pytest.approx(np.arcsinh(200 * FRAMES[2].metrics["low/none"]), abs=1e-5)
    assert top["text"] == ["−2.0"]


def test_a_star_stands_on_the_rate_chosen() -> None:
    *_, stars, _ = draw.rates(SETTINGS, FRAMES, 2)["data"]
    assert stars["x"].tolist() == pytest.approx([-2, -2])
    want = [logit(mean) for mean in (TEST - 0.1).mean(1)]
    assert stars["y"].tolist() == pytest.approx(want, abs=1e-5)


def test_every_kind_has_a_colour_and_a_name_of_its_own() -> None:
    assert len({draw.color(kind) for kind in KINDS}) == len(KINDS)
    assert set(draw.TITLES) == set(draw.ORDER) == set(KINDS)


def test_the_explanation_names_students_quantile() -> None:
    """t(4) at 97.5 %: 2.776 in every table. The standard deviation of 0, 2, 2, 0, 6: 2.449."""
    told = explain(SETTINGS, FRAMES, 2)["None"]
    assert r"\bar d = -2.000, \qquad s = 2.449" in told
    assert "Student's t with 4 degrees of freedom" in told
    assert r"\pm 2.776 \times 1.095" in told
    assert "It reaches over 0." in told
