"""A plain figure in the clothes that Streamlit's chart takes, without Plotly's validation."""

from __future__ import annotations

from typing import Any

import numpy as np
from _plotly_utils.utils import convert_to_base64
from plotly.basedatatypes import BaseFigure

from core.experiment import Figure

LISTED = 2000  # values of a one-dimensional array that is sent as a list, at most
ONCE = ("scatter", "bar")  # kinds of traces that Plotly keeps when nothing is new
DIGITS = 7  # of a float32 in such a list: 7.2 is what it has


class PlainFigure(BaseFigure):  # type: ignore[misc]
    """A figure that is sent as it is; arrays travel as lists or as base64.

    Building ``go.Figure`` validates every value and takes three times as long as sending it; the
    contract test does that validation once for every experiment.

    Streamlit builds a chart anew for each new figure and hands it to Plotly twice, the second time
    as a copy. Plotly draws it all again, which costs as much as the first time, unless it can tell
    that nothing is new. So the data carry a revision; arrays of one dimension are lists, for of
    typed ones it compares the identity alone; and ``meta``, which it never takes for equal, stays
    here, but for a word to the browser (`zoom.js`). Pictures with contours and their like carry no
    revision: Plotly loses what it has computed of them.
    """

    def __init__(self, figure: Figure) -> None:
        self.__dict__["plain"] = figure

    def to_dict(self) -> dict[str, Any]:
        """The figure as it is sent; the rest of the arrays as Plotly's typed-array specs."""
        plain: Figure = self.__dict__["plain"]
        layout = dict(plain["layout"])
        once = all(trace.get("type") in ONCE for trace in plain["data"])
        layout |= {"datarevision": 0} if once else {}
        plays = layout.pop("meta", {}).get("plays")
        layout |= {"meta": "plays"} if plays else {}
        traces = [{k: v for k, v in one.items() if k != "meta"} for one in plain["data"]]
        sent = {"data": _sent(traces, LISTED if once else 0), "layout": _sent(layout)}
        if "frames" in plain:  # these it does not compare, and they are many
            sent["frames"] = _sent(plain["frames"], most=0)
        convert_to_base64(sent)
        return sent


def _sent(value: Any, most: int = LISTED) -> Any:
    """Containers copied, so that the conversion in place leaves the caller's figure alone."""
    if isinstance(value, dict):
        return {key: _sent(one, most) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_sent(one, most) for one in value]
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.size <= most:
        return _listed(value)
    return value


def _listed(array: np.ndarray) -> list[Any]:
    """The array as a list, None where a number is not finite; float32 to the digits it has."""
    if array.dtype.kind != "f":
        return list(array.tolist())
    values = array.astype(float)
    finite = np.isfinite(values)
    if array.dtype.itemsize < 8:
        known = finite & (np.abs(values) > 1e-30)
        scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(values[known]))))
        values[known] = np.round(values[known] * scale) / scale
    if finite.all():
        return list(values.tolist())
    return [one if good else None for one, good in zip(values.tolist(), finite, strict=True)]
