"""Sliders, clicks and drags: what they change in the picture."""

from __future__ import annotations

import math
import re
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_change, wait_for_quiet

RACE, SWEEP, DESCEND = "optimizers.race", "optimizers.sweep", "optimizers.descend"
LR = re.compile(r"race\.lr=0\.02(&|$)")


@pytest.mark.alone
def test_a_slider_moves_the_ball_without_a_button(tab: Page) -> None:
    tab.goto(lesson.path(DESCEND, steps=6))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert np.allclose(ball(tab), rolled(0.03), rtol=1e-5)
    numbers, pressed = lesson.numbers(tab), time.monotonic()
    lesson.thumb(tab, DESCEND, "lr").press("ArrowRight")
    lesson.wait_until(lambda: np.allclose(ball(tab), rolled(0.035), rtol=1e-5), 2, "another ball")
    assert time.monotonic() - pressed < 2
    tab.wait_for_url(f"**{DESCEND}.lr=0.035**")
    wait_for_quiet(tab)
    assert lesson.numbers(tab) != numbers
    expect(lesson.keyed(tab, DESCEND, "train")).to_have_count(0)


def ball(page: Page) -> tuple[float, float]:
    """Where the ball is drawn: the weight x and the loss."""
    (found,) = (trace for trace in figure(page) if trace["name"] == "ball")
    return found["x"][0], found["y"][0]


def rolled(rate: float) -> tuple[float, float]:
    """x_t = (1 - lr L)^t x_0 and L x^2 / 2, with L = 10, x_0 = 2 and t = 6."""
    x = 2 * (1 - 10 * rate) ** 6
    return x, 5 * x**2


def test_turning_the_valley_turns_the_paths(tab: Page) -> None:
    tab.goto(lesson.path(RACE))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    before = figure(tab)
    for _ in range(3):
        lesson.thumb(tab, RACE, "rotation").press("ArrowRight")
    tab.wait_for_url("**rotation=3**")
    wait_for_change(tab, before)
    wait_for_quiet(tab)
    assert lesson.value(tab, RACE, "rotation") == 3


def test_a_clicked_cell_of_the_sweep_is_raced(tab: Page) -> None:
    tab.goto(lesson.path(SWEEP))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    box = tab.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert box is not None
    tab.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    there = lesson.keyed(tab, SWEEP, "go-there")
    expect(there).to_be_in_viewport(ratio=1)
    words = there.inner_text()
    there.get_by_role("button").click()
    chosen = lesson.keyed(tab, "optimizers", "see").locator('[aria-checked="true"]')
    expect(chosen).to_have_text("2 Race")
    wait_for_quiet(tab)
    found = re.search(r"optimizers\.race\.lr=([\d.e-]+)", tab.url)
    assert found is not None and f"{SWEEP}." not in tab.url, tab.url
    rate = float(found[1])
    told = [float(number) for number in re.findall(r"\d+\.\d+", words)]
    assert any(abs(one - rate) < 0.03 * rate for one in told), (words, rate)
    assert abs(lesson.value(tab, RACE, "lr") - rate) < 0.001 * rate
    assert len(lesson.numbers(tab)[0].splitlines()) == 2  # one racer
    # The address carries them all: a reload shows the same.
    numbers = lesson.numbers(tab)
    tab.reload()
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert lesson.numbers(tab) == numbers


def test_a_rate_between_two_stops_is_kept_until_it_is_moved(tab: Page) -> None:
    tab.goto(lesson.path(RACE, rates="same", lr=0.0205))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert lesson.value(tab, RACE, "lr") == 0.0205
    before = figure(tab)
    lesson.thumb(tab, RACE, "lr").press("ArrowRight")
    wait_for_change(tab, before)
    wait_for_quiet(tab)
    assert lesson.value(tab, RACE, "lr") == 0.03
    lesson.thumb(tab, RACE, "lr").press("ArrowLeft")
    tab.wait_for_url(LR)
    # Another experiment's address is its own; this one's settings come back with it.
    here = lesson.keyed(tab, "optimizers", "see").get_by_role("radio")
    here.and_(tab.get_by_role("radio", name="1 Look")).click()
    tab.wait_for_url(lambda url: f"{RACE}." not in url)
    wait_for_quiet(tab)
    assert urlsplit(tab.url).query == ""  # the first experiment, at its defaults
    here.and_(tab.get_by_role("radio", name="2 Race")).click()
    tab.wait_for_url(LR)
    assert lesson.value(tab, RACE, "lr") == 0.02


def test_the_start_is_dragged_and_the_sliders_follow(tab: Page) -> None:
    """In a valley turned by 30 degrees, whose sliders tell the start in its own axes."""
    tab.goto(lesson.path(RACE, rotation=30))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    before = figure(tab)
    pad = tab.get_by_role("slider", name="Drag the start")
    box = pad.bounding_box()
    assert box is not None
    where = pad.get_attribute("aria-valuetext")
    tab.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"], steps=6)
    expect(pad).not_to_have_attribute("aria-valuetext", where or "")
    x, y = place(pad)  # what the browser says of it by itself
    tab.mouse.up()
    wait_for_change(tab, before)
    wait_for_quiet(tab)
    assert np.allclose(place(pad), (x, y), atol=0.02)
    assert x > 0 and y > 0
    cos, sin = math.cos(math.radians(30)), math.sin(math.radians(30))
    for field, value in (("start_x", cos * x + sin * y), ("start_y", cos * y - sin * x)):
        assert abs(lesson.value(tab, RACE, field) - value) < 0.02
    # Every path begins where the point was dropped.
    paths = lesson.paths(tab)
    assert set(paths) == {"Gradient descent", "Momentum", "Adam"}
    assert all(np.allclose(path[0], (x, y), atol=0.02) for path in paths.values()), paths


def place(pad: Locator) -> tuple[float, float]:
    """Where the pad's point is, as it is read aloud."""
    x, y = re.findall(r"-?[\d.]+", pad.get_attribute("aria-valuetext") or "")
    return float(x), float(y)
