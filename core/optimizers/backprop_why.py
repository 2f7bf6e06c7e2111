"""The chain rule with one step's numbers in it, for every weight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.optimizers.backward import EDGES, factors, weights
from core.optimizers.told import held
from core.plot.latex import number

if TYPE_CHECKING:
    from core.optimizers.backprop import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """By weight, the one looked at first: its gradient as a product, and where it moves."""
    edges = [settings.looked_at, *EDGES[settings.kind]]
    return {edge: _told(settings, frames[at], edge) for edge in dict.fromkeys(edges)}


def _told(settings: Settings, frame: Frame, edge: str) -> str:
    chain = factors(settings.model_copy(update={"edge": edge}), frame)
    gradient = dict(zip(EDGES[settings.kind], frame.grads.tolist(), strict=True))[edge]
    here = weights(settings, frame)[edge]
    names = r" \cdot ".join(_fraction(*name.split("/")) for name, _ in chain)
    numbers = r" \times ".join(held(value) for _, value in chain)
    product = rf"{_fraction('dL', 'd' + edge)} = {names} = {numbers} = {number(gradient)}"
    there = here - settings.lr * gradient
    rate = f"{number(here)} - {number(settings.lr)} \\times {held(gradient)}"
    return (
        f"From the loss back to {edge}: each factor says how much one value moves the next.\n\n"
        f"$${product}$$\n\n"
        "A step goes against the gradient, by the learning rate:\n\n"
        f"$${_symbol(edge)} \\leftarrow {rate} = {number(there)}$$"
    )


def _fraction(above: str, below: str) -> str:
    top, bottom = (rf"\partial {_symbol(part[1:])}" for part in (above, below))
    return rf"\frac{{{top}}}{{{bottom}}}"


def _symbol(name: str) -> str:
    """``w12`` as w with subscript 12."""
    return re.sub(r"(\D)(\d+)$", r"\1_{\2}", name)
