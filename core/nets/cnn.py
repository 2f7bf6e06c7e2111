"""A small convolutional network that reads digits: blocks of convolution, activation, pooling.

LeCun, Bottou, Bengio and Haffner 1998, in miniature, of torch.nn layers under one another:
input (N, 1, side, side), depth blocks with width, 2 width, 4 width channels, one dense layer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, fields
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from core.data import models
from core.nets import stored
from core.nets.pooling import Pool
from core.nets.spec import CLASSES, INITIALISATIONS, POOLINGS, Spec

NORMAL_STD = 0.01  # Krizhevsky, Sutskever and Hinton 2012
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky-relu": nn.LeakyReLU,
    "gelu": nn.GELU,
}
HEADS: dict[str, type[nn.Module]] = {
    "global-average": nn.AdaptiveAvgPool2d,
    "global-max": nn.AdaptiveMaxPool2d,
}


class Dropout(nn.Module):
    """Each number is 0 with probability p in training, the others grow by 1 / (1 - p).

    Srivastava et al. 2014; as torch.nn.Dropout, with a generator of its own.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.generator = torch.Generator()

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        kept = torch.rand(x.shape, generator=self.generator, dtype=x.dtype) >= self.p
        return x * kept / (1 - self.p)


class Cnn(nn.Sequential):
    """The network of a Spec: x (N, 1, side, side) in [0, 1] to logits (N, 10).

    Its layers, by name: conv1, act1, pool1, conv2, ..., (global), flatten, (dropout), dense.
    The weights are not set; ``initialise`` or ``from_arrays`` does that.
    """

    def __init__(self, spec: Spec) -> None:
        with torch.device("meta"):  # no draw from the global generator
            layers = _layers(spec)
        super().__init__(layers)
        self.to_empty(device="cpu")
        # Twice as fast on a processor. Torch's stubs know no such call.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.spec = spec


def _layers(spec: Spec) -> OrderedDict[str, nn.Module]:
    found: OrderedDict[str, nn.Module] = OrderedDict()
    stride = 2 if spec.pooling == "none" else 1
    for n, (before, after) in enumerate(pairwise(spec.channels), 1):
        found[f"conv{n}"] = nn.Conv2d(before, after, spec.kernel, stride, spec.kernel // 2)
        found[f"act{n}"] = ACTIVATIONS[spec.activation]()
        if spec.pooling != "none":
            found[f"pool{n}"] = Pool(spec.pooling)
    if spec.head in HEADS:
        found["global"] = HEADS[spec.head](1)
    found["flatten"] = nn.Flatten()
    if spec.dropout:
        found["dropout"] = Dropout(spec.dropout)
    found["dense"] = nn.Linear(spec.features, CLASSES)
    return found


@torch.no_grad()
def initialise(net: nn.Module, how: str, generator: torch.Generator) -> None:
    """Draw the weights of every convolution and dense layer; the biases are 0.

    zeros: all 0. normal: standard deviation 0.01, whatever the layer's size (Krizhevsky et al.
    2012). glorot: uniform, variance 2 / (fan in + fan out) (Glorot and Bengio 2010, eq. 16).
    he: normal, variance 2 / fan in (He et al. 2015, eq. 10).
    """
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            _draw(layer.weight, how, generator)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]


def _draw(weight: Tensor, how: str, generator: torch.Generator) -> None:
    if how == "zeros":
        nn.init.zeros_(weight)
    elif how == "normal":
        nn.init.normal_(weight, 0.0, NORMAL_STD, generator=generator)
    elif how == "glorot":
        nn.init.xavier_uniform_(weight, generator=generator)
    elif how == "he":
        nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=generator)
    else:
        raise ValueError(f"initialisation: given {how!r}, allowed: {' | '.join(INITIALISATIONS)}")


def forward_all(net: Cnn, x: Tensor) -> list[tuple[str, str, Tensor]]:
    """Every layer's result for x (N, 1, side, side): (name, kind, tensor), from input to answer.

    Kinds: input, convolution, activation, pooling, dense, softmax. Named as the layers, then
    ``logits`` (N, 10) of the dense one and ``probabilities`` (N, 10). With a global head its
    pooling is ``global``. Run it on a network in ``eval()``: no dropout.
    """
    found = [("input", "input", x)]
    for name, layer in net.named_children():
        x = layer(x)
        if (kind := _kind(name)) is not None:
            found.append(("logits" if name == "dense" else name, kind, x))
    return [*found, ("probabilities", "softmax", x.softmax(1))]


def _kind(name: str) -> str | None:
    kinds = {"conv": "convolution", "act": "activation", "pool": "pooling", "global": "pooling"}
    kinds |= {"dense": "dense"}
    return kinds.get(name.rstrip("0123456789"))


def to_arrays(net: Cnn) -> dict[str, np.ndarray]:
    """Weights and biases by layer, as ``conv1.weight``, and ``spec``; ``from_arrays`` reads it."""
    state = {name: value.numpy(force=True).copy() for name, value in net.state_dict().items()}
    return {**state, "spec": stored.spec_array(asdict(net.spec))}


def from_arrays(arrays: Mapping[str, np.ndarray]) -> Cnn:
    """The network that ``to_arrays`` wrote, in eval mode. ValueError where the arrays do not fit.

    Its weights have the arrays' float type.
    """
    given = stored.spec_of(arrays)
    known = {field.name for field in fields(Spec)}
    if not set(given) <= known or "depth" not in given:
        raise ValueError("these weights are of another kind of network")
    spec = Spec(**given)
    if spec.pooling not in POOLINGS or spec.activation not in ACTIVATIONS:
        raise ValueError("these weights are of a network with layers that are not known here")
    net = Cnn(spec)
    state = {name: torch.from_numpy(np.array(v)) for name, v in arrays.items() if name != "spec"}
    try:
        net.to(next(iter(state.values())).dtype).load_state_dict(state)
    except (RuntimeError, StopIteration):
        raise ValueError("these weights do not fit the network that they name") from None
    return net.eval()


def load(name: str = "mnist-cnn") -> Cnn:
    """A model that ships. Raises models.Missing where there is none."""
    return from_arrays(models.load(name))
