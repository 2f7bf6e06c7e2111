"""Every experiment's first screen, light, dark and 390 pixels wide: what fits, what can be read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Literal

import psutil
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from core.catalog import get
from core.controls import Model
from core.ui.lessons import LESSONS
from tests.e2e import lesson
from tests.e2e.app import ROOT, Console, Server, screenshot, wait_for_quiet
from tests.e2e.conftest import WIDE, Visit, lent
from tests.e2e.screen import first_screen

EXPERIMENTS = [name for one in LESSONS for name in one.experiments]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
NARROW = ViewportSize(width=390, height=844)
FEWEST = 2  # words that a picture has at least
HEAVY = ("libtorch", "/torch/", "/sklearn/", "/scipy/", "/pymc/")

OVER = """
() => [document.scrollingElement, document.querySelector('[data-testid="stMain"]')]
  .map(e => e.scrollWidth - e.clientWidth)
"""
# Contrast (WCAG 2) of the words in the picture: those of Plotly against the page behind them, those
# of our canvases against the very pixel under their middle. [[words, contrast], ...]
CONTRAST = """
() => {
  const back = glass.light(glass.page());
  const words = [...document.querySelectorAll(
    '.js-plotly-plot :is(.xtick, .ytick, .g-xtitle, .g-ytitle, .annotation, .legend) text')];
  return [...words.map(one => [one.textContent,
    glass.ratio(glass.light(glass.rgb(getComputedStyle(one).fill)), back)]),
    ...glass.painted];
}
"""
# Before the page's own scripts: every word that a canvas paints is noted with its contrast.
NOTE = """
window.glass = {
  painted: [],
  rgb: css => { const [r, g, b, a = 1] = css.startsWith('#')
      ? [1, 3, 5].map(i => parseInt(css.slice(i, i + 2), 16)) : css.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a]; },
  page: () => glass.rgb(getComputedStyle(document.querySelector('.stApp')).backgroundColor),
  over: ([r, g, b, a], under) => [r, g, b].map((v, i) => v * a + under[i] * (1 - a)),
  light: ([r, g, b]) => { const part = v =>
      (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b); },
  ratio: (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05),
};
const paint = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (words, x, y, ...more) {
  const box = this.measureText(words);
  const middle = new DOMPoint(x + (box.actualBoundingBoxRight - box.actualBoundingBoxLeft) / 2,
    y + (box.actualBoundingBoxDescent - box.actualBoundingBoxAscent) / 2);
  const at = middle.matrixTransform(this.getTransform());
  if (String(words).trim() && at.x >= 0 && at.y >= 0 &&
      at.x < this.canvas.width && at.y < this.canvas.height) {
    const [r, g, b, a] = this.getImageData(Math.round(at.x), Math.round(at.y), 1, 1).data;
    const ground = glass.over([r, g, b, a / 255], glass.page());
    const ink = glass.rgb(this.fillStyle);
    ink[3] *= this.globalAlpha;
    glass.painted.push(
      [String(words), glass.ratio(glass.light(glass.over(ink, ground)), glass.light(ground))]);
  }
  return paint.call(this, words, x, y, ...more);
};
"""
# Left and right end of every panel as shares of the picture's width.
SPANS = """
() => { const layout = document.querySelector('.js-plotly-plot')?._fullLayout ?? {};
  return Object.keys(layout).filter(k => /^(xaxis|scene)\\d*$/.test(k)).map(k =>
    k.startsWith('scene') ? layout[k].domain.x : layout[k].domain); }
"""


@pytest.fixture(scope="module")
def _looked_at(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(NOTE)
    yield page
    context.close()


@pytest.fixture
def looked_at(_looked_at: Page, console: Console) -> Iterator[Page]:
    """A page that notes what canvases paint, and where nothing plays by itself.

    (A picture in the midst of its replay keeps its colours.)
    """
    with lent(_looked_at, console):
        yield _looked_at


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment(name: str, looked_at: Page) -> None:
    """Its first screen as the lesson's control shows it; light, dark and 390 pixels wide."""
    page = looked_at
    topic, _, short = name.partition(".")
    page.goto(f"/{topic}?{topic}.see={short}")
    wait_until_drawn(page, name)
    first_screen(page, name)
    assert grounds(page) == tokens("light")
    assert hard_to_read(page) == [], "light"
    screenshot(page, f"{name}-light")
    turn(page, "dark")
    assert hard_to_read(page) == [], "dark"
    screenshot(page, f"{name}-dark")
    page.set_viewport_size(NARROW)
    # The page tells its width a moment later, and the picture is drawn anew.
    lesson.wait_until(lambda: wide(page), 10, "panels as wide as the window")
    wait_for_quiet(page)
    assert max(page.evaluate(OVER)) <= 0, "it scrolls sideways"
    assert wide(page)
    screenshot(page, f"{name}-390")


