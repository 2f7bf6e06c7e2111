"""Light, dark and 390 pixels wide: what fits, what can be read, and pictures to look at."""

from __future__ import annotations

import re
import tomllib
from typing import Literal

import psutil
from playwright.sync_api import Page, expect

from core.catalog import get
from core.controls import Model
from core.ui.lessons import LESSONS
from tests.e2e import lesson
from tests.e2e.app import ROOT, Server, screenshot, wait_for_quiet
from tests.e2e.conftest import Visit

EXPERIMENTS = {name: words for one in LESSONS for name, words in one.experiments.items()}
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
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


def test_both_themes_and_the_server_stays_light(visit: Visit, server: Server) -> None:
    """Each experiment in the dark, and again when the reader's system turns light."""
    page = visit("/", theme="dark")
    # A picture in the midst of its replay keeps its colours: nothing shall play by itself here.
    page.emulate_media(reduced_motion="reduce")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    wait_for_quiet(page)
    assert grounds(page) == tokens("dark")[:2]  # no sidebar here
    screenshot(page, "home-dark")
    page.add_init_script(NOTE)
    for name, words in EXPERIMENTS.items():
        page.evaluate("window.glass && (glass.painted.length = 0)")
        choose(page, name, words)
        assert grounds(page) == tokens("dark"), name
        assert hard_to_read(page) == [], f"{name}, dark"
        screenshot(page, f"{name}-dark")
        turn(page, "light")
        assert hard_to_read(page) == [], f"{name}, light"
        turn(page, "dark")
    loaded = {m.path for m in psutil.Process(server.process.pid).memory_maps()}
    assert [path for path in loaded if any(part in path for part in HEAVY)] == []


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
