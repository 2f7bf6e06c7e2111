"""The drawing component and the narrow-window report, in a real browser on an app of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.data.points import decode
from core.plot import theme
from core.ui import draw
from tests.ui.conftest import Opened

LEFT, RIGHT, TOP, BOTTOM = 48, 12, 8, 40  # the margins of draw/plane.js
PASTE = """(canvas, rows) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", rows);
    canvas.dispatchEvent(new ClipboardEvent("paste", { clipboardData })); }"""
WINDOW = ((-2.0, 2.0), (-1.0, 3.0))
SQUARE = ((-1.0, 1.0), (-1.0, 1.0))


Open = Callable[..., Page]


@pytest.fixture(scope="module")
def visit(opened: Opened) -> Open:
    def visit(
        width: int = 1280,
        height: int = 1700,
        theme: Literal["light", "dark"] = "light",
        touch: bool = False,
    ) -> Page:
        page = opened(width=width, height=height, theme=theme, touch=touch)
        expect(page.get_by_text("runs ")).to_be_visible(timeout=15_000)
        page.locator("canvas").nth(1).wait_for()
        return page

    return visit


@pytest.fixture(scope="module")
def page(visit: Open) -> Page:
    return visit()


def spot(canvas: Locator, x: float, y: float, window: draw.Window = WINDOW) -> tuple[float, float]:
    """Where (x, y) of the window lies on the page, in pixels."""
    box = canvas.bounding_box()
    assert box is not None
    (x0, x1), (y0, y1) = window
    left = LEFT + (x - x0) / (x1 - x0) * (box["width"] - LEFT - RIGHT)
    top = TOP + (y1 - y) / (y1 - y0) * (box["height"] - TOP - BOTTOM)
    return box["x"] + left, box["y"] + top


def drag(canvas: Locator, places: list[tuple[float, float]], window: draw.Window = WINDOW) -> None:
    mouse = canvas.page.mouse
    mouse.move(*spot(canvas, *places[0], window))
    mouse.down()
    for place in places[1:]:
        mouse.move(*spot(canvas, *place, window), steps=5)
    mouse.up()


def said(page: Page, word: str) -> list[str]:
    """What the app's line that begins with the word says after it."""
    return page.get_by_text(re.compile(rf"^{word}\b")).inner_text().split()[1:]


def settled(page: Page, word: str, test: Callable[[list[str]], bool]) -> list[str]:
    for _ in range(150):
        if test(found := said(page, word)):
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"{word} is still {found}")


def is_near(place: tuple[float, float], within: float) -> Callable[[list[str]], bool]:
    return lambda found: bool(np.abs(np.array(found, float) - place).max() < within)


def point(page: Page) -> Locator:
    return page.get_by_role("slider", name="Start of the race")


def paper(page: Page) -> Locator:
    return page.get_by_role("application", name=re.compile("Your data"))


def text(page: Page) -> str:
    return "".join(said(page, "text"))


def test_a_drag_is_heard_once_and_within_two_percent(page: Page) -> None:
    releases, runs = int(said(page, "releases")[0]), int(said(page, "runs")[0])
    drag(point(page), [(-1.2, 1.0), (0.0, 2.0), (1.0, 0.5)])
    settled(page, "start", is_near((1.0, 0.5), 0.02 * 4))
    settled(page, "runs", lambda found: int(found[0]) > runs)
    x = float(page.get_by_role("slider", name="Start x").input_value())
    assert abs(x - 1.0) < 0.08  # the bound slider has followed
    page.wait_for_timeout(600)
    assert int(said(page, "runs")[0]) == runs + 1  # no rerun feeds another
    assert int(said(page, "releases")[0]) == releases + 1


def test_the_same_release_again_is_heard_again(page: Page) -> None:
    releases = int(said(page, "releases")[0])
    for more in (1, 2, 3):
        page.mouse.click(*spot(point(page), 0.5, 0.5))
        settled(page, "releases", lambda found, more=more: int(found[0]) == releases + more)  # type: ignore[misc]
    settled(page, "start", is_near((0.5, 0.5), 0.08))


