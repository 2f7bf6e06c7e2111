"""The visual language in one strip: what each colour and mark means, on every page the same."""

from __future__ import annotations

import streamlit as st

from core.plot.theme import LANGUAGE

# Drawn with borders and backgrounds: inline SVG does not pass Streamlit's sanitizer.
_MARKS = {
    "circle": "width:11px;height:11px;border-radius:50%;background:{c}",
    "diamond": "width:10px;height:10px;transform:rotate(45deg);background:{c}",
    "line": "width:20px;height:0;border-top:3px solid {c}",
    "dash": "width:20px;height:0;border-top:3px dashed {c}",
    "arrow": "width:0;height:0;border:6px solid transparent;border-left:13px solid {c};"
    "border-right-width:0",
}


def legend() -> None:
    """Draw the strip."""
    items = "".join(_item(one["mark"], one["color"], one["says"]) for one in LANGUAGE.values())
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:4px 20px;font-size:0.9rem">{items}</div>')


def _item(mark: str, color: str, says: str) -> str:
    shape = f'<span style="display:inline-block;{_MARKS[mark].format(c=color)}"></span>'
    return f'<span style="display:inline-flex;align-items:center;gap:7px">{shape}{says}</span>'
