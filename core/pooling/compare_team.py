"""S small convolutional networks that train at once: seeds as groups of channels.

A convolution with S groups reads S images, one a seed, with S sets of filters; the dense layer is
a batched product. One call does what S networks of ``core.nets.cnn`` would do one after another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, optim
from torch.nn.functional import conv2d, cross_entropy, relu

from core.nets.cnn import Cnn, initialise
from core.nets.pooling import POOLINGS
from core.nets.spec import CLASSES, Spec

CHUNK = 64  # images measured at a time: their feature maps stay in the cache
State = Mapping[str, Tensor]


class Team:
    """S networks of one spec from given first weights, each on images of its own.

    first: the weights of each, as Cnn names them. The activation is ReLU, the head flat.
    """

    def __init__(self, spec: Spec, first: Sequence[State]) -> None:
        self.spec, self.seeds = spec, len(first)
        self.convs = [self._conv(first, f"conv{n}") for n in range(1, spec.depth + 1)]
        self.weight = torch.stack([one["dense.weight"].T for one in first]).contiguous()
        self.bias = torch.stack([one["dense.bias"] for one in first])[:, None]
        self.parameters = [part for pair in self.convs for part in pair]
        self.parameters += [self.weight, self.bias]
        for part in self.parameters:
            part.requires_grad_()

    def _conv(self, first: Sequence[State], name: str) -> tuple[Tensor, Tensor]:
        """Filters (S * out, in, k, k) and biases (S * out,), seed after seed."""
        weight = torch.cat([one[f"{name}.weight"] for one in first])
        bias = torch.cat([one[f"{name}.bias"] for one in first])
        return weight.to(memory_format=torch.channels_last), bias

    def __call__(self, x: Tensor) -> Tensor:
        """Logits (S, B, 10) of images (B, S, side, side), one a seed, or (B, 1, side, side)."""
        stride = 2 if self.spec.pooling == "none" else 1
        for weight, bias in self.convs:
            groups = self.seeds if x.shape[1] > 1 else 1  # the same image for all: one group
            x = relu(conv2d(x, weight, bias, stride, self.spec.kernel // 2, groups=groups))
            if self.spec.pooling != "none":
                x = POOLINGS[self.spec.pooling](x)
        features = x.reshape(len(x), self.seeds, -1).transpose(0, 1)  # (S, B, features)
        return torch.baddbmm(self.bias, features, self.weight)

    @torch.no_grad()
    def measure(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Accuracy and mean cross-entropy (S,) of each network on images (n, 1, side, side)."""
        right, loss = torch.zeros(2, self.seeds, dtype=torch.float64)
        for some, own in zip(x.split(CHUNK), y.split(CHUNK), strict=True):
            logits = self(some).transpose(1, 2)  # (S, 10, n)
            each = cross_entropy(logits, own.expand(self.seeds, -1), reduction="none")
            right += (logits.argmax(1) == own).sum(1)
            loss += each.sum(1)
        return right / len(y), loss / len(y)


def draw(spec: Spec, generator: torch.Generator) -> State:
    """First weights of one network, by the rule of He."""
    net = Cnn(spec)
    initialise(net, "he", generator)
    return {name: value.detach() for name, value in net.named_parameters()}


def advance(teams: Sequence[Team], optimizer: optim.Optimizer, x: Tensor, y: Tensor) -> None:
    """One update of every network of every team, all on the same images.

    x: (B, S, side, side). y: (S, B). Each network minimises the mean cross-entropy of its batch.
    """
    optimizer.zero_grad()
    for team in teams:
        logits = team(x).reshape(-1, CLASSES)
        (cross_entropy(logits, y.flatten(), reduction="sum") / len(x)).backward()
    optimizer.step()
