"""The map of a trained autoencoder in a real browser, on an app of its own: hand, finger, keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from core.vae.plane import PLANE, Frame, Settings
from tests.ui.conftest import Opened

OVER = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
# The middle of each of 28x28 squares of the large image, from 0 (ground) to 1 (ink).
PIXELS = """c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  const u = c.width / 28, out = [];
  for (let i = 0; i < 784; i++) {
    const x = Math.floor((i % 28 + 0.5) * u), y = Math.floor((Math.floor(i / 28) + 0.5) * u);
    out.push((244 - d[4 * (y * c.width + x)]) / (244 - 29)); }
  return out; }"""
# A move of the pointer, and what the stage shows before anything else can happen.
MOVED = """(c, [x, y]) => { const box = c.getBoundingClientRect();
  c.onpointermove(new PointerEvent('pointermove', {clientX: box.left + x, clientY: box.top + y}));
  return JSON.parse(c.dataset.shown); }"""
Open = Callable[..., Page]


@cache
def frame(**changes: Any) -> Frame:
    torch.set_num_threads(1)
    (found,) = PLANE.frames(Settings(**changes))
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


@pytest.fixture(scope="module")
def rows(visit: Open) -> Page:
    return visit("?view=dims&model=vae-mnist-16")


def canvas(page: Page) -> Locator:
    return page.get_by_role("slider").first


def shown(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(canvas(page).get_attribute("data-shown") or "")
    return found


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Pixels on the canvas: the map goes from 40 to 10 before the end, from 4 downwards."""
    box = canvas(page).bounding_box()
    assert box is not None
    unit = (box["width"] - 50) / 6
    return 40 + (x + 3) * unit, 4 + (3 - y) * unit


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    canvas(page).scroll_into_view_if_needed()
    box = canvas(page).bounding_box()
    assert box is not None
    left, top = spot(page, x, y)
    return box["x"] + left, box["y"] + top


def tile(x: float, y: float) -> int:
    return int((3 - y) / 6 * 32) * 32 + int((x + 3) / 6 * 32)


def large(page: Page) -> np.ndarray:
    found: list[float] = page.locator("figure canvas").evaluate(PIXELS)
    return np.array(found).reshape(28, 28)


def there(page: Page, x: float, y: float, told: str = "3") -> None:
    expect(page.get_by_text(f"place {x:g} {y:g} {told}", exact=True)).to_be_visible()


def exactly(page: Page) -> None:
    expect(canvas(page)).to_have_attribute("data-shown", re.compile('"exact":true'))


def told(page: Page) -> int:
    return int(page.get_by_text(re.compile(r"^told \d+$")).inner_text().split()[1])


def reset(page: Page) -> None:
    page.get_by_role("button", name="Elsewhere").click()
    there(page, -1, -0.5)
    expect(canvas(page)).to_have_attribute("data-shown", re.compile(r'"place":\[-1,-0.5\]'))
    exactly(page)


def test_the_mark_stands_on_a_border_and_the_digit_is_large(visit: Open) -> None:
    page = visit()
    found, expected = shown(page), frame()
    assert found["exact"] and found["place"] == [1.4, 1.6]
    assert np.allclose(found["shares"], expected.here_says / 255)
    assert sorted(found["shares"])[-2] > 0.35  # two digits, nearly even
    assert abs(large(page) - expected.here / 255).max() < 0.12
    words = canvas(page).get_attribute("aria-valuetext") or ""
    assert words.startswith("z = (1.40, 1.60). Read as 9 5")
    page.context.close()


def test_the_browser_answers_a_move_by_itself_and_at_once(page: Page) -> None:
    """In the very call that hears the pointer, with nothing told to Python."""
    reset(page)
    before = told(page)
    for x, y in ((-2.4, 0.9), (0.02, -1.57), (2.9, 2.9)):
        found = canvas(page).evaluate(MOVED, list(spot(page, x, y)))
        n = tile(x, y)
        assert (found["tile"], found["exact"]) == (n, False)
        assert np.allclose(found["shares"], frame().says[n] / 255)
        assert abs(large(page) - frame().tiles[n] / 255).max() < 0.12
        assert found["place"] == [-1, -0.5]  # the mark stays
    page.mouse.move(*at(page, 0.5, 0.5))
    page.mouse.move(5, 5)  # off the map: the mark's own image again
    exactly(page)
    assert told(page) == before


