"""Back and forward: one entry of the browser's history a page, with the settings it had.

Streamlit pushes an entry whenever the server changes a parameter of the address: one without the
settings when a page is left, one more when a link's default value is taken out. Back would then
lead to a page that has lost its settings, or to where one is.
"""

from __future__ import annotations

import streamlit as st

_KEY = "glassbox_history"

# Out of the flow, so that it leaves no gap. The class is Streamlit's for the key.
_STYLE = f"""
.st-key-{_KEY} {{
  display: none;
}}
"""

# A change of parameters replaces the entry; when a link is followed, it is left as it was.
_SCRIPT = """
export default function () {
  if (window.glassboxHistory) return;
  window.glassboxHistory = true;
  const links = '[data-testid="stTopNavLink"], [data-testid="stPageLink"]';
  const push = history.pushState.bind(history);
  let leaving = 0;
  addEventListener("click", (event) => {
    if (event.target.closest?.(links)) leaving = performance.now();
  }, true);
  history.pushState = (state, title, url) => {
    const there = new URL(url ?? location.href, location.href);
    if (there.pathname !== location.pathname) {
      leaving = 0;
      push(state, title, url);
    } else if (!leaving || performance.now() - leaving > 3000) {
      history.replaceState(state, title, url);
    }
  };
}
"""

_HISTORY = st.components.v2.component(
    "glassbox_history", css=_STYLE, js=_SCRIPT, isolate_styles=False
)


def one_entry_a_page() -> None:
    """Have the browser keep one entry a page; call it once a run."""
    _HISTORY(key=_KEY)
