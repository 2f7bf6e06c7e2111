"""Many small multilayer perceptrons at once, their parameters in one flat tensor.

A step of a tiny network costs overhead, not arithmetic. So the parameters of all runs are one
tensor that an elementwise rule updates in one go, the weights are views of it, the gradient is
written out by hand (Rumelhart, Hinton and Williams 1986) into buffers that are made once, and a
leading axis S carries many runs (seeds, learning rates, points of a plane) through one product.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

_aten = torch.ops.aten


@dataclass(frozen=True)
class _Act:
    """forward(z, out=) and backward(grad, z, a): the gradient before the activation."""

    forward: Callable[..., Tensor]
    backward: Callable[[Tensor, Tensor, Tensor], Tensor]


ACTIVATIONS: dict[str, _Act] = {
    "tanh": _Act(torch.tanh, lambda g, z, a: _aten.tanh_backward(g, a)),
    "sigmoid": _Act(torch.sigmoid, lambda g, z, a: _aten.sigmoid_backward(g, a)),
    "relu": _Act(_aten.relu, lambda g, z, a: _aten.threshold_backward(g, z, 0)),
    "gelu": _Act(_aten.gelu, lambda g, z, a: _aten.gelu_backward(g, z)),
}


@dataclass(frozen=True)
class Shape:
    """The layers of a network: sizes (inputs, hidden ..., outputs) and the hidden activation.

    One output is a logit (two classes); more are softmax logits. Layer l is a block
    (inputs + 1, outputs): the weights, and in the last row the biases.
    """

    sizes: tuple[int, ...]
    activation: str = "tanh"

    @property
    def layers(self) -> list[tuple[int, int]]:
        """(rows, columns) of each block."""
        return [(i + 1, o) for i, o in pairwise(self.sizes)]

    @property
    def count(self) -> int:
        """Parameters of one network."""
        return sum(i * o for i, o in self.layers)

    def spans(self, runs: int = 1) -> list[tuple[int, int]]:
        """Where each block begins and ends in a flat tensor of so many runs."""
        ends = np.cumsum([0] + [runs * i * o for i, o in self.layers]).tolist()
        return list(pairwise(ends))

    def blocks(self, flat: Tensor, runs: int) -> list[Tensor]:
        """Views (S, rows, columns) of a flat tensor that holds block after block, each S deep."""
        pieces = zip(self.spans(runs), self.layers, strict=True)
        return [flat[a:b].view(runs, *layer) for (a, b), layer in pieces]

    def split(self, each: Tensor) -> list[Tensor]:
        """Views (S, rows, columns) of (S, P), a row a network."""
        pieces = zip(self.spans(), self.layers, strict=True)
        return [each[:, a:b].reshape(-1, *layer) for (a, b), layer in pieces]

    def flatten(self, each: Tensor) -> Tensor:
        """(S, P), a row a network, to the flat tensor (S * P) of blocks."""
        return torch.cat([block.reshape(-1) for block in self.split(each)])

    def rows(self, flat: Tensor, runs: int) -> Tensor:
        """The flat tensor of blocks to (S, P), a row a network."""
        return torch.cat([block.reshape(runs, -1) for block in self.blocks(flat, runs)], 1)


def initial(shape: Shape, rng: np.random.Generator, init: str = "linear") -> np.ndarray:
    """Parameters (P,) of one network, float64, block after block.

    linear: weights and biases uniform within 1/sqrt(inputs), as torch.nn.Linear. xavier (Glorot
    and Bengio 2010) and he (He et al. 2015): uniform weights, biases 0. zeros: all 0.
    """
    out = []
    for rows, columns in shape.layers:
        fan_in = rows - 1
        bound = {"xavier": math.sqrt(6 / (fan_in + columns)), "he": math.sqrt(6 / fan_in)}
        block = rng.uniform(-1, 1, (rows, columns)) * bound.get(init, 1 / math.sqrt(fan_in))
        if init in bound:
            block[-1] = 0
        out.append(block.ravel() * (init != "zeros"))
    return np.concatenate(out)


def with_ones(x: Tensor) -> Tensor:
    """(..., n) to (..., n + 1): the input of the bias."""
    return torch.cat([x, torch.ones_like(x[..., :1])], -1)


def outputs(shape: Shape, blocks: Sequence[Tensor], x: Tensor) -> list[Tensor]:
    """What every layer puts out for x (N, d) or (S, N, d): hidden activations, then the logits."""
    h = x.expand(blocks[0].shape[0], *x.shape[-2:])
    act = ACTIVATIONS[shape.activation]
    out: list[Tensor] = []
    for block in blocks:
        if out:
            h = act.forward(out[-1])
            out[-1] = h
        out.append(torch.baddbmm(block[:, -1:], h, block[:, :-1]))
    return out


def squash(logits: Tensor) -> Tensor:
    """Class probabilities: sigmoid of one logit, softmax of several."""
    return logits.sigmoid() if logits.shape[-1] == 1 else logits.softmax(-1)


def loss(logits: Tensor, target: Tensor) -> Tensor:
    """Mean cross-entropy in nats, (S,). target: (N, 1) of 0 and 1, or one-hot (N, k)."""
    if logits.shape[-1] == 1:
        each = torch.nn.functional.softplus(logits) - target * logits
        return each.mean((-2, -1))
    return -(logits.log_softmax(-1) * target).sum(-1).mean(-1)


def accuracy(logits: Tensor, target: Tensor) -> Tensor:
    """Share of right answers of each run, (S,), in [0, 1]."""
    if logits.shape[-1] == 1:
        right = (logits > 0) == (target > 0.5)
        return right.to(logits.dtype).mean((-2, -1))
    return (logits.argmax(-1) == target.argmax(-1)).to(logits.dtype).mean(-1)


class Mlp:
    """S networks of one shape, their parameters, and the gradient of the mean cross-entropy.

    theta, grad: flat (S * P). blocks: views of theta (S, inputs + 1, outputs) a layer.
    Made for one batch size. Used under torch.inference_mode or no_grad.
    """

    def __init__(self, shape: Shape, each: Tensor, batch: int) -> None:
        self.shape, self.runs, self.batch = shape, each.shape[0], batch
        self.theta = shape.flatten(each)
        self.grad = torch.zeros_like(self.theta)
        self.blocks = shape.blocks(self.theta, self.runs)
        self._grads = shape.blocks(self.grad, self.runs)
        self._back = [block[:, :-1].transpose(1, 2) for block in self.blocks[1:]]
        self._act = ACTIVATIONS[shape.activation]
        blank = [each.new_ones(self.runs, batch, n + 1) for n in shape.sizes[1:-1]]
        self._hidden = [(h, h[..., :-1], h.transpose(1, 2)) for h in blank]
        self._zs = [each.new_empty(self.runs, batch, n) for n in shape.sizes[1:]]

    @property
    def logits(self) -> Tensor:
        """(S, B, outputs) of the last call of gradient."""
        return self._zs[-1]

    def gradients(self) -> list[Tensor]:
        """The last gradient as views (S, inputs + 1, outputs) a layer."""
        return self._grads

    def gradient(self, x: Tensor, x_t: Tensor, y: Tensor) -> Tensor:
        """Gradient (S * P) of the batch's mean loss, in a buffer that the next call overwrites.

        x: (S, B, d + 1) with its column of ones. x_t: x transposed. y: (S, B, outputs).
        """
        blocks, zs, act, h = self.blocks, self._zs, self._act, x
        for block, z, (full, a, _) in zip(blocks, zs, self._hidden, strict=False):
            torch.bmm(h, block, out=z)
            act.forward(z, out=a)
            h = full
        torch.bmm(h, blocks[-1], out=zs[-1])
        delta = squash(zs[-1]).sub_(y).mul_(1 / self.batch)  # dL/dz of the last layer
        for n in range(len(blocks) - 1, 0, -1):
            _, a, a_t = self._hidden[n - 1]
            torch.bmm(a_t, delta, out=self._grads[n])
            delta = act.backward(torch.bmm(delta, self._back[n - 1]), zs[n - 1], a)
        torch.bmm(x_t, delta, out=self._grads[0])
        return self.grad
