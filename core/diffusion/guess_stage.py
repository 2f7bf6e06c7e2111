"""What the browser needs to draw the noisy point and the digit by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.mixtures import REACH
from core.data.mnist import TRAIN
from core.diffusion.guess_maths import STRIDE, TIMES, TOTAL
from core.plot.packed import packed
from core.plot.png import sheet_of

if TYPE_CHECKING:
    from core.diffusion.guess import Frame, Settings

ISLANDS = ("ring", "grid", "gaussians", "islands")


def payload(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    """All that ``core/ui/draw/guess.js`` draws by: it computes the rest itself."""
    frame, mixture = frames[-1], settings.mixture
    side = frame.images.shape[-1]
    return {
        "value": [settings.x, settings.y, settings.t],
        "reach": REACH,
        "total": TOTAL,
        "stride": STRIDE,
        "left": packed(settings.course.left[TIMES].astype(np.float64)),
        "centres": packed(mixture.centres.astype(np.float64)),
        "modes": packed(mixture.modes.astype(np.int32)),
        "count": mixture.count,
        "sigma": mixture.sigma,
        "noun": noun(settings),
        "levels": packed(frame.levels),
        "sheet": sheet_of(frame.images.reshape(-1, side, side), frame.images.shape[1]),
        "digits": packed(frame.digits),
        "of": TRAIN,
        "digit": settings.digit,
        "known": settings.known == "one-of-them",
        "net": None
        if frame.net is None or frame.net_times is None
        else {"times": packed(frame.net_times), "field": packed(frame.net.astype(np.float32))},
    }


def noun(settings: Settings, many: bool = True) -> str:
    """What a mode of the target is called."""
    one = "island" if settings.target in ISLANDS else "stretch"
    one = "point" if settings.target == "drawn" else one
    return one if not many else "stretches" if one == "stretch" else one + "s"
