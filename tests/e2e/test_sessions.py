"""Reloads, back and forward, two visitors at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.e2e import lesson
from tests.e2e.app import Server, figure, wait_for_change, wait_for_quiet
from tests.e2e.conftest import Visit
from tests.e2e.lesson import NETWORK

DESCEND = "optimizers.descend"
LONG = lesson.path(NETWORK, **lesson.LASTING)


@contextmanager
def watched(server: Server) -> Iterator[list[dict[str, int]]]:
    """How many runs were going and how many waited, looked at all the time."""
    seen: list[dict[str, int]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.03):
            told = lesson.health(server)
            going = told["running"] + told["paused"]
            seen.append({"running": going, "queued": told["queued"]})

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def start(page: Page) -> int:
    """Start a slow run; returns the step it has reached."""
    lesson.wait_for_picture(page)
    wait_for_quiet(page)
    lesson.slow_down(page, NETWORK)
    lesson.press(page, NETWORK, "train")
    page.wait_for_function(
        "() => /step [1-9]/.test(document.querySelector('[data-testid=stProgress]')?.innerText)"
    )
    return lesson.step_drawn(page)


def test_a_reload_finds_its_run_again(tab: Page, server: Server) -> None:
    tab.goto(LONG)
    reached = start(tab)
    (worker,) = lesson.at_work(server)
    with watched(server) as seen:
        tab.reload()
        lesson.wait_for_picture(tab)
        expect(lesson.keyed(tab, NETWORK, "stop")).to_be_visible(timeout=15_000)
        assert lesson.step_drawn(tab) >= reached
        wait_for_change(tab, figure(tab))
        assert lesson.at_work(server) == [worker]
    assert seen and all(one == {"running": 1, "queued": 0} for one in seen)
    lesson.press(tab, NETWORK, "stop")
    lesson.wait_until_idle(server, 5)


def test_back_and_forward_keep_their_settings(tab: Page) -> None:
    tab.goto("/")
    card = tab.get_by_test_id("stMain").get_by_test_id("stPageLink").filter(has_text="One ball")
    card.click()
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    before = figure(tab)
    lesson.thumb(tab, DESCEND, "lr").press("ArrowRight")
    tab.wait_for_url("**lr=0.035**")
    changed = wait_for_change(tab, before)
    wait_for_quiet(tab)
    address, changed = tab.url, figure(tab)
    tab.get_by_test_id("stTopNavLink").filter(has_text="Home").click()
    home(tab)
    tab.go_back()
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert tab.url == address and figure(tab) == changed
    tab.go_forward()
    home(tab)
    assert "/optimizers" not in tab.url
    tab.go_back()
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert tab.url == address and lesson.value(tab, DESCEND, "lr") == 0.035


def home(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("See it learn")
    wait_for_quiet(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_two_visitors_do_not_see_each_others_frames(
    tab: Page, visit: Visit, server: Server
) -> None:
    tab.goto(LONG)
    start(tab)
    other = visit(lesson.path(NETWORK, **lesson.LASTING, data="moons", seed=5))
    mine, theirs = points(tab), points(other)
    assert mine != theirs
    start(other)
    assert lesson.health(server)["running"] == 2 and len(lesson.at_work(server)) == 2
    for _ in range(3):
        for page, own in ((tab, mine), (other, theirs)):
            wait_for_change(page, figure(page))
            assert points(page) == own
    lesson.press(tab, NETWORK, "stop")
    expect(lesson.keyed(tab, NETWORK, "train")).to_be_visible()
    wait_for_change(other, figure(other))  # the other one goes on
    lesson.press(other, NETWORK, "stop")
    lesson.wait_until_idle(server, 5)


def points(page: Page) -> list[object]:
    """Where the training points lie."""
    lesson.wait_for_picture(page)
    marks = [t for t in figure(page) if t["type"] == "scatter" and t["mode"] == "markers"]
    return [(mark["x"], mark["y"]) for mark in marks if len(mark["x"]) > 20]
