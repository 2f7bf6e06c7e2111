"""The blocks of a U-Net: their names, their maps, where they stand. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.nets import stored

if TYPE_CHECKING:
    from core.diffusion.opened import Frame

ZERO = 127  # the byte of a map that is 0; 0 and 254 are minus and plus the block's largest size
COUNT = 10  # digits that are sampled, one of each class
TIMES = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95)  # shares of the way at which the loss is measured
STOPS = (0.02, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9)  # shares of the way in "At every t"
PICTURES = ("image", "noise", "noised", "found_noise", "found_image")
VARIANTS = {
    "all-on": "All on",
    "finest-off": "Finest off",
    "middle-off": "Middle off",
    "coarsest-off": "Coarsest off",
    "all-off": "All off",
}
PLACES = ("finest", "middle", "coarsest")  # of three levels; fewer lack the middle ones


class Block(NamedTuple):
    """Where a network keeps maps. name: as in ``unet.UNet``, or ``grown.n``, what enters ``up.n``.

    level: from 0, the image's own size. channels: how many maps. side: places a side.
    """

    name: str
    level: int
    channels: int
    side: int

    @property
    def numbers(self) -> int:
        """How many numbers all its maps hold."""
        return self.channels * self.side**2

    @property
    def size(self) -> str:
        """Its maps in figures."""
        return f"{self.channels} × {self.side}×{self.side}"


def spec_of(frame: Frame) -> dict[str, Any]:
    """What network it is: the fields of ``unet.Spec``."""
    assert frame.spec is not None
    return stored.spec_of({"spec": frame.spec})


def sides_of(spec: Mapping[str, Any]) -> list[int]:
    """Places a side at each level: halved, rounded up."""
    found = [int(spec["side"])]
    while len(found) < len(spec["channels"]):
        found.append(-(-found[-1] // 2))
    return found


def blocks_of(spec: Mapping[str, Any]) -> list[Block]:
    """The blocks in the order of the way through."""
    wide, sides = list(spec["channels"]), sides_of(spec)
    last = len(wide) - 1
    found = [Block(f"down.{n}", n, wide[n], sides[n]) for n in range(last + 1)]
    found.append(Block("middle", last, wide[last], sides[last]))
    for n in range(last + 1):
        level = last - n
        if n:
            found.append(Block(f"grown.{n}", level, wide[level], sides[level]))
        found.append(Block(f"up.{n}", level, wide[level], sides[level]))
    return found


def place_of(level: int, levels: int) -> str:
    """Which of the levels it is, in a word."""
    if level == 0:
        return "finest"
    return "coarsest" if level == levels - 1 else "middle"


def level_of(place: str, levels: int) -> int:
    """The level of that word; of too few levels, the nearest."""
    return {"finest": 0, "middle": min(1, levels - 1), "coarsest": levels - 1}[place]


def chosen(block: str, spec: Mapping[str, Any]) -> Block:
    """The block that a setting names."""
    levels = len(spec["channels"])
    named = {one.name: one for one in blocks_of(spec)}
    way, _, place = block.partition("-")
    if not place:
        return named["middle"]
    level = level_of(place, levels)
    if way == "down":
        return named[f"down.{level}"]
    n = levels - 1 - level
    return named.get(f"{'up' if way == 'up' else 'grown'}.{n}", named["middle"])


def setting_of(block: Block, levels: int) -> str:
    """The setting that names the block."""
    way = block.name.partition(".")[0]
    if way == "middle":
        return "bottleneck"
    return f"{'doubled' if way == 'grown' else way}-{place_of(block.level, levels)}"


def title_of(block: Block, levels: int) -> str:
    """The block as it reads on screen."""
    return TITLES[setting_of(block, levels)]


TITLES = {
    "down-finest": "Down, finest",
    "down-middle": "Down, middle",
    "down-coarsest": "Down, coarsest",
    "bottleneck": "Bottleneck",
    "up-coarsest": "Up, coarsest",
    "doubled-middle": "Doubled to middle",
    "up-middle": "Up, middle",
    "doubled-finest": "Doubled to finest",
    "up-finest": "Up, finest",
}


def keep_of(skips: str, levels: int) -> list[float]:
    """What each level's skip connection is multiplied by, from level 0."""
    if skips in ("all-on", "all-off"):
        return [float(skips == "all-on")] * levels
    off = level_of(skips.removesuffix("-off"), levels)
    return [float(level != off) for level in range(levels)]


def contrast(skips: str) -> str:
    """What is set against all on: the chosen, or where that is all on, all off."""
    return "all-off" if skips == "all-on" else skips


def maps_of(frame: Frame, block: Block) -> np.ndarray:
    """All maps of the block, (channels, side, side) uint8, ``ZERO`` for 0."""
    assert frame.maps is not None
    start = 0
    for one in blocks_of(spec_of(frame)):
        if one == block:
            return frame.maps[start : start + one.numbers].reshape(-1, one.side, one.side)
        start += one.numbers
    raise KeyError(block.name)
