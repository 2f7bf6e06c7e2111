"""Kernels to choose from, as they lie on the window: rows go down, columns to the right.

Each is a table of a textbook or a formula, and is laid on the image without being turned
(cross-correlation). Sobel: Sobel and Feldman 1968; the edge pair: Prewitt 1970.
"""

from __future__ import annotations

import math

import numpy as np

MOST_SIDE = 7  # rows or columns
GABOR_SIDE, GABOR_ASPECT, GABOR_BANDWIDTH = 5, 0.5, 0.56

TABLES: dict[str, tuple[tuple[float, ...], ...]] = {
    "vertical-edge": ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    "horizontal-edge": ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
    "sobel-x": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "sobel-y": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "laplacian": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "box-blur": ((1 / 9,) * 3,) * 3,
    "gaussian-blur": ((1 / 16, 2 / 16, 1 / 16), (2 / 16, 4 / 16, 2 / 16), (1 / 16, 2 / 16, 1 / 16)),
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    "identity": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
}


def table(name: str) -> np.ndarray:
    """A kernel of the bank, (3, 3) float64."""
    return np.array(TABLES[name], float)


def gabor(angle: float, wavelength: float) -> np.ndarray:
    """A wave under a bell: answers to stripes of that width and direction; (5, 5) float64.

    exp(-(u^2 + 0.25 v^2) / (2 sigma^2)) cos(2 pi u / wavelength), u = x cos(angle) + y sin(angle),
    v = -x sin(angle) + y cos(angle), x right and y down from the middle, in cells; sigma =
    0.56 wavelength, a bandwidth of one octave (Petkov and Kruizinga 1997).
    angle: of the wave, in degrees: 0 runs to the right, its stripes are upright.
    """
    half, turn = GABOR_SIDE // 2, math.radians(angle)
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(float)
    u = x * math.cos(turn) + y * math.sin(turn)
    v = y * math.cos(turn) - x * math.sin(turn)
    sigma = GABOR_BANDWIDTH * wavelength
    bell = np.exp(-(u**2 + (GABOR_ASPECT * v) ** 2) / (2 * sigma**2))
    wave: np.ndarray = bell * np.cos(2 * math.pi * u / wavelength)
    return wave.round(12) + 0.0  # a quarter of a wave away it is 0, not 6e-17


def turned(kernel: np.ndarray) -> np.ndarray:
    """Turned by 180 degrees: what tells a convolution from a cross-correlation."""
    return np.ascontiguousarray(kernel[::-1, ::-1])
