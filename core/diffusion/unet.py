"""The U-Net that predicts what noise an image holds, told the time and, if any, the class.

Ronneberger, Fischer and Brox 2015, with the residual blocks, group norm and time embedding of Ho,
Jain and Abbeel 2020, in miniature. Down: images are halved level by level; middle: the smallest
maps, with attention over all places; up: back again, and at every level the maps of the way down
join those of the way up by a skip connection.

Predicts v = signal e - noise x_0 (Salimans and Ho 2022), from which follow the noise and x_0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.data import models
from core.nets import stored

CLASSES = 10
NULL = CLASSES  # the class that stands for none, for guidance
GROUP = 16  # channels that are normalised together (Wu and He 2018)


@dataclass(frozen=True)
class Spec:
    """All that is needed to build it anew, the weights left out.

    data: the name of what it learned from. side: pixels a side, halved once a level but the last,
    rounded up. channels: of the maps at each level, from the image's size down.
    embedding: numbers that stand for time and class. steps: T of the schedule that it learned on.
    """

    data: str = "mnist"
    side: int = 28
    channels: tuple[int, ...] = (8, 32, 64)
    embedding: int = 64
    schedule: str = "cosine"
    steps: int = 1000

    @property
    def sides(self) -> tuple[int, ...]:
        """Places a side of the maps at each level."""
        found = [self.side]
        while len(found) < len(self.channels):
            found.append(-(-found[-1] // 2))
        return tuple(found)


def times(t: Tensor, count: int, most: float = 10_000.0) -> Tensor:
    """Times (n,) as waves (n, count): cosines, then sines, of ever longer period.

    Vaswani et al. 2017, section 3.5; count is even.
    """
    rates = torch.exp(-np.log(most) * torch.arange(count // 2, device=t.device) / (count // 2))
    angles = t[:, None].float() * rates
    return torch.cat([angles.cos(), angles.sin()], 1)


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(max(1, channels // GROUP), channels)


class Embed(nn.Module):
    """Times (n,) and classes (n,), NULL for none, to numbers (n, size) that every block is told."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.dense1, self.dense2 = nn.Linear(size, size), nn.Linear(size, size)
        self.classes = nn.Embedding(CLASSES + 1, size)

    def forward(self, t: Tensor, y: Tensor) -> Tensor:
        time = self.dense2(functional.silu(self.dense1(times(t, self.size))))
        return functional.silu(time + self.classes(y))


