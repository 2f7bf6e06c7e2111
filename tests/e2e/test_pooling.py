"""The pooling lesson by hand: slide a window, upload a picture, train, draw a digit."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

from core.catalog import get
from core.data import drawing
from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_change, wait_for_quiet, wait_for_run_end
from tests.e2e.conftest import Visit

CLASSIFY, CNN = "pooling.classify", "pooling.cnn"
SEVEN = [(0.25, 0.2), (0.72, 0.2), (0.6, 0.5), (0.48, 0.85)]  # shares of the pad's side


def canvas(page: Page) -> Locator:
    return page.locator('[class*="-stage"] canvas').first


def draw(page: Page, places: list[tuple[float, float]], side: float = 340) -> None:
    """One stroke on the pad."""
    box = canvas(page).bounding_box()
    assert box is not None
    spots = [(box["x"] + x * side, box["y"] + y * side) for x, y in places]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=8)
    page.mouse.up()


def shares(page: Page) -> list[float]:
    """The ten probabilities on show."""
    found: list[float] = json.loads(canvas(page).get_attribute("data-shown") or "[]")
    return found


def test_a_drawn_digit_is_read_and_shared(tab: Page, visit: Visit) -> None:
    tab.goto(lesson.path(CLASSIFY))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    before = figure(tab)
    tab.get_by_role("button", name="Clear").click()
    before = wait_for_change(tab, before)
    expect(canvas(tab)).to_have_attribute("aria-valuetext", re.compile("^Nothing is drawn"))
    wait_for_quiet(tab)
    draw(tab, SEVEN)
    wait_for_change(tab, before)
    expect(canvas(tab)).to_have_attribute("aria-valuetext", re.compile("^It reads 7 "))
    wait_for_quiet(tab)
    read = shares(tab)
    assert abs(sum(read) - 1) < 1e-4 and read.index(max(read)) == 7
    text = lesson.control(tab, CLASSIFY, "drawing").locator("input").input_value()
    rows, columns = drawing.decode(text).nonzero()  # the stroke, to a pixel and the pen's width
    assert (rows.min(), rows.max()) == (4, 25) and (columns.min(), columns.max()) == (5, 21)
    other = visit(lesson.link_of(tab).partition("://")[2].partition("/")[2].join(["/", ""]))
    lesson.wait_for_picture(other)
    wait_for_quiet(other)
    assert shares(other) == read


def test_a_network_of_ones_own_reads_the_drawing(tab: Page) -> None:
    """Train, take it to the pad by the button, and it is this run that reads there."""
    experiment = get(CNN)
    tab.goto(lesson.quick(experiment))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    lesson.press(tab, CNN, "train")
    wait_for_run_end(tab)
    lesson.keyed(tab, CNN, "to-pooling-classify").get_by_role("button").click()
    expect(lesson.keyed(tab, CLASSIFY, "stage").locator("canvas")).to_be_visible()
    wait_for_quiet(tab)
    key = re.search(r"pooling\.classify\.model=([0-9a-f]{64})", tab.url)
    assert key, tab.url
    chosen = lesson.control(tab, CLASSIFY, "model").first
    expect(chosen).to_be_attached()
    mine = shares(tab)
    tab.goto(lesson.path(CLASSIFY))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert shares(tab) != mine, "the shipped model reads otherwise than one of a few steps"
    tab.goto(lesson.path(CLASSIFY, model=key[1]))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert shares(tab) == mine


def test_a_model_that_is_not_here_is_said(tab: Page) -> None:
    tab.goto(lesson.path(CLASSIFY, model="ab" * 32))
    lesson.wait_for_picture(tab)
    expect(tab.get_by_text("is not on this server").first).to_be_visible()
    assert len(shares(tab)) == 10
