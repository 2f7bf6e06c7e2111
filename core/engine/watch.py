"""What is looked at now and then: runs out of time, and runs that nobody watches any more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

from core.engine.limits import Limits
from core.engine.run import Alive, Run, RunError, State


class Watch:
    """Looks every ``beat`` seconds. Asks the owners, so its engine must hold no lock."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.beat = min(1.0, *(s / 4 for s in (limits.grace_s, limits.wall_s, limits.held_s)))
        self._looked = time.monotonic()
        self._unwatched: dict[str, float] = {}  # run id -> since when nobody watches it

    def wait(self) -> float:
        """Seconds until it wants to look again."""
        return self._looked + self.beat - time.monotonic()

    def look(self, runs: list[Run]) -> Iterator[tuple[Run, State, RunError | None]]:
        """The active runs that must end, and how."""
        now = self._looked = time.monotonic()
        left = [run.id for run in runs if not watched(run)]
        self._unwatched = {id: self._unwatched.get(id, now) for id in left}
        for run in runs:
            error = run.overdue(self.limits.wall_s, self.limits.held_s)
            if error is not None:
                yield run, "failed", error
            elif now - self._unwatched.get(run.id, now) >= self.limits.grace_s:
                yield run, "cancelled", None

    def adopted(self, run: Run) -> None:
        """Somebody watches it again."""
        self._unwatched.pop(run.id, None)


def watched(run: Run, but: str = "") -> bool:
    """Whether any of its owners is still there; one that cannot be asked is not."""
    return any(_there(alive) for owner, alive in list(run.owners.items()) if owner != but)


def _there(alive: Alive | None) -> bool:
    with suppress(Exception):
        return alive is None or bool(alive())
    return False
