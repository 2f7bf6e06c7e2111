"""Scales on which accuracies near 100 % and small differences can be told apart."""

from __future__ import annotations

from typing import Any

import numpy as np

ENDS = (0.5, 0.998)  # of the accuracy axis, by default


def stretched(accuracy: np.ndarray, ends: tuple[float, float] = ENDS) -> np.ndarray:
    """Logits of accuracies: 96 and 98 % lie as far apart as 92 and 96. Held between the ends."""
    held = np.clip(accuracy, *ends)
    found: np.ndarray = np.log(held / (1 - held)).astype(np.float32)
    return found


def accuracy_axis(title: str, ends: tuple[float, float] = ENDS) -> dict[str, Any]:
    """The axis of :func:`stretched`: what lies beyond an end stands on it."""
    low, high = ends
    between = [tick for tick in (0.8, 0.9, 0.95, 0.98, 0.99) if low < tick < high]
    ticks = stretched(np.array([low, *between, high]), ends).tolist()
    words = [f"{100 * tick:g}" for tick in (low, *between, high)]
    words[0], words[-1] = f"≤{words[0]}", f"≥{words[-1]}"
    span = [round(ticks[0] - 0.3, 1), round(ticks[-1] + 0.3, 1)]
    title = f"{title} (%, logit scale)"
    return {"range": span, "title": {"text": title}, "tickvals": ticks, "ticktext": words}


def bent(difference: np.ndarray) -> np.ndarray:
    """Differences as asinh(d / 0.5 %): fine near 0, and 30 % still on the picture."""
    found: np.ndarray = np.arcsinh(np.asarray(difference) / 0.5).astype(np.float32)
    return found


def difference_axis(low: float = -5.2, high: float = 6.9) -> dict[str, Any]:
    """The axis of :func:`bent`, from low to high on it: by default with room for words on top."""
    ticks = [-30, -10, -3, -1, 0, 1, 3, 10, 30]
    names = {"tickvals": bent(np.array(ticks)).tolist(), "ticktext": [f"{n:+d}" for n in ticks]}
    names["ticktext"][4] = "0"
    return {"range": [low, high], "title": {"text": "percentage points (asinh scale)"}, **names}


def beside(count: int, width: float = 0.3) -> np.ndarray:
    """Places beside each other, evenly mixed, so that equal values do not hide one another."""
    golden = 0.618034
    return (np.arange(count) * golden % 1 - 0.5) * width
