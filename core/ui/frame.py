"""What stands around every page: the browser's title, the logo, and the teachers' parameters."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.ui import address, window

ASSETS = Path(__file__).resolve().parents[2] / "data" / "brand"

# Large type and no sidebar, for a projector. Streamlit has no option for either per visit.
PRESENT = """
<style>
html { font-size: 20px; }
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }
</style>
"""


def configure() -> None:
    """Icon, layout and logo; called before the navigation, which would set an icon of its own."""
    # An SVG travels in the page itself: a file of its own is lost when reruns follow fast.
    st.set_page_config(
        page_icon=str(ASSETS / "favicon.svg"), layout="wide", initial_sidebar_state="auto"
    )
    st.logo(str(ASSETS / "logo.svg"), size="large")


def begin(page: StreamlitPage) -> None:
    """Before a page runs: its title, the visit counted, what the teachers' parameters ask for."""
    home = page.title == "Home"
    st.set_page_config(page_title="Glassbox" if home else f"{page.title} - Glassbox")
    _visit(page)
    window.watch()
    if presenting():
        st.html(PRESENT)


def presenting() -> bool:
    """Whether the link asks for large type and no sidebar (``present=1``)."""
    return address.param("present") == "1"


def _visit(page: StreamlitPage) -> None:
    """Count arrivals: on each, a page takes its settings from the address anew."""
    state = st.session_state
    if state.get("page") != page.url_path:
        state["page"] = page.url_path
        state["visit"] = state.get("visit", 0) + 1
