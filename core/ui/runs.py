"""Between a page and the engine: whose run it is, which run a page shows, shipped runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import framefile
from core.engine import get_engine
from core.engine.limits import QueueFull
from core.engine.run import Run
from core.experiment import Experiment, Frame, Settings

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "runs"
FIRST_FRAME_S = 0.3  # how long the rerun that starts a run waits, to draw its first frame itself


@dataclass(frozen=True)
class Shown:
    """What a page shows: settings and their frames, and the run they come from, if any.

    origin: "run", "shipped" (a stored run of the defaults), "peek" (only the start).
    """

    settings: Settings
    frames: list[Frame]
    origin: str
    run: Run | None = None

    @property
    def active(self) -> bool:
        """Whether more frames may come."""
        return self.run is not None and self.run.active and self.origin == "run"

    @property
    def pending(self) -> bool:
        """Whether the page must look again soon: a run is going, or its first frame is to come."""
        return self.active or (self.run is not None and self.run.active and not self.frames)

    @property
    def finished(self) -> bool:
        """Whether the last frame is the end of the run: after Reset, it is its start."""
        ended = self.run is not None and self.run.state == "done"
        return self.origin == "shipped" or (self.origin == "run" and ended)


def owner() -> str:
    """Whose runs these are: the session of the browser tab."""
    context = get_script_run_ctx()
    return context.session_id if context else "nobody"


def watching(session: str) -> Callable[[], bool]:
    """A function that says whether that tab is still open."""

    def alive() -> bool:
        return bool(get_instance().is_active_session(session))

    return alive


def start(
    experiment: Experiment, settings: Settings, fresh: bool = False, peek: bool = False
) -> Run | None:
    """Run it for this tab; None, with the reason kept to be said, when the queue is full.

    fresh: although its result is stored. peek: only its first frame, the untrained model.
    """
    session, name = owner(), experiment.name
    try:
        run = get_engine().submit(
            experiment, settings, session, watching(session), fresh=fresh, peek=peek
        )
    except QueueFull as full:
        st.session_state[f"{name}#refused"] = str(full)
        return None
    st.session_state[f"{name}#run"] = run.id
    st.session_state[f"{name}#peek"] = run.id if peek and run.state != "done" else ""
    return run


def current(experiment: Experiment, settings: Settings) -> Shown:
    """What to show for these settings, starting what must start."""
    engine = get_engine()
    run = engine.get(st.session_state.get(f"{experiment.name}#run", ""))
    key = engine.key(experiment, settings)
    if run is not None and run.key == key:
        return _shown(experiment, settings, run)
    if run is not None and run.active:
        run.cancel()
    session = owner()
    adopted = engine.attach(experiment, settings, session, watching(session))
    if adopted is not None:
        st.session_state[f"{experiment.name}#run"] = adopted.id
        return _shown(experiment, settings, adopted)
    stored = shipped(experiment, settings)
    if stored is not None:
        st.session_state.pop(f"{experiment.name}#run", None)
        return Shown(settings, stored, "shipped")
    begun = start(experiment, settings, peek=experiment.trains)
    if begun is None:
        return Shown(settings, [], "run")
    begun.wait(frames=1 if experiment.trains else 1_000_000, timeout=FIRST_FRAME_S)
    return _shown(experiment, settings, begun)


def shipped(experiment: Experiment, settings: Settings) -> list[Frame] | None:
    """The frames of the run that ships for exactly these settings, or None."""
    file = SHIPPED / f"{experiment.name}.npz"
    if settings.key() != experiment.settings().key() or not file.exists():
        return None
    return _load(str(file), experiment.frame)


@st.cache_resource(max_entries=16, show_spinner=False)
def _load(file: str, frame: type[Frame]) -> list[Frame]:
    return framefile.unpack(file, frame)


def _shown(experiment: Experiment, settings: Settings, run: Run) -> Shown:
    peeked = st.session_state.get(f"{experiment.name}#peek") == run.id
    frames: list[Any] = run.frames[:1] if peeked else list(run.frames)
    return Shown(settings, frames, "peek" if peeked else "run", run)
