"""Gestures that Plotly lacks: drag a point over a surface, draw labelled points.

The browser answers a gesture by itself; Python hears its end. Each mode is a component of its own,
made of the script files in ``draw/``: the shared ``stage.js`` and ``plane.js`` and the mode's own.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data import points
from core.plot import theme

Window = tuple[tuple[float, float], tuple[float, float]]

_HERE = Path(__file__).parent / "draw"
_INK = {
    "gradient": theme.GRADIENT,
    "grid": theme.GRID,
    "heights": theme.HEIGHTS,
    "real": theme.REAL,
    "generated": theme.GENERATED,
    "learned": theme.LEARNED,
    "exact": theme.EXACT,
    "warning": theme.WARNING,
    "diverging": theme.DIVERGING,
    "classes": [theme.REAL, theme.GENERATED, theme.LEARNED, theme.GRADIENT],
}


def component(mode: str, *parts: str) -> Any:
    """The component whose class Mode the script files of these parts make."""
    scripts = [(_HERE / f"{part}.js").read_text() for part in ("stage", "plane", *parts)]
    script = "\n".join([f"const INK = {json.dumps(_INK)};", *scripts])
    style = (_HERE / "draw.css").read_text()
    return st.components.v2.component(f"glassbox_{mode}", css=style, js=script)


_POINT = component("point", "surface", "point")
_POINTS = component("points", "marks", "points")


def drag_point(
    key: str,
    x: float,
    y: float,
    *,
    window: Window,
    heights: NDArray[Any] | None = None,
    label: str = "Drag the point",
    names: tuple[str, str] = ("x", "y"),
    height_px: int = 340,
    on_release: Callable[[float, float], None] | None = None,
) -> tuple[float, float]:
    """Show a point at (x, y) that the user can drag, and return where it is.

    With ``on_release`` the caller owns the point: the callback hears (x, y) before the script runs
    again, may write them to the session state of bound sliders, and what is passed is what shows.
    Without it the component remembers the released point until another (x, y) is passed.

    window: ((x0, x1), (y0, y1)), low and high of x and of y. heights: (n, n), n from 5 to 128, row
    i at y_i, both ascending over the window: the loss itself, not its logarithm, whose sharp
    valleys a coarse grid cannot show (the picture's bands are even in the logarithm in any case).
    One unit is as long on x as on y, unless a side of the window is over 2.5 times the other.
    height_px: the most the picture takes.
    Raises ValueError for an empty window or a wrong shape.
    """
    if not all(math.isfinite(hi - lo) and hi > lo for lo, hi in window):
        raise ValueError(f"the window {window} is empty or not finite")
    base = point_of({"value": [x, y]}, window) or (window[0][0], window[1][0])
    event = event_of(key)
    ours = on_release is None and event.get("base") == list(base)
    point = (ours and point_of(event, window)) or base
    data = {
        "value": point,
        "base": base,
        "seq": heard(key),
        "label": label,
        "names": names,
        "height": height_px,
        "window": window,
        "heights": None if heights is None else pack(heights),
    }
    tell = partial(_tell_point, key, window, on_release)
    _POINT(key=key, data=data, on_event_change=tell)
    return point


def draw_points(
    key: str,
    text: str,
    *,
    classes: int = 2,
    most: int = 200,
    label: str = "Draw points",
    height_px: int = 380,
    on_change: Callable[[str], None] | None = None,
) -> str:
    """Show labelled points of [-1, 1]^2 that the user can draw and erase, and return them.

    text: five characters a point: the class digit, x and y as two hexadecimal digits each, 00 for
    -1 and ff for 1 (``core.data.points``). ``on_change`` hears the text at the end of each stroke;
    with it and without it, who owns the text is as in ``drag_point``. classes: 2 to 4.
    Raises ValueError for another number of classes.
    """
    if not 2 <= classes <= 4:
        raise ValueError(f"{classes} classes; 2 to 4 have marks of their own")
    base = text_of({"value": text.lower()}, classes, most) or ""
    event = event_of(key)
    ours = on_change is None and event.get("base") == base
    drawn = text_of(event, classes, most) if ours else None
    shown = base if drawn is None else drawn
    data = {
        "value": shown,
        "base": base,
        "seq": heard(key),
        "label": label,
        "height": height_px,
        "classes": classes,
        "most": most,
    }
    _POINTS(key=key, data=data, on_event_change=partial(_tell_text, key, classes, most, on_change))
    return shown


def pack(heights: NDArray[Any]) -> str:
    """A square grid as base64 of float32, row by row; what is not finite becomes the highest."""
    grid = np.asarray(heights, dtype=np.float64)
    if grid.ndim != 2 or grid.shape[0] != grid.shape[1] or not 5 <= len(grid) <= 128:
        raise ValueError(f"heights of shape {grid.shape}; they must be (n, n), n from 5 to 128")
    finite = np.isfinite(grid)
    top = grid[finite].max() if finite.any() else 0.0
    clipped = np.clip(np.where(finite, grid, top), -1e30, 1e30)
    return base64.b64encode(clipped.astype("<f4").tobytes()).decode()


def point_of(event: dict[str, Any], window: Window) -> tuple[float, float] | None:
    """The point that the browser sent, clipped to the window; None if it is no such thing."""
    value = event.get("value")
    if not isinstance(value, list) or len(value) != 2:
        return None
    if not all(isinstance(v, int | float) and math.isfinite(v) for v in value):
        return None
    x, y = (min(max(float(v), lo), hi) for v, (lo, hi) in zip(value, window, strict=True))
    return x, y


def text_of(event: dict[str, Any], classes: int, most: int) -> str | None:
    """The points that the browser sent; None if they are not well formed or too many."""
    value = event.get("value")
    if not isinstance(value, str):
        return None
    try:
        points.decode(value, classes, most)
    except ValueError:
        return None
    return value


def event_of(key: str) -> dict[str, Any]:
    """What the browser told last: {seq, value, base}; empty where it told nothing."""
    state = st.session_state.get(key)
    event = state.get("event") if state else None
    return event if isinstance(event, dict) else {}


def heard(key: str) -> int:
    """The number of the last gesture heard, which tells the browser that this answers it."""
    seq = event_of(key).get("seq")
    return seq if isinstance(seq, int) else 0


def _tell_point(
    key: str, window: Window, on_release: Callable[[float, float], None] | None
) -> None:
    point = point_of(event_of(key), window)
    if on_release is not None and point is not None:
        on_release(*point)


def _tell_text(key: str, classes: int, most: int, on_change: Callable[[str], None] | None) -> None:
    text = text_of(event_of(key), classes, most)
    if on_change is not None and text is not None:
        on_change(text)
