"""The control of a reader's own file: upload it, say what is in it, or why it cannot be used."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import streamlit as st

from core.controls import Data, Model
from core.data import uploads
from core.experiment import Settings, resolve
from core.ui import models
from core.ui.unseen import unseen_text

FIRST = "Upload a file first"
CLOSED = "This server cannot keep files now"


def upload(label: str, control: Data, common: dict[str, Any]) -> str:
    """Draw the uploader and what it holds; returns the hash, empty as long as there is none.

    A file that cannot be read is told, and leaves the one before it. The hash itself stands in a
    text field that is not seen, because an uploader cannot be bound to the address.
    """
    key = common["key"]
    st.file_uploader(
        label,
        control.kinds,
        key=f"{key}#file",
        help=common["help"],
        max_upload_size=max(1, control.most_bytes // 1_000_000),
        on_change=_take,
        args=(key, control),
    )
    value = unseen_text("SHA-256", "", key, common["bind"])
    _tell(key, control, value)
    return value


def fault(settings: Settings) -> str:
    """Why the files that these settings ask for cannot be used; empty where they can."""
    return next(iter(_faults(settings).values()), "")


def ready(settings: Settings) -> Settings:
    """The settings, those that ask for a file that cannot be used back at their defaults."""
    controls = type(settings).controls()
    lost = {one for field in _faults(settings) for one in (field, *controls[field].when)}
    kept = {field: getattr(settings, field) for field in controls if field not in lost}
    return type(settings)(**kept)


def carried(settings: Settings) -> bool:
    """Whether the settings name a file, whose content no link carries."""
    controls = type(settings).controls()
    asked = (field for field in settings.active() if isinstance(controls[field], Data))
    return any(getattr(settings, field) for field in asked)


def _faults(settings: Settings) -> dict[str, str]:
    """A sentence for each file or model that applies and cannot be used, by its field."""
    controls = type(settings).controls()
    found = {}
    for field in settings.active():
        control = controls[field]
        if isinstance(control, Data):
            try:
                _words(control, getattr(settings, field))
            except (uploads.Missing, ValueError) as error:
                found[field] = str(error).rstrip(".")
        elif isinstance(control, Model) and (words := models.fault(getattr(settings, field))):
            found[field] = words.rstrip(".")
    return found


def _words(control: Data, name: str) -> str:
    """What the file of that hash holds. Raises Missing, or ValueError that says what is wrong."""
    if not name:
        raise ValueError(FIRST)
    try:
        if not uploads.has(name):
            raise uploads.Missing(name)
        return _read(control.reader, name)
    except OSError:
        raise ValueError(CLOSED) from None


@lru_cache(maxsize=256)
def _read(reader: str, name: str) -> str:
    words: str = resolve(reader)(uploads.get(name))
    return words


def _take(key: str, control: Data) -> None:
    """A file was chosen or taken away: keep it if it can be read, else say why not."""
    state = st.session_state
    file, state[f"{key}#wrong"] = state[f"{key}#file"], ""
    if not hasattr(file, "getvalue"):  # taken away; what it gave stays
        return
    data: bytes = file.getvalue()
    try:
        if len(data) > control.most_bytes:
            most = f"{control.most_bytes:,} are the most"
            raise ValueError(f"The file has {len(data):,} bytes; {most}.")
        resolve(control.reader)(data)
        state[key] = state[f"{key}#mine"] = uploads.put(data)
    except ValueError as error:
        state[f"{key}#wrong"] = str(error)
    except OSError:
        state[f"{key}#wrong"] = f"{CLOSED}."


def _tell(key: str, control: Data, value: str) -> None:
    """What is held, whence it comes, and what was wrong with the last file."""
    state = st.session_state
    if wrong := state.get(f"{key}#wrong"):
        before = " The file before it stays." if value else ""
        st.error(_plain(wrong) + before, icon=":material/error:")
    try:
        origin = "" if value == state.get(f"{key}#mine") else ", from the link"
        st.caption(f"{_plain(_words(control, value))}{origin}.")
    except (uploads.Missing, ValueError) as error:
        st.caption(control.help if not value else _plain(str(error)))


def _plain(text: str) -> str:
    """Text of a file as it is, not as Markdown."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>$:~])", r"\\\1", text)
