"""Pin a run, change one setting, and see both on one time axis."""

from __future__ import annotations

import streamlit as st

from core.controls import Data, Model, Points
from core.engine import get_engine
from core.experiment import Experiment
from core.ui import runs
from core.ui.runs import Shown
from core.ui.sentences import inside

PIN, DRAWN = "pin", "drawn"  # what is kept: to compare with, and what was drawn last


def pin(experiment: Experiment, shown: Shown, kept_as: str = PIN) -> None:
    """Keep what is shown to compare with; only its id and settings stay with the session."""
    st.session_state[f"{experiment.name}#{kept_as}"] = {
        "origin": shown.origin,
        "id": shown.run.id if shown.run else "",
        "settings": shown.settings.model_dump(mode="json"),
    }


def unpin(experiment: Experiment, kept_as: str = PIN) -> None:
    """Forget the pinned run."""
    st.session_state.pop(f"{experiment.name}#{kept_as}", None)


def pinned(experiment: Experiment, kept_as: str = PIN) -> Shown | None:
    """The pinned run, None if there is none or the engine no longer has it."""
    kept = st.session_state.get(f"{experiment.name}#{kept_as}")
    if kept is None:
        return None
    settings = experiment.settings(**kept["settings"]).canonical()
    if kept["origin"] == "shipped":
        frames = runs.shipped(experiment, settings)
        return Shown(settings, frames, "shipped") if frames else None
    run = get_engine().get(kept["id"])
    if run is None or not run.frames:
        unpin(experiment, kept_as)
        return None
    if kept["origin"] == "peek":
        return Shown(settings, run.frames[:1], "peek", run)
    return Shown(settings, list(run.frames), "run", run)


def differences(experiment: Experiment, now: Shown, before: Shown) -> str:
    """What the two runs differ in, in words: ``learning rate 0.1 (pinned 0.01)``."""
    controls = experiment.settings.controls()
    parts = []
    for field in dict.fromkeys([*now.settings.active(), *before.settings.active()]):
        a, b = getattr(now.settings, field), getattr(before.settings, field)
        if a != b and isinstance(controls[field], Data | Model | Points):
            parts.append(f"another {inside(controls[field].label).removeprefix('your ')}")
        elif a != b:
            parts.append(f"{inside(controls[field].label)} {_words(a)} (pinned {_words(b)})")
    return ", ".join(parts) or "nothing: the same settings"


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
