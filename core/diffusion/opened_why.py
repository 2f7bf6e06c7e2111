"""One pass through the U-Net in numbers: one pixel, one convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.diffusion.opened_layout import blocks_of, chosen, sides_of, spec_of, title_of
from core.diffusion.schedules import SCHEDULES
from core.plot.latex import four

if TYPE_CHECKING:
    from core.diffusion.opened import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """What v stands for at one pixel, and what a convolution of the chosen block costs."""
    return {"One pixel": _pixel(settings, frames[0]), "One convolution": _cost(settings, frames[0])}


def _pixel(settings: Settings, frame: Frame) -> str:
    assert frame.pictures is not None
    spec = spec_of(frame)
    course = SCHEDULES[spec["schedule"]](spec["steps"])
    t = min(settings.t, course.steps)
    a, s = float(course.signal[t]), float(course.noise[t])
    middle = spec["side"] // 2
    start, noise, x, found, image, *_ = (float(one[middle, middle]) for one in frame.pictures)
    v = a * found - s * image
    return (
        f"Row {middle}, column {middle}, at $t = {t}$. In goes a mix of the digit and the noise:"
        f"\n\n$$x_t = {four(a)} \\cdot ({four(start)}) + {four(s)} \\cdot ({four(noise)}) "
        f"= {four(x)}$$\n\nOut comes $v = {four(v)}$, which stands for both:\n\n"
        f"$$\\hat\\epsilon = {four(a)} \\cdot ({four(v)}) + {four(s)} \\cdot ({four(x)}) "
        f"= {four(found)}, \\qquad \\hat x_0 = {four(a)} \\cdot ({four(x)}) - {four(s)} "
        f"\\cdot ({four(v)}) = {four(image)}$$\n\n"
        f"The noise there was ${four(noise)}$, the digit ${four(start)}$."
    )


def _cost(settings: Settings, frame: Frame) -> str:
    spec = spec_of(frame)
    block = chosen(settings.block, spec)
    wide, sides = spec["channels"], sides_of(spec)
    after, places = wide[block.level], sides[block.level] ** 2
    title = title_of(block, len(wide))
    if block.name.startswith("grown"):
        below = wide[block.level + 1]
        own, into = 4 * below * block.channels, sides[block.level + 1] ** 2
        return (
            f"{title}: each of {into} places becomes four, by a transposed convolution of 2×2 from "
            f"{below} maps to {block.channels}.\n\n$$4 \\cdot {below} \\cdot {block.channels} + "
            f"{block.channels} = {own + block.channels:,}$$\n\nparameters, and "
            f"${into} \\cdot {own:,} = {into * own:,}$ multiply-adds for an image."
        )
    before = {"up": 2 * after, "middle": after}.get(block.name.partition(".")[0])
    before = before or wide[max(block.level - 1, 0)]
    own = 9 * before * after
    joined = ", half of them from the skip connection," if block.name.startswith("up") else ""
    return (
        f"{title}: its first 3×3 convolution makes {after} maps of {before}{joined} at {places} "
        f"places.\n\n$$9 \\cdot {before} \\cdot {after} + {after} = {own + after:,}$$\n\n"
        f"parameters, the same at every place, and "
        f"${places} \\cdot {own:,} = {places * own:,}$ multiply-adds for an image. "
        f"The network has {len(blocks_of(spec))} such places to look at; Costs has the sums."
    )
