"""Train the autoencoders that ship: data/models/vae-*.safetensors.

    .venv/bin/python -m scripts.train_vae [names]     train and write them
    .venv/bin/python -m scripts.train_vae --check     train vae-mnist anew: the same?

Each is ``vae.images`` at the settings below, its rate falling to 0 along a cosine. What is printed
is of all 2,000 held-out images, binarised once (seed 0): ELBO, and the importance-weighted bound of
100 draws, in nats. A test holds data/README.md to them.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from torch import optim

from core.data import models
from core.nets.batches import Batches, random
from core.vae.bounds import bounds
from core.vae.data import Data, held_out, load
from core.vae.images import Settings
from core.vae.nets import Autoencoder, from_arrays, to_arrays
from core.vae.training import Trainer, spec_of

DRAWS = 100
TOLERANCE = 0.5  # nats: another machine rounds otherwise, and 20,000 steps make it more
COMMON: dict[str, Any] = {"steps": 20_000, "batch_size": 100}
MODELS: dict[str, dict[str, Any]] = {
    "vae-mnist": {},
    "vae-mnist-plain": {"kind": "autoencoder"},
    "vae-mnist-denoising": {"kind": "denoising"},
    "vae-mnist-beta": {"kind": "beta-vae", "beta": 4.0},
    "vae-mnist-conditional": {"kind": "conditional"},
    "vae-mnist-vq": {"kind": "vq-vae"},
    "vae-mnist-16": {"latent_dim": 16},
    "vae-fashion": {"data": "fashion"},
    "vae-fashion-16": {"data": "fashion", "latent_dim": 16},
}


def train(settings: Settings) -> Trainer:
    """After the last step; the rate falls to 0 along a cosine."""
    order, own = np.random.SeedSequence(settings.seed).spawn(2)
    data = load(settings.data, settings.train_size)
    trainer = Trainer(spec_of(settings, data), settings, random(own))
    fit(trainer, data, order)
    return trainer


def fit(trainer: Trainer, data: Data, order: np.random.SeedSequence) -> None:
    """All steps of the trainer's settings, the rate falling to 0 along a cosine."""
    settings = trainer.settings
    batches = Batches(len(data.x), settings.batch_size, np.random.default_rng(order))
    falling = optim.lr_scheduler.CosineAnnealingLR(trainer.optimizer, settings.steps)
    for _ in range(settings.steps):
        chosen = batches.next()
        trainer.step(data.x[chosen], data.y[chosen])
        falling.step()


def measured(net: Autoencoder) -> dict[str, float]:
    """Bounds on the held-out images, nats; of a plain autoencoder, only what comes back."""
    x, y = held_out(net.spec.data, net.spec.likelihood, 2000)
    found = bounds(net, x, y, DRAWS, torch.Generator().manual_seed(0))
    numbers = {"reconstruction": found.reconstruction}
    if net.spec.variational or net.spec.codes:
        numbers |= {"elbo": found.elbo}
    if found.iwae is not None:
        numbers |= {"iwae": found.iwae}
    return {name: float(value.double().mean()) for name, value in numbers.items()}


def anew(name: str) -> dict[str, np.ndarray]:
    """Train one from its seed; its arrays."""
    return to_arrays(train(Settings.checked({**COMMON, **MODELS[name]})).net)


def check(name: str = "vae-mnist") -> int:
    """Train one anew and compare its bounds with those of the one that ships; an exit status."""
    ours, theirs = (measured(from_arrays(one)) for one in (anew(name), models.load(name)))
    for bound in theirs:
        print(f"{name}: {bound} {ours[bound]:.2f} anew, {theirs[bound]:.2f} shipped, nats")
    return int(any(abs(ours[bound] - theirs[bound]) > TOLERANCE for bound in theirs))


def main(names: list[str]) -> None:
    """Those that are named, or all."""
    torch.set_num_threads(1)
    if names == ["--check"]:
        raise SystemExit(check())
    for name in names or MODELS:
        arrays = anew(name)
        file = models.ship(name, arrays)
        count = sum(value.size for key, value in arrays.items() if key != "spec")
        numbers = ", ".join(f"{k} {v:.2f}" for k, v in measured(from_arrays(arrays)).items())
        size = f"{count:,} numbers, {file.stat().st_size:,} bytes"
        print(f"{file.name}: {size}; {numbers}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
