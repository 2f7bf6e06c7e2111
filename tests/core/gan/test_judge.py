"""Ten rounds: half real, answers counted, nothing told before it is answered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.data import models
from core.experiment import SettingError
from core.gan.convnets import from_arrays
from core.gan.images_data import load, to_bytes
from core.gan.judge import JUDGE, Frame, Settings
from core.gan.judge_figures import buttons, rounds
from core.gan.judge_layout import ROUNDS
from core.plot import theme
from core.plot.sheets import GAP


def dealt(**changes: Any) -> Frame:
    (frame,) = JUDGE.frames(Settings(**changes))
    assert isinstance(frame, Frame)
    return frame


def traces(**changes: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rounds(Settings(**changes), [dealt(**changes)], 0)["data"]
    return found


def texts(**changes: Any) -> list[str]:
    """All the words within the picture."""
    return [text for trace in traces(**changes) for text in trace.get("text", ())]


def asked(chosen: str, **changes: Any) -> str:
    """The question over these settings, after that preset was chosen."""
    order = sorted(JUDGE.presets, key=lambda preset: preset.id != chosen)
    return next(one.id for one in order if JUDGE.asks(one, Settings(**changes)))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_half_of_the_ten_are_real_and_unseen(seed: int) -> None:
    frame = dealt(seed=seed)
    held_out = {one.tobytes() for one in to_bytes(load("mnist").x_test)}
    found = [image.tobytes() in held_out for image in frame.images]
    assert np.array_equal(found, frame.real == 1)
    assert sum(found) == 5


def test_another_seed_deals_others_and_answers_deal_none() -> None:
    assert not np.array_equal(dealt(seed=0).images, dealt(seed=1).images)
    assert np.array_equal(dealt().images, dealt(answers="rfr").images)


def test_the_score_counts_right_answers() -> None:
    real = dealt(seed=4).real
    right = "".join("r" if one else "f" for one in real)
    wrong = right.translate(str.maketrans("rf", "fr"))
    assert dealt(seed=4, answers=right).metrics["your_score"] == ROUNDS
    assert dealt(seed=4, answers=wrong).metrics["your_score"] == 0
    half = dealt(seed=4, answers=right[:3] + wrong[3:5]).metrics
    assert (half["your_score"], half["answered"]) == (3, 5)


def test_the_network_says_what_its_discriminator_says() -> None:
    """Its score through NumPy's own logistic function; right where belief and truth agree."""
    frame = dealt(seed=2, answers="rrrr")
    _, d = from_arrays(models.load("gan-mnist"))
    x = load("mnist").x.new_tensor(frame.images[:, None] / 127.5 - 1)
    scores = d(x, load("mnist").y.new_tensor(frame.labels))[:, 0].numpy()
    assert np.allclose(frame.belief, 1 / (1 + np.exp(-scores)), atol=0.01)
    agrees = (frame.belief > 0.5) == frame.real
    assert frame.metrics["d_score"] == agrees.sum()
    assert frame.metrics["d_so_far"] == agrees[:4].sum()


def test_nothing_is_told_before_it_is_answered() -> None:
    told = " ".join(texts(answers="rf"))
    assert told.count("you:") == 2 and "Image 2 was" in told and "Image 3 was" not in told
    assert "you:" not in " ".join(texts())
    frame = dealt(answers="rf")
    for color, kind in ((theme.REAL, 1), (theme.GENERATED, 0)):
        (boxes,) = [t for t in traces(answers="rf") if t.get("line", {}).get("color") == color]
        assert len(boxes["x"]) == 6 * (frame.real[:2] == kind).sum()


def test_what_is_to_come_is_not_shown() -> None:
    ten = [t for t in traces(answers="rrr") if t["type"] == "heatmap"][1]["z"]
    cell = ten.shape[1] // 5
    rows = [ten[:28], ten[-28 - (ten.shape[0] // 2 - 28) : -(ten.shape[0] // 2 - 28)]]
    seen = [(row[:, n * cell : n * cell + 28] != GAP).any() for row in rows for n in range(5)]
    assert seen == [True] * 4 + [False] * 6


def test_both_scores_are_counted_round_by_round() -> None:
    answers = "rffrfrrffr"
    frame = dealt(seed=3, answers=answers)
    ends = {t["text"][0]: t["y"][0] for t in traces(seed=3, answers=answers) if "marker" in t}
    you, d = frame.metrics["your_score"], frame.metrics["d_score"]
    assert ends == {f"<b>you {you:.0f}</b>": you, f"<b>D {d:.0f}</b>": d}
    lines = [t for t in traces(seed=3, answers=answers) if len(t.get("x", ())) == ROUNDS + 1]
    assert sorted(line["y"][-1] for line in lines) == sorted([you, d])
    assert all(set(np.diff(line["y"])) <= {0, 1} for line in lines)
    so_far = dealt(seed=3, answers=answers[:6]).metrics
    assert sorted(line["y"][6] for line in lines) == sorted(
        [so_far["your_score"], so_far["d_so_far"]]
    )


def test_a_button_writes_a_letter_and_after_the_last_one_deals_anew() -> None:
    real, made = buttons(Settings(answers="r"))
    assert [real.click.values, made.click.values] == [{"answers": "rr"}, {"answers": "rf"}]
    assert [(one.words, one.key) for one in (real, made)] == [("Real", "1"), ("Made", "2")]
    (anew,) = buttons(Settings(answers="r" * 10, seed=999_999))
    assert anew.click.values == {"answers": "", "seed": 0}


def test_a_question_stands_while_its_rounds_are_played() -> None:
    """Answers are moves; only the preset that gives ten itself has none but these."""
    assert asked("play", answers="rfr", seed=5) == "play"
    assert asked("clothes", model="gan-fashion", answers="f" * 10) == "clothes"
    assert asked("always-real", answers="r" * 10) == "always-real"
    assert asked("always-real", answers="r" * 9) == "play"


@pytest.mark.parametrize("text", ["rx", "R", "r f", "rfrfrfrfrfr"])
def test_other_letters_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="answers"):
        Settings.checked({"answers": text})
