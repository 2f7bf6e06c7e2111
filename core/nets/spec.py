"""What a small convolutional network is made of, in words and numbers. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

CLASSES = 10
POOLINGS = ("max", "average", "sum", "l2", "expectation", "blur", "none")
ACTIVATIONS = ("relu", "leaky-relu", "gelu", "tanh", "sigmoid")
INITIALISATIONS = ("he", "glorot", "normal", "zeros")
HEADS = ("flatten", "global-average", "global-max")


@dataclass(frozen=True)
class Spec:
    """What network: all that is needed to build it anew, the numbers in its weights left out.

    side: pixels a side of the images. depth: blocks of convolution, activation and pooling, with
    width, 2 width, 4 width channels. kernel: odd; the borders are padded with zeros, so that a
    convolution keeps the size. pooling: 2x2 windows, stride 2; ``none``, the convolution itself
    has stride 2. head: ``flatten``, every place of every channel enters the dense layer; else one
    number a channel does (Lin, Chen and Yan 2014), and images of any size can be read.
    """

    side: int = 28
    depth: int = 2
    width: int = 8
    kernel: int = 5
    pooling: str = "max"
    activation: str = "relu"
    dropout: float = 0.0
    head: str = "flatten"

    @property
    def channels(self) -> list[int]:
        """Of the image, then of each block."""
        return [1] + [self.width * 2**n for n in range(self.depth)]

    @property
    def sides(self) -> list[int]:
        """Places a side of the image, then of each block's result."""
        found = [self.side]
        for _ in range(self.depth):
            found.append(-(-found[-1] // 2) if self.pooling == "none" else found[-1] // 2)
        return found

    @property
    def features(self) -> int:
        """How many numbers enter the dense layer."""
        places = self.sides[-1] ** 2 if self.head == "flatten" else 1
        return self.channels[-1] * places

    @property
    def fans(self) -> dict[str, tuple[int, int]]:
        """Fan in and fan out of each layer of weights, as Glorot and Bengio 2010 count them."""
        area = self.kernel**2
        pairs = pairwise(self.channels)
        found = {f"conv{n}": (a * area, b * area) for n, (a, b) in enumerate(pairs, 1)}
        return found | {"dense": (self.features, CLASSES)}

    @property
    def parameters(self) -> int:
        """Weights and biases of all layers."""
        biases = sum(self.channels[1:]) + CLASSES
        convolutions = sum(a * b * self.kernel**2 for a, b in pairwise(self.channels))
        return convolutions + self.features * CLASSES + biases
