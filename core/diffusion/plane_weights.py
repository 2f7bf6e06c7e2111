"""What an error counts at each time. NumPy only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.diffusion.schedules import Schedule

if TYPE_CHECKING:
    from core.diffusion.plane import Settings

MOST_SNR = 5.0  # of the min-SNR weighting, Hang et al. 2023


def error_scale(predict: str, course: Schedule) -> np.ndarray:
    """The squared error of a prediction over that of the x0 that it stands for, (T,), from t = 1.

    Where x_t = a x0 + s e is known, an error d of x0 is one of -a d / s of e.
    """
    a, s = course.signal[1:], course.noise[1:]
    scales: dict[str, np.ndarray] = {
        "noise": a**2 / s**2,
        "x0": np.ones_like(a),
        "v": 1 / s**2,  # a e - s x0, with a^2 + s^2 = 1
        "score": a**2 / s**4,
        "flow": (a + s) ** 2 / s**2,
    }
    return scales[predict]


def weights_of(settings: Settings, course: Schedule) -> np.ndarray:
    """What the squared error of the prediction counts at each t, (T + 1,); at 0 nothing.

    simple: 1. snr: as if the noise were predicted, whatever is. min-snr: as that, but no more than
    five times as much as if x0 were (Hang et al. 2023, equation 6).
    """
    if settings.weighting == "simple":
        return np.concatenate([[0.0], np.ones(course.steps)])
    of_start = course.snr[1:]
    if settings.weighting == "min-snr":
        of_start = np.minimum(of_start, MOST_SNR)
    return np.concatenate([[0.0], of_start / error_scale(settings.predict, course)])
