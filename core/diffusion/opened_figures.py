"""Pictures of one pass through the U-Net: the whole of it, and what each block sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.diffusion.opened_diagram import INK, SKIP, Card, diagram, grey, heat, strongest
from core.diffusion.opened_layout import (
    Block,
    blocks_of,
    chosen,
    maps_of,
    setting_of,
    spec_of,
    title_of,
)
from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import CLEAR, GAP, bare, words

if TYPE_CHECKING:
    from core.diffusion.opened import Frame, Settings

Trace = dict[str, Any]
HIGH = 440
SHOWN = 8  # maps of each block in a row
_TOP = 254.5 / GAP
MAPS = [[place * 254 / GAP, color] for place, color in theme.DIVERGING]
MAPS += [[_TOP, theme.DIVERGING[-1][1]], [_TOP, CLEAR], [1.0, CLEAR]]


def network(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The U, and all maps of the chosen block."""
    frame = frames[0]
    return figure([diagram(settings, frame), _mosaic(settings, frame)], height=HIGH)


def _mosaic(settings: Settings, frame: Frame) -> Panel:
    spec = spec_of(frame)
    block = chosen(settings.block, spec)
    maps = maps_of(frame, block)
    across = int(np.ceil(np.sqrt(len(maps))))
    z = tiled(maps, across, max(1, block.side // 9))
    trace = heat(z, Card(0, 0, 1), MAPS, GAP)
    trace |= {"x0": 0.5, "dx": 1, "y0": 0.5, "dy": 1}
    x, y = bare(0, z.shape[1], "maps"), bare(z.shape[0], 0, "maps")
    title = f"{title_of(block, len(spec['channels']))}: {block.channels} maps of "
    title += f"{block.side}×{block.side}"
    return Panel([trace], title, x, y, square=True)


def tiled(maps: np.ndarray, columns: int, gap: int) -> np.ndarray:
    """Maps (n, h, w) of bytes to 254 side by side, the gaps between them ``GAP``."""
    count, high, wide = maps.shape
    rows = -(-count // columns)
    out = np.full((rows, columns, high + gap, wide + gap), GAP, np.uint8)
    places = np.arange(count)
    out[places // columns, places % columns, :high, :wide] = maps
    return out.swapaxes(1, 2).reshape(rows * (high + gap), columns * (wide + gap))[:-gap, :-gap]


def seen(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The strongest maps of every block, from the top; and the digit's share of each."""
    frame = frames[0]
    blocks = blocks_of(spec_of(frame))
    return figure([_rows(settings, frame, blocks), _shares(settings, frame, blocks)], height=HIGH)


def _rows(settings: Settings, frame: Frame, blocks: list[Block]) -> Panel:
    levels = len(spec_of(frame)["channels"])
    traces = [_picture(frame, 2, 0), *(_row(frame, one, n) for n, one in enumerate(blocks, 1))]
    traces.append(_picture(frame, 4, len(blocks) + 1))
    said = ["What goes in", *(title_of(b, levels) for b in blocks), "Digit found"]
    rows = np.arange(len(said)) + 0.45
    colors = [theme.EXACT] * len(said)
    colors[1 + blocks.index(chosen(settings.block, spec_of(frame)))] = theme.GENERATED
    traces.append(words([-0.15] * len(said), rows, said, "middle left", 11, colors))
    traces.append(_clicks(blocks, levels))
    x = {**bare(-4.2, SHOWN, "maps"), "constraintoward": "left"}
    y = {**bare(len(said), 0, "blocks"), "constraintoward": "top"}
    return Panel(traces, "The strongest maps of every block", x, y, square=True, width=0.9)


def _picture(frame: Frame, which: int, row: int) -> Trace:
    assert frame.pictures is not None
    return heat(grey(frame.pictures[which]), Card(0, row, 0.9), INK)


def _row(frame: Frame, block: Block, number: int) -> Trace:
    """Eight maps of a block, each in a square of side 0.9."""
    maps = strongest(frame, block, SHOWN)
    times = -(-10 // block.side)  # few pixels are drawn larger, for a gap is whole pixels
    maps = maps.repeat(times, 1).repeat(times, 2)
    side = maps.shape[1]
    gap = round(side / 9)
    z = tiled(maps, SHOWN, gap)
    pixel = 1 / (side + gap)
    trace = heat(z, Card(0, number, 1), MAPS, GAP)
    return trace | {"x0": pixel / 2, "dx": pixel, "y0": number + pixel / 2, "dy": pixel}


def _clicks(blocks: list[Block], levels: int) -> Trace:
    return {
        "type": "scatter", "mode": "markers", "x": [SHOWN / 2] * len(blocks),
        "y": [n + 0.45 for n in range(1, len(blocks) + 1)],
        "customdata": [[setting_of(one, levels)] for one in blocks],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
        "marker": {"symbol": "square", "size": 30, "opacity": 0},
        "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}},
    }  # fmt: skip


def _shares(settings: Settings, frame: Frame, blocks: list[Block]) -> Panel:
    """How much of the variance the digit makes, block after block."""
    assert frame.shares is not None
    rows = np.arange(len(frame.shares)) + 0.45
    kinds = ["input", *(one.name.partition(".")[0] for one in blocks), "image"]
    paint = {"down": theme.REAL, "middle": SKIP, "grown": theme.EXACT, "up": theme.LEARNED}
    bars = {
        "type": "bar", "orientation": "h", "x": frame.shares, "y": rows, "width": 0.7,
        "marker": {"color": [paint.get(kind, theme.GENERATED) for kind in kinds]},
        "text": [f"{share:.0%}" for share in frame.shares], "textposition": "outside",
        "cliponaxis": False, "hoverinfo": "skip",
    }  # fmt: skip
    levels = len(spec_of(frame)["channels"])
    said = ["What goes in", *(title_of(one, levels) for one in blocks), "Digit found"]
    names = words([-0.02] * len(rows), rows, said, "middle left", 11)
    x = {"range": [-0.62, 1.12], "tickformat": ".0%", "title": {"text": "share of the variance"}}
    x |= {"tickvals": [0, 0.25, 0.5, 0.75, 1]}
    y = {"range": [len(rows), 0], "title": {"text": ""}, "visible": False}
    title = f"The digit's part at t = {settings.t:,}"
    return Panel([bars, names], title, x, y)