class Residual(nn.Module):
    """Two 3x3 convolutions around which the maps also pass unchanged; told between the two.

    x (n, before, s, s), told (n, size) to (n, after, s, s).
    """

    def __init__(self, before: int, after: int, size: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = _norm(before), nn.Conv2d(before, after, 3, 1, 1)
        self.told = nn.Linear(size, after)
        self.norm2, self.conv2 = _norm(after), nn.Conv2d(after, after, 3, 1, 1)
        self.past: nn.Module = nn.Identity()
        if before != after:
            self.past = nn.Conv2d(before, after, 1)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        found = self.conv1(functional.silu(self.norm1(x)))
        found = found + self.told(told)[:, :, None, None]
        found = self.conv2(functional.silu(self.norm2(found)))
        whole: Tensor = self.past(x) + found
        return whole


class Attention(nn.Module):
    """Every place of the maps looks at every other (one head), added to x (n, channels, s, s)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = _norm(channels)
        self.qkv, self.out = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        places = self.norm(x).flatten(2).mT  # (n, s^2, channels)
        q, k, v = self.qkv(places).chunk(3, 2)
        found = self.out(functional.scaled_dot_product_attention(q, k, v))
        whole: Tensor = x + found.mT.reshape(x.shape)
        return whole


class Down(nn.Module):
    """One level on the way down: a block, whose maps the skip takes; then half the side."""

    def __init__(self, before: int, after: int, size: int, last: bool) -> None:
        super().__init__()
        self.block = Residual(before, after, size)
        self.shrink: nn.Module = nn.Identity()
        if not last:
            self.shrink = nn.Conv2d(after, after, 3, 2, 1)


class Middle(nn.Module):
    """At the smallest side: a block, attention, a block."""

    def __init__(self, channels: int, size: int) -> None:
        super().__init__()
        self.block1 = Residual(channels, channels, size)
        self.attention = Attention(channels)
        self.block2 = Residual(channels, channels, size)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        found: Tensor = self.block2(self.attention(self.block1(x, told)), told)
        return found


class Up(nn.Module):
    """One level on the way up: the skip's maps join, a block; then twice the side.

    By a transposed convolution of 2x2, the up-convolution of the paper.
    """

    def __init__(self, channels: int, after: int, size: int, last: bool) -> None:
        super().__init__()
        self.block = Residual(2 * channels, channels, size)
        self.grow: nn.Module = nn.Identity()
        if not last:
            self.grow = nn.ConvTranspose2d(channels, after, 2, 2)


class UNet(nn.Module):
    """Images x (n, 1, side, side), times t (n,), classes y (n,) to v (n, 1, side, side).

    The blocks by name: embed, stem, down.0, down.1, ..., middle, up.0, ..., head. Level 0 is the
    image's own size; ``up`` is in the order of the way up, from the last level to level 0.
    """

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        wide, size = spec.channels, spec.embedding
        self.embed = Embed(size)
        self.stem = nn.Conv2d(1, wide[0], 3, 1, 1)
        levels = range(len(wide))
        last = len(wide) - 1
        self.down = nn.ModuleList(
            Down(wide[max(n - 1, 0)], wide[n], size, n == last) for n in levels
        )
        self.middle = Middle(wide[-1], size)
        self.up = nn.ModuleList(
            Up(wide[n], wide[max(n - 1, 0)], size, n == 0) for n in reversed(levels)
        )
        self.norm = _norm(wide[0])
        self.head = nn.Conv2d(wide[0], 1, 3, 1, 1)

    def forward(
        self, x: Tensor, t: Tensor, y: Tensor, skips: Sequence[float] | None = None
    ) -> Tensor:
        return self.maps(x, t, y, skips)[0]

    def maps(
        self, x: Tensor, t: Tensor, y: Tensor, skips: Sequence[float] | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """v, and the maps (n, channels, s, s) that every block gave, by its name, in order.

        ``grown.n`` is what enters ``up.n`` from below, at the level's own size. skips: what each
        level's skip connection is multiplied by, from level 0; 0 switches it off.
        """
        told, found = self.encode(x, t, y)
        return self.decode(told, found, skips)

    def encode(self, x: Tensor, t: Tensor, y: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """What the blocks are told, and the maps of the way down and of the middle."""
        told = self.embed(t, y)
        x = self.stem(x)
        found = {"stem": x}
        for n, down in enumerate(self.down):
            assert isinstance(down, Down)
            x = found[f"down.{n}"] = down.block(x, told)
            x = down.shrink(x)
        found["middle"] = self.middle(x, told)
        return told, found

    def decode(
        self, told: Tensor, before: dict[str, Tensor], skips: Sequence[float] | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """v, and all maps; told, before: what ``encode`` gave."""
        keep = skips or [1.0] * len(self.down)
        x, found = before["middle"], dict(before)
        for n, up in enumerate(self.up):
            assert isinstance(up, Up)
            level = len(self.down) - 1 - n
            skip = before[f"down.{level}"]
            skip = skip if keep[level] == 1 else skip * keep[level]
            x = found[f"up.{n}"] = up.block(torch.cat([x, skip], 1), told)
            if level:
                side = self.spec.sides[level - 1]  # odd sides were rounded up on the way down
                x = found[f"grown.{n + 1}"] = up.grow(x)[..., :side, :side]
        return self.head(functional.silu(self.norm(x))), found


@torch.no_grad()
def initialise(net: nn.Module, generator: torch.Generator) -> None:
    """Uniform in plus or minus 1 / sqrt(inputs), as torch's layers start; gains 1, classes normal.

    The last layer of every block and of the network starts at 0: each block begins as none.
    """
    for layer in net.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            bound = 1 / np.sqrt(layer.weight[0].numel())
            layer.weight.uniform_(-bound, bound, generator=generator)
            assert layer.bias is not None
            layer.bias.uniform_(-bound, bound, generator=generator)
        elif isinstance(layer, nn.GroupNorm):
            layer.reset_parameters()
        elif isinstance(layer, nn.Embedding):
            layer.weight.normal_(generator=generator)
    for block in net.modules():
        ends = {Residual: "conv2", Attention: "out", UNet: "head"}
        if type(block) in ends:
            layer = block.get_submodule(ends[type(block)])
            for value in layer.parameters():
                value.zero_()


def build(spec: Spec, generator: torch.Generator) -> UNet:
    """At its first weights, in channels-last order; the global generator is not drawn from."""
    net = _empty(spec)
    initialise(net, generator)
    return net


def _empty(spec: Spec) -> UNet:
    with torch.device("meta"):
        net = UNet(spec)
    net.to_empty(device="cpu")
    # Faster on a processor. Torch's stubs know no such call.
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return net


def to_arrays(net: UNet) -> dict[str, np.ndarray]:
    """The weights in half precision (an error of 0.05 %, half the size), and ``spec``."""
    found = {"spec": stored.spec_array(asdict(net.spec))}
    for name, value in net.state_dict().items():
        found[name] = value.numpy(force=True).astype(np.float16)
    return found


def from_arrays(arrays: Mapping[str, np.ndarray]) -> UNet:
    """What ``to_arrays`` wrote, in single precision, not to be trained.

    ValueError where the arrays do not fit.
    """
    given = stored.spec_of(arrays)
    if set(given) != set(Spec.__dataclass_fields__):
        raise ValueError("these weights are of another kind of network")
    net = _empty(Spec(**{**given, "channels": tuple(given["channels"])}))
    names = net.state_dict().keys()
    state = {k: torch.from_numpy(np.array(arrays[k], np.float32)) for k in names if k in arrays}
    try:
        net.load_state_dict(state)
    except RuntimeError:
        raise ValueError("these weights do not fit the network that they name") from None
    return net.eval().requires_grad_(False)


def load(name: str) -> UNet:
    """A shipped one by name, or that of a kept run by its key. Raises models.Missing."""
    return from_arrays(models.load(name))


def from_state(net: UNet) -> UNet:
    """A copy on the processor, not to be trained."""
    copied = _empty(net.spec)
    copied.load_state_dict({name: value.cpu() for name, value in net.state_dict().items()})
    return copied.eval().requires_grad_(False)
