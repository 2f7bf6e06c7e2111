"""Pictures of the way from noise to images, and of what was made of what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.masks import encode, grid
from core.diffusion.images_layout import ACROSS, EIGHT, shares_of
from core.experiment import Figure
from core.plot import theme
from core.plot.packed import packed
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words

if TYPE_CHECKING:
    from core.diffusion.images import Frame, Settings

Trace = dict[str, Any]
COVER = [[0.0, "rgba(0,0,0,0)"], [1.0, "#9aa3ad"]]
UNSURE = [[0.0, "rgba(0,0,0,0)"], [1.0, theme.GENERATED]]
MOST_SPREAD = 0.5  # of a pixel between black and white


def way(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """What is there, the noise in it and what would be left, each a wall."""
    frame = frames[at]
    assert frame.noisy is not None and frame.noise is not None and frame.start is not None
    t, step = frame.metrics["time"], frame.step
    end = t == 0
    panels = [
        _wall(frame.noisy, "What is there: x<sub>t</sub>", f"step {step:,}, t = {t:.0f}"),
        _wall(frame.noise, "The noise it sees there", "as last seen" if end else ""),
        _wall(frame.start, "What it says is under it: x\N{COMBINING CIRCUMFLEX ACCENT}<sub>0</sub>",
              _reads(settings, frame)),
    ]  # fmt: skip
    return figure(panels, height=370)


def _wall(images: np.ndarray, title: str, under: str) -> Panel:
    heat, (wide, high) = sheet_trace(images, ACROSS)
    cell = wide / ACROSS
    says = words([0], [high + 0.16 * cell], [under], "middle right", 13)
    x, y = bare(0, wide, "column"), bare(high + 0.4 * cell, 0, "row")
    y["constraintoward"] = "top"
    return Panel([heat, says], title, x, y, square=True, stacked=390)


def _reads(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    if "class_accuracy" in m:
        return f"{m['class_accuracy']:.0%} read as asked for"
    if "right" in m:
        return f"{m['right']:.0%} read as the true digit"
    return f"{m['kinds']:.0f} different digits are read"


def completions(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """What is given, eight answers, where they differ, and what was not shown."""
    frame = frames[at]
    assert frame.given is not None and frame.start is not None
    panels = [_given(settings, frame), _eight(frame)]
    if frame.best is not None:
        panels.append(_alone(frame.best, "Their mean, by one look"))
    else:
        panels.append(_spread(frame))
    if frame.original is not None:
        panels.append(_alone(frame.original, "The original"))
    return figure(panels, height=300)


def _given(settings: Settings, frame: Frame) -> Panel:
    assert frame.given is not None
    titles = {"denoise": "Given: noise on it", "upscale": "Given: 7x7 pixels"}
    titles |= {"inpaint": "Painted over", "sketch": "Your drawing"}
    panel = _alone(frame.given, titles[settings.task])
    if frame.hidden is None:
        return panel
    paint = _over(frame.hidden, COVER, 1.0)
    return Panel([*panel.traces, paint], panel.title, panel.x, panel.y, square=True, width=0.8)


def _alone(image: np.ndarray, title: str) -> Panel:
    heat, (wide, high) = sheet_trace(image[None], 1)
    x, y = bare(0, wide, "column"), {**bare(high, 0, "row"), "constraintoward": "top"}
    return Panel([heat], title, x, y, square=True, width=0.8, stacked=300)


def _eight(frame: Frame) -> Panel:
    assert frame.start is not None and frame.read is not None
    heat, (wide, _) = sheet_trace(frame.start[:EIGHT], 4)
    cell = wide / 4
    side = int(cell)
    across, down = (np.arange(8) % 4 + 0.5) * cell, (np.arange(8) // 4 + 1) * cell * 1.2
    gap = max(3, round(0.2 * cell))
    z = np.insert(heat["z"], [side] * gap + [2 * side] * gap, 255, axis=0)
    reads = [str(n) for n in frame.read[:EIGHT]]
    labels = words(across, down - 0.1 * cell, reads, "middle center", 12, theme.GENERATED)
    x = bare(0, wide, "column")
    y = {**bare(z.shape[0], 0, "row"), "constraintoward": "top"}
    title = "Eight answers, and what is read in them"
    return Panel([{**heat, "z": z}, labels], title, x, y, square=True, width=1.7, stacked=300)


def _spread(frame: Frame) -> Panel:
    assert frame.given is not None and frame.start is not None
    faint, (wide, high) = sheet_trace(frame.given[None] // 4, 1)
    x, y = bare(0, wide, "column"), {**bare(high, 0, "row"), "constraintoward": "top"}
    traces = [faint, _over(_differ(frame), UNSURE, MOST_SPREAD)]
    return Panel(traces, "Where they differ", x, y, square=True, width=0.8, stacked=300)


def _differ(frame: Frame) -> np.ndarray:
    """Standard deviation of every pixel over the answers, (s, s), black 0 and white 1."""
    assert frame.start is not None
    return np.asarray((frame.start / np.float32(255)).std(0))


def _over(values: np.ndarray, scale: list[list[Any]], most: float) -> Trace:
    """Values (s, s) in colour over an image."""
    return {
        "type": "heatmap", "z": values, "x0": 0.5, "dx": 1, "y0": 0.5, "dy": 1,
        "zmin": 0, "zmax": most, "colorscale": scale, "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip


def painted(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    """What the browser draws to paint over, and the paint as the text that the hand changes."""
    frame = frames[-1]
    assert frame.original is not None and frame.start is not None and frame.read is not None
    spread = np.rint(np.clip(_differ(frame) / MOST_SPREAD, 0, 1) * 255).astype(np.uint8)
    reads = [str(n) for n in frame.read]
    return {
        "value": {"painted": encode(grid(settings.mask, settings.painted))},
        "image": packed(frame.original),
        "filled": packed(frame.start),
        "spread": packed(spread),
        "reads": reads,
        "told": f"Eight completions, read as {', '.join(reads)}.",
    }


def paint_moved(settings: Settings, value: Any) -> dict[str, Any]:
    """The paint that the browser tells."""
    return {"mask": "hand", "painted": str(value["painted"])}


def drawn(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    """What the drawing pad is sent: eight digits made of the drawing, and what is read in them."""
    frame = frames[-1]
    assert frame.start is not None and frame.read is not None
    reads = [str(n) for n in frame.read]
    return {
        "value": {"drawing": settings.drawing},
        "names": [str(n) for n in range(10)],
        "probabilities": [round(float(share), 4) for share in shares_of(frame.read)],
        "made": packed(frame.start),
        "reads": reads,
        "told": f"Eight digits of your drawing, read as {', '.join(reads)}.",
    }


def drawing_moved(settings: Settings, value: Any) -> dict[str, Any]:
    """The drawing that the browser tells."""
    return {"drawing": str(value["drawing"])}
