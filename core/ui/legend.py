"""The visual language in one strip: what each colour and mark means, on every page the same."""

from __future__ import annotations

import streamlit as st

from core.plot.theme import LANGUAGE

_MARKS = {
    "circle": '<circle cx="9" cy="9" r="5" fill="{c}"/>',
    "diamond": '<path d="M9 2 16 9 9 16 2 9Z" fill="{c}"/>',
    "line": '<path d="M1 9H17" stroke="{c}" stroke-width="3"/>',
    "dash": '<path d="M1 9H17" stroke="{c}" stroke-width="3" stroke-dasharray="5 3"/>',
    "arrow": '<path d="M2 9H12" stroke="{c}" stroke-width="3"/>'
    '<path d="M11 4 17 9 11 14Z" fill="{c}"/>',
}


def legend() -> None:
    """Draw the strip."""
    items = "".join(_item(one["mark"], one["color"], one["says"]) for one in LANGUAGE.values())
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:4px 20px;font-size:0.9rem">{items}</div>')


def _item(mark: str, color: str, says: str) -> str:
    shape = _MARKS[mark].format(c=color)
    svg = f'<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">{shape}</svg>'
    return f'<span style="display:inline-flex;align-items:center;gap:6px">{svg}{says}</span>'
