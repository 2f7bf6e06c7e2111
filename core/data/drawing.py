"""Drawn images as text: 28x28 pixels of 16 greys, short enough for a link.

Row by row: a hexadecimal digit is a pixel, 0 dark and f light; a letter from g to z is a run of 1
to 20 dark pixels. What is missing at the end is dark. A drawn digit takes some 250 characters.
"""

from __future__ import annotations

import string

import numpy as np

SIDE = 28
LEVELS = 16
MOST = SIDE * SIDE  # characters
RUNS = string.ascii_lowercase[6:]  # g is a run of one


def decode(text: str) -> np.ndarray:
    """The image (28, 28) float32 in [0, 1]. ValueError says what is wrong."""
    pixels: list[int] = []
    for char in text:
        if char in RUNS:
            pixels += [0] * (RUNS.index(char) + 1)
        elif char in "0123456789abcdef":
            pixels.append(int(char, LEVELS))
        else:
            raise ValueError(f"a drawing has the digits 0 to 9 and letters a to z, not {char!r}")
    if len(pixels) > MOST:
        raise ValueError(f"a drawing has {MOST} pixels; this one has {len(pixels)}")
    pixels += [0] * (MOST - len(pixels))
    return np.array(pixels, np.float32).reshape(SIDE, SIDE) / (LEVELS - 1)


def encode(image: np.ndarray) -> str:
    """The text of an image (28, 28) of values in [0, 1], to the nearest of 16 greys."""
    levels = np.rint(np.clip(image, 0, 1) * (LEVELS - 1)).astype(int).ravel().tolist()
    out, dark = "", 0
    for level in levels:
        if level == 0:
            dark += 1
            continue
        out += _run(dark) + f"{level:x}"
        dark = 0
    return out


def _run(dark: int) -> str:
    """So many dark pixels."""
    whole, rest = divmod(dark, len(RUNS))
    return RUNS[-1] * whole + (RUNS[rest - 1] if rest else "")
