"""The address bar and the settings: reading links, checking them, and writing them.

Streamlit binds each control to its own parameter and drops a bad value without a word. So the raw
parameters are compared with the Settings before any control is built, and what was wrong is said.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st
from streamlit.runtime.state.session_state_proxy import get_session_state

from core.catalog import get
from core.controls import Choice, Choices, Data
from core.experiment import Experiment, SettingError, Settings
from core.settings import Incomplete
from core.ui import uploads

FLUSH_S = 0.03  # Streamlit sends what waits every 10 ms; a rerun would drop it


def field_key(experiment: Experiment, field: str) -> str:
    """The key of a control, and its parameter in the address. Keys are app-wide."""
    return f"{experiment.name}.{field}"


def param(name: str) -> str | None:
    """One parameter of the address as it stands, the last where it is repeated."""
    values = st.query_params.get_all(name)
    return values[-1] if values else None


def arrive(topic: str, steps: Mapping[str, str]) -> None:
    """On arrival at a page: check what its address asks for, and write it as the controls do.

    steps: the words on the control that chooses the experiment, by experiment. A link may name an
    experiment or a choice by its value or by its words, and a preset in place of settings: an
    explicit value wins over the preset's, and that over the default. What could not be taken is
    kept as sentences under ``<name>#notes``. Must run before any control is drawn.
    """
    state = st.session_state
    if state.get(f"{topic}#seen") == state["visit"]:
        return
    state[f"{topic}#seen"] = state["visit"]
    raw = {name: st.query_params.get_all(name) for name in st.query_params}
    wanted = dict(raw)
    asked = wanted.get(f"{topic}.see", [""])[-1]
    name = asked if asked in steps else next((n for n, w in steps.items() if w == asked), "")
    wanted.pop(f"{topic}.see", None)
    if name:
        wanted[f"{topic}.see"] = [steps[name]]
    _settle(get(f"{topic}.{name or next(iter(steps))}"), raw, wanted)
    if wanted != raw:
        st.query_params.from_dict(wanted)
        time.sleep(FLUSH_S)
        st.rerun()


def _settle(
    experiment: Experiment, raw: dict[str, list[str]], wanted: dict[str, list[str]]
) -> None:
    """Put an experiment's parameters right in ``wanted``, and keep what was wrong."""
    notes: list[str] = []
    values = _preset_values(experiment, notes)
    given = {f: raw.get(field_key(experiment, f), []) for f in experiment.settings.controls()}
    last = f"{experiment.name}#last"
    if values or any(given.values()) or last not in st.session_state:
        for field, texts in given.items():
            if texts:
                _take(experiment, field, texts, values, notes)
        settings = _whole(experiment, values, notes)
        st.session_state[last] = uploads.ready(settings).model_dump(mode="json")
        for field, info in experiment.settings.model_fields.items():
            wanted.pop(field_key(experiment, field), None)
            if getattr(settings, field) != info.default:
                wanted[field_key(experiment, field)] = _texts(experiment, settings, field)
    st.session_state[f"{experiment.name}#notes"] = notes


def _whole(experiment: Experiment, values: dict[str, Any], notes: list[str]) -> Settings:
    """The settings of these values, those left out that do not go together."""
    while True:
        try:
            return experiment.settings.checked(values)
        except Incomplete as error:  # its control asks for the file
            return error.settings
        except SettingError as error:
            notes.append(_sentence(experiment, error))
            if values.pop(error.field, None) is None:
                return experiment.settings()


def put(experiment: Experiment, values: dict[str, Any]) -> None:
    """Set the controls of an experiment; fields that are not named go to their defaults.

    Where other controls apply then, they are new on the page, and ``settled`` does the rest.
    """
    files = {field: name for field, name in _files(experiment).items() if not values.get(field)}
    full = experiment.settings(**{**values, **files})
    for field in experiment.settings.controls():
        value = getattr(full, field)
        value = list(value) if isinstance(value, tuple) else value
        st.session_state[field_key(experiment, field)] = value
    last = f"{experiment.name}#last"
    before = st.session_state.get(last)
    if before is not None and experiment.settings(**before).active() != full.active():
        st.session_state[f"{experiment.name}#ahead"] = True
    st.session_state[last] = full.model_dump(mode="json")


def _files(experiment: Experiment) -> dict[str, str]:
    """The hashes of the files that were uploaded: no preset takes them away."""
    controls, last = experiment.settings.controls(), f"{experiment.name}#last"
    files = [field for field, control in controls.items() if isinstance(control, Data)]
    kept = {field: st.session_state.get(last, {}).get(field, "") for field in files}
    now = {field: st.session_state.get(field_key(experiment, field), "") for field in files}
    return {field: now[field] or kept[field] for field in files}


