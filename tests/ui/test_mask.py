"""The image to paint over, in a real browser on an app of its own: hand, keys, Python's answer."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.data.masks import decode, grid
from core.vae.uses import Settings
from tests.ui.conftest import Opened

OVER = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
INK = "([c, x, y]) => [...c.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)"
HEAD, PAINT = 24, (154, 163, 173)


@pytest.fixture(scope="module")
def page(opened: Opened) -> Page:
    page = opened(width=1150, height=1100)
    expect(canvas(page)).to_have_attribute("data-shown", re.compile("8"), timeout=60_000)
    return page


def canvas(page: Page) -> Locator:
    return page.get_by_role("application", name=re.compile("Paint over the image"))


def pad(page: Page) -> tuple[float, float, float]:
    """Left, top and side of the image on the page, and so of its 14 squares."""
    box = canvas(page).bounding_box()
    assert box is not None
    side = min(300, box["width"] * 0.3) if box["width"] >= 640 else box["width"] * 0.62
    return box["x"], box["y"] + HEAD, side


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one square to another, (column, row) from 0, and not yet up."""
    left, top, side = pad(page)
    for n, (column, row) in enumerate((start, end)):
        page.mouse.move(left + (column + 0.5) * side / 14, top + (row + 0.5) * side / 14, steps=8)
        if n == 0:
            page.mouse.down()


def told(page: Page) -> int:
    return int(page.get_by_text(re.compile(r"^told \d+$")).inner_text().split()[1])


def heard(page: Page, count: int) -> np.ndarray:
    """The squares that Python has, once it has been told so often."""
    expect(page.get_by_text(f"told {count}", exact=True)).to_be_visible(timeout=30_000)
    shape, text = page.get_by_text(re.compile("^mask ")).inner_text().split()[1:]
    assert shape == "hand"
    return decode(text)


def clear(page: Page) -> int:
    """Without paint; how often Python has been told."""
    before, button = told(page), page.get_by_role("button", name="Clear the paint")
    if button.get_attribute("aria-disabled") == "true":
        return before
    button.click()
    assert not heard(page, before + 1).any()
    return before + 1


def test_the_left_half_is_painted_over_and_eight_are_read(page: Page) -> None:
    reads = json.loads(canvas(page).get_attribute("data-shown") or "")
    assert len(reads) == 8
    assert canvas(page).get_attribute("aria-valuetext") == (
        f"Eight completions, read as {', '.join(reads)}."
    )
    assert grid(Settings().mask, "").sum() == 98
    _, _, side = pad(page)
    handle = canvas(page).element_handle()
    for column in (0, 6):
        at = [handle, round((column + 0.5) * side / 14), HEAD + round(side / 2)]
        assert tuple(page.evaluate(INK, at)) == PAINT


def test_a_stroke_is_shown_at_once_and_heard_once(page: Page) -> None:
    count = clear(page)
    drag(page, (3, 10), (9, 10))
    _, _, side = pad(page)
    at = [canvas(page).element_handle(), round(6.5 * side / 14), HEAD + round(10.5 * side / 14)]
    expect(canvas(page)).to_be_visible()
    page.wait_for_timeout(100)
    assert tuple(page.evaluate(INK, at)) == PAINT  # the button is still down
    assert told(page) == count
    page.mouse.up()
    found = heard(page, count + 1)
    expected = np.zeros((14, 14), bool)
    expected[10, 2:11] = expected[9, 3:10] = expected[11, 3:10] = True
    assert (found == expected).all()


def test_rubbing_out_uncovers(page: Page) -> None:
    count = clear(page)
    drag(page, (5, 5), (5, 5))
    page.mouse.up()
    assert heard(page, count + 1).sum() == 5
    page.get_by_role("button", name="Rub out").click()
    drag(page, (5, 5), (5, 5))
    page.mouse.up()
    assert not heard(page, count + 2).any()
    page.get_by_role("button", name="Paint", exact=True).click()
    page.keyboard.down("Shift")
    drag(page, (5, 5), (5, 5))
    page.mouse.up()
    page.keyboard.up("Shift")
    assert not heard(page, count + 3).any()


def test_escape_takes_a_stroke_back(page: Page) -> None:
    count = clear(page)
    drag(page, (2, 2), (11, 11))
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(500)
    assert told(page) == count


def test_keys_paint_and_are_heard_when_quiet(page: Page) -> None:
    count = clear(page)
    canvas(page).evaluate("c => c.focus()")
    for key in ("ArrowUp", "ArrowLeft", "Space", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    found = heard(page, count + 1)
    assert found[5:7, 4:7].all() and found.sum() < 30
    page.keyboard.press("Delete")
    assert not heard(page, count + 2).any()


def test_python_moves_it_too_and_answers_with_other_completions(page: Page) -> None:
    clear(page)
    expect(canvas(page)).to_have_attribute(
        "data-shown", json.dumps(["8"] * 8, separators=(",", ":"))
    )
    page.get_by_role("button", name="Elsewhere").click()
    expect(canvas(page)).to_have_attribute("data-shown", re.compile("4"), timeout=30_000)
    count = told(page)
    drag(page, (1, 12), (1, 12))
    page.mouse.up()
    found = heard(page, count + 1)
    assert found[:7].all() and found[12, 1] and not found[8].any()


def test_at_390_pixels_everything_fits_and_a_finger_paints(opened: Opened) -> None:
    page = opened(width=390, height=900, theme="dark", touch=True)
    expect(canvas(page)).to_have_attribute("data-shown", re.compile("8"), timeout=60_000)
    assert page.evaluate(OVER) == 0
    left, top, side = pad(page)
    page.touchscreen.tap(left + side * 12.5 / 14, top + side * 6.5 / 14)
    assert heard(page, 1)[6, 12]
    page.context.close()
