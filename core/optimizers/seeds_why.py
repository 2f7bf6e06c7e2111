"""The paired t interval with a run's numbers in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.optimizers.hyper import TITLES
from core.plot.latex import number

if TYPE_CHECKING:
    from core.optimizers.seeds import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """How the interval of the difference comes about at that step."""
    now = frames[at]
    differences = now.test[0].astype(np.float64) - now.test[1].astype(np.float64)
    n, mean, spread = len(differences), float(differences.mean()), float(differences.std(ddof=1))
    error = spread / math.sqrt(n)
    low, high = now.metrics["difference_low"], now.metrics["difference_high"]
    reach = (high - low) / 2
    t = rf"{number(reach / error)} \times " if error else ""
    told = (
        f"After step {now.step:,}: each of the {n} seeds gives one difference, "
        f"{TITLES[settings.first]} less {TITLES[settings.second]} on the same first weights and "
        "batches.\n\n"
        f"$$\\bar d = {number(mean)}, \\qquad s = {number(spread)}, "
        f"\\qquad \\frac{{s}}{{\\sqrt{{n}}}} = {number(error)}$$\n\n"
        f"Student's t with {n - 1} degrees of freedom makes of it a 95 % interval:\n\n"
        f"$$\\bar d \\pm {t}{number(error)} = [{number(low)},\\ {number(high)}]$$\n\n"
        + ("It reaches over 0." if low <= 0 <= high else "It does not reach 0.")
    )
    return {"Difference": told}
