"""The choice of a learning rate, by hand-made numbers."""

from __future__ import annotations

import numpy as np

from core.measure.tuning import choose


def test_the_best_rate_by_accuracy_then_by_loss() -> None:
    right = np.array([[0.5, 0.7], [0.8, 0.8], [0.9, 0.7], [0.1, 0.1]])
    losses = np.array([[1.0, 1.0], [0.5, 0.5], [0.4, 0.4], [np.nan, 0.1]])
    assert choose(right, losses) == 2
    losses[2, 0] = np.nan
    assert choose(right, losses) == 1
    right[0] = 0.9  # better, though its loss is the highest
    assert choose(right, losses) == 0
