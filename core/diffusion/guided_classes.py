"""Islands that belong to classes: all of them together, and each class alone, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.data.mixtures import Mixture, islands, ring
from core.diffusion.exact import Noised, noised
from core.diffusion.schedules import Schedule

CLASSES = "abc"
WIDE, SLIM, OUT = 1.2, 0.6, 1.0  # of the bells: all, one class, and how far out its centre is


@dataclass(frozen=True, eq=False)
class Classes:
    """everything: the law of all. each: the law of a class, by its letter."""

    everything: Mixture
    each: dict[str, Mixture]

    def share(self, label: str, x: np.ndarray) -> np.ndarray:
        """p(class | x), (...), at x (..., 2), of classes as likely as their law says."""
        logs = self.each[label].log_density(x) - self.everything.log_density(x)
        return np.asarray(np.exp(logs) * self.weights[label])

    @cached_property
    def weights(self) -> dict[str, float]:
        """How likely each class is: by the number of its islands."""
        total = sum(len(one.centres) for one in self.each.values())
        return {name: len(one.centres) / total for name, one in self.each.items()}


def pairs() -> Classes:
    """Three classes of two islands each, near enough to be taken for one another."""
    turned = np.array([0.3, 2.4, 4.5])
    apart = 0.48 * np.stack([np.cos(turned), np.sin(turned)], 1)
    middles = islands().centres * (1.2 / 1.6)
    centres = np.stack([middles + apart, middles - apart], 1).reshape(-1, 2)
    return _classes(centres, 0.36, (2, 2, 2))


def eight() -> Classes:
    """A ring of eight, smaller and with wider islands: three classes of 3, 3 and 2 neighbours."""
    return _classes(0.8 * ring().centres, 0.32, (3, 3, 2))


def bells() -> Classes:
    """One bell for all, and in it a narrower one for each class: everything is linear here."""
    middles = islands().centres * (OUT / 1.6)
    wide = Mixture(np.zeros((1, 2)), WIDE, np.zeros(1, np.int64))
    each = {
        name: Mixture(middle[None], SLIM, np.zeros(1, np.int64))
        for name, middle in zip(CLASSES, middles, strict=True)
    }
    return Classes(wide, each)


def _classes(centres: np.ndarray, sigma: float, sizes: tuple[int, ...]) -> Classes:
    ends = np.cumsum((0, *sizes))
    each = {
        name: Mixture(centres[low:high], sigma, np.arange(high - low))
        for name, low, high in zip(CLASSES, ends[:-1], ends[1:], strict=True)
    }
    return Classes(Mixture(centres, sigma, np.arange(len(centres))), each)


SETS = {"pairs": pairs, "eight": eight, "bells": bells}


def guided(
    every: Noised, own: Noised, x: np.ndarray, scale: float | np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The noise in x (..., 2) by guidance, and what it is made of: without and with the class.

    eps_u + s (eps_c - eps_u): Ho and Salimans 2022, equation 6, with s = 1 + w.
    """
    without, within = every.added(x), own.added(x)
    return without + scale * (within - without), without, within


def laws(classes: Classes, label: str, course: Schedule, t: int) -> tuple[Noised, Noised]:
    """The law of x_t without and with the class."""
    return noised(classes.everything, course, t), noised(classes.each[label], course, t)


def bell_spread(scale: float) -> float:
    """The standard deviation that guidance ends at between two bells, over the class's own.

    The probability flow of a Gaussian of variance v_t scales x by sqrt(v_0 / v_T); a weighted sum
    of scores scales by the weighted product: sigma_u^(1-s) sigma_c^s, where v_T = 1.
    """
    return float((SLIM / WIDE) ** (scale - 1))
