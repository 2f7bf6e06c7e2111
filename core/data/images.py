"""Pictures to slide a window over: two small digits, two photographs, and uploaded images.

Sources: the digits, MNIST (``core.data.mnist``); the photographs, china by danielbuechele and
flower by vultilion (CC BY 2.0), as scikit-learn ships them. ``scripts/cut_pictures.py`` cut them.
An upload is decoded by Pillow within limits, and every fault is a sentence.
"""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

SMALL, PHOTOGRAPHS = ("seven", "eight"), ("china", "flower")
FILE = Path(__file__).resolve().parents[2] / "data" / "sets" / "pictures.npz"
MOST_SIDE = 48  # cells
MOST_BYTES = 5_000_000
MOST_PIXELS = 16_000_000  # a telephone's 12 megapixels; decoded, at most 64 MB
FORMATS, NAMES = ("PNG", "JPEG", "GIF", "BMP", "WEBP"), "PNG, JPEG, GIF, BMP or WebP"
KINDS = ("png", "jpg", "jpeg", "gif", "bmp", "webp")
DAMAGED = "The image is damaged or cut off: it cannot be decoded."
GREY = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601: what red, green and blue add to brightness


class ImageError(ValueError):
    """A file is no such image. ``str`` is a sentence for the reader."""


@dataclass(frozen=True)
class Picture:
    """An uploaded image. cells: (1, H, W) grey or (3, H, W) red, green, blue; 0 black, 1 white.

    size: (width, height) in pixels as it is looked at. remarks: what was done to it, in words.
    """

    cells: np.ndarray
    size: tuple[int, int]
    remarks: tuple[str, ...]


@cache
def _shipped() -> dict[str, np.ndarray]:
    with np.load(FILE, allow_pickle=False) as found:
        return dict(found)


def small(name: str) -> np.ndarray:
    """A digit of few cells, in tenths from 0 to 1: ``seven`` (7, 7) or ``eight`` (8, 8) float64."""
    return _shipped()[name].copy()


def photograph(name: str) -> np.ndarray:
    """A colour photograph, (3, 48, 48) float64 in [0, 1]: ``china`` or ``flower``."""
    return _planes(_shipped()[name] / 255)


def brightness(cells: np.ndarray) -> np.ndarray:
    """One grey map (H, W) of (1, H, W), as it is, or of (3, H, W), by ITU-R BT.601."""
    return cells[0] if len(cells) == 1 else np.tensordot(GREY, cells, 1)


def read(data: bytes) -> Picture:
    """Decode an image of at most 5 MB and 16 megapixels, at most 48 x 48 cells of it.

    PNG, JPEG, GIF, BMP or WebP of any colour mode; of an animation the first picture; turned as
    its EXIF says; transparent pixels over white; a larger one shrunk by averaging, its shape kept;
    three equal channels become one. Raises ImageError. Its size is read before it is decoded.
    """
    image = _opened(data)
    size, remarks = image.size, []
    if getattr(image, "is_animated", False):
        remarks.append("the first picture of an animation")
    try:
        if _orientation(image) >= 5:  # on its side
            size = size[::-1]
        cells, shone_through = _cells(image)
    # Whatever a damaged file makes the decoder raise: OSError, SyntaxError, struct.error, ...
    except Exception:
        raise ImageError(DAMAGED) from None
    if shone_through:
        remarks.append("transparent pixels stand on white")
    if min(cells.shape[1:]) < 2:
        raise ImageError(
            f"The image is {size[0]:,} x {size[1]:,} pixels: a window needs 2 x 2 cells at least."
        )
    return Picture(cells, size, tuple(remarks))


def in_words(data: bytes) -> str:
    """What an image holds, as in ``48 x 36 cells of 4,000 x 3,000 pixels, colour``. ImageError."""
    picture = read(data)
    channels, high, wide = picture.cells.shape
    words = f"{wide} x {high} cells"
    if (wide, high) != picture.size:
        words += f" of {picture.size[0]:,} x {picture.size[1]:,} pixels"
    parts = [words, "colour" if channels == 3 else "grey", *picture.remarks]
    if np.ptp(picture.cells.reshape(channels, -1), 1).max() == 0:
        parts.append("every cell has the same value, so it has no edges")
    return ", ".join(parts)


def _opened(data: bytes) -> Image.Image:
    """The header read, nothing decoded yet."""
    if not data:
        raise ImageError("The file is empty: it has 0 bytes.")
    if len(data) > MOST_BYTES:
        raise ImageError(f"The file has {len(data):,} bytes; {MOST_BYTES:,} are the most.")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        most = MOST_PIXELS // 1_000_000
        raise ImageError(f"The image has far more than {most} megapixels, the most.") from None
    except UnidentifiedImageError:
        raise ImageError(f"This is no {NAMES} image, whatever its name says.") from None
    except Exception:  # a header that Pillow stumbles over
        raise ImageError(DAMAGED) from None
    _refuse_large(image.size)
    return image


def _refuse_large(size: tuple[int, int]) -> None:
    wide, high = size
    if wide * high > MOST_PIXELS:
        raise ImageError(
            f"The image is {wide:,} x {high:,} pixels, {wide * high / 1e6:,.1f} megapixels; "
            f"{MOST_PIXELS // 1_000_000} are the most."
        )


def _cells(image: Image.Image) -> tuple[np.ndarray, bool]:
    """Decoded, turned, fitted, over white: (1 or 3, H, W) in [0, 1]; whether the white shows."""
    image.draft("RGB", (8 * MOST_SIDE, 8 * MOST_SIDE))  # a large JPEG is decoded at a fraction
    image.load()
    if _orientation(image) > 1:
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 bits a pixel
        return _fitted(Image.fromarray(np.asarray(image, np.float32) / 65535)), False
    if image.has_transparency_data:
        return _over_white(_fitted(image.convert("RGBA")))
    return _one_if_grey(_fitted(image.convert("L" if image.mode in "1L" else "RGB"))), False


def _orientation(image: Image.Image) -> int:
    """How EXIF says that it is to be turned, 1 to 8; 1, as it lies, where EXIF is damaged."""
    with suppress(Exception):
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
        return found if found in range(1, 9) else 1
    return 1


def _fitted(image: Image.Image) -> np.ndarray:
    """(channels, H, W) in [0, 1], at most 48 a side, by the mean of the pixels in each cell."""
    share = min(MOST_SIDE / max(image.size), 1.0)
    wide, high = (max(round(side * share), 1) for side in image.size)
    if share < 1:
        image = image.resize((wide, high), Image.Resampling.BOX)
    most = 1.0 if image.mode == "F" else 255.0
    return _planes(np.asarray(image, np.float64).reshape(high, wide, -1) / most)


def _over_white(cells: np.ndarray) -> tuple[np.ndarray, bool]:
    """(4, H, W) to (1 or 3, H, W), and whether any of the white shows."""
    colour, alpha = cells[:3], cells[3:]
    return _one_if_grey(colour * alpha + (1 - alpha)), bool(alpha.min() < 1)


def _one_if_grey(cells: np.ndarray) -> np.ndarray:
    return cells[:1] if bool((cells == cells[:1]).all()) else cells


def _planes(pixels: np.ndarray) -> np.ndarray:
    """(H, W, channels) to (channels, H, W)."""
    return np.ascontiguousarray(np.moveaxis(pixels, -1, 0), np.float64)
