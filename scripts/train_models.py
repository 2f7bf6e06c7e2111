"""Train data/models/mnist-cnn.safetensors, the network that reads drawings and is looked into.

    .venv/bin/python -m scripts.train_models

The network of ``pooling.cnn`` at its defaults, for eight passes over the 12,000 training digits
of ``data/sets/mnist.npz``, with Adam and a rate that falls to 0 along a cosine.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import optim

from core.data import models
from core.nets.cnn import Cnn, to_arrays
from core.pooling.cnn import Settings
from core.pooling.cnn_data import Images, load
from core.pooling.training import Batches, Trainer, build

NAME = "mnist-cnn"
PASSES, RATE = 8, 0.003


def train(settings: Settings, images: Images) -> Cnn:
    """The network after the last pass, in eval mode."""
    weights, order, dropout = np.random.SeedSequence(settings.seed).spawn(3)
    net = build(settings, weights, dropout)
    steps = PASSES * math.ceil(len(images.x) / settings.batch_size)
    optimizer = optim.Adam(net.parameters(), RATE)
    falling = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    batches = Batches(len(images.x), settings.batch_size, np.random.default_rng(order))
    trainer = Trainer(net, optimizer)
    for _ in range(steps):
        chosen = batches.next()
        trainer.step(images.x[chosen], images.y[chosen])
        falling.step()
    return net.eval()


@torch.no_grad()
def share_right(net: Cnn, images: Images) -> float:
    """Share of the held-out digits that the network reads right."""
    return float((net(images.x_test).argmax(1) == images.y_test).double().mean())


def main() -> None:
    """Train, write and measure."""
    torch.set_num_threads(1)
    settings = Settings()
    images = load(settings)
    net = train(settings, images)
    file = models.ship(NAME, to_arrays(net))
    print(f"{file.name}: {settings.spec.parameters:,} parameters, {file.stat().st_size:,} bytes")
    print(f"{share_right(net, images):.2%} of the held-out digits right")


if __name__ == "__main__":
    main()
