"""The engines under test: every test of behaviour runs on each of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil
import pytest

from core.engine.api import Engine
from core.engine.limits import Limits
from core.engine.local import LocalEngine
from core.engine.run import Run

LIMITS = Limits(
    workers=2,
    queue=3,
    wall_s=3.0,
    held_s=5.0,
    steps=5000,
    memory_mb=150,
    frames_mb=1.0,
    store_mb=4.0,
    grace_s=1.0,
)
START_S = 60  # for the libraries, on a machine that has other things to do


def local() -> Engine:
    return LocalEngine(LIMITS, warm=["tests.engine.toys:COUNT"])


ENGINES: dict[str, Callable[[], Engine]] = {"local": local}


@pytest.fixture(scope="session", params=list(ENGINES))
def shared_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One engine a session: its libraries take seconds to load."""
    engine = ENGINES[request.param]()
    until(lambda: engine.health()["ok"], START_S)
    yield engine
    engine.close()


@pytest.fixture
def engine(shared_engine: Engine) -> Iterator[Engine]:
    """That engine, with nothing going on before or after."""
    until(lambda: _at_rest(shared_engine), START_S)
    yield shared_engine
    for run in shared_engine.runs():
        run.cancel()


@pytest.fixture
def spare(engine: Engine) -> Engine:
    """The engine once its spare worker waits: what a run meets when nobody is in a hurry."""
    if isinstance(engine, LocalEngine):
        until(lambda: _idle(engine))
        time.sleep(0.1)  # forked it is; until it waits, the processor is its own
    return engine


def _at_rest(engine: Engine) -> bool:
    """Whether it is well, and no process but a spare one is left."""
    report = engine.health()
    return bool(report["ok"]) and report["processes"] <= 1


def _idle(engine: LocalEngine) -> bool:
    workers = list(engine._crew.workers.values())
    return len(workers) == 1 and workers[0].run is None and workers[0].pid > 0


def until(true: Callable[[], bool], seconds: float = 5.0) -> float:
    """Wait for it; returns the seconds it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(0.002)
    return time.monotonic() - began


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def pid_of(run: Run) -> int:
    """The process of a run of a toy that tells it (HANGS)."""
    assert run.wait(1, 10)
    return int(run.frames[0].metrics["pid"])


def begun(run: Run) -> Run:
    """The run, when its first frame has come."""
    assert run.wait(1, 10), run.state
    assert run.frames, run.error
    return run
