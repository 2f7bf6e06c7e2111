"""The small app that test_draw.py drives: a point with bound sliders, points, a fragment."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.ui import window
from core.ui.draw import drag_point, draw_points

WINDOW = ((-2.0, 2.0), (-1.0, 3.0))


def rosenbrock(n: int = 49) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(*WINDOW[0], n), np.linspace(*WINDOW[1], n))
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def released(x: float, y: float) -> None:
    st.session_state.start_x, st.session_state.start_y = x, y
    st.session_state.releases = st.session_state.get("releases", 0) + 1


def preset() -> None:
    st.session_state.start_x, st.session_state.start_y = 1.5, 2.5


def drawn(text: str) -> None:
    st.session_state.text = text


st.session_state.runs = st.session_state.get("runs", 0) + 1
window.watch()
narrow = window.is_narrow()
with st.sidebar:
    st.slider("Start x", *WINDOW[0], -1.2, 0.001, key="start_x")
    st.slider("Start y", *WINDOW[1], 1.0, 0.001, key="start_y")
    side = draw_points("side", "", most=20, label="Points in the sidebar")
    st.text(f"side {side}")

st.button("Preset", on_click=preset)
drag_point(
    "point",
    st.session_state.start_x,
    st.session_state.start_y,
    window=WINDOW,
    heights=rosenbrock(),
    label="Start of the race",
    on_release=released,
)
st.text(f"start {st.session_state.start_x:.3f} {st.session_state.start_y:.3f}")
st.text(f"releases {st.session_state.get('releases', 0)}")
st.button("Own points", on_click=drawn, args=("00000" + "1ffff",))
draw_points("points", st.session_state.get("text", ""), label="Your data", on_change=drawn)
st.text(f"text {st.session_state.get('text', '')}")


@st.fragment
def free() -> None:
    """A point that the component itself remembers."""
    x, y = drag_point("free", 0.0, 0.0, window=((-1, 1), (-1, 1)), label="Free", height_px=260)
    st.text(f"free {x:.3f} {y:.3f}")


free()
st.text(f"runs {st.session_state.runs} narrow {narrow}")
