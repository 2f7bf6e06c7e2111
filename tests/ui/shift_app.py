"""The small app that test_shift.py drives: a digit to drag, with what Python has heard."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.catalog import get
from core.ui import stages
from core.ui.draw import event_of, heard

experiment = get("pooling.shift")
stage = experiment.views[0].stage
assert stage is not None


@st.cache_resource(max_entries=8)
def frames(digit: int, example: int) -> list[Any]:
    """A run; where the digit stands changes nothing in its tables."""
    return list(experiment.frames(experiment.settings(digit=digit, example=example)))


def told() -> None:
    fields = stage.moved(settings, event_of("shift").get("value"))
    st.session_state.place = experiment.settings.checked({**settings.model_dump(), **fields})
    st.session_state.told = st.session_state.get("told", 0) + 1


def outside() -> None:
    st.session_state.place = settings.model_copy(update={"dx": 5, "dy": -3})


st.set_page_config(layout="wide")
digit = int(st.query_params.get("digit", 3))
first = experiment.settings(digit=digit, example=int(st.query_params.get("example", 0)))
settings = st.session_state.get("place", first)
payload = stage.payload(settings, frames(settings.digit, settings.example))
data = {**payload, "base": payload["value"], "seq": heard("shift"), "label": stage.label}
stages._made("shift")(key="shift", data=data, on_event_change=told)
st.button("Elsewhere", on_click=outside)
st.text(f"place {settings.dx} {settings.dy}")
st.text(f"told {st.session_state.get('told', 0)}")
