"""What a trained autoencoder answers: decoded maps, ways, sums and rows, and what is read in them.

Codes are the means of q(z | x); a VQ-VAE takes the nearest entry of its book wherever one is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from core.data import fashion, imagesets, mnist
from core.experiment import Diverged
from core.nets import cnn
from core.vae.bounds import active
from core.vae.likelihood import kl_to_prior
from core.vae.nets import Autoencoder, load
from core.vae.plane import Frame, Settings, model_of, numbers_of
from core.vae.plane_axes import Plane, plane_of
from core.vae.plane_layout import (
    CLASSES,
    CLASSIFIERS,
    CODES,
    EDGE,
    IMAGES,
    ROWS,
    SETS,
    SIDE,
    STEPS,
    STOPS,
    WAYS,
)
from core.vae.plane_maths import principal, spherical, straight
from core.vae.plane_measures import measures
from core.vae.quantise import nearest

CHUNK = 64  # images through the classifier at a time: they stay in the processor's cache
ROOM = 1.1  # of the range of a number that its row reaches over, where there is no prior


@dataclass(frozen=True)
class Asked:
    """A model with held-out images x (500, features), their classes y and codes mean, log_var."""

    net: Autoencoder
    x: Tensor
    y: Tensor
    mean: Tensor
    log_var: Tensor
    plane: Plane

    def image(self, codes: np.ndarray | Tensor, told: Tensor | int) -> Tensor:
        """Decoded codes (n, d), (n, features); told: the class of each, or of all."""
        z = torch.as_tensor(codes, dtype=torch.float32)
        y = torch.full((len(z),), told) if isinstance(told, int) else told
        return self.net.image(z, y)

    def read(self, images: Tensor) -> Tensor:
        """The classifier's probabilities (n, 10) of images (n, features)."""
        side, net = self.net.spec.side, classifier(self.net.spec.data)
        parts = images.unflatten(1, (1, side, side)).split(CHUNK)
        return torch.cat([net(part).softmax(1) for part in parts])

    def shape(self, images: Tensor) -> np.ndarray:
        """Images (n, features) as (n, side, side) uint8."""
        grey = (images * 255).round().clamp(0, 255).byte()
        return np.asarray(grey.unflatten(1, (self.net.spec.side,) * 2).numpy())


@torch.no_grad()
def run(settings: Settings) -> Iterator[Frame]:
    """One frame. Raises models.Missing, ValueError or Diverged where the model cannot be asked."""
    asked = ask(model_of(settings))
    yield _frame(settings, asked)


def ask(model: str) -> Asked:
    """The model with its codes of held-out images, which it reads as they are, in greys."""
    net = load(model)
    if not net.spec.side:
        words = "This model makes points in the plane, and here images are asked for"
        raise Diverged(0, f"{words}: take one that was trained on images.", {"model": "vae-mnist"})
    x, y = _held_out(net.spec.data)
    mean, log_var = net.encode(x, y)
    plane = plane_of(mean.numpy(), None, net.spec.variational)
    return Asked(net, x, y, mean, log_var, plane)


@cache
def _held_out(data: str) -> tuple[Tensor, Tensor]:
    """The first held-out images (n, features) of a set and their classes (n,).

    From its own file where there is one, which spares reading what is learned from.
    """
    own = {"mnist": mnist, "fashion": fashion}
    if data in own:
        x, y = own[data].load("test", CODES)
    else:
        whole = imagesets.load(data)
        x, y = whole.x_test[:CODES], whole.y_test[:CODES]
    return torch.from_numpy(x).flatten(1), torch.from_numpy(y)


@cache
def classifier(data: str) -> cnn.Cnn:
    """The network that ships for that set, which reads what is decoded."""
    return cnn.load(CLASSIFIERS[data]).requires_grad_(False)


def _frame(s: Settings, asked: Asked) -> Frame:
    spec, told = asked.net.spec, int(s.label)
    code = code_of(s, asked.plane, spec.size)
    tiles = asked.image(grid(asked.plane), told)
    here = asked.image(code[None], told)
    pool, classes = pool_of(asked)
    walk, walked = ways(asked, pool[s.start], pool[s.end], int(classes[s.start]))
    terms = np.stack([pool[s.a], pool[s.b], pool[s.c], pool[s.a] - pool[s.b] + pool[s.c]])
    parts = asked.image(terms, torch.from_numpy(classes[[s.a, s.b, s.c, s.c]]))
    rows, stops, order = rows_of(asked, code, told)
    says, here_says, sum_says = (asked.read(one) for one in (tiles, here, parts[3:]))
    shares, _ = principal(asked.mean.double().numpy())
    found = measures(asked, s, tiles, says, walk, walked, pool, classes)
    first, second = here_says[0].topk(2).values.tolist()
    own = {"read_first": first, "read_second": second}
    return Frame(
        step=0,
        metrics=own | found | {"sum_read": float(sum_says[0, classes[s.c]])},
        tiles=asked.shape(tiles),
        says=_bytes(says),
        places=place_of(asked.plane, asked.net.snap(asked.mean).numpy()),
        classes=asked.y.byte().numpy(),
        reach=asked.plane.reach,
        code=code,
        place=place_of(asked.plane, code[None])[0],
        here=asked.shape(here)[0],
        here_says=_bytes(here_says)[0],
        pool=asked.shape(asked.image(pool, torch.from_numpy(classes))),
        walk=asked.shape(walk),
        lengths=np.linalg.norm(walked, axis=2).astype(np.float32),
        sum=asked.shape(parts),
        sum_says=_bytes(sum_says)[0],
        rows=rows,
        stops=stops,
        order=order,
        kl=_kl(asked),
        spread=asked.mean.std(0).numpy(),
        active=active(asked.mean).byte().numpy(),
        shares=np.pad(shares, (0, spec.size - len(shares))).astype(np.float32),
        about=np.array(
            [SETS.index(spec.data), spec.variational, spec.conditional, spec.codes > 0], np.uint8
        ),
        cells=_cells(asked) if spec.codes else None,
    )


