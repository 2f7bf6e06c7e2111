"""The surfaces: published minima, gradients, the same numbers from NumPy and torch, rotation."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from core.optimizers.surfaces import (
    SURFACES,
    TURNED,
    Options,
    curvatures,
    in_play,
    turn,
    unturn,
    value,
    value_grad,
)  # fmt: skip

# Surjanovic and Bingham, Virtual Library of Simulation Experiments; Styblinski-Tang's height is
# Wikipedia's -39.166165 a coordinate (the library prints -39.16599, a slip).
PUBLISHED = {
    "bowl": [(0, 0, 0)],
    "ravine": [(0, 0, 0)],
    "rosenbrock": [(1, 1, 0)],
    "beale": [(3, 0.5, 0)],
    "himmelblau": [
        (3, 2, 0), (-2.805118, 3.131312, 0), (-3.77931, -3.283186, 0), (3.584428, -1.848126, 0)
    ],
    "saddle": [(0, 2, -1), (0, -2, -1)],
    "styblinski-tang": [(-2.903534, -2.903534, 2 * -39.166165)],
    "rastrigin": [(0, 0, 0)],
    "ackley": [(0, 0, 0)],
    "formula": [],
}  # fmt: skip
HEIGHTS = {
    # surface, x, y, height: by hand, or from the papers' formulas at a simple point
    ("rosenbrock", -1.2, 1.0): 24.2,
    ("beale", 0.0, 0.0): 1.5**2 + 2.25**2 + 2.625**2,
    ("himmelblau", 0.0, 0.0): 170.0,
    ("saddle", 1.0, 2.0): 0.5 - 2 + 1,
    ("styblinski-tang", 0.0, 0.0): 0.0,
    ("styblinski-tang", 1.0, 1.0): -10.0,
    ("rastrigin", 1.0, 1.0): 2.0,
    ("rastrigin", 0.5, 0.0): 20 + 0.25 + 10 - 10,
    ("ackley", 1.0, 0.0): 20 * (1 - math.exp(-0.2 * math.sqrt(0.5))),
    ("bowl", 1.0, 1.0): 0.5 * (1 + 10),
    ("ravine", 1.0, 1.0): 0.5 * (1 + 100),
}
POINTS = np.random.default_rng(3).uniform(-2, 2, (40, 2))


def options(name: str, **more: float) -> Options:
    return Options(name, formula="sin(x)*y + x^2/4", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SURFACES)
def test_minima_are_the_published_ones(name: str) -> None:
    found = SURFACES[name].minima
    np.testing.assert_allclose(np.array(found), np.array(PUBLISHED[name]), atol=6e-6)
    for x, y, height in found:
        at = torch.tensor([x, y], dtype=torch.float64)
        reached, slope = value_grad(options(name), at)
        assert abs(float(reached) - height) < 1e-12
        assert slope.norm() < 1e-6


@pytest.mark.parametrize("name", [name for name in SURFACES if PUBLISHED[name]])
def test_nothing_in_the_window_is_lower(name: str) -> None:
    (x0, x1), (y0, y1) = SURFACES[name].window
    grid = np.meshgrid(np.linspace(x0, x1, 401), np.linspace(y0, y1, 401))
    assert value(options(name), *grid).min() >= SURFACES[name].minima[0][2] - 1e-12
    for x, y, _ in SURFACES[name].minima:
        assert x0 < x < x1 and y0 < y < y1


@pytest.mark.parametrize(("name", "x", "y"), HEIGHTS)
def test_heights_by_hand(name: str, x: float, y: float) -> None:
    assert value(options(name), np.array(x), np.array(y)) == pytest.approx(HEIGHTS[name, x, y])


@pytest.mark.parametrize("name", SURFACES)
def test_numpy_and_torch_agree_and_gradients_are_differences(name: str) -> None:
    chosen = options(name, rotation=25.0)
    height, grad = value_grad(chosen, torch.from_numpy(POINTS).reshape(4, 10, 2))
    np.testing.assert_allclose(height.numpy().ravel(), value(chosen, *POINTS.T), rtol=1e-12)
    step = 1e-6
    for axis in (0, 1):
        shift = np.eye(2)[axis] * step
        ahead, behind = (value(chosen, *(POINTS + s).T) for s in (shift, -shift))
        slope = (ahead - behind) / (2 * step)
        np.testing.assert_allclose(
            grad.numpy().reshape(-1, 2)[:, axis], slope, rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize("angle", [0.0, 30.0, 45.0, 90.0])
@pytest.mark.parametrize(("name", "condition"), [("bowl", 7.0), ("ravine", 100.0)])
def test_curvatures_are_eigenvalues_of_the_hessian_at_every_angle(
    name: str, condition: float, angle: float
) -> None:
    chosen = Options(name, condition=7.0, rotation=angle)  # type: ignore[arg-type]
    origin = torch.zeros(2, dtype=torch.float64)
    hessian = torch.autograd.functional.hessian(lambda p: value(chosen, p[0], p[1], torch), origin)
    eigen, vectors = np.linalg.eigh(hessian.numpy())
    np.testing.assert_allclose(eigen, [1.0, condition], rtol=1e-12)
    assert curvatures(chosen) == (1.0, condition)
    along = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    assert abs(vectors[:, 0] @ along) == pytest.approx(1.0)


def test_turning_surface_and_start_together_changes_no_height() -> None:
    for angle in (0.0, 15.0, 45.0, 90.0):
        turned = Options("ravine", rotation=angle)
        point = turn(turned, (1.5, -0.5))
        assert value(turned, *np.array(point)) == pytest.approx(0.5 * (1.5**2 + 100 * 0.25))
        assert unturn(turned, point) == pytest.approx((1.5, -0.5))
    assert turn(Options("ravine", rotation=90.0), (1.0, 0.0)) == (0.0, 1.0)
    assert turn(Options("beale", rotation=45.0), (1.0, 2.0)) == (1.0, 2.0)


def test_only_quadratics_have_curvatures_and_rotation() -> None:
    assert {name for name in SURFACES if curvatures(Options(name))} == set(TURNED)  # type: ignore[arg-type]


def test_in_play_is_ten_windows_wide() -> None:
    inside = np.array([[0, 0], [19.9, -19.9], [20.1, 0], [np.nan, 0], [0, np.inf]])
    assert in_play(Options("ravine"), inside).tolist() == [True, True, False, False, False]
    assert in_play(Options("ravine"), torch.tensor(inside)).tolist()[:3] == [True, True, False]


def test_importing_the_surfaces_loads_no_torch() -> None:
    code = "import sys, core.optimizers.race, core.optimizers.descend, core.optimizers.why; "
    code += "print({'torch', 'sklearn', 'plotly', 'streamlit'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
