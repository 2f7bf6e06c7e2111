"""A trained generator makes images: a wall, ways between two noises, directions that matter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import torch
from torch import Tensor

from core.data import models
from core.gan.convnets import CLASSES, Generator, from_arrays
from core.gan.images_data import load, read, to_bytes
from core.gan.images_layout import COLUMNS, COUNT, ROWS
from core.gan.images_portrait import distances, generate, held_out_distances, spherical
from core.gan.sample import Frame, Settings
from core.gan.sample_layout import GRID, SETS
from core.measure.coverage import precision_recall
from core.measure.frechet import feature_distance

SHOWN = ROWS * COLUMNS


@torch.no_grad()
def run(settings: Settings) -> Iterator[Frame]:
    """One frame. Raises KeyError or ValueError, in words, where the model cannot be had."""
    net, _ = from_arrays(models.load(settings.model))
    images = load(net.spec.data)
    random = torch.Generator().manual_seed(settings.seed)
    z = settings.truncation * torch.randn(COUNT, net.spec.noise_dim, generator=random)
    y = classes_asked(settings, COUNT)
    made = generate(net, z, y)
    one = _one(settings, net, z, y)
    far, which = distances(torch.cat([made[:SHOWN], one]), images.x)
    held_out = held_out_distances(net.spec.data, None)
    novelty = {"novelty": float(np.median(far[:SHOWN]) / np.median(held_out))}
    paths = ways(z[settings.chosen], z[settings.other])
    yield Frame(
        step=0,
        metrics=measures(settings, net, made, y) | novelty,
        wall=to_bytes(made[:SHOWN]),
        asked=(y[:SHOWN] + (0 if net.spec.conditional else CLASSES)).byte().numpy(),
        walk=to_bytes(generate(net, paths.flatten(0, 1), _same(y, settings, 2 * COLUMNS))),
        lengths=paths.norm(dim=2).numpy(),
        grid=to_bytes(_grid(settings, net, z, y)),
        one=to_bytes(one)[0],
        nearest=to_bytes(images.x[[*which[:COLUMNS], which[-1]]]),
        distances=far[:SHOWN],
        held_out=held_out,
        source=np.array([SETS.index(net.spec.data)], np.uint8),
    )


def classes_asked(settings: Settings, count: int) -> Tensor:
    """Classes (count,): the one that is asked for, or all in turn."""
    every = torch.arange(count) % CLASSES
    return every if settings.label == "all" else torch.full_like(every, int(settings.label))


def directions(net: Generator) -> Tensor:
    """Directions of the noise (noise_dim, noise_dim) in rows of length 1, the strongest first.

    Shen and Zhou 2021 (SeFa), equation 4: eigenvectors of A'A, where A is what the first layer does
    to the noise; here with the scale that its normalisation gives each channel.
    """
    norm = net.norm1
    assert norm.running_var is not None
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    weight = net.dense.weight[:, : net.spec.noise_dim]
    a = weight * scale.repeat_interleave(net.low**2)[:, None]
    vectors = torch.linalg.eigh((a.mT @ a).double())[1].mT.flip(0)
    largest = vectors.abs().argmax(1, keepdim=True)
    signed: Tensor = vectors * vectors.gather(1, largest).sign()
    return signed.float()


def ways(a: Tensor, b: Tensor) -> Tensor:
    """Noise (2, COLUMNS, n) from a to b (n,): in a straight line, and along the arc."""
    t = torch.linspace(0, 1, COLUMNS)[:, None]
    return torch.stack([(1 - t) * a + t * b, spherical(a, b, COLUMNS)])


def measures(settings: Settings, net: Generator, made: Tensor, y: Tensor) -> dict[str, float]:
    """How good and how varied the samples are, by features of them and of held-out images."""
    wanted = settings.label != "all" and net.spec.conditional
    real, floor, labels = _real(net.spec.data, settings.label if wanted else "")
    features, classes = read(net.spec.data, made)
    features, classes = features[: len(real)], classes[: len(real)]
    precision, recall = precision_recall(real, features)
    found = {
        "frechet": feature_distance(real, features),
        "frechet_real": floor,
        "precision": precision,
        "recall": recall,
        "diversity": _spread(features, classes) / _spread(real, labels),
    }
    if net.spec.conditional:
        found["class_accuracy"] = float((classes == y[: len(classes)].numpy()).mean())
    return found


def _spread(features: np.ndarray, classes: np.ndarray) -> float:
    """Root mean square distance (n, d) from the mean of the own class (n,)."""
    centred = features.copy()
    for value in np.unique(classes):
        centred[classes == value] -= features[classes == value].mean(0)
    return float(np.sqrt((centred**2).sum(1).mean()))


@cache
def _real(data: str, label: str) -> tuple[np.ndarray, float, np.ndarray]:
    """Features of held-out images of one class or of all, and the classes they are read as.

    Between them, the Fréchet distance to as many training images.
    """
    images = load(data)
    parts = ((images.x_test, images.y_test), (images.x, images.y))
    chosen = [x[y == int(label)] if label else x for x, y in parts]
    count = min(COUNT, len(chosen[0]))
    (held_out, classes), (learned, _) = (read(data, x[:count]) for x in chosen)
    return held_out, feature_distance(held_out, learned), classes


def _same(y: Tensor, settings: Settings, count: int) -> Tensor:
    """The class of the chosen image, count times."""
    return y[settings.chosen].repeat(count)


def _one(settings: Settings, net: Generator, z: Tensor, y: Tensor) -> Tensor:
    way = directions(net)
    moved = z[settings.chosen] + settings.first * way[0] + settings.second * way[1]
    return generate(net, moved[None], _same(y, settings, 1))


def _grid(settings: Settings, net: Generator, z: Tensor, y: Tensor) -> Tensor:
    """The chosen image along both directions: rows from the most of the second downwards."""
    way, places = directions(net), torch.tensor(GRID)
    across, up = places.repeat(len(GRID)), places.flip(0).repeat_interleave(len(GRID))
    moved = z[settings.chosen] + across[:, None] * way[0] + up[:, None] * way[1]
    return generate(net, moved, _same(y, settings, len(moved)))
