"""What controls stand at, kept against a browser that has not heard of it yet.

While a run is going, the browser asks for the picture again and again, and tells each time what its
controls stand at. A slow one may not have drawn yet what a preset or a click has just set them to;
what it tells is then of before, and would undo the click.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.experiment import Experiment
from core.ui.address import field_key


def kept(experiment: Experiment) -> dict[str, Any]:
    """What the controls stand at in a run of the whole page, that of the experiment included."""
    topic = experiment.name.partition(".")[0]
    keys = [field_key(experiment, field) for field in experiment.settings.controls()]
    return {
        key: st.session_state[key] for key in (f"{topic}.see", *keys) if key in st.session_state
    }


def restore(values: dict[str, Any]) -> None:
    """In a run of a part of the page: set them back to that. A visitor's change runs the whole."""
    for key, value in values.items():
        if st.session_state.get(key) != value:
            st.session_state[key] = value