def put_ahead(experiment: Experiment, values: dict[str, Any]) -> None:
    """Set the controls of an experiment that is not on the page yet: ``settled`` does the rest."""
    put(experiment, values)
    st.session_state[f"{experiment.name}#ahead"] = True


def settled(experiment: Experiment) -> None:
    """After controls are drawn: have the address say what ``put_ahead`` set.

    Streamlit does so by itself only for controls that were on the page before.
    """
    if not st.session_state.pop(f"{experiment.name}#ahead", False):
        return
    last = experiment.settings(**st.session_state[f"{experiment.name}#last"])
    fields = experiment.settings.model_fields.items()
    changed = [f for f, info in fields if f in last.active() and getattr(last, f) != info.default]
    with get_session_state().query_params() as params:
        for field in changed:
            texts = _texts(experiment, last, field)
            params.set_with_no_forward_msg(field_key(experiment, field), texts)
    st.query_params["ahead"] = "1"  # sends them; what is not bound may be set and taken away
    del st.query_params["ahead"]


def link(experiment: Experiment, settings: Settings, start: bool = False, **extra: str) -> str:
    """The address that shows this experiment with these settings, every value written out."""
    pairs = see(experiment)
    for field in settings.active():
        pairs += [(field_key(experiment, field), t) for t in _texts(experiment, settings, field)]
    pairs += [("go", "1")] if start else []
    pairs += list(extra.items())
    return address(pairs)


def see(experiment: Experiment) -> list[tuple[str, str]]:
    """The parameter that names the experiment, as its control writes it."""
    topic, _, name = experiment.name.partition(".")
    return [(f"{topic}.see", str(st.session_state.get(f"{topic}.see", name)))]


def address(pairs: list[tuple[str, str]]) -> str:
    """The address of this page with these parameters."""
    parts = urlsplit(str(st.context.url or ""))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))


def _texts(experiment: Experiment, settings: Settings, field: str) -> list[str]:
    """A value as its control writes it to the address."""
    control, value = experiment.settings.controls()[field], getattr(settings, field)
    if isinstance(control, Choices):
        return [control.words(one) for one in value]
    if isinstance(control, Choice):
        return [control.words(value)]
    if isinstance(value, bool):
        return [str(value).lower()]
    return [short(value) if isinstance(value, float) else str(value)]


def short(value: float) -> str:
    """The shortest text that reads back as the same number."""
    text = f"{value:g}"
    return text if float(text) == value else repr(value)


def _preset_values(experiment: Experiment, notes: list[str]) -> dict[str, Any]:
    wanted, state = param("preset"), st.session_state
    if wanted is None:
        return {}
    try:
        preset = experiment.preset(wanted)
    except KeyError:
        notes.append("It names a question that this experiment does not have.")
        return {}
    state[f"{experiment.name}#preset"] = preset.id
    return dict(preset.settings)


def _take(
    experiment: Experiment, field: str, given: list[str], values: dict[str, Any], notes: list[str]
) -> None:
    several = isinstance(experiment.settings.controls()[field], Choices)
    if len(given) > 1 and not several:
        label = experiment.settings.controls()[field].label
        notes.append(f"{label} stands there {len(given)} times; the last was taken.")
    try:
        taken = _parsed(experiment, {**_raw(experiment, values), field: given})
    except SettingError as error:
        if error.field == field:
            notes.append(_sentence(experiment, error))
            return
        taken = _parsed(experiment, {field: given})
    values[field] = getattr(taken, field)


def _parsed(experiment: Experiment, raw: dict[str, Any]) -> Settings:
    try:
        return experiment.settings.parse(raw)
    except Incomplete as error:  # the file may stand further on in the link
        return error.settings


def _raw(experiment: Experiment, values: dict[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else str(v) for k, v in values.items()}


def _sentence(experiment: Experiment, error: SettingError) -> str:
    control = experiment.settings.controls()[error.field]
    given = (
        error.given[-1] if isinstance(error.given, list | tuple) and error.given else error.given
    )
    text = repr(given) if len(repr(given)) < 40 else repr(given)[:37] + "..."
    listed = isinstance(control, Choice | Choices)
    allowed = "the choices on its control" if listed else error.allowed
    return f"{control.label} was {text}; it allows {allowed}."
