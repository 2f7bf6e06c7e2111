"""Both estimates with their exact mean and variance, and the KL, in these settings' numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.plot.latex import number

if TYPE_CHECKING:
    from core.vae.reparameterise import Frame, Settings

F = {
    "square": ("z^2", "2 z"),
    "absolute": (r"\lvert z \rvert", r"\operatorname{sign} z"),
    "step": (r"\mathbf 1[z > 0]", "0"),
    "waves": (r"\sin 10 z", r"10 \cos 10 z"),
}
MEANS = {
    "square": (r"2 \mu", r"2 \sigma"),
    "absolute": (r"2 \Phi(\mu / \sigma) - 1", r"2 \varphi(\mu / \sigma)"),
    "step": (r"\varphi(\mu / \sigma) / \sigma", r"-\mu\, \varphi(\mu / \sigma) / \sigma^2"),
    "waves": (
        r"10 \cos(10 \mu)\, e^{-50 \sigma^2}",
        r"-100\, \sigma \sin(10 \mu)\, e^{-50 \sigma^2}",
    ),
}


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The score function, the path, the KL."""
    frame = frames[at]
    return {
        "Score function": _score(settings, frame),
        "Path": _path(settings, frame),
        "KL": _kl(settings, frame),
    }


def _score(settings: Settings, frame: Frame) -> str:
    noise, z, value, _ = (float(v) for v in frame.draw)
    taken, sigma = float(frame.taken[0]), settings.sigma
    by = noise / sigma if settings.by == "mu" else (noise**2 - 1) / sigma
    name = r"\varepsilon / \sigma" if settings.by == "mu" else r"(\varepsilon^2 - 1) / \sigma"
    return (
        f"{_exact(settings, frame)}\n\nOf the first draw, $z = {number(z)}$:\n\n"
        rf"$$(f(z) - b) \cdot {name} = ({number(value)} - {_signed(taken)}) \cdot "
        rf"{_signed(by)} = {number((value - taken) * by)}$$"
        f"\n\nThe variance of a mean of {settings.samples:,} is "
        f"${number(frame.metrics['exact/score'])}$; measured: "
        f"${number(frame.metrics['variance/score'])}$."
    )


def _path(settings: Settings, frame: Frame) -> str:
    noise, z, _, slope = (float(v) for v in frame.draw)
    by = 1.0 if settings.by == "mu" else noise
    name = "1" if settings.by == "mu" else r"\varepsilon"
    told = (
        f"{_exact(settings, frame)}\n\nOf the first draw, $z = {number(z)}$:\n\n"
        rf"$$f'(z) \cdot {name} = {F[settings.function][1]} \cdot {name} = "
        rf"{number(slope)} \cdot {_signed(by)} = {number(slope * by)}$$"
        f"\n\nThe variance of a mean of {settings.samples:,} is "
        f"${number(frame.metrics['exact/path'])}$; measured: "
        f"${number(frame.metrics['variance/path'])}$."
    )
    if settings.function != "step":
        return told
    return f"{told}\n\nIts mean is 0, which is wrong: f jumps."


def _exact(settings: Settings, frame: Frame) -> str:
    """The slope of the mean, by its formula."""
    theta, place = (r"\mu", 0) if settings.by == "mu" else (r"\sigma", 1)
    f = F[settings.function][0]
    plus = f" + {settings.constant:g}" if settings.constant else ""
    return (
        rf"$$\frac{{\partial}}{{\partial {theta}}}\, \mathbb E\left[{f}{plus}\right] = "
        rf"{MEANS[settings.function][place]} = {number(frame.metrics['gradient'])}$$"
    )


def _kl(settings: Settings, frame: Frame) -> str:
    s, m = settings, frame.metrics
    wide = s.sigma / s.prior_sigma
    apart = (s.mu - s.prior_mu) / s.prior_sigma
    return (
        rf"$$\tfrac12\left({number(wide)}^2 + {_signed(apart)}^2 - 1\right) - "
        rf"\log {number(wide)} = {number(m['kl'])}\ \text{{nats}}$$"
        "\n\n"
        rf"with $\sigma / \sigma_p = {number(wide)}$ and "
        rf"$(\mu - \mu_p) / \sigma_p = {number(apart)}$. "
        rf"From $n$ draws the error is ${number(m['kl_deviation'])} / \sqrt n$."
    )


def _signed(value: float) -> str:
    """In brackets, if it is negative."""
    return number(value) if value >= 0 else rf"\left({number(value)}\right)"
