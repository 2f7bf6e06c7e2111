"""A noisy point on its page, guidance, and a diagram that leads to other pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.catalog import get
from tests.e2e import lesson
from tests.e2e.app import wait_for_quiet, wait_for_run_end

FORWARD, GUESS, GUIDED, PIPELINE = (
    f"diffusion.{name}" for name in ("forward", "guess", "guided", "pipeline")
)
# Where on the page a square over that box lies.
SPOT = """
known => {
  const chart = document.querySelector('.js-plotly-plot'), box = chart.getBoundingClientRect();
  const trace = chart._fullData.find(one => one.name === 'boxes');
  const n = [...trace.customdata].findIndex(one => [one].flat()[0] === known) + 7;
  const { xaxis, yaxis } = chart._fullLayout;
  return [box.left + xaxis._offset + xaxis.d2p(trace.x[n]),
          box.top + yaxis._offset + yaxis.d2p(trace.y[n])];
}
"""


def opened(page: Page, name: str, *more: tuple[str, str], **settings: Any) -> None:
    page.goto(lesson.path(name, *more, **settings))
    lesson.wait_for_picture(page)
    wait_for_quiet(page)


def number(page: Page, name: str) -> float:
    """A number of the table under the picture."""
    row = page.locator(".numbers tr", has=page.get_by_role("rowheader", name=name, exact=True))
    return float(row.locator(".value").first.inner_text().replace(",", ""))


def test_the_noise_is_slid_and_the_numbers_follow(tab: Page) -> None:
    """By its keys, on the stage itself; then the table has what Python says of that time."""
    opened(tab, GUESS)
    slider = tab.locator('[class*="-stage"]').get_by_role("slider", name="Time t")
    slider.focus()
    for _ in range(4):
        slider.press("ArrowLeft")
    canvas = tab.get_by_role("slider", name="Drag the noisy point")
    expect(canvas).to_have_attribute("aria-valuetext", re.compile("t 400"))
    tab.wait_for_url(re.compile(r"diffusion\.guess\.t=400"))
    wait_for_run_end(tab)
    (frame,) = get(GUESS).frames(get(GUESS).settings(t=400))
    for name, metric in {"Candidates": "candidates", "Digits": "digits"}.items():
        assert number(tab, name) == pytest.approx(frame.metrics[metric], rel=1e-3)


def test_a_question_about_guidance_is_answered_in_its_runs_numbers(tab: Page) -> None:
    """Another seed, another run: the answer has that run's own spread."""
    opened(tab, GUIDED, ("preset", "bells"), seed=7)
    tab.get_by_text("A quarter", exact=True).click()
    *_, last = get(GUIDED).frames(get(GUIDED).settings(target="bells", scale=3.0, seed=7))
    told = f"{last.metrics['spread']:.3f} times as wide; the closed form says 0.250"
    expect(tab.get_by_text(told)).to_be_visible(timeout=20_000)
    expect(tab.get_by_text("You guessed it.")).to_be_visible()


def test_a_box_of_the_diagram_is_clicked_and_its_page_opened(tab: Page) -> None:
    """The decoder leads to another lesson, and the address is that page's own."""
    opened(tab, PIPELINE)
    tab.mouse.click(*tab.evaluate(SPOT, "vae-decoder"))
    tab.wait_for_url(re.compile(r"diffusion\.pipeline\.part=VAE"))
    wait_for_run_end(tab)
    tab.get_by_role("button", name="Decode a place on a map").click()
    tab.wait_for_url(re.compile(r"/vae$"))  # its first experiment, as it is at first
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    expect(tab.get_by_role("heading", name="Autoencoders")).to_be_visible()
    chosen = lesson.keyed(tab, "vae", "see").locator('[aria-checked="true"]')
    expect(chosen).to_have_text("1 Look")


def test_the_way_back_is_a_button_away(tab: Page) -> None:
    """From the ring in noise to the samplers of the network that was trained on the ring."""
    opened(tab, FORWARD, ("preset", "ten"))
    tab.get_by_role("button", name="Now run it backwards").click()
    tab.wait_for_url(re.compile(r"diffusion\.sample\.model=diffusion-ring"))
    chosen = lesson.keyed(tab, "diffusion", "see").locator('[aria-checked="true"]')
    expect(chosen).to_have_text("4 Sample")
    wait_for_run_end(tab)
    lesson.wait_for_picture(tab)
