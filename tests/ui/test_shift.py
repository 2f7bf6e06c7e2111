"""The digit to drag, in a real browser on an app of its own: hand, keys, and what is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect
from torch.nn import functional

from core.nets import shift_nets as nets
from core.plot import theme
from core.pooling.shift import Frame, Settings
from core.pooling.shifting import run
from tests.ui.conftest import Opened

PIXELS = "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
OVER = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def visit(opened: Opened) -> Open:
    def visit(
        query: str = "",
        width: int = 1150,  # of which 1000 are the app's
        scheme: Literal["light", "dark"] = "light",
        touch: bool = False,
    ) -> Page:
        page = opened(query, width=width, height=1100, theme=scheme, touch=touch)
        canvas(page).wait_for(timeout=20_000)
        expect(page.get_by_text("says").first).to_be_visible()
        return page

    return visit


@pytest.fixture(scope="module")
def page(visit: Open) -> Page:
    return visit()


@cache
def first(digit: int = 3, example: int = 0) -> Frame:
    """The tables that the app's run holds as well."""
    return next(iter(run(Settings(digit=digit, example=example))))


def canvas(page: Page) -> Locator:
    return page.get_by_role("slider", name=re.compile("Drag the digit"))


def net(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name)


def middle(page: Page) -> tuple[float, float, float]:
    """Of the canvas on the page, in pixels, and how large a cell is."""
    box = canvas(page).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"] / 40


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    """From a place to another one, in cells from the canvas's middle."""
    left, top, cell = middle(page)
    page.mouse.move(left + start[0] * cell, top + start[1] * cell)
    page.mouse.down()
    page.mouse.move(left + (start[0] + by[0]) * cell, top + (start[1] + by[1]) * cell, steps=8)


def back(page: Page) -> None:
    """To the middle, and until Python has heard of it."""
    button = page.get_by_role("button", name="Back to the middle")
    if button.get_attribute("aria-disabled") == "false":
        button.click()
    place(page, 0, 0)


def place(page: Page, dx: int, dy: int) -> None:
    expect(page.get_by_text(f"place {dx} {dy}", exact=True)).to_be_visible()


def told(page: Page) -> int:
    return int(page.get_by_text(re.compile(r"^told \d+$")).inner_text().split()[1])


def says(page: Page, dx: int, dy: int, digit: int = 3, example: int = 0) -> None:
    """Both rows and the words for screen readers say what the tables of Python do."""
    table = first(digit, example)
    words = canvas(page).get_attribute("aria-valuetext") or ""
    for name, chances in (("Convolutional network", table.cnn), ("Plain network", table.mlp)):
        assert chances is not None
        answer = int(chances[dy + 6, dx + 6].argmax())
        verdict = "right" if answer == digit else "wrong"
        expect(net(page, name)).to_contain_text(f"says {answer}: {verdict}")
        expect(net(page, name).locator(".digits .says")).to_have_text(str(answer))
        assert f"{name} says {answer}, {verdict}" in words


def test_a_drag_is_answered_at_once_and_heard_once(page: Page) -> None:
    back(page)
    before = told(page)
    drag(page, (2, -3), (5, -4))
    says(page, 5, -4)  # the button is still down
    assert told(page) == before
    page.mouse.up()
    place(page, 5, -4)
    page.wait_for_timeout(500)
    assert told(page) == before + 1
    says(page, 5, -4)


def test_the_digit_stays_on_the_canvas_and_comes_where_it_is_called(page: Page) -> None:
    back(page)
    drag(page, (0, 0), (30, 2))
    page.mouse.up()
    place(page, 6, 2)
    left, top, cell = middle(page)
    page.mouse.click(left - 5 * cell, top + 19 * cell)  # under the digit's square
    place(page, -5, 6)
    says(page, -5, 6)


def test_escape_takes_a_drag_back(page: Page) -> None:
    back(page)
    before = told(page)
    drag(page, (0, 0), (4, 4))
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(500)
    place(page, 0, 0)
    assert told(page) == before
    says(page, 0, 0)


def test_arrow_keys_move_it_by_a_pixel_or_a_stride(page: Page) -> None:
    back(page)
    before = told(page)
    canvas(page).evaluate("c => c.focus()")
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(canvas(page)).to_have_attribute("aria-valuetext", re.compile("^6 px right, 1 px up"))
    place(page, 6, -1)
    assert told(page) == before + 1  # when the keys were quiet
    page.keyboard.press("Home")
    place(page, 0, 0)


