"""A pad on which the start of a run is dragged; the two sliders of the start follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.experiment import Experiment
from core.ui import address
from core.ui.draw import drag_point

Point = tuple[float, float]


@dataclass(frozen=True)
class Terrain:
    """What the pad shows: heights (n, n) over a window, row i at the i-th y, both ascending.

    place: from the settings' start to a point of the window; back: the inverse.
    """

    heights: np.ndarray
    window: tuple[Point, Point]
    place: Callable[[Point], Point]
    back: Callable[[Point], Point]


def pad(experiment: Experiment, settings: Any, terrain: Terrain) -> None:
    """Draw the pad in the sidebar for an experiment with ``start_x`` and ``start_y``."""
    limits = {name: experiment.settings.controls()[name] for name in ("start_x", "start_y")}

    def released(x: float, y: float) -> None:
        for name, value in zip(limits, terrain.back((x, y)), strict=True):
            low, high = limits[name].lo, limits[name].hi  # type: ignore[attr-defined]
            step = limits[name].step or 0.01  # type: ignore[attr-defined]
            kept = round(min(max(value, low), high) / step) * step
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
