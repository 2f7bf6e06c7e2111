"""Train the two networks of the shift experiment: data/models/shift-*.safetensors.

    .venv/bin/python -m scripts.train_shift

Both learn the same 12,000 digits, all in the middle of the canvas, with Adam and a one-cycle rate.
Each file holds the weights by name and ``accuracy`` (13, 13): the share of the 2,000 held-out
digits that is read right with every digit moved by (dx, dy), row dy and column dx from -6 to 6.
"""

from __future__ import annotations

import math
import sys

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.data import mnist, models
from core.nets import shift_nets as nets

EPOCHS = {"cnn": 12, "mlp": 20}
RATE = {"cnn": 8e-3, "mlp": 3e-3}
BATCH = 50


def initial(kind: str, generator: torch.Generator) -> dict[str, Tensor]:
    """He et al. 2015, eq. 10: normal, variance 2 / fan in; biases 0."""
    made = {}
    for name, shape in nets.SHAPES[kind].items():
        scale = 0.0 if len(shape) == 1 else math.sqrt(2 / math.prod(shape[1:]))
        made[name] = (torch.randn(shape, generator=generator) * scale).requires_grad_()
    return made


def train(kind: str, x: Tensor, y: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
    """The weights after the last epoch. x: (N, 1, 40, 40); y: (N,)."""
    weights = initial(kind, generator)
    steps = EPOCHS[kind] * (len(x) // BATCH)
    optimizer = torch.optim.Adam(weights.values(), lr=RATE[kind])
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE[kind], total_steps=steps, pct_start=0.15
    )
    for epoch in range(EPOCHS[kind]):
        total = 0.0
        for batch in torch.randperm(len(x), generator=generator).view(-1, BATCH):
            loss = functional.cross_entropy(nets.logits(kind, weights, x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rate.step()
            total += loss.item() * BATCH / len(x)
        print(f"{kind} epoch {epoch + 1} of {EPOCHS[kind]}: training loss {total:.4f}", flush=True)
    return {name: value.detach() for name, value in weights.items()}


def share_right(kind: str, weights: nets.Weights, x: Tensor, y: Tensor) -> np.ndarray:
    """(13, 13): the share of images (N, 28, 28) read right with all of them at each place."""
    right = torch.zeros(nets.PLACES**2, dtype=torch.int64)
    for image, answer in zip(x, y, strict=True):
        right += nets.logits(kind, weights, nets.everywhere(image)).argmax(1) == answer
    return (right.double() / len(x)).float().view(nets.PLACES, nets.PLACES).numpy()


def main(kinds: list[str]) -> None:
    """Train and write those of these kinds, ``cnn`` and ``mlp``; both when none is named."""
    torch.set_num_threads(1)
    x, y = (torch.from_numpy(part) for part in mnist.load("train"))
    held, answers = (torch.from_numpy(part) for part in mnist.load("test"))
    for kind in kinds or nets.NAMES:
        weights = train(kind, nets.placed(x, 0, 0), y, torch.Generator().manual_seed(0))
        with torch.inference_mode():
            right = share_right(kind, weights, held, answers)
        arrays = {name: value.numpy() for name, value in weights.items()}
        file = models.ship(nets.NAMES[kind], {**arrays, "accuracy": right})
        middle = right[nets.REACH, nets.REACH]
        print(f"{file.name}: {nets.parameters(kind):,} parameters, {file.stat().st_size:,} bytes")
        print(f"right in the middle {middle:.2%}, over all places {right.mean():.2%}")


if __name__ == "__main__":
    main(sys.argv[1:])
