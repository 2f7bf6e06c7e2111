"""One run as its watchers see it: state, place in the queue, frames, error, and its controls.

Which engine drives it is no business of the caller: see :class:`core.engine.api.Engine`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Literal, Protocol

from core.engine.guard import RunError
from core.engine.kept import Kept
from core.experiment import Experiment, Frame, Settings

__all__ = ["ACTIVE", "Alive", "Driver", "Run", "RunError", "State"]

State = Literal["queued", "running", "paused", "done", "failed", "cancelled"]
ACTIVE: tuple[State, ...] = ("queued", "running", "paused")
Alive = Callable[[], bool]
SLOWEST = 0.05  # frames a second
RECENT = 20  # frames over which the speed is measured


class Driver(Protocol):
    """What a run asks of its engine."""

    def cancel(self, run: Run) -> None:
        """End it now, and its worker with it."""

    def nudge(self, run: Run) -> None:
        """Look again at what it wants: it was paused, resumed, stepped or slowed."""


class Run:
    """A run, from its submission to after its end. Safe to use from any thread.

    frames: those kept so far; copy the list before indexing it. place: 1 is next, 0 is not waiting
    ("starting" while the state is queued). submitted, started, ended: seconds since the epoch.
    owners: who watches it, and how to ask whether they still do.
    """

    def __init__(
        self,
        id: str,
        key: str,
        experiment: Experiment,
        settings: Settings,
        driver: Driver,
        most_bytes: float,
    ) -> None:
        self.id, self.key = id, key
        self.experiment, self.trains, self.path = experiment.name, experiment.trains, experiment.run
        self.settings = settings
        self.owners: dict[str, Alive | None] = {}
        self.state: State = "queued"
        self.place = 0
        self.error: RunError | None = None
        self.peek = False
        self.submitted = time.time()
        self.started: float | None = None
        self.ended: float | None = None
        self._driver, self._kept = driver, Kept(most_bytes)
        self._changed = threading.Condition()
        self._clock = _Clock()
        self._recent: deque[tuple[float, int]] = deque(maxlen=RECENT)
        self._paused, self._rate, self._steps, self._due = False, 0.0, 0, 0.0

    @property
    def owner(self) -> str:
        """The last who took it on."""
        return next(reversed(self.owners), "")

    @property
    def frames(self) -> list[Frame]:
        """The frames kept so far, in order."""
        return self._kept.frames

    @property
    def thinned(self) -> bool:
        """Whether frames were left out to save memory."""
        return self._kept.thinned

    @property
    def bytes(self) -> int:
        """The size of the frames kept."""
        return self._kept.bytes

    @property
    def active(self) -> bool:
        """Whether more frames may come."""
        return self.state in ACTIVE

    @property
    def step_reached(self) -> int:
        """The step of the newest frame, 0 before the first."""
        frames = self.frames
        return frames[-1].step if frames else 0

    @property
    def steps_per_s(self) -> float | None:
        """Steps a second of the worker's own time, over the last frames; None before two."""
        recent = list(self._recent)
        if len(recent) < 2 or recent[-1][0] <= recent[0][0]:
            return None
        return (recent[-1][1] - recent[0][1]) / (recent[-1][0] - recent[0][0])

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at this speed; None where it cannot be told."""
        steps, speed, frames = getattr(self.settings, "steps", None), self.steps_per_s, self.frames
        if self.state != "running" or not steps or not speed:
            return None
        left = max(0, steps - frames[-1].step)
        slow = 0.0
        if self._rate and len(frames) > 1:
            slow = left / max(frames[-1].step / (len(frames) - 1), 1) / self._rate
        return float(max(left / speed, slow))

    def cancel(self) -> None:
        """End it; its frames so far stay. Nothing happens if it has ended."""
        self._driver.cancel(self)

    def pause(self) -> None:
        """Take no more frames; its worker stops when the pipe is full."""
        with self._changed:
            self._paused = True
            if self.state == "running":
                self._set("paused")
        self._driver.nudge(self)

    def resume(self) -> None:
        """Go on after a pause."""
        with self._changed:
            self._paused, self._steps = False, 0
            if self.state == "paused":
                self._set("running")
        self._driver.nudge(self)

    def step(self) -> None:
        """Take one more frame of a paused run."""
        with self._changed:
            if self._paused:
                self._steps += 1
        self._driver.nudge(self)

    def set_rate(self, frames_per_s: float | None) -> None:
        """Slow motion: at most so many frames a second; None, as fast as they come."""
        rate = max(frames_per_s, SLOWEST) if frames_per_s else 0.0
        with self._changed:
            if rate == self._rate:
                return
            self._rate, self._due = rate, 0.0
        self._driver.nudge(self)

    def wait(self, frames: int = 1, timeout: float | None = None) -> bool:
        """Wait until so many frames have come or it has ended; False when time ran out first."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self.active or len(self.frames) >= frames, timeout
            )

    # What follows is for engines alone.

    def begin(self) -> None:
        """A worker has taken it up."""
        with self._changed:
            if self.state == "queued":
                self.started = time.time()
                self._clock.start()
                self._set("paused" if self._paused else "running")

    def due(self, now: float) -> float | None:
        """When its next frame may be taken, on the monotonic clock; None: not until nudged."""
        with self._changed:
            if self.state == "queued":
                return now
            if self._paused and not self._steps:
                return None
            return now if self._paused else max(now, self._due)

    def take(self, frame: Frame, size: int, busy_s: float) -> None:
        """Its next frame, of so many bytes, after so many seconds of the worker's own time."""
        with self._changed:
            if not self.active:
                return
            self._steps = max(0, self._steps - 1)
            if self._rate:
                self._due = time.monotonic() + 1 / self._rate
                self._clock.held += 1 / self._rate
            self._recent.append((busy_s, frame.step))
            self._kept.add(frame, size)
            self._changed.notify_all()

    def end(self, state: State, error: RunError | None = None) -> bool:
        """Its last change of state; False if it had ended before."""
        with self._changed:
            if not self.active:
                return False
            self.error, self.place, self.ended = error, 0, time.time()
            self._set(state)
            return True

    def overdue(self, wall_s: float, held_s: float) -> RunError | None:
        """The error with which it must end, if it has used up its time."""
        with self._changed:
            taken, held = self._clock.read()
        if held > held_s:
            words = f"This run was held up for more than {held_s:g} s, the limit here."
            return RunError("time", words, self.step_reached)
        if taken > wall_s:
            words = f"This run took longer than {wall_s:g} s, the limit here: ask for fewer steps."
            return RunError("time", words, self.step_reached)
        return None

    def _set(self, state: State) -> None:
        self.state = state
        self._clock.pause(state == "paused")
        self._changed.notify_all()


class _Clock:
    """Seconds since the start, and how many of them the run was held up by its reader."""

    def __init__(self) -> None:
        self.began: float | None = None
        self.held = 0.0
        self._since: float | None = None

    def start(self) -> None:
        self.began = time.monotonic()

    def pause(self, paused: bool) -> None:
        now = time.monotonic()
        if self._since is not None:
            self.held += now - self._since
        self._since = now if paused else None

    def read(self) -> tuple[float, float]:
        """Seconds taken and seconds held up."""
        if self.began is None:
            return 0.0, 0.0
        now = time.monotonic()
        held = self.held + (now - self._since if self._since is not None else 0.0)
        return now - self.began - held, held