def test_python_moves_it_too(page: Page) -> None:
    back(page)
    page.get_by_role("button", name="Elsewhere").click()
    expect(canvas(page)).to_have_attribute("aria-valuetext", re.compile("^5 px right, 3 px up"))
    says(page, 5, -3)


def heights(values: np.ndarray) -> np.ndarray:
    """Bytes to the colours of theme.HEIGHTS, (..., 3)."""
    stops = [stop for stop, _ in theme.HEIGHTS]
    colours = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for _, c in theme.HEIGHTS])
    parts = [np.interp(values / 255, stops, colours[:, i]) for i in range(3)]
    return np.stack(parts, -1)


def drawn(one: Locator) -> np.ndarray:
    """The colours of a small picture, (n, n, 3)."""
    pixels = np.array(one.evaluate(PIXELS), float)
    side = round((len(pixels) / 4) ** 0.5)
    return pixels.reshape(side, side, 4)[..., :3]


def test_the_maps_on_screen_are_torchs(page: Page) -> None:
    """The first layer is convolved in the browser: torch's conv2d of the canvas says the same."""
    back(page)
    drag(page, (0, 0), (-6, 3))
    table: Any = first()
    ink = np.zeros((1, 1, 40, 40), np.float32)
    ink[0, 0, 9:37, 0:28] = table.digit / 255
    made = functional.conv2d(
        torch.from_numpy(ink), torch.from_numpy(table.filters)[:, None], padding=1
    ).relu()[0]
    looks = net(page, "Convolutional network").locator(".looks canvas")
    for n in (0, 1):
        expected = heights(255 * (made[n] / made[n].max()).numpy())
        assert np.abs(drawn(looks.nth(n)) - expected).max() <= 2
        assert np.abs(drawn(looks.nth(2 + n)) - heights(table.last[9, 0, n])).max() <= 1
    page.mouse.up()
    place(page, -6, 3)


def test_bars_stay_in_one_network_and_jump_in_the_other(page: Page) -> None:
    back(page)
    canvas(page).press("Shift+ArrowLeft")
    expect(net(page, "Convolutional network")).to_contain_text("48 averages: 0% changed")
    units: Any = first().units
    changed = np.linalg.norm(units[6, 2] - units[6, 6]) / np.linalg.norm(units[6, 6])
    expect(net(page, "Plain network")).to_contain_text(f"12 units: {changed:.0%} changed")
    for name, kind in (("Convolutional network", "cnn"), ("Plain network", "mlp")):
        expect(net(page, name)).to_contain_text(f"{nets.parameters(kind):,} parameters")


def test_a_thousand_pixels_are_enough_for_one_row_of_screen(page: Page) -> None:
    box = page.locator(".stage").bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(1000, abs=10)
    assert box["height"] <= 430


def test_a_doubtful_digit_is_wrong_in_words_and_marks(visit: Open) -> None:
    page = visit("?digit=7&example=1", scheme="dark")
    says(page, 0, 0, 7, 1)
    verdict = net(page, "Convolutional network").locator(".said")
    table: Any = first(7, 1)
    wrong = np.argwhere(table.cnn.argmax(-1) != 7)
    dy, dx = (int(value) - 6 for value in wrong[len(wrong) // 2])
    drag(page, (0, 0), (dx, dy))
    page.mouse.up()
    says(page, dx, dy, 7, 1)
    assert verdict.locator("svg").count() == 1
    colour = verdict.evaluate("v => getComputedStyle(v).color")
    assert "#{:02X}{:02X}{:02X}".format(*map(int, re.findall(r"\d+", colour))) == theme.WARNING
    page.context.close()


def test_at_390_pixels_everything_fits_and_a_finger_drags(visit: Open) -> None:
    page = visit(width=390, scheme="dark", touch=True)
    assert page.evaluate(OVER) == 0
    rows = [net(page, name).bounding_box() for name in ("Convolutional network", "Plain network")]
    assert all(row is not None and row["x"] + row["width"] <= 390 for row in rows)
    left, top, cell = middle(page)
    page.touchscreen.tap(left + 3 * cell, top - 17 * cell)
    place(page, 3, -6)
    says(page, 3, -6)
    page.emulate_media(color_scheme="light")
    ink = "c => [...c.getContext('2d').getImageData(3, 3, 1, 1).data].slice(0, 3)"
    page.wait_for_timeout(500)
    assert sum(canvas(page).evaluate(ink)) > 600  # the canvas follows the theme
    page.context.close()
