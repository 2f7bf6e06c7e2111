r"""Two bell curves on a line: the best discriminator, two distances and the generator's pull.

Real p = N(0, sigma^2), fake q = N(mu, s^2), l(x) = log p(x) - log q(x). The best discriminators:

- cross-entropy (minimax, non-saturating): D = p / (p + q) = sigmoid(l), Goodfellow et al. 2014,
  proposition 1; least squares with labels 1 and 0: the same, Mao et al. 2017, equation 5.
- hinge: sign(p - q), for p max(0, 1 - D) + q max(0, 1 + D) is linear in D on [-1, 1] and least
  at the end where the larger of p and q stands. Lim and Ye 2017.
- Wasserstein: the f with slopes up to 1 and the largest E_p f - E_q f. By parts that is
  int f' (F_q - F_p) dx with the distribution functions F, so f' = sign(F_q - F_p) and the
  value W1 = int |F_q - F_p| dx. Arjovsky et al. 2017, equation 2.

The generator is x = mu + s z, z standard normal. Its pull is the gradient of its loss by mu and by
s, the discriminator held at its best for the present fakes, as backpropagation holds it:

    dL/dmu = E_q[d/dx f(D(x))],    dL/ds = E_q[z d/dx f(D(x))]

- minimax, f = log(1 - D):      d/dx f = -D l'
- non-saturating, f = -log D:   d/dx f = -(1 - D) l'
- least squares, f = (D - 1)^2 / 2:  d/dx f = -D (1 - D)^2 l'
- hinge, f = -D: 0 but where D jumps by 2 sign(l'), at the roots r of l: -2 sign(l'(r)) q(r) each
- Wasserstein, f = -D: -f' = sign(F_p - F_q)

Equal widths give l' = -mu / sigma^2 everywhere. At mu = 4 and sigma = 0.5 that is -16, and the
discriminator's mean over the fakes, E_q[D], is 0.00005: minimax 16 E_q[D] = 0.0008, non-saturating
16 (1 - E_q[D]) = 16.0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.gan.line import Frame, Settings
from core.gan.line_places import FURTHER, LOSSES, SEEN, SHIFTS, WIDTHS

Array = NDArray[np.float64]
POINTS, TAILS = 4001, 12  # of the quadrature: its points, and how many widths it reaches out

# d/dx f(D(x)) over l'(x), from D and 1 - D.
SLOPES: dict[str, Callable[[Array, Array], Array]] = {
    "minimax": lambda d, rest: -d,
    "non-saturating": lambda d, rest: -rest,
    "least-squares": lambda d, rest: -d * rest**2,
}


class Line(NamedTuple):
    """Where the fakes' bell stands, its width, and the width of the real one, which is at 0."""

    mu: float
    s: float
    sigma: float


class Pull(NamedTuple):
    """The gradient of a generator's loss by its centre and by its width."""

    mu: float
    s: float


def run(settings: Settings) -> Iterator[Frame]:
    """One frame: the curves of these settings, and the measures against shift and width."""
    line = Line(settings.shift, settings.width, settings.sigma)
    away = [line._replace(mu=float(mu)) for mu in SHIFTS]
    wide = [line._replace(s=float(s)) for s in WIDTHS]
    pulled, widened = [pulls(one) for one in away], [pulls(one) for one in wide]
    yield Frame(
        step=0,
        metrics=measured(line),
        real=np.exp(log_bell(SEEN, 0.0, line.sigma)),
        fake=np.exp(log_bell(SEEN, line.mu, line.s)),
        best=best(SEEN, line, settings.loss),
        js=np.array([js(one) for one in away]),
        w1=np.array([w1(one) for one in away]),
        pull=np.array([[one[loss].mu for one in pulled] for loss in LOSSES]),
        widen=np.array([[-one[loss].s for one in widened] for loss in LOSSES]),
    )


def measured(line: Line) -> dict[str, float]:
    """The metrics of ``Frame``."""
    further = line._replace(mu=line.mu + math.copysign(FURTHER, line.mu))
    x = nodes(line)
    found = {
        "js": js(line),
        "w1": w1(line),
        "kl": kl(line),
        "d_on_fakes": mean(x, line.mu, line.s, sigmoid(log_ratio(x, line))),
        "js_further": js(further),
        "w1_further": w1(further),
    }
    gradients = pulls(line)
    home = float(np.sign(line.mu))  # on top of each other there is no way to be pulled
    found |= {f"pull/{loss}": home * one.mu + 0.0 for loss, one in gradients.items()}
    return found | {f"widen/{loss}": -one.s + 0.0 for loss, one in gradients.items()}


def log_bell(x: Array, mu: float, s: float) -> Array:
    """The logarithm of the density of N(mu, s^2)."""
    return -0.5 * ((x - mu) / s) ** 2 - math.log(s * math.sqrt(2 * math.pi))


