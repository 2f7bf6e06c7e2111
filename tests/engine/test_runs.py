"""A run from submission to end: frames, equality, the store, the player's controls."""

from __future__ import annotations

import time

import pytest

from core.engine.api import Engine
from core.experiment import Experiment, same
from tests.engine import toys
from tests.engine.conftest import begun, gone, pid_of, until

SLOW = toys.Steps(steps=200, pause_ms=5)


def test_frames_come_in_order_and_the_run_is_done(engine: Engine) -> None:
    run = engine.submit(toys.COUNT, toys.Steps(steps=20, seed=1), "ann")
    assert run.wait(21, 10) and run.wait(10**6, 10)
    assert run.state == "done" and run.error is None and run.place == 0
    assert [frame.step for frame in run.frames] == list(range(21))
    assert run.submitted <= (run.started or 0) <= (run.ended or 0)
    assert engine.runs() == [] and engine.get(run.id) is run


@pytest.mark.parametrize("experiment", [toys.COUNT, toys.LEARNS], ids=lambda toy: toy.name)
def test_equal_settings_give_equal_runs_bit_for_bit(engine: Engine, experiment: Experiment) -> None:
    """In two workers, and here: the promise of section 2 of the design."""
    settings = toys.Steps(steps=50, seed=7)
    here = list(experiment.frames(settings))
    for owner in ("ann", "bob"):
        run = engine.submit(experiment, settings, owner, fresh=True)
        assert run.wait(10**6, 10) and run.state == "done"
        assert len(run.frames) == len(here)
        assert all(same(a, b) for a, b in zip(run.frames, here, strict=True))
    other = engine.submit(experiment, settings.model_copy(update={"seed": 8}), "ann")
    assert other.wait(10**6, 10) and not same(other.frames[-1], here[-1])


def test_a_finished_run_is_answered_from_the_store(engine: Engine) -> None:
    settings = toys.Steps(steps=30, seed=2)
    first = engine.submit(toys.COUNT, settings, "ann")
    assert first.wait(10**6, 10) and first.state == "done"
    began = time.monotonic()
    second = engine.submit(toys.COUNT, settings, "bob")
    assert time.monotonic() - began < 0.1
    assert second.state == "done" and len(second.frames) == 31
    assert engine.result(first.key) is second
    again = engine.submit(toys.COUNT, settings, "bob", fresh=True)
    assert again.id != first.id and again.wait(10**6, 10) and again.state == "done"
    assert engine.result(first.key) is again


def test_only_finished_runs_are_answered_from_the_store(engine: Engine) -> None:
    settings = toys.Steps(steps=200, pause_ms=20, seed=3)
    first = begun(engine.submit(toys.COUNT, settings, "ann"))
    first.cancel()
    assert engine.get(first.id) is first and engine.result(first.key) is None
    second = engine.submit(toys.COUNT, settings, "ann")
    assert second.id != first.id and second.active


def test_the_store_lets_the_longest_unused_go(engine: Engine) -> None:
    """Runs of 0.9 MB in a store of 4 MB."""
    size = toys.Steps(steps=8, size=12_500)
    runs = []
    for seed in range(6):
        runs.append(engine.submit(toys.COUNT, size.model_copy(update={"seed": seed}), "ann"))
        assert runs[-1].wait(10**6, 10) and runs[-1].state == "done"
    assert engine.get(runs[0].id) is None and engine.result(runs[0].key) is None
    assert engine.get(runs[-1].id) is runs[-1]
    assert engine.health()["kept_mb"] <= 4.0


def test_cancel_ends_the_worker_at_once_and_keeps_the_frames(engine: Engine) -> None:
    run = engine.submit(toys.HANGS, toys.Steps(), "ann")
    pid = pid_of(run)
    run.cancel()
    assert run.state == "cancelled"
    assert until(lambda: gone(pid)) < 0.5
    assert len(run.frames) == 1
    run.cancel()  # and once more does nothing
    assert run.state == "cancelled"


