"""The interval of a share of games, with a run's numbers in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.plot.latex import number

if TYPE_CHECKING:
    from core.gan.seeds import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """How many games cover everything, and what so many games can tell of all others."""
    now, count = frames[at], settings.mixture.count
    n, seen = len(now.modes), int((now.modes == count).sum())
    low, high = now.metrics["covered_low"], now.metrics["covered_high"]
    share = (
        f"After step {now.step:,}, {seen} of {n} games cover all {count} modes, a share of "
        f"$\\hat p = {number(seen / n)}$. Of all seeds there are, the share that would lies, with "
        "95 % confidence, where the score $z = 1.96$ allows (Wilson 1927):\n\n"
        r"$$\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1 - \hat p)}{n} + "
        rf"\frac{{z^2}}{{4n^2}}}}}}{{1 + \frac{{z^2}}{{n}}}} = [{number(low)},\ {number(high)}].$$"
    )
    return {"How often": share, "Spread": _spread(now, count)}


def _spread(now: Frame, count: int) -> str:
    worst, best = int(now.high_quality.argmin()), int(now.high_quality.argmax())
    few = int(np.sum(2 * now.modes <= count))
    return (
        f"{few} of {len(now.modes)} games cover {count // 2} modes or fewer: collapsed, by this "
        f"page's count. Their shares of good fakes reach from {now.high_quality[worst]:.1%} to "
        f"{now.high_quality[best]:.1%}; half of the games lie between "
        f"{now.metrics['high_quality_low']:.1%} and {now.metrics['high_quality_high']:.1%}. "
        "Nothing but the seed differs between them."
    )
