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
STACKED = 360  # pixels: height of a panel on a narrow screen


@dataclass(frozen=True)
class Panel:
    """One set of axes: traces, a title, axis layouts, and what share of the width it takes.

    square: one unit is as long on x as on y. scene: the layout of a 3-D panel, instead of axes.
    stacked: its height on a narrow screen, in pixels with what stands over and under it; 0: the
    figure's, but 360 at most.
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
    stacked: int = 0


def figure(panels: Sequence[Panel], height: int = 440, **layout: Any) -> Figure:
    """The figure of the panels in one row."""
    fig: Figure = {"data": [], "layout": {"annotations": [], "shapes": []}}
    fig["layout"]["meta"] = {
        "titles": [p.title for p in panels],
        "widths": [p.width for p in panels],
        "height": height,
        "stacked": [p.stacked or min(height, STACKED) for p in panels],
        "scenes": [p.scene is not None for p in panels],
    }
    for number, panel in enumerate(panels, 1):
        _add(fig, panel, "" if number == 1 else str(number))
    fig["layout"] |= {"showlegend": False, "hovermode": "closest", "uirevision": "keep", **layout}
    return arrange(fig, [list(range(len(panels)))])


def arrange(
    fig: Figure, rows: Sequence[Sequence[int]], heights: Sequence[int] | None = None
) -> Figure:
    """Place the panels (by number, from 0) in rows; a new figure that shares the traces.

    heights: of each row, in pixels; without them every row is as high as the figure says.
    """
    meta = fig["layout"]["meta"]
    each = heights or [meta["height"]] * len(rows)
    total = sum(each)
    # The last row stands on the margin: Plotly keeps an axis title within the margin under it.
    margin = {"l": 56, "r": 16, "t": EDGE, "b": BOTTOM}
    layout = {**fig["layout"], "height": total, "margin": margin}
    inner = total - EDGE - BOTTOM
    notes = [note for note in layout["annotations"] if note.get("name") != "panel"]
    for place, row in enumerate(rows):
        high = 1 - (sum(each[:place]) + TOP - EDGE) / inner
        low = 1 - (sum(each[: place + 1]) - BOTTOM - EDGE) / inner
        y = max(low, 0.0), min(high, 1.0)
        for n, x in zip(row, _across([meta["widths"][n] for n in row]), strict=True):
            _place(layout, meta, n, x, y)
            notes.append(_title(meta["titles"][n], x[0], y[1]))
    layout["annotations"] = notes
    return {**fig, "layout": layout}


def _across(widths: Sequence[float]) -> list[tuple[float, float]]:
    """Left and right end of each panel of a row, in shares of it."""
    gap, left, spans = GAP / 1000, 0.0, []
    room = 1 - gap * (len(widths) - 1)
    for width in widths:
        right = left + room * width / sum(widths)
        spans.append((left, min(right, 1.0)))
        left = right + gap
    return spans


def narrow(fig: Figure) -> Figure:
    """The same panels one under the other, for a screen of some 390 pixels.

    A heat map whose ``meta`` names a size ``stacked`` has its numbers in it; 0: it has none.
    """
    heights = fig["layout"]["meta"]["stacked"]
    if any("stacked" in trace.get("meta", ()) for trace in fig["data"]):
        fig = {**fig, "data": [_slim(trace) for trace in fig["data"]]}
    return arrange(fig, [[n] for n in range(len(heights))], heights)


def _slim(trace: dict[str, Any]) -> dict[str, Any]:
    if "stacked" not in trace.get("meta", ()) or "texttemplate" not in trace:
        return trace
    size = trace["meta"]["stacked"]
    smaller = {"textfont": {**trace.get("textfont", {}), "size": size}}
    return {**trace, **(smaller if size else {"texttemplate": ""})}


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
        "stacked": meta["stacked"] * 2,
        "scenes": meta["scenes"] * 2,
    }
    named = {trace.get("name") for trace in top["data"]}  # once in a legend is enough
    lower = [t | ({"showlegend": False} if t.get("name") in named else {}) for t in shifted["data"]]
    both = {"data": [*top["data"], *lower], "layout": layout}
    rows = [list(range(count)), list(range(count, 2 * count))]
    return arrange(both, rows, [min(meta["height"], STACKED)] * 2)


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
    upright = panel.y.get("title", "")
    upright = upright if isinstance(upright, dict) else {"text": upright}  # Plotly's only form
    layout[f"yaxis{suffix}"] = {**base, "anchor": f"x{suffix}", **panel.y, "title": upright}
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
