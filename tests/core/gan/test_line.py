"""Two bells on a line: what the hand sets, what the presets tell, the formula in numbers."""

from __future__ import annotations

from typing import Any

import pytest

from core.experiment import SettingError
from core.gan.line import LINE, Settings, moved, payload
from core.gan.line_exact import run


def test_the_hand_sets_centre_width_and_loss() -> None:
    settings = Settings(sigma=0.8)
    fields = moved(settings, [-2, 0.25, "hinge"])
    after = Settings.checked({**settings.model_dump(), **fields})
    assert after == Settings(shift=-2.0, width=0.25, loss="hinge", sigma=0.8)
    assert payload(after, [])["value"] == [-2.0, 0.25, "hinge"]


@pytest.mark.parametrize("value", [None, [1, 2], ["1", 0.5, "hinge"], [1, 0.5, 3], [1, None, "x"]])
def test_what_is_no_bell_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        moved(Settings(), value)


@pytest.mark.parametrize("value", [[7, 0.5, "hinge"], [1, 0.0, "hinge"], [1, 0.5, "none"]])
def test_what_is_out_of_bounds_is_refused(value: Any) -> None:
    with pytest.raises(SettingError):
        Settings.checked(dict(moved(Settings(), value)))


@pytest.mark.parametrize("preset", [preset.id for preset in LINE.presets])
def test_every_preset_bears_its_answer_out(preset: str) -> None:
    metrics = next(run(LINE.preset_settings(preset))).metrics
    assert LINE.preset(preset).outcome(metrics) == LINE.preset(preset).expected


def test_the_formula_carries_the_quoted_numbers() -> None:
    settings = Settings()
    told = LINE.explain(settings, list(run(settings)), 0) if LINE.explain else {}
    assert r"= 0.6931 \le \ln 2" in told["Distances"]
    assert r"16 \times 4.911 \times 10^{-5}" in told["Minimax"]
    assert "= 0.0007857" in told["Minimax"]


def test_on_the_other_side_the_gradient_turns_and_the_pull_does_not() -> None:
    settings = Settings(shift=-4, loss="non-saturating")
    frames = list(run(settings))
    told = LINE.explain(settings, frames, 0) if LINE.explain else {}
    assert "= -16," in told["Non-saturating"]
    assert frames[0].metrics["pull/non-saturating"] == pytest.approx(16, abs=1e-3)
