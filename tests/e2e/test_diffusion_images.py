"""The lesson on diffusion of images by hand: sample, paint over, draw, train from nothing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Locator, Page

from core.catalog import get
from core.experiment import Frame
from core.plot.sheets import sheet
from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_quiet, wait_for_run_end

IMAGES = "diffusion.images"


def last(**settings: Any) -> Frame:
    """The last frame that Python computes for the same settings."""
    experiment = get(IMAGES)
    return list(experiment.frames(experiment.settings(**settings)))[-1]


def opened(page: Page, **settings: Any) -> None:
    page.goto(lesson.path(IMAGES, **settings))
    lesson.wait_for_picture(page)
    wait_for_quiet(page)


def asked(page: Page, field: str) -> str:
    """What the address says of a field, empty where it says nothing."""
    return parse_qs(urlsplit(page.url).query).get(f"{IMAGES}.{field}", [""])[0]


def stage(page: Page) -> Locator:
    """The canvas that answers to the hand."""
    return page.locator('[class*="-stage"] canvas[aria-valuetext]')


def shown(page: Page) -> list[str]:
    """What is read in the eight on screen."""
    return list(json.loads(stage(page).get_attribute("data-shown") or "[]"))


def stroke(page: Page, across: tuple[float, float], down: float, size: float, under: float) -> None:
    """A stroke over the pad from left to right, in shares of it; under: what stands over it."""
    box = stage(page).bounding_box()
    assert box is not None
    left, top = box["x"], box["y"] + under
    page.mouse.move(left + across[0] * size, top + down * size)
    page.mouse.down()
    page.mouse.move(left + across[1] * size, top + down * size, steps=8)
    page.mouse.up()
    wait_for_run_end(page)


def test_another_seed_makes_the_digits_that_python_makes(tab: Page) -> None:
    opened(tab, steps=6, seed=5)
    wait_for_run_end(tab)
    wanted = sheet(last(steps=6, seed=5).arrays()["start"], 4)
    lesson.wait_until(lambda: matches(tab, wanted), 30, "the same digits")


def matches(page: Page, wanted: np.ndarray) -> bool:
    """Whether a heat map of the picture is that sheet."""
    maps = [np.asarray(one["z"]) for one in figure(page) if one.get("type") == "heatmap"]
    return any(z.shape == wanted.shape and (z == wanted).all() for z in maps)


def test_what_is_painted_over_is_filled_in_anew(tab: Page) -> None:
    opened(tab, task="inpaint", steps=6, mask="none")
    wait_for_run_end(tab)
    box = stage(tab).bounding_box()
    assert box is not None
    stroke(tab, (0.2, 0.8), 0.4, min(300, box["width"] * 0.3), 24)
    assert asked(tab, "mask") == "What you paint"
    frame = last(task="inpaint", steps=6, mask="hand", painted=asked(tab, "painted"))
    assert 0.05 < frame.arrays()["hidden"].mean() < 0.4
    wanted = [str(n) for n in frame.arrays()["read"]]
    lesson.wait_until(lambda: shown(tab) == wanted, 20, "the eight that Python makes")


def test_a_drawing_becomes_eight_digits(tab: Page) -> None:
    opened(tab, task="sketch", steps=6)
    wait_for_run_end(tab)
    before = asked(tab, "drawing")
    tab.get_by_role("button", name="Clear", exact=True).click()
    wait_for_run_end(tab)
    stroke(tab, (0.3, 0.7), 0.3, 340, 0)
    drawn = asked(tab, "drawing")
    assert drawn and drawn != before
    wanted = [str(n) for n in last(task="sketch", steps=6, drawing=drawn).arrays()["read"]]
    lesson.wait_until(lambda: shown(tab) == wanted, 20, "the eight that Python makes")
