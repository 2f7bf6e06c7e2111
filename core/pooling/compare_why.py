"""The paired t interval between two kinds of pooling, with a run's numbers in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.pooling.compare_figures import TITLES

if TYPE_CHECKING:
    from core.pooling.compare import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """How the interval of each kind's difference comes about at that step."""
    first, *others = settings.kinds
    return {
        TITLES[kind]: _told(frames[at], n, kind, TITLES[first].lower())
        for n, kind in enumerate(others, 1)
    }


def _told(now: Frame, n: int, kind: str, first: str) -> str:
    differences = 100 * (now.test[n].astype(np.float64) - now.test[0])
    seeds, mean = len(differences), float(differences.mean())
    spread = float(differences.std(ddof=1))
    error = spread / math.sqrt(seeds)
    low, high = (100 * now.metrics[f"{end}/{kind}"] for end in ("low", "high"))
    t = rf"{(high - low) / 2 / error:.3f} \times " if error else ""
    return (
        f"After step {now.step:,}, in percent: {TITLES[kind].lower()} less {first} on each of the "
        f"{seeds} seeds, with the same first weights and batches.\n\n"
        f"$$\\bar d = {mean:.3f}, \\qquad s = {spread:.3f}, "
        f"\\qquad \\frac{{s}}{{\\sqrt{{n}}}} = {error:.3f}$$\n\n"
        f"Student's t with {seeds - 1} degrees of freedom makes of it a 95 % interval:\n\n"
        f"$$\\bar d \\pm {t}{error:.3f} = [{low:.3f},\\ {high:.3f}]$$\n\n"
        + ("It reaches over 0." if low <= 0 <= high else "It does not reach 0.")
    )