def test_arrow_keys_step_a_fiftieth_or_a_tenth_and_are_sent_when_quiet(page: Page) -> None:
    page.get_by_role("button", name="Preset").click()
    settled(page, "start", is_near((1.5, 2.5), 1e-6))
    releases = int(said(page, "releases")[0])
    point(page).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    settled(page, "start", is_near((1.5 - 2 * 4 / 50, 2.5 - 4 / 10), 0.002))
    assert int(said(page, "releases")[0]) == releases + 1
    expect(point(page)).to_have_attribute("aria-valuetext", "x 1.34, y 2.1")


def test_a_typed_value_is_sent(page: Page) -> None:
    field = page.get_by_role("spinbutton", name="x", exact=True).first
    field.fill("-1.75")
    field.press("Enter")
    settled(page, "start", lambda found: float(found[0]) == -1.75)
    field.fill("99")
    field.press("Enter")
    settled(page, "start", lambda found: float(found[0]) == 2.0)
    expect(field).to_have_value("2")


def test_an_outside_change_moves_the_dot(page: Page) -> None:
    page.get_by_role("button", name="Preset").click()
    expect(point(page)).to_have_attribute("aria-valuetext", "x 1.5, y 2.5")
    left, top = spot(point(page), 1.5, 2.5)
    box = point(page).bounding_box()
    assert box is not None
    page.wait_for_timeout(100)
    red, green, blue = colour(point(page), left - box["x"], top - box["y"])
    assert f"#{red:02X}{green:02X}{blue:02X}" == theme.GRADIENT


def test_escape_takes_a_drag_back(page: Page) -> None:
    before = said(page, "start"), said(page, "releases")
    page.mouse.move(*spot(point(page), 1.5, 2.5))
    page.mouse.down()
    page.mouse.move(*spot(point(page), 0, 0))
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(300)
    assert (said(page, "start"), said(page, "releases")) == before


def test_a_point_in_a_fragment_remembers_itself_and_leaves_the_page_alone(page: Page) -> None:
    runs = said(page, "runs")
    drag(page.get_by_role("slider", name="Free"), [(0, 0), (0.5, -0.25)], SQUARE)
    settled(page, "free", is_near((0.5, -0.25), 0.04))
    assert said(page, "runs") == runs
    page.get_by_role("button", name="Preset").click()
    settled(page, "runs", lambda found: found != runs)
    now = " ".join(said(page, "free"))
    settled(page, "free", is_near((0.5, -0.25), 0.04))
    shown = page.get_by_role("slider", name="Free").get_attribute("aria-valuetext") or ""
    assert (
        np.abs(np.array(re.findall(r"-?[\d.]+", shown), float) - np.array(now.split(), float)).max()
        < 0.002
    )


def test_a_stroke_decodes_to_points_along_it(page: Page) -> None:
    drag(paper(page), [(-0.5, -0.5), (0.5, 0.5)], SQUARE)
    page.get_by_role("button", name="Class B").last.click()
    drag(paper(page), [(-0.5, 0.5), (0.4, 0.5)], SQUARE)
    settled(page, "text", lambda found: "1" in "".join(found)[::5])
    x, y = decode(text(page))
    assert np.abs(x[y == 0, 0] - x[y == 0, 1]).max() < 0.02
    assert np.abs(x[y == 1, 1] - 0.5).max() < 0.02
    gaps = np.linalg.norm(np.diff(x[y == 0], axis=0), axis=1)
    assert gaps.min() > 0.06 and gaps.max() < 0.12  # 13 of the 332 pixels that 2 units take: 0.078
    expect(page.get_by_text(f"{len(y)} of 200", exact=True)).to_be_visible()


