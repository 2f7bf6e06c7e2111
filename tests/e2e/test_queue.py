"""One place, room for one more: what those see who come second and third."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e import lesson
from tests.e2e.app import Server, figure, wait_for_quiet
from tests.e2e.conftest import Visit
from tests.e2e.lesson import NETWORK

SOON = 20_000  # three pages and a training share the processors
FULL = "All places are taken and 1 run waits, as many as may wait here. Try again in a minute."


def test_a_place_in_the_queue_and_a_refusal_are_said(
    fresh_server: Callable[..., Server], visit: Visit
) -> None:
    server = fresh_server(GLASSBOX_WORKERS="1", GLASSBOX_QUEUE="1")
    first, second, third = (
        visit(lesson.path(NETWORK, **lesson.LASTING, seed=seed), at=server) for seed in (1, 2, 3)
    )
    for page in (first, second, third):
        lesson.wait_for_picture(page, 60)
        wait_for_quiet(page)
    lesson.slow_down(first, NETWORK)
    lesson.slow_down(second, NETWORK)
    lesson.press(first, NETWORK, "train")
    expect(lesson.keyed(first, NETWORK, "pause")).to_be_visible(timeout=SOON)
    lesson.press(second, NETWORK, "train")
    expect(bar(second)).to_have_text("Waiting: place 1 in the queue", timeout=SOON)
    before = figure(third)
    lesson.press(third, NETWORK, "train")
    expect(third.get_by_test_id("stAlert").get_by_text(FULL, exact=True)).to_be_visible(
        timeout=SOON
    )
    expect(lesson.keyed(third, NETWORK, "train")).to_be_visible(timeout=SOON)
    expect(bar(third)).to_have_count(0, timeout=SOON)
    assert figure(third) == before, "who was refused keeps the picture"
    assert counts(server) == (1, 1)
    # Whoever is next begins by itself when the place is free, and the one after may wait then.
    lesson.press(first, NETWORK, "stop")
    expect(bar(second)).to_contain_text("step ", timeout=SOON)
    lesson.press(third, NETWORK, "train")
    expect(bar(third)).to_have_text("Waiting: place 1 in the queue", timeout=SOON)
    expect(third.get_by_test_id("stAlert")).to_have_count(0, timeout=SOON)
    assert counts(server) == (1, 1)
    # And who waits may leave.
    lesson.press(third, NETWORK, "stop")
    expect(lesson.keyed(third, NETWORK, "train")).to_be_visible(timeout=SOON)
    assert counts(server) == (1, 0)


def bar(page: Page) -> Locator:
    """The words of the progress bar."""
    return page.get_by_test_id("stProgress")


def counts(server: Server) -> tuple[int, int]:
    """How many runs are going and how many wait."""
    told = lesson.health(server)
    return told["running"], told["queued"]
