"""The forward process at one time, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.diffusion.forward_figures import START
from core.plot.latex import number

if TYPE_CHECKING:
    from core.diffusion.forward import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """One jump to that time, and what it does to a number."""
    t = frames[at].step
    course = settings.course
    a, s = float(course.signal[t]), float(course.noise[t])
    text = (
        f"At $t = {t}$, {course.left[t]:.2%} of the data's variance is left:\n\n"
        f"$$x_{{{t}}} = \\sqrt{{\\bar\\alpha_{{{t}}}}}\\, x_0 + \\sqrt{{1 - \\bar\\alpha_{{{t}}}}}"
        f"\\, \\epsilon = {number(a)}\\, x_0 + {number(s)}\\, \\epsilon$$\n\n"
        f"A number that began at {START:g} is now drawn from a bell curve around "
        f"${number(a * START)}$ with standard deviation ${number(s)}$, whichever way it came. "
    )
    if t:
        beta = float(course.betas[t])
        text += (
            f"The last small step took $x_{{{t - 1}}}$ times "
            f"$\\sqrt{{1 - \\beta_{{{t}}}}} = {number((1 - beta) ** 0.5)}$ "
            f"and added noise of standard deviation "
            f"$\\sqrt{{\\beta_{{{t}}}}} = {number(beta**0.5)}$."
        )
    return {"One jump": text}
