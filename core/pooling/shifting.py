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
from core.pooling import shift_places as places
from core.pooling.ops import pool2d
from core.pooling.shift import SHIFTS, Frame, Settings

FIELD = 48  # cells a side of the curves' ground: whole windows at strides 1 to 4
BEFORE = 7  # cells left of and above the digit: however it is moved and pooled, no border is met
AXES = {"right": (-1,), "down": (-2,), "diagonal": (-2, -1)}
MAPS, UNITS = 2, 4  # of each network, on show
FULLEST = 4  # of the first layer's maps are pooled in the curves
POWER = 3.0  # of the Lp norm


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
            pooled=np.stack([spread(p[step, 0], settings.stride) for p in pooled]),
            **more,
        )
        more = {}


def spread(map: np.ndarray, stride: int) -> np.ndarray:
    """A map (n, n) as it is shown, float32: the one number of a global kind in every cell."""
    return np.broadcast_to(map, (FIELD // stride,) * 2).astype(np.float32)


@torch.inference_mode()
def measured(
    settings: Settings,
) -> tuple[np.ndarray, list[np.ndarray], dict[str, float], dict[str, np.ndarray]]:
    """What is pooled (9, C, 48, 48), each kind's pooled maps, the metrics, frame 0's own arrays."""
    pixels = mnist.pixels("test")[0][mnist.CLASSES * settings.example + settings.digit]
    image = torch.from_numpy(pixels / np.float32(255))
    (cnn, mlp), accuracies = zip(*(nets.load(kind) for kind in nets.NAMES), strict=True)
    tables = all_places(image, cnn, mlp)
    accuracy = np.stack(accuracies)
    ground = grounds(image, settings, cnn["conv1"])
    pooled = [pooled_by(kind, ground, settings) for kind in settings.all_kinds]
    changed = np.stack([change(each) for each in pooled])
    aliased = np.stack([aliasing(each, settings) for each in pooled])
    metrics = of_places(settings, tables) | of_networks(accuracy)
    metrics |= of_kinds(settings, changed, aliased)
    curves = {"accuracy": accuracy, "change": changed, "aliasing": aliased}
    return ground, pooled, metrics, tables | curves


def all_places(image: Tensor, cnn: nets.Weights, mlp: nets.Weights) -> dict[str, np.ndarray]:
    """What both networks make of the digit at each of the 13 x 13 places; as in Frame."""
    canvases = nets.everywhere(image)
    seen = places.computed(cnn, canvases)
    units, logits = nets.plain(mlp, canvases)
    middle = len(canvases) // 2
    shown = places.moved_along(seen.last[:, varied(seen.last[places.MIDDLE], MAPS)])
    most = units[middle].argsort(descending=True, stable=True)[:UNITS]
    stencils = mlp["hidden"][most].view(UNITS, nets.SIDE, nets.SIDE)
    found = {
        "digit": (image * 255).round().to(torch.uint8),
        "cnn": places.everywhere(seen.logits.softmax(1)),
        "mlp": grid(logits.softmax(1)),
        "bars": places.everywhere(seen.bars),
        "units": grid(units),
        "last": (shown * (255 / shown.amax())).round().to(torch.uint8),
        "filters": cnn["conv1"][varied(seen.first[places.MIDDLE], MAPS), 0],
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
    """The digit, or four first-layer maps of it, moved by 0 to 8 pixels: (9, C, 48, 48) float32.

    The maps are those of the largest norm; the first is the one on show.
    """
    after = FIELD - BEFORE - mnist.SIDE
    ground = functional.pad(image, (BEFORE, after, BEFORE, after))[None, None]
    if settings.of == "maps":
        maps = functional.conv2d(ground, filters, padding=1).relu()[0]
        norms = torch.linalg.vector_norm(maps, dim=(1, 2))
        ground = maps[norms.argsort(descending=True, stable=True)[:FULLEST]][None]
    axes = AXES[settings.direction]
    moved = [ground.roll((step,) * len(axes), axes) for step in range(SHIFTS + 1)]
    return torch.cat(moved).numpy()


def pooled_by(kind: str, ground: np.ndarray, settings: Settings) -> np.ndarray:
    """The pooled maps of every shift, (9, C, n, n), n = 48 / stride; of a global kind, n = 1.

    A pooling with a stride is that pooling at every cell, of which every stride-th is kept (Zhang
    2019, figure 3). At every cell the moved image gives the moved map: so one image is pooled.
    Stochastic pooling draws anew for every shift, so there all of them are.
    """
    kernel, stride, axes = settings.kernel, settings.stride, AXES[settings.direction]
    if kind == "stochastic":
        return pool(ground, kind, kernel, stride, settings.seed)
    if kind.startswith("global-"):
        return pool(ground, kind, kernel, stride)
    dense = pool(ground[:1], kind, kernel, 1)
    return np.concatenate(
        [
            np.roll(dense, (k,) * len(axes), axes)[..., ::stride, ::stride]
            for k in range(len(ground))
        ]
    )


def pool(x: np.ndarray, kind: str, kernel: int, stride: int, seed: int = 0) -> np.ndarray:
    """(N, C, h, w) to (N, C, h / stride, w / stride): a window at every stride, none missing.

    ``none`` takes the first cell of each window. A global kind gives (N, C, 1, 1).
    """
    if kind == "none":
        return x[..., ::stride, ::stride]
    past = kernel - 1 if kind == "blur" else max(kernel - stride, 0)  # its maximum is at stride 1
    draws = torch.Generator().manual_seed(seed)
    around = ((0, past), (0, past))
    return pool2d(x, kind, kernel, stride, padding=around, p=POWER, generator=draws)


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
    cells, axes = np.arange(len(pooled)) / settings.stride, AXES[settings.direction]
    return relative(pooled, np.concatenate([between(pooled[:1], k, axes) for k in cells]))


def between(maps: np.ndarray, cells: float, axes: tuple[int, ...]) -> np.ndarray:
    """Maps (..., n, n) moved round by a number of cells, also a fraction: Fourier's shift theorem.

    At half the sampling rate, where a wave and its mirror are one, irfft takes the mean of both.
    """
    if cells == int(cells):
        return np.roll(maps, (int(cells),) * len(axes), axes)
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
    for kind, change_of, aliasing_of in zip(settings.all_kinds, changed, aliased, strict=True):
        found[f"change/{kind}"] = float(change_of[period].mean())
        found[f"aliasing/{kind}"] = float(aliasing_of[period].mean())
        found[f"far/{kind}"] = float(change_of[SHIFTS])
    still = [kind != "stochastic" for kind in settings.all_kinds]  # that one draws anew
    found["aliasing_at_strides"] = float(aliased[still, :: settings.stride].max())
    return found
