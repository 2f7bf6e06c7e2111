"""Autoencoders by hand: train, click the plane, walk, paint over, scrub through beta."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.catalog import get
from core.experiment import Frame
from core.plot.sheets import sheet
from core.vae.beta_layout import NAMES
from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_quiet, wait_for_run_end

PLANE, IMAGES, BETA, USES = (f"vae.{name}" for name in ("plane", "images", "beta", "uses"))
# Where on the page the point with that customdata lies.
SPOT = """
known => {
  const chart = document.querySelector('.js-plotly-plot'), box = chart.getBoundingClientRect();
  for (const trace of chart._fullData) {
    const n = [...(trace.customdata ?? [])].findIndex(one => [one].flat()[0] === known);
    if (n < 0 || trace.type !== 'scatter') continue;
    const axis = name => chart._fullLayout[trace[name].replace(/^./, c => c + 'axis')];
    const [x, y] = [axis('xaxis'), axis('yaxis')];
    return [box.left + x._offset + x.d2p(trace.x[n]), box.top + y._offset + y.d2p(trace.y[n])];
  }
}
"""
SCRUB = """
n => { const steps = document.querySelectorAll('.js-plotly-plot .slider-labels .slider-label');
  const box = steps[n].getBoundingClientRect();
  return [box.left + box.width / 2, box.top]; }
"""


def run(name: str, **settings: Any) -> list[Frame]:
    """What Python computes for the same settings."""
    experiment = get(name)
    return list(experiment.frames(experiment.settings(**settings)))


def opened(page: Page, name: str, **settings: Any) -> None:
    page.goto(lesson.path(name, **settings))
    lesson.wait_for_picture(page)
    wait_for_quiet(page)


def asked(page: Page, field: str) -> str:
    """What the address says of a field, empty where it says nothing."""
    return parse_qs(urlsplit(page.url).query).get(field, [""])[0]


def stage(page: Page) -> Locator:
    """The canvas that answers to the hand."""
    return page.locator('[class*="-stage"] canvas[aria-valuetext]')


def shown(page: Page) -> Any:
    return json.loads(stage(page).get_attribute("data-shown") or "")


def view(page: Page, name: str, title: str) -> None:
    lesson.keyed(page, name, "view").get_by_text(title, exact=True).click()
    lesson.wait_for_picture(page)
    wait_for_quiet(page)


def click(page: Page, known: int) -> None:
    """Click the point of the picture with that customdata."""
    page.locator(".js-plotly-plot").scroll_into_view_if_needed()
    page.mouse.click(*page.evaluate(SPOT, known))
    wait_for_run_end(page)


def sheets(page: Page) -> list[np.ndarray]:
    """The heat maps in the picture."""
    return [np.array(trace["z"]) for trace in figure(page) if trace["type"] == "heatmap"]


def words(page: Page) -> str:
    return " ".join(str(text) for trace in figure(page) for text in trace.get("text") or [])


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """On the page, a place of the map: from 40 to 10 before its end, from 4 downwards."""
    box = stage(page).bounding_box()
    assert box is not None
    unit = (box["width"] - 50) / 6
    return box["x"] + 40 + (x + 3) * unit, box["y"] + 4 + (3 - y) * unit


def test_the_plane_answers_to_a_move_and_decodes_where_it_is_clicked(tab: Page) -> None:
    """A move is the browser's own affair; a click is decoded exactly, as Python decodes it."""
    opened(tab, PLANE)
    expect(stage(tab)).to_have_attribute("data-shown", re.compile('"ready":true'))
    before = tab.url
    tab.mouse.move(*place(tab, -1.2, 0.4))
    there = shown(tab)
    assert not there["exact"]
    assert there["at"] == pytest.approx([-1.2, 0.4], abs=0.02)
    assert tab.url == before
    tab.mouse.click(*place(tab, 0.6, -1.1))
    tab.mouse.move(5, 5)
    expect(stage(tab)).to_have_attribute("data-shown", re.compile('"exact":true'), timeout=20_000)
    wait_for_quiet(tab)
    x, y = (float(asked(tab, f"{PLANE}.{name}")) for name in "xy")
    assert (x, y) == pytest.approx((0.6, -1.1), abs=0.02)
    (frame,) = run(PLANE, x=x, y=y)
    assert shown(tab)["shares"] == pytest.approx(frame.arrays()["here_says"] / 255, abs=0.01)


