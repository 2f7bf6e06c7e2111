"""Loss surfaces of two weights, written once for NumPy (pictures) and torch (gradients).

Sources: Surjanovic and Bingham, Virtual Library of Simulation Experiments (2013), and the papers
named with each. Importing this imports no torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.formula import parse

if TYPE_CHECKING:
    from torch import Tensor

SurfaceName = Literal[
    "bowl",
    "ravine",
    "rosenbrock",
    "beale",
    "himmelblau",
    "saddle",
    "styblinski-tang",
    "rastrigin",
    "ackley",
    "formula",
]
TURNED: tuple[SurfaceName, ...] = ("bowl", "ravine")
"""The quadratics, which have a rotation; their start point is given in the valley's own axes."""
RAVINE_CONDITION = 100.0


@dataclass(frozen=True)
class Options:
    """Which surface, and what shapes it. Fields that the surface does not use are ignored.

    condition: curvature across over curvature along, bowl only (the ravine has 100).
    rotation: degrees counter-clockwise about the origin, bowl and ravine only.
    formula: the text of a formula in x and y, formula only.
    """

    surface: SurfaceName = "ravine"
    condition: float = 10.0
    rotation: float = 0.0
    formula: str = ""


Fn = Callable[[Any, Any, Options, Any], Any]
Span = tuple[float, float]


@dataclass(frozen=True)
class Surface:
    """A surface: fn(x, y, options, xp) with xp numpy or torch, elementwise on arrays of one shape.

    window: what a picture shows, ((x0, x1), (y0, y1)). minima: (x, y, value) of each known global
    minimum, empty if none is known. start: where to begin. note: one line on where it comes from.
    """

    title: str
    fn: Fn
    window: tuple[Span, Span]
    minima: tuple[tuple[float, float, float], ...]
    start: tuple[float, float]
    note: str


def curvatures(options: Options) -> tuple[float, float] | None:
    """(mu, L), the smallest and largest curvature of a quadratic; None of the other surfaces."""
    if options.surface not in TURNED:
        return None
    return 1.0, options.condition if options.surface == "bowl" else RAVINE_CONDITION


def turn(options: Options, point: tuple[float, float]) -> tuple[float, float]:
    """A point given in the valley's own axes (along, across), in the plane's.

    Turning the surface thus turns the start with it; other surfaces leave the point alone.
    """
    if options.surface not in TURNED or options.rotation == 0:
        return point
    c, s = _cos_sin(options.rotation)
    return c * point[0] - s * point[1], s * point[0] + c * point[1]


def unturn(options: Options, point: tuple[float, float]) -> tuple[float, float]:
    """The inverse of :func:`turn`: a point of the plane in the valley's own axes."""
    if options.surface not in TURNED or options.rotation == 0:
        return point
    c, s = _cos_sin(options.rotation)
    return c * point[0] + s * point[1], c * point[1] - s * point[0]


def value(options: Options, x: Any, y: Any, xp: Any = np) -> Any:
    """The height at x, y: arrays (or tensors, with xp=torch) of one shape."""
    return SURFACES[options.surface].fn(x, y, options, xp)


def value_grad(options: Options, theta: Tensor) -> tuple[Tensor, Tensor]:
    """Heights (...,) and gradients (..., 2) at theta (..., 2), by autograd; both detached."""
    import torch

    with torch.enable_grad():
        leaf = theta.detach().requires_grad_()
        height = value(options, leaf[..., 0], leaf[..., 1], torch)
        (grad,) = torch.autograd.grad(height.sum(), leaf)
    return height.detach(), grad


def in_play(options: Options, theta: Any) -> Any:
    """Whether theta (..., 2), array or tensor, is finite and within ten windows of the picture."""
    (x0, x1), (y0, y1) = SURFACES[options.surface].window
    near_x = abs(theta[..., 0] - (x0 + x1) / 2) <= 5 * (x1 - x0)
    return near_x & (abs(theta[..., 1] - (y0 + y1) / 2) <= 5 * (y1 - y0))


def _cos_sin(degrees: float) -> tuple[float, float]:
    exact = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0)}  # cos(pi/2) would leave 6e-17 behind
    angle = math.radians(degrees)
    return exact.get(degrees, (math.cos(angle), math.sin(angle)))


def _quadratic(x: Any, y: Any, o: Options, xp: Any) -> Any:
    mu, big = curvatures(o) or (1.0, 1.0)
    c, s = _cos_sin(o.rotation)
    along, across = c * x + s * y, c * y - s * x
    return 0.5 * (mu * along**2 + big * across**2)


