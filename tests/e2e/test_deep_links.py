"""Every page and every experiment opened by its link, as the first visit to a fresh server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from core.catalog import CATALOG, get
from core.ui.lessons import LESSONS
from tests.e2e import lesson
from tests.e2e.app import STAGES, Server, screenshot, wait_for_quiet
from tests.e2e.conftest import Visit

SIMPLE = 6  # controls on the first screen
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


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_first(name: str, unvisited: Server, visit: Visit) -> None:
    words = EXPERIMENTS[name]
    topic = name.partition(".")[0]
    page = visit(f"/{topic}?" + urlencode({f"{topic}.see": words}), at=unvisited)
    lesson.wait_for_picture(page, 60)
    framed(page)
    wait_for_quiet(page)
    chosen = lesson.keyed(page, topic, "see").locator('[aria-checked="true"]')
    expect(chosen).to_have_text(words)
    first_screen(page, name)
    screenshot(page, f"{name}-light")


def framed(page: Page) -> None:
    """The router's frame stands around the page, and no dialog over it."""
    expect(page.get_by_test_id("stTopNavLink").first).to_be_visible()
    expect(page.get_by_test_id("stHeader").get_by_text("Foundations")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def first_screen(page: Page, name: str) -> None:
    """At 1440x900, unscrolled: the whole picture, the question, at most six simple controls."""
    experiment = get(name)
    picture = page.locator(f'[data-testid="stPlotlyChart"], {STAGES}').first.bounding_box()
    assert picture is not None and picture["height"] > 250
    assert picture["y"] > 0 and picture["y"] + picture["height"] <= 900
    expect(page.get_by_role("heading", level=5).first).to_be_visible()
    asked = page.get_by_role("heading", level=5).first
    assert asked.inner_text() in {
        experiment.question, *(preset.question for preset in experiment.presets)
    }  # fmt: skip
    box = asked.bounding_box()
    assert box is not None and box["y"] < picture["y"]
    fields = [
        field for field in experiment.settings.controls()
        if lesson.field_of(page, name, field).is_visible()
    ]  # fmt: skip
    assert 1 <= len(fields) <= SIMPLE, fields
