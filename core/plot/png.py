"""Small images as one PNG in an address, for components that draw by themselves."""

from __future__ import annotations

import base64
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from core.plot.sheets import INK

LEVELS = 16  # of grey: four bits a pixel keep the sheet small


def sheet_of(images: np.ndarray, columns: int) -> dict[str, Any]:
    """Images (n, side, side) in rows of so many, as one PNG in an address, with its measures."""
    return {
        "uri": _png(np.ascontiguousarray(images, np.uint8).tobytes(), images.shape[1], columns),
        "side": int(images.shape[1]),
        "columns": columns,
    }


@lru_cache(maxsize=16)
def _png(pixels: bytes, side: int, columns: int) -> str:
    """The sheet of images of bytes, 255 is ink, in sixteen shades from ground to ink."""
    images = np.frombuffer(pixels, np.uint8).reshape(-1, columns, side, side)
    sheet = images.swapaxes(1, 2).reshape(-1, columns * side)
    shades = np.round(sheet * ((LEVELS - 1) / 255)).astype(np.uint8)
    picture = Image.fromarray(shades, "P")
    picture.putpalette([part for level in range(LEVELS) for part in _shade(level / (LEVELS - 1))])
    out = BytesIO()
    picture.save(out, "PNG", bits=4)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def _shade(share: float) -> list[int]:
    """Red, green and blue of an ink as all sheets of images have it."""
    ends = [[int(str(INK[n][1])[i : i + 2], 16) for i in (1, 3, 5)] for n in (0, 1)]
    return [round(a + share * (b - a)) for a, b in zip(*ends, strict=True)]