def test_two_chosen_images_are_the_ends_of_the_walk(tab: Page) -> None:
    """Straight and on the arc: the picture is what Python walks between the two clicked ones."""
    opened(tab, PLANE)
    view(tab, PLANE, "Walk")
    click(tab, 14)
    click(tab, 30 + 21)
    assert [asked(tab, f"{PLANE}.{end}") for end in ("start", "end")] == ["14", "21"]
    (frame,) = run(PLANE, start=14, end=21)
    walk = frame.arrays()["walk"]
    assert (sheets(tab)[0] == sheet(walk, 10)).all()
    ends = walk.reshape(3, 10, 28, 28)[:2, [0, -1]].astype(int)
    assert np.abs(ends[0] - ends[1]).max() <= 1  # both ways lead from the one to the other
    assert np.abs(ends[0, 0] - ends[0, 1]).max() > 100


def test_a_vae_is_trained_and_its_plane_walked(tab: Page) -> None:
    """Small digits, few steps; then the button takes this very model to the plane."""
    opened(tab, IMAGES, data="digits", steps=150, width=32, seed=3)
    lesson.press(tab, IMAGES, "train")
    expect(tab.get_by_test_id("stProgress")).to_contain_text("of 150", timeout=20_000)
    wait_for_run_end(tab, 90)
    last = run(IMAGES, data="digits", steps=150, width=32, seed=3)[-1].metrics
    for title, name in {"ELBO": "elbo", "Reconstruction": "reconstruction", "KL": "kl"}.items():
        assert number(tab, title) == pytest.approx(last[name], rel=1e-3), name
    walk = tab.get_by_test_id("stMain").get_by_role("button", name="Walk this latent plane")
    walk.click()
    expect(lesson.keyed(tab, "vae", "see").locator('[aria-checked="true"]')).to_have_text("1 Look")
    wait_for_run_end(tab, 60)
    assert re.fullmatch("[0-9a-f]{64}", asked(tab, f"{PLANE}.model"))
    expect(stage(tab)).to_have_attribute("data-shown", re.compile('"ready":true'))


def number(page: Page, name: str) -> float:
    """A number of the table under the picture."""
    row = page.locator(".numbers tr", has=page.get_by_role("rowheader", name=name, exact=True))
    return float(row.locator(".value").first.inner_text().replace(",", ""))


def test_what_is_painted_over_is_filled_in_anew(tab: Page) -> None:
    """Eight completions of the left half; of what a stroke covers, others, as Python has them."""
    opened(tab, USES)
    before = shown(tab)
    assert len(before) == 8
    tab.get_by_role("button", name="Clear the paint").click()
    wait_for_run_end(tab)
    box = stage(tab).bounding_box()
    assert box is not None
    side = min(300, box["width"] * 0.3)
    left, top = box["x"], box["y"] + 24
    tab.mouse.move(left + 0.2 * side, top + 0.3 * side)
    tab.mouse.down()
    tab.mouse.move(left + 0.8 * side, top + 0.3 * side, steps=6)
    tab.mouse.move(left + 0.8 * side, top + 0.5 * side, steps=4)
    tab.mouse.up()
    wait_for_run_end(tab)
    assert asked(tab, f"{USES}.mask") == "What you paint"
    painted = asked(tab, f"{USES}.painted")
    (frame,) = run(USES, mask="hand", painted=painted)
    hidden = frame.arrays()["hidden"]
    assert 0.05 < hidden.mean() < 0.4
    reads = ", ".join(shown(tab))
    assert stage(tab).get_attribute("aria-valuetext") == f"Eight completions, read as {reads}."
    fills = frame.arrays()["filled"]
    assert len(np.unique(fills[:8].reshape(8, -1), axis=0)) > 1  # not one answer, but several


def test_the_nine_replay_by_themselves_and_are_scrubbed(tab: Page) -> None:
    """From the garbage at 0 to the one average at 10; each stop is the picture of its model."""
    opened(tab, BETA)
    frames = run(BETA)
    lesson.wait_until(lambda: "β = 10<" in words(tab), 30, "the end of the replay")
    for number_ in (0, 4, 8):
        tab.mouse.click(*tab.evaluate(SCRUB, number_))
        told = f"β = {NAMES[number_]}</b>, oddness "
        lesson.wait_until(lambda told=told: told in words(tab), 10, told)
        large = sheet(frames[number_].arrays()["here"][None], 1)
        assert (sheets(tab)[0] == large).all()
        assert len(np.unique(sheets(tab)[2])) > 10


def test_a_click_in_the_map_moves_the_mark_in_all_nine(tab: Page) -> None:
    opened(tab, BETA)
    lesson.keyed(tab, BETA, "replay").locator("label").click()  # a replay hears no clicks
    wait_for_quiet(tab)
    click(tab, 30 * 20 + 10)
    assert asked(tab, f"{BETA}.where") == "My own"
    at = {name: float(asked(tab, f"{BETA}.{name}")) for name in "xy"}
    assert at == pytest.approx({"x": -0.9, "y": 1.1})
    frames = run(BETA, where="own", **at)
    strip = sheet(np.stack([frame.arrays()["here"] for frame in frames]), 9)
    assert (sheets(tab)[1] == strip).all()
