"""The GAN lesson by hand: a replay by itself, layers, training, pause and step, a preset's link."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from core import framefile
from core.catalog import get
from core.gan.plane_figures import LAYERS
from core.ui.runs import SHIPPED
from tests.e2e import lesson
from tests.e2e.app import Server, figure, wait_for_change, wait_for_quiet, wait_for_run_end

PLANE = "gan.plane"
STEP = re.compile(r"step ([\d,]+): (\d+) of 8 modes")
# From before the page's first script on: each step of the replay that was on show.
WATCH = """
window.shown = [];
const look = () => {
  const at = document.querySelector('.js-plotly-plot')?._fullLayout?.sliders?.[0]?.active;
  if (at !== undefined && at !== window.shown.at(-1)) window.shown.push(at);
  requestAnimationFrame(look);
};
look();
"""
COUNT = "document.querySelector('.js-plotly-plot').layout.sliders[0].steps.length"
PLAYED = f"() => new Set(window.shown).size > 4 && window.shown.at(-1) === {COUNT} - 1"


def stored() -> list[Any]:
    """The frames of the run that ships."""
    return framefile.unpack(str(SHIPPED / f"{PLANE}.npz"), get(PLANE).frame)


def heat(page: Page) -> list[Any]:
    """The heat map of what the discriminator says, empty where it is off."""
    (found,) = [trace for trace in figure(page) if trace["name"] == "what D says"]
    return found.get("z") or []


def named(page: Page, name: str) -> list[dict[str, Any]]:
    return [trace for trace in figure(page) if trace["name"] == name]


def told(page: Page) -> tuple[int, int]:
    """The step and the number of modes that stand in the picture."""
    text = " ".join(word for trace in figure(page) for word in trace.get("text") or [])
    found = STEP.search(text)
    assert found, text
    return int(found[1].replace(",", "")), int(found[2])


def test_the_stored_run_replays_once_by_itself(tab: Page) -> None:
    """It begins at step 0 and stops at the end; a later rerun does not start it again."""
    frames = stored()
    tab.add_init_script(WATCH)
    tab.goto("/gan")
    lesson.wait_for_picture(tab)
    tab.wait_for_function(PLAYED, timeout=60_000)
    seen: list[int] = tab.evaluate("window.shown")
    assert min(seen) <= 2, seen
    seen = seen[seen.index(min(seen)) :]
    assert seen == sorted(seen), "once through, in order"
    wait_for_quiet(tab)
    assert told(tab) == (frames[-1].step, int(frames[-1].metrics["modes"]))
    fakes = named(tab, "fake points")[0]
    assert fakes["x"] == frames[-1].fake[:, 0].astype(float).tolist()
    switch(tab)
    tab.wait_for_timeout(500)
    assert tab.evaluate("window.shown").count(seen[0]) == 1, "once, and not at every rerun"


def switch(page: Page) -> None:
    """Turn the heat map off, or on again."""
    page.get_by_test_id("stMain").get_by_text("What D says", exact=True).click()
    wait_for_quiet(page)


def test_with_less_motion_it_stands_still(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto("/gan")
        lesson.wait_for_picture(page)
        wait_for_quiet(page)
        page.wait_for_timeout(1500)
        assert len(set(page.evaluate("window.shown"))) <= 1
        assert told(page)[0] == stored()[-1].step
    finally:
        context.close()


def test_layers_are_switched_without_a_new_run(tab: Page, server: Server) -> None:
    tab.goto(lesson.path(PLANE, **get(PLANE).quick))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    before, runs = heat(tab), lesson.health(server)["running"]
    assert len(before) == 60
    switch(tab)
    assert heat(tab) == []
    switch(tab)
    assert heat(tab) == before
    tab.get_by_role("button", name="Layers").click()
    body = tab.get_by_test_id("stPopoverBody")
    for words in list(LAYERS.values())[1:]:
        expect(body.get_by_text(words, exact=True)).to_be_visible()
    assert not named(tab, "pull on the fakes")[0].get("x")
    body.get_by_text("Pull on fakes", exact=True).click()
    wait_for_quiet(tab)
    assert len(named(tab, "pull on the fakes")[0]["x"]) == 3 * 48
    assert lesson.health(server)["running"] == runs


def test_a_game_is_trained_to_its_end_and_the_question_answered(tab: Page) -> None:
    """A preset's link opens it; after the run its answer is told with this run's numbers."""
    experiment = get(PLANE)
    preset = experiment.preset("circling")
    tab.goto(f"/gan?preset={preset.id}&gan.see=plane")
    lesson.wait_for_picture(tab)
    expect(tab.get_by_text(preset.question)).to_be_visible()
    wait_for_quiet(tab)
    tab.get_by_text(preset.options[preset.expected], exact=True).click()
    wait_for_quiet(tab)
    lesson.press(tab, PLANE, "train")
    expect(tab.get_by_test_id("stProgress")).to_contain_text("of 500", timeout=20_000)
    wait_for_run_end(tab, 90)
    step, modes = told(tab)
    assert step == 500 and preset.outcome({"modes": float(modes)}) == preset.expected
    expect(tab.get_by_text(f"{modes} of 8 islands. In the last steps")).to_be_visible()
    row = tab.locator(".numbers tr", has=tab.get_by_role("rowheader", name="Modes", exact=True))
    assert float(row.locator(".value").first.inner_text()) == modes


def test_pause_and_step_show_one_frame_more(tab: Page, server: Server) -> None:
    tab.goto(lesson.path(PLANE, seed=5))
    lesson.wait_for_picture(tab)
    lesson.slow_down(tab, PLANE)
    lesson.press(tab, PLANE, "train")
    expect(tab.get_by_test_id("stProgress")).to_contain_text("steps/s", timeout=20_000)
    lesson.press(tab, PLANE, "pause")
    expect(tab.get_by_test_id("stProgress")).to_contain_text("paused")
    steps = [frame.step for frame in stored()]
    before = figure(tab)
    at = steps.index(told(tab)[0])
    lesson.press(tab, PLANE, "step")
    wait_for_change(tab, before)
    assert told(tab)[0] == steps[at + 1]
    lesson.press(tab, PLANE, "stop")
    lesson.wait_until_idle(server, 10)
