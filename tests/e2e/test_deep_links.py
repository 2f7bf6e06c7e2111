"""Every page and every experiment opened by its link, as the first visit to a fresh server."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from core.catalog import CATALOG, get
from core.plot.theme import LANGUAGE
from core.ui.lessons import LESSONS, Lesson
from tests.e2e import lesson
from tests.e2e.app import ROOT, Server, screenshot, wait_for_quiet
from tests.e2e.conftest import Visit
from tests.e2e.screen import first_screen

ICON = ROOT / "data" / "brand" / "favicon.svg"
# Of the mark before each of these words: its size, its colours, and its shape without them.
MARKS = """
words => words.map(says => {
  const text = [...document.querySelectorAll('[data-testid=stHtml] span')].find(
    one => one.childElementCount && one.innerText.trim() === says);
  const mark = text.querySelector('span'), box = mark.getBoundingClientRect();
  const style = getComputedStyle(mark), sides = ['Top', 'Left', 'Right', 'Bottom'];
  return {width: box.width, height: box.height,
    colours: [style.backgroundColor, style.borderTopColor, style.borderLeftColor],
    shape: JSON.stringify([style.width, style.height, style.borderRadius, style.transform,
      ...sides.map(side => style[`border${side}Style`] + style[`border${side}Width`])])};
})
"""
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
    asked = page.get_by_test_id("stMain").get_by_test_id("stCaptionContainer").all_inner_texts()
    assert [one.strip() for one in asked] == [get(name).question for name in EXPERIMENTS]
    wait_for_quiet(page)
    one_visual_language(page)
    page.wait_for_function(
        "[...document.querySelectorAll('[data-testid=stImage] img')].every(i => i.naturalWidth)"
    )
    screenshot(page, "home-light")
    icons_of_the_menu(page)
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
    icon = page.locator("link[rel~=icon]").last.get_attribute("href") or ""
    assert b64decode(icon.partition("base64,")[2]).decode() == ICON.read_text("utf-8")


def one_visual_language(page: Page) -> None:
    """The strip shows five words, each with a mark of its colour and of a shape of its own."""
    found = page.evaluate(MARKS, [one["says"] for one in LANGUAGE.values()])
    shapes = set()
    for one, styles in zip(LANGUAGE.values(), found, strict=True):
        text = page.get_by_test_id("stMain").get_by_text(one["says"], exact=True)
        expect(text).to_be_in_viewport(ratio=1)
        r, g, b = (int(one["color"][i : i + 2], 16) for i in (1, 3, 5))
        assert styles["width"] > 5 and styles["height"] > 2
        assert f"rgb({r}, {g}, {b})" in styles["colours"], one["says"]
        shapes.add(styles["shape"])
    assert len(shapes) == len(LANGUAGE)


def icons_of_the_menu(page: Page) -> None:
    """Every page in the menu has a picture of its own beside its name."""
    found = [page.get_by_test_id("stTopNavLink").get_by_test_id("stIconMaterial").inner_text()]
    links = page.get_by_test_id("stTopNavDropdownLink")
    for section in page.get_by_test_id("stTopNavSection").all():
        section.click()
        expect(links.first).to_be_visible()
        pictures = [one.get_by_test_id("stIconMaterial") for one in links.all()]
        found += [one.inner_text() for one in pictures]
        page.keyboard.press("Escape")
        expect(links).to_have_count(0)
    assert len(set(found)) == len(found) == 1 + len(LESSONS)  # home too