def test_pause_stops_step_takes_one_and_resume_goes_on(engine: Engine) -> None:
    run = begun(engine.submit(toys.COUNT, SLOW, "ann", fresh=True))
    run.pause()
    time.sleep(0.1)
    held = len(run.frames)
    time.sleep(0.3)
    assert run.state == "paused" and len(run.frames) == held < 201
    run.step()
    assert run.wait(held + 1, 1)
    time.sleep(0.1)
    assert len(run.frames) == held + 1 and run.state == "paused"
    run.resume()
    assert run.wait(10**6, 10)
    assert run.state == "done" and len(run.frames) == 201


def test_a_run_can_be_paused_before_it_begins(engine: Engine) -> None:
    run = engine.submit(toys.COUNT, SLOW, "ann", fresh=True)
    run.pause()
    until(lambda: run.state == "paused")
    assert len(run.frames) <= 1
    run.cancel()
    assert run.state == "cancelled"


def test_a_worker_does_not_run_ahead_of_a_paused_reader(engine: Engine) -> None:
    """Frames of 160 kB, of which its pipe holds one or two: the rest is not yet computed."""
    run = engine.submit(toys.COUNT, toys.Steps(steps=5, size=20_000), "ann", fresh=True)
    run.pause()
    run.step()
    assert run.wait(1, 5)
    time.sleep(0.4)
    assert len(run.frames) == 1
    resumed = time.time()
    run.resume()
    assert run.wait(10**6, 5) and run.state == "done" and len(run.frames) == 6
    assert sum(frame.timing["at"] < resumed for frame in run.frames) <= 4


def test_slow_motion_holds_the_rate_and_full_speed_returns(engine: Engine) -> None:
    run = engine.submit(toys.COUNT, toys.Steps(steps=40, seed=4), "ann", fresh=True)
    run.set_rate(20)
    begun(run)
    began, have = time.monotonic(), len(run.frames)
    assert run.wait(have + 6, 5)
    assert 0.2 < time.monotonic() - began < 1.5  # 6 frames at 20 a second
    run.set_rate(None)
    assert run.wait(10**6, 10) and len(run.frames) == 41


def test_speed_and_time_left_come_from_the_steps(engine: Engine) -> None:
    run = begun(engine.submit(toys.COUNT, toys.Steps(steps=2000, pause_ms=5), "ann", fresh=True))
    assert run.wait(20, 10)
    speed, left = run.steps_per_s, run.seconds_left
    assert speed is not None and 20 < speed < 200  # at most one step in 5 ms
    assert left is not None
    assert left == pytest.approx((2000 - run.step_reached) / speed, rel=0.2)


def test_wait_says_whether_the_frames_came(engine: Engine) -> None:
    run = engine.submit(toys.HANGS, toys.Steps(), "ann")
    assert run.wait(1, 10)
    began = time.monotonic()
    assert not run.wait(2, 0.1)
    assert 0.09 < time.monotonic() - began < 1
    run.cancel()
    assert run.wait(2, 0.1)


def test_a_peek_ends_after_its_first_frame(engine: Engine) -> None:
    run = engine.submit(toys.COUNT, SLOW.model_copy(update={"seed": 9}), "ann", peek=True)
    assert run.wait(10**6, 5)
    assert run.state == "cancelled" and [frame.step for frame in run.frames] == [0]
    assert engine.result(run.key) is None


def test_workers_have_one_thread_and_no_costly_import_ahead(engine: Engine) -> None:
    run = begun(engine.submit(toys.FACTS, toys.Steps(), "ann", fresh=True))
    assert run.frames[0].metrics == {"threads": 1, "dynamo": 1}


def test_a_first_training_step_imports_nothing(engine: Engine) -> None:
    """What torch loads late is loaded before the fork: torch._dynamo alone costs 1.8 s."""
    run = begun(engine.submit(toys.IMPORTS, toys.Steps(), "ann", fresh=True))
    assert run.wait(10**6, 10) and run.state == "done"
    assert run.frames[-1].metrics == {}


def test_a_small_computation_is_back_soon(spare: Engine) -> None:
    """3 to 7 ms on an idle machine; the bound leaves room for a busy one."""
    took = []
    for seed in range(5):
        began = time.perf_counter()
        run = spare.submit(toys.QUICK, toys.Steps(steps=1, seed=seed), "ann", fresh=True)
        assert run.wait(10**6, 5) and run.state == "done"
        took.append(time.perf_counter() - began)
        time.sleep(0.2)
    assert min(took) < 0.1
