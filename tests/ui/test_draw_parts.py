"""The parts of the drawing component: the way down a surface, and what is sent and trusted."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from core.ui import draw

HERE = Path(__file__).parent
WINDOW = ((-2.0, 2.0), (-1.0, 3.0))
SQUARE = ((-1.0, 1.0), (-1.0, 1.0))


def run_down(
    browser: Browser, heights: np.ndarray, window: draw.Window, start: list[float]
) -> np.ndarray:
    """The path of surface.js from a start, in the units of the window: (steps, 2)."""
    parts = [
        (HERE.parents[1] / f"core/ui/draw/{name}.js").read_text() for name in ("stage", "surface")
    ]
    script = "\n".join(parts).replace("export default function", "function mount")
    call = f"""([packed, window, start]) => {{ {script}
        const surface = new Surface(packed, window);
        return surface.way(...surface.toGrid(start)).map((place) => surface.toPlane(place)); }}"""
    page = browser.new_page()
    path = page.evaluate(call, [draw.pack(heights), window, start])
    page.close()
    return np.array(path)


def grid(window: draw.Window, n: int = 49) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(np.linspace(*window[0], n), np.linspace(*window[1], n))
    return x, y


def test_water_on_a_quadratic_runs_along_its_exact_curve(browser: Browser) -> None:
    """Closed form: on (x^2 + k y^2) / 2 steepest descent keeps y / y0 = (x / x0)^k."""
    x, y = grid(SQUARE)
    path = run_down(browser, (x**2 + 4 * y**2) / 2, SQUARE, [0.9, 0.8])
    assert np.abs(path[:, 1] - 0.8 * (path[:, 0] / 0.9) ** 4).max() < 0.003
    assert np.abs(path[-1]).max() < 1e-4


def test_water_finds_the_end_of_the_bent_valley(browser: Browser) -> None:
    """Rosenbrock (1960): the minimum is (1, 1), at the end of a floor with almost no slope."""
    x, y = grid(WINDOW)
    path = run_down(browser, (1 - x) ** 2 + 100 * (y - x**2) ** 2, WINDOW, [-1.2, 1.0])
    assert np.abs(path[-1] - 1).max() < 1e-3
    assert np.abs(path[50:, 1] - path[50:, 0] ** 2).max() < 0.02  # it stays on the floor


def test_what_the_browser_sends_is_not_trusted() -> None:
    assert draw.point_of({"value": [5, -0.5]}, SQUARE) == (1.0, -0.5)
    for value in ([1], [1, "2"], "1,2", None, [float("nan"), 0], {"x": 1}):
        assert draw.point_of({"value": value}, SQUARE) is None
    assert draw.text_of({"value": "180ff"}, 2, 1) == "180ff"
    for text in ("280ff", "180f", "180ff180ff", "1zzff", 180, None):
        assert draw.text_of({"value": text}, 2, 1) is None


def test_heights_travel_as_float32_with_gaps_filled() -> None:
    heights = np.arange(25.0).reshape(5, 5)
    heights[0, 0], heights[4, 4] = np.nan, np.inf
    sent = np.frombuffer(base64.b64decode(draw.pack(heights)), "<f4").reshape(5, 5)
    assert sent[0, 0] == sent[4, 4] == 23.0 and sent[2, 3] == 13.0
    with pytest.raises(ValueError, match=r"\(5, 6\)"):
        draw.pack(np.zeros((5, 6)))
    with pytest.raises(ValueError, match="empty"):
        draw.drag_point("p", 0, 0, window=((1, 1), (0, 1)))
    with pytest.raises(ValueError, match="5 classes"):
        draw.draw_points("p", "", classes=5)
