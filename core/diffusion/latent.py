"""Latent diffusion: the same process on the 16 numbers that an autoencoder makes of a digit.

Rombach et al. 2022, in miniature: the autoencoder is the VAE that ships as vae-mnist-16, and the
denoiser of its codes is a dense network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.data import models
from core.diffusion.unet import Embed, initialise
from core.nets import stored

CODER = "vae-mnist-16"


@dataclass(frozen=True)
class Spec:
    """All that is needed to build the denoiser anew, the weights left out.

    coder: the autoencoder whose codes it denoises. size: numbers a code has. scale: the codes are
    divided by it, so that their spread is near 1. blocks of width numbers each.
    """

    coder: str = CODER
    size: int = 16
    width: int = 128
    blocks: int = 3
    embedding: int = 64
    scale: float = 1.0
    schedule: str = "cosine"
    steps: int = 1000


class Block(nn.Module):
    """Two dense layers around which the numbers also pass; told of time and class in between."""

    def __init__(self, width: int, told: int) -> None:
        super().__init__()
        self.norm, self.dense1 = nn.LayerNorm(width), nn.Linear(width, width)
        self.told, self.dense2 = nn.Linear(told, width), nn.Linear(width, width)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        found = self.dense1(functional.silu(self.norm(x))) + self.told(told)
        whole: Tensor = x + self.dense2(functional.silu(found))
        return whole


class LatentNet(nn.Module):
    """Noised codes z (n, size), times t (n,), classes y (n,) to v (n, size)."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        self.embed = Embed(spec.embedding)
        self.stem = nn.Linear(spec.size, spec.width)
        self.blocks = nn.ModuleList(Block(spec.width, spec.embedding) for _ in range(spec.blocks))
        self.head = nn.Linear(spec.width, spec.size)

    def forward(self, z: Tensor, t: Tensor, y: Tensor) -> Tensor:
        told, x = self.embed(t, y), self.stem(z)
        for block in self.blocks:
            x = block(x, told)
        out: Tensor = self.head(x)
        return out


@dataclass(frozen=True, eq=False)
class Coder:
    """The autoencoder's two halves. Images are (n, 1, 28, 28) in [-1, 1]."""

    encoder: nn.Module
    decoder: nn.Module
    scale: float

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of the code, (n, size) each, scaled."""
        mean, log_var = self.encoder((x.flatten(1) + 1) / 2).chunk(2, 1)
        return mean / self.scale, (0.5 * log_var).exp() / self.scale

    def decode(self, z: Tensor) -> Tensor:
        """Images of scaled codes."""
        pixels = self.decoder(self.scale * z).sigmoid()
        side = round(pixels.shape[1] ** 0.5)
        found: Tensor = pixels.view(-1, 1, side, side) * 2 - 1
        return found


def coder(spec: Spec) -> Coder:
    """The shipped autoencoder of a Spec."""
    arrays = models.load(spec.coder)
    encoder, decoder = (
        _half(arrays, name).eval().requires_grad_(False) for name in ("encoder", "decoder")
    )
    return Coder(encoder, decoder, spec.scale)


def _half(arrays: Mapping[str, np.ndarray], name: str) -> nn.Sequential:
    """Dense layers with ReLU between them, as ``vae.images`` builds them."""
    numbers = sorted({int(key.split(".")[1]) for key in arrays if key.startswith(f"{name}.")})
    layers: list[nn.Module] = []
    for n in numbers:
        weight, bias = (np.array(arrays[f"{name}.{n}.{kind}"], np.float32) for kind in PARTS)
        dense = nn.Linear(weight.shape[1], weight.shape[0], device="meta").to_empty(device="cpu")
        dense.load_state_dict({"weight": torch.from_numpy(weight), "bias": torch.from_numpy(bias)})
        layers += [dense, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


PARTS = ("weight", "bias")


def build(spec: Spec, generator: torch.Generator) -> LatentNet:
    """At its first weights; the global generator is not drawn from."""
    net = _empty(spec)
    initialise(net, generator)
    with torch.no_grad():
        net.head.weight.zero_()
        net.head.bias.zero_()
    return net


def _empty(spec: Spec) -> LatentNet:
    with torch.device("meta"):
        net = LatentNet(spec)
    net.to_empty(device="cpu")
    for layer in net.modules():
        if isinstance(layer, nn.LayerNorm):
            layer.reset_parameters()
    return net


def to_arrays(net: LatentNet) -> dict[str, np.ndarray]:
    """The weights in half precision, and ``spec``."""
    found = {"spec": stored.spec_array(asdict(net.spec))}
    for name, value in net.state_dict().items():
        found[name] = value.numpy(force=True).astype(np.float16)
    return found


def from_arrays(arrays: Mapping[str, np.ndarray]) -> LatentNet:
    """What ``to_arrays`` wrote, in single precision. ValueError where the arrays do not fit."""
    given = stored.spec_of(arrays)
    if set(given) != set(Spec.__dataclass_fields__):
        raise ValueError("these weights are of another kind of network")
    net = _empty(Spec(**given))
    names = net.state_dict().keys()
    state = {k: torch.from_numpy(np.array(arrays[k], np.float32)) for k in names if k in arrays}
    try:
        net.load_state_dict(state)
    except RuntimeError:
        raise ValueError("these weights do not fit the network that they name") from None
    return net.eval().requires_grad_(False)


def load(name: str = "diffusion-latent") -> LatentNet:
    """One that ships. Raises models.Missing."""
    return from_arrays(models.load(name))
