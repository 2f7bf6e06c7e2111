"""Does it always? A button under an answer that runs its question with ten seeds, and tells."""

from __future__ import annotations

import streamlit as st

from core.always import ALWAYS, SEEDS, seeded
from core.always import Settings as Seeds
from core.engine import get_engine
from core.engine.limits import QueueFull
from core.engine.run import Run
from core.experiment import Experiment, Preset
from core.ui import runs, stale
from core.ui.told import duration

EVERY_S = 0.5


def ask(experiment: Experiment, preset: Preset) -> None:
    """Draw the button, or what has come of it so far."""
    if not seeded(experiment, preset.id):
        return
    run = get_engine().get(st.session_state.get(_key(experiment, preset), ""))
    going, controls = run is not None and run.active, stale.kept(experiment)

    def body() -> None:
        stale.restore(controls)
        now = get_engine().get(st.session_state.get(_key(experiment, preset), ""))
        if (now is not None and now.active) != going:
            st.rerun()
        _show(experiment, preset, now)

    st.fragment(body, run_every=EVERY_S if going else None)()


def _show(experiment: Experiment, preset: Preset, run: Run | None) -> None:
    if run is None or (not run.active and not run.frames):
        time = duration(experiment, experiment.preset_settings(preset.id), SEEDS)
        st.button(
            f"Does it always? Run {SEEDS} seeds" + (f", {time}" if time else ""),
            key=f"{experiment.name}#always-{preset.id}",
            icon=":material/casino:",
            on_click=_start,
            args=(experiment, preset),
        )
        return
    done = run.frames[-1].step if run.frames else 0
    if run.active:
        waiting = f"waiting, place {run.place} in the queue" if run.place else "running"
        st.progress(done / SEEDS, f"Seed {min(done + 1, SEEDS)} of {SEEDS}, {waiting}")
    if run.frames:
        st.markdown(told(preset, run.frames[-1].metrics, done))
    if run.error is not None:
        st.caption(run.error.message)


def told(preset: Preset, counts: dict[str, float], seeds: int) -> str:
    """How often each answer came, the most frequent first: ``**Momentum** 9 of 10 seeds``."""
    order = sorted(range(len(preset.options)), key=lambda n: -counts[f"count/{n}"])
    parts = [
        f"**{preset.options[n]}**: {counts[f'count/{n}']:.0f} of {seeds} seeds"
        for n in order
        if counts[f"count/{n}"]
    ]
    return "Does it always? " + "; ".join(parts) + "."


def _start(experiment: Experiment, preset: Preset) -> None:
    settings = Seeds(experiment=experiment.name, preset=preset.id)
    session = runs.owner()
    try:
        run = get_engine().submit(ALWAYS, settings, session, runs.watching(session))
    except QueueFull as full:
        st.session_state[f"{experiment.name}#refused"] = str(full)
        return
    st.session_state[_key(experiment, preset)] = run.id


def _key(experiment: Experiment, preset: Preset) -> str:
    return f"{experiment.name}#always-run-{preset.id}"
