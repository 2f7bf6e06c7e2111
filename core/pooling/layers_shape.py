"""Which layers of maps a network has, and which places of each a neuron depends on.

Whole numbers alone: the server reads them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from core.nets.spec import Spec
from core.pooling.receptive import ReceptiveField, receptive_field

if TYPE_CHECKING:
    from core.pooling.layers import Settings

ACTIVATIONS = {"relu": "ReLU", "leaky-relu": "leaky ReLU", "gelu": "GELU"}
POOLINGS = {"l2": "L2", "blur": "blurred max", "sum": "sum", "max": "max", "average": "average"}
ZERO = 127  # maps as bytes: 127 is 0, 0 and 254 are minus and plus the largest size of the layer
Steps = tuple[tuple[int, int, int], ...]
Span = tuple[int, int]


@dataclass(frozen=True)
class Layer:
    """One layer of maps. name: as ``core.nets.cnn`` has it. steps: (kernel, stride, padding) of
    what it does along one axis, one after the other.
    """

    name: str
    kind: str  # convolution, activation or pooling
    title: str  # a few letters, over its maps
    words: str  # in a sentence
    channels: int
    side: int  # places a side
    steps: Steps

    @property
    def field(self) -> str:
        """The field of a frame that holds its maps; ``global`` is a word of Python."""
        return "pooled" if self.name == "global" else self.name

    @property
    def heading(self) -> str:
        """Its words at the beginning of a sentence."""
        return self.words[0].upper() + self.words[1:]

    @property
    def own(self) -> ReceptiveField:
        """What one of its places needs of the layer before."""
        return receptive_field(self.steps)


class Place(NamedTuple):
    """A neuron: the number of its layer, from 0, and where it is in there."""

    layer: int
    channel: int
    row: int
    column: int


def layers_of(spec: Spec) -> list[Layer]:
    """The layers of a network that have maps, from the input on, the input left out."""
    found = []
    for n in range(1, spec.depth + 1):
        found += _block(spec, n)
    if spec.head != "flatten":
        last, name = spec.sides[-1], spec.head.removeprefix("global-")
        words, steps = f"global {name} pooling", ((last, 1, 0),)
        found.append(Layer("global", "pooling", "global", words, spec.channels[-1], 1, steps))
    return found


def _block(spec: Spec, n: int) -> list[Layer]:
    pools = spec.pooling != "none"
    after, channels = spec.sides[n], spec.channels[n]
    inner = spec.sides[n - 1] if pools else after
    bend = ACTIVATIONS.get(spec.activation, spec.activation)
    stride = 1 if pools else 2
    steps = ((spec.kernel, stride, spec.kernel // 2),)
    conv = Layer(f"conv{n}", "convolution", f"conv {n}", f"convolution {n}", channels, inner, steps)
    act = Layer(f"act{n}", "activation", bend, f"{bend} {n}", channels, inner, ())
    if not pools:
        return [conv, act]
    what = POOLINGS.get(spec.pooling, spec.pooling)
    down: Steps = ((2, 1, 0), (3, 2, 1)) if spec.pooling == "blur" else ((2, 2, 0),)
    pool = Layer(f"pool{n}", "pooling", f"pool {n}", f"{what} pooling {n}", channels, after, down)
    return [conv, act, pool]


def field_of(layers: Sequence[Layer], number: int) -> ReceptiveField:
    """The receptive field on the input, in pixels, of the layer of that number."""
    return receptive_field(step for layer in layers[: number + 1] for step in layer.steps)


def supports(layers: Sequence[Layer], number: int, at: int, side: int) -> list[Span]:
    """Along one axis, the first and last place that place ``at`` of a layer depends on.

    Of the input (side pixels a side) first, then of every layer up to that one. What lies outside
    a layer is padding and left out; so is what a pooling does not reach at the far end.
    """
    found = [(at, at)]
    for n in range(number, -1, -1):
        own, most = layers[n].own, layers[n - 1].side if n else side
        low, high = found[-1]
        first = own.start + low * own.jump
        last = own.start + high * own.jump + own.size - 1
        found.append((max(first, 0), min(last, most - 1)))
    return found[::-1]


def place_of(settings: Settings, layers: Sequence[Layer]) -> Place:
    """The neuron that is asked for, or where this network has none such the nearest that it has."""
    number = _number(settings.layer, layers)
    layer = layers[number]
    inside = (min(at, layer.side - 1) for at in (settings.row, settings.column))
    return Place(number, min(settings.channel, layer.channels - 1), *inside)


def _number(name: str, layers: Sequence[Layer]) -> int:
    """Of a layer by name; else of the same kind in the last block, else of the last there is."""
    names = [layer.name for layer in layers]
    same = [n for n, one in enumerate(names) if one[:-1] == name[:-1]]
    block = [n for n, one in enumerate(names) if one[-1] == name[-1]]
    if name in names:
        return names.index(name)
    return same[-1] if same else block[-1] if block else len(names) - 1
