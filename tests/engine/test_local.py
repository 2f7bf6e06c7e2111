"""What is the local engine's own: its processes, from the first to the last."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.engine.api import Engine
from core.engine.local import LocalEngine
from tests.engine import toys
from tests.engine.conftest import LIMITS, START_S, begun, gone, pid_of, until

ROOT = Path(__file__).resolve().parents[2]


def launcher(engine: Engine) -> int:
    return int(engine.health()["pid"])


@pytest.fixture
def local(engine: Engine) -> LocalEngine:
    if not isinstance(engine, LocalEngine):
        pytest.fail("these tests are of the local engine")
    return engine


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A process that has used the engine and has runs going, as servers have."""
    command = [sys.executable, "-W", "error", "-m", "tests.engine.server", *request.param]
    environment = {**os.environ, "GLASSBOX_WORKERS": "2"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def told(server: subprocess.Popen[str]) -> dict[str, object]:
    assert server.stdout is not None
    report: dict[str, object] = json.loads(server.stdout.readline())
    return report


def test_never_more_processes_than_one_at_work_and_one_spare(local: LocalEngine) -> None:
    parent = psutil.Process(launcher(local))
    most = 0
    for seed in range(15):
        local.submit(toys.COUNT, toys.Steps(steps=1000, pause_ms=5, seed=seed), "ann", fresh=True)
        end = time.monotonic() + 0.06
        while time.monotonic() < end:
            alive = [c for c in parent.children() if not gone(c.pid)]
            most = max(most, len(alive))
    assert 1 <= most <= 2


def test_quick_computations_one_after_the_other_share_a_process(local: LocalEngine) -> None:
    until(lambda: local._crew.spare is not None and local._crew.spare.pid > 0)
    spare = local._crew.spare
    for seed in range(5):
        run = local.submit(toys.QUICK, toys.Steps(steps=2, seed=seed), "ann", fresh=True)
        assert run.wait(10**6, 10)
        assert (run.state, len(run.frames)) == ("done", 3)
        until(lambda: local._crew.spare is spare)


def test_a_training_does_not_leave_its_process(local: LocalEngine) -> None:
    until(lambda: local._crew.spare is not None and local._crew.spare.pid > 0)
    spare = local._crew.spare
    assert spare is not None
    run = local.submit(toys.COUNT, toys.Steps(steps=2), "ann", fresh=True)
    assert run.wait(10**6, 10)
    until(lambda: gone(spare.pid))


def test_a_spare_that_dies_is_replaced(local: LocalEngine) -> None:
    until(lambda: local._crew.spare is not None and local._crew.spare.pid > 0)
    spare = local._crew.spare
    assert spare is not None
    os.kill(spare.pid, signal.SIGKILL)
    until(lambda: local._crew.spare not in (None, spare))
    run = local.submit(toys.COUNT, toys.Steps(), "ann", fresh=True)
    assert run.wait(10**6, 10) and run.state == "done"


def test_the_launcher_killed_fails_its_runs_and_starts_anew(local: LocalEngine) -> None:
    """Those that wait go on waiting, and run when it is back."""
    old = launcher(local)
    runs = [local.submit(toys.HANGS, toys.Steps(), owner, fresh=True) for owner in "ab"]
    pids = [pid_of(run) for run in runs]
    waiting = local.submit(toys.COUNT, toys.Steps(), "c", fresh=True)
    os.kill(old, signal.SIGKILL)
    for run, pid in zip(runs, pids, strict=True):
        assert run.wait(10**6, 2) and run.error is not None and run.error.kind == "crash"
        assert len(run.frames) == 1
        until(lambda pid=pid: gone(pid))
    assert waiting.state == "queued" and not local.health()["ok"]
    assert waiting.wait(10**6, START_S) and waiting.state == "done"
    assert local.health()["ok"] and launcher(local) != old


def test_nothing_runs_beside_the_launcher_when_it_forks(local: LocalEngine) -> None:
    """One thread: locks that another held would stay locked in the worker."""
    report = local.health()
    assert report["threads"] == 1 and report["missing"] == []


def test_submissions_wait_while_the_libraries_load_and_close_ends_that_too() -> None:
    engine = LocalEngine(LIMITS)
    pid = engine._crew.launcher.process.pid if engine._crew.launcher else 0
    run = engine.submit(toys.COUNT, toys.Steps(), "ann")
    assert run.state == "queued" and run.place == 0
    assert engine.health()["launcher"] == "starting" and not engine.health()["ok"]
    engine.close()
    assert run.state == "cancelled" and gone(pid)
    assert not engine.health()["ok"]
    with pytest.raises(RuntimeError, match="closed"):
        engine.submit(toys.COUNT, toys.Steps(), "ann")
    engine.close()


def test_no_launcher_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.engine.client.sys.executable", "/bin/false")
    engine = LocalEngine(LIMITS)
    waiting = engine.submit(toys.COUNT, toys.Steps(), "ann")
    assert waiting.wait(1, 10) and waiting.state == "failed" and waiting.error is not None
    assert waiting.error.message.startswith("No process for runs can be started")
    assert engine.health()["launcher"] == "down" and not engine.health()["ok"]
    late = engine.submit(toys.COUNT, toys.Steps(), "ann")
    assert late.state == "failed"
    engine.close()


@pytest.mark.parametrize("server", [["close"]], indirect=True)
def test_closing_leaves_no_process_and_the_server_never_loads_torch(
    server: subprocess.Popen[str],
) -> None:
    report = told(server)
    assert (report["heavy"], report["done"], report["going"]) == ([], "done", "paused")
    assert isinstance(report["processes"], list) and len(report["processes"]) >= 3
    assert server.stdout is not None and json.loads(server.stdout.readline()) == 0
    assert server.wait(10) == 0
    assert all(gone(pid) for pid in report["processes"])


@pytest.mark.parametrize("server", [[]], indirect=True)
def test_a_server_that_is_ended_leaves_no_process(server: subprocess.Popen[str]) -> None:
    """It does nothing about SIGTERM itself, so SIGKILL is no other case."""
    processes = told(server)["processes"]
    assert isinstance(processes, list) and len(processes) >= 3
    server.terminate()
    until(lambda: all(gone(pid) for pid in processes), 10)


def test_a_run_begun_before_a_change_of_code_is_not_the_same(
    local: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = toys.Steps(seed=3)
    first = begun(local.submit(toys.COUNT, settings, "ann", fresh=True))
    assert first.wait(10**6, 10)
    monkeypatch.setattr("core.engine.key.code_version", lambda: "another")
    assert local.key(toys.COUNT, settings) != first.key
    assert local.submit(toys.COUNT, settings, "ann").id != first.id
