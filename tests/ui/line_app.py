"""The small app that test_line.py drives: a bell to drag, with what Python has heard."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.gan.line import LINE
from core.ui import stages
from core.ui.draw import event_of, heard

stage = LINE.views[0].stage
assert stage is not None


def told() -> None:
    fields = stage.moved(settings, event_of("line").get("value"))
    st.session_state.bell = LINE.settings.checked({**settings.model_dump(), **fields})
    st.session_state.told = st.session_state.get("told", 0) + 1


def outside() -> None:
    changes = {"shift": -2.0, "width": 0.2, "loss": "hinge"}
    st.session_state.bell = settings.model_copy(update=changes)


st.set_page_config(layout="wide")
asked = {
    name: st.query_params[name]
    for name in ("shift", "width", "sigma", "loss")
    if name in st.query_params
}
settings = st.session_state.get("bell", LINE.settings.parse(asked))
payload = stage.payload(settings, [])
data = {**payload, "base": payload["value"], "seq": heard("line"), "label": stage.label}
stages._made("line")(key="line", data=data, on_event_change=told)
st.button("Elsewhere", on_click=outside)
st.text(f"bell {settings.shift:g} {settings.width:g} {settings.loss}")
st.text(f"told {st.session_state.get('told', 0)}")
