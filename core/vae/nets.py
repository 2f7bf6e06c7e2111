"""Encoder and decoder of small images or of points, and how their weights are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.data import models
from core.nets import stored
from core.vae.likelihood import means
from core.vae.quantise import nearest
from core.vae.spec import CLASSES, Spec


class Autoencoder(nn.Module):
    """x (n, features) to a code, and codes z (n, size) back to (n, features).

    Classes y (n,) are for a conditional one, and join what goes in as ten numbers, one of them 1.
    """

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        told = CLASSES * spec.conditional
        out = spec.size * (2 if spec.variational else 1)
        make = _dense if spec.layers == "dense" else _conv
        self.encoder, self.decoder = make(spec, told, out)
        if spec.codes:
            self.book = nn.Parameter(torch.empty(spec.codes, spec.latent_dim))

    def encode(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Mean and log variance of q(z | x), (n, size) each; the variance of a plain code is 0.

        For a VQ-VAE, what goes to the code book.
        """
        out = self.encoder(self._with(x, y))
        if self.spec.variational:
            mean, log_var = out.chunk(2, 1)
            return mean, log_var
        return out, torch.full_like(out, -torch.inf)

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Logits (bernoulli) or means (gaussian) of every pixel, (n, features)."""
        out: Tensor = self.decoder(self._with(z, y))
        return out

    def image(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The mean of every pixel, (n, features), of codes z; a VQ-VAE takes the nearest codes."""
        return means(self.decode(self.snap(z), y), self.spec.likelihood)

    def snap(self, z: Tensor) -> Tensor:
        """The same codes, or of a VQ-VAE the nearest in its book."""
        if not self.spec.codes:
            return z
        parts = z.unflatten(1, (self.spec.tokens, self.spec.latent_dim))
        return self.book[nearest(parts, self.book)].flatten(1)

    def _with(self, x: Tensor, y: Tensor | None) -> Tensor:
        if not self.spec.conditional:
            return x
        assert y is not None
        return torch.cat([x, functional.one_hot(y, CLASSES).to(x.dtype)], 1)


def _dense(spec: Spec, told: int, out: int) -> tuple[nn.Module, nn.Module]:
    wide, narrow = spec.width, max(2, spec.width // 2)
    encoder = nn.Sequential(
        nn.Linear(spec.features + told, wide), nn.ReLU(),
        nn.Linear(wide, narrow), nn.ReLU(),
        nn.Linear(narrow, out),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.Linear(spec.size + told, narrow), nn.ReLU(),
        nn.Linear(narrow, wide), nn.ReLU(),
        nn.Linear(wide, spec.features),
    )  # fmt: skip
    return encoder, decoder


def _conv(spec: Spec, told: int, out: int) -> tuple[nn.Module, nn.Module]:
    low, wide = spec.side // 4, 2 * spec.width
    encoder = _Told(
        spec,
        nn.Sequential(
            nn.Conv2d(1, spec.width, 4, 2, 1), nn.ReLU(),
            nn.Conv2d(spec.width, wide, 4, 2, 1), nn.ReLU(), nn.Flatten(),
        ),
        nn.Linear(wide * low**2 + told, out),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.Linear(spec.size + told, wide * low**2), nn.ReLU(), nn.Unflatten(1, (wide, low, low)),
        nn.ConvTranspose2d(wide, spec.width, 4, 2, 1), nn.ReLU(),
        nn.ConvTranspose2d(spec.width, 1, 4, 2, 1), nn.Flatten(),
    )  # fmt: skip
    return encoder, decoder


class _Told(nn.Module):
    """Convolutions over the pixels, then one dense layer, where the class comes in."""

    def __init__(self, spec: Spec, maps: nn.Module, dense: nn.Linear) -> None:
        super().__init__()
        self.side, self.maps, self.dense = spec.side, maps, dense

    def forward(self, x: Tensor) -> Tensor:
        pixels, told = x[:, : self.side**2], x[:, self.side**2 :]
        found = self.maps(pixels.unflatten(1, (1, self.side, self.side)))
        out: Tensor = self.dense(torch.cat([found, told], 1))
        return out


def build(spec: Spec, generator: torch.Generator) -> Autoencoder:
    """At its first weights; the global generator is not drawn from.

    Uniform in plus or minus 1 / sqrt(inputs), as torch's own layers start.
    """
    with torch.device("meta"):
        net = Autoencoder(spec)
    net.to_empty(device="cpu")
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                bound = 1 / np.sqrt(layer.weight[0].numel())
                layer.weight.uniform_(-bound, bound, generator=generator)
                assert layer.bias is not None
                layer.bias.uniform_(-bound, bound, generator=generator)
        if spec.codes:
            net.book.normal_(0.0, 1.0, generator=generator)
    return net


def to_arrays(net: Autoencoder) -> dict[str, np.ndarray]:
    """The weights in half precision (an error of 0.05 %, half the size), and ``spec``."""
    found = {"spec": stored.spec_array(asdict(net.spec))}
    for name, value in net.state_dict().items():
        found[name] = value.numpy(force=True).astype(np.float16)
    return found


def from_arrays(arrays: Mapping[str, np.ndarray]) -> Autoencoder:
    """What ``to_arrays`` wrote, in single precision, not to be trained.

    ValueError where the arrays do not fit.
    """
    given = stored.spec_of(arrays)
    if set(given) != set(Spec.__dataclass_fields__):
        raise ValueError("these weights are of another kind of network")
    with torch.device("meta"):
        net = Autoencoder(Spec(**given))
    net.to_empty(device="cpu")
    state = {k: torch.from_numpy(np.array(v, np.float32)) for k, v in arrays.items() if k != "spec"}
    try:
        net.load_state_dict(state)
    except RuntimeError:
        raise ValueError("these weights do not fit the network that they name") from None
    return net.eval().requires_grad_(False)


def load(name: str) -> Autoencoder:
    """A shipped one by name, or that of a kept run by its key. Raises models.Missing."""
    return from_arrays(models.load(name))
