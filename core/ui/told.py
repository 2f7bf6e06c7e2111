"""The line under the player's buttons: how far a run is, or what the picture is of."""

from __future__ import annotations

import streamlit as st

from core.experiment import Experiment, Settings
from core.ui.runs import Shown


def steps_of(shown: Shown) -> int:
    """How many steps the run has, 1 where its settings name none."""
    return int(getattr(shown.settings, "steps", 0)) or 1


def duration(experiment: Experiment, settings: Settings, runs: int = 1) -> str:
    """About how long so many runs of these settings take, in words; empty where nobody knows.

    Known is the time of the defaults. It grows with the steps; a seed or a fraction, such as a
    rate, leaves it as it is; a choice or a whole number, such as a size, may do anything to it.
    """
    default, share = experiment.settings(), 1.0
    for field in experiment.settings.model_fields:
        now, usual = getattr(settings, field), getattr(default, field)
        if field == "steps":
            share = now / usual
        elif now != usual and field != "seed" and not isinstance(usual, float):
            return ""
    return _about(runs * share * experiment.seconds)


def _about(seconds: float) -> str:
    if seconds < 1:
        return "under a second"
    if seconds < 9.5:
        return f"about {seconds:.0f} s"
    if seconds < 57.5:
        return f"about {5 * round(seconds / 5)} s"
    return f"about {round(seconds / 60)} min"


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
