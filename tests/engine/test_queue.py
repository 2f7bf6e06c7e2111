"""Who runs, who waits and where, who is refused; runs that nobody watches."""

from __future__ import annotations

import threading
import time

import pytest

from core.engine.api import Engine
from core.engine.limits import Limits, QueueFull
from core.engine.run import Run
from tests.engine import toys
from tests.engine.conftest import begun, gone, pid_of, until

HANG = toys.Steps()


def hang(engine: Engine, owner: str, seed: int = 0) -> Run:
    return engine.submit(toys.HANGS, toys.Steps(seed=seed), owner, fresh=True)


def test_those_beyond_the_places_wait_and_see_their_place(engine: Engine) -> None:
    """Two places and five owners: two run, three wait in order, and move up."""
    runs = [hang(engine, owner) for owner in "abcde"]
    assert [run.place for run in runs[2:]] == [1, 2, 3]
    begun(runs[0])
    begun(runs[1])
    assert [run.state for run in runs] == ["running"] * 2 + ["queued"] * 3
    assert engine.runs() == runs
    runs[3].cancel()
    assert [run.place for run in runs] == [0, 0, 1, 0, 2]
    runs[0].cancel()
    begun(runs[2])
    assert runs[2].place == 0 and runs[4].place == 1


def test_a_full_queue_refuses_in_a_sentence(engine: Engine) -> None:
    runs = [hang(engine, owner) for owner in "abcde"]
    with pytest.raises(QueueFull, match=r"^All places are taken and 3 runs wait, .* a minute\.$"):
        hang(engine, "f")
    assert engine.runs() == runs
    replaced = hang(engine, "e", seed=1)  # who has a run already may change it
    assert runs[4].state == "cancelled" and replaced.place == 3


def test_a_new_run_takes_the_place_of_the_owners_waiting_one(engine: Engine) -> None:
    runs = [hang(engine, owner) for owner in "abcd"]
    new = hang(engine, "c", seed=1)
    assert runs[2].state == "cancelled"
    assert (new.place, runs[3].place) == (1, 2)


def test_a_new_run_cancels_the_owners_running_one(engine: Engine) -> None:
    old = hang(engine, "ann")
    pid = pid_of(old)
    others = hang(engine, "bob")
    new = begun(hang(engine, "ann", seed=1))
    assert old.state == "cancelled" and gone(pid)
    assert new.state == "running" and others.active


def test_quick_computations_do_not_wait_for_trainings(engine: Engine) -> None:
    for owner in "abcd":
        hang(engine, owner)
    quick = engine.submit(toys.QUICK, toys.Steps(seed=5), "eve", fresh=True)
    assert quick.wait(10**6, 5) and quick.state == "done"
    peek = engine.submit(toys.COUNT, toys.Steps(seed=6), "fay", peek=True)
    assert peek.wait(1, 5) and len(peek.frames) == 1


def test_a_paused_run_gives_its_place_to_others(engine: Engine) -> None:
    slow = toys.Steps(steps=500, pause_ms=20)
    first = begun(engine.submit(toys.COUNT, slow, "a", fresh=True))
    second = begun(hang(engine, "b"))
    third = hang(engine, "c")
    assert third.place == 1
    first.pause()
    begun(third)
    assert (first.state, second.state) == ("paused", "running")
    first.resume()
    held = len(first.frames)
    assert first.wait(held + 2, 2) and first.state == "running"


def test_a_hundred_submissions_in_five_seconds(engine: Engine) -> None:
    """At any time at most one runs and one waits; the last one wins."""
    seen: list[list[str]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.003):
            seen.append([run.state for run in engine.runs()])

    watcher = threading.Thread(target=look)
    watcher.start()
    runs = []
    for seed in range(100):
        settings = toys.Steps(steps=50, pause_ms=10, seed=seed)
        runs.append(engine.submit(toys.QUICK, settings, "ann", fresh=True))
        time.sleep(0.045)
    assert runs[-1].wait(10**6, 10)
    over.set()
    watcher.join()
    assert len(seen) > 100
    assert max(states.count("running") for states in seen) == 1
    assert max(states.count("queued") for states in seen) <= 1
    assert runs[-1].state == "done" and len(runs[-1].frames) == 51
    assert {run.state for run in runs[:-1]} == {"cancelled"}


def test_a_run_that_nobody_watches_is_cancelled(engine: Engine) -> None:
    """A closed tab: after the grace (1 s here), running, paused or waiting."""
    open_tabs = {"a", "b", "c"}
    runs = {
        tab: engine.submit(
            toys.HANGS, HANG, tab, alive=lambda tab=tab: tab in open_tabs, fresh=True
        )
        for tab in "abc"
    }
    pid = pid_of(runs["a"])
    begun(runs["b"]).pause()
    time.sleep(1.5)
    assert all(run.active for run in runs.values())
    open_tabs.clear()
    took = until(lambda: gone(pid) and not engine.runs(), 5)
    assert 0.5 < took < 3
    assert {run.state for run in runs.values()} == {"cancelled"}


def test_the_grace_by_default_is_well_under_thirty_seconds() -> None:
    assert Limits().grace_s + 1 <= 20


def test_one_who_cannot_be_asked_is_not_there(engine: Engine) -> None:
    def alive() -> bool:
        raise RuntimeError("no runtime")

    run = begun(engine.submit(toys.HANGS, HANG, "ann", alive=alive, fresh=True))
    until(lambda: run.state == "cancelled", 5)


def test_after_a_reload_the_page_finds_its_run(engine: Engine) -> None:
    """The tab's session has ended, a new one has the same settings: one run, never two."""
    there = {"old": True}
    run = begun(engine.submit(toys.HANGS, HANG, "old", alive=lambda: there["old"], fresh=True))
    assert engine.find(run.key) is run
    assert engine.attach(toys.HANGS, HANG, "new") is None  # a living other's run is not shared
    there["old"] = False
    assert engine.attach(toys.HANGS, toys.Steps(seed=1), "new") is None
    assert engine.attach(toys.HANGS, HANG, "new", alive=lambda: True) is run
    assert run.owner == "new"
    time.sleep(1.5)
    assert run.state == "running" and engine.runs() == [run]
    assert engine.attach(toys.HANGS, HANG, "new") is run  # its own


def test_one_who_comes_back_cannot_end_the_run_of_who_adopted_it(engine: Engine) -> None:
    there = {"old": True}
    run = begun(engine.submit(toys.HANGS, HANG, "old", alive=lambda: there["old"], fresh=True))
    there["old"] = False
    assert engine.attach(toys.HANGS, HANG, "new", alive=lambda: True) is run
    there["old"] = True
    other = begun(hang(engine, "old", seed=1))
    assert run.state == "running" and other.state == "running"


def test_adopting_a_run_ends_ones_own_other(engine: Engine) -> None:
    orphan = begun(engine.submit(toys.HANGS, HANG, "old", alive=lambda: False, fresh=True))
    mine = begun(hang(engine, "new", seed=1))
    assert engine.attach(toys.HANGS, HANG, "new") is orphan
    assert mine.state == "cancelled" and engine.runs() == [orphan]
