"""A plain figure in the clothes that Streamlit's chart takes, without Plotly's validation."""

from __future__ import annotations

from typing import Any

from _plotly_utils.utils import convert_to_base64
from plotly.basedatatypes import BaseFigure

from core.experiment import Figure


class PlainFigure(BaseFigure):  # type: ignore[misc]
    """A figure that is sent as it is; arrays travel as base64.

    Building ``go.Figure`` validates every value and takes three times as long as sending it; the
    contract test does that validation once for every experiment.
    """

    def __init__(self, figure: Figure) -> None:
        self.__dict__["plain"] = figure

    def to_dict(self) -> dict[str, Any]:
        """The figure, its arrays as Plotly's typed-array specs."""
        plain: Figure = self.__dict__["plain"]
        sent = {key: _copied(value) for key, value in plain.items()}
        convert_to_base64(sent)
        return sent


def _copied(value: Any) -> Any:
    """Containers copied, so that the conversion in place leaves the caller's figure alone."""
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(one) for one in value]
    return value
