"""The small app that test_window.py drives: one window over an image, chosen by ?case=."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.ui.draw import event_of, heard
from core.ui.stages import _made
from tests.ui import window_cases


def told() -> None:
    value = event_of("window")["value"]
    st.session_state.value = value
    st.session_state.told = st.session_state.get("told", 0) + 1


st.set_page_config(layout="wide")


def begin() -> None:
    st.session_state.value = None
    st.session_state.told = 0


case = st.query_params.get("case", "edge")
value: dict[str, Any] | None = st.session_state.get("value")
payload = window_cases.payload(case, value)
data = {**payload, "base": payload["value"], "seq": heard("window"), "label": "Slide the window"}
_made("window")(key="window", data=data, on_event_change=told)
shown = payload["value"]
st.text(f"place {shown['row']} {shown['column']}")
st.text(f"cells {shown['cells']}")
st.text(f"weights {shown['weights']}")
st.text(f"told {st.session_state.get('told', 0)}")
st.button("Again")
st.button("Begin", on_click=begin)
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"runs {st.session_state.runs}")
