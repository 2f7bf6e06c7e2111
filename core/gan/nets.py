"""Small dense networks for the plane, S of them at once, their parameters stacked.

One batched product does what S networks would do one after another, so many seeds cost little
more than one; a single game is S = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional

EPS = 1e-5  # of batch normalisation, as torch.nn.BatchNorm1d

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": functional.relu,
    "leaky-relu": lambda x: functional.leaky_relu(x, 0.2),
    "tanh": torch.tanh,
    "elu": functional.elu,
}


@dataclass
class Layer:
    """One dense layer of S networks. weight: (S, in, out). bias: (S, 1, out).

    gain, shift: (S, 1, out) of batch normalisation, where there is one. u: (S, 1, out), the power
    iteration's vector of spectral normalisation, where there is one.
    """

    weight: Tensor
    bias: Tensor
    gain: Tensor | None = None
    shift: Tensor | None = None
    u: Tensor | None = None

    @property
    def parameters(self) -> list[Tensor]:
        """What is learned."""
        return [p for p in (self.weight, self.bias, self.gain, self.shift) if p is not None]


@dataclass
class Net:
    """S networks: dense layers with an activation between them; the last layer is linear."""

    layers: list[Layer]
    activation: str
    parameters: list[Tensor] = field(init=False)

    def __post_init__(self) -> None:
        self.parameters = [p for layer in self.layers for p in layer.parameters]
        for parameter in self.parameters:
            parameter.requires_grad_()

    def __call__(self, x: Tensor) -> Tensor:
        """Outputs (S, n, out) of inputs (S, n, in)."""
        return self.features(x)[1]

    def features(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The last hidden layer (S, n, width) and the outputs (S, n, out) of inputs (S, n, in)."""
        act = ACTIVATIONS[self.activation]
        *hidden, last = self.layers
        for layer in hidden:
            x = act(_dense(layer, x))
        return x, _dense(last, x)

    @torch.no_grad()
    def iterate(self) -> None:
        """One power iteration of spectral normalisation (Miyato et al. 2018, algorithm 1)."""
        for layer in self.layers:
            if layer.u is not None:
                v = functional.normalize(layer.u @ layer.weight.mT, dim=-1)
                layer.u = functional.normalize(v @ layer.weight, dim=-1)


def _dense(layer: Layer, x: Tensor) -> Tensor:
    weight = layer.weight if layer.u is None else _spectral(layer.weight, layer.u)
    if weight.shape[-1] == 1 < len(weight):  # a batch of products with one column is slow
        return (x * weight.mT).sum(-1, keepdim=True) + layer.bias
    x = torch.baddbmm(layer.bias, x, weight)
    if layer.gain is None or layer.shift is None:
        return x
    mean, variance = x.mean(1, keepdim=True), x.var(1, keepdim=True, correction=0)
    return (x - mean) * (variance + EPS).rsqrt() * layer.gain + layer.shift


def _spectral(weight: Tensor, u: Tensor) -> Tensor:
    """The weight (S, in, out) over its largest singular value, as u (S, 1, out) has it."""
    with torch.no_grad():
        v = functional.normalize(u @ weight.mT, dim=-1)  # (S, 1, in)
    return weight / (v @ weight @ u.mT)


def build(
    sizes: list[int],
    activation: str,
    generators: list[torch.Generator],
    batch_norm: bool = False,
    spectral: bool = False,
) -> Net:
    """S networks of layers of these sizes, weights and biases drawn as torch.nn.Linear's.

    generators: one a network. batch_norm: after every hidden layer but the first.
    """
    layers = []
    for number, (rows, columns) in enumerate(pairwise(sizes)):
        weight, bias, u = (
            torch.stack([_uniform(shape, rows, g) for g in generators])
            for shape in ((rows, columns), (1, columns), (1, columns))
        )
        layer = Layer(weight, bias, u=functional.normalize(u, dim=-1) if spectral else None)
        if batch_norm and 0 < number < len(sizes) - 2:
            layer.gain, layer.shift = torch.ones_like(bias), torch.zeros_like(bias)
        layers.append(layer)
    return Net(layers, activation)


def _uniform(shape: tuple[int, int], inputs: int, generator: torch.Generator) -> Tensor:
    """Within 1 / sqrt(inputs) of 0."""
    return (2 * torch.rand(shape, generator=generator) - 1) / float(inputs**0.5)
