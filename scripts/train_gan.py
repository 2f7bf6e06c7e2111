"""Train what ships for the lessons on images made by a GAN: data/models/gan-*.safetensors.

    .venv/bin/python -m scripts.train_gan [gan-mnist | gan-fashion | classifiers]

gan-mnist, gan-fashion: the game of ``gan.images`` at its defaults, but longer and its rates falling
to 0 along a cosine; the generator's running mean and the discriminator, in half precision.
classifiers: the network of ``pooling.cnn`` on Fashion-MNIST and on the small digits, in whose
features samples are judged (those of MNIST are judged by mnist-cnn).
"""

from __future__ import annotations

import sys

import numpy as np
import torch
from torch import optim

from core.data import models
from core.gan.convnets import to_arrays
from core.gan.images import Settings
from core.gan.images_data import load
from core.gan.images_train import Game, spec_of
from core.nets import cnn
from core.nets.batches import Batches, random
from core.pooling import cnn_data
from core.pooling.cnn import Settings as CnnSettings
from scripts.train_models import share_right, train

STEPS = 5000


def play(settings: Settings) -> Game:
    """The game after the last step."""
    order, own = np.random.SeedSequence(settings.seed).spawn(2)
    images = load(settings.data)
    game = Game(spec_of(settings, images), settings, random(own))
    batches = Batches(len(images.x), settings.batch_size, np.random.default_rng(order))
    falling = [
        optim.lr_scheduler.CosineAnnealingLR(one, settings.steps)
        for one in (game.d_optimizer, game.g_optimizer)
    ]
    for _ in range(settings.steps):
        chosen = batches.next()
        game.step(images.x[chosen], images.y[chosen])
        for one in falling:
            one.step()
    return game


def write(name: str, arrays: dict[str, np.ndarray]) -> None:
    """A model that ships."""
    file = models.ship(name, arrays)
    count = sum(value.size for key, value in arrays.items() if key != "spec")
    print(f"{file.name}: {count:,} numbers, {file.stat().st_size:,} bytes", flush=True)


def gan(data: str) -> None:
    """Train and write the game on one set."""
    game = play(Settings.checked({"data": data, "steps": STEPS}))
    write(f"gan-{data}", to_arrays(game.average.net, game.d))


def classifiers() -> None:
    """Train, write and measure the classifiers."""
    for data in ("fashion", "digits"):
        settings = CnnSettings(data="mnist" if data == "fashion" else "digits")
        found = load(data)
        parts = ((found.x + 1) / 2, found.y, (found.x_test + 1) / 2, found.y_test)
        images = cnn_data.Images(*parts)
        net = train(settings, images)
        write(f"gan-{data}-cnn", cnn.to_arrays(net))
        print(f"{share_right(net, images):.2%} of the held-out images right", flush=True)


def main(names: list[str]) -> None:
    """Those that are named, or all."""
    torch.set_num_threads(1)
    for name in names or ["classifiers", "gan-mnist", "gan-fashion"]:
        if name == "classifiers":
            classifiers()
        else:
            gan(name.removeprefix("gan-"))


if __name__ == "__main__":
    main(sys.argv[1:])
