"""The player in a browser: train, watch, stop, pause, scrub and play, zoom."""

from __future__ import annotations

import re
import statistics
import threading
import time
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.e2e import lesson
from tests.e2e.app import Server, figure, wait_for_change, wait_for_quiet, wait_for_run_end
from tests.e2e.lesson import NETWORK

LONG = lesson.path(NETWORK, **lesson.LASTING)
SPEED = re.compile(r"step ([\d,]+) of ([\d,]+), ([\d,]+) steps/s(?:, ([\d,]+) s left)?")

# Press one button and say when, in milliseconds since the epoch, the other one is there.
PRESS_AND_WAIT = """
([pressed, awaited]) => new Promise(done => {
  const since = Date.now();
  const look = () => document.querySelector(awaited)
    ? done([since, Date.now()]) : setTimeout(look, 5);
  document.querySelector(pressed).click();
  look();
})
"""
PANEL = ".x2y2 .nsewdrag, .nsewdrag[data-subplot=x2y2]"  # the second panel
RANGE = "() => [...document.querySelector('.js-plotly-plot')?._fullLayout?.xaxis2?.range ?? []]"
REPLAY = "() => document.querySelector('.js-plotly-plot')?.layout?.sliders?.length"
SCRUB_STATE = """
() => { const chart = document.querySelector('.js-plotly-plot');
        return [chart._fullLayout.sliders[0].active, chart.layout.sliders[0].steps.length]; }
"""


def begin(page: Page, path: str = LONG, slowly: bool = False) -> None:
    """Open a training and start it."""
    page.goto(path)
    lesson.wait_for_picture(page)
    if slowly:
        lesson.slow_down(page, NETWORK)
    start(page)


def start(page: Page) -> None:
    """Start a training and wait until its speed is told."""
    lesson.press(page, NETWORK, "train")
    expect(page.get_by_test_id("stProgress")).to_contain_text("steps/s", timeout=20_000)


def test_a_training_is_seen_on_its_way_and_ends(tab: Page) -> None:
    begin(tab, LONG)
    steps: list[int] = []
    drawn: list[int] = []
    left: list[tuple[int, float]] = []
    end = time.monotonic() + 60
    while time.monotonic() < end and not lesson.keyed(tab, NETWORK, "train").is_visible():
        if found := SPEED.search(lesson.progress(tab)):
            step, total, speed, time_left = (
                int((part or "-1").replace(",", "")) for part in found.groups()
            )
            assert total == 20_000 and speed > 0
            steps.append(step)
            left += [(time_left, (total - step) / speed)] if time_left >= 0 else []
            drawn.append(lesson.step_drawn(tab))
        tab.wait_for_timeout(100)
    assert len(set(steps)) >= 2 and steps == sorted(steps), steps
    assert len(set(drawn)) >= 2 and drawn == sorted(drawn), drawn
    # The steps that are left, at that speed: told to a second, of two looks at a run that goes on.
    assert left and all(abs(told - so) <= 1.5 + 0.3 * so for told, so in left), left
    wait_for_run_end(tab)
    expect(lesson.keyed(tab, NETWORK, "train")).to_contain_text("again")
    assert lesson.step_drawn(tab) == 20_000


@pytest.mark.alone
def test_stop_ends_worker_and_page_within_half_a_second(tab: Page, server: Server) -> None:
    begin(tab)
    tries = [stop(tab, server)]
    for _ in range(2):
        start(tab)
        tries.append(stop(tab, server))
    typical = statistics.median(max(one) for one in tries)
    assert typical < 0.5, f"worker and page stopped after these seconds: {tries}"


def stop(page: Page, server: Server) -> tuple[float, float]:
    """Seconds from the click until the worker is gone, and until the page says so."""
    (worker,), ended = lesson.at_work(server), []

    def watch() -> None:
        psutil.wait_procs([worker], timeout=10)
        ended.append(time.time())

    watcher = threading.Thread(target=watch)
    watcher.start()
    pressed, awaited = (f".st-key-optimizers-network-{one} button" for one in ("stop", "train"))
    clicked, idle = (at / 1000 for at in page.evaluate(PRESS_AND_WAIT, [pressed, awaited]))
    watcher.join()
    assert not worker.is_running() and lesson.health(server)["running"] == 0
    assert lesson.step_drawn(page) > 0, "the last frame should stay"
    return ended[0] - clicked, idle - clicked


def test_a_stored_run_replays_and_reset_shows_the_start_of_ones_own(tab: Page) -> None:
    tab.goto(lesson.path(NETWORK))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    lesson.keyed(tab, NETWORK, "replay").locator("label").click()
    tab.wait_for_function(REPLAY)
    assert tab.evaluate(SCRUB_STATE)[1] > 20
    expect(lesson.keyed(tab, NETWORK, "reset")).to_have_count(0)
    lesson.press(tab, NETWORK, "train")
    expect(lesson.keyed(tab, NETWORK, "train")).to_contain_text("again", timeout=30_000)
    wait_for_run_end(tab)
    tab.get_by_role("button", name="Skip the guess").click()
    expect(tab.get_by_text("Why.")).to_be_visible()
    assert lesson.step_drawn(tab) == 2000
    lesson.press(tab, NETWORK, "reset")
    expect(tab.get_by_text("Not trained yet: this is the start.")).to_be_visible()
    expect(tab.get_by_text("Why.")).to_have_count(0)
    wait_for_quiet(tab)
    assert lesson.step_drawn(tab) == 0
    lesson.keyed(tab, NETWORK, "guess-ring").get_by_role("radio").last.click()
    wait_for_quiet(tab)
    expect(tab.get_by_text("You guessed")).to_have_count(0)
    lesson.press(tab, NETWORK, "train")
    expect(tab.get_by_text("You guessed: hardly better than a guess.")).to_be_visible(
        timeout=30_000
    )


