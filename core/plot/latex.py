"""Numbers as LaTeX."""

from __future__ import annotations

from typing import Any

import numpy as np


def number(value: Any, digits: int = 5) -> str:
    """A number or a pair as LaTeX, to so many digits; no zero is negative."""
    if np.ndim(value):
        return r"\left(" + r",\ ".join(number(float(v), digits) for v in value) + r"\right)"
    mantissa, _, power = f"{value + 0.0:.{digits}g}".partition("e")
    return rf"{mantissa} \times 10^{{{int(power)}}}" if power else mantissa


def four(value: float) -> str:
    """A number as LaTeX, to four digits."""
    return number(value, 4)
