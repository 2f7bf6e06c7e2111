"""Parameters for teachers: show=, present=1, and Streamlit's embed=true."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_change, wait_for_quiet

DESCEND = "optimizers.descend"


def test_show_leaves_only_the_named_controls(tab: Page) -> None:
    tab.goto(lesson.path(DESCEND, ("show", "lr"), start=1.5))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    fields = tab.locator(
        f'[data-testid="stSidebar"] [class*="st-key-{DESCEND.replace(".", "-")}-"]'
    )
    expect(fields).to_have_count(1)
    before = figure(tab)
    assert start(before) == 1.5  # a control that is not shown keeps what the link gave it
    lesson.thumb(tab, DESCEND, "lr").press("ArrowRight")
    assert start(wait_for_change(tab, before)) == 1.5
    assert "show=lr" in tab.url


def start(traces: object) -> float:
    """Where the ball began: the first point of the path that has one more point than steps."""
    paths = [t for t in traces if t["type"] == "scatter" and t.get("x") and len(t["x"]) == 21]  # type: ignore[attr-defined]
    return round(float(paths[0]["x"][0]), 6)


def test_present_hides_the_sidebar_and_enlarges_the_type(tab: Page) -> None:
    tab.goto(lesson.path(DESCEND, ("present", "1")))
    lesson.wait_for_picture(tab)
    expect(tab.get_by_test_id("stSidebar")).not_to_be_visible()
    expect(tab.get_by_test_id("stExpandSidebarButton")).not_to_be_visible()
    assert tab.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"


def test_embed_shows_the_lesson(tab: Page) -> None:
    tab.goto(lesson.path(DESCEND, ("embed", "true")))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    expect(tab.get_by_test_id("stMainMenu")).to_have_count(0)
    expect(tab.get_by_test_id("stException")).to_have_count(0)
    assert lesson.numbers(tab)
