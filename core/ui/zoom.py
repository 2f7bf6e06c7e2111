"""Zoom and camera survive an update of the picture.

Streamlit builds a chart anew whenever its figure changes, at the ranges that the figure has. So a
script hears in the browser what a visitor zooms to, and the next figure is sent with these ranges.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import streamlit as st

from core.experiment import Figure

AXIS = re.compile(r"[xy]axis\d*")
SCENE = re.compile(r"scene\d*")
CAMERA = {"eye", "center", "up"}
# Out of the flow, so that it leaves no gap.
_STYLE = """
[class*="-zoom-ear"] {
  display: none;
}
"""
_EAR = st.components.v2.component(
    "glassbox_zoom",
    css=_STYLE,
    js=(Path(__file__).parent / "zoom.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def keep(name: str, chart: str, figure: Figure, picture: str) -> Figure:
    """The figure at what the visitor has zoomed to in the one before.

    name: prefix of the keys. chart: the chart's key. picture: what the figure depends on; while it
    stays, so does the figure, for the browser shows the zoom already.
    """
    key, state = f"{name}#zoom-ear", st.session_state
    of = json.dumps(_ranges(figure))
    heard = zoomed(state.get(key, {}).get("zoom"), of)
    before = state.get(f"{name}#zoomed", {})
    sent = before.get("zoom", {}) if before.get("picture") == [picture, of] and heard else heard
    state[f"{name}#zoomed"] = {"picture": [picture, of], "zoom": sent}
    place = ".st-key-" + re.sub(r"[^\w-]", "-", chart)
    _EAR(key=key, data={"chart": place, "of": of, "zoom": sent}, on_zoom_change=lambda: None)
    return _at(figure, sent)


def zoomed(told: Any, of: str) -> dict[str, Any]:
    """What the browser sent, if it is a zoom of this picture: ranges and cameras by axis."""
    if not isinstance(told, dict) or told.get("of") != of or not isinstance(told.get("at"), dict):
        return {}
    return {axis: at for axis, at in told["at"].items() if axis in json.loads(of) and _right(at)}


def _right(at: Any) -> bool:
    if isinstance(at, list):
        return len(at) == 2 and all(map(_finite, at)) and at[0] != at[1]
    return isinstance(at, dict) and set(at) == CAMERA and all(map(_place, at.values()))


def _place(at: Any) -> bool:
    return isinstance(at, dict) and set(at) == {"x", "y", "z"} and all(map(_finite, at.values()))


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _ranges(figure: Figure) -> dict[str, str]:
    """The range of every axis, and a mark for every scene: a zoom is of a picture with these."""
    layout = figure["layout"]
    axes = {k: str(layout[k].get("range", "")) for k in layout if AXIS.fullmatch(k)}
    return axes | {k: "scene" for k in layout if SCENE.fullmatch(k)}


def _at(figure: Figure, zoom: dict[str, Any]) -> Figure:
    layout = dict(figure["layout"])
    for axis, at in zoom.items():
        what = "camera" if isinstance(at, dict) else "range"
        layout[axis] = {**layout[axis], what: at}
    return {**figure, "layout": layout}
