"""The U-Net opened by hand: click a block, switch skips off, see the samples and the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from core.catalog import get
from core.diffusion.opened import Frame
from core.diffusion.opened_layout import blocks_of, maps_of, spec_of
from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_quiet, wait_for_run_end

NAME = "diffusion.unet"
# Where on the page the block of that name lies.
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


def run(**settings: Any) -> list[Any]:
    """What Python computes for the same settings."""
    return list(get(NAME).frames(get(NAME).settings(**settings)))


def opened(page: Page, **settings: Any) -> None:
    page.goto(lesson.path(NAME, steps=5, **settings))
    lesson.wait_for_picture(page)
    wait_for_quiet(page)


def sheets(page: Page) -> list[np.ndarray]:
    """The heat maps in the picture."""
    return [np.array(trace["z"]) for trace in figure(page) if trace["type"] == "heatmap"]


def test_a_click_on_a_block_shows_all_its_maps(tab: Page) -> None:
    opened(tab)
    assert lesson.panels(tab)[1].startswith("Down, finest: 8 maps of 28×28")
    tab.locator(".js-plotly-plot").scroll_into_view_if_needed()
    tab.mouse.click(*tab.evaluate(SPOT, "bottleneck"))
    wait_for_run_end(tab)
    assert lesson.panels(tab)[1].startswith("Bottleneck: 64 maps of 7×7")
    frame: Frame = run(steps=5)[0]
    block = next(one for one in blocks_of(spec_of(frame)) if one.name == "middle")
    maps, step = maps_of(frame, block), block.side + 1
    last = sheets(tab)[-1]
    assert all((last[7 * step :, 7 * step :] == maps[63]).ravel())
    assert all((last[: block.side, step : step + block.side] == maps[1]).ravel())


def test_skips_are_switched_off_in_network_samples_and_loss(tab: Page) -> None:
    """The copies carry nothing; the walls and the losses are those that Python computes."""
    opened(tab, skips="All off")
    words = [text for trace in figure(tab) for text in trace.get("text") or []]
    assert words.count("off") == 2 and "skip: off" in words
    lesson.keyed(tab, NAME, "view").get_by_text("Skips off", exact=True).click()
    wait_for_quiet(tab)
    *_, frame = run(steps=5, skips="all-off")
    bars = next(trace for trace in figure(tab) if trace["type"] == "bar")
    np.testing.assert_allclose(bars["x"], frame.losses.mean(1), rtol=1e-4)
    on, off = sheets(tab)
    assert on.shape == off.shape and (on != off).mean() > 0.2
    assert (off[:28, :28] == frame.walls[1, 0].astype(int) * 254 // 255).all()
    expect(tab.locator(".js-plotly-plot")).to_be_visible()
