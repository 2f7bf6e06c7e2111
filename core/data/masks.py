"""What is painted over: 14x14 squares, as a shape by name or as text for a link. Imports no torch.

The text: row by row a bit a square, 1 is painted over, as 49 hexadecimal digits; empty is none.
"""

from __future__ import annotations

import re

import numpy as np

SIDE = 14
LENGTH = SIDE * SIDE // 4  # hexadecimal digits
SHAPES = {
    "left": "Left half",
    "right": "Right half",
    "top": "Upper half",
    "bottom": "Lower half",
    "band": "A band across the middle",
    "all": "All of it",
    "none": "Nothing",
    "hand": "What you paint",
}
HALF = SIDE // 2
BAND = slice(5, 9)


def grid(shape: str, painted: str) -> np.ndarray:
    """The squares (14, 14) bool that a shape paints over; painted: the text of one by hand."""
    if shape == "hand":
        return decode(painted)
    found = np.zeros((SIDE, SIDE), bool)
    rows, columns = {
        "left": (slice(None), slice(None, HALF)),
        "right": (slice(None), slice(HALF, None)),
        "top": (slice(None, HALF), slice(None)),
        "bottom": (slice(HALF, None), slice(None)),
        "band": (BAND, slice(None)),
        "all": (slice(None), slice(None)),
        "none": (slice(0), slice(0)),
    }[shape]
    found[rows, columns] = True
    return found


def pixels(squares: np.ndarray, side: int) -> np.ndarray:
    """The same on an image (side, side): each pixel as the square that its middle lies in."""
    at = (np.arange(side) * 2 + 1) * SIDE // (2 * side)
    found: np.ndarray = squares[np.ix_(at, at)]
    return found


def decode(text: str) -> np.ndarray:
    """The squares (14, 14) bool. ValueError says what is wrong."""
    if not re.fullmatch(f"([0-9a-f]{{{LENGTH}}})?", text):
        raise ValueError(
            f"{LENGTH} of the digits 0 to 9 and letters a to f, a bit for each of {SIDE}x{SIDE} "
            "squares, or nothing"
        )
    bits = np.unpackbits(np.frombuffer(bytes.fromhex("0" + text if text else ""), np.uint8))
    return bits[4:].astype(bool).reshape(SIDE, SIDE) if text else np.zeros((SIDE, SIDE), bool)


def encode(squares: np.ndarray) -> str:
    """The text of squares (14, 14)."""
    return np.packbits(np.append(np.zeros(4, bool), squares.ravel())).tobytes().hex()[1:]
