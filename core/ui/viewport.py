"""Whether the window is narrow, as the browser says."""

from __future__ import annotations

import streamlit as st

NARROW_BELOW = 700  # CSS pixels
_KEY = "glassbox_viewport"
_NARROW = "glassbox_narrow"

# The element holds nothing: it is taken out of the flow, so that it leaves no gap either. The
# class is Streamlit's for the key. Inside ``display: none`` the script runs all the same.
_STYLE = f"""
.st-key-{_KEY} {{
  display: none;
}}
"""

# Speaks only where the window is not as Python believes.
_SCRIPT = f"""
export default function ({{ parentElement, data, setStateValue }}) {{
  const query = window.matchMedia("(width < {NARROW_BELOW}px)");
  const tell = () => query.matches !== data.narrow && setStateValue("narrow", query.matches);
  parentElement.stopWatching?.();
  query.addEventListener("change", tell);
  parentElement.stopWatching = () => query.removeEventListener("change", tell);
  tell();
  return () => setTimeout(() => parentElement.isConnected || parentElement.stopWatching());
}}
"""

_VIEWPORT = st.components.v2.component(
    "glassbox_viewport", css=_STYLE, js=_SCRIPT, isolate_styles=False
)


def is_narrow() -> bool:
    """Whether the window is narrower than 700 pixels; call it once a page, anywhere.

    The first run of a session believes it is not. A narrow window then says so, which reruns the
    page once; so does a window that crosses the line. A wide one never says anything.
    """
    narrow = bool(st.session_state.get(_NARROW, False))
    _VIEWPORT(key=_KEY, data={"narrow": narrow}, on_narrow_change=_hear)
    return narrow


def _hear() -> None:
    st.session_state[_NARROW] = st.session_state[_KEY].get("narrow") is True
