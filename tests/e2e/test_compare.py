"""Pin a run, change one setting, and see both."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_quiet, wait_for_run_end
from tests.e2e.lesson import NETWORK


def test_pin_change_one_setting_and_compare(tab: Page) -> None:
    tab.goto(lesson.path(NETWORK, steps=300, lr=0.01))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    train(tab)
    single, first = lesson.panels(tab), lesson.numbers(tab)
    lesson.press(tab, NETWORK, "do-pin")
    lesson.thumb(tab, NETWORK, "lr").press("ArrowRight")
    said = "Different: learning rate 0.015 (pinned 0.01)."
    expect(tab.get_by_text(said)).to_be_visible()
    wait_for_quiet(tab)
    train(tab)
    expect(tab.get_by_text(said)).to_be_visible()
    both = lesson.panels(tab)
    assert len(both) == 2 * len(single)
    assert [title for title in both if "inned" in title]
    # The numbers of both stand side by side, the pinned ones as they were.
    table = lesson.numbers(tab)[0]
    assert "pinned" in table.splitlines()[0]
    before = dict(line.split("\t")[:2] for line in first[0].splitlines()[1:])
    pinned = {line.split("\t")[0]: line.split("\t")[2] for line in table.splitlines()[1:]}
    assert pinned == before
    # Two runs on one axis of steps: the same range, and curves of different heights.
    ranges = tab.evaluate(
        "() => { const l = document.querySelector('.js-plotly-plot')._fullLayout;"
        "return [l.xaxis2.range, l.xaxis4.range] }"
    )
    assert ranges[0] == ranges[1]
    half = len(figure(tab)) // 2
    assert figure(tab)[:half] != figure(tab)[half:]
    lesson.press(tab, NETWORK, "un-pin")
    tab.wait_for_function(
        "n => document.querySelector('.js-plotly-plot').layout.annotations"
        ".filter(note => note.name === 'panel').length === n",
        arg=len(single),
    )
    expect(tab.get_by_text("Different:")).to_have_count(0)
    expect(lesson.keyed(tab, NETWORK, "do-pin")).to_be_visible()


def train(page: Page) -> None:
    lesson.press(page, NETWORK, "train")
    expect(lesson.keyed(page, NETWORK, "train")).to_contain_text("again", timeout=30_000)
    wait_for_run_end(page)


def test_does_it_always(tab: Page) -> None:
    """Ten seeds of a question, counted under its answer."""
    tab.goto(lesson.path("optimizers.race", ("preset", "noise")))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    tab.get_by_role("button", name="Skip the guess").click()
    tab.get_by_role("button", name="Does it always?").click()
    expect(tab.get_by_text(re.compile(r"Does it always\? .* of 10 seeds"))).to_be_visible(
        timeout=60_000
    )
    expect(tab.get_by_test_id("stProgress")).to_have_count(0)
