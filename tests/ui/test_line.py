"""The bell to drag, in a real browser on an app of its own: hand, keys, and Python's numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from core.gan.line_exact import Line, measured
from core.gan.line_places import LOSSES
from tests.ui.conftest import Opened

OVER = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
INK = "([c, x, y]) => [...c.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)"
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
        expect(canvas(page)).to_have_attribute("data-shown", re.compile("js"), timeout=20_000)
        return page

    return visit


@pytest.fixture(scope="module")
def page(visit: Open) -> Page:
    return visit()


def canvas(page: Page) -> Locator:
    return page.get_by_role("slider", name=re.compile("Drag the fake bell"))


def row(page: Page, loss: str) -> Locator:
    return page.locator(f"[data-loss={loss}]")


def shown(page: Page) -> dict[str, Any]:
    """What the browser computed for the bell on screen."""
    found: dict[str, Any] = json.loads(canvas(page).get_attribute("data-shown") or "")
    return found


def place(page: Page, shift: float, width: float) -> tuple[float, float]:
    """On the page, a point over the fakes' centre at the height of the ring on its flank.

    As drawn: the axis goes from 34 pixels to 8 before the end, from -8.3 to 8.3, its floor is at
    52 hundredths of the height, and the higher of the two bells is 30 pixels short of the top.
    """
    box = canvas(page).bounding_box()
    assert box is not None
    x = box["x"] + 34 + (shift + 8.3) * (box["width"] - 42) / 16.6
    floor = round(box["height"] * 0.52)
    share = min(shown(page)["sigma"] / width, 1) * 0.6065
    return x, box["y"] + floor - share * (floor - 30)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)


def there(page: Page, shift: float, width: float, loss: str) -> None:
    expect(page.get_by_text(f"bell {shift:g} {width:g} {loss}", exact=True)).to_be_visible()


def told(page: Page) -> int:
    return int(page.get_by_text(re.compile(r"^told \d+$")).inner_text().split()[1])


def reset(page: Page) -> None:
    """Onto the real one, under minimax, and until Python has heard of it."""
    row(page, "minimax").click()
    button = page.get_by_role("button", name="Lay it on")
    if button.get_attribute("aria-disabled") == "false":
        button.click()
    there(page, 0, 0.5, "minimax")


def agrees(page: Page, shift: float, width: float, sigma: float = 0.5) -> None:
    """All that the browser computed is what Python computes for the same two bells."""
    found, expected = shown(page), measured(Line(shift, width, sigma))
    assert [found[name] for name in ("mu", "s", "sigma")] == [shift, width, sigma]
    for name in ("js", "w1"):
        assert found[name] == pytest.approx(expected[name], rel=1e-9, abs=1e-13), name
    for name in ("pull", "widen"):
        for loss in LOSSES:
            one = pytest.approx(expected[f"{name}/{loss}"], rel=1e-9, abs=1e-13)
            assert found[name][loss] == one, f"{name}/{loss}"


def test_the_quoted_numbers_are_on_screen(visit: Open) -> None:
    page = visit()
    agrees(page, 4, 0.5)
    words = canvas(page).get_attribute("aria-valuetext") or ""
    assert words.startswith("Fakes at 4, width 0.5. Minimax: pull on the centre 0.00079")
    assert words.endswith("JS divergence 0.693, W1 4.00.")
    for loss, pull in {"minimax": "0.00079", "non-saturating": "16", "wasserstein": "1"}.items():
        expect(row(page, loss).locator(".number").first).to_have_text(pull)
    page.context.close()


def test_a_drag_is_answered_at_once_and_heard_once(page: Page) -> None:
    reset(page)
    before = told(page)
    drag(page, place(page, 0, 0.5), place(page, -3.2, 0.5))
    agrees(page, -3.2, 0.5)  # the button is still down
    assert told(page) == before
    page.mouse.up()
    there(page, -3.2, 0.5, "minimax")
    page.wait_for_timeout(500)
    assert told(page) == before + 1
    agrees(page, -3.2, 0.5)


def test_the_ring_changes_the_width_alone(page: Page) -> None:
    reset(page)
    drag(page, place(page, 0.5, 0.5), place(page, 1.2, 0.5))
    agrees(page, 0, 1.2)
    page.mouse.up()
    there(page, 0, 1.2, "minimax")
    drag(page, place(page, 1.2, 1.2), place(page, -4, 1.2))
    page.mouse.up()
    there(page, 0, 0.1, "minimax")  # not through the centre to the other side
    agrees(page, 0, 0.1)


def test_a_press_elsewhere_calls_the_bell_and_it_stays_in_reach(page: Page) -> None:
    reset(page)
    page.mouse.click(*place(page, 5, 0.5))
    there(page, 5, 0.5, "minimax")
    drag(page, place(page, 5, 0.5), place(page, 9, 0.5))
    page.mouse.up()
    there(page, 6, 0.5, "minimax")


def test_escape_takes_a_drag_back(page: Page) -> None:
    reset(page)
    before = told(page)
    drag(page, place(page, 0, 0.5), place(page, 3, 0.5))
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(500)
    there(page, 0, 0.5, "minimax")
    assert told(page) == before
    agrees(page, 0, 0.5)


def test_arrow_keys_move_it_and_with_shift_its_width(page: Page) -> None:
    reset(page)
    before = told(page)
    canvas(page).evaluate("c => c.focus()")
    keys = ("ArrowRight", "ArrowRight", "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowRight")
    for key in keys:
        page.keyboard.press(key)
    agrees(page, 0.1, 0.6)
    there(page, 0.1, 0.6, "minimax")
    assert told(page) == before + 1  # when the keys were quiet
    page.keyboard.press("Home")
    there(page, 0, 0.5, "minimax")


def test_a_row_chooses_the_loss_and_python_moves_it_too(page: Page) -> None:
    reset(page)
    row(page, "wasserstein").click()
    there(page, 0, 0.5, "wasserstein")
    expect(row(page, "wasserstein")).to_have_attribute("aria-pressed", "true")
    expect(row(page, "minimax")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Elsewhere").click()
    there(page, -2, 0.2, "hinge")
    expect(canvas(page)).to_have_attribute("aria-valuetext", re.compile("^Fakes at -2, width 0.2"))
    agrees(page, -2, 0.2)


@pytest.mark.parametrize("sigma", [0.2, 2.0])
def test_extreme_bells_agree_with_python(visit: Open, sigma: float) -> None:
    page = visit(f"?shift=-6&width=0.1&sigma={sigma}&loss=least-squares", scheme="dark")
    agrees(page, -6, 0.1, sigma)
    canvas(page).evaluate("c => c.focus()")
    page.keyboard.press("Shift+ArrowUp")
    agrees(page, -6, 0.15, sigma)
    page.context.close()


def test_the_discriminator_is_drawn_where_the_formula_says(visit: Open) -> None:
    """At x = 1 hinge says real, at x = 3 fake: blue and orange behind the curve."""
    page = visit("?loss=hinge", scheme="dark")
    box = canvas(page).bounding_box()
    assert box is not None
    unit = (box["width"] - 42) / 16.6
    middle = round(box["height"] * 0.85)  # the lower picture's own middle
    found = []
    for x in (1.0, 3.0):
        at = [canvas(page).element_handle(), round(34 + (x + 8.3) * unit), middle + 10]
        found.append(page.evaluate(INK, at))
    (real_red, _, real_blue), (fake_red, _, fake_blue) = found
    assert real_blue > real_red + 20
    assert fake_red > fake_blue + 20
    page.context.close()


def test_at_390_pixels_everything_fits_and_a_finger_taps(visit: Open) -> None:
    page = visit(width=390, scheme="dark", touch=True)
    assert page.evaluate(OVER) == 0
    boxes = [row(page, loss).bounding_box() for loss in LOSSES]
    assert all(box is not None and box["x"] + box["width"] <= 390 for box in boxes)
    page.touchscreen.tap(*place(page, -3, 0.5))
    there(page, -3, 0.5, "minimax")
    agrees(page, -3, 0.5)
    row(page, "hinge").tap()
    there(page, -3, 0.5, "hinge")
    page.context.close()


def test_a_thousand_pixels_are_enough_for_one_row_of_screen(page: Page) -> None:
    box = page.locator(".stage").bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(1000, abs=10)
    assert box["height"] <= 460
