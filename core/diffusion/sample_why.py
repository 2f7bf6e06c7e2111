"""One step of the sampler, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.plot.latex import number

if TYPE_CHECKING:
    from core.diffusion.sample import Frame, Settings

RULES = {
    "ddpm": r"x_s = \tfrac{\sqrt{\bar\alpha_s}\,(1 - \bar\alpha_t / \bar\alpha_s)}"
    r"{1 - \bar\alpha_t}\, \hat x_0 + \tfrac{\sqrt{\bar\alpha_t / \bar\alpha_s}\,"
    r"(1 - \bar\alpha_s)}{1 - \bar\alpha_t}\, x_t + \sigma z",
    "ddim": r"x_s = \sqrt{\bar\alpha_s}\, \hat x_0 + \sqrt{1 - \bar\alpha_s - \sigma^2}\,"
    r" \hat\epsilon + \sigma z",
    "euler": r"x_s = x_t + (s - t)\,(a'\, \hat x_0 + s'\, \hat\epsilon)",
    "heun": r"x_s = x_t + \tfrac{s - t}{2}\,(\text{slope at } t + \text{slope at } s)",
    "rk45": r"x_s = x_t + (s - t) \sum_i b_i\, k_i",
    "dpm": r"x_s = \tfrac{\sigma_s}{\sigma_t}\, x_t - a_s\,(e^{-h} - 1)\,"
    r"\bigl(\hat x_0 + \tfrac{1}{2r}(\hat x_0 - \hat x_0^{\text{before}})\bigr)",
}


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The rule, and where the first point is."""
    now = frames[at]
    place, guess = now.points[0].astype(float), now.guesses[0].astype(float)
    score, true = (
        np.linalg.norm(one.astype(float), axis=1).mean() for one in (now.arrows, now.exact)
    )
    return {
        "One step": (
            f"$$ {RULES[settings.sampler]} $$\n\n"
            f"After {now.step:,} steps, at $t = {now.metrics['t']:,.0f}$, the first point is at "
            f"${number(place, 3)}$, and the network sees in it the data ${number(guess, 3)}$. It "
            f"was asked {now.metrics['nfe']:,.0f} times so far."
        ),
        "The score": (
            f"Over the grid of arrows the learned score is {number(score, 3)} long on average, "
            f"the true one {number(true, 3)}."
        ),
        "Too narrow": (
            f"With {settings.steps:,} steps of DDIM and a perfect network, Gaussian data of spread "
            f"0.5 come out {now.metrics['narrow/half']:.1%} too narrow, of spread 0.05 "
            f"{now.metrics['narrow/twentieth']:.1%}."
        ),
    }
