"""Every choice on the game's menu runs and does what its words say; presets are as they claim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core import framefile
from core.gan.nets import Net
from core.gan.plane import LOSSES, PLANE, Frame, Settings
from core.gan.plane_presets import FAILS, PRESETS
from core.gan.portrait import Portrait
from core.gan.training import Game
from core.measure.modes import modes
from core.targets import TITLES
from tests.core.runs import frames

TEXT = Path(__file__).resolve().parents[3] / "pages" / "generative" / "gan" / "plane.md"
SMALL: dict[str, Any] = {"width": 8, "batch_size": 16, "steps": 10}
# Each help, and the lesson's words for it.
HELPS = {
    "r1": "R1",
    "spectral": "Spectral normalisation",
    "packing": "Packing",
    "feature_matching": "feature matching",
    "smoothing": "Label smoothing",
    "instance_noise": "Instance noise",
    "ema": "running mean",
    "batch_norm": "Batch norm",
}


def played(**settings: Any) -> Frame:
    """What there is to see of a small game after five steps."""
    game = Game(Settings(**SMALL, **settings), [0])
    for _ in range(5):
        game.step()
    return Portrait(game).frame(5, 1.0)


@pytest.mark.parametrize(
    "change",
    [
        *({"loss": loss} for loss in Settings.choices("loss")),
        {"r1": 0.05},
        {"spectral": True},
        {"packing": 4},
        {"feature_matching": True},
        {"smoothing": 0.1},
        {"instance_noise": 0.5},
        {"ema": 0.9},
        {"batch_norm": True},
        *({"optimizer": one, "lr_d": 0.01} for one in ("rmsprop", "sgd")),
        {"beta1": 0.9},
        *({"activation": one} for one in ("leaky-relu", "tanh", "elu")),
        {"depth": 4},
        {"noise_dim": 1},
        {"noise_dim": 16, "noise_law": "uniform"},
        {"loss": "wgan-gp", "packing": 2, "spectral": True, "r1": 0.01},
    ],
)
def test_every_choice_is_played_and_changes_the_game(change: dict[str, Any]) -> None:
    """The targets, and the same of them: tests/core/gan/test_portrait.py."""
    base = {"loss": "minimax" if change.get("loss") == "non-saturating" else "non-saturating"}
    found, plain = played(**{**base, **change}), played(**base)
    assert np.isfinite(list(found.metrics.values())).all()
    assert not np.array_equal(found.fake, plain.fake), "the choice does something"


def test_batch_norm_spares_the_first_hidden_layer() -> None:
    """Of one hidden layer none is left to norm."""
    one = played(depth=1, batch_norm=True)
    np.testing.assert_array_equal(one.fake, played(depth=1).fake)


def weights(net: Net) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in net.parameters]


def test_more_d_steps_and_rates_move_each_player_on_its_own() -> None:
    """Adam's first step is the learning rate, whatever the gradient (Kingma and Ba 2015)."""
    game = Game(Settings(**SMALL, lr_d=0.03, lr_g=0.002), [0])
    before = weights(game.d), weights(game.g)
    game.step()
    for net, old, rate in zip((game.d, game.g), before, (0.03, 0.002), strict=True):
        largest = max((a - b).abs().max().item() for a, b in zip(weights(net), old, strict=True))
        assert largest == pytest.approx(rate, rel=0.01)


def test_who_learns_alone_is_seen_in_the_fakes() -> None:
    film = frames(PLANE, Settings(**SMALL, phases="d", alone_from=0))
    assert all(frame.metrics["moved"] == 0 for frame in film)
    assert film[-1].metrics["d_loss"] < film[0].metrics["d_loss"], "D learns, G stands still"


