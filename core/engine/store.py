"""Ended runs, kept in memory: the finished ones by key, all of them by id."""

from __future__ import annotations

from collections import OrderedDict

from core.engine.run import Run

OVERHEAD = 4096  # bytes that a run costs beside its frames


class Store:
    """Bounded in bytes; the longest unused go first. Not safe for threads: its engine locks."""

    def __init__(self, most_bytes: float) -> None:
        self.most = most_bytes
        self.bytes = 0
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._done: dict[str, str] = {}  # key -> id of the last finished run

    def __len__(self) -> int:
        return len(self._runs)

    def add(self, run: Run) -> None:
        """Keep a run that has ended."""
        self._runs[run.id] = run
        self.bytes += run.bytes + OVERHEAD
        if run.state == "done":
            self._done[run.key] = run.id
        while self.bytes > self.most and len(self._runs) > 1:
            self._drop(next(iter(self._runs)))

    def get(self, id: str) -> Run | None:
        """The run of that id, if it is still kept."""
        run = self._runs.get(id)
        if run is not None:
            self._runs.move_to_end(id)
        return run

    def find(self, key: str) -> Run | None:
        """The last finished run of that key, if it is still kept."""
        return self.get(self._done.get(key, ""))

    def _drop(self, id: str) -> None:
        run = self._runs.pop(id)
        self.bytes -= run.bytes + OVERHEAD
        if self._done.get(run.key) == id:
            del self._done[run.key]
