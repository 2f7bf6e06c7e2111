"""Arrays for the browser: their numbers as base64, as ``unpack`` in ``core/ui/draw/arrays.js``."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

TYPES = {"uint8": "u1", "int32": "i4", "float32": "f4", "float64": "f8"}


def packed(array: np.ndarray) -> dict[str, Any]:
    """An array as {shape, type, data}: uint8 and int32 as they are, other numbers as float32.

    float64 stays float64, for numbers that are read to the last digit.
    """
    array = np.asarray(array)
    kind = array.dtype.name if array.dtype.name in TYPES else "float32"
    data = np.ascontiguousarray(array, dtype=np.dtype(kind).newbyteorder("<")).tobytes()
    return {
        "shape": list(array.shape),
        "type": TYPES[kind],
        "data": base64.b64encode(data).decode("ascii"),
    }
