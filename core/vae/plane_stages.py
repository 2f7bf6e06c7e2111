"""What the browser needs to draw the map and the rows by itself, and what it tells back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.plot.packed import packed
from core.plot.png import sheet_of
from core.vae.plane_figures import label_of, names_of
from core.vae.plane_layout import COLORS, EDGE, SETS, SIDE, STOPS

if TYPE_CHECKING:
    from core.vae.plane import Frame, Settings


def map_payload(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    """All that ``core/ui/draw/latent.js`` draws by."""
    frame = frames[-1]
    place = frame.place if settings.code.strip() else np.array([settings.x, settings.y])
    return {
        "value": [round(float(place[0]), 2), round(float(place[1]), 2), settings.label],
        "edge": EDGE,
        "sheet": sheet_of(frame.tiles, SIDE),
        "here": sheet_of(frame.here[None], 1),
        "says": packed(frame.says),
        "hereSays": packed(frame.here_says),
        "places": packed(frame.places),
        "classes": packed(frame.classes),
        "cells": None if frame.cells is None else packed(frame.cells),
        "reach": [[float(v) for v in row] for row in frame.reach],
        "axes": list(names_of(frame)),
        "names": class_names(SETS[int(frame.about[0])]),
        "colors": list(COLORS),
        "told": bool(frame.about[2]),
        "code": [float(v) for v in frame.code] if len(frame.code) <= 2 else None,
        "count": len(frame.code),
        "away": bool(settings.code.strip()) and len(frame.code) > 2,
    }


def map_moved(settings: Settings, value: Any) -> Mapping[str, Any]:
    """The fields that [x, y, class] stands for. ValueError: not two numbers and a word."""
    x, y, label = value
    if not all(_number(one) for one in (x, y)) or not isinstance(label, str):
        raise ValueError(f"a place is two numbers and a class, not {value!r}")
    moved = {"x": round(float(x), 2), "y": round(float(y), 2)}
    here = moved == {"x": settings.x, "y": settings.y}
    return {**moved, "label": label, "code": settings.code if here else ""}


def dims_payload(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    """All that ``core/ui/draw/latent_dims.js`` draws by."""
    frame = frames[-1]
    count = len(frame.order)
    images = frame.rows.reshape(count * STOPS, *frame.rows.shape[2:])
    return {
        "value": [float(v) for v in frame.code],
        "sheet": sheet_of(images, STOPS),
        "here": sheet_of(frame.here[None], 1),
        "stops": packed(frame.stops),
        "order": packed(frame.order),
        "labels": [label_of(frame, int(number)) for number in frame.order],
        "collapsed": [not frame.active[number] for number in frame.order],
        "shares": [float(v) for v in frame.shares],
    }


def dims_moved(settings: Settings, value: Any) -> Mapping[str, Any]:
    """The field that a list of numbers stands for. ValueError: not one of finite numbers."""
    if not isinstance(value, list) or not value or not all(_number(one) for one in value):
        raise ValueError(f"a code is a list of numbers, not {value!r}")
    return {"code": ", ".join(f"{float(one):.4g}" for one in value)}


def _number(value: Any) -> bool:
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return whole and math.isfinite(value)
