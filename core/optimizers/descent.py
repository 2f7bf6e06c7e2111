"""Gradient descent on a parabola."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.optimizers.descend import DescendFrame, DescendSettings

NEAR = 1e-6  # "at the bottom": this share of the starting loss is left


def descend(settings: DescendSettings) -> Iterator[DescendFrame]:
    """Frames of x <- x - lr f'(x) on f(x) = L x^2 / 2, one a step."""
    lr, big = settings.lr, settings.curvature
    x, arrived = settings.start, settings.steps + 1
    first = big * x**2 / 2
    for step in range(settings.steps + 1):
        loss, gradient = big * x**2 / 2, big * x
        arrived = min(arrived, step) if loss <= NEAR * first else settings.steps + 1
        metrics = {
            "x": x,
            "loss": loss,
            "share": loss / first if first else 1.0,
            "factor": settings.factor(),
            "exact_x": settings.exact(step),
            "steps_to": float(arrived),
        }
        yield DescendFrame(
            step=step,
            metrics=metrics,
            x=np.array(x),
            loss=np.array(loss),
            gradient=np.array(gradient),
        )
        x = x - lr * gradient
