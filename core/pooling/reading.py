"""A trained network reads a drawing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.data import drawing, models
from core.nets import cnn
from core.pooling.classify import Frame, Settings

BOX = 20 / 28  # the ink's longer side, as a share of the image (LeCun et al. 1998)
SMALL, FILLED = 8, 1.0  # scikit-learn's digits of 8 x 8 have no border


@torch.no_grad()
def run(settings: Settings) -> Iterator[Frame]:
    """One frame. Raises KeyError or ValueError, in words, where the model cannot be had."""
    net = cnn.from_arrays(models.load(settings.model))
    dtype = next(net.parameters()).dtype
    x = prepare(drawing.decode(settings.drawing), net.spec.side, settings.centre)
    logits = net(x[None, None].to(dtype))[0].double()
    share = logits.softmax(0)
    yield Frame(
        step=0,
        metrics=measures(share, x),
        seen=(x * 255).round().byte().numpy(),
        probabilities=share.numpy(),
        logits=logits.numpy(),
    )


def measures(share: Tensor, x: Tensor) -> dict[str, float]:
    """The metrics of ten probabilities (10,) of an image x."""
    most, order = share.sort(descending=True)
    entropy = -(share * share.clamp_min(1e-300).log2()).sum()
    return {
        "answer": float(order[0]),
        "confidence": float(most[0]),
        "runner_up": float(order[1]),
        "second": float(most[1]),
        "entropy": float(entropy),
        "ink": float((x > 0).double().mean()),
    }


def prepare(image: np.ndarray, side: int, centre: bool) -> Tensor:
    """A drawing (28, 28) in [0, 1] as the network gets it, (side, side)."""
    x = torch.from_numpy(image)
    if centre:
        x = centred(x, FILLED if side == SMALL else BOX)
    return x if side == len(x) else _resized(x, side, side)


def centred(x: Tensor, box: float = BOX) -> Tensor:
    """The ink scaled to 20 pixels in its longer side, its centre of mass in the middle, (28, 28).

    box: another share of the side than 20 / 28. As MNIST was made (LeCun, Bottou, Bengio and
    Haffner 1998, section III.A). An empty image stays.
    """
    inked = x > 0
    if not inked.any():
        return x
    rows, columns = (inked.any(axis).nonzero().flatten() for axis in (1, 0))
    cut = x[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = box * len(x) / max(cut.shape)
    cut = _resized(cut, *(max(1, round(scale * n)) for n in cut.shape))
    out = torch.zeros_like(x)
    tops = [_start(cut, axis, len(x)) for axis in (0, 1)]
    high, wide = cut.shape
    out[tops[0] : tops[0] + high, tops[1] : tops[1] + wide] = cut
    return out


def _start(cut: Tensor, axis: int, side: int) -> int:
    """The first row (axis 0) or column so that the centre of mass comes to the middle."""
    mass = cut.sum(1 - axis)
    centre = float((mass * (torch.arange(len(mass)) + 0.5)).sum() / mass.sum())
    return min(max(round(side / 2 - centre), 0), side - len(mass))


def _resized(x: Tensor, high: int, wide: int) -> Tensor:
    size = (high, wide)
    big = functional.interpolate(x[None, None], size, mode="bilinear", antialias=True)
    return big[0, 0].clamp(0, 1)