def grid(plane: Plane) -> np.ndarray:
    """Codes (1024, d) at the middles of the map's tiles, row by row, the upper row first.

    Of codes that are one number, all rows are alike.
    """
    x, y = (low + (high - low) * (np.arange(SIDE) + 0.5) / SIDE for low, high in plane.reach)
    across, up = np.meshgrid(x, y[::-1])
    return plane.lift(np.stack([across.ravel(), up.ravel()], 1))


def code_of(s: Settings, plane: Plane, size: int) -> np.ndarray:
    """The code (d,) that is asked for: as typed, or at the place on the map."""
    typed = numbers_of(s.code)
    if not typed:
        low, high = plane.reach.T
        share = (np.array([s.x, s.y]) + EDGE) / (2 * EDGE)
        return plane.lift((low + share * (high - low))[None]).reshape(-1)
    if len(typed) not in (1, size):
        words = f"The code has {len(typed)} numbers, and this model takes {size}"
        raise Diverged(0, f"{words}: write as many, or one for all.", {"code": "0"})
    return np.broadcast_to(np.asarray(typed, np.float32), (size,)).copy()


def place_of(plane: Plane, codes: np.ndarray) -> np.ndarray:
    """Where codes (n, d) lie on the map, (n, 2) float32, its edges at -3 and 3."""
    low, high = plane.reach.T
    return np.asarray((plane.flat(codes) - low) / (high - low) * 2 * EDGE - EDGE, np.float32)


def pool_of(asked: Asked) -> tuple[np.ndarray, np.ndarray]:
    """What can be chosen: the mean code of each class, then of held-out images; their classes."""
    codes, y = asked.mean.double().numpy(), asked.y.numpy()
    means = np.stack([codes[y == value].mean(0) for value in range(CLASSES)])
    return np.concatenate([means, codes[:IMAGES]]), np.concatenate([np.arange(CLASSES), y[:IMAGES]])


def ways(asked: Asked, a: np.ndarray, b: np.ndarray, told: int) -> tuple[Tensor, np.ndarray]:
    """Images (30, features) on three ways from code a to b (d,), and codes (2, 10, d) of two."""
    codes = np.stack([straight(a, b, STEPS), spherical(a, b, STEPS)])
    decoded = asked.image(codes.reshape(2 * STEPS, -1), told)
    t = torch.linspace(0, 1, STEPS)[:, None]
    faded = (1 - t) * decoded[0] + t * decoded[STEPS - 1]
    assert len(WAYS) == 3
    return torch.cat([decoded, faded]), codes


def rows_of(asked: Asked, code: np.ndarray, told: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images (r, 17, side, side) with one number of the code changed alone, to what, and which one.

    The numbers that say most come first: by KL where there is a prior, else by their variance.
    """
    weight = _kl(asked) if asked.net.spec.variational else asked.mean.var(0).numpy()
    order = np.argsort(-weight, kind="stable")[:ROWS].astype(np.int32)
    stops = np.stack([_stops(asked, number) for number in order]).astype(np.float32)
    codes = np.tile(code, (len(order), STOPS, 1))
    for row, number in enumerate(order):
        codes[row, :, number] = stops[row]
    images = asked.shape(asked.image(codes.reshape(len(order) * STOPS, -1), told))
    return images.reshape(len(order), STOPS, *images.shape[1:]), stops, order


def _stops(asked: Asked, number: int) -> np.ndarray:
    """Where a number's slider stops."""
    if asked.net.spec.variational:
        return np.linspace(-EDGE, EDGE, STOPS)
    low, high = np.percentile(asked.mean[:, number].numpy(), (1, 99))
    half = max(1e-3, ROOM * (high - low) / 2)
    return np.linspace((low + high) / 2 - half, (low + high) / 2 + half, STOPS)


def _kl(asked: Asked) -> np.ndarray:
    """KL of each number (d,) float32, nats, mean over held-out images; 0 without a prior."""
    if not asked.net.spec.variational:
        return np.zeros(asked.net.spec.size, np.float32)
    return np.asarray(kl_to_prior(asked.mean, asked.log_var).mean(0).numpy())


def _cells(asked: Asked) -> np.ndarray:
    """A number for each tile of the map, the same where it becomes the same codes."""
    spec, z = asked.net.spec, torch.from_numpy(grid(asked.plane))
    found = nearest(z.unflatten(1, (spec.tokens, spec.latent_dim)), asked.net.book)
    return np.asarray(found.unique(dim=0, return_inverse=True)[1].numpy(), np.int32)


def _bytes(share: Tensor) -> np.ndarray:
    return np.asarray((share * 255).round().byte().numpy())
