"""Labelled points of the square [-1, 1]^2 as short text, for the address of a page.

A point is five characters: its class, then x and y as two hexadecimal digits each, 00 for -1 and
ff for 1. So 200 points are 1000 characters, and a coordinate comes back within 1/255.
"""

from __future__ import annotations

import numpy as np

MOST = 200
EACH = 5
_HEX = set("0123456789abcdefABCDEF")


def encode(x: np.ndarray, y: np.ndarray) -> str:
    """Text of points. x: (n, 2) within [-1, 1]. y: (n,) whole numbers 0 to 9. n: at most 200.

    Raises ValueError when a point lies outside, a class is none, or there are too many.
    """
    x, y = np.asarray(x, float).reshape(-1, 2), np.asarray(y)
    if len(x) > MOST or len(x) != len(y):
        raise ValueError(f"at most {MOST} points, each with a class: given {len(x)} and {len(y)}")
    if not bool(np.all(np.abs(x) <= 1)):
        raise ValueError("each coordinate lies between -1 and 1")
    if not bool(np.isin(y, np.arange(10)).all()):
        raise ValueError("each class is a digit from 0 to 9")
    levels = np.rint((x + 1) * 127.5).astype(int)
    return "".join(f"{int(c)}{a:02x}{b:02x}" for c, (a, b) in zip(y, levels, strict=True))


def decode(text: str, classes: int = 10, most: int = MOST) -> tuple[np.ndarray, np.ndarray]:
    """Points of a text: x (n, 2) float32 in [-1, 1], y (n,) int64 from 0 to classes - 1.

    Raises ValueError with one sentence that says which point is wrong and how.
    """
    if len(text) % EACH:
        raise ValueError(f"each point is {EACH} characters; the text has {len(text)}")
    if len(text) > EACH * most:
        raise ValueError(f"at most {most} points; the text has {len(text) // EACH}")
    rows = [text[i : i + EACH] for i in range(0, len(text), EACH)]
    for number, row in enumerate(rows, 1):
        _check(number, row, classes)
    levels = [(int(row[1:3], 16), int(row[3:5], 16)) for row in rows]
    x = np.array(levels, np.float64).reshape(-1, 2) / 127.5 - 1
    return x.astype(np.float32), np.array([int(row[0]) for row in rows], np.int64)


def _check(number: int, row: str, classes: int) -> None:
    if row[0] not in "0123456789"[:classes]:
        raise ValueError(f"point {number} has class {row[0]!r}; a class is 0 to {classes - 1}")
    if not set(row[1:]) <= _HEX:
        raise ValueError(f"point {number} has {row[1:]!r}; x and y are two hexadecimal digits each")
