"""One visual language: the colour and mark of real, generated, learned, exact and gradient.

The colours follow Okabe and Ito (2008), shifted to a middle tone that reads on light and dark
ground; colour-blind readers tell them apart (tests/core/test_theme.py says by what measure). A
mark goes with each, so that no meaning hangs on colour alone.
"""

from __future__ import annotations

from typing import Any

REAL = "#1A80C4"
GENERATED = "#DF7A00"
LEARNED = "#009E73"
EXACT = "#717981"
GRADIENT = "#CC79A7"
WARNING = "#D55E00"
GRID = "rgba(128,136,144,0.18)"

LANGUAGE: dict[str, dict[str, str]] = {
    "real": {"color": REAL, "mark": "circle", "says": "real data"},
    "generated": {"color": GENERATED, "mark": "diamond", "says": "made by a model"},
    "learned": {"color": LEARNED, "mark": "line", "says": "learned by a model"},
    "exact": {"color": EXACT, "mark": "dash", "says": "exact, from a formula"},
    "gradient": {"color": GRADIENT, "mark": "arrow", "says": "gradient"},
}

# Heights as brightness, one hue: dark is low. Reads on both grounds.
HEIGHTS: list[list[Any]] = [
    [0.0, "#0b3c5d"],
    [0.25, "#2a6f97"],
    [0.5, "#61a5c2"],
    [0.75, "#a9d6e5"],
    [1.0, "#e6f4f9"],
]
# Two classes, from REAL through neutral to GENERATED, for decision surfaces.
DIVERGING: list[list[Any]] = [
    [0.0, "#1A80C4"],
    [0.35, "#8fc1de"],
    [0.5, "#e9ecef"],
    [0.65, "#f3c48b"],
    [1.0, "#DF7A00"],
]
# For several lines in one chart: colour and dash together tell them apart.
SERIES = ("#1A80C4", "#DF7A00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B5A200", "#7A5FB0")
DASHES = ("solid", "dash", "dot", "dashdot")


def series(index: int) -> dict[str, str]:
    """Line colour and dash of the series of that number; 32 differ.

    The dash changes after four, not eight: without green or red, orange is olive and blue violet.
    """
    dash = index // 4 + index // 16
    return {"color": SERIES[index % len(SERIES)], "dash": DASHES[dash % len(DASHES)]}


def mixed(color: str, share: float) -> str:
    """The colour #rrggbb mixed with white by that share, from 0 to 1, or with black, from -1."""
    ground = 255 if share > 0 else 0
    parts = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(p + abs(share) * (ground - p)):02x}" for p in parts)
