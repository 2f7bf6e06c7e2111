"""The address bar and the settings: reading links, checking them, and writing them.

Streamlit binds each control to its own parameter and drops a bad value without a word. So the raw
parameters are compared with the Settings before any control is built, and what was wrong is said.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from core.controls import Choice, Choices
from core.experiment import Experiment, Settings, SettingError


def field_key(experiment: Experiment, field: str) -> str:
    """The key of a control, and its parameter in the address. Keys are app-wide."""
    return f"{experiment.name}.{field}"


def param(name: str) -> str | None:
    """One parameter of the address as it stands, the last where it is repeated."""
    values = st.query_params.get_all(name)
    return values[-1] if values else None


def enter(experiment: Experiment) -> None:
    """On the first sight of an experiment in a visit: take its settings from the address.

    The order is: an explicit value, the preset that the link names, the default. What could not be
    taken is kept as sentences under ``<name>#notes``.
    """
    state = st.session_state
    seen, last = f"{experiment.name}#seen", f"{experiment.name}#last"
    if state.get(seen) == state.get("visit"):
        return
    state[seen] = state.get("visit")
    notes: list[str] = []
    values = _preset_values(experiment, notes)
    named = any(name.startswith(f"{experiment.name}.") for name in st.query_params)
    if not values and not named and last in state:
        return  # back by the menu: the controls are as they were left
    for field in experiment.settings.controls():
        given = st.query_params.get_all(field_key(experiment, field))
        if given:
            _take(experiment, field, given, values, notes)
    try:
        experiment.settings.checked(values)
    except SettingError as error:
        notes.append(_sentence(error))
        values.pop(error.field, None)
    state[last] = experiment.settings(**values).model_dump(mode="json")
    if values:
        put(experiment, values)
    state[f"{experiment.name}#notes"] = notes


def put(experiment: Experiment, values: dict[str, Any]) -> None:
    """Set the controls of an experiment; fields that are not named go to their defaults."""
    full = experiment.settings(**values)
    for field in experiment.settings.controls():
        value = getattr(full, field)
        value = list(value) if isinstance(value, tuple) else value
        st.session_state[field_key(experiment, field)] = value
    st.session_state[f"{experiment.name}#last"] = full.model_dump(mode="json")


def link(experiment: Experiment, settings: Settings, start: bool = False, **extra: str) -> str:
    """The address that shows this experiment with these settings, every value written out."""
    pairs = see(experiment)
    controls = experiment.settings.controls()
    for field in settings.active():
        pairs += [(field_key(experiment, field), text) for text in _texts(controls[field], settings, field)]
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


def _texts(control: Any, settings: Settings, field: str) -> list[str]:
    value = getattr(settings, field)
    if isinstance(control, Choices):
        return [control.words(one) for one in value]
    if isinstance(control, Choice):
        return [control.words(value)]
    if isinstance(value, bool):
        return [str(value).lower()]
    return [f"{value:.17g}" if isinstance(value, float) else str(value)]


def _preset_values(experiment: Experiment, notes: list[str]) -> dict[str, Any]:
    wanted, state = param("preset"), st.session_state
    if wanted is None or state.get("preset#visit") == state["visit"]:
        return {}
    state["preset#visit"] = state["visit"]  # it belongs to the experiment that the link opens
    try:
        preset = experiment.preset(wanted)
    except KeyError:
        notes.append("The link names a question that this lesson does not have.")
        return {}
    state[f"{experiment.name}#preset"] = preset.id
    return dict(preset.settings)


def _take(
    experiment: Experiment, field: str, given: list[str], values: dict[str, Any], notes: list[str]
) -> None:
    several = isinstance(experiment.settings.controls()[field], Choices)
    if len(given) > 1 and not several:
        notes.append(f"{field} stands in the link {len(given)} times; the last was taken.")
    try:
        taken = experiment.settings.parse({**_raw(experiment, values), field: given})
    except SettingError as error:
        if error.field == field:
            notes.append(_sentence(error))
            return
        taken = experiment.settings.parse({field: given})
    values[field] = getattr(taken, field)


def _raw(experiment: Experiment, values: dict[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else str(v) for k, v in values.items()}


def _sentence(error: SettingError) -> str:
    given = repr(error.given if not isinstance(error.given, (list, tuple)) else error.given[-1:])
    given = given if len(given) < 40 else given[:37] + "..."
    return f"The link asks {error.field} for {given}; it allows {error.allowed}. The default is used."
