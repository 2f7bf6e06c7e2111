"""A digit at every place through two networks, and through the poolings a pixel at a time.

Shift invariance and equivariance as in Zhang 2019, "Making convolutional networks shift-invariant
again", section 3; why a stride breaks them: Azulay and Weiss 2019, "Why do deep convolutional
networks generalize so poorly to small image transformations?"
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.data import mnist
from core.nets import shift_nets as nets
from core.pooling.ops import pool2d
from core.pooling.shift import SHIFTS, Frame, Settings

FIELD = 60  # cells a side of the curves' ground: whole windows at strides 1 to 4, no border near
AXES = {"right": (-1,), "down": (-2,), "diagonal": (-2, -1)}
MAPS, UNITS = 2, 4  # of each network, on show


def run(settings: Settings) -> Iterator[Frame]:
    """A frame a pixel, from 0 to 8; all places of the digit on the first."""
    ground, pooled, metrics, first = measured(settings)
    shades = 255 / max(float(ground.max()), 1e-9)
    more: dict[str, Any] = dict(first)
    for step in range(SHIFTS + 1):
        yield Frame(
            step=step,
            metrics=dict(metrics),
            image=(ground[step, 0] * shades).round().astype(np.uint8),
            pooled=np.stack([p[step, 0] for p in pooled]).astype(np.float32),
            **more,
        )
        more = {}


@torch.inference_mode()
def measured(
    settings: Settings,
) -> tuple[np.ndarray, list[np.ndarray], dict[str, float], dict[str, np.ndarray]]:
    """What is pooled (9, C, 60, 60), each kind's pooled maps, the metrics, frame 0's own arrays."""
    image = torch.from_numpy(mnist.load("test")[0][10 * settings.example + settings.digit])
    (cnn, mlp), accuracies = zip(*(nets.load(kind) for kind in nets.NAMES), strict=True)
    tables = all_places(image, cnn, mlp)
    accuracy = np.stack(accuracies)
    ground = grounds(image, settings, cnn["conv1"])
    pooled = [pool(ground, kind, settings.kernel, settings.stride) for kind in settings.kinds]
    changed = np.stack([change(each) for each in pooled])
    aliased = np.stack([aliasing(each, settings) for each in pooled])
    metrics = of_places(settings, tables) | of_networks(accuracy)
    metrics |= of_kinds(settings, changed, aliased)
    curves = {"accuracy": accuracy, "change": changed, "aliasing": aliased}
    return ground, pooled, metrics, tables | curves


def all_places(image: Tensor, cnn: nets.Weights, mlp: nets.Weights) -> dict[str, np.ndarray]:
    """What both networks make of the digit at each of the 13 x 13 places; as in Frame."""
    canvases = nets.everywhere(image)
    seen = nets.cnn(cnn, canvases)
    units, logits = nets.plain(mlp, canvases)
    middle = len(canvases) // 2
    shown = seen.last[:, varied(seen.last[middle], MAPS)]
    most = units[middle].argsort(descending=True, stable=True)[:UNITS]
    stencils = mlp["hidden"][most].view(UNITS, nets.SIDE, nets.SIDE)
    found = {
        "digit": (image * 255).round().to(torch.uint8),
        "cnn": grid(seen.logits.softmax(1)),
        "mlp": grid(logits.softmax(1)),
        "bars": grid(seen.bars),
        "units": grid(units),
        "last": grid((shown * (255 / shown.amax())).round().to(torch.uint8)),
        "filters": cnn["conv1"][varied(seen.first[middle], MAPS), 0],
        "stencils": (127.5 + 127.5 * stencils / stencils.abs().amax()).round().to(torch.uint8),
    }
    return {name: value.numpy() for name, value in found.items()}


def grid(values: Tensor) -> Tensor:
    """(169, ...) to (13, 13, ...)."""
    return values.view(nets.PLACES, nets.PLACES, *values.shape[1:])


def varied(maps: Tensor, count: int) -> Tensor:
    """Numbers (count,) of those of the maps (C, h, w) that show most, and not the same.

    The one of the largest norm, then always the one with most left when what those before it show
    is taken away (Gram and Schmidt).
    """
    left = maps.flatten(1).double()
    chosen: list[int] = []
    for _ in range(count):
        norms = torch.linalg.vector_norm(left, dim=1)
        chosen.append(int(norms.argmax()))
        unit = left[chosen[-1]] / norms[chosen[-1]].clamp_min(1e-12)
        left = left - (left @ unit)[:, None] * unit
    return torch.tensor(chosen)


def grounds(image: Tensor, settings: Settings, filters: Tensor) -> np.ndarray:
    """The digit, or its first-layer maps, moved by 0 to 8 pixels: (9, C, 60, 60) float32.

    Of the maps that with most in it first: it is the one on show.
    """
    edge = (FIELD - mnist.SIDE) // 2
    ground = functional.pad(image, (edge,) * 4)[None, None]
    if settings.of == "maps":
        maps = functional.conv2d(ground, filters, padding=1).relu()[0]
        norms = torch.linalg.vector_norm(maps, dim=(1, 2))
        ground = maps[norms.argsort(descending=True, stable=True)][None]
    axes = AXES[settings.direction]
    moved = [ground.roll((step,) * len(axes), axes) for step in range(SHIFTS + 1)]
    return torch.cat(moved).numpy()


def pool(x: np.ndarray, kind: str, kernel: int, stride: int) -> np.ndarray:
    """(N, C, h, w) to (N, C, h / stride, w / stride): a window at every stride, none missing.

    ``none`` takes the first cell of each window.
    """
    if kind == "none":
        return x[..., ::stride, ::stride]
    past = max(kernel - stride, 0)
    return pool2d(x, kind, kernel, stride, padding=((0, past), (0, past)))


def change(pooled: np.ndarray) -> np.ndarray:
    """How far from invariant: |P(T_k x) - P(x)| / |P(x)| for every shift k, (N,).

    pooled: (N, C, n, n), P of the image moved by k = 0, 1, ... pixels. Zhang 2019, section 3:
    shift invariance is F(X) = F(Shift(X)). 0 is invariant; two maps of equal norm that share no
    cell are sqrt(2) apart.
    """
    return relative(pooled, pooled[:1])


def aliasing(pooled: np.ndarray, settings: Settings) -> np.ndarray:
    """How far from equivariant: |P(T_k x) - T_(k/s) P(x)| / |P(x)| for every shift k, (N,).

    Zhang 2019, section 3: shift equivariance is Shift(F(X)) = F(Shift(X)). A shift by k pixels
    is one by k / s cells of the pooled map; between whole cells the map is moved by the sampling
    theorem (``between``). So what is left over is aliasing: a map without frequencies over half
    the stride's sampling rate gives 0 for all k (Azulay and Weiss 2019; Simoncelli et
    al. 1992 call it shiftable). 0 at multiples of the stride, for any pooling.
    """
    cells = np.arange(len(pooled)) / settings.stride
    moved = np.concatenate([between(pooled[:1], k, AXES[settings.direction]) for k in cells])
    return relative(pooled, moved)


def between(maps: np.ndarray, cells: float, axes: tuple[int, ...]) -> np.ndarray:
    """Maps (..., n, n) moved round by a number of cells, also a fraction: Fourier's shift theorem.

    At half the sampling rate, where a wave and its mirror are one, irfft takes the mean of both.
    """
    moved = maps.astype(np.float64)
    for axis in axes:
        count = moved.shape[axis]
        waves = np.exp(-2j * np.pi * cells * np.fft.rfftfreq(count))
        shape = [1] * moved.ndim
        shape[axis] = -1
        moved = np.fft.irfft(np.fft.rfft(moved, axis=axis) * waves.reshape(shape), count, axis)
    return moved


def relative(maps: np.ndarray, to: np.ndarray) -> np.ndarray:
    """Distances (N,) of maps (N, C, n, n) from others, over the norm of the first map."""
    apart = (maps.astype(np.float64) - to).reshape(len(maps), -1)
    norm = np.linalg.norm(maps[0].astype(np.float64))
    return np.asarray(np.linalg.norm(apart, axis=1) / max(float(norm), 1e-12))


def of_places(settings: Settings, tables: dict[str, np.ndarray]) -> dict[str, float]:
    """The metrics of this digit over the places."""
    middle, found = nets.REACH, {}
    others = np.ones((nets.PLACES, nets.PLACES), bool)
    others[middle, middle] = False
    for kind in nets.NAMES:
        says = tables[kind].argmax(-1)
        found[f"{kind}_says"] = float(says[middle + settings.dy, middle + settings.dx])
        found[f"{kind}_right"] = float((says == settings.digit).mean())
    for name in ("bars", "units"):
        found[f"{name}_change"] = float(from_middle(tables[name])[others].mean())
    whole = slice(middle % nets.STRIDE, None, nets.STRIDE)
    found["bars_change_strides"] = float(from_middle(tables["bars"])[whole, whole].max())
    return found


def from_middle(table: np.ndarray) -> np.ndarray:
    """(13, 13, n) to (13, 13): distance from the middle's n numbers, over their norm."""
    at = table.astype(np.float64)
    middle = at[nets.REACH, nets.REACH]
    apart = np.linalg.norm(at - middle, axis=-1)
    return np.asarray(apart / max(float(np.linalg.norm(middle)), 1e-12))


def of_networks(accuracy: np.ndarray) -> dict[str, float]:
    """The metrics of the networks themselves, over all held-out digits."""
    found = {}
    for kind, each in zip(nets.NAMES, accuracy.astype(np.float64), strict=True):
        found[f"{kind}_accuracy"] = float(each[nets.REACH, nets.REACH])
        found[f"{kind}_accuracy_moved"] = float(each.mean())
        found[f"{kind}_parameters"] = float(nets.parameters(kind))
    return found


def of_kinds(settings: Settings, changed: np.ndarray, aliased: np.ndarray) -> dict[str, float]:
    """The metrics of the kinds of pooling; the curves are (kinds, 9)."""
    period = slice(1, settings.stride + 1)
    found = {}
    for kind, change_of, aliasing_of in zip(settings.kinds, changed, aliased, strict=True):
        found[f"change/{kind}"] = float(change_of[period].mean())
        found[f"aliasing/{kind}"] = float(aliasing_of[period].mean())
        found[f"far/{kind}"] = float(change_of[SHIFTS])
    found["aliasing_at_strides"] = float(aliased[:, :: settings.stride].max())
    return found
