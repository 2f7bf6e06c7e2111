"""Train the networks of the plane that ship: data/models/diffusion-{ring,grid,flow}.safetensors.

    .venv/bin/python -m scripts.train_diffusion_plane [ring | grid | flow]

Each is ``diffusion.plane`` at its defaults but for what stands below, seed 0, no seed chosen. What
is printed is of 10,000 samples of 50 steps of DDIM: modes covered, the share within three sigma of
a centre, and the seconds that training took.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import torch

from core.data import models
from core.diffusion.denoiser import to_arrays
from core.diffusion.plane import Settings
from core.diffusion.sample_ways import reverse
from core.diffusion.training import Trainer
from core.measure.modes import modes
from core.nets.batches import random

SHIPPED: dict[str, dict[str, Any]] = {
    "ring": {"target": "ring", "steps": 8000},
    "grid": {"target": "grid", "steps": 12_000},
    "flow": {"target": "grid", "steps": 12_000, "predict": "flow"},
}


def train(settings: Settings) -> Trainer:
    """After the last step."""
    trainer = Trainer(settings, random(np.random.SeedSequence(settings.seed)))
    for _ in range(settings.steps):
        trainer.step()
    return trainer


def main(names: list[str]) -> None:
    """Those that are named, or all."""
    torch.set_num_threads(1)
    for name in names or list(SHIPPED):
        settings, began = Settings.checked(SHIPPED[name]), time.process_time()
        net = train(settings).shown
        seconds = time.process_time() - began
        file = models.ship(f"diffusion-{name}", to_arrays(net))
        x = torch.randn(10_000, 2, generator=torch.Generator().manual_seed(1))
        *_, (_, x) = reverse(net, settings.course, x, "ddim", 50, clip=settings.reach)
        covered, good = modes(x.numpy(), settings.mixture)
        print(f"{file.name}: {file.stat().st_size:,} bytes, {seconds:.0f} s; "
              f"{covered} modes, {good:.1%} good", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
