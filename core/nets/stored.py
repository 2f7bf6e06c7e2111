"""What network some weights are of: a description that travels among their arrays.

It is the array ``spec``: JSON in UTF-8, uint8. Nothing here imports torch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np


def spec_array(spec: Mapping[str, Any]) -> np.ndarray:
    """A description as bytes, (n,) uint8."""
    return np.frombuffer(json.dumps(dict(spec)).encode(), np.uint8).copy()


def spec_of(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The description among the arrays. ValueError where there is none."""
    try:
        found = json.loads(np.asarray(arrays["spec"], np.uint8).tobytes())
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError("these weights do not say what network they are of") from error
    if not isinstance(found, dict):
        raise ValueError("these weights do not say what network they are of")
    return found
