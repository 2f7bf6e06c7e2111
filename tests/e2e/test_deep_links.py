"""Every page and every experiment opened by its link, as the first visit to a fresh server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from core.catalog import CATALOG
from core.ui.lessons import LESSONS, Lesson
from tests.e2e import lesson
from tests.e2e.app import Server, screenshot, wait_for_quiet
from tests.e2e.conftest import Visit
from tests.e2e.screen import first_screen

EXPERIMENTS = {name: words for one in LESSONS for name, words in one.experiments.items()}


@pytest.fixture
def unvisited(tmp_path: Path) -> Iterator[Server]:
    """A server that answers and that nobody has visited; its workers may still be on their way."""
    server = Server(tmp_path / "log.txt")
    try:
        lesson.wait_until(server.health, 60, "an answer of the server")
        yield server
    finally:
        server.stop()


def test_every_experiment_of_the_catalog_is_on_a_page() -> None:
    assert set(EXPERIMENTS) == set(CATALOG)


def test_home_first(unvisited: Server, visit: Visit) -> None:
    page = visit("/", at=unvisited)
    expect(page.get_by_role("heading", level=1)).to_have_text("See it learn", timeout=20_000)
    framed(page)
    cards = page.get_by_test_id("stMain").get_by_test_id("stPageLink")
    expect(cards).to_have_count(len(EXPERIMENTS))
    pictures = page.get_by_test_id("stMain").get_by_test_id("stImage").locator("img")
    expect(pictures).to_have_count(len(EXPERIMENTS))
    wait_for_quiet(page)
    page.wait_for_function(
        "[...document.querySelectorAll('[data-testid=stImage] img')].every(i => i.naturalWidth)"
    )
    screenshot(page, "home-light")
    cards.first.click()
    expect(page.get_by_role("heading", name="Optimizers")).to_be_visible()


@pytest.mark.parametrize("one", LESSONS, ids=lambda one: one.topic)
def test_a_lesson_first(one: Lesson, unvisited: Server, visit: Visit) -> None:
    """Its last experiment, which no default leads to."""
    name, words = list(one.experiments.items())[-1]
    page = visit(f"/{one.topic}?" + urlencode({f"{one.topic}.see": words}), at=unvisited)
    lesson.wait_for_picture(page, 60)
    framed(page)
    wait_for_quiet(page)
    chosen = lesson.keyed(page, one.topic, "see").locator('[aria-checked="true"]')
    expect(chosen).to_have_text(words)
    first_screen(page, name)


def framed(page: Page) -> None:
    """The router's frame stands around the page, and no dialog over it."""
    expect(page.get_by_test_id("stTopNavLink").first).to_be_visible()
    expect(page.get_by_test_id("stHeader").get_by_text("Foundations")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
