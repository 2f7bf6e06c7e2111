"""Ways between two codes, and the principal directions of many."""

from __future__ import annotations

import numpy as np


def straight(a: np.ndarray, b: np.ndarray, count: int) -> np.ndarray:
    """Codes (count, d) at equal distances on the line from a to b (d,), both included."""
    t = np.linspace(0, 1, count)[:, None]
    return np.asarray((1 - t) * a + t * b)


def spherical(a: np.ndarray, b: np.ndarray, count: int) -> np.ndarray:
    """Codes (count, d) on the arc from a to b (d,) around 0, at equal angles.

    Shoemake 1985, of the two directions: sin((1 - t) w) / sin(w) u + sin(t w) / sin(w) v, with w
    the angle between them; the length goes evenly from the one to the other. Where both lie in one
    line through 0 there is no arc, and the way is straight.
    """
    far, near = np.linalg.norm(a), np.linalg.norm(b)
    angle = np.arccos(np.clip(a @ b / (far * near), -1, 1)) if far * near > 0 else 0.0
    if np.sin(angle) < 1e-6:
        return straight(a, b, count)
    t = np.linspace(0, 1, count)[:, None]
    turned = (np.sin((1 - t) * angle) * a / far + np.sin(t * angle) * b / near) / np.sin(angle)
    return np.asarray(((1 - t) * far + t * near) * turned)


def principal(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """PCA of codes (n, d): the share of variance (r,) along each direction (r, d), r = min(n, d).

    Of the centred codes' singular value decomposition; the largest share first.
    """
    centred = codes - codes.mean(0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    return sizes**2 / max(float((sizes**2).sum()), 1e-30), directions
