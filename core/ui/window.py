"""The browser's window: whether it is narrow, its history, and our few styles, in one element."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

NARROW_BELOW = 700  # CSS pixels
_KEY = "glassbox_browser"
_NARROW = "glassbox_narrow"
_HERE = Path(__file__).parent
_WINDOW = st.components.v2.component(
    "glassbox_browser",
    css=(_HERE / "window.css").read_text(encoding="utf-8"),
    js=(_HERE / "window.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def watch() -> None:
    """Draw the element, which shows nothing; call it once a run, before ``is_narrow``.

    The first run of a session believes that the window is wide. A narrow one then says so, which
    reruns the page once; so does a window that crosses the line. A wide one never says anything.
    """
    data = {"narrow": is_narrow(), "below": NARROW_BELOW}
    _WINDOW(key=_KEY, data=data, on_narrow_change=_hear)


def is_narrow() -> bool:
    """Whether the window is narrower than 700 pixels, as the browser said last."""
    return bool(st.session_state.get(_NARROW, False))


def _hear() -> None:
    st.session_state[_NARROW] = st.session_state[_KEY].get("narrow") is True
