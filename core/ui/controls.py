"""Settings to widgets: one for each field that applies, bound to the address."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.controls import (
    Choice,
    Choices,
    Control,
    Data,
    LogSlider,
    Model,
    Points,
    Seed,
    Slider,
    Text,
    Toggle,
)
from core.experiment import Experiment, SettingError, Settings
from core.settings import Incomplete
from core.ui import address, models, uploads
from core.ui.draw import draw_points

BIND = "query-params"


def sidebar(experiment: Experiment) -> tuple[Settings, str]:
    """Draw the controls in the sidebar.

    Returns the settings they stand for and, where a field is wrong, a sentence that says so; the
    settings are then the last ones that were right.
    """
    shown = visible(experiment)
    with st.sidebar:
        chosen = _fields(experiment, "simple", shown)
        more = [f for f, c in experiment.settings.controls().items() if c.level == "more"]
        if any(field in shown for field in more):
            with st.expander("More", icon=":material/tune:"):
                chosen |= _fields(experiment, "more", shown)
    address.settled(experiment)
    return _settings(experiment, chosen)


def value_of(experiment: Experiment, field: str) -> Any:
    """What a field stands at: its control's value, or what the link or preset gave it."""
    default = experiment.settings.model_fields[field].default
    last = st.session_state.get(f"{experiment.name}#last", {})
    value = st.session_state.get(address.field_key(experiment, field), last.get(field, default))
    return tuple(value) if isinstance(value, list) else value


def visible(experiment: Experiment) -> set[str]:
    """The fields that the link leaves visible: all, or those that ``show=`` names."""
    every = set(experiment.settings.controls())
    only = address.param("show")
    if only is None:
        return every
    return every & {name.strip() for name in only.split(",")}


def _fields(experiment: Experiment, level: str, shown: set[str]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for field, control in experiment.settings.controls().items():
        if control.level == level and field in shown and _applies(experiment, field):
            chosen[field] = _widget(experiment, field, control)
    return chosen


def _applies(experiment: Experiment, field: str) -> bool:
    """Whether a field applies, judged by the controls as they stand in this very rerun."""
    for other, values in experiment.settings.controls()[field].when.items():
        have = value_of(experiment, other)
        met = bool(set(have) & set(values)) if isinstance(have, tuple) else have in values
        if not (met and _applies(experiment, other)):
            return False
    return True


def _settings(experiment: Experiment, chosen: dict[str, Any]) -> tuple[Settings, str]:
    last_key = f"{experiment.name}#last"
    last = st.session_state.get(last_key, {})
    hidden = {f: last[f] for f in experiment.settings.controls() if f in last and f not in chosen}
    try:
        settings = experiment.settings.checked(_plain({**hidden, **chosen}))
    except Incomplete:
        return experiment.settings.checked(_plain(last)), uploads.FIRST
    except SettingError as error:
        label = experiment.settings.controls()[error.field].label
        return experiment.settings.checked(_plain(last)), f"{label}: {error.allowed}"
    if fault := uploads.fault(settings):
        return experiment.settings.checked(_plain(last)), fault
    st.session_state[last_key] = settings.model_dump(mode="json")
    return settings.canonical(), ""


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}


def _widget(experiment: Experiment, field: str, control: Control) -> Any:
    key = address.field_key(experiment, field)
    label = f"{control.label} ({control.unit})" if control.unit else control.label
    common: dict[str, Any] = {"key": key, "bind": BIND, "help": control.help or None}
    info = experiment.settings.model_fields[field]
    if isinstance(control, LogSlider):
        now = value_of(experiment, field)
        return _log_slider(label, control, info.default, now, common)
    if isinstance(control, Seed):
        return st.number_input(label, control.lo, control.hi, info.default, **common)
    if isinstance(control, Slider):
        kind = int if info.annotation is int else float
        step = None if control.step is None else kind(control.step)
        shape = "%d" if kind is int else "%g"
        bounds = (kind(control.lo), kind(control.hi), kind(info.default), step)
        return st.slider(label, *bounds, format=shape, **common)
    if isinstance(control, Choice):
        options = experiment.settings.choices(field)
        words = {"format_func": control.words, **common}
        return st.selectbox(label, options, options.index(info.default), **words)
    if isinstance(control, Choices):
        options = experiment.settings.choices(field)
        words = {"format_func": control.words, "max_selections": control.most, **common}
        return st.multiselect(label, options, list(info.default), **words)
    if isinstance(control, Toggle):
        return st.toggle(label, info.default, **common)
    if isinstance(control, Text):
        return st.text_input(label, info.default, max_chars=control.most, **common)
    if isinstance(control, Points):
        return _points(label, control, info.default, common)
    if isinstance(control, Data):
        return uploads.upload(label, control, common)
    if isinstance(control, Model):
        return models.choose(label, control, info.default, common)
    raise TypeError(f"no widget for {type(control).__name__}")


def _log_slider(
    label: str, control: LogSlider, default: float, now: Any, common: dict[str, Any]
) -> Any:
    """now: what it stands at or what the link asks for; off the grid, it is a stop of its own."""
    stops = control.stops()
    extra = {float(default)} | ({float(now)} if isinstance(now, int | float) else set())
    options = sorted({*stops, *(v for v in extra if control.lo <= v <= control.hi)})
    return st.select_slider(label, options, float(default), format_func=address.short, **common)


def _points(label: str, control: Points, default: str, common: dict[str, Any]) -> Any:
    key = common["key"]

    def drawn(text: str) -> None:
        st.session_state[key] = text

    draw_points(
        f"{key}#pad",
        st.session_state.get(key, default),
        classes=control.classes,
        most=control.most,
        label=label,
        on_change=drawn,
    )
    paste = {**common, "help": "Paste points here, or copy them from here."}
    return st.text_input("Points as text", default, max_chars=5 * control.most, **paste)
