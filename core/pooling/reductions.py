"""The kinds of pooling, each a few lines over the taps of every window at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Taps:
    """Windows with their taps in one row; values are 0 where real is false.

    values: (..., oh, ow, taps); real, counted: (oh, ow, taps), as in ``Windows``.
    """

    values: Tensor
    real: Tensor
    counted: Tensor


@dataclass(frozen=True)
class How:
    """What single kinds ask for; the names are ``pool2d``'s."""

    count_include_pad: bool = True
    p: float = 2.0
    m: float = 1.0
    generator: torch.Generator | None = None


def _pick(values: Tensor, at: Tensor) -> Tensor:
    """The tap that ``at`` numbers, in each window; the gradient goes to it alone."""
    return values.gather(-1, at.unsqueeze(-1)).squeeze(-1)


def _first_largest(values: Tensor, real: Tensor) -> Tensor:
    """The number of the first real tap that holds the largest value; NaN is larger than all."""
    shown = values.detach().masked_fill(~real, -math.inf)
    largest = shown.amax(-1, keepdim=True)
    return (real & ((shown == largest) | shown.isnan())).to(torch.uint8).argmax(-1)


def _max(taps: Taps, how: How) -> Tensor:
    return _pick(taps.values, _first_largest(taps.values, taps.real))


def _min(taps: Taps, how: How) -> Tensor:
    return _pick(taps.values, _first_largest(-taps.values, taps.real))


def _sum(taps: Taps, how: How) -> Tensor:
    return taps.values.sum(-1)


def _average(taps: Taps, how: How) -> Tensor:
    """Over padding too, as torch's default; never over what hangs over the padding."""
    counted = taps.counted if how.count_include_pad else taps.real
    return taps.values.sum(-1) / counted.sum(-1)


def _median(taps: Taps, how: How) -> Tensor:
    """The mean of the two middle values; of an odd count they are one. NaN where there is one."""
    ordered = taps.values.masked_fill(~taps.real, math.inf).sort(stable=True, dim=-1).values
    count = taps.real.sum(-1).expand(ordered.shape[:-1])
    middle = _pick(ordered, (count - 1) // 2) / 2 + _pick(ordered, count // 2) / 2
    return middle.masked_fill(taps.values.isnan().any(-1), math.nan)


def _l2(taps: Taps, how: How) -> Tensor:
    return _lp(taps, How(p=2.0))


def _lp(taps: Taps, how: How) -> Tensor:
    """In units of the window's largest, so that no power overflows; 0 has gradient 0."""
    sizes = taps.values.abs()
    if how.p == math.inf:
        return _max(Taps(sizes, taps.real, taps.counted), how)
    largest = sizes.detach().amax(-1, keepdim=True)
    unit = torch.where((largest > 0) & largest.isfinite(), largest, 1.0)
    # The slope of a power and of its root can be infinite at 0: masked, it is 0.
    powers = (sizes / unit).masked_fill(sizes == 0, 0.0).pow(how.p)
    # torch scales a window that hangs over the edge up to a full one.
    total = powers.sum(-1) * sizes.shape[-1] / taps.counted.sum(-1)
    return total.pow(1 / how.p) * unit.squeeze(-1)


def _expectation(taps: Taps, how: How) -> Tensor:
    """Luo et al. 2020: sum of x softmax(m x). Scores are taken from the largest, so none overflows.

    The largest number stands for an infinite m: infinity times a score of 0 would be NaN.
    """
    most = torch.finfo(taps.values.dtype).max
    m = max(-most, min(how.m, most))
    at = _first_largest(taps.values if m >= 0 else -taps.values, taps.real)
    from_largest = taps.values - _pick(taps.values.detach(), at).unsqueeze(-1)
    weights = (m * from_largest).masked_fill(~taps.real, -math.inf).softmax(-1)
    return (taps.values * weights).sum(-1)


def _stochastic(taps: Taps, how: How) -> Tensor:
    """Zeiler and Fergus 2013: a tap drawn with probability x / sum(x), by inverting the sums."""
    if (taps.values < 0).any():
        raise ValueError("stochastic pooling draws with probability x / sum(x): x must not be < 0")
    values = taps.values.detach()
    sums = (values / values.amax(-1, keepdim=True)).cumsum(-1)
    total = sums[..., -1]
    device = values.device if how.generator is None else how.generator.device
    drawn = torch.rand(total.shape, generator=how.generator, dtype=total.dtype, device=device)
    at = (sums > (drawn.to(total.device) * total).unsqueeze(-1)).to(torch.uint8).argmax(-1)
    nothing = (values == 0).all(-1)
    picked = _pick(taps.values, at).masked_fill(nothing, 0.0)
    return picked.masked_fill(~total.isfinite() & ~nothing, math.nan)


RULES: dict[str, Callable[[Taps, How], Tensor]] = {
    "max": _max,
    "average": _average,
    "sum": _sum,
    "l2": _l2,
    "expectation": _expectation,
    "lp": _lp,
    "stochastic": _stochastic,
    "min": _min,
    "median": _median,
}
# To these padding is a zero; to the others it is no cell at all.
ZEROS = ("sum", "l2", "lp")
