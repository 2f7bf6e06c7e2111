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
from core.gan.judge_figures import clicked
from core.gan.judge_layout import ROUNDS


def dealt(**changes: Any) -> Frame:
    (frame,) = JUDGE.frames(Settings(**changes))
    assert isinstance(frame, Frame)
    return frame


def texts(**changes: Any) -> list[str]:
    """The words under the ten images, and the sentence under the buttons."""
    settings = Settings(**changes)
    fig = JUDGE.figures(settings, [dealt(**changes)], 0)["rounds"]
    return [t for trace in fig["data"] if trace.get("mode") == "text" for t in trace["text"]]


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
    told = texts(answers="rf")
    assert sum("you:" in text for text in told) == 2
    assert all("real" not in text and "made" not in text for text in told if "you" not in text
               and "Five of the ten" not in text)  # fmt: skip
    assert sum("you:" in text for text in texts()) == 0


def test_what_is_to_come_is_not_shown() -> None:
    settings = Settings(answers="rrr")
    fig = JUDGE.figures(settings, [dealt(answers="rrr")], 0)["rounds"]
    wide = fig["data"][[t["type"] for t in fig["data"]].index("heatmap", 1)]["z"]
    cell = wide.shape[1] // 5
    row = wide[:28]
    ink = [bool((row[:, n * cell : n * cell + 28] > 0).any()) for n in range(5)]
    assert ink == [True, True, True, True, False]
    assert not (wide[2 * cell : 2 * cell + 28, :28] > 0).any()


def test_a_button_writes_a_letter_and_the_last_one_deals_anew() -> None:
    frame = dealt()
    for button, letter in enumerate("rf"):
        click = clicked(Settings(answers="r"), [frame], {"customdata": [button]})
        assert click is not None and click.values == {"answers": "r" + letter}
    over = clicked(Settings(answers="r" * 10, seed=7), [frame], {"customdata": [0]})
    assert over is not None and over.values == {"answers": "", "seed": 8}
    assert clicked(Settings(), [frame], {"x": 1.0, "y": 1.0}) is None


@pytest.mark.parametrize("text", ["rx", "R", "r f", "rfrfrfrfrfr"])
def test_other_letters_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="answers"):
        Settings.checked({"answers": text})
