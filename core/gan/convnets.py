"""A convolutional generator and discriminator for small square images, with or without classes.

Radford, Metz and Chintala 2016 (DCGAN) in miniature, of torch.nn layers: two strided convolutions
take an image down to a quarter of its side, two transposed ones bring noise up to it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.nets import stored

CLASSES = 10
SLOPE = 0.2  # of the discriminator's leaky ReLU, as DCGAN has it
G, D = "generator.", "discriminator."  # prefixes among the stored arrays


@dataclass(frozen=True)
class Spec:
    """What pair of networks: all that is needed to build it anew, the weights left out.

    data: the name of what it learned from. side: pixels a side, a multiple of 4. noise_dim: numbers
    that go in. conditional: both are told the class. width: channels at half the side; at a quarter
    there are twice as many.
    """

    data: str
    side: int
    noise_dim: int
    conditional: bool
    width: int


class Generator(nn.Module):
    """Noise z (n, noise_dim) and, if conditional, classes y (n,) to images (n, 1, side, side).

    The images are in [-1, 1]. The class joins the noise as ten numbers, one of them 1 (Mirza and
    Osindero 2014).
    """

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec, self.low = spec, spec.side // 4
        wide, into = 2 * spec.width, spec.noise_dim + CLASSES * spec.conditional
        self.dense = nn.Linear(into, wide * self.low**2, bias=False)
        self.norm1 = nn.BatchNorm2d(wide)
        self.up1 = nn.ConvTranspose2d(wide, spec.width, 4, 2, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(spec.width)
        self.up2 = nn.ConvTranspose2d(spec.width, 1, 4, 2, 1)

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        if self.spec.conditional:
            assert y is not None
            z = torch.cat([z, functional.one_hot(y, CLASSES).to(z.dtype)], 1)
        x = self.dense(z).unflatten(1, (-1, self.low, self.low))
        x = functional.relu(self.norm1(x))
        x = functional.relu(self.norm2(self.up1(x)))
        return torch.tanh(self.up2(x))


class Discriminator(nn.Module):
    """Images (n, 1, side, side) in [-1, 1] and, if conditional, classes y (n,) to scores (n, 1).

    A score is a logit: above 0 it says real. The class enters as a product with the features
    (projection discriminator, Miyato and Koyama 2018, equation 3).
    """

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        features = 2 * spec.width * (spec.side // 4) ** 2
        self.conv1 = nn.Conv2d(1, spec.width, 4, 2, 1)
        self.conv2 = nn.Conv2d(spec.width, 2 * spec.width, 4, 2, 1)
        self.dense = nn.Linear(features, 1)
        if spec.conditional:
            self.classes = nn.Embedding(CLASSES, features)

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        x = functional.leaky_relu(self.conv1(x), SLOPE)
        x = functional.leaky_relu(self.conv2(x), SLOPE).flatten(1)
        score: Tensor = self.dense(x)
        if self.spec.conditional:
            assert y is not None
            score = score + (self.classes(y) * x).sum(1, keepdim=True)
        return score


@torch.no_grad()
def initialise(net: nn.Module, generator: torch.Generator) -> None:
    """Normal weights of spread 0.02, biases 0, gains 1, as DCGAN has it; classes start at 0."""
    for layer in net.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            layer.weight.normal_(0.0, 0.02, generator=generator)
            if layer.bias is not None:
                layer.bias.zero_()
        elif isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
        elif isinstance(layer, nn.Embedding):
            layer.weight.zero_()


def build(spec: Spec, generator: torch.Generator) -> tuple[Generator, Discriminator]:
    """Both networks at their first weights; the global generator is not drawn from."""
    with torch.device("meta"):
        made = Generator(spec), Discriminator(spec)
    for net in made:
        net.to_empty(device="cpu")
        initialise(net, generator)
    return made


class Average:
    """A generator whose weights are a running mean of another's (Yazici et al. 2019).

    Started late numbers count too much at first, so the share grows to ``decay`` with the steps.
    """

    def __init__(self, net: Generator, decay: float) -> None:
        self.net = copy.deepcopy(net).eval().requires_grad_(False)
        self.decay, self.t = decay, 0

    @torch.no_grad()
    def update(self, net: Generator) -> None:
        """Move towards the weights and the batch statistics of ``net``."""
        self.t += 1
        share = 1 - min(self.decay, self.t / (self.t + 10))
        mine, theirs = self.net.state_dict(), net.state_dict()
        for name, value in mine.items():
            if value.is_floating_point():
                value.lerp_(theirs[name], share)


def to_arrays(g: Generator, d: Discriminator) -> dict[str, np.ndarray]:
    """Weights and statistics of both networks in half precision, and ``spec``.

    float16, a relative error of 0.05 %: half the size, and no grey of an image is two levels off.
    """
    found = {"spec": stored.spec_array(asdict(g.spec))}
    for prefix, net in ((G, g), (D, d)):
        for name, value in net.state_dict().items():
            if value.is_floating_point():
                found[prefix + name] = value.numpy(force=True).astype(np.float16)
    return found


def from_arrays(arrays: Mapping[str, np.ndarray]) -> tuple[Generator, Discriminator]:
    """Both networks that ``to_arrays`` wrote, in eval mode and single precision.

    ValueError where the arrays do not fit.
    """
    given = stored.spec_of(arrays)
    if set(given) != set(Spec.__dataclass_fields__):
        raise ValueError("these weights are of another kind of network")
    with torch.device("meta"):
        nets = Generator(Spec(**given)), Discriminator(Spec(**given))
    for prefix, net in zip((G, D), nets, strict=True):
        _fill(net, prefix, arrays)
    return nets


def _fill(net: nn.Module, prefix: str, arrays: Mapping[str, np.ndarray]) -> None:
    net.to_empty(device="cpu")
    state = {
        name: torch.from_numpy(np.array(arrays[prefix + name], np.float32))
        for name, value in net.state_dict().items()
        if value.is_floating_point() and prefix + name in arrays
    }
    try:
        left = net.load_state_dict(state, strict=False).missing_keys
    except RuntimeError:
        left = ["shape"]
    if any(not name.endswith("num_batches_tracked") for name in left):
        raise ValueError("these weights do not fit the networks that they name")
    net.eval().requires_grad_(False)
