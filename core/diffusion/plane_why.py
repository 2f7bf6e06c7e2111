"""The numbers of a training step in the formulas that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.diffusion.exact import noised
from core.diffusion.plane_layout import ARROWS, places, times_asked
from core.plot.latex import number

if TYPE_CHECKING:
    from core.diffusion.plane import Frame, Settings

AIM = {
    "noise": r"\epsilon",
    "x0": r"x_0",
    "v": r"v = a\,\epsilon - s\,x_0",
    "score": r"-\epsilon / s",
    "flow": r"\epsilon - x_0",
}


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The loss, and the score at one place."""
    return {"The loss": _loss(settings, frames, at), "The score": _score(settings, frames[at])}


def _loss(settings: Settings, frames: list[Frame], at: int) -> str:
    metrics, first = frames[at].metrics, frames[0]
    assert first.least is not None
    weight = "" if settings.weighting == "simple" else r"w(t)\,"
    hardest = int(np.argmax(frames[at].excess))
    t = int(times_asked(settings.total)[hardest])
    return (
        f"The network sees $x_t = a\\,x_0 + s\\,\\epsilon$ and $t$, and is to say "
        f"${AIM[settings.predict]}$. After step {frames[at].step:,}, over 4,000 fixed points,\n\n"
        f"$$L = \\mathbb{{E}}\\,{weight}\\tfrac12 \\lVert \\hat y(x_t, t) - y \\rVert^2 = "
        f"{number(metrics['loss'])}.$$\n\n"
        f"As a guess at the noise it is off by {number(metrics['score_error'])} (squared) from the "
        f"best there is, most of all at $t = {t}$, by {number(float(frames[at].excess[hardest]))}. "
        f"The best one itself is off from the noise by {number(metrics['floor'])}: that part is "
        "luck, and nobody can learn it."
    )


def _score(settings: Settings, frame: Frame) -> str:
    t = settings.looked_at
    law = noised(settings.mixture, settings.course, t)
    n = (ARROWS // 2 + 3) * ARROWS + ARROWS // 2 + 3
    place = places(ARROWS)[n]
    true, learned = law.score(place), frame.arrows[n].astype(np.float64)
    return (
        f"At $t = {t}$, $a = {number(law.signal)}$ and $s = {number(law.noise)}$, at the place "
        f"${number(place, 3)}$ the network's answer stands for the noise "
        f"${number(-law.noise * learned, 3)}$, so for the score\n\n"
        f"$$-\\hat\\epsilon / s = {number(learned, 3)}.$$\n\n"
        f"The true one, the slope of $\\ln q_t$ there, is ${number(true, 3)}$."
    )
