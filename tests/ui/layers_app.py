"""The small app that test_layers.py drives: the inside of a network, chosen by ?case=."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.pooling.layers import LAYERS
from core.ui.draw import event_of, heard
from core.ui.stages import _made
from tests.ui import layers_cases


def told() -> None:
    value = event_of("layers")["value"]
    stage = LAYERS.views[0].stage
    assert stage is not None
    st.session_state.fields = dict(stage.moved(LAYERS.settings(), value))
    st.session_state.told = st.session_state.get("told", 0) + 1


st.set_page_config(layout="wide")
st.session_state.runs = st.session_state.get("runs", 0) + 1
fields: dict[str, Any] = st.session_state.get("fields", {})
payload = layers_cases.payload(st.query_params.get("case", "shipped"), fields)
data = {**payload, "base": payload["value"], "seq": heard("layers"), "label": ""}
_made("layers")(key="layers", data=data, on_event_change=told)
shown = payload["value"]
st.text(f"neuron {shown['layer']} {shown['channel']} {shown['row']} {shown['column']}")
st.text(f"told {st.session_state.get('told', 0)}")
st.text(f"runs {st.session_state.runs}")
