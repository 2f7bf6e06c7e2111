"""A pad on which the start of a run is dragged; the two sliders of the start follow."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.controls import Slider
from core.experiment import Experiment
from core.plot.terrain import Terrain
from core.ui import address
from core.ui.controls import visible
from core.ui.draw import drag_point


def pad(experiment: Experiment, settings: Any, terrain: Terrain) -> None:
    """Draw the pad in the sidebar for an experiment with ``start_x`` and ``start_y``."""
    if "start_x" not in visible(experiment):
        return
    controls = experiment.settings.controls()

    def released(x: float, y: float) -> None:
        for name, value in zip(("start_x", "start_y"), terrain.back((x, y)), strict=True):
            control = controls[name]
            assert isinstance(control, Slider)
            step = control.step or 0.01
            kept = round(min(max(value, control.lo), control.hi) / step) * step
            st.session_state[address.field_key(experiment, name)] = round(kept, 6)

    x, y = terrain.place((settings.start_x, settings.start_y))
    with st.sidebar:
        drag_point(
            f"{experiment.name}#start",
            x,
            y,
            window=terrain.window,
            heights=terrain.heights,
            label="Drag the start",
            height_px=200,
            on_release=released,
        )
