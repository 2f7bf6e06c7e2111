"""Train ten VAEs, each of nine digits of ten: data/models/vae-left-out.safetensors.

    .venv/bin/python -m scripts.train_vae_left_out

Each is ``vae.images`` at the settings below without one class of MNIST, its rate falling to 0 along
a cosine. What is printed is of all 2,000 held-out images, binarised once (seed 0): the ELBO, nats,
of the nine classes and of the one left out, and the area under the ROC curve by which it is told
from them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from core.data import models
from core.nets.batches import random
from core.vae.bounds import bounds
from core.vae.data import Data, held_out, load
from core.vae.images import Settings
from core.vae.nets import Autoencoder, from_arrays, to_arrays
from core.vae.spec import CLASSES
from core.vae.training import Trainer, spec_of
from scripts.train_vae import fit

NAME = "vae-left-out"
SETTINGS: dict[str, Any] = {"latent_dim": 8, "width": 56, "steps": 6000, "batch_size": 100}
DRAWS = 16


def train(settings: Settings, left_out: int) -> Autoencoder:
    """A VAE that never sees that class; the rate falls to 0 along a cosine."""
    order, own = np.random.SeedSequence((settings.seed, left_out)).spawn(2)
    data = without(load(settings.data), left_out)
    trainer = Trainer(spec_of(settings, data), settings, random(own))
    fit(trainer, data, order)
    return trainer.net


def without(data: Data, left_out: int) -> Data:
    """The training images of all other classes; what is held out stays whole."""
    kept = data.y != left_out
    return Data(data.x[kept], data.y[kept], data.x_test, data.y_test, data.side)


def measured(net: Autoencoder, left_out: int) -> tuple[float, float, float]:
    """Mean ELBO of the nine classes, of the one left out, and the area under the ROC curve."""
    x, y = held_out(net.spec.data, net.spec.likelihood, 2000)
    elbo = bounds(net, x, y, DRAWS, torch.Generator().manual_seed(0)).elbo.double().numpy()
    out = (y == left_out).numpy()
    return float(elbo[~out].mean()), float(elbo[out].mean()), float(roc_auc_score(out, -elbo))


def main() -> None:
    """All ten into one file, the arrays of each under its digit: ``3/encoder.0.weight``."""
    torch.set_num_threads(1)
    found: dict[str, np.ndarray] = {}
    for digit in range(CLASSES):
        arrays = to_arrays(train(Settings.checked(SETTINGS), digit))
        found |= {f"{digit}/{name}": value for name, value in arrays.items()}
        known, out, area = measured(from_arrays(arrays), digit)
        print(f"{digit}: elbo {known:.1f}, of {digit} {out:.1f}, area {area:.3f}", flush=True)
    print(f"{models.ship(NAME, found).stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
