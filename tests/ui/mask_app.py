"""The small app that test_mask.py drives: an image to paint over, with what Python has heard."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.ui.draw import component, event_of, heard
from core.vae.uses import USES, Frame

stage = USES.views[0].stage
assert stage is not None


@st.cache_resource
def made() -> object:
    return component("mask", "arrays", "mask")


@st.cache_resource
def computed(key: str, **values: object) -> list[Frame]:
    return list(USES.frames(USES.settings(**values)))  # type: ignore[arg-type]


def told() -> None:
    fields = stage.moved(settings, event_of("mask").get("value"))
    st.session_state.paint = USES.settings.checked({**settings.model_dump(), **fields})
    st.session_state.told = st.session_state.get("told", 0) + 1


def outside() -> None:
    st.session_state.paint = USES.settings(mask="top", image=4)


st.set_page_config(layout="wide")
settings = st.session_state.get("paint", USES.settings())
payload = stage.payload(settings, computed(settings.key(), **settings.model_dump()))
data = {**payload, "base": payload["value"], "seq": heard("mask"), "label": stage.label}
made()(key="mask", data=data, on_event_change=told)  # type: ignore[operator]
st.button("Elsewhere", on_click=outside)
st.text(f"mask {settings.mask} {settings.painted}")
st.text(f"told {st.session_state.get('told', 0)}")
