"""The local engine: worker processes on this machine, and one thread that reads what they send."""

from __future__ import annotations

import logging
import pickle
import threading
import time
import uuid
from collections.abc import Sequence
from multiprocessing.connection import Pipe, wait
from typing import Any

from core import device
from core.engine.crew import MB, Crew, Worker
from core.engine.key import run_key
from core.engine.limits import Limits
from core.engine.roster import Roster
from core.engine.run import Alive, Run, RunError
from core.engine.watch import Watch, watched
from core.experiment import Experiment, Settings

log = logging.getLogger(__name__)

CRASHED = "The process of this run ended unexpectedly. What it had done stays: run it again."
NO_WORKERS = "No process for runs can be started on this server; its log says why."


class LocalEngine:
    """What it does, :class:`core.engine.api.Engine` says.

    warm: import strings of experiments whose code workers shall have imported already.
    """

    def __init__(self, limits: Limits | None = None, warm: Sequence[str] = ()) -> None:
        self.limits = limits or Limits.from_env()
        self.closed = False
        self._lock = threading.RLock()  # over roster and crew; never held while reading or asking
        self._crew = Crew(warm, self.limits)
        self._roster = Roster(self._crew, self.limits)
        self._watch = Watch(self.limits)
        self._bell, self._ring = Pipe(duplex=False)
        self._rung = False
        self._thread = threading.Thread(target=self._dispatch, name="engine", daemon=True)
        self._thread.start()

    # What callers ask

    def key(self, experiment: Experiment, settings: Settings) -> str:
        return run_key(experiment, settings)

    def submit(
        self,
        experiment: Experiment,
        settings: Settings,
        owner: str,
        alive: Alive | None = None,
        *,
        fresh: bool = False,
        peek: bool = False,
    ) -> Run:
        key, shared = self.key(experiment, settings), self._shared(owner)
        with self._lock:
            if self.closed:
                raise RuntimeError("the engine is closed")
            stored = None if fresh else self._roster.store.find(key)
            if stored is not None:
                self._roster.leave(owner, shared)
                self._wake()
                return stored
            most = self.limits.frames_mb * MB
            run = Run(uuid.uuid4().hex, key, experiment, settings.canonical(), self, most)
            run.peek, run.owners[owner] = peek, alive
            self._roster.check_room(run)
            self._crew.revive()
            self._roster.admit(run, self._roster.leave(owner, shared, run))
            if self._crew.down:
                self._roster.finish(run, "failed", RunError("crash", NO_WORKERS))
            self._roster.schedule()
            self._wake()
            return run

    def attach(
        self, experiment: Experiment, settings: Settings, owner: str, alive: Alive | None = None
    ) -> Run | None:
        key, shared = self.key(experiment, settings), self._shared(owner)
        same = [run for run in self.runs() if run.key == key and not run.peek]
        ours = [run for run in same if owner in run.owners or not watched(run)]
        with self._lock:
            found = next((run for run in ours if run.active), None)
            if found is not None:
                found.owners.pop(owner, None)
                self._roster.leave(owner, shared)
                found.owners[owner] = alive
                self._watch.adopted(found)
                self._wake()
            return found

    def get(self, id: str) -> Run | None:
        with self._lock:
            return self._roster.runs.get(id) or self._roster.store.get(id)

    def find(self, key: str) -> Run | None:
        return next((run for run in self.runs() if run.key == key), None)

    def result(self, key: str) -> Run | None:
        with self._lock:
            return self._roster.store.find(key)

    def runs(self) -> list[Run]:
        with self._lock:
            return list(self._roster.runs.values())

    def health(self) -> dict[str, Any]:
        with self._lock:
            launcher, store = self._crew.launcher, self._roster.store
            states = [run.state for run in self._roster.runs.values()]
            processes = sum(not worker.gone for worker in self._crew.workers.values())
        facts = dict(launcher.facts or {}) if launcher else {}
        up = launcher is not None and not self.closed and self._thread.is_alive()
        able = not {"numpy", "torch"} & set(facts.get("missing", ()))
        return {
            "ok": up and able and launcher is not None and launcher.answers(),
            "engine": "local",
            "launcher": "ready" if facts else "starting" if up else "down",
            "places": self.limits.places,
            "processes": processes,
            **{state: states.count(state) for state in ("queued", "running", "paused")},
            "kept_runs": len(store),
            "kept_mb": round(store.bytes / MB, 3),
            "device": device.kind(),
            "versions": device.versions(),
            **facts,
        }

    def close(self) -> None:
        with self._lock:
            self.closed = True
            for run in self.runs():
                self._roster.finish(run, "cancelled")
            self._wake()
        self._thread.join()

    # What runs ask: see core.engine.run.Driver

    def cancel(self, run: Run) -> None:
        with self._lock:
            self._roster.finish(run, "cancelled")
            self._roster.schedule()
            self._wake()

    def nudge(self, run: Run) -> None:
        with self._lock:
            self._wake()

    # The thread that reads

    def _dispatch(self) -> None:
        while not self.closed:
            try:
                self._turn()
            except Exception:  # a fault in one turn must not end every user's runs
                log.exception("a turn of the engine failed")
                time.sleep(0.1)
        with self._lock:
            self._crew.close()

    def _turn(self) -> None:
        """Wait until something comes, and deal with it."""
        with self._lock:
            self._rung = False
            self._crew.sweep()
            self._roster.schedule()
            sources, timeout = self._sources()
        ready = set(wait(list(sources), timeout))
        if self._bell in ready:
            self._bell.recv_bytes()
        for source in ready - {self._bell}:
            worker = sources[source]
            if worker is None:
                self._hear()
            else:
                self._read(worker)
        self._tick()

    def _sources(self) -> tuple[dict[Any, Worker | None], float | None]:
        """What to wait for, and for how many seconds (None: for ever)."""
        now = time.monotonic()
        sources: dict[Any, Worker | None] = {self._bell: None}
        if self._crew.launcher is not None:
            sources[self._crew.launcher.channel] = None
        times = [self._watch.wait()] if self._roster.runs else []
        if self._roster.refill_at > now:
            times.append(self._roster.refill_at - now)
        for worker in self._crew.workers.values():
            due = worker.due(now)
            if due is not None and due <= now:
                sources[worker.conn] = worker
            elif due is not None:
                times.append(due - now)
        return sources, max(0.0, min(times)) if times else None

    def _hear(self) -> None:
        """Take one message of the launcher."""
        with self._lock:
            assert self._crew.launcher is not None
            try:
                self._crew.told(self._crew.launcher.channel.recv())
            except (EOFError, OSError):
                self._lost()

    def _lost(self) -> None:
        """The launcher has died: runs that had begun will be read to their end, others wait."""
        self._crew.lost()
        for worker in reversed(list(self._crew.workers.values())):
            if worker.run is not None and worker.run.state == "queued":
                self._roster.requeue(worker)
        if self._crew.down:
            for run in list(self._roster.queue):
                self._roster.finish(run, "failed", RunError("crash", NO_WORKERS))

    def _read(self, worker: Worker) -> None:
        """Take one message of a worker."""
        try:
            data = worker.conn.recv_bytes()
            message = pickle.loads(data)  # noqa: S301  # written by our own worker
        except (EOFError, OSError):
            data, message = b"", ("end",)
        except Exception as error:  # a frame whose class this process cannot import
            data, message = b"", ("failed", {"kind": "error", "message": f"Unreadable: {error}"})
        with self._lock:
            self._handle(worker, message, len(data))

    def _handle(self, worker: Worker, message: tuple[Any, ...], size: int) -> None:
        name, *rest = message
        run, roster = worker.run, self._roster
        if worker.doomed:
            return
        if run is None:
            self._crew.dismiss(worker)  # the spare has died
        elif name == "begun":
            run.begin()
        elif name == "frame":
            run.take(rest[1], size, rest[0])
            if run.peek:
                roster.finish(run, "cancelled")
        elif name == "done":
            roster.finish(run, "done")
        elif name == "failed":
            roster.finish(run, "failed", RunError(**rest[0]))
        else:
            roster.finish(run, "failed", RunError("crash", CRASHED, run.step_reached))

    def _tick(self) -> None:
        """Now and then, end runs that are out of time or that nobody has watched for a while."""
        if self._watch.wait() > 0:
            return
        for run, state, error in self._watch.look(self.runs()):
            with self._lock:
                self._roster.finish(run, state, error)

    def _shared(self, owner: str) -> set[str]:
        """Ids of this owner's runs that somebody else watches too."""
        mine = [run for run in self.runs() if owner in run.owners]
        return {run.id for run in mine if watched(run, but=owner)}

    def _wake(self) -> None:
        """Have the reading thread look again; called under the lock."""
        if not self._rung:
            self._rung = True
            self._ring.send_bytes(b"!")
