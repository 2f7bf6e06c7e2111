"""The experiment of five uses: its presets, its pictures, its settings, its views."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from core.data.masks import encode, grid
from core.experiment import Figure, Preset, SettingError
from core.plot.panels import above, narrow
from core.vae.uses import TITLES, USES, Frame, Settings
from core.vae.uses_figures import moved, payload


@cache
def asked(**changes: Any) -> Frame:
    (frame,) = USES.frames(Settings(**changes))
    assert isinstance(frame, Frame)
    return frame


each = pytest.mark.parametrize("preset", USES.presets, ids=lambda preset: preset.id)


@each
def test_another_seed_bears_the_presets_out(preset: Preset) -> None:
    """One of the ten here; the slow contract test runs them all."""
    assert preset.outcome(asked(**preset.settings, seed=3).metrics) == preset.expected


@each
def test_every_picture_of_every_use_can_be_drawn(preset: Preset) -> None:
    """By Plotly's own validation, stacked and over another; with words and ranges on its axes."""
    settings, frame = USES.preset_settings(preset.id), asked(**preset.settings, seed=3)
    views = USES.views_of(settings)
    assert len(views) == 2
    for view in views:
        fig: Figure = view.draw(settings, [frame], 0)
        go.Figure(fig)
        go.Figure(narrow(fig))
        go.Figure(above(fig, fig, ("Now", "Pinned")))
        axes = [v for k, v in fig["layout"].items() if k.startswith(("xaxis", "yaxis"))]
        assert all("range" in axis for axis in axes)
        assert all(axis["title"]["text"] for axis in axes if axis.get("visible", True))
        assert all(fig["layout"]["meta"]["titles"])


@each
def test_what_was_computed_is_told_in_its_own_numbers(preset: Preset) -> None:
    settings, frame = USES.preset_settings(preset.id), asked(**preset.settings, seed=3)
    assert USES.explain is not None
    (text,) = USES.explain(settings, [frame], 0).values()
    assert "nan" not in text and "None" not in text
    preset.saw.format(**frame.metrics)


def test_every_use_has_presets_and_views_of_its_own() -> None:
    asks = {preset.settings.get("use", "inpaint") for preset in USES.presets}
    assert asks == set(TITLES) == set(Settings.choices("use"))
    seen = [USES.views_of(Settings(use=use)) for use in TITLES]
    assert sum(map(len, seen)) == len(USES.views) == len({view.name for view in USES.views})


def test_controls_of_other_uses_are_hidden_and_leave_the_run_alone() -> None:
    denoise = Settings(use="denoise", image=5, left_out="4", perplexity=60)
    assert denoise.active() == ["use", "noise", "seed"]
    assert denoise.key() == Settings(use="denoise").key()
    assert "painted" not in Settings().active()
    assert "left_out" not in Settings(use="anomaly", known="mnist").active()


def test_words_of_the_scores_name_who_is_who() -> None:
    settings = USES.preset_settings("one")
    texts = str(
        USES.views_of(settings)[0].draw(settings, [asked(**USES.preset("one").settings)], 0)
    )
    assert "the digit 1" in texts and "the nine others" in texts


def test_the_hand_s_paint_is_what_is_hidden() -> None:
    """What the browser gets is the paint of the shape; what it tells becomes the setting."""
    frame, settings = asked(), Settings()
    told = payload(settings, [frame])["value"]
    assert told == {"painted": encode(grid("left", ""))}
    by_hand = Settings(**{**settings.model_dump(), **moved(settings, told)})
    assert by_hand.mask == "hand"
    same = asked(mask="hand", painted=by_hand.painted)
    assert frame.filled is not None and same.filled is not None
    assert np.array_equal(same.filled, frame.filled)


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("painted", "xyz", "49 of the digits"),
        ("use", "fly", "inpaint | anomaly"),
        ("image", "100", "from 0 to 99"),
        ("noise", "-1", "from 0 to 1"),
        ("perplexity", "1e9", "from 5 to 100"),
        ("model", "vae-none", "vae-mnist-16 | vae-mnist"),
        ("left_out", "10", "0 | 1"),
        ("start", "hat", "t-shirt | trousers"),
    ],
)
def test_bad_settings_are_refused_in_words(field: str, text: str, says: str) -> None:
    with pytest.raises(SettingError, match=field) as refused:
        Settings.parse({field: text})
    assert says in str(refused.value)


@pytest.mark.parametrize("start", Settings.choices("start"))
def test_every_design_can_be_asked_for(start: str) -> None:
    frame = asked(use="design", start=start, end="bag")
    assert frame.walk is not None and frame.metrics["novelty"] > 0.3
