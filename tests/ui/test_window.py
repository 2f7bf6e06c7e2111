"""The window that slides over an image, in a real browser on an app of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy.signal import correlate2d

from tests.ui.conftest import Opened
from tests.ui.window_cases import EDGE, digit, formula, grid
from tests.ui.window_page import (
    canvas,
    goes_to,
    hears,
    lies_on_the_canvas,
    middle,
    said,
    shown,
    spoken,
)

TIMED = """() => { const ask = requestAnimationFrame.bind(window); window.took = [];
    const timed = (act) => (now) => {
        const start = performance.now(); act(now); window.took.push(performance.now() - start); };
    window.requestAnimationFrame = (act) => ask(timed(act)); }"""


Open = Callable[..., Page]


@pytest.fixture(scope="module")
def visit(opened: Opened) -> Iterator[Open]:
    """A case as it begins, each in one page."""
    pages: dict[tuple[str, int], tuple[Page, str]] = {}

    def visit(case: str, width: int = 1160) -> Page:
        if (case, width) not in pages:
            pages[case, width] = begun(case, width)
            return pages[case, width][0]
        page, first = pages[case, width]
        page.get_by_role("button", name="Begin").click()
        hears(page, "told", "0")
        expect(canvas(page)).to_have_attribute("data-shown", first)
        return page

    def begun(case: str, width: int) -> tuple[Page, str]:
        page = opened(f"?case={case}", width=width, height=1300, touch=width < 500)
        expect(canvas(page)).to_have_attribute("data-shown", re.compile("image"), timeout=15_000)
        lies_on_the_canvas(page)
        return page, canvas(page).get_attribute("data-shown") or ""

    yield visit
    for page, _ in pages.values():
        page.context.close()


def test_arrow_keys_move_the_window_and_python_hears_once(visit: Open) -> None:
    page = visit("edge")
    assert shown(page)["place"] == [1, 2]
    runs = int(said(page, "runs"))
    canvas(page).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    assert shown(page)["place"] == [3, 1]  # at once
    hears(page, "place", "3 1")
    page.wait_for_timeout(600)
    assert said(page, "told") == "1" and int(said(page, "runs")) == runs + 1
    ways = {
        "End": [3, 4], "Home": [3, 0], "ArrowLeft": [3, 0], "PageUp": [1, 0], "PageDown": [3, 0],
        "Control+End": [4, 4], "ArrowDown": [4, 4], "Control+Home": [0, 0],
    }  # fmt: skip
    for key, place in ways.items():
        page.keyboard.press(key)
        assert shown(page)["place"] == place, key
    hears(page, "place", "0 0")


def test_every_number_of_a_convolution_is_scipys(visit: Open) -> None:
    page = visit("edge")
    exact = correlate2d(digit(7), EDGE, "valid")
    for row, column in ((0, 0), (2, 3), (4, 1)):
        told = goes_to(page, row, column)
        under = digit(7)[row : row + 3, column : column + 3].ravel()
        assert told["values"] == under.tolist()
        assert told["weights"] == EDGE.ravel().tolist()
        assert told["products"] == (under * EDGE.ravel()).tolist()
        assert abs(told["results"][0] - exact[row, column]) < 1e-12
        place, numbers, result = spoken(page)
        assert place == [row + 1, column + 1]
        assert np.abs(np.array(numbers) - under).max() <= 0.005
        assert abs(float(result.removeprefix("Output ")) - exact[row, column]) <= 0.00005 + 1e-12


def test_five_kinds_of_pooling_and_where_their_gradients_flow(visit: Open) -> None:
    page = visit("kinds")
    blocks = digit(6).reshape(3, 2, 3, 2)
    sums = [blocks.max((1, 3)), blocks.mean((1, 3)), blocks.sum((1, 3))]
    told = goes_to(page, 2, 1, k=3)  # in the fourth map
    for values, found in zip(sums, told["results"], strict=False):
        assert abs(found - values[2, 1]) < 1e-12
    under = blocks[2, :, 1, :].ravel()
    assert abs(told["results"][3] - np.linalg.norm(under)) < 1e-12
    assert told["gradients"][0] == np.eye(4)[under.argmax()].tolist()
    assert told["gradients"][1] == [0.25] * 4 and told["gradients"][2] == [1.0] * 4
    assert told["formulas"][1] == formula("average", under, under.mean())
    _, numbers, results = spoken(page)
    assert np.abs(np.array(numbers) - under).max() <= 0.005
    assert results.startswith("Max ") and f"Sum {under.sum():g}" in results


def test_a_drag_takes_the_window_along_and_ends_at_the_nearest_place(visit: Open) -> None:
    page = visit("kinds")  # 2 x 2 with stride 2: places are two cells apart
    lies = shown(page)["image"]
    page.mouse.move(*middle(page, lies, 3, 0))  # gripped in the window at (1, 0)
    page.mouse.down()
    page.mouse.move(*middle(page, lies, 3, 1.4), steps=3)
    assert shown(page)["place"] == [1, 1]
    page.mouse.move(*middle(page, lies, 1.2, 9), steps=3)
    page.mouse.up()
    hears(page, "place", "0 2")
    page.mouse.move(*middle(page, lies, 5, 0))  # beside the window: it comes with its middle
    page.mouse.down()
    page.mouse.move(*middle(page, lies, 4.6, 0.4), steps=3)
    assert shown(page)["place"] == [2, 0]
    page.keyboard.press("Escape")
    page.mouse.up()
    assert shown(page)["place"] == [0, 2]
    page.wait_for_timeout(500)
    assert said(page, "told") == "1"


def test_play_slides_to_the_end_and_python_hears_only_that(visit: Open) -> None:
    page = visit("kinds")
    assert not page.get_by_role("button", name="Pause").count()  # it never starts by itself
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    hears(page, "place", "2 2")
    assert said(page, "told") == "1"
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_role("button", name="Step").click()  # from the last place to the first
    page.get_by_role("button", name="Step").click()
    hears(page, "place", "0 1")
    assert said(page, "told") == "2"


def test_pause_stops_where_it_is_and_a_rerun_meanwhile_does_not_pull_it_back(visit: Open) -> None:
    page = visit("large")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Again").click()
    hears(page, "runs", "2")
    page.get_by_role("button", name="Pause").click()
    row, column = shown(page)["place"]
    assert row * 38 + column > 1 * 38 + 2 + 30  # 1444 places in 15 s: 96 a second
    hears(page, "place", f"{row} {column}")
    assert said(page, "told") == "1"


def test_a_typed_cell_is_shown_at_once_and_told_as_text(visit: Open) -> None:
    page = visit("edge")
    page.mouse.click(*middle(page, shown(page)["image"], 2, 3))
    field = page.get_by_role("textbox", name="Image, row 3, column 4")
    expect(field).to_be_focused()
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")
    expect(canvas(page)).to_be_focused()
    image = digit(7)
    image[2, 3] = 0.5
    changed = correlate2d(image, EDGE, "valid")
    assert abs(shown(page)["results"][0] - changed[1, 2]) < 1e-12  # before Python's answer
    expect(page.get_by_text(re.compile("^cells"))).to_contain_text("0.97 0.5 0.97")
    assert grid(said(page, "cells")).tolist() == image.tolist()
    assert said(page, "told") == "1" and shown(page)["waits"] is False
    assert abs(shown(page)["results"][0] - changed[1, 2]) < 1e-12
    assert shown(page)["place"] == [1, 2]  # a click on a cell leaves the window alone


def test_a_cell_by_keys_alone_and_taken_back(visit: Open) -> None:
    page = visit("edge")
    canvas(page).focus()
    page.keyboard.press("Enter")  # the middle of the window at (1, 2)
    expect(page.get_by_role("textbox", name="Image, row 3, column 4")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("textbox", name="Image, row 3, column 5")).to_have_value("0.97")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("textbox", name="Image")).to_have_value("1.07")
    expect(page.get_by_text(re.compile("^cells"))).to_contain_text("0.97 0 1.07")
    page.keyboard.press("Escape")
    expect(page.get_by_text(re.compile("^cells"))).not_to_contain_text("1.07")
    assert grid(said(page, "cells")).tolist() == digit(7).tolist()
    page.keyboard.press("Enter")
    page.keyboard.type("five")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="is not a number")).to_be_visible()
    assert grid(said(page, "cells")).tolist() == digit(7).tolist()


@pytest.mark.parametrize("case", ["edge", "flipped"])
def test_a_typed_weight_lands_where_it_lies(visit: Open, case: str) -> None:
    page = visit(case)
    goes_to(page, 1, 1)
    left, top, wide, high = shown(page)["window"]
    page.mouse.click(*middle(page, [left, top, wide, high], 0.25, 0.25))
    expect(page.get_by_role("textbox")).not_to_be_visible()  # a product is not typed
    page.mouse.click(*middle(page, [left, top, wide, high], -0.25, 0.25))  # the first weight
    expect(page.get_by_role("textbox", name="Kernel, row")).to_be_focused()
    page.keyboard.type("-0,75")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^weights"))).to_contain_text("-0.75")
    at = (2, 2) if case == "flipped" else (0, 0)
    kernel = EDGE.copy()
    kernel[at] = -0.75
    assert grid(said(page, "weights")).tolist() == kernel.tolist()
    laid = kernel[::-1, ::-1] if case == "flipped" else kernel
    assert shown(page)["weights"] == laid.ravel().tolist()
    assert abs(shown(page)["results"][0] - (digit(7)[1:4, 1:4] * laid).sum()) < 1e-12


def test_a_pooled_cell_waits_for_python(visit: Open) -> None:
    page = visit("kinds")
    page.mouse.click(*middle(page, shown(page)["window"], 0, 0))  # the first tap, at (2, 0)
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    assert shown(page)["values"][0] == 3
    expect(canvas(page)).to_have_attribute("data-shown", re.compile('"waits":false'))
    image = digit(6)
    image[2, 0] = 3
    assert grid(said(page, "cells")).tolist() == image.tolist()
    assert shown(page)["results"][0] == 3 and shown(page)["gradients"][0] == [1, 0, 0, 0]


def test_dilation_and_padding(visit: Open) -> None:
    page = visit("dilated")
    wide = np.pad(digit(7), 1)
    spread = np.zeros((5, 5))
    spread[::2, ::2] = EDGE
    exact = correlate2d(wide, spread, "valid") - 0.1
    for row, column in ((0, 0), (3, 4)):
        told = goes_to(page, row, column)
        assert told["values"] == wide[row : row + 5 : 2, column : column + 5 : 2].ravel().tolist()
        assert abs(told["results"][0] - exact[row, column]) < 1e-12
    page.mouse.click(*middle(page, shown(page)["image"], 0, 3))  # padding: the window comes
    expect(page.get_by_role("textbox")).not_to_be_visible()
    assert shown(page)["place"] == [0, 1]
    page.mouse.click(*middle(page, shown(page)["image"], 2, 5))  # in the padded image
    page.keyboard.type(".5")
    page.keyboard.press("Enter")
    wide[2, 5] = 0.5
    changed = correlate2d(wide, spread, "valid")[0, 1] - 0.1
    assert abs(changed - exact[0, 1]) > 0.1
    assert abs(shown(page)["results"][0] - changed) < 1e-12  # at once, with the bias


def test_a_problem_is_said_and_the_image_can_still_be_mended(visit: Open) -> None:
    page = visit("problem")
    words = canvas(page).get_attribute("aria-valuetext") or ""
    assert words.startswith("A 5 × 5 window does not fit a 3 × 3 image")
    for name in ("Play", "Step"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    canvas(page).focus()
    page.keyboard.press("ArrowRight")
    page.mouse.click(*middle(page, shown(page)["image"], 2, 2))
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^cells"))).to_contain_text("0 0 0;0 0 0;0 0 1")


def test_a_formula_that_is_cut_is_read_under_the_pointer(visit: Open) -> None:
    page = visit("twelve")
    told = shown(page)
    left, top, _, high = told["maps"][3]
    page.mouse.move(*middle(page, [left - 60, top, 0, high], 1, 0))
    expect(canvas(page)).to_have_attribute("title", told["formulas"][3])
    page.mouse.move(*middle(page, told["image"], 2, 2))
    expect(canvas(page)).to_have_attribute("title", f"row 3, column 3: {digit(9)[2, 2]:g}")


def test_at_390_pixels_it_is_stacked_fits_and_can_be_tapped(visit: Open) -> None:
    page = visit("kinds", 390)
    over = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    assert page.evaluate(over) == 0
    told = shown(page)
    assert told["width"] <= 390
    tops = [lies[1] for lies in (told["image"], told["window"], *told["maps"])]
    assert tops == sorted(tops)
    page.touchscreen.tap(*middle(page, told["maps"][0], 2, 1))
    hears(page, "place", "2 1")
    page.touchscreen.tap(*middle(page, told["image"], 0, 0))
    expect(page.get_by_role("textbox", name="Image, row 1, column 1")).to_be_focused()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_are_light_on_dark_and_dark_on_light(
    visit: Open, theme: Literal["light", "dark"]
) -> None:
    page = visit("edge")
    page.emulate_media(color_scheme=theme)
    page.wait_for_timeout(500)
    script = """c => { const { data } = c.getContext('2d').getImageData(0, 0, 60, 20);
        return [...Array(1200).keys()].filter(k => data[4 * k + 3] > 200).map(k => data[4 * k]) }"""
    inked = np.array(canvas(page).evaluate(script))  # the title, on the bare ground
    assert len(inked) > 30
    assert inked.mean() > 170 if theme == "dark" else inked.mean() < 90


def test_the_largest_image_is_painted_in_time(visit: Open) -> None:
    page = visit("largest")
    canvas(page).focus()
    page.evaluate(TIMED)
    for _ in range(15):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(30)
    took = np.array(page.evaluate("window.took"))
    assert len(took) >= 10 and np.median(took) < 8