def _rosenbrock(x: Any, y: Any, o: Options, xp: Any) -> Any:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _beale(x: Any, y: Any, o: Options, xp: Any) -> Any:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _himmelblau(x: Any, y: Any, o: Options, xp: Any) -> Any:
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _saddle(x: Any, y: Any, o: Options, xp: Any) -> Any:
    return 0.5 * x**2 - 0.5 * y**2 + y**4 / 16


def _styblinski_tang(x: Any, y: Any, o: Options, xp: Any) -> Any:
    return 0.5 * (x**4 - 16 * x**2 + 5 * x + y**4 - 16 * y**2 + 5 * y)


def _rastrigin(x: Any, y: Any, o: Options, xp: Any) -> Any:
    turns = xp.cos(2 * math.pi * x) + xp.cos(2 * math.pi * y)
    return 20 + x**2 + y**2 - 10 * turns


def _ackley(x: Any, y: Any, o: Options, xp: Any) -> Any:
    # The tiny number keeps the square root's gradient finite at the minimum itself.
    radius = xp.sqrt(0.5 * (x**2 + y**2) + 1e-36)
    turns = 0.5 * (xp.cos(2 * math.pi * x) + xp.cos(2 * math.pi * y))
    return -20 * xp.exp(-0.2 * radius) - xp.exp(turns) + 20 + math.e


def _formula(x: Any, y: Any, o: Options, xp: Any) -> Any:
    return parse(o.formula)(xp, x=x, y=y)


def _square(half: float) -> tuple[Span, Span]:
    return (-half, half), (-half, half)


_ORIGIN = ((0.0, 0.0, 0.0),)
_HIMMELBLAU = (
    (3.0, 2.0, 0.0),
    (-2.805118086952745, 3.131312518250573, 0.0),
    (-3.779310253377747, -3.283185991286170, 0.0),
    (3.584428340330492, -1.848126526964404, 0.0),
)
_ST = -2.903534027771177  # the root of 2 t^3 - 16 t + 2.5 that is the global minimum

SURFACES: dict[str, Surface] = {
    "bowl": Surface(
        "Bowl", _quadratic, _square(2.0), _ORIGIN, (1.5, 1.0),
        "A quadratic; its condition number says how much steeper it is across than along.",
    ),
    "ravine": Surface(
        "Ravine", _quadratic, _square(2.0), _ORIGIN, (1.5, 1.0),
        "A quadratic with condition number 100: a hundred times as steep across as along.",
    ),
    "rosenbrock": Surface(
        "Rosenbrock", _rosenbrock, ((-2.0, 2.0), (-1.0, 3.0)), ((1.0, 1.0, 0.0),), (-1.2, 1.0),
        "A bent valley with a flat floor (Rosenbrock 1960).",
    ),
    "beale": Surface(
        "Beale", _beale, _square(4.5), ((3.0, 0.5, 0.0),), (1.0, 1.0),
        "Plains between steep corners (Beale 1958).",
    ),
    "himmelblau": Surface(
        "Himmelblau", _himmelblau, _square(5.0), _HIMMELBLAU, (-0.5, -1.0),
        "Four minima, all at height 0 (Himmelblau 1972).",
    ),
    "saddle": Surface(
        "Saddle", _saddle, _square(3.0), ((0.0, 2.0, -1.0), (0.0, -2.0, -1.0)), (1.5, 0.01),
        "x^2/2 - y^2/2 + y^4/16: a saddle at the origin between two minima.",
    ),
    "styblinski-tang": Surface(
        "Styblinski-Tang", _styblinski_tang, _square(5.0), ((_ST, _ST, -78.33233140754282),),
        (0.5, 0.5), "Four minima of different depth (Styblinski and Tang 1990).",
    ),
    "rastrigin": Surface(
        "Rastrigin", _rastrigin, _square(5.12), _ORIGIN, (3.3, 2.2),
        "A bowl full of dents, one at each whole number (Rastrigin 1974).",
    ),
    "ackley": Surface(
        "Ackley", _ackley, _square(5.0), _ORIGIN, (3.0, 2.0),
        "A nearly flat plain of dents around one deep funnel (Ackley 1987).",
    ),
    "formula": Surface(
        "Your formula", _formula, _square(5.0), (), (1.0, 1.0),
        "The surface that you type; no minimum of it is known in advance.",
    ),
}  # fmt: skip
LABELS: dict[str, str] = {name: surface.title for name, surface in SURFACES.items()}
