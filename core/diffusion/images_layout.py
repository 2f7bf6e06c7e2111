"""How much of a denoiser of images is shown. Imports no torch: the server draws with it."""

from __future__ import annotations

from typing import Any

import numpy as np

WALL, ACROSS = 16, 4  # digits of a wall, and in a row of it
EIGHT = 8  # completions of what is given
FRAMES = 20  # of one way from noise to images, besides the last
NOISE = 2.5  # standard deviations that the greys of predicted noise reach
CLASSES = 10
SCALES = (0.0, 1.0, 2.0, 4.0, 7.0, 10.0)  # of guidance, a row of digits each
COLUMNS = 8  # digits of such a row
COUNTS = (1, 3, 5, 10, 20)  # steps of a sampler, side by side
DIGITS = 4  # that every sampler makes of every number of steps
REFERENCE = 24  # steps of Heun's method, from which the others' distance is measured
MEASURED = ("frechet", "precision", "recall", "class_accuracy", "diversity")  # of each model
MEASURED_AT = (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0)  # scales of guidance
TITLES = {
    "generate": "Make digits",
    "guidance": "Guidance from 0 to 10",
    "samplers": "Samplers side by side",
    "inpaint": "Fill in what is painted over",
    "denoise": "Clean a noisy digit",
    "upscale": "Sharpen 7x7 pixels",
    "sketch": "Start from your drawing",
}
SAMPLERS = {
    "ddim": "DDIM",
    "ddpm": "DDPM",
    "dpm-solver": "DPM-Solver++ (2M)",
    "heun": "Heun",
    "euler": "Euler",
}
Arrays = dict[str, Any]


def shares_of(read: np.ndarray) -> np.ndarray:
    """The share (10,) of each class among those that are read (n,)."""
    return np.asarray(np.bincount(read, minlength=CLASSES) / max(1, len(read)))
