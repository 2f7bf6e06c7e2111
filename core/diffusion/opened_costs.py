"""What each block of a U-Net costs: numbers to store, multiplications to do, time.

A multiply-add (MAC) is one multiplication and one addition; papers that count FLOPs count it as
two, some as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from core.diffusion.unet import Attention, UNet

TRIALS, BATCH = 3, 4  # passes that are timed, the fastest counts; images in each


def parts(net: UNet) -> dict[str, list[nn.Module]]:
    """The modules of each block, in the order of the way through."""
    found: dict[str, list[nn.Module]] = {"embed": [net.embed], "stem": [net.stem]}
    for n, down in enumerate(net.down):
        found[f"down.{n}"] = [down.get_submodule("block"), down.get_submodule("shrink")]
    found["middle"] = [net.middle]
    for n, up in enumerate(net.up):
        found[f"up.{n}"] = [up.get_submodule("block"), up.get_submodule("grow")]
    return {**found, "head": [net.norm, net.head]}


def parameters(net: UNet) -> dict[str, int]:
    """How many numbers each block has learned."""
    return {
        name: sum(value.numel() for module in modules for value in module.parameters())
        for name, modules in parts(net).items()
    }


def multiply_adds(net: UNet, x: Tensor, t: Tensor, y: Tensor) -> dict[str, int]:
    """Multiply-adds of each block for one image x (1, 1, side, side): of the matrix products alone.

    A convolution: k^2 times channels in times channels out, at every place of what comes out; a
    transposed one, of what goes in. A dense layer: inputs times outputs, at every place. Attention:
    queries by keys and weights by values, each places^2 times channels.
    """
    found = dict.fromkeys(parts(net), 0)

    def counting(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def count(layer: nn.Module, into: tuple[Tensor, ...], out: Tensor) -> None:
            found[name] += _of(layer, into[0], out)

        return count

    with _hooked(net, counting):
        net(x, t, y)
    return found


def _of(layer: nn.Module, into: Tensor, out: Tensor) -> int:
    if isinstance(layer, nn.ConvTranspose2d):
        return into.numel() * layer.weight[0].numel()
    if isinstance(layer, nn.Conv2d):
        return out.numel() * layer.weight[0].numel()
    if isinstance(layer, nn.Linear):
        return out.numel() * layer.in_features
    if isinstance(layer, Attention):
        return 2 * out.numel() * out[0, 0].numel()  # its dense layers are counted as such
    return 0


@contextmanager
def _hooked(net: UNet, hook: Callable[[str], Callable[..., None]]) -> Iterator[None]:
    """With a hook after every layer of every block."""
    layers = [
        (name, layer)
        for name, modules in parts(net).items()
        for module in modules
        for layer in module.modules()
    ]
    handles = [layer.register_forward_hook(hook(name)) for name, layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def seconds(net: UNet, x: Tensor, t: Tensor, y: Tensor) -> dict[str, float]:
    """Measured seconds an image in each block, the fastest of a few passes over BATCH images.

    What happens between blocks (joining, doubling) is left out.
    """
    x, t, y = (value[:1].repeat(BATCH, *[1] * (value.ndim - 1)) for value in (x, t, y))
    trials = [_timed(net, x, t, y) for _ in range(TRIALS)]
    return {name: min(one[name] for one in trials) / BATCH for name in trials[0]}


@torch.no_grad()
def _timed(net: UNet, x: Tensor, t: Tensor, y: Tensor) -> dict[str, float]:
    found = dict.fromkeys(parts(net), 0.0)
    handles = []
    for name, modules in parts(net).items():
        for module in modules:

            def before(*_: Any, name: str = name) -> None:
                found[name] -= perf_counter()

            def after(*_: Any, name: str = name) -> None:
                found[name] += perf_counter()

            handles += [module.register_forward_pre_hook(before)]
            handles += [module.register_forward_hook(after)]
    try:
        net(x, t, y)
    finally:
        for handle in handles:
            handle.remove()
    return found
