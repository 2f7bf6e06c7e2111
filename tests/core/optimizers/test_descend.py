"""The first screen: torch's SGD and the closed form, the ruler, and a ball that leaves."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.experiment import SettingError
from core.optimizers.descend import DESCEND, DescendFrame, DescendSettings, explain
from core.optimizers.descend_figures import half_width
from core.optimizers.descent import descend
from core.plot.theme import EXACT, GRADIENT


def run(**changes: float) -> tuple[DescendSettings, list[DescendFrame]]:
    settings = DescendSettings(**changes)  # type: ignore[arg-type]
    return settings, list(descend(settings))


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.19, 0.2, 0.205, 0.5])
@pytest.mark.parametrize("curvature", [4.0, 10.0, 40.0])
def test_positions_are_torchs_and_the_closed_forms(lr: float, curvature: float) -> None:
    """torch.optim.SGD on L x^2 / 2, and x_t = (1 - lr L)^t x_0."""
    _, frames = run(lr=lr, curvature=curvature, start=-1.7, steps=30)
    x = torch.nn.Parameter(torch.tensor(-1.7, dtype=torch.float64))
    optimizer = torch.optim.SGD([x], lr=lr)
    for t, frame in enumerate(frames):
        scale = max(1.0, abs(float(x.detach())))
        assert abs(float(frame.x) - float(x.detach())) <= 1e-9 * scale
        assert frame.metrics["exact_x"] == pytest.approx((1 - lr * curvature) ** t * -1.7)
        assert abs(frame.metrics["exact_x"] - frame.metrics["x"]) <= 1e-9 * scale
        assert frame.metrics["loss"] == pytest.approx(curvature * float(frame.x) ** 2 / 2)
        assert frame.metrics["share"] == pytest.approx(
            (1 - lr * curvature) ** (2 * t), rel=1e-9, abs=1e-20
        )
        optimizer.zero_grad()
        (curvature * x**2 / 2).backward()
        assert float(frame.gradient) == pytest.approx(float(x.grad))
        optimizer.step()


def test_one_frame_a_step_and_all_finite_at_the_worst_settings() -> None:
    _, frames = run(lr=0.5, curvature=40, start=3, steps=60)
    assert [frame.step for frame in frames] == list(range(61))
    assert all(np.isfinite(list(frame.metrics.values())).all() for frame in frames)


def test_steps_to_the_bottom_is_the_first_within_a_millionth() -> None:
    """0.7^(2t) <= 1e-6 first at t = 20: 6 ln 10 / (2 ln (1 / 0.7)) = 19.4."""
    assert run(lr=0.03, steps=30)[1][-1].metrics["steps_to"] == 20
    assert run(lr=0.03, steps=19)[1][-1].metrics["steps_to"] == 20  # steps + 1: not there
    assert run(lr=0.1)[1][-1].metrics["steps_to"] == 1


@pytest.mark.parametrize("preset", DESCEND.presets, ids=lambda preset: preset.id)
def test_presets_come_out_as_expected(preset) -> None:
    frames = list(DESCEND.frames(DESCEND.preset_settings(preset.id)))
    assert preset.outcome(frames[-1].metrics) == preset.expected
    assert "{" not in preset.saw.format_map(frames[-1].metrics)


def test_numbers_in_the_presets_words_are_measured() -> None:
    """1.05^40 = 7.04 and 1.05^120 = 349 ("350-fold"); 0.9^40 = 1.5 % for creep and its twin."""
    assert run(lr=0.205)[1][-1].metrics["share"] == pytest.approx(7.04, abs=0.01)
    assert run(lr=0.205, steps=60)[1][-1].metrics["share"] == pytest.approx(349, abs=1)
    twins = [run(lr=lr)[1][-1].metrics["loss"] for lr in (0.01, 0.19)]
    assert twins[0] == pytest.approx(twins[1], rel=1e-9)


def traces(settings: DescendSettings, frames: list[DescendFrame], at: int) -> dict[str, dict]:
    figure = DESCEND.views[0].draw(settings, frames, at)
    return {trace["name"]: trace for trace in figure["data"]}


def test_the_ruler_has_marks_at_1_and_2_over_l_and_the_rate() -> None:
    settings, frames = run(lr=0.07)
    drawn = traces(settings, frames, 3)
    np.testing.assert_allclose(drawn["edge"]["y"][[0, 1, 3, 4]], [0.1, 0.1, 0.2, 0.2], rtol=1e-6)
    words = drawn["rates"]
    now, first, second = zip(words["y"][:3], words["text"][:3], strict=True)
    assert now[0] == 0.07 and "<b>0.07</b>" in now[1] and words["marker"]["size"][0] > 0
    assert (first[1], second[1]) == ("1/L = 0.1", "2/L = 0.2")
    assert first[0] < 0.1 and second[0] > 0.2  # not on the lines
    zones = dict(zip(words["text"][3:], words["y"][3:], strict=True))
    assert list(zones) == ["creep", "zigzag", "explode"]  # each in its own zone
    assert zones["creep"] < 0.1 < zones["zigzag"] < 0.2 < zones["explode"]
    control = DescendSettings.controls()["lr"]
    assert control.lo < 0.1 and control.hi > 0.2  # both marks lie inside the slider


def test_the_tangent_has_the_gradients_slope_and_colour() -> None:
    settings, frames = run()
    tangent = traces(settings, frames, 4)["slope"]
    rise = np.diff(tangent["y"].astype(float)) / np.diff(tangent["x"].astype(float))
    np.testing.assert_allclose(rise, float(frames[4].gradient), rtol=1e-4)
    assert tangent["line"]["color"] == GRADIENT


def test_the_exact_loss_lies_under_the_measured_one() -> None:
    settings, frames = run(lr=0.05)
    drawn = traces(settings, frames, 20)
    order = list(drawn)
    assert order.index("exact") < order.index("measured")
    np.testing.assert_allclose(drawn["exact"]["y"], drawn["measured"]["y"], rtol=1e-5)
    assert drawn["exact"]["line"]["color"] == EXACT and drawn["exact"]["line"]["dash"] == "dash"


@pytest.mark.parametrize("lr", [0.205, 0.5])
def test_beyond_the_edge_the_picture_keeps_its_window_and_says_that_the_ball_is_gone(
    lr: float,
) -> None:
    settings, frames = run(lr=lr, steps=60)
    figures = [DESCEND.views[0].draw(settings, frames, at) for at in (0, 30, 60)]
    assert figures[0]["layout"] == figures[1]["layout"] == figures[2]["layout"]
    drawn, half = traces(settings, frames, 60), half_width(settings)
    assert drawn["ball"]["text"][0].startswith("gone: x = ")
    assert abs(drawn["ball"]["x"][0]) < half
    assert np.abs(drawn["hops"]["x"]).max() < 50 * half  # nothing that a browser cannot draw
    assert all(np.isfinite(drawn[name]["y"]).all() for name in ("hops", "exact", "measured"))


def test_a_step_is_explained_with_its_own_numbers() -> None:
    """From 2 with rate 0.03 and L = 10: slope 20, down to 1.4; then slope 14, down to 0.98."""
    settings, frames = run(lr=0.03)
    said = explain(settings, frames, 2)["This step"]
    assert r"L x = 10 \times 1.4 = 14" in said
    assert r"1.4 - 0.03 \times \left(14\right) = 0.98" in said
    assert r"1 - \eta L = 0.7" in said
    assert "not" not in said and "Nothing has moved" in explain(settings, frames, 0)["This step"]


def test_rates_off_the_slider_are_refused_in_words() -> None:
    with pytest.raises(SettingError, match=r"lr: given 0\.6, allowed: .* 0\.01 to 0\.5"):
        DescendSettings.checked({"lr": 0.6})
