"""The worker processes of the local engine: those at work, and one spare forked ahead."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

from core.engine.client import Launcher
from core.engine.limits import Limits
from core.engine.run import Run
from core.engine.worker import Job

log = logging.getLogger(__name__)
TRIES = 3  # starts of the launcher in a row that may fail
MB = 1024 * 1024


@dataclass(eq=False)
class Worker:
    """One worker process, seen from the server.

    gone: the process has ended. drain: read all that it left, paused or not.
    doomed: nobody wants to read it any more. finished: it said its last word and is ending.
    """

    number: int
    conn: Connection
    run: Run | None = None
    pid: int = 0
    gone: bool = False
    drain: bool = False
    doomed: bool = False
    finished: bool = False
    hired: float = 0.0  # when it got its run, on the monotonic clock

    def due(self, now: float) -> float | None:
        """When to read from it next, on the monotonic clock; None: not until something changes."""
        if self.doomed:
            return None
        return now if self.run is None or self.drain else self.run.due(now)


class Crew:
    """The launcher and its workers. Not safe for threads: its engine locks."""

    def __init__(self, warm: Sequence[str], limits: Limits) -> None:
        self._warm, self._limits = warm, limits
        self._numbers = count(1)
        self._failures = 0
        self._began = 0.0
        self.workers: dict[int, Worker] = {}
        self.spare: Worker | None = None
        self.launcher: Launcher | None = None
        self.start()

    @property
    def ready(self) -> bool:
        """Whether the launcher has its libraries and answers."""
        return self.launcher is not None and self.launcher.facts is not None

    @property
    def down(self) -> bool:
        """Whether the launcher could not be started."""
        return self.launcher is None

    def start(self) -> None:
        """Start the launcher."""
        self._began = time.monotonic()
        self.launcher = Launcher(self._warm)

    def revive(self, after_s: float = 10.0) -> None:
        """Try once more to start a launcher that could not be started some time ago."""
        if self.down and time.monotonic() - self._began > after_s:
            self._failures = TRIES - 1
            self.start()

    def hire(self, run: Run) -> Worker:
        """Give the run to the spare worker, or to a new one."""
        worker, self.spare = self.spare or self._fork(), None
        worker.run, worker.hired = run, time.monotonic()
        with suppress(OSError):  # it has just died: reading from it will say so
            worker.conn.send(self._job(run))
        return worker

    def refill(self) -> None:
        """See that one spare worker waits."""
        if self.ready and self.spare is None:
            self.spare = self._fork()

    def keep(self, worker: Worker) -> bool:
        """Let a worker that has done its job be the spare one, unless one waits already."""
        if self.spare is not None or worker.gone or not self.ready:
            return False
        worker.run, self.spare = None, worker
        return True

    def dismiss(self, worker: Worker) -> None:
        """End a worker; its connection is closed by :meth:`sweep`."""
        worker.doomed = True
        if self.launcher is not None and not worker.gone:
            self.launcher.kill(worker.number)

    def sweep(self) -> None:
        """Close the connections of doomed workers, forget those that are gone too."""
        for worker in list(self.workers.values()):
            if worker.doomed:
                worker.conn.close()
                if self.spare is worker:
                    self.spare = None
                if worker.gone:
                    del self.workers[worker.number]

    def at_work(self) -> Iterator[Worker]:
        """Workers whose process still has a run's work to do, or to be stopped doing."""
        for worker in self.workers.values():
            if worker.run is not None and not worker.gone and not worker.finished:
                yield worker

    def told(self, message: tuple[Any, ...]) -> None:
        """Take in what the launcher says."""
        assert self.launcher is not None
        name, *rest = message
        if name == "ready":
            self.launcher.facts = rest[0]
            self._failures = 0
        elif name == "pong":
            self.launcher.pong(rest[0])
        elif rest[0] in self.workers:
            worker = self.workers[rest[0]]
            if name == "forked":
                worker.pid = rest[1]
            else:
                worker.gone = True
                worker.drain = rest[1] != 0

    def lost(self) -> None:
        """The launcher has ended, and its workers with it; start another, TRIES times in a row."""
        assert self.launcher is not None
        self.launcher.process.kill()
        self.launcher.close()
        self.launcher = None
        for worker in self.workers.values():
            worker.gone = worker.drain = True
            worker.doomed = worker.doomed or worker.run is None
        self._failures += 1
        log.error("the launcher of workers ended (%s of %s)", self._failures, TRIES)
        if self._failures < TRIES:
            self.start()

    def close(self) -> None:
        """End every process; returns when they are gone."""
        if self.launcher is not None:
            self.launcher.close()
        for worker in self.workers.values():
            worker.conn.close()
        self.workers.clear()

    def _fork(self) -> Worker:
        assert self.launcher is not None
        number = next(self._numbers)
        worker = self.workers[number] = Worker(number, self.launcher.fork(number))
        return worker

    def _job(self, run: Run) -> Job:
        kind = type(run.settings)
        return {
            "run": run.path,
            "settings_class": f"{kind.__module__}:{kind.__qualname__}",
            "settings": run.settings.model_dump(),
            "steps": self._limits.steps,
            "memory": self._limits.memory_mb * MB,
            "frame": int(self._limits.frames_mb * MB),
        }