def test_a_click_has_python_decode_that_very_place(page: Page) -> None:
    reset(page)
    before = told(page)
    page.mouse.click(*at(page, 0.5, -1.25))
    expect(page.get_by_text(re.compile(r"^place 0\.\d+ -1\.2\d* 3$"))).to_be_visible()
    assert told(page) == before + 1
    page.mouse.move(5, 5)
    exactly(page)
    x, y = shown(page)["place"]
    assert (x, y) == (pytest.approx(0.5, abs=0.02), pytest.approx(-1.25, abs=0.02))
    exact = frame(x=x, y=y)
    assert abs(large(page) - exact.here / 255).max() < 0.12
    assert np.allclose(shown(page)["shares"], exact.here_says / 255)


def test_a_drag_is_answered_on_the_way_and_told_at_its_end(page: Page) -> None:
    reset(page)
    before = told(page)
    page.mouse.move(*at(page, -1, -0.5))
    page.mouse.down()
    seen = set()
    for x in np.linspace(-1, 2, 12):
        page.mouse.move(*at(page, float(x), 0.7))
        seen.add(shown(page)["tile"])
    assert len(seen) >= 10
    assert told(page) == before
    page.mouse.move(*at(page, 9, 0.7))  # past the edge
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"^place 3 0\.\d+ 3$"))).to_be_visible()
    assert told(page) == before + 1


def test_escape_takes_a_drag_back(page: Page) -> None:
    reset(page)
    before = told(page)
    page.mouse.move(*at(page, -1, -0.5))
    page.mouse.down()
    page.mouse.move(*at(page, 1, 1))
    page.keyboard.press("Escape")
    page.mouse.up()
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)
    there(page, -1, -0.5)
    assert told(page) == before
    exactly(page)


def test_arrow_keys_move_the_mark_and_are_told_when_quiet(page: Page) -> None:
    reset(page)
    before = told(page)
    canvas(page).evaluate("c => c.focus()")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    assert shown(page)["place"] == [-1.3, -0.9]
    there(page, -1.3, -0.9)
    assert told(page) == before + 1
    exactly(page)
    page.keyboard.press("Home")
    there(page, 0, 0)


def test_codes_of_real_images_lie_on_the_map_behind_a_switch(page: Page) -> None:
    colours = "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width,"
    colours += " c.height).data.buffer)).size"
    reset(page)
    switch = page.get_by_role("button", name="Codes of real images")
    expect(switch).to_have_attribute("aria-pressed", "false")
    plain = canvas(page).evaluate(colours)
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(200)
    assert canvas(page).evaluate(colours) > 2 * plain
    switch.click()


def test_a_conditional_model_is_told_a_class_by_a_button(visit: Open) -> None:
    page = visit("?model=vae-mnist-conditional", scheme="dark")
    buttons = page.get_by_role("group", name="Class that is told").get_by_role("button")
    expect(buttons).to_have_count(10)
    expect(buttons.nth(3)).to_have_attribute("aria-pressed", "true")
    buttons.nth(7).click()
    there(page, 1.4, 1.6, "7")
    expect(buttons.nth(7)).to_have_attribute("aria-pressed", "true")
    expect(canvas(page)).to_have_attribute("aria-valuetext", re.compile("Read as 7"))
    page.context.close()


