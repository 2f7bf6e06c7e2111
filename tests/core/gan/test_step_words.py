"""What is said and drawn of a phase holds that frame's own numbers; the button goes on."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from core.gan.step import MOST, STEP, Frame, Settings, buttons
from core.gan.step_diagram import WORK
from core.gan.step_run import run
from core.gan.step_words import PHASES, onward, phase_of, sentence, shown, taken_by, wrapped

SMALL: dict[str, Any] = {"before": 40, "width": 8, "batch_size": 17}


def round_of(**changes: Any) -> tuple[Settings, dict[str, Frame]]:
    """One round in slow motion, its frames by phase."""
    settings = Settings(**{**SMALL, **changes})
    return settings, {phase_of(frame): frame for frame in run(settings)}


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def test_each_sentence_has_the_numbers_of_its_frame() -> None:
    """Counted anew from D's outputs: it takes for real what has a chance above one half."""
    settings, at = round_of()
    said = {phase: sentence(settings, frame) for phase, frame in at.items()}
    assert all(f"Round 41, phase {n} of 6." in said[phase] for n, phase in enumerate(PHASES, 1))
    judge, again = at["judge"], at["again"]
    real, fake = (int((sigmoid(x) > 0.5).sum()) for x in (judge.said_real, judge.said_fake))
    assert f"calls {real} of 17 real points real and {17 - fake} of 17 fakes fake" in said["judge"]
    chances = sigmoid(judge.said_real.astype(float)), sigmoid(judge.said_fake.astype(float))
    loss = -np.log(chances[0]).mean() - np.log(1 - chances[1]).mean()
    assert f"Its loss is {loss:.3f}." in said["judge"]
    after = at["d-learns"].metrics["d_loss_after"]
    assert f"from {loss:.3f} to {after:.3f}" in said["d-learns"]
    fooled = int((sigmoid(again.said_fake) > 0.5).sum())
    assert f"takes {fooled} of 17 for real" in said["again"]
    last = at["g-learns"]
    way = last.moved.astype(float) - last.fake.astype(float)
    assert abs(last.metrics["along"] - ((way * last.arrows).sum(1) > 0).mean()) <= 1 / 17
    start, end = (
        -np.log(sigmoid(x.astype(float))).mean() for x in (last.said_fake, last.said_moved)
    )
    verb = "falls" if end < start else "rises"
    assert f"its loss {verb} from {start:.3f} to {end:.3f}" in said["g-learns"]


def test_fakes_near_real_points_are_counted() -> None:
    """Three islands on a triangle of radius 1.6, three standard deviations of 0.2 around each."""
    settings, at = round_of(before=400)
    frame = at["fakes"]
    angles = np.pi / 2 + 2 * np.pi * np.arange(3) / 3
    centres = 1.6 * np.stack([np.cos(angles), np.sin(angles)], 1)
    ways = np.linalg.norm(frame.fake.astype(float)[:, None] - centres, axis=-1)
    assert f"; {int((ways.min(1) <= 0.6).sum())} of 17 lie" in sentence(settings, frame)


def test_where_d_draws_its_line() -> None:
    """Halfway between the labels 1 and 0, at logit 0, or at the median score of a critic."""
    real, fake = np.array([0.2, 0.6, 0.9]), np.array([-0.3, 0.3, 0.7])
    assert taken_by("least-squares", real, fake, fake)[0].tolist() == [False, True, True]
    assert taken_by("minimax", real, fake, fake)[1].tolist() == [False, True, True]
    assert taken_by("wgan-gp", real, fake, fake)[1].tolist() == [False, False, True]


def test_a_critic_scores_and_calls_nothing_real() -> None:
    settings, at = round_of(loss="wgan-gp")
    said = sentence(settings, at["judge"])
    assert f"{at['judge'].said_real.mean():.2f} on average" in said
    assert "calls" not in said + sentence(settings, at["again"])


def test_the_button_goes_through_every_phase_to_the_end() -> None:
    """From the first phase of the first round, press by press, to the last of the tenth."""
    settings, seen = Settings(rounds=1, until="noise"), 1
    while (more := onward(settings, MOST)) is not None:
        before = shown(settings)
        settings = Settings.checked({**settings.model_dump(), **more})
        assert shown(settings)[:-1] == before
        seen += 1
    assert seen == len(PHASES) * MOST


@pytest.mark.parametrize("who", ["d", "g"])
def test_the_button_skips_what_nobody_does(who: str) -> None:
    """After D's step alone comes the next round; a phase that is not played is never asked for."""
    settings = Settings(phases=who)
    assert onward(settings, MOST) == {"rounds": 2, "until": "noise"}
    (more,) = buttons(settings)
    assert more.click.values == {"rounds": 2, "until": "noise"}
    assert buttons(Settings(phases=who, rounds=MOST)) == ()


def test_pink_runs_back_to_whoever_moves() -> None:
    """The diagram: gradients in the learning phases alone, through D where G learns."""
    assert [phase for phase in PHASES if WORK[phase].back] == ["d-learns", "g-learns"]
    assert [WORK[phase].moves for phase in PHASES] == ["", "", "", "D", "", "G"]
    assert set(WORK["d-learns"].back) == {"d-verdict"}
    assert set(WORK["g-learns"].back) == {"d-verdict", "fake-d", "g-fake"}


def test_the_picture_says_the_sentence() -> None:
    settings, at = round_of()
    frames = list(at.values())
    for number, frame in enumerate(frames):
        data = STEP.views[0].draw(settings, frames, number)["data"]
        words = [text for trace in data if trace.get("mode") == "text" for text in trace["text"]]
        assert wrapped(sentence(settings, frame), 48) in words


def test_lines_are_wrapped_by_what_shows() -> None:
    text = wrapped("one <b>two three</b> four", 9)
    assert text == "one <b>two</b><br><b>three</b><br>four"
    assert max(len(re.sub("<.*?>", "", line)) for line in text.split("<br>")) <= 9


def test_the_pull_is_told_as_weight_times_slope() -> None:
    """Non-saturating: (1 - D) times the slope of the logit."""
    settings, at = round_of()
    frame = at["judge"]
    assert STEP.explain is not None
    told = STEP.explain(settings, [frame], 0)["Pull on a fake"]
    chance = sigmoid(frame.said_fake[:1].astype(float))[0]
    assert f"= {chance:.3f}$" in told
    assert rf"{1 - chance:.3f} \cdot" in told
