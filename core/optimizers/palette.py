"""Each optimizer's colour and dash, the same in every picture; a family shares its colour."""

from __future__ import annotations

from core.plot.theme import DASHES, SERIES

_STYLE = {
    "gradient-descent": (0, 0),
    "sgd": (3, 2),
    "momentum": (1, 1),
    "nesterov": (1, 0),
    "adam": (2, 3),
    "adamw": (2, 0),
    "amsgrad": (2, 2),
    "nadam": (4, 0),
    "radam": (4, 1),
    "adamax": (4, 2),
    "adagrad": (7, 3),
    "adadelta": (7, 1),
    "rmsprop": (5, 2),
    "lbfgs": (6, 3),
    "lion": (3, 0),
}


def style(name: str) -> dict[str, str]:
    """Line colour and dash of the optimizer of that name."""
    color, dash = _STYLE[name]
    return {"color": SERIES[color], "dash": DASHES[dash]}


def color(name: str) -> str:
    """Line colour of the optimizer of that name."""
    return style(name)["color"]
