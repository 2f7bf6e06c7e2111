"""The U as a diagram: a map of every block where it stands, arrows for what happens between.

Drawn as in Ronneberger, Fischer and Brox 2015, figure 1: down on the left, up on the right, copies
straight across. Units are of the drawing; y points down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.diffusion.opened_layout import (
    ZERO,
    Block,
    blocks_of,
    chosen,
    keep_of,
    maps_of,
    setting_of,
    spec_of,
)
from core.plot import theme
from core.plot.panels import Panel
from core.plot.sheets import bare, words

if TYPE_CHECKING:
    from core.diffusion.opened import Frame, Settings

Trace = dict[str, Any]
Spot = tuple[float, float]
SKIP, FLOW, OFF = "#7A5FB0", theme.EXACT, theme.WARNING
INK = [[0.0, "#f4f6f8"], [1.0, "#1d2733"]]
LARGEST, SHRINK = 2.3, 0.76  # side of a card at level 0; how much smaller the next level's
ROOM, GAP = 0.85, 0.12  # over a row for its words; between two cards that are joined
AWAY = 0.8  # between cards with an arrow between them


class Card(NamedTuple):
    """A square in the drawing: its left upper corner and its side."""

    x: float
    y: float
    side: float

    @property
    def left(self) -> Spot:
        """The middle of an edge; so the others."""
        return self.x, self.y + self.side / 2

    @property
    def right(self) -> Spot:
        return self.x + self.side, self.y + self.side / 2

    @property
    def top(self) -> Spot:
        return self.x + self.side / 2, self.y

    @property
    def bottom(self) -> Spot:
        return self.x + self.side / 2, self.y + self.side


def cards(levels: int) -> dict[str, Card]:
    """Where everything stands: ``input``, ``noise``, ``image``, the blocks, and copies by level."""
    sides = [LARGEST * SHRINK**n for n in range(levels)]
    tops = [ROOM]
    for side in sides[:-1]:
        tops.append(tops[-1] + side + ROOM)
    found = {"input": Card(0.0, tops[0], sides[0])}
    x = sides[0] + AWAY
    for n, (top, side) in enumerate(zip(tops, sides, strict=True)):
        found[f"down.{n}"] = Card(x, top, side)
        x += 0.62 * side
    last, side = levels - 1, sides[-1]
    found["middle"] = Card(x + 0.8 * side, tops[-1] + side + 0.75 * ROOM, side)
    x += 1.9 * side
    for n, level in enumerate(reversed(range(levels))):
        side, top = sides[level], tops[level]
        if n:  # the doubled maps stand over those that are doubled
            below = found[f"up.{n - 1}"]
            found[f"grown.{n}"] = Card(below.top[0] - side / 2, top, side)
            x = found[f"grown.{n}"].x - GAP - side
        found[f"copy.{level}"] = Card(x, top, side)
        x += (side + GAP if n else 0) + side + AWAY
        found[f"up.{n}"] = Card(x, top, side)
    end = found[f"up.{last}"]
    for n, name in enumerate(("noise", "image")):
        found[name] = Card(end.x + end.side + AWAY, tops[0] + n * (sides[0] + ROOM), sides[0])
    return found


def diagram(settings: Settings, frame: Frame) -> Panel:
    """The network with real maps in it."""
    spec = spec_of(frame)
    levels = len(spec["channels"])
    blocks, places = blocks_of(spec), cards(levels)
    keep = keep_of(settings.skips, levels)
    look = chosen(settings.block, spec)
    high = places["middle"].bottom[1] + 0.3
    wide = places["image"].right[0]
    assert frame.pictures is not None and frame.told is not None
    traces = [
        *_pictures(frame, places),
        *(_map(strongest(frame, one), places[one.name]) for one in blocks),
        *(_copy(frame, blocks[n], places[f"copy.{n}"], on) for n, on in enumerate(keep)),
        _told(frame, places["input"], high),
        _stacks(blocks, places),
        _arrows("flow", _flows(levels, places), FLOW, 2),
        _arrows("skips", _skips(places, keep, 1.0), SKIP, 3),
        _arrows("skips off", _skips(places, keep, 0.0), OFF, 1.5, "dot"),
        _ring(places[look.name]),
        *_words(settings, frame, blocks, places, keep),
        _squares(blocks, places, levels),
    ]
    x, y = bare(-0.1, wide + 0.1, "the way through"), bare(high, 0, "level")
    title = "Click a block: orange is +, blue −"
    return Panel(traces, title, x, y, square=True, width=3.1, stacked=240)


def strongest(frame: Frame, block: Block, count: int = 1) -> np.ndarray:
    """The maps of a block that differ most from place to place, (count, side, side), in order."""
    maps = maps_of(frame, block)
    order = np.argsort(-maps.reshape(len(maps), -1).astype(np.float32).std(1), kind="stable")
    return maps[np.sort(order[:count])]


def heat(z: np.ndarray, card: Card, scale: list[list[Any]], high: int = 254) -> Trace:
    """Bytes as a picture on a card."""
    rows, columns = z.shape
    return {
        "type": "heatmap", "z": z, "zmin": 0, "zmax": high, "colorscale": scale,
        "x0": card.x + card.side / columns / 2, "dx": card.side / columns,
        "y0": card.y + card.side / rows / 2, "dy": card.side / rows,
        "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip


def grey(x: np.ndarray) -> np.ndarray:
    """Numbers from -1 to 1 as bytes, cut to that."""
    return np.asarray(((x.astype(np.float32).clip(-1, 1) + 1) * 127).round(), np.uint8)


def _pictures(frame: Frame, places: dict[str, Card]) -> list[Trace]:
    assert frame.pictures is not None
    _, _, noised, noise, image, *_ = frame.pictures
    shown = {"input": noised, "noise": noise / 2, "image": image}
    return [heat(grey(z), places[name], INK) for name, z in shown.items()]


def _map(maps: np.ndarray, card: Card) -> Trace:
    return heat(maps[0], card, theme.DIVERGING)


def _copy(frame: Frame, block: Block, card: Card, on: float) -> Trace:
    found = strongest(frame, block)
    return _map(found if on else np.full_like(found, ZERO), card)


def _told(frame: Frame, card: Card, high: float) -> Trace:
    """The numbers that stand for the time, in a strip at the lower left."""
    assert frame.told is not None
    size = float(np.abs(frame.told).max()) or 1.0
    z = np.rint(frame.told / size * ZERO + ZERO).astype(np.uint8).reshape(4, -1)
    columns = z.shape[1]
    pixel = card.side / columns
    strip = heat(z, Card(card.x, high - 1.55, card.side), theme.DIVERGING)
    return {**strip, "y0": high - 1.55 + pixel / 2, "dy": pixel}


def _stacks(blocks: list[Block], places: dict[str, Card]) -> Trace:
    """Edges of the maps behind: the more, the more channels."""
    spots: list[Spot] = []
    for block in blocks:
        x, y, side = places[block.name]
        for n in range(1, int(np.log2(block.channels))):
            by = 0.07 * n
            spots += [(x + by, y - by), (x + side + by, y - by), (x + side + by, y + side - by)]
            spots.append((np.nan, np.nan))
    return _line("stacks", spots, FLOW, 1)


def _flows(levels: int, places: dict[str, Card]) -> list[tuple[Spot, Spot]]:
    """From card to card along the U."""
    last = levels - 1
    found = [(places["input"].right, places["down.0"].left)]
    found += [(_corner(places[f"down.{n}"]), places[f"down.{n + 1}"].top) for n in range(last)]
    found.append((_corner(places[f"down.{last}"]), places["middle"].left))
    found.append((places["middle"].right, places["up.0"].bottom))
    for n in range(last + 1):
        joined = places.get(f"grown.{n}", places[f"copy.{last}"])
        found.append((joined.right, places[f"up.{n}"].left))
        if n < last:
            found.append((places[f"up.{n}"].top, places[f"grown.{n + 1}"].bottom))
    end = places[f"up.{last}"]
    found += [(end.right, places[name].left) for name in ("noise", "image")]
    return found


def _corner(card: Card) -> Spot:
    return card.x + card.side, card.y + card.side


def _skips(places: dict[str, Card], keep: list[float], which: float) -> list[tuple[Spot, Spot]]:
    pairs = []
    for level, on in enumerate(keep):
        if on == which:
            x, y = places[f"down.{level}"].right
            pairs.append(((x + 0.35, y), places[f"copy.{level}"].left))
    return pairs


def _arrows(
    name: str, paths: list[tuple[Spot, Spot]], color: str, width: float, dash: str = "solid"
) -> Trace:
    spots = [spot for a, b in paths for spot in (a, b, (np.nan, np.nan))] or [(np.nan, np.nan)]
    sizes = [0, 9 + width, 0] * max(len(paths), 1)
    marker: Trace = {"symbol": "arrow", "angleref": "previous", "size": sizes[: len(spots)]}
    marker |= {"color": color, "line": {"width": 0}, "opacity": 1}
    return {**_line(name, spots, color, width, dash), "mode": "lines+markers", "marker": marker}


def _line(name: str, spots: list[Spot], color: str, width: float, dash: str = "solid") -> Trace:
    xy = np.array(spots, np.float32).reshape(-1, 2)
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": xy[:, 0], "y": xy[:, 1],
        "line": {"color": color, "width": width, "dash": dash},
        "hoverinfo": "skip", "cliponaxis": False,
    }  # fmt: skip


def _ring(card: Card) -> Trace:
    x, y, side = card
    spots = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return _line("chosen", spots, theme.GENERATED, 3)


def _words(
    settings: Settings,
    frame: Frame,
    blocks: list[Block],
    places: dict[str, Card],
    keep: list[float],
) -> list[Trace]:
    """Channels over the cards, sides beside the levels, what goes in and what comes out."""
    levels = len(keep)
    under = {one.name: f"{one.channels}" for one in blocks if not one.name.startswith("up.")}
    under |= {f"copy.{n}": f"{blocks[n].channels}" for n in range(levels)}
    counts = words(
        [places[name].x for name in under],
        [places[name].bottom[1] + 0.3 for name in under],
        list(under.values()),
        "middle right",
        11,
    )
    sides = words(
        [places["input"].x, *(places[f"down.{n}"].x - 0.15 for n in range(1, levels))],
        [places["input"].bottom[1] + 0.3] + [places[f"down.{n}"].left[1] for n in range(1, levels)],
        [f"{one.side}×{one.side}" for one in blocks[:levels]],
        ["middle right", *["middle left"] * (levels - 1)],  # type: ignore[arg-type]
        11,
        FLOW,
    )
    ends = {"input": f"t = {settings.t:,}", "noise": "noise found", "image": "digit found"}
    told = words(
        [places["input"].x, *(places[name].right[0] for name in ("noise", "image"))],
        [places[name].y - 0.3 for name in ends],
        list(ends.values()),
        ["middle right", "middle left", "middle left"],  # type: ignore[arg-type]
        12,
    )
    off = [places[f"copy.{n}"] for n, on in enumerate(keep) if n and not on]
    cut = words(
        [card.x - 0.6 for card in off],
        [card.y + card.side / 2 - 0.3 for card in off],
        ["off"] * len(off),
        "middle left",
        12,
        OFF,
    )
    assert frame.told is not None
    high = places["middle"].bottom[1] + 0.3
    time = words([0.0], [high - 1.95], ["t, told to all"], "middle right", 11)
    return [counts, sides, told, cut, time, _steps(places, keep)]


def _steps(places: dict[str, Card], keep: list[float]) -> Trace:
    """What the arrows stand for, beside one of each kind."""
    down, up, copy = places["down.0"], places["grown.1"], places["copy.0"]
    spots = [
        (down.x + down.side + 0.15, down.bottom[1] + 0.36),
        (up.top[0] + 0.2, up.bottom[1] + 0.36),
        ((down.right[0] + copy.x) / 2 + 0.1, down.left[1] - 0.35),
    ]
    x, y = zip(*spots, strict=True)
    places_of = ["middle right", "middle right", "middle center"]
    told = ["halved", "doubled", "skip: copied" if keep[0] else "skip: off"]
    colors = [FLOW, FLOW, SKIP if keep[0] else OFF]
    return words(list(x), list(y), told, places_of, 11, colors)  # type: ignore[arg-type]


def _squares(blocks: list[Block], places: dict[str, Card], levels: int) -> Trace:
    """Unseen squares over the cards, which take the click."""
    spots = [(places[one.name].top[0], places[one.name].left[1]) for one in blocks]
    return {
        **_line("blocks", spots, FLOW, 0),
        "mode": "markers",
        "hoverinfo": "text",
        "customdata": [[setting_of(one, levels)] for one in blocks],
        "hovertemplate": "%{text}<extra></extra>",
        "text": [f"{setting_of(one, levels)}: {one.size}" for one in blocks],
        "marker": {"symbol": "square", "size": 36, "opacity": 0},
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
    }
