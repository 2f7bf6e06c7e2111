"""The exact answer at this place and time, with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.diffusion.exact import noised
from core.diffusion.guess_maths import by_mode
from core.diffusion.guess_stage import noun
from core.plot.latex import number

if TYPE_CHECKING:
    from core.diffusion.guess import Frame, Settings

SHOWN = 4  # terms of the sum that are written out


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The shares, their mean, and the same for the digit."""
    law = noised(settings.mixture, settings.course, settings.t)
    share, _ = by_mode(law, settings.place)
    metrics = frames[at].metrics
    return {
        "Which one?": _shares(settings, share, metrics),
        "The mean": _mean(settings, law.clean(settings.place), law.signal, law.noise),
        "The digit": _digit(settings, metrics),
    }


def _shares(settings: Settings, share: np.ndarray, metrics: dict[str, float]) -> str:
    order = np.argsort(-share, kind="stable")[:SHOWN]
    told = ", ".join(f"{share[n]:.1%}" for n in order)
    rest = float(1 - share[order].sum())
    more = f" and {rest:.1%} for all others" if len(share) > SHOWN else ""
    count = f"{metrics['candidates']:.2f}"
    return (
        r"$$p(k \mid x_t) \propto \exp\left(-\frac{\lVert x_t - a\, c_k \rVert^2}"
        r"{2\,(a^2 \sigma^2 + s^2)}\right)$$"
        f"\n\nThe likeliest {noun(settings)} have {told}{more}. The perplexity, "
        rf"$\exp(-\sum_k p_k \log p_k) = {count}$, is how many equally likely ones would leave one "
        "just as unsure."
    )


def _mean(settings: Settings, mean: np.ndarray, signal: float, noise: float) -> str:
    return (
        rf"At $t = {settings.t}$ the data counts with $a = {number(signal, 4)}$ and the noise has "
        rf"standard deviation $s = {number(noise, 4)}$. From $x_t = {number(settings.place, 4)}$ "
        "the arrow leads to\n\n"
        r"$$\mathbb{E}[x_0 \mid x_t] = \sum_k p_k\, \mathbb{E}[x_0 \mid x_t, k] = "
        f"{number(mean, 4)}$$\n\nSo the noise in it is expected to be "
        rf"$(x_t - a\, \mathbb{{E}}[x_0 \mid x_t]) / s = {_added(settings, mean, signal, noise)}$."
    )


def _added(settings: Settings, mean: np.ndarray, signal: float, noise: float) -> str:
    if noise == 0:
        return r"\text{none}"
    return number((settings.place - signal * mean) / noise, 4)


def _digit(settings: Settings, metrics: dict[str, float]) -> str:
    return (
        "Its 784 numbers are noised as the point's two, and\n\n"
        r"$$p(i \mid x_t) \propto \exp\left(-\frac{\lVert x_t - a\, x^{(i)} \rVert^2}{2 s^2}"
        r"\right)$$"
        f"\n\nis exact over the 12,000 digits. {metrics['digits']:,.1f} of them are left, the "
        f"likeliest with {metrics['digit_likeliest']:.1%}; {metrics['digit_right']:.1%} are a "
        f"{settings.digit} too."
    )
