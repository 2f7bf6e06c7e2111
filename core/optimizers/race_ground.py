"""What the race's pictures are drawn on: the window, the heights in it, the paths."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from core.optimizers.surfaces import SURFACES, TURNED, Options, value

if TYPE_CHECKING:
    from core.optimizers.race import RaceFrame, RaceSettings

Span = tuple[float, float]
Window = tuple[Span, Span]
SIDE, KEPT = 49, 150
HIGH = 460  # pixels: every view of the race
HUGE = 1e30  # what a float32 on its way to the browser holds with ease
RATES = {"best": "each at its best learning rate", "same": "one learning rate for all: unfair"}


def window_of(settings: RaceSettings) -> Window:
    """What the map shows: the surface's window, widened to hold the start at every rotation."""
    (x0, x1), (y0, y1) = SURFACES[settings.surface].window
    x, y = settings.start_x, settings.start_y
    if settings.surface in TURNED:
        half = 1.03 * max(x1, 1.1 * math.hypot(x, y))
        return (-half, half), (-half, half)
    pad = 0.04 * max(x1 - x0, y1 - y0)
    return (min(x0, x) - pad, max(x1, x) + pad), (min(y0, y) - pad, max(y1, y) + pad)


def path_of(frames: list[RaceFrame], at: int, racer: int) -> np.ndarray:
    """Every position of one racer up to that frame, (n, 2); long paths lose points after 150."""
    path = np.concatenate([frame.path[racer] for frame in frames[: at + 1]])
    stride = max(1, math.ceil((len(path) - KEPT) / KEPT)) | 1  # odd, or a zigzag would vanish
    kept = [*range(min(KEPT, len(path))), *range(KEPT, len(path), stride)]
    return path[sorted({*kept, len(path) - 1})].astype(np.float32)


def within(path: np.ndarray, window: Window, factor: float) -> np.ndarray:
    """The path with gaps where it is further from the middle than factor half-windows."""
    low, high = np.array(window).T
    outside = np.abs(path - (low + high) / 2) > factor * (high - low) / 2
    return np.where(outside.any(1, keepdims=True), np.nan, path).astype(np.float32)


def scaled(options: Options, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Heights as the pictures show them: log10(1 + height above the minimum); a formula's own."""
    minima = SURFACES[options.surface].minima
    with np.errstate(all="ignore"):
        z = value(options, x, y)
        shown = np.log10(1 + np.maximum(z - minima[0][2], 0)) if minima else z
    return np.asarray(np.where(np.isfinite(shown), np.clip(shown, -HUGE, HUGE), np.nan))


@lru_cache(maxsize=64)
def heights(options: Options, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The grid of the window, (g,), (g,) and (g, g), kept so that a replay sends it once."""
    xs, ys = (np.linspace(*span, SIDE) for span in window)
    z = scaled(options, *np.meshgrid(xs, ys))
    if not np.isfinite(z).any():
        z = np.zeros_like(z)
    if options.surface == "formula":  # a pole would leave the rest without colour
        z = np.clip(z, *np.nanpercentile(z, (2, 98)))
    return xs.astype(np.float32), ys.astype(np.float32), z.astype(np.float32)
