"""The line under the player's buttons: how far a run is, or what the picture is of."""

from __future__ import annotations

import streamlit as st

from core.experiment import Experiment
from core.ui.runs import Shown


def steps_of(shown: Shown) -> int:
    """How many steps the run has, 1 where its settings name none."""
    return int(getattr(shown.settings, "steps", 0)) or 1


def progress(shown: Shown) -> None:
    """A bar for a run that is going: step, speed, time left; or its place in the queue."""
    run, steps = shown.run, steps_of(shown)
    assert run is not None
    if run.state == "queued":
        place = f"place {run.place} in the queue" if run.place else "starting"
        st.progress(0.0, f"Waiting: {place}")
        return
    step = shown.frames[-1].step if shown.frames else 0
    words = f"step {step:,} of {steps:,}"
    if run.state == "paused":
        words += ", paused"
    elif run.steps_per_s:
        words += f", {run.steps_per_s:,.0f} steps/s"
        words += f", {run.seconds_left:.0f} s left" if run.seconds_left is not None else ""
    st.progress(min(step / steps, 1.0), words)


def status(experiment: Experiment, shown: Shown) -> str:
    """What the picture is of, in a line."""
    run = shown.run
    if not hasattr(shown.settings, "steps"):
        return _computed(shown)
    if shown.origin == "shipped":
        ready = "a stored run, to look at before you start your own"
        return f"{steps_of(shown):,} steps: {ready if experiment.trains else 'a stored run'}."
    if shown.origin == "peek" or run is None:
        return "Not trained yet: this is the start."
    step = shown.frames[-1].step if shown.frames else 0
    if run.state == "cancelled":
        return f"Stopped at step {step:,} of {steps_of(shown):,}."
    if run.state == "failed":
        return f"Ended at step {step:,} of {steps_of(shown):,}."
    took = (run.ended or 0.0) - (run.started or 0.0)
    return f"{step:,} steps in {took:.2g} s, on one core of this server."


def _computed(shown: Shown) -> str:
    """The same, of what has no steps."""
    run = shown.run
    if run is None or run.ended is None or run.started is None:
        return "A stored result."
    return f"Computed in {run.ended - run.started:.2g} s, on one core of this server."
