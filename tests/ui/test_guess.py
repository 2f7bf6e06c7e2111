"""The noisy point to drag, in a real browser on an app of its own: hand, keys, Python's numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.diffusion.exact import noised
from core.diffusion.guess import GUESS, Frame, Settings
from core.diffusion.guess_maths import TIMES, by_mode, perplexity
from core.diffusion.guess_net import read
from tests.ui.conftest import Opened

OVER = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
# The slider of noise is set to one time after another, and what the stage shows of each before
# anything else can happen.
SLIDE = """(input, times) => times.map(t => {
  input.value = t;
  input.dispatchEvent(new Event('input'));
  return JSON.parse(input.getRootNode().querySelector('canvas').dataset.shown); })"""
# The mean brightness of the large mean, from 0 (ground) to 1 (ink).
INK = """c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  let sum = 0; for (let i = 0; i < d.length; i += 4) sum += (244 - d[i]) / (244 - 29);
  return 4 * sum / d.length; }"""
Open = Callable[..., Page]


@cache
def frame(**changes: Any) -> Frame:
    (found,) = GUESS.frames(Settings(**changes))
    assert isinstance(found, Frame)
    return found


@pytest.fixture(scope="module")
def visit(opened: Opened) -> Open:
    def visit(
        query: str = "",
        width: int = 1150,  # of which 1000 are the app's
        scheme: Literal["light", "dark"] = "light",
        touch: bool = False,
    ) -> Page:
        page = opened(query, width=width, height=1000, theme=scheme, touch=touch)
        ready = re.compile('"ready":true')
        expect(canvas(page)).to_have_attribute("data-shown", ready, timeout=30_000)
        return page

    return visit


@pytest.fixture(scope="module")
def page(visit: Open) -> Page:
    return visit()


def canvas(page: Page) -> Locator:
    return page.get_by_role("slider", name="Drag the noisy point")


def noise(page: Page) -> Locator:
    return page.get_by_role("slider", name="Time t")


def shown(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(canvas(page).get_attribute("data-shown") or "")
    return found


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """On the page: the plane is 48, 8, 12 and 40 pixels from left, top, right and bottom."""
    box = canvas(page).bounding_box()
    assert box is not None
    wide, high = box["width"] - 60, box["height"] - 48
    return box["x"] + 48 + (x + 3) / 6 * wide, box["y"] + 8 + (3 - y) / 6 * high


def told(page: Page) -> int:
    return int(page.get_by_text(re.compile(r"^told \d+$")).inner_text().split()[1])


def there(page: Page, x: float, y: float, t: int) -> None:
    expect(page.get_by_text(f"point {x:g} {y:g} {t}", exact=True)).to_be_visible(timeout=15_000)


def agrees(found: dict[str, Any], x: float, y: float, t: int, **changes: Any) -> None:
    """All that the browser computed is what Python computes for the same place and time."""
    settings = Settings(x=x, y=y, t=t, **changes)
    law, place = noised(settings.mixture, settings.course, t), settings.place
    share, _ = by_mode(law, place)
    mean = law.clean(place)
    assert (found["place"], found["t"]) == ([x, y], t)
    np.testing.assert_allclose(found["shares"], share, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(found["clean"], mean, rtol=1e-9, atol=1e-12)
    assert found["candidates"] == pytest.approx(float(perplexity(share)), rel=1e-9)
    off = np.linalg.norm(settings.mixture.centres - mean, axis=1).min()
    assert found["off"] == pytest.approx(float(off), rel=1e-9)
    now = frame(**changes)
    assert found["digits"] == pytest.approx(float(now.digits[t == TIMES][0]), rel=1e-6)
    if now.net is None or now.net_times is None:
        assert found["net"] is None
    else:
        answer = read(now.net_times, now.net, t, place)
        np.testing.assert_allclose(found["net"], answer, atol=1e-5)


def test_the_opening_numbers_are_pythons(page: Page) -> None:
    agrees(shown(page), -1.9, 1.2, 480)
    words = canvas(page).get_attribute("aria-valuetext") or ""
    assert words.startswith("Noisy point at (\u22121.9, 1.2), t 480. 5.31 of 8 islands left")
    expect(page.get_by_text("5.31 of 8", exact=True)).to_be_visible()


def test_sliding_the_noise_is_answered_at_once_and_heard_once(page: Page) -> None:
    before, times = told(page), [0, 20, 80, 300, 700, 1000, 880]
    found = noise(page).evaluate(SLIDE, times)
    there(page, -1.9, 1.2, 880)
    page.wait_for_timeout(500)
    assert told(page) == before + 1
    for t, one in zip(times, found, strict=True):
        agrees(one, -1.9, 1.2, t)


def test_a_drag_is_answered_at_once_and_heard_at_its_end(page: Page) -> None:
    before, t = told(page), shown(page)["t"]
    page.mouse.move(*spot(page, 1, 1))
    page.mouse.down()
    page.mouse.move(*spot(page, -0.5, 2), steps=5)
    agrees(shown(page), -0.5, 2, t)  # the button is still down
    assert told(page) == before
    page.mouse.move(*spot(page, 9, 0), steps=3)
    assert shown(page)["place"][0] == 3  # it stays in the plane
    page.keyboard.press("Escape")
    page.mouse.up()
    assert told(page) == before
    page.mouse.click(*spot(page, 1.5, -0.25))
    there(page, 1.5, -0.25, t)


def test_keys_move_the_point_and_the_time(page: Page) -> None:
    page.get_by_role("button", name="Elsewhere").click()
    there(page, -1, -0.5, 200)
    expect(canvas(page)).to_have_attribute("data-shown", re.compile('"t":200'))
    canvas(page).evaluate("c => c.focus()")
    for key in ("ArrowRight", "Shift+ArrowUp", "ArrowDown", "PageUp", "PageUp", "PageDown"):
        page.keyboard.press(key)
    agrees(shown(page), -0.95, -0.05, 220)
    there(page, -0.95, -0.05, 220)


def test_the_mean_of_the_digit_is_the_one_of_its_time(page: Page) -> None:
    """Its ink, at a low and at a high time, as Python's image has it."""
    means = page.locator(".digits canvas").nth(1)
    for t in (100, 900):
        noise(page).evaluate(SLIDE, [t])
        right = frame().images[t == TIMES][0, 1].mean() / 255
        assert means.evaluate(INK) == pytest.approx(float(right), abs=0.02)


@pytest.mark.parametrize("target", ["spiral", "gaussians"])
def test_other_targets_agree_too(visit: Open, target: str) -> None:
    page = visit(f"?target={target}&t=120&schedule=cosine", scheme="dark")
    agrees(shown(page), -1.9, 1.2, 120, target=target, schedule="cosine")
    page.context.close()


def test_at_390_pixels_everything_fits_and_a_finger_taps(visit: Open) -> None:
    page = visit(width=390, scheme="dark", touch=True)
    assert page.evaluate(OVER) == 0
    page.touchscreen.tap(*spot(page, 1, -1))
    there(page, 1, -1, 480)
    agrees(shown(page), 1, -1, 480)
    page.context.close()


def test_a_thousand_pixels_are_enough_for_one_row_of_screen(page: Page) -> None:
    box = page.locator(".stage").bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(1000, abs=10)
    assert box["height"] <= 560
