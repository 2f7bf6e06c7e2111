"""Each rule's direction, told with the numbers of one step.

The same arithmetic as ``rules``, in NumPy and in words: a test holds both to torch's update.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.optimizers.hyper import Number
from core.optimizers.told import Told, held
from core.plot.latex import number


def _descent(s: Told) -> np.ndarray:
    return s.say("Straight against the gradient", "d = g", s.g)


def _buffer(s: Told) -> np.ndarray:
    mu = number(s.h.momentum)
    left = rf"m = \mu m_{{{s.t - 1}}} + g = {mu} \times {held(s.m0)} + {held(s.g)}"
    return s.say("The buffer: old pace, faded, plus the gradient", left, s.h.momentum * s.m0 + s.g)


def _momentum(s: Told) -> np.ndarray:
    return s.say("It goes where the buffer points", "d = m", _buffer(s))


def _nesterov(s: Told) -> np.ndarray:
    ahead = s.g + s.h.momentum * _buffer(s)
    return s.say("One buffer ahead", r"d = g + \mu m", ahead)


def _adagrad(s: Told) -> np.ndarray:
    v = s.say("Sum of the squares so far", rf"v = v_{{{s.t - 1}}} + g^2", s.v0 + s.g**2)
    return _divided(s, r"g / (\sqrt{v} + \epsilon)", s.g, np.sqrt(v) + s.h.eps)


def _mean_square(s: Told) -> np.ndarray:
    b = s.h.beta2
    left = rf"v = \beta_2 v_{{{s.t - 1}}} + (1 - \beta_2) g^2 = {number(b)} \times {number(s.v0)}"
    left += rf" + {number(1 - b)} \times {number(s.g**2)}"
    return s.say("Running mean of the squares", left, b * s.v0 + (1 - b) * s.g**2)


def _rmsprop(s: Told) -> np.ndarray:
    return _divided(s, r"g / (\sqrt{v} + \epsilon)", s.g, np.sqrt(_mean_square(s)) + s.h.eps)


def _adadelta(s: Told) -> np.ndarray:
    v = _mean_square(s)
    words = "Running mean of its own squared steps, before this one"
    u = s.say(words, rf"u_{{{s.t - 1}}}", s.extra)
    left = r"d = g \sqrt{u + \epsilon} / \sqrt{v + \epsilon}"
    scale = np.sqrt(u + s.h.eps) / np.sqrt(v + s.h.eps)
    return s.say("The gradient in units of its own steps", left, scale * s.g)


def _mean(s: Told) -> np.ndarray:
    b = s.h.beta1
    left = rf"m = \beta_1 m_{{{s.t - 1}}} + (1 - \beta_1) g = {number(b)} \times {held(s.m0)}"
    left += rf" + {number(1 - b)} \times {held(s.g)}"
    return s.say("Running mean of the gradients", left, s.m0 + (1 - b) * (s.g - s.m0))


def _corrected(s: Told, letter: str, beta: Number, which: int, value: np.ndarray) -> np.ndarray:
    factor = float(1 - beta**s.t)
    left = (
        rf"\hat {letter} = {letter} / (1 - \beta_{which}^{{{s.t}}}) = {letter} / {number(factor)}"
    )
    return s.say("corrected for having started at 0", left, value / factor)


def _adam(s: Told) -> np.ndarray:
    m = _corrected(s, "m", s.h.beta1, 1, _mean(s))
    v = _corrected(s, "v", s.h.beta2, 2, _mean_square(s))
    return _divided(s, r"\hat m / (\sqrt{\hat v} + \epsilon)", m, np.sqrt(v) + s.h.eps)


def _amsgrad(s: Told) -> np.ndarray:
    m = _corrected(s, "m", s.h.beta1, 1, _mean(s))
    v = np.maximum(s.extra, _mean_square(s))
    s.say("The largest mean square so far", rf"v = \max(v, {number(s.extra)})", v)
    v = _corrected(s, "v", s.h.beta2, 2, v)
    return _divided(s, r"\hat m / (\sqrt{\hat v} + \epsilon)", m, np.sqrt(v) + s.h.eps)


def _nadam(s: Told) -> np.ndarray:
    m = _mean(s)
    v = _corrected(s, "v", s.h.beta2, 2, _mean_square(s))
    mu, ahead = (s.h.beta1 * (1 - 0.5 * 0.96 ** (n * s.h.momentum_decay)) for n in (s.t, s.t + 1))
    before = np.float32(1.0 if s.t == 1 else s.extra[0])
    product = float(before * np.float32(mu))  # torch keeps this product in float32
    left = r"\mu = \beta_1 (1 - \tfrac12\, 0.96^{\psi t}) \text{, now and next}"
    s.say("The momentum of this step and the next", left, np.array([mu, ahead]))
    s.say("Product of the momenta so far", r"\textstyle\prod \mu", product)
    now, then = (1 - mu) / (1 - product), ahead / (1 - product * ahead)
    n = s.say("Gradient and mean, one step ahead", r"\hat n", now * s.g + then * m)
    return _divided(s, r"\hat n / (\sqrt{\hat v} + \epsilon)", n, np.sqrt(v) + s.h.eps)


def _radam(s: Told) -> np.ndarray:
    m = _corrected(s, "m", s.h.beta1, 1, _mean(s))
    v, b, t = _mean_square(s), float(s.h.beta2), s.t
    last = 2 / (1 - b) - 1
    rho = last - 2 * t * b**t / (1 - b**t)
    s.say("How many squares the mean is worth", r"\rho", rho)
    if rho <= 5:
        return s.say("Too few to divide by (5 or less): the mean alone", r"d = \hat m", m)
    rect = np.sqrt((rho - 4) * (rho - 2) * last / ((last - 4) * (last - 2) * rho))
    r = s.say("Enough: a scale, held back by", "r", float(rect))
    left = r"r \hat m \sqrt{1 - \beta_2^t} / (\sqrt{v} + \epsilon)"
    return _divided(s, left, r * m * np.sqrt(1 - b**t), np.sqrt(v) + s.h.eps)


def _adamax(s: Told) -> np.ndarray:
    m = _corrected(s, "m", s.h.beta1, 1, _mean(s))
    left = rf"u = \max(\beta_2 u_{{{s.t - 1}}}, |g| + \epsilon)"
    u = s.say("Fading maximum", left, np.maximum(s.h.beta2 * s.v0, np.abs(s.g) + s.h.eps))
    return _divided(s, r"\hat m / u", m, u)


def _lion(s: Told) -> np.ndarray:
    b = number(s.h.beta1)
    left = rf"c = \beta_1 m_{{{s.t - 1}}} + (1 - \beta_1) g \text{{, }} \beta_1 = {b}"
    c = s.say("A blend of mean and gradient", left, s.h.beta1 * s.m0 + (1 - s.h.beta1) * s.g)
    return s.say("Only its sign counts", r"d = \operatorname{sign}(c)", np.sign(c))


def _divided(s: Told, formula: str, top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    s.say("Each coordinate is divided by its own", r"\text{scale}", bottom)
    return s.say("which gives the direction", f"d = {formula}", top / bottom)


RULES: dict[str, Callable[[Told], np.ndarray]] = {
    "gradient-descent": _descent,
    "sgd": _descent,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "adadelta": _adadelta,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adam,
    "amsgrad": _amsgrad,
    "nadam": _nadam,
    "radam": _radam,
    "adamax": _adamax,
    "lion": _lion,
}