def test_erase_right_click_undo_and_clear(page: Page) -> None:
    page.get_by_role("button", name="Own points").click()
    settled(page, "text", lambda found: found == ["000001ffff"])
    page.mouse.click(*spot(paper(page), 1, 1, SQUARE), button="right")
    settled(page, "text", lambda found: found == ["00000"])
    page.get_by_role("button", name="Erase").last.click()
    page.mouse.click(*spot(paper(page), -1, -1, SQUARE))
    settled(page, "text", lambda found: found == [])
    undo, clear = (page.get_by_role("button", name=name).last for name in ("Undo", "Clear"))
    for now in (["00000"], ["000001ffff"]):
        undo.click()
        settled(page, "text", lambda found, now=now: found == now)  # type: ignore[misc]
    clear.click()
    settled(page, "text", lambda found: found == [])
    undo.click()
    settled(page, "text", lambda found: found == ["000001ffff"])


def test_points_by_keyboard_alone(page: Page) -> None:
    if text(page):  # of an earlier test; where there is nothing, nothing can be cleared
        page.get_by_role("button", name="Clear").last.click()
    settled(page, "text", lambda found: found == [])
    page.get_by_role("button", name="Class B").last.focus()
    page.keyboard.press("Enter")
    paper(page).focus()
    for key in ("Shift+ArrowRight", "ArrowUp", "Space", "Shift+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    settled(page, "text", lambda found: found == ["19985" + "18085"])
    page.keyboard.press("Delete")
    settled(page, "text", lambda found: found == ["19985"])
    page.keyboard.press("Control+z")
    settled(page, "text", lambda found: found == ["1998518085"])
    paper(page).evaluate(PASTE, "0.5, -0.5, A\n-1 1 1\n7, 0, A\nx, y, class")
    settled(page, "text", lambda found: found == ["1998518085" + "0bf40" + "100ff"])


def test_points_in_the_sidebar_stop_at_the_most(page: Page) -> None:
    side = page.get_by_role("application", name=re.compile("Points in the sidebar"))
    back_and_forth = [(-0.9, 0.5), (0.9, 0.5), (-0.9, -0.5), (0.9, -0.5)]
    drag(side, back_and_forth, SQUARE)
    settled(page, "side", lambda found: len("".join(found)) == 5 * 20)
    expect(page.get_by_text("20 of 20 (full)")).to_be_visible()


def test_a_wide_window_costs_no_rerun_and_a_narrow_one_is_reported(visit: Open) -> None:
    page = visit()
    page.wait_for_timeout(500)
    assert said(page, "runs") == ["1", "narrow", "False"]
    expect(page.locator(".st-key-glassbox_browser")).to_be_hidden()  # and so leaves no gap
    page.set_viewport_size({"width": 390, "height": 1200})
    settled(page, "runs", lambda found: found == ["2", "narrow", "True"])
    page.set_viewport_size({"width": 360, "height": 1200})
    page.set_viewport_size({"width": 900, "height": 1200})
    settled(page, "runs", lambda found: found == ["3", "narrow", "False"])
    page.context.close()


def test_at_390_pixels_everything_fits_and_a_tap_is_heard(visit: Open) -> None:
    page = visit(390, 1500, theme="dark", touch=True)
    settled(page, "runs", lambda found: found == ["2", "narrow", "True"])
    over = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    assert page.evaluate(over) == 0
    page.touchscreen.tap(*spot(point(page), -1.0, 2.0))
    settled(page, "start", is_near((-1.0, 2.0), 0.08))
    dark = colour(paper(page), 60, 20)
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(500)
    assert sum(colour(paper(page), 60, 20)) > sum(dark) + 300  # the canvas follows the theme
    page.context.close()


def colour(canvas: Locator, left: float, top: float) -> list[int]:
    """[red, green, blue] of the canvas's pixel there."""
    script = "(c, [x, y]) => [...c.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)"
    found: list[int] = canvas.evaluate(script, [round(left), round(top)])
    return found
