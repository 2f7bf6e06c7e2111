"""Layers of a picture, each with a switch: the first beside the views, the others folded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from core.experiment import Experiment, Figure, View


def switches(experiment: Experiment, view: View) -> None:
    """Draw the switches of a view that has layers."""
    if not view.layers:
        return
    first, *others = view.layers
    st.toggle(view.layers[first], view.on(first), key=_key(experiment, first))
    with st.popover("Layers", icon=":material/layers:", width="content"):
        for name in others:
            st.toggle(view.layers[name], view.on(name), key=_key(experiment, name))


def chosen(experiment: Experiment, view: View) -> View:
    """The view as it draws with those layers alone that are switched on."""
    state = st.session_state
    hidden = {n for n in view.layers if not state.get(_key(experiment, n), view.on(n))}
    if not hidden:
        return view

    def draw(settings: Any, frames: list[Any], at: int) -> Figure:
        figure = view.draw(settings, frames, at)
        return {**figure, "data": [_without(trace, hidden) for trace in figure["data"]]}

    return replace(view, draw=draw)


def _without(trace: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    """The trace, or one that is not seen and sends nothing."""
    if trace.get("meta", {}).get("layer") not in hidden:
        return trace
    none: dict[str, Any] = {key: [] for key in ("x", "y", "z") if key in trace}
    return {**trace, **none, "visible": False}


def _key(experiment: Experiment, name: str) -> str:
    return f"{experiment.name}#layer-{name}"
