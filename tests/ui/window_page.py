"""How test_window.py reads and touches the page of window_app.py."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

PLACE = re.compile(r"^row (\d+) of \d+, column (\d+) of \d+; window (.*?); (.*)$")


def canvas(page: Page) -> Locator:
    return page.get_by_role("slider", name="Slide the window")


def shown(page: Page) -> dict[str, Any]:
    """What is painted, and where: every number and the grids as [left, top, wide, high]."""
    found: dict[str, Any] = json.loads(canvas(page).get_attribute("data-shown") or "")
    return found


def lies_on_the_canvas(page: Page) -> None:
    """Every grid; and beside the buttons the whole takes at most 430 pixels where it is wide."""
    box, told = canvas(page).bounding_box(), shown(page)
    assert box is not None and box["x"] >= 0
    assert box["width"] <= 390 or box["height"] <= 358
    for left, top, wide, high in (told["image"], *told.get("maps", [])):
        assert left >= 0 and top >= 0
        assert left + wide <= box["width"] and top + high <= box["height"]


def middle(page: Page, lies: list[float], row: float, column: float) -> tuple[float, float]:
    """The middle of a grid's cell on the page, in pixels."""
    box = canvas(page).bounding_box()
    assert box is not None
    left, top, wide, high = lies
    return box["x"] + left + (column + 0.5) * wide, box["y"] + top + (row + 0.5) * high


def said(page: Page, word: str) -> str:
    """What the app's line that begins with the word says after it."""
    return page.get_by_text(re.compile(rf"^{word}\b")).inner_text().removeprefix(word).strip()


def hears(page: Page, word: str, text: str) -> None:
    expect(page.get_by_text(f"{word} {text}", exact=True)).to_be_visible(timeout=6000)


def goes_to(page: Page, row: int, column: int, k: int = 0) -> dict[str, Any]:
    """Click a cell of an output; what is shown then."""
    page.mouse.click(*middle(page, shown(page)["maps"][k], row, column))
    hears(page, "place", f"{row} {column}")
    assert shown(page)["place"] == [row, column]
    return shown(page)


def spoken(page: Page) -> tuple[list[int], list[float], str]:
    """What is read aloud: the place, counted from 1, the window's numbers, the results."""
    told = PLACE.match(canvas(page).get_attribute("aria-valuetext") or "")
    assert told is not None
    numbers = [float(word.replace("\u2212", "-")) for word in told[3].split(", ")]
    return [int(told[1]), int(told[2])], numbers, told[4].replace("\u2212", "-")
