"""The network that is trained on points of the plane, and what its answer stands for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.data import mixtures
from core.data.mixtures import REACH, Mixture
from core.diffusion.schedules import SCHEDULES, Schedule, Straight
from core.nets import stored

TIME_WAVES, FASTEST = 8, 1000.0  # of the time embedding: how many, radians over the whole way
PLACE_WAVES = 5  # across the plane: half a wave, one, two, four, eight
FLOW = "flow"


@dataclass(frozen=True)
class Spec:
    """What a network predicts of which data, and how it is built. Travels with its weights."""

    target: str
    points: str
    predict: str
    schedule: str
    total: int
    time: str
    places: str
    width: int
    depth: int

    @property
    def mixture(self) -> Mixture:
        """The data."""
        return mixtures.target(self.target, self.points)

    @property
    def course(self) -> Schedule:
        """The way from data to noise: flow matching's own is straight."""
        return (
            Straight(self.total) if self.predict == FLOW else SCHEDULES[self.schedule](self.total)
        )


class Denoiser(nn.Module):
    """Dense layers on a place (n, 2) and a time: the prediction (n, 2)."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        inputs = 2 + (4 * PLACE_WAVES if spec.places == "waves" else 0)
        times = {"waves": 2 * TIME_WAVES, "number": 1, "none": 0}[spec.time]
        widths = [spec.width] * spec.depth
        self.of_place = nn.Linear(inputs, spec.width)
        self.of_time = nn.Linear(times, spec.width, bias=False) if times else None
        self.hidden = nn.ModuleList(nn.Linear(width, width) for width in widths[1:])
        self.last = nn.Linear(spec.width, 2)

    def forward(self, x: Tensor, u: Tensor) -> Tensor:
        """The prediction at x (n, 2), of the share u (n,) or (1,) of the way to noise."""
        h = self.of_place(place_waves(x) if self.spec.places == "waves" else x)
        if self.of_time is not None:
            h = h + self.of_time(embedded(u, self.spec.time))
        h = nn.functional.silu(h)
        for layer in self.hidden:
            h = nn.functional.silu(layer(h))
        found: Tensor = self.last(h)
        return found


def embedded(u: Tensor, kind: str) -> Tensor:
    """A share of the way (n,) as waves, slow and fast, (n, 16), or as the number it is, (n, 1).

    Vaswani et al. 2017, section 3.5, as DDPM embeds the time.
    """
    if kind == "number":
        return 2 * u[:, None] - 1
    phases = u[:, None] * torch.logspace(0, math.log10(FASTEST), TIME_WAVES)
    return torch.cat([phases.sin(), phases.cos()], 1)


def place_waves(x: Tensor) -> Tensor:
    """A place (n, 2) and waves of it, (n, 22): a plain network is slow to learn what is small.

    Tancik et al. 2020; the longest wave is twice the plane's width.
    """
    phases = (x[..., None] * (math.pi / (2 * REACH) * 2.0 ** torch.arange(PLACE_WAVES))).flatten(1)
    return torch.cat([x, phases.sin(), phases.cos()], 1)


def aim(predict: str, x0: Tensor, noise: Tensor, a: Tensor | float, s: Tensor | float) -> Tensor:
    """What is to be predicted where x_t = a x0 + s noise."""
    if predict == "noise":
        return noise
    if predict == "x0":
        return x0
    if predict == "v":
        return a * noise - s * x0  # Salimans and Ho 2022, section 4
    if predict == "score":
        return -noise / s  # its mean is the score: Vincent 2011
    return noise - x0  # the velocity: Lipman et al. 2023; Liu, Gong and Liu 2023


def noise_in(predict: str, out: Tensor, x: Tensor, a: float, s: float) -> Tensor:
    """The noise that a prediction at x stands for; ``aim`` backwards."""
    if predict == "noise":
        return out
    if predict == "x0":
        return (x - a * out) / s
    if predict == "v":
        return s * x + a * out
    if predict == "score":
        return -s * out
    return x + a * out


def guesser(
    net: Denoiser, course: Schedule, scale: np.ndarray | None = None
) -> Callable[[Tensor, float], Tensor]:
    """The noise at (x, t), t from 1 to T, as samplers ask; no gradient.

    scale: (T + 1,), where the sampler's x is to be multiplied by it to be the network's.
    """
    times = np.arange(course.steps + 1)

    @torch.no_grad()
    def noise(x: Tensor, t: float) -> Tensor:
        a, s = (float(np.interp(t, times, one)) for one in (course.signal, course.noise))
        if scale is not None:
            x = x * float(np.interp(t, times, scale))
        out = net(x, torch.tensor([t / course.steps], dtype=torch.float32))
        return noise_in(net.spec.predict, out, x, a, s)

    return noise


def build(spec: Spec, generator: torch.Generator) -> Denoiser:
    """At its first weights, torch.nn.Linear's law; the global generator is not drawn from."""
    net = _empty(spec)
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, nn.Linear):
                reach = 1 / math.sqrt(layer.in_features)
                for parameter in layer.parameters():
                    parameter.uniform_(-reach, reach, generator=generator)
    return net


def _empty(spec: Spec) -> Denoiser:
    with torch.device("meta"):
        net = Denoiser(spec)
    return net.to_empty(device="cpu")


def to_arrays(net: Denoiser) -> dict[str, np.ndarray]:
    """Its weights, and ``spec``."""
    found = {"spec": stored.spec_array(asdict(net.spec))}
    return found | {
        name: value.numpy(force=True).copy() for name, value in net.state_dict().items()
    }


def from_arrays(arrays: Mapping[str, np.ndarray]) -> Denoiser:
    """The network that ``to_arrays`` wrote. ValueError where the arrays do not fit."""
    given = stored.spec_of(arrays)
    if set(given) != set(Spec.__dataclass_fields__):
        raise ValueError("these weights are of another kind of network")
    net = _empty(Spec(**given))
    try:
        net.load_state_dict(
            {
                name: torch.from_numpy(np.array(arrays[name], np.float32))
                for name in net.state_dict()
            }
        )
    except (KeyError, RuntimeError):
        raise ValueError("these weights do not fit the network that they name") from None
    return net.requires_grad_(False)
