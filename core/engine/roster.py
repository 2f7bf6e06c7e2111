"""Which runs are active, which of them wait and where, and which worker each has."""

from __future__ import annotations

import time

from core.engine.crew import MB, Crew, Worker
from core.engine.limits import Limits, QueueFull
from core.engine.run import Run, RunError, State
from core.engine.store import Store

# A quick computation leaves its worker as the next spare, so that a slider moved again and again
# forks nothing: a fork takes longer than most of them. After so long it is not waited for.
YOUNG_S = 0.2


def quick(run: Run) -> bool:
    """Whether it has the places of quick computations: no training, or only a first frame."""
    return run.peek or not run.trains


class Roster:
    """Active runs, their queue, their workers, and the store of ended ones.

    Trainings and quick computations have ``limits.places`` places each, so that a slider never
    waits for somebody's training. Not safe for threads: its engine locks.
    """

    def __init__(self, crew: Crew, limits: Limits) -> None:
        self.crew, self.limits = crew, limits
        self.runs: dict[str, Run] = {}  # active, by id, oldest first
        self.queue: list[Run] = []  # of those, the ones without a worker
        self.workers: dict[str, Worker] = {}  # run id -> its worker
        self.store = Store(limits.store_mb * MB)
        self.refill_at = 0.0  # when to see to the spare worker again, on the monotonic clock

    def of(self, owner: str) -> list[Run]:
        """The active runs of this owner."""
        return [run for run in self.runs.values() if owner in run.owners]

    def admit(self, run: Run, at: int) -> None:
        """Take in a new run, at this place of the queue."""
        self.runs[run.id] = run
        self.queue.insert(at, run)

    def check_room(self, run: Run) -> None:
        """Raise QueueFull if it would wait behind too many; who has a run may replace that."""
        waiting = sum(one.place > 0 for one in self.queue)
        busy = self.open(quick(run)) <= sum(quick(one) == quick(run) for one in self.queue)
        if waiting >= self.limits.queue and busy and not any(map(self.of, run.owners)):
            wait = {0: "none may wait here", 1: "1 run waits, as many as may wait here"}
            many = wait.get(waiting, f"{waiting} runs wait, as many as may wait here")
            raise QueueFull(f"All places are taken and {many}. Try again in a minute.")

    def leave(self, owner: str, shared: set[str], new: Run | None = None) -> int:
        """Take the owner off all active runs and cancel those that are not shared.

        Returns where in the queue ``new`` belongs: who changes a waiting run keeps the place.
        """
        at = len(self.queue)
        for run in self.of(owner):
            if run.id in shared:
                del run.owners[owner]
                continue
            if new is not None and run in self.queue and quick(run) == quick(new):
                at = self.queue.index(run)
            self.finish(run, "cancelled")
        return min(at, len(self.queue))

    def finish(self, run: Run, state: State, error: RunError | None = None) -> None:
        """End a run, free its worker, keep what it has; nothing if it has ended."""
        if not run.end(state, error):
            return
        del self.runs[run.id]
        if run in self.queue:
            self.queue.remove(run)
        worker = self.workers.pop(run.id, None)
        if worker is not None:
            kept = state == "done" and quick(run) and self.crew.keep(worker)
            if not kept:
                worker.finished = state == "done"
                self.crew.dismiss(worker)
        self.store.add(run)

    def requeue(self, worker: Worker) -> None:
        """Put a run back that its worker never took up."""
        assert worker.run is not None
        del self.workers[worker.run.id]
        self.queue.insert(0, worker.run)
        worker.run, worker.doomed = None, True

    def schedule(self) -> None:
        """Start what may start, say the places of the rest, see to the spare worker.

        To be called whenever anything has changed.
        """
        for run in list(self.queue):
            if self.crew.ready and self.open(quick(run)) > 0 and not self._being_stopped(run):
                self.queue.remove(run)
                run.place = 0
                self.workers[run.id] = self.crew.hire(run)
        for kind in (False, True):
            line = (run for run in self.queue if quick(run) == kind)
            for place, run in enumerate(line, 1 - max(0, self.open(kind))):
                run.place = max(0, place)
        begun = [w.hired for w in self.crew.at_work() if w.run is not None and quick(w.run)]
        self.refill_at = max(begun, default=0.0) + YOUNG_S
        if self.refill_at <= time.monotonic():
            self.crew.refill()

    def open(self, kind: bool) -> int:
        """Free places for quick runs (True) or for trainings; a paused run gives up its own."""
        busy = [w.run for w in self.crew.at_work() if w.run is not None and quick(w.run) == kind]
        paused = sum(run.state == "paused" for run in busy)
        return self.limits.places - len(busy) + min(paused, self.limits.paused)

    def _being_stopped(self, run: Run) -> bool:
        """Whether a worker of the same owner has not ended yet."""
        doomed = (w.run for w in self.crew.at_work() if w.doomed and w.run is not None)
        return any(one.owners.keys() & run.owners.keys() for one in doomed)
