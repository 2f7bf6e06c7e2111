"""Views that answer to the hand: a component draws them, and the end of a gesture sets fields."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import streamlit as st

from core.experiment import Experiment, SettingError, Stage
from core.ui import address, clicks
from core.ui.draw import component, event_of, heard
from core.ui.runs import Shown

_WINDOW = ("words", "numbers", "cells", "layout", "panels", "answers", "kinds", "editor", "hands")
PARTS = {
    "window": ("arrays", *(f"window_{part}" for part in _WINDOW), "window"),
    "shift": ("arrays", "shift"),
    "digit": ("arrays", "digit"),
    "line": ("line_maths", "line_parts", "line"),
    "latent": ("arrays", "latent_parts", "latent"),
    "latent_dims": ("arrays", "latent_parts", "latent_dims"),
    "mask": ("arrays", "mask"),
    "sketch": ("arrays", "digit", "sketch"),
    "guess": ("arrays", "latent_parts", "guess_maths", "guess_parts", "guess"),
    "layers": ("arrays", "layers_network", "layers_plan", "layers_picture", "layers"),
}


def show(experiment: Experiment, shown: Shown, stage: Stage) -> None:
    """Draw a stage of what is shown."""
    key = f"{experiment.name}#stage-{stage.kind}"  # two kinds of one experiment share no place
    payload = stage.payload(shown.settings, shown.frames)
    data = {**payload, "base": payload["value"], "seq": heard(key), "label": stage.label}
    tell = partial(_tell, experiment, shown, stage, key)
    _made(stage.kind)(key=key, data=data, on_event_change=tell)


@cache
def _made(kind: str) -> Any:
    return component(kind, *PARTS[kind])


def _tell(experiment: Experiment, shown: Shown, stage: Stage, key: str) -> None:
    """The browser tells a value: set the fields it stands for, if they are allowed."""
    before = shown.settings
    try:
        fields = stage.moved(before, event_of(key).get("value"))
        after = experiment.settings.checked({**before.model_dump(), **fields})
    except (SettingError, ValueError, KeyError, TypeError):
        st.session_state[f"{experiment.name}#refused"] = "That is not allowed here."
        return
    if after.key() != before.key():
        address.put(experiment, after.model_dump())
        clicks.call(experiment)
