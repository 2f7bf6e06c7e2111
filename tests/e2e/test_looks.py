"""Light, dark and 390 pixels wide: what fits, what can be read, and pictures to look at."""

from __future__ import annotations

import psutil
from playwright.sync_api import Page, expect

from core.catalog import get
from core.controls import Model
from core.ui.lessons import LESSONS
from tests.e2e import lesson
from tests.e2e.app import Server, screenshot, wait_for_quiet
from tests.e2e.conftest import Visit

EXPERIMENTS = {name: words for one in LESSONS for name, words in one.experiments.items()}
HEAVY = ("libtorch", "/torch/", "/sklearn/", "/scipy/", "/pymc/")

OVER = """
() => [document.scrollingElement, document.querySelector('[data-testid="stMain"]')]
  .map(e => e.scrollWidth - e.clientWidth)
"""
# Contrast (WCAG 2) of the words in the picture against what is behind the picture.
CONTRAST = """
() => {
  const light = css => { const [r, g, b] = css.match(/[\\d.]+/g).map(Number);
    const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b); };
  const back = light(getComputedStyle(document.querySelector('.stApp')).backgroundColor);
  const words = [...document.querySelectorAll(
    '.js-plotly-plot :is(.xtick, .g-xtitle, .annotation) text')];
  return Math.min(...words.map(word => {
    const ink = light(getComputedStyle(word).fill);
    return (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05); }));
}
"""
# Left and right end of every panel as shares of the picture's width.
SPANS = """
() => { const layout = document.querySelector('.js-plotly-plot')?._fullLayout ?? {};
  return Object.keys(layout).filter(k => /^(xaxis|scene)\\d*$/.test(k)).map(k =>
    k.startsWith('scene') ? layout[k].domain.x : layout[k].domain); }
"""


def test_dark_and_the_server_stays_light(visit: Visit, server: Server) -> None:
    page = visit("/", theme="dark")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    wait_for_quiet(page)
    screenshot(page, "home-dark")
    for name, words in EXPERIMENTS.items():
        choose(page, name, words)
        assert page.evaluate(CONTRAST) >= 3, f"{name}: words in the picture are hard to read"
        screenshot(page, f"{name}-dark")
    loaded = {m.path for m in psutil.Process(server.process.pid).memory_maps()}
    assert [path for path in loaded if any(part in path for part in HEAVY)] == []


def test_at_390_pixels(visit: Visit) -> None:
    page = visit("/", width=390, height=844)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    wait_for_quiet(page)
    assert max(page.evaluate(OVER)) <= 0
    screenshot(page, "home-390")
    for name, words in EXPERIMENTS.items():
        choose(page, name, words)
        assert max(page.evaluate(OVER)) <= 0, f"{name} scrolls sideways"
        expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
        assert all(low < 0.2 and high > 0.8 for low, high in page.evaluate(SPANS)), name
        screenshot(page, f"{name}-390")
    page.get_by_test_id("stExpandSidebarButton").click()
    seen = [f for f, c in get(name).settings.controls().items() if not isinstance(c, Model)]
    first = seen[0]  # the field of a model is a text that is not seen
    expect(lesson.field_of(page, name, first)).to_be_in_viewport()
    screenshot(page, "sidebar-390")


def choose(page: Page, name: str, words: str) -> None:
    """Show an experiment by the control at the head of the page."""
    topic, place = name.partition(".")[0], f'[class*="st-key-{name.replace(".", "-")}'
    if f"/{topic}" not in page.url:
        page.goto(f"/{topic}")
    step = lesson.keyed(page, topic, "see").get_by_role("radio", name=words)
    step.wait_for(timeout=20_000)
    step.click()
    drawn = page.locator(f'{place}-chart"] .main-svg, {place}-stage"] canvas')
    drawn.first.wait_for(timeout=30_000)
    wait_for_quiet(page)