def test_pause_step_and_resume(tab: Page, server: Server) -> None:
    begin(tab, slowly=True)
    lesson.press(tab, NETWORK, "pause")
    expect(tab.get_by_test_id("stProgress")).to_contain_text("paused")
    assert lesson.health(server)["paused"] == 1
    before = figure(tab)
    told = lesson.progress(tab)
    lesson.press(tab, NETWORK, "step")
    wait_for_change(tab, before)
    assert lesson.progress(tab) != told
    lesson.press(tab, NETWORK, "resume")
    expect(tab.get_by_test_id("stProgress")).to_contain_text("steps/s")
    lesson.press(tab, NETWORK, "stop")
    lesson.wait_until_idle(server, 5)


def test_scrub_and_play_ask_nothing_of_the_server(tab: Page) -> None:
    sent: list[Any] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: sent.append(payload))

    tab.on("websocket", listen)
    begin(tab, LONG)
    wait_for_run_end(tab)
    tab.wait_for_function(REPLAY)
    active, count = tab.evaluate(SCRUB_STATE)
    assert active == count - 1 and count > 20
    before, asked = figure(tab), len(sent)
    scrub(tab, 0.75)  # from here on, Play has few frames to go
    now = wait_for_change(tab, before)
    assert tab.evaluate(SCRUB_STATE)[0] in range(round(0.65 * count), round(0.85 * count))
    play = tab.locator(".updatemenu-button", has_text="Play")
    play.click()
    wait_for_change(tab, now)
    tab.wait_for_function(f"({SCRUB_STATE})()[0] === {count - 1}", timeout=20_000)
    assert len(sent) == asked
    # A rerun with the same settings leaves the picture where it was.
    scrub(tab, 0.5)
    place, half = tab.evaluate(SCRUB_STATE)[0], figure(tab)
    lesson.keyed(tab, NETWORK, "maths").locator("summary").click()
    expect(lesson.keyed(tab, NETWORK, "maths").locator(".katex").first).to_be_visible()
    wait_for_quiet(tab)
    assert len(sent) > asked
    assert tab.evaluate(SCRUB_STATE)[0] == place and figure(tab) == half
    tab.remove_listener("websocket", listen)


def scrub(page: Page, share: float) -> None:
    """Click on the rail of the picture's own slider at this share of its length."""
    box = page.locator(".slider-rail-touch-rect").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    page.wait_for_timeout(200)


def test_zoom_survives_an_update(tab: Page) -> None:
    tab.goto(LONG)
    lesson.wait_for_picture(tab)
    wide = ranges(tab)
    zoom(tab)
    near = ranges(tab)
    assert near[0] > wide[0] and near[1] < wide[1]
    wait_for_quiet(tab)
    before = figure(tab)
    lesson.press(tab, NETWORK, "train")
    wait_for_change(tab, before)
    expect(tab.get_by_test_id("stProgress")).to_contain_text("steps/s", timeout=20_000)
    wait_for_change(tab, figure(tab))
    assert ranges(tab) == near
    lesson.press(tab, NETWORK, "stop")
    wait_for_run_end(tab)
    assert ranges(tab) == near
    panel = tab.locator(PANEL).first.bounding_box()
    assert panel is not None
    tab.mouse.dblclick(panel["x"] + panel["width"] / 2, panel["y"] + panel["height"] / 2)
    tab.wait_for_function(f"wide => JSON.stringify(({RANGE})()) === JSON.stringify(wide)", arg=wide)


def test_the_camera_survives_an_update(tab: Page) -> None:
    tab.goto(lesson.path("optimizers.race"))
    lesson.wait_for_picture(tab)
    tab.get_by_role("radio", name="Surface").click()
    tab.wait_for_function("() => document.querySelector('.js-plotly-plot')?._fullLayout?.scene")
    wait_for_quiet(tab)
    before, traces = camera(tab), figure(tab)
    box = tab.locator("#scene canvas, .gl-container canvas").first.bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.55 * box["height"], steps=5)
    tab.mouse.up()
    lesson.wait_until(lambda: tab.wait_for_timeout(100) or camera(tab) != before, 5, "a turn")
    wait_for_quiet(tab)
    turned = camera(tab)
    lesson.thumb(tab, "optimizers.race", "rotation").press("ArrowRight")
    wait_for_change(tab, traces)
    wait_for_quiet(tab)
    assert camera(tab) == turned


def camera(page: Page) -> dict[str, float]:
    """Where the eye of the first scene is."""
    script = "() => document.querySelector('.js-plotly-plot')._fullLayout.scene.camera.eye"
    found: dict[str, float] = page.evaluate(script)
    return {axis: round(at, 4) for axis, at in found.items()}


def ranges(page: Page) -> list[float]:
    """The range of the horizontal axis of the second panel."""
    found: list[float] = page.evaluate(RANGE)
    return found


def zoom(page: Page) -> None:
    """Drag a rectangle in the second panel with the mouse."""
    old = ranges(page)
    box = page.locator(PANEL).first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.7 * box["height"], steps=8)
    page.mouse.up()
    page.wait_for_function(f"old => ({RANGE})()[0] > old[0]", arg=old)
