"""Pictures of what does not belong: the oddest images, their scores, the ROC curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words
from core.vae.uses_layout import ODD, RATES

if TYPE_CHECKING:
    from core.vae.uses import Frame, Settings

Trace = dict[str, Any]
KNOWN, OUTSIDE = theme.REAL, theme.WARNING
BINS = 40
SCORES = ("reconstruction error", "−ELBO")


def strangers(settings: Settings) -> str:
    """What it never learned, in a word or two."""
    if settings.known == "nine-digits":
        return f"the digit {settings.left_out}"
    return "clothes" if settings.known == "mnist" else "digits"


def familiar(settings: Settings) -> str:
    """What it learned, in a word or two."""
    named = {"nine-digits": "the nine others", "mnist": "digits"}
    return named.get(settings.known, "clothes")


def odd(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The six most and the six least anomalous images, and where all scores lie."""
    frame = frames[at]
    return figure([_ends(frame), histogram(settings, frame, 1)], height=400)


def _ends(frame: Frame) -> Panel:
    assert frame.odd is not None and frame.odd_back is not None
    most, least = slice(None, ODD), slice(ODD, None)
    order = (frame.odd[most], frame.odd_back[most], frame.odd[least], frame.odd_back[least])
    heat, (wide, high) = sheet_trace(np.concatenate(order), ODD)
    cell = wide / ODD
    says = ["most<br>anomalous", "as it<br>comes back", "least<br>anomalous", "as it<br>comes back"]
    labels = words([-0.1 * cell] * 4, (np.arange(4) + 0.5) * cell, says, "middle left")
    x = bare(-2.0 * cell, wide, "column")
    y = {**bare(high, 0, "row"), "constraintoward": "top"}
    traces = [heat, labels, *_frames(frame, cell)]
    title = "Judged by the ELBO; framed: what it never learned"
    return Panel(traces, title, x, y, square=True, width=1.7, stacked=270)


def _frames(frame: Frame, cell: float) -> list[Trace]:
    """A frame around each shown image that is of what it never learned; the others have none."""
    assert frame.outside is not None and frame.odd_number is not None
    x: list[float | None] = []
    y: list[float | None] = []
    for place in np.flatnonzero(frame.outside[frame.odd_number]):
        left, top = place % ODD * cell, place // ODD * 2 * cell
        right, low = left + cell - 2, top + cell - 2
        x += [left, right, right, left, left, None]
        y += [top, top, low, low, top, None]
    line = {"color": OUTSIDE, "width": 2.5}
    return [{"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}]


def histogram(settings: Settings, frame: Frame, which: int) -> Panel:
    """Share of the images of both kinds in each range of a score, nats."""
    assert frame.scores is not None and frame.outside is not None
    score, outside = frame.scores[which], frame.outside.astype(bool)
    low, high = (float(v) for v in np.percentile(score, (0.2, 99.5)))
    edges = np.linspace(low, high, BINS + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    kinds = ((familiar(settings), ~outside, KNOWN), (strangers(settings), outside, OUTSIDE))
    shares = [
        np.histogram(np.clip(score[chosen], low, high), edges)[0] / max(1, chosen.sum())
        for _, chosen, _ in kinds
    ]
    top = 1.3 * float(max(part.max() for part in shares))
    traces = [
        _bars(middles, part, name, color)
        for part, (name, _, color) in zip(shares, kinds, strict=True)
    ]
    text = [name for name, *_ in kinds]
    colors = [color for *_, color in kinds]
    spot = low + 0.98 * (high - low)
    traces.append(words([spot] * 2, [0.97 * top, 0.89 * top], text, "middle left", 13, colors))
    x = {"title": {"text": f"{SCORES[which]} (nats)"}, "range": [low, high]}
    y = {"title": {"text": "share of images"}, "range": [0, top], "tickformat": ".0%"}
    score_name = SCORES[which][0].upper() + SCORES[which][1:]
    return Panel(traces, f"{score_name}: area {frame_area(frame, which):.2f}", x, y)


def frame_area(frame: Frame, which: int) -> float:
    """The area under that score's ROC curve."""
    return frame.metrics[("area_error", "area_elbo")[which]]


def _bars(middles: np.ndarray, share: np.ndarray, name: str, color: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": middles.astype(np.float32),
        "y": share.astype(np.float32),
        "line": {"color": color, "width": 2, "shape": "hvh"},
        "fill": "tozeroy",
        "hovertemplate": "%{x:.0f} nats: %{y:.1%}<extra>%{fullData.name}</extra>",
    }


def curves(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Both scores of both kinds, and what share is caught at what share of false alarms."""
    frame = frames[at]
    return figure([histogram(settings, frame, 0), histogram(settings, frame, 1), _roc(frame)])


def _roc(frame: Frame) -> Panel:
    assert frame.roc is not None
    styles = ((theme.SERIES[3], "dash"), (theme.LEARNED, "solid"))
    traces: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": SCORES[n],
            "x": RATES.astype(np.float32),
            "y": frame.roc[n],
            "line": {"color": color, "dash": dash, "width": 2.5},
            "hovertemplate": "%{x:.0%} false alarms: %{y:.0%} caught<extra></extra>",
        }
        for n, (color, dash) in enumerate(styles)
    ]
    chance = {"color": theme.EXACT, "dash": "dot", "width": 1.5}
    ends = [0.0, 1.0]
    traces.append(
        {"type": "scatter", "mode": "lines", "x": ends, "y": ends, "line": chance, "name": "a coin"}
    )
    says = [f"{SCORES[n]} {frame_area(frame, n):.2f}" for n in (0, 1)]
    low = float(frame.roc.mean()) < 0.5  # the label goes where the curves are not
    places = [0.95, 0.87] if low else [0.15, 0.07]
    side, at_x = ("middle right", 0.02) if low else ("middle left", 0.98)
    traces.append(words([at_x] * 2, places, says, side, 12, [c for c, _ in styles]))
    x = {"title": {"text": "false alarms"}, "range": [0, 1], "tickformat": ".0%"}
    y = {"title": {"text": "outsiders caught"}, "range": [0, 1.02], "tickformat": ".0%"}
    return Panel(traces, "ROC curves and their areas", x, y)
