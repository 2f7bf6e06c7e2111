"""One round of the online game with its numbers: gradient, moments, rate, step, fence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.optimizers.hyper import TITLES, hyper
from core.optimizers.told import Told, held
from core.optimizers.why_rules import RULES
from core.plot.latex import number

if TYPE_CHECKING:
    from core.optimizers.online import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The last round before that frame, by optimizer, as Markdown."""
    if frames[at].step == 0:
        return {"Step": "Nothing has moved yet: choose a later step."}
    return {
        TITLES[name]: told(settings, frames[at], i)[0] for i, name in enumerate(settings.optimizers)
    }


def told(settings: Settings, frame: Frame, i: int) -> tuple[str, float]:
    """The round of optimizer number i in words and LaTeX, and the x that its numbers come to."""
    name, t = settings.optimizers[i], frame.step
    rate = settings.lr / math.sqrt(t)
    steering = hyper(
        name, lr=rate, momentum=settings.beta1, beta1=settings.beta1, beta2=settings.beta2
    )
    x, g = frame.before[i], frame.grad[()]
    m0, v0, top0 = frame.memory0[i]
    s = Told(t, x, g, m0, v0, top0, steering, [])
    kind = "the rare slope" if g > 0 else "a common slope"
    s.say(f"Round {t:,} has {kind}, wherever it stands", rf"g = f_{{{t}}}'(x)", g)
    direction = float(RULES[name](s))
    s.say("The rate fades with the root of the round", rf"\eta = {_rate(settings, t)}", rate)
    there = float(x) - rate * direction
    step = rf"x - \eta d = {number(x)} - {number(rate)} \times {held(direction)}"
    s.say("The step goes against the direction", step, there)
    if settings.project and abs(there) > 1:
        there = math.copysign(1.0, there)
        s.say("The fence sends it back to the interval from -1 to 1", r"\Pi(x - \eta d)", there)
    return "\n\n".join(f"{line.words}\n\n$${line.latex}$$" for line in s.lines), there


def _rate(settings: Settings, t: int) -> str:
    return rf"\frac{{\eta_0}}{{\sqrt{{t}}}} = \frac{{{number(settings.lr)}}}{{\sqrt{{{t}}}}}"
