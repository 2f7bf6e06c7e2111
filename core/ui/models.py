"""The control of a trained model: one that ships, or a finished run of the reader's."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.catalog import get
from core.controls import Model
from core.data import models
from core.engine import get_engine
from core.engine.run import Run
from core.ui.sentences import inside
from core.ui.unseen import unseen_text

CLOSED = "This server cannot keep models now"


def choose(label: str, control: Model, default: str, common: dict[str, Any]) -> str:
    """Draw the choice; returns a shipped name or the key of a run.

    The key itself stands in a text field that is not seen, which is bound to the address: a choice
    would write its words there.
    """
    key = common["key"]
    words = {**control.shipped, **{run.key: _words(run) for run in _finished(control)}}
    value = unseen_text("Model", default, key, common["bind"])
    words.setdefault(value, control.unlisted.get(value, "The run of this link"))
    options = list(words)
    state, seen = st.session_state, f"{key}#model"
    if state.get(seen) != value:
        state[seen] = value
    st.selectbox(
        label, options, format_func=words.__getitem__, key=seen, help=common["help"],
        on_change=_take, args=(key,),
    )  # fmt: skip
    return value


def fault(value: str) -> str:
    """Why a model cannot be used; empty where it can. The weights of a kept run are laid out."""
    if models.has(value):
        return ""
    run = get_engine().result(value)
    weights = run.frames[-1].weights if run is not None and run.frames else None
    if not weights:
        return str(models.Missing(value))
    try:
        models.keep(value, weights)
    except (OSError, ValueError):
        return CLOSED
    return ""


def _finished(control: Model) -> list[Run]:
    """The tab's last run of each experiment that gives such a model, if it has ended well."""
    ids = [st.session_state.get(f"{name}#run", "") for name in control.of]
    runs = [get_engine().get(id) for id in ids]
    return [run for run in runs if run is not None and run.state == "done" and run.frames]


def _words(run: Run) -> str:
    return f"Your run: {inside(get(run.experiment).title)}"


def _take(key: str) -> None:
    st.session_state[key] = st.session_state[f"{key}#model"]
