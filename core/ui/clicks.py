"""Clicks in a picture: what was clicked, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from core.catalog import CATALOG, get
from core.experiment import Click, Experiment, Figure, Lead, View
from core.plot.spec import PlainFigure
from core.plot.theme import EXACT
from core.ui import address, models
from core.ui.lessons import LESSONS
from core.ui.runs import Shown

ROOT = Path(__file__).resolve().parents[2]


def watch(
    experiment: Experiment, shown: Shown, view: View, figure: Figure, chart: dict[str, Any]
) -> None:
    """Draw the figure and hear the clicks on its points."""

    def heard() -> None:
        points = st.session_state[chart["key"]]["selection"]["points"]
        if points and view.clicked is not None:
            _follow(experiment, shown, view.clicked(shown.settings, shown.frames, points[0]))

    figure = PlainFigure({**figure, "data": [_undimmed(trace) for trace in figure["data"]]})
    st.plotly_chart(figure, on_select=heard, selection_mode="points", **chart)


def _undimmed(trace: dict[str, Any]) -> dict[str, Any]:
    """A trace that looks the same after another was clicked; Plotly would fade it."""
    if trace["type"] != "scatter" or "unselected" in trace:
        return trace
    marker = {"opacity": trace.get("marker", {}).get("opacity", 1)}
    font = {"color": trace.get("textfont", {}).get("color", EXACT)}
    return {**trace, "unselected": {"marker": marker, "textfont": font}}


def buttons(experiment: Experiment, shown: Shown, view: View) -> None:
    """The buttons over a view. A double click sets the same fields twice: it counts once.

    One that leads to another experiment goes there at once, on whatever page it is.
    """
    for number, one in enumerate(view.buttons(shown.settings) if view.buttons else ()):
        away = one.click.experiment != experiment.name
        if away and one.click.experiment not in CATALOG:
            continue
        st.button(
            one.words,
            key=f"{experiment.name}#does-{number}",
            icon=":material/arrow_forward:" if away else None,
            shortcut=one.key,
            on_click=_leave if away else _follow,
            args=(experiment, one.click) if away else (experiment, shown, one.click),
        )


def call(experiment: Experiment) -> None:
    """Have the whole page answer a click that was heard by a part of it: settings have changed."""
    st.session_state[f"{experiment.name}#clicked"] = True


def waiting(experiment: Experiment) -> bool:
    """Whether a click was just heard that the whole page must answer."""
    return bool(st.session_state.pop(f"{experiment.name}#clicked", False))


def offer(experiment: Experiment, shown: Shown, steps: Mapping[str, str]) -> None:
    """The button to where the last click leads, if that is another experiment of the page."""
    kept = st.session_state.get(f"{experiment.name}#click")
    if kept is None or kept["of"] != shown.settings.key():
        return
    st.button(
        kept["words"],
        key=f"{experiment.name}#go-there",
        icon=":material/arrow_forward:",
        type="primary",
        on_click=_go,
        args=(experiment, kept["experiment"], kept["values"], steps),
    )


def lead(experiment: Experiment, shown: Shown, steps: Mapping[str, str]) -> None:
    """The buttons to where a finished run's model can be asked."""
    run = shown.run
    if run is None or not shown.finished or not shown.frames or not shown.frames[-1].weights:
        return
    with st.container(horizontal=True):
        for one in experiment.leads:
            st.button(
                one.words,
                key=f"{experiment.name}#to-{one.experiment}",
                icon=":material/arrow_forward:",
                on_click=_take,
                args=(experiment, one, run.key, steps),
            )


def _take(experiment: Experiment, to: Lead, key: str, steps: Mapping[str, str]) -> None:
    if wrong := models.fault(key):
        st.session_state[f"{experiment.name}#refused"] = wrong
        return
    _go(experiment, to.experiment, {to.field: key}, steps)


def _follow(experiment: Experiment, shown: Shown, click: Click | None) -> None:
    state = st.session_state
    if click is None:
        return
    call(experiment)
    if click.experiment == experiment.name:
        address.put(experiment, {**shown.settings.model_dump(), **click.values})
    else:
        state[f"{experiment.name}#click"] = {
            "of": shown.settings.key(),
            "experiment": click.experiment,
            "values": dict(click.values),
            "words": click.words,
        }


def _leave(experiment: Experiment, click: Click) -> None:
    """To an experiment of this page or of another."""
    topic = click.experiment.partition(".")[0]
    to = next(lesson for lesson in LESSONS if lesson.topic == topic)
    _go(experiment, click.experiment, dict(click.values), to.steps)
    if topic != experiment.name.partition(".")[0]:
        st.session_state["#leave"] = (to.page, topic)


def follow() -> None:
    """Go to the page that a button led to, if it is another one. Before the page draws anything."""
    if leave := st.session_state.pop("#leave", None):
        page, topic = leave
        see = st.session_state[f"{topic}.see"]
        st.switch_page(str(ROOT / page), query_params={f"{topic}.see": see})


def _go(
    experiment: Experiment, name: str, values: dict[str, Any], steps: Mapping[str, str]
) -> None:
    call(experiment)
    topic, _, short = name.partition(".")
    address.put_ahead(get(name), values)
    st.session_state[f"{topic}.see"] = steps[short]