def log_ratio(x: Array, line: Line) -> Array:
    """The logit l = log p - log q, whose sigmoid is p / (p + q)."""
    return log_bell(x, 0.0, line.sigma) - log_bell(x, line.mu, line.s)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), to a full relative precision at both ends."""
    return np.exp(-np.logaddexp(0.0, -x))


def nodes(line: Line) -> Array:
    """Even places that hold all of both bells, for the rule of trapezoids."""
    low = min(-TAILS * line.sigma, line.mu - TAILS * line.s)
    high = max(TAILS * line.sigma, line.mu + TAILS * line.s)
    return np.linspace(low, high, POINTS)


def mean(x: Array, mu: float, s: float, values: Array) -> float:
    """The expectation under N(mu, s^2) of values at even places x.

    Trapezoids converge faster than any power here, for bells end in nothing on both sides.
    """
    return float((np.exp(log_bell(x, mu, s)) * values).sum() * (x[1] - x[0]))


def js(line: Line) -> float:
    """Jensen-Shannon divergence in nats, from 0 to ln 2.

    By the best discriminator, ln 2 + E_p[log D] / 2 + E_q[log(1 - D)] / 2: Goodfellow et al. 2014,
    theorem 1.
    """
    x = nodes(line)
    ratio = log_ratio(x, line)
    missed = mean(x, 0.0, line.sigma, np.logaddexp(0.0, -ratio))
    fooled = mean(x, line.mu, line.s, np.logaddexp(0.0, ratio))
    return max(math.log(2) - (missed + fooled) / 2, 0.0)


def kl(line: Line) -> float:
    """KL divergence of the fakes from the real ones, E_p[log p - log q], in nats."""
    x = nodes(line)
    return mean(x, 0.0, line.sigma, log_ratio(x, line))


def w1(line: Line) -> float:
    """Wasserstein distance int |F_p - F_q| dx = E_z |mu + (s - sigma) z|, of a folded normal.

    On a line the best plan keeps the order: sigma z goes with mu + s z.
    """
    spread = abs(line.s - line.sigma)
    if spread == 0:
        return abs(line.mu)
    u = line.mu / spread
    folded = spread * math.sqrt(2 / math.pi) * math.exp(-u * u / 2)
    return folded + line.mu * math.erf(u / math.sqrt(2))


def best(x: Array, line: Line, loss: str) -> Array:
    """The best discriminator for a loss, or the best critic, 0 at 0."""
    if loss == "wasserstein":
        return critic(x, line)
    ratio = log_ratio(x, line)
    answer: Array = np.sign(ratio) if loss == "hinge" else sigmoid(ratio)
    return answer


def critic(x: Array, line: Line) -> Array:
    """A Kantorovich potential. F_p and F_q meet where x / sigma = (x - mu) / s, or nowhere."""
    if line.s == line.sigma:
        return -float(np.sign(line.mu)) * x
    meet = line.mu * line.sigma / (line.sigma - line.s)
    return float(np.sign(line.sigma - line.s)) * (np.abs(x - meet) - abs(meet))


def roots(line: Line) -> list[float]:
    """Where p = q, the zeros of the parabola l: two, one for equal widths, none for equal bells."""
    a = (line.s**-2 - line.sigma**-2) / 2
    b = -line.mu / line.s**2
    c = line.mu**2 / (2 * line.s**2) + math.log(line.s / line.sigma)
    if a == 0:
        return [line.mu / 2] if line.mu else []
    # The half of the textbook's formula that does not cancel, and Vieta for the other root.
    t = -(b + math.copysign(math.sqrt(b * b - 4 * a * c), b)) / 2
    return [t / a, c / t]


def pulls(line: Line) -> dict[str, Pull]:
    """The gradient under each loss; see above."""
    x = nodes(line)
    z, ratio = (x - line.mu) / line.s, log_ratio(x, line)
    slope = z / line.s - x / line.sigma**2
    d, rest = sigmoid(ratio), sigmoid(-ratio)
    found = {}
    for loss, of in SLOPES.items():
        each = of(d, rest) * slope
        found[loss] = Pull(*(mean(x, line.mu, line.s, each * by) for by in (np.ones_like(x), z)))
    return found | {"hinge": hinge(line), "wasserstein": wasserstein(line)}


def hinge(line: Line) -> Pull:
    """No fake is pulled but those on a step of sign(p - q)."""
    mu = s = 0.0
    for root in roots(line):
        z = (root - line.mu) / line.s
        step = 2 * math.copysign(1.0, z / line.s - root / line.sigma**2)
        mass = math.exp(float(log_bell(np.array(root), line.mu, line.s)))
        mu, s = mu - step * mass, s - step * mass * z
    return Pull(mu, s)


def wasserstein(line: Line) -> Pull:
    """The derivatives of W1 itself: E_z[t] and E_z[z t] with t = sign(mu + (s - sigma) z)."""
    spread = line.s - line.sigma
    if spread == 0:
        return Pull(float(np.sign(line.mu)), 0.0)
    u = line.mu / spread
    wider = math.copysign(2 / math.sqrt(2 * math.pi) * math.exp(-u * u / 2), spread)
    return Pull(math.erf(abs(u) / math.sqrt(2)) * float(np.sign(line.mu)), wider)
