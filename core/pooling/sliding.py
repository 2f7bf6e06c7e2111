"""Every kind of pooling on one image: outputs, and gradients by automatic differentiation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.autograd import grad

from core.data.images import brightness
from core.pictures import load
from core.pooling.ops import pool2d
from core.pooling.place import placed
from core.pooling.reductions import RULES, How, Taps
from core.pooling.sizes import Axis
from core.pooling.windows import Windows, slide

if TYPE_CHECKING:
    from core.pooling.window import Frame, Settings

Around = tuple[Axis, Axis]


class Pooled(NamedTuple):
    """What one kind gives. output: (oh, ow), 0 x 0 where it cannot pool. back: (H, W).

    taps: (windows, kernel * kernel), 0 on padding, and all 0 of kinds that are no rule of a window.
    """

    output: Tensor
    back: Tensor
    taps: Tensor


def run(settings: Settings) -> Iterator[Frame]:
    """The one frame. Where no window fits, nothing comes out; a kind that cannot pool is empty."""
    from core.pooling.window import Frame

    given = load(settings)
    image = brightness(given)
    cells = torch.from_numpy(image)
    try:
        around = settings.around(image.shape)
    except ValueError:
        around = None
    found = None if around is None else slide(cells, *around)
    place = _place(settings, around)
    kinds = [pooled(settings, kind, cells, found, place) for kind in settings.all_kinds]
    outputs = [one.output.numpy() for one in kinds]
    yield Frame(
        step=0,
        metrics=metrics(settings, kinds, place, around),
        image=image,
        channels=np.array(len(given), np.int64),
        values=np.concatenate([one.ravel() for one in outputs]),
        shapes=np.array([one.shape for one in outputs], np.int64),
        taps=np.stack([one.taps.numpy() for one in kinds]),
        back=np.stack([one.back.numpy() for one in kinds]),
        counts=_counts(settings, found),
        place=place,
    )


def pooled(
    settings: Settings,
    kind: str,
    cells: Tensor,
    found: Windows[Tensor] | None,
    place: np.ndarray,
) -> Pooled:
    """One kind's output for an image (H, W), and where the gradient of it flows.

    found: its windows. Of the output at the place, or of the sum of all outputs (``flow``). A kind
    that refuses the image or the window, and every kind where no window fits, gives nothing.
    """
    windows = 0 if found is None else found.real.shape[0] * found.real.shape[1]
    none = torch.zeros(windows, settings.kernel**2, dtype=cells.dtype)
    leaf = cells.clone().requires_grad_()
    try:
        output = None if found is None else pool(settings, leaf, kind)
    except ValueError:
        output = None
    if output is None or found is None:
        return Pooled(cells.new_zeros(0, 0), torch.zeros_like(cells), none)
    at = np.minimum(place, np.array(output.shape) - 1)
    chosen = output.sum() if settings.flow == "all" else output[tuple(at)]
    (back,) = grad(chosen, leaf)
    taps = tap_gradients(settings, kind, found) if kind in RULES else none
    return Pooled(output.detach(), back, taps)


def pool(settings: Settings, cells: Tensor, kind: str) -> Tensor:
    """``pool2d`` with these settings; each kind's draws from the seed alone."""
    stride, how = settings.stride or None, _how(settings)
    return pool2d(
        cells, kind, settings.kernel, stride, settings.padding, settings.dilation,
        settings.ceil_mode, how.count_include_pad, how.p, how.m, how.generator,
    )  # fmt: skip


def _how(settings: Settings) -> How:
    made = torch.Generator().manual_seed(settings.seed)
    return How(settings.count_include_pad, settings.p, settings.m, made)


def tap_gradients(settings: Settings, kind: str, found: Windows[Tensor]) -> Tensor:
    """Slopes d result / d cell, (windows, kernel * kernel), of every tap; 0 on padding."""
    leaf = found.values.flatten(-2).clone().requires_grad_()
    real = found.real.flatten(-2)
    results = RULES[kind](Taps(leaf, real, found.counted.flatten(-2)), _how(settings))
    (slopes,) = grad(results.sum(), leaf)  # each window depends on its own taps alone
    return (slopes * real).flatten(0, 1)


def metrics(
    settings: Settings, kinds: list[Pooled], place: np.ndarray, around: Around | None
) -> dict[str, float]:
    """How many windows fit; of each kind its value at the place, and the cells that learn."""
    windows = 0 if around is None else around[0].count * around[1].count
    found = {"outputs": float(windows)}
    for kind, (output, back, _) in zip(settings.all_kinds, kinds, strict=True):
        if output.numel():
            at = np.minimum(place, np.array(output.shape) - 1)
            found[f"value/{kind}"] = float(output[tuple(at)])
            found[f"grad_cells/{kind}"] = float((back != 0).sum())
    return found


def _place(settings: Settings, around: Around | None) -> np.ndarray:
    """Row and column of the output, (2,) int64."""
    if around is None:
        return np.zeros(2, np.int64)
    return placed(settings.row, settings.column, (around[0].count, around[1].count))


def _counts(settings: Settings, found: Windows[Tensor] | None) -> np.ndarray:
    """(oh, ow) int64: by how many cells each window's average is divided."""
    if found is None:
        return np.zeros((0, 0), np.int64)
    counted = found.counted if settings.count_include_pad else found.real
    return counted.sum((-2, -1)).numpy()
