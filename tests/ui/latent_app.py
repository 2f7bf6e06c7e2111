"""The small app that test_latent.py drives: the map and the rows, with what Python has heard."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.ui import stages
from core.ui.draw import event_of, heard
from core.vae.plane import PLANE


def told() -> None:
    fields = stage.moved(settings, event_of(key).get("value"))
    st.session_state.asked = PLANE.settings.checked({**settings.model_dump(), **fields})
    st.session_state.told = st.session_state.get("told", 0) + 1


def outside() -> None:
    changes = {"x": -1.0, "y": -0.5, "code": ""}
    st.session_state.asked = settings.model_copy(update=changes)


torch.set_num_threads(1)
st.set_page_config(layout="wide")
given = {name: st.query_params[name] for name in st.query_params if name != "view"}
settings = st.session_state.get("asked", PLANE.settings.parse(given))
view = next(v for v in PLANE.views if v.name == st.query_params.get("view", "map"))
stage, key = view.stage, view.name
assert stage is not None
payload = stage.payload(settings, list(PLANE.frames(settings)))
data = {**payload, "base": payload["value"], "seq": heard(key), "label": stage.label}
stages._made(stage.kind)(key=key, data=data, on_event_change=told)
st.button("Elsewhere", on_click=outside)
st.text(f"place {settings.x:g} {settings.y:g} {settings.label}")
st.text(f"code {settings.code}")
st.text(f"told {st.session_state.get('told', 0)}")
