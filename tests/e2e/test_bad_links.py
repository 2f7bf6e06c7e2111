"""Links that ask for the impossible: defaults, a sentence for each, and no script that runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import lesson
from tests.e2e.app import Server, wait_for_quiet
from tests.e2e.lesson import NETWORK

RACE = "optimizers.race"
LONG = "x" * 10_000
SCRIPT = "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>"

WRONG = [
    pytest.param(
        lesson.path(RACE, rotation="NaN", steps="inf", rates="same", lr="1e308", start_x=""),
        ["Rotation", "Steps", "Learning rate", "Start, x"],
        id="nan-inf-1e308-empty",
    ),
    pytest.param(
        lesson.path(RACE, ("optimizers.race.rotation", "5"), rotation=("20", "banana")),
        ["Rotation"],
        id="repeated",
    ),
    pytest.param(
        lesson.path(RACE, surface=LONG, formula=LONG, optimizers=LONG),
        ["Surface", "Height", "Optimizers"],
        id="long",
    ),
    pytest.param(
        lesson.path(NETWORK, ("preset", SCRIPT), data=SCRIPT, hidden=SCRIPT, seed=SCRIPT),
        ["Data", "Hidden layers", "Seed", "a question that this experiment does not have"],
        id="scripts",
    ),
    pytest.param(
        lesson.path(NETWORK, hidden="32-32-32-32-32", lr="-1", steps="12.5", batch_size="0"),
        ["Hidden layers", "Learning rate", "Steps", "Batch size"],
        id="out-of-range",
    ),
]


@pytest.mark.parametrize(("link", "named"), WRONG)
def test_a_bad_link_is_answered(link: str, named: list[str], tab: Page, server: Server) -> None:
    tab.goto(link)
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    said = tab.get_by_test_id("stAlert")
    for name in named:
        expect(said).to_contain_text(name)
    assert len(said.inner_text()) < 1200
    expect(tab.get_by_test_id("stException")).to_have_count(0)
    assert tab.evaluate("window.hurt") is None
    assert lesson.numbers(tab)
    assert "banana" not in tab.url and len(tab.url) < 300


def test_what_was_right_in_a_bad_link_is_kept(tab: Page) -> None:
    link = lesson.path(RACE, ("optimizers.race.rotation", "5"), rotation="20", start_x="NaN")
    tab.goto(link)
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert lesson.value(tab, RACE, "rotation") == 5  # the last of the two
    assert lesson.value(tab, RACE, "start_x") == -1  # the default
    expect(tab.get_by_test_id("stAlert")).to_contain_text("2 times")


def test_a_link_to_no_experiment_opens_the_first(tab: Page) -> None:
    tab.goto("/optimizers?optimizers.see=nonsense")
    lesson.wait_for_picture(tab)
    chosen = lesson.keyed(tab, "optimizers", "see").locator('[aria-checked="true"]')
    expect(chosen).to_have_text("1 Look")
    expect(tab.get_by_test_id("stException")).to_have_count(0)
