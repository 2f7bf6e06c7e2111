"""The best discriminator against given fakes, where it has a closed form. NumPy only."""

from __future__ import annotations

import numpy as np

SHARES = ("minimax", "non-saturating", "least-squares")


def optimum(p: np.ndarray, q: np.ndarray, loss: str, label: float = 1.0) -> np.ndarray | None:
    """What the best discriminator says where real samples have density p and fakes q.

    Of cross-entropy (Goodfellow et al. 2014, proposition 1) and of least squares with labels 1 and
    0 (Mao et al. 2017, equation 5) it is label p / (p + q), where real samples have that label; of
    the hinge loss it is the sign of p - q (Lim and Ye 2017). Of Wasserstein it is a Kantorovich
    potential, which has no closed form in the plane: None. Where neither has mass, NaN.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        if loss in SHARES:
            return np.asarray(label * p / (p + q))
        if loss == "hinge":
            return np.asarray(np.where(p + q > 0, np.sign(p - q), np.nan))
    return None


def said(output: np.ndarray, loss: str) -> np.ndarray:
    """A discriminator's output on the scale of ``optimum``.

    A probability of cross-entropy's logit; within [0, 1] of least squares; within [-1, 1] of the
    hinge loss; of Wasserstein the score itself.
    """
    if loss in ("minimax", "non-saturating"):
        return np.asarray(1 / (1 + np.exp(-np.clip(output, -60, 60))))
    if loss == "least-squares":
        return np.asarray(np.clip(output, 0, 1))
    return np.asarray(np.clip(output, -1, 1) if loss == "hinge" else output)
