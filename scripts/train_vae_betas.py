"""Train the nine VAEs of ``vae.beta``, of each data set: data/models/vae-betas.safetensors.

    .venv/bin/python -m scripts.train_vae_betas

Each is ``vae.images`` at the settings below. The first, at beta 0, starts from nothing, every other
from its neighbour with less beta, so that the map stays where it is; the rate falls to 0 along a
cosine each time. What is printed is of all held-out images, binarised once (seed 0): both terms and
the ELBO, with 100 draws of each code, in nats, and more that ``core.vae.beta_run`` measures.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch

from core.data import models
from core.nets.batches import random
from core.vae.beta_layout import BETAS, METRICS, NAMES
from core.vae.beta_run import MODEL, hole, measured, usual
from core.vae.data import load
from core.vae.images import Settings
from core.vae.nets import Autoencoder, from_arrays, to_arrays
from core.vae.training import Trainer, spec_of
from scripts.train_vae import fit

SEED = 0
COMMON: dict[str, Any] = {"kind": "vae", "width": 64, "lr": 2e-3, "batch_size": 64}
STEPS = {"digits": (3000, 2500), "mnist": (4000, 4000)}  # at beta 0, and at each of the others


def train(data: str) -> list[Autoencoder]:
    """The nine, as they will be read back from the file."""
    first, more = STEPS[data]
    found: list[Autoencoder] = []
    for number, beta in enumerate(BETAS):
        steps = more if found else first
        settings = Settings.checked(COMMON | {"data": data, "beta": beta, "steps": steps})
        found.append(one(settings, found[-1] if found else None, [SEED, number]))
    return [from_arrays(to_arrays(net)) for net in found]


def one(settings: Settings, before: Autoencoder | None, seed: list[int]) -> Autoencoder:
    """Trained from where the one before it ended; the rate falls to 0 along a cosine."""
    order, own = np.random.SeedSequence(seed).spawn(2)
    data = load(settings.data)
    trainer = Trainer(spec_of(settings, data), settings, random(own))
    if before is not None:
        trainer.net.load_state_dict(before.state_dict())
    fit(trainer, data, order)
    return trainer.net


def arrays_of(data: str, nets: list[Autoencoder]) -> dict[str, np.ndarray]:
    """Their weights under ``digits/0.05/``; beside them what is measured of them once and for all:
    six numbers each, the hole of the first, and how far unseen images lie from training images.
    """
    found = {
        f"{data}/measured": np.array([measured(net) for net in nets], np.float32),
        f"{data}/hole": hole(nets[0]),
        f"{data}/usual": np.array([usual(data)], np.float32),
    }
    for name, net in zip(NAMES, nets, strict=True):
        found |= {f"{data}/{name}/{key}": value for key, value in to_arrays(net).items()}
    return found


def main() -> None:
    """Train, ship, and say how good each is."""
    torch.set_num_threads(1)
    arrays: dict[str, np.ndarray] = {}
    for data in STEPS:
        start = time.process_time()
        nets = train(data)
        seconds = time.process_time() - start
        arrays |= arrays_of(data, nets)
        print(f"{data}: {seconds:.0f} s, hole at {arrays[f'{data}/hole'].tolist()}", flush=True)
        for name, row in zip(NAMES, arrays[f"{data}/measured"], strict=True):
            told = zip(METRICS, row, strict=False)
            print(f"  beta {name}: " + ", ".join(f"{k} {v:.2f}" for k, v in told), flush=True)
    file = models.ship(MODEL, arrays)
    print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
