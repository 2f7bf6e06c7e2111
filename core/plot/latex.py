"""Numbers as LaTeX."""

from __future__ import annotations

from typing import Any

import numpy as np


def number(value: Any) -> str:
    """A number or a pair as LaTeX, to five digits."""
    if np.ndim(value):
        return r"\left(" + r",\ ".join(number(float(v)) for v in value) + r"\right)"
    mantissa, _, power = f"{value:.5g}".partition("e")
    return rf"{mantissa} \times 10^{{{int(power)}}}" if power else mantissa
