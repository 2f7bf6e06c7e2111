"""The interface of every engine: what callers may ask, wherever the workers are."""

from __future__ import annotations

from typing import Any, Protocol

from core.engine.run import Alive, Run
from core.experiment import Experiment, Settings


class Engine(Protocol):
    """What every engine does. Equal runs, whatever the engine."""

    def key(self, experiment: Experiment, settings: Settings) -> str:
        """The text that two submissions share exactly when they ask for the same run."""

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
        """Run it for this owner, in place of what runs or waits for the owner.

        alive: whether somebody still watches (None: always). fresh: although its result is stored.
        peek: only its first frame; the run ends as cancelled after it, and waits for no training.
        Raises QueueFull.
        """

    def attach(
        self, experiment: Experiment, settings: Settings, owner: str, alive: Alive | None = None
    ) -> Run | None:
        """The active run of the same key, if it is the owner's or nobody's any more; else None."""

    def get(self, id: str) -> Run | None:
        """The run of that id: active, or ended and still kept."""

    def find(self, key: str) -> Run | None:
        """An active run of that key, whoever's."""

    def result(self, key: str) -> Run | None:
        """The finished run of that key, if it is kept."""

    def runs(self) -> list[Run]:
        """The active runs, oldest first."""

    def health(self) -> dict[str, Any]:
        """``ok``: whether workers can run; and the figures behind it, JSON-clean."""

    def close(self) -> None:
        """Cancel every run and end every process. Submit raises RuntimeError afterwards."""
