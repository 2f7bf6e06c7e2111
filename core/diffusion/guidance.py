"""Classifier-free guidance: one network, asked with the class and without, and the two mixed."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from core.diffusion.schedules import Schedule
from core.diffusion.unet import NULL

Net = Callable[[Tensor, Tensor, Tensor], Tensor]  # net(x, t, y) -> v


class Guided:
    """A network that predicts v, as the samplers ask it: model(x, t) -> the noise in x at time t.

    eps_u + scale (eps_c - eps_u): 0 is the unconditional model, 1 the conditional one exactly, past
    1 what the class adds counts more than once. Ho and Salimans 2022, equation 6, where
    scale = 1 + w. y: classes (n,), None for none, which no scale can change. calls: images that
    the network was asked about, per image of x.
    """

    def __init__(self, net: Net, course: Schedule, y: Tensor | None, scale: float) -> None:
        self.net, self.course, self.y, self.scale = net, course, y, scale
        self.calls = 0

    def __call__(self, x: Tensor, t: float) -> Tensor:
        return self.noise(x, self.velocity(x, t), t)

    @torch.no_grad()
    def velocity(self, x: Tensor, t: float) -> Tensor:
        """The guided v: mixing v is mixing the noise, for x is the same in both."""
        none = torch.full((len(x),), NULL)
        if self.y is None or self.scale == 0:
            return self._ask(x, t, none)
        if self.scale == 1:
            return self._ask(x, t, self.y)
        both = self._ask(torch.cat([x, x]), t, torch.cat([none, self.y]))
        self.calls += 1
        without, told = both.chunk(2)
        return without + self.scale * (told - without)

    def noise(self, x: Tensor, v: Tensor, t: float) -> Tensor:
        """The noise in x that v says: signal v + noise x (Salimans and Ho 2022, appendix D)."""
        a, s = self._weights(t)
        return a * v + s * x

    def start(self, x: Tensor, v: Tensor, t: float) -> Tensor:
        """The x_0 that v says: signal x - noise v."""
        a, s = self._weights(t)
        return a * x - s * v

    def _weights(self, t: float) -> tuple[float, float]:
        return float(self.course.signal[int(t)]), float(self.course.noise[int(t)])

    def _ask(self, x: Tensor, t: float, y: Tensor) -> Tensor:
        self.calls += 1
        return self.net(x, torch.full((len(x),), float(t)), y)
