"""A text field that is bound to the address and not seen: for values no widget can bind."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st


def unseen_text(label: str, default: str, key: str, bind: Any) -> str:
    """Draw it; returns its text, of at most 64 characters."""
    with st.container(key=f"{key}#hash"):
        value: str = st.text_input(label, default, max_chars=64, key=key, bind=bind)
    unseen = re.sub(r"[^\w-]", "-", f"{key}#hash")
    st.html(f"<style>.st-key-{unseen} {{ display: none; }}</style>")
    return value