def test_at_390_pixels_it_fits_and_a_finger_drags_the_mark(visit: Open) -> None:
    page = visit("?model=vae-mnist-vq", width=390, scheme="dark", touch=True)
    assert page.evaluate(OVER) == 0
    before = told(page)
    touch = page.context.new_cdp_session(page)
    canvas(page).scroll_into_view_if_needed()
    for kind, x in (("touchStart", -2.0), ("touchMove", -1.0), ("touchMove", 0.5)):
        left, top = at(page, x, 1.0)
        points = [{"x": left, "y": top}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    half = re.compile(r'"place":\[0\.(4[7-9]|5[0-3]?),(1|0\.9[7-9]?|1\.0[1-3])\]')
    expect(canvas(page)).to_have_attribute("data-shown", half)  # moves come with the next frame
    assert told(page) == before
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_text(f"told {before + 1}", exact=True)).to_be_visible()
    exactly(page)
    box = page.locator("figure").bounding_box()
    assert box is not None and box["x"] + box["width"] <= 390
    page.context.close()


def row_spot(page: Page, row: int, stop: int) -> tuple[float, float]:
    """A place on a row of images: names take 112 pixels, 17 images and 10 pixels follow."""
    box = canvas(page).bounding_box()
    assert box is not None
    cell = (box["width"] - 122) / 17
    return box["x"] + 112 + (stop + 0.5) * cell, box["y"] + row * (cell + 6) + cell / 2 + 2


def test_a_drag_along_a_row_changes_one_number(rows: Page) -> None:
    expected = frame(model="vae-mnist-16")
    before, code = told(rows), shown(rows)["code"]
    rows.mouse.move(*row_spot(rows, 1, 8))
    rows.mouse.down()
    rows.mouse.move(*row_spot(rows, 1, 14), steps=4)
    found = shown(rows)
    number = int(expected.order[1])
    assert found["tile"] == 17 + 14
    assert found["code"][number] == pytest.approx(-3 + 14 * 6 / 16)
    assert [v for n, v in enumerate(found["code"]) if n != number] == [
        v for n, v in enumerate(code) if n != number
    ]
    assert abs(large(rows) - expected.rows[1, 14] / 255).max() < 0.12
    assert told(rows) == before
    rows.mouse.up()
    expect(rows.get_by_text(f"told {before + 1}", exact=True)).to_be_visible()
    text = ", ".join(f"{v:.4g}" for v in found["code"])
    expect(rows.get_by_text(f"code {text}", exact=True)).to_be_visible()
    expect(canvas(rows)).to_have_attribute("data-shown", re.compile('"tile":null'))
    assert abs(large(rows) - frame(model="vae-mnist-16", code=text).here / 255).max() < 0.12


def test_keys_choose_a_number_and_change_it(rows: Page) -> None:
    before = told(rows)
    canvas(rows).evaluate("c => c.focus()")
    start = shown(rows)["row"]
    for key in ("ArrowDown", "ArrowDown", "Home", "ArrowRight", "Shift+ArrowRight"):
        rows.keyboard.press(key)
    found = shown(rows)
    assert found["row"] == start + 2
    number = int(frame(model="vae-mnist-16").order[found["row"]])
    assert found["code"][number] == pytest.approx(-3 + 5 * 6 / 16)
    words = canvas(rows).get_attribute("aria-valuetext") or ""
    assert words.startswith(f"z{number + 1} KL ")
    expect(rows.get_by_text(f"told {before + 1}", exact=True)).to_be_visible()


def test_rows_at_390_pixels_show_every_second_image(visit: Open) -> None:
    page = visit("?view=dims&model=vae-mnist-plain", width=390, touch=True)
    assert page.evaluate(OVER) == 0
    box = canvas(page).bounding_box()
    assert box is not None and box["width"] <= 390
    cell = (box["width"] - 122) / 9
    page.touchscreen.tap(box["x"] + 112 + 8.5 * cell, box["y"] + 2 + cell / 2)
    expect(page.get_by_text("told 1", exact=True)).to_be_visible()
    expected = frame(model="vae-mnist-plain")
    value = shown(page)["code"][int(expected.order[0])]
    assert value == pytest.approx(float(expected.stops[0, 16]), rel=1e-3)
    page.context.close()
