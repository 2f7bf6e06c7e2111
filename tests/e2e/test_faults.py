"""What goes wrong is said, and costs nobody else their run."""

from __future__ import annotations

import time
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import lesson
from tests.e2e.app import Server, figure, wait_for_quiet, wait_for_run_end
from tests.e2e.conftest import Visit
from tests.e2e.lesson import NETWORK
from tests.e2e.test_sessions import LONG, start, watched

RACE = "optimizers.race"


@pytest.mark.alone
def test_a_killed_worker_is_told_and_harms_nobody_else(
    tab: Page, visit: Visit, server: Server
) -> None:
    other = visit(lesson.path(NETWORK, **lesson.LASTING, seed=3))
    start(other)
    tab.goto(LONG)
    start(tab)
    bystander, worker = lesson.at_work(server)
    killed = time.monotonic()
    worker.kill()
    tab.get_by_text("ended unexpectedly").wait_for(timeout=10_000)
    assert time.monotonic() - killed < 2
    assert lesson.step_drawn(tab) > 0, "the last frame should stay"
    expect(lesson.keyed(tab, NETWORK, "train")).to_be_visible()
    lesson.press(tab, NETWORK, "again")
    expect(lesson.keyed(tab, NETWORK, "stop")).to_be_visible()
    expect(tab.get_by_text("ended unexpectedly")).to_have_count(0)
    assert lesson.health(server)["running"] == 2 and bystander.is_running()
    lesson.press(tab, NETWORK, "stop")
    # Whoever closes the tab leaves no worker behind.
    closed = time.monotonic()
    other.close()
    psutil.wait_procs([bystander], timeout=35)
    assert not bystander.is_running() and time.monotonic() - closed < 30


# Presses the right arrow on the slider in focus, one key every so many ms, as a key that is held
# does: where the page is late, without a break. At every drawing it reads where the path of that
# name starts, which says of which setting the picture is. Returns the ms that it took.
HELD = """
([name, count, every]) => new Promise(done => {
  window.starts = [];
  const look = () => {
    const chart = document.querySelector('.js-plotly-plot');
    const path = chart && (chart.data || []).find(t => t.name === name && t.mode === 'lines');
    const full = path && chart._fullData && chart._fullData[chart.data.indexOf(path)];
    if (full && full.x && full.x.length && window.starts.at(-1) !== full.x[0])
      window.starts.push(full.x[0]);
    requestAnimationFrame(look);
  };
  look();
  const slider = document.activeElement, began = performance.now();
  const say = type => slider.dispatchEvent(new KeyboardEvent(type,
    {key: 'ArrowRight', code: 'ArrowRight', keyCode: 39, bubbles: true, cancelable: true}));
  let pressed = 0;
  const press = () => {
    say('keydown');
    say('keyup');
    pressed += 1;
    if (pressed === count) return done(performance.now() - began);
    setTimeout(press, began + pressed * every - performance.now());
  };
  press();
})
"""


@pytest.mark.alone
def test_a_hundred_slider_changes_as_fast_as_the_page_takes_them(tab: Page, server: Server) -> None:
    """The start goes from -1 to 0 in hundredths, and the path that is drawn starts there."""
    asked: list[str | bytes] = []
    tab.once("websocket", lambda socket: socket.on("framesent", lambda f: asked.append(f)))
    tab.goto(lesson.path(RACE, steps=40))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    lesson.thumb(tab, RACE, "start_x").focus()
    before = len(asked)
    with watched(server) as load:
        took = tab.evaluate(HELD, [path_name(tab), 100, 45])
        assert 4_400 < took <= 12_000  # one every 45 ms is asked for: docs/measured.md
        tab.wait_for_url("**start_x=0&**")
        wait_for_quiet(tab, 60)
    assert len(asked) - before > 20, "the server should have been asked all the way"
    assert load and max(one["running"] for one in load) <= 1
    assert max(one["queued"] for one in load) <= 1
    assert lesson.value(tab, RACE, "start_x") == 0
    starts = tab.evaluate("window.starts")
    assert starts == sorted(starts), "an older picture came after a newer one"
    assert (starts[0], starts[-1]) == (-1, 0)
    last, numbers = figure(tab), lesson.numbers(tab)
    tab.reload()
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert figure(tab) == last and lesson.numbers(tab) == numbers


def path_name(page: Page) -> str:
    """The name of the first racer's path."""
    paths = [t for t in figure(page) if t["mode"] == "lines" and t["name"]]
    return str(paths[0]["name"])


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        (RACE, {"rates": "same", "lr": 1e6}),
        (NETWORK, {"optimizer": "gradient-descent", "lr": 1e6, "activation": "relu"}),
    ],
)
def test_a_learning_rate_of_a_million(name: str, settings: dict[str, Any], tab: Page) -> None:
    tab.goto(lesson.path(name, steps=200, **settings))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    if name == NETWORK:
        lesson.press(tab, name, "train")
        wait_for_run_end(tab)
    said = tab.get_by_test_id("stAlert")
    expect(said).to_be_visible(timeout=15_000)
    assert "step" in said.inner_text() and "learning rate" in said.inner_text().lower()
    assert lesson.step_drawn(tab) < 200
    panels = len(lesson.panels(tab))
    lesson.press(tab, name, "fix")
    wait_for_run_end(tab)
    expect(tab.get_by_test_id("stAlert")).to_have_count(0)
    assert len(lesson.panels(tab)) == 2 * panels
    expect(tab.get_by_text("Pinned below.")).to_contain_text("learning rate")
    expect(tab.get_by_test_id("stException")).to_have_count(0)


WRONG = {
    "__import__('os')": "no place in a formula",
    "9**9**9": "exponent",
    "(" * 60 + "x" + ")" * 60: "nested",
    "1/(x-x)": "not a finite number",
}


@pytest.mark.alone
def test_typed_surfaces_that_make_no_sense(tab: Page) -> None:
    tab.goto(lesson.path(RACE, surface="formula", formula="x^2 + y^2", steps=40))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    right, said = figure(tab), tab.get_by_test_id("stAlert")
    box = lesson.control(tab, RACE, "formula").locator("input")
    for text, sentence in WRONG.items():
        box.fill(text)
        pressed = time.monotonic()
        box.press("Enter")
        expect(said).to_contain_text(sentence)
        assert time.monotonic() - pressed < 1
        assert len(said.inner_text()) < 200
        wait_for_quiet(tab)
        assert figure(tab) == right, f"{text}: the picture of before should stay"
        box.fill("x^2 + y^2")
        box.press("Enter")
        expect(said).to_have_count(0)