def test_the_server_stays_light(looked_at: Page, server: Server) -> None:
    """Torch, scikit-learn and their like are not in the server that has shown a page a topic."""
    for one in LESSONS:
        looked_at.goto(f"/{one.topic}")
        lesson.wait_for_picture(looked_at)
        wait_for_quiet(looked_at)
    loaded = {m.path for m in psutil.Process(server.process.pid).memory_maps()}
    assert [path for path in loaded if any(part in path for part in HEAVY)] == []


def test_home_in_the_dark(visit: Visit) -> None:
    page = visit("/", theme="dark")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    wait_for_quiet(page)
    assert grounds(page) == tokens("dark")[:2]  # no sidebar here
    screenshot(page, "home-dark")


def turn(page: Page, theme: Literal["light", "dark"]) -> None:
    """Have the reader's system ask for the other theme, and wait until the page has it."""
    page.evaluate("glass.painted.length = 0")
    page.emulate_media(color_scheme=theme)
    lesson.wait_until(lambda: grounds(page) == tokens(theme), 5, f"the {theme} theme")
    wait_for_quiet(page)


def grounds(page: Page) -> list[str]:
    """The colours of the page, of the sidebar and of the text, as "#rrggbb"."""
    script = """() => { const css = where => getComputedStyle(document.querySelector(where));
        return [css('.stApp').backgroundColor, css('.stApp').color,
          ...[...document.querySelectorAll('[data-testid="stSidebar"]')]
            .map(one => getComputedStyle(one).backgroundColor)]; }"""
    found: list[str] = page.evaluate(script)
    return ["#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", one)) for one in found]


def tokens(theme: str) -> list[str]:
    """The same by .streamlit/config.toml."""
    one = CONFIG["theme"][theme]
    return [one["backgroundColor"], one["textColor"], one["sidebar"]["backgroundColor"]]


def hard_to_read(page: Page) -> list[tuple[str, float]]:
    """The words in the picture with a contrast under 3 to 1; there must be words."""
    words = page.evaluate(CONTRAST)
    assert len(words) >= FEWEST, f"{len(words)} words were looked at"
    return sorted({(text, round(ratio, 2)) for text, ratio in words if ratio < 3})


def test_a_visit_at_390_pixels(visit: Visit) -> None:
    """Home, then each lesson's last experiment by the control at its head, the sidebar folded."""
    page = visit("/", width=NARROW["width"], height=NARROW["height"])
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    wait_for_quiet(page)
    assert max(page.evaluate(OVER)) <= 0
    screenshot(page, "home-390")
    for one in LESSONS:
        name, words = list(one.experiments.items())[-1]
        choose(page, name, words)
        assert max(page.evaluate(OVER)) <= 0, f"{name} scrolls sideways"
        expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
        assert wide(page), name
    page.get_by_test_id("stExpandSidebarButton").click()
    seen = [f for f, c in get(name).settings.controls().items() if not isinstance(c, Model)]
    expect(lesson.field_of(page, name, seen[0])).to_be_in_viewport()
    screenshot(page, "sidebar-390")


def wide(page: Page) -> bool:
    """Whether every panel of the picture takes up most of its width."""
    return all(low < 0.2 and high > 0.8 for low, high in page.evaluate(SPANS))


def choose(page: Page, name: str, words: str) -> None:
    """Show an experiment by the control at the head of its lesson."""
    topic = name.partition(".")[0]
    page.goto(f"/{topic}")
    step = lesson.keyed(page, topic, "see").get_by_role("radio", name=words)
    step.wait_for(timeout=20_000)
    step.click()
    wait_until_drawn(page, name)


def wait_until_drawn(page: Page, name: str) -> None:
    """Return when the picture of this very experiment is there and the page is quiet."""
    place = f'[class*="st-key-{name.replace(".", "-")}'
    drawn = page.locator(f'{place}-chart"] .main-svg, {place}-stage"] canvas')
    drawn.first.wait_for(timeout=30_000)
    lesson.wait_for_picture(page)
    wait_for_quiet(page)
