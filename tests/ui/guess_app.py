"""The small app that test_guess.py drives: a noisy point to drag, with what Python has heard."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.diffusion.guess import GUESS
from core.ui import stages
from core.ui.draw import event_of, heard

stage = GUESS.views[0].stage
assert stage is not None


def told() -> None:
    fields = stage.moved(settings, event_of("guess").get("value"))
    st.session_state.asked = GUESS.settings.checked({**settings.model_dump(), **fields})
    st.session_state.told = st.session_state.get("told", 0) + 1


def outside() -> None:
    changes = {"x": -1.0, "y": -0.5, "t": 200}
    st.session_state.asked = settings.model_copy(update=changes)


st.set_page_config(layout="wide")
given = {name: st.query_params[name] for name in st.query_params}
settings = st.session_state.get("asked", GUESS.settings.parse(given))
payload = stage.payload(settings, list(GUESS.frames(settings)))
data = {**payload, "base": payload["value"], "seq": heard("guess"), "label": stage.label}
stages._made("guess")(key="guess", data=data, on_event_change=told)
st.button("Elsewhere", on_click=outside)
st.text(f"point {settings.x:g} {settings.y:g} {settings.t}")
st.text(f"told {st.session_state.get('told', 0)}")
