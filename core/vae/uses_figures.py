"""Pictures of an image that is painted over, and of what may be under the paint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.data.masks import encode, grid
from core.experiment import Figure
from core.plot import theme
from core.plot.packed import packed
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words
from core.vae.uses_layout import DRAWN, SETS

if TYPE_CHECKING:
    from core.vae.uses import Frame, Settings

Trace = dict[str, Any]
COVER = [[0.0, "rgba(0,0,0,0)"], [1.0, "#9aa3ad"]]
UNSURE = [[0.0, "rgba(0,0,0,0)"], [1.0, theme.GENERATED]]
MOST_SPREAD = 0.5  # of a pixel between black and white


def rows(images: np.ndarray, labels: Sequence[str], title: str, left: float) -> Panel:
    """Images (rows, columns, s, s) with a word before each row; left: room for it, in images."""
    count = images.shape[1]
    heat, (wide, high) = sheet_trace(images.reshape(-1, *images.shape[2:]), count)
    cell = wide / count
    places = (np.arange(len(labels)) + 0.5) * cell
    says = words([-0.1 * cell] * len(labels), places, list(labels), "middle left")
    x = bare(-left * cell, wide, "column")
    y = {**bare(high, 0, "row"), "constraintoward": "top"}
    return Panel([heat, says], title, x, y, square=True)


def halves(
    images: np.ndarray, labels: Sequence[str], titles: tuple[str, str], left: float, stacked: int
) -> list[Panel]:
    """Images (rows, 10, s, s) as two panels of five columns, one under the other where narrow."""
    parts = [
        rows(part, labels, title, left)
        for part, title in zip(np.split(images, 2, 1), titles, strict=True)
    ]
    return [replace(part, stacked=stacked) for part in parts]


def completions(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The painted-over image, eight completions, where they differ, and the image itself."""
    frame = frames[at]
    assert frame.original is not None
    return figure([_covered(frame), _eight(frame), _spread(frame), _alone(frame.original)])


def _alone(image: np.ndarray) -> Panel:
    heat, (wide, high) = sheet_trace(image[None], 1)
    x, y = bare(0, wide, "column"), bare(high, 0, "row")
    return Panel([heat], "The original", x, y, square=True, width=0.8)


def _covered(frame: Frame) -> Panel:
    assert frame.original is not None and frame.hidden is not None
    heat, (wide, high) = sheet_trace(frame.original[None], 1)
    paint = _over(frame.hidden, COVER, 1.0)
    x, y = bare(0, wide, "column"), bare(high, 0, "row")
    return Panel([heat, paint], "Painted over", x, y, square=True, width=0.8)


def _eight(frame: Frame) -> Panel:
    assert frame.filled is not None
    heat, (wide, _) = sheet_trace(frame.filled, 4)
    cell, reads = wide / 4, names_read(frame)
    across, down = (np.arange(8) % 4 + 0.5) * cell, (np.arange(8) // 4 + 1) * cell * 1.18
    z = np.insert(heat["z"], [int(cell)] * int(0.18 * cell) + [2 * int(cell)] * 5, 255, axis=0)
    labels = words(across, down - 0.09 * cell - 0.5, reads, "middle center", 12, theme.GENERATED)
    x, y = bare(0, wide, "column"), bare(z.shape[0], 0, "row")
    title = "Eight completions, and what is read in them"
    return Panel([{**heat, "z": z}, labels], title, x, y, square=True, width=1.5)


def _spread(frame: Frame) -> Panel:
    assert frame.original is not None and frame.spread is not None
    faint, (wide, high) = sheet_trace(frame.original[None] // 4, 1)
    unsure = _over(frame.spread, UNSURE, MOST_SPREAD)
    x, y = bare(0, wide, "column"), bare(high, 0, "row")
    return Panel([faint, unsure], "Where they differ", x, y, square=True, width=0.8)


def _over(values: np.ndarray, scale: list[list[Any]], most: float) -> Trace:
    """Values (s, s) in colour over an image."""
    return {
        "type": "heatmap",
        "z": values,
        "x0": 0.5,
        "y0": 0.5,
        "dx": 1,
        "dy": 1,
        "zmin": 0,
        "zmax": most,
        "colorscale": scale,
        "showscale": False,
        "hoverinfo": "skip",
    }


def doubt(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """What all draws are read as, and the spread of every pixel."""
    frame = frames[at]
    assert frame.shares is not None
    names = _names(frame)
    bars = {
        "type": "bar",
        "x": names,
        "y": frame.shares,
        "marker": {"color": theme.GENERATED},
        "hovertemplate": "%{x}: %{y:.1%}<extra></extra>",
    }
    above = [f"{share:.0%}" if share >= 0.005 else "" for share in frame.shares]
    says = words(list(range(len(names))), frame.shares, above, "top center")
    says["x"] = names
    x = {"title": {"text": "class that is read"}, "range": [-0.6, len(names) - 0.4]}
    x |= {"type": "category"}
    y = {"title": {"text": "share of completions"}, "range": [0, 1.12], "tickformat": ".0%"}
    left = Panel([bars, says], f"What {DRAWN} completions are read as", x, y, width=1.4)
    return figure([left, _spread(frame)])


def _names(frame: Frame) -> list[str]:
    assert frame.source is not None
    return class_names(SETS[int(frame.source[0])])


def names_read(frame: Frame) -> list[str]:
    """What is read in each of the eight."""
    assert frame.read is not None
    names = _names(frame)
    return [names[n] for n in frame.read]


def payload(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    """What the browser draws, and the paint as the text that the hand changes."""
    frame = frames[-1]
    assert frame.original is not None and frame.filled is not None and frame.spread is not None
    spread = np.rint(np.clip(frame.spread / MOST_SPREAD, 0, 1) * 255).astype(np.uint8)
    reads = names_read(frame)
    return {
        "value": {"painted": encode(grid(settings.mask, settings.painted))},
        "image": packed(frame.original),
        "filled": packed(frame.filled),
        "spread": packed(spread),
        "reads": reads,
        "told": f"Eight completions, read as {', '.join(reads)}.",
    }


def moved(settings: Settings, value: Any) -> dict[str, Any]:
    """The paint that the browser tells."""
    return {"mask": "hand", "painted": str(value["painted"])}
