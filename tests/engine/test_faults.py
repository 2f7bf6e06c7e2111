"""Runs that go wrong: said in words, in time, with what came before, and nobody else is hurt."""

from __future__ import annotations

import os
import signal
import time
from itertools import pairwise

import pytest

from core.engine.api import Engine
from core.experiment import Experiment
from tests.engine import toys
from tests.engine.conftest import begun, gone, pid_of, until


@pytest.mark.parametrize("experiment", [toys.EXITS, toys.KILLED], ids=lambda toy: toy.name)
def test_a_worker_that_dies_is_said_within_two_seconds(
    engine: Engine, experiment: Experiment
) -> None:
    run = begun(engine.submit(experiment, toys.Steps(), "ann"))
    began = time.monotonic()
    assert run.wait(10**6, 2)
    assert time.monotonic() - began < 2
    assert run.state == "failed" and run.error is not None
    assert run.error.kind == "crash" and run.error.step == 2
    assert run.error.message.startswith("The process of this run ended unexpectedly")
    assert [frame.step for frame in run.frames] == [0, 1, 2]


def test_a_worker_killed_from_outside_and_run_again(engine: Engine) -> None:
    run = engine.submit(toys.HANGS, toys.Steps(), "ann")
    other = begun(engine.submit(toys.COUNT, toys.Steps(steps=300, pause_ms=5), "bob", fresh=True))
    os.kill(pid_of(run), signal.SIGKILL)
    assert run.wait(10**6, 2) and run.error is not None and run.error.kind == "crash"
    assert len(run.frames) == 1
    again = begun(engine.submit(toys.HANGS, toys.Steps(), "ann"))
    assert again.id != run.id and again.state == "running"
    assert other.wait(10**6, 10) and other.state == "done" and len(other.frames) == 301


def test_a_paused_worker_that_dies_is_noticed(engine: Engine) -> None:
    run = engine.submit(toys.HANGS, toys.Steps(), "ann")
    pid = pid_of(run)
    run.pause()
    os.kill(pid, signal.SIGKILL)
    assert run.wait(10**6, 2) and run.error is not None and run.error.kind == "crash"


@pytest.mark.parametrize("experiment", [toys.EATS, toys.EATS_TORCH], ids=lambda toy: toy.name)
def test_memory_is_limited(engine: Engine, experiment: Experiment) -> None:
    """150 MB here, 10 MB more a step: at step 13 or so it is over."""
    run = engine.submit(experiment, toys.Steps(steps=100), "ann")
    assert run.wait(10**6, 10)
    assert run.state == "failed" and run.error is not None and run.error.kind == "memory"
    assert 8 <= run.error.step <= 16
    assert run.error.message.startswith("This run needed more memory than a run may take")
    assert len(run.frames) == run.error.step + 1


def test_a_frame_too_large_is_refused(engine: Engine) -> None:
    """1 MB of frames here; 1.6 MB in one."""
    run = engine.submit(toys.COUNT, toys.Steps(size=200_000), "ann")
    assert run.wait(10**6, 10)
    assert run.error is not None and run.error.kind == "memory" and run.frames == []


def test_time_is_limited_and_time_spent_paused_counts_apart(engine: Engine) -> None:
    """3 s for a run, and 5 s of pauses: one hangs, one is paused for 3.5 s, one is forgotten."""
    paused = begun(engine.submit(toys.COUNT, toys.Steps(steps=50, pause_ms=10), "ann", fresh=True))
    paused.pause()
    forgotten = begun(engine.submit(toys.HANGS, toys.Steps(), "bob"))
    forgotten.pause()
    hung = engine.submit(toys.HANGS, toys.Steps(), "eve")
    pid, began = pid_of(hung), time.monotonic()
    assert hung.wait(10**6, 8)
    assert 2 < time.monotonic() - began < 6
    assert hung.state == "failed" and hung.error is not None and hung.error.kind == "time"
    assert hung.error.message.startswith("This run took longer than 3 s") and len(hung.frames) == 1
    until(lambda: gone(pid))
    assert paused.state == "paused" and forgotten.state == "paused"
    paused.resume()
    assert paused.wait(10**6, 5) and paused.state == "done"
    assert forgotten.wait(10**6, 5) and forgotten.error is not None
    assert forgotten.error.kind == "time" and "held up" in forgotten.error.message


def test_steps_are_limited(engine: Engine) -> None:
    """5000 here."""
    run = engine.submit(toys.COUNT, toys.Steps(steps=6000), "ann")
    assert run.wait(10**6, 20)
    assert run.state == "failed" and run.error is not None and run.error.kind == "steps"
    assert run.error.message == "This run went past 5,000 steps, the limit here."
    assert run.step_reached == 5000


def test_frames_beyond_the_limit_are_thinned_evenly(engine: Engine) -> None:
    """500 frames of 8 kB in 1 MB: every fourth or eighth, with the first and the last."""
    run = engine.submit(toys.COUNT, toys.Steps(steps=499, size=1000), "ann")
    assert run.wait(10**6, 20) and run.state == "done" and run.thinned
    steps = [frame.step for frame in run.frames]
    gaps = {b - a for a, b in pairwise(steps[:-1])}
    assert len(gaps) == 1 and gaps <= {4, 8}
    assert steps[0] == 0 and steps[-1] == 499
    assert run.bytes <= 1024**2


def test_the_first_number_that_is_not_finite_ends_it(engine: Engine) -> None:
    run = engine.submit(toys.NOT_A_NUMBER, toys.Steps(), "ann")
    assert run.wait(10**6, 10) and run.error is not None
    assert (run.state, run.error.kind, run.error.step) == ("failed", "diverged", 3)
    assert run.error.message == "At step 3, mean is not a finite number any more."
    assert [frame.step for frame in run.frames] == [0, 1, 2]


def test_a_run_that_says_why_it_diverged_is_quoted(engine: Engine) -> None:
    run = engine.submit(toys.DIVERGES, toys.Steps(), "ann")
    assert run.wait(10**6, 10) and run.error is not None
    assert (run.error.kind, run.error.step) == ("diverged", 3)
    assert run.error.message == "The rate is too high." and run.error.fix == {"steps": 2}


def test_a_mistake_is_one_sentence_without_a_traceback(engine: Engine) -> None:
    run = engine.submit(toys.RAISES, toys.Steps(), "ann")
    assert run.wait(10**6, 10) and run.error is not None
    assert run.error.kind == "error"
    assert run.error.message == "ValueError after step 2: the cat is on the keyboard"
    assert len(run.frames) == 3


def test_an_experiment_that_cannot_be_imported_fails_in_words(engine: Engine) -> None:
    run = engine.submit(toys.MISSING, toys.Steps(), "ann")
    assert run.wait(10**6, 10) and run.error is not None
    assert run.error.kind == "error" and "tests.engine.nowhere" in run.error.message
