"""Figures as plain data, made of panels side by side, that can be stacked for a narrow screen.

A figure here is a dict of plain values and NumPy arrays. Building it this way, without Plotly's
validation, is what keeps a live redraw cheap; the contract test validates every figure instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.experiment import Figure
from core.plot.theme import GRID

GAP, TOP, BOTTOM, EDGE = 84, 42, 58, 8  # pixels: between panels, over a panel, under it, above all


@dataclass(frozen=True)
class Panel:
    """One set of axes: traces, a title, axis layouts, and what share of the width it takes.

    square: one unit is as long on x as on y. scene: the layout of a 3-D panel, instead of axes.
    notes, shapes: annotations and shapes in this panel's own coordinates.
    """

    traces: Sequence[dict[str, Any]]
    title: str
    x: dict[str, Any] = field(default_factory=dict)
    y: dict[str, Any] = field(default_factory=dict)
    width: float = 1.0
    square: bool = False
    scene: dict[str, Any] | None = None
    notes: Sequence[dict[str, Any]] = ()
    shapes: Sequence[dict[str, Any]] = ()


def figure(panels: Sequence[Panel], height: int = 440, **layout: Any) -> Figure:
    """The figure of the panels in one row."""
    fig: Figure = {"data": [], "layout": {"annotations": [], "shapes": []}}
    fig["layout"]["meta"] = {
        "titles": [p.title for p in panels],
        "widths": [p.width for p in panels],
        "height": height,
        "scenes": [p.scene is not None for p in panels],
    }
    for number, panel in enumerate(panels, 1):
        _add(fig, panel, "" if number == 1 else str(number))
    fig["layout"] |= {"showlegend": False, "hovermode": "closest", "uirevision": "keep", **layout}
    return arrange(fig, [list(range(len(panels)))])


def arrange(fig: Figure, rows: Sequence[Sequence[int]], height: int | None = None) -> Figure:
    """Place the panels (by number, from 0) in rows; a new figure that shares the traces."""
    meta = fig["layout"]["meta"]
    each = height or meta["height"]
    total = each * len(rows)
    # The last row stands on the margin: Plotly keeps an axis title within the margin under it.
    margin = {"l": 56, "r": 16, "t": EDGE, "b": BOTTOM}
    layout = {**fig["layout"], "height": total, "margin": margin}
    inner = total - EDGE - BOTTOM
    notes = [note for note in layout["annotations"] if note.get("name") != "panel"]
    for place, row in enumerate(rows):
        high = 1 - (place * each + TOP - EDGE) / inner
        low = 1 - ((place + 1) * each - BOTTOM - EDGE) / inner
        span = [meta["widths"][n] for n in row]
        left = 0.0
        gap = GAP / 1000
        room = 1 - gap * (len(row) - 1)
        for n, width in zip(row, span, strict=True):
            right = left + room * width / sum(span)
            _place(layout, meta, n, (left, min(right, 1.0)), (max(low, 0.0), min(high, 1.0)))
            notes.append(_title(meta["titles"][n], left, min(high, 1.0)))
            left = right + gap
    layout["annotations"] = notes
    return {**fig, "layout": layout}


def narrow(fig: Figure) -> Figure:
    """The same panels one under the other, for a screen of some 390 pixels."""
    count = len(fig["layout"]["meta"]["titles"])
    return arrange(
        fig, [[n] for n in range(count)], height=min(fig["layout"]["meta"]["height"], 360)
    )


def above(top: Figure, below: Figure, names: tuple[str, str]) -> Figure:
    """Two figures of the same panels as two rows of one, so that one slider moves both."""
    count = len(top["layout"]["meta"]["titles"])
    shifted = _shift(below, count)
    layout = {**top["layout"]}
    for key in ("annotations", "shapes"):
        layout[key] = [*top["layout"][key], *shifted["layout"][key]]
        layout[key] = [one for one in layout[key] if one.get("name") != "panel"]
    layout |= {k: v for k, v in shifted["layout"].items() if k[:5] in ("xaxis", "yaxis", "scene")}
    meta = top["layout"]["meta"]
    titles = [
        f"{name}: {title}"
        for name, fig in zip(names, (top, below), strict=True)
        for title in fig["layout"]["meta"]["titles"]
    ]
    layout["meta"] = {
        **meta,
        "titles": titles,
        "widths": meta["widths"] * 2,
        "scenes": meta["scenes"] * 2,
    }
    both = {"data": [*top["data"], *shifted["data"]], "layout": layout}
    return arrange(
        both, [list(range(count)), list(range(count, 2 * count))], height=min(meta["height"], 360)
    )


def _add(fig: Figure, panel: Panel, suffix: str) -> None:
    layout = fig["layout"]
    if panel.scene is not None:
        layout[f"scene{suffix}"] = {**panel.scene, "uirevision": "keep"}
        fig["data"] += [{**trace, "scene": f"scene{suffix}"} for trace in panel.traces]
        return
    refs = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    fig["data"] += [{**trace, **refs} for trace in panel.traces]
    base = {"gridcolor": GRID, "zeroline": False, "automargin": False}
    title = {"text": panel.x.get("title", ""), "standoff": 6}
    if isinstance(title["text"], dict):
        title = {"standoff": 6, **panel.x["title"]}
    layout[f"xaxis{suffix}"] = {**base, "anchor": f"y{suffix}", **panel.x, "title": title}
    layout[f"yaxis{suffix}"] = {**base, "anchor": f"x{suffix}", **panel.y}
    if panel.square:
        layout[f"yaxis{suffix}"] |= {"scaleanchor": f"x{suffix}", "constrain": "domain"}
        layout[f"xaxis{suffix}"] |= {"constrain": "domain"}
    own = {"xref": f"x{suffix}", "yref": f"y{suffix}"}
    layout["annotations"] += [{"showarrow": False, **own, **note} for note in panel.notes]
    layout["shapes"] += [{**own, **shape} for shape in panel.shapes]


def _place(
    layout: dict[str, Any],
    meta: dict[str, Any],
    n: int,
    x: tuple[float, float],
    y: tuple[float, float],
) -> None:
    suffix = "" if n == 0 else str(n + 1)
    if meta["scenes"][n]:
        layout[f"scene{suffix}"] = {
            **layout[f"scene{suffix}"],
            "domain": {"x": list(x), "y": list(y)},
        }
        return
    layout[f"xaxis{suffix}"] = {**layout[f"xaxis{suffix}"], "domain": list(x)}
    layout[f"yaxis{suffix}"] = {**layout[f"yaxis{suffix}"], "domain": list(y)}


def _title(text: str, x: float, y: float) -> dict[str, Any]:
    return {
        "name": "panel",
        "text": text,
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 14},
        "align": "left",
    }


def _shift(fig: Figure, by: int) -> Figure:
    def moved(ref: str) -> str:
        letters = ref.rstrip("0123456789")
        return f"{letters}{int(ref[len(letters) :] or 1) + by}"

    data = [
        {**t, **{k: moved(t[k]) for k in ("xaxis", "yaxis", "scene") if k in t}}
        for t in fig["data"]
    ]
    layout: dict[str, Any] = {}
    for key, value in fig["layout"].items():
        if key[:5] in ("xaxis", "yaxis", "scene"):
            links = {k: moved(value[k]) for k in ("anchor", "scaleanchor", "matches") if k in value}
            layout[moved(key)] = {**value, **links}
        elif key in ("annotations", "shapes"):
            layout[key] = [_moved_refs(one, moved) for one in value]
    return {"data": data, "layout": layout}


def _moved_refs(one: dict[str, Any], moved: Any) -> dict[str, Any]:
    out = dict(one)
    for key in ("xref", "yref", "axref", "ayref"):
        ref = one.get(key, "paper")
        if ref not in ("paper", "pixel"):
            base, _, domain = ref.partition(" ")
            out[key] = moved(base) + (f" {domain}" if domain else "")
    return out