def test_a_run_of_own_points_covers_none_but_theirs() -> None:
    settings = Settings(**SMALL, target="drawn", points="0c0c0")
    (centre,) = settings.mixture.centres
    film = frames(PLANE, settings)
    assert settings.mixture.count == 1
    assert film[0].real is not None
    gaps = np.linalg.norm(film[0].real.astype(float) - centre, axis=1)
    assert np.mean(gaps <= 3 * settings.mixture.sigma) > 0.96


def test_a_stored_run_has_the_metrics_of_its_own_fakes() -> None:
    """Of 400 of the 2,000 fakes that were judged: the share good, to four standard errors."""
    file = TEXT.parents[3] / "data" / "runs" / "gan.plane.npz"
    last = framefile.unpack(str(file), PLANE.frame)[-1]
    covered, good = modes(last.fake.astype(float), Settings().mixture)
    assert last.metrics["modes"] == covered == 8
    assert last.metrics["high_quality"] > 0.85
    error = (good * (1 - good) / len(last.fake)) ** 0.5
    assert good == pytest.approx(last.metrics["high_quality"], abs=4 * error + 0.01)


def test_each_help_has_a_preset_a_sentence_and_a_cure_in_its_words() -> None:
    text = TEXT.read_text(encoding="utf-8")
    controls = Settings.controls()
    for field, words in HELPS.items():
        off = Settings.model_fields[field].default
        assert any(p.settings.get(field, off) != off for p in PRESETS), field
        assert words in text, words
        assert controls[field].help.startswith("Cures"), field
        assert not off or field == "packing", "off at first"


def test_the_presets_that_cure_differ_from_the_failing_game_by_one_help() -> None:
    """So what is seen is that help's doing."""
    found = {}
    for preset in PRESETS:
        added = set(preset.settings) - set(FAILS)
        if set(FAILS) <= set(preset.settings) and all(
            preset.settings[field] == value for field, value in FAILS.items()
        ):
            found[preset.id] = added
    assert found.pop("collapse") == set()
    assert all(len(added) == 1 and added <= set(HELPS) for added in found.values())
    assert len(found) >= 4


def test_two_presets_differ_in_the_generators_loss_alone() -> None:
    one, other = (dict(PLANE.preset(id).settings) for id in ("vanishing", "non-saturating"))
    assert (one.pop("loss"), other.pop("loss")) == ("minimax", "non-saturating") and one == other


def test_words_are_known_for_every_choice_that_needs_them() -> None:
    assert set(TITLES) <= set(Settings.choices("target"))
    assert set(LOSSES) <= set(Settings.choices("loss"))


@pytest.mark.parametrize(
    ("id", "metrics", "option"),
    [
        ("works", {"modes": 8.0}, 0),
        ("works", {"modes": 7.0}, 1),
        ("collapse", {"modes": 2.0}, 2),
        ("collapse", {"modes": 3.0}, 1),
        ("r1", {"modes": 7.0}, 0),
        ("packing", {"modes": 2.0}, 1),
        ("packing", {"modes": 3.0}, 0),
        ("noise", {"high_quality": 0.3}, 2),
        ("noise", {"high_quality": 0.45}, 1),
        ("vanishing", {"modes": 0.0, "high_quality": 0.0}, 2),
        ("vanishing", {"modes": 1.0, "high_quality": 0.9}, 1),
        ("non-saturating", {"modes": 0.0, "moved": 0.0}, 2),
        ("non-saturating", {"modes": 0.0, "moved": 0.4}, 1),
        ("average", {"moved": 0.02}, 0),
        ("average", {"moved": 0.11}, 1),
        ("features", {"modes": 8.0, "high_quality": 0.9}, 0),
        ("features", {"modes": 8.0, "high_quality": 0.55}, 1),
        ("critic", {"d_loss": 1.386}, 0),
        ("critic", {"d_loss": -0.6}, 1),
        ("critic", {"d_loss": -12.0}, 2),
    ],
)
def test_outcomes_are_read_off_the_final_metrics(
    id: str, metrics: dict[str, float], option: int
) -> None:
    assert PLANE.preset(id).outcome(metrics) == option
