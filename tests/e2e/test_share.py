"""The link that Share gives, opened by somebody else."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from core.catalog import get
from tests.e2e import lesson
from tests.e2e.app import wait_for_quiet, wait_for_run_end
from tests.e2e.conftest import Visit
from tests.e2e.lesson import NETWORK


def test_a_shared_link_shows_the_same_settings_and_numbers(tab: Page, visit: Visit) -> None:
    tab.goto(lesson.path(NETWORK, data="moons", optimizer="momentum", lr=0.07, steps=400))
    lesson.wait_for_picture(tab)
    lesson.set_seed(tab, NETWORK, 12)
    tab.wait_for_url("**seed=12**")
    wait_for_quiet(tab)
    lesson.press(tab, NETWORK, "train")
    expect(lesson.keyed(tab, NETWORK, "train")).to_contain_text("again", timeout=30_000)
    wait_for_run_end(tab)
    link, mine = lesson.link_of(tab), lesson.numbers(tab)
    # Every setting that applies is written out, those at their defaults too, and no other.
    sent = {
        name.rpartition(".")[2]: text[-1] for name, text in parse_qs(urlsplit(link).query).items()
    }
    assert sent.keys() - {"see"} == set(
        get(NETWORK).settings(data="moons", optimizer="momentum").active()
    )
    assert {"activation": "Tanh", "hidden": "8-8", "momentum": "0.9"}.items() <= sent.items()
    other = visit(link)
    lesson.wait_for_picture(other)
    wait_for_quiet(other)
    assert lesson.numbers(other) == mine
    assert controls(other) == controls(tab)
    assert lesson.step_drawn(other) == 400


def test_a_link_may_start_at_once(tab: Page, visit: Visit) -> None:
    tab.goto(lesson.path(NETWORK, steps=500, seed=31))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    lesson.link_of(tab)
    tab.get_by_test_id("stPopoverBody").get_by_text("Start at once").click()
    code = tab.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    expect(code).to_contain_text("go=1")
    other = visit(code.inner_text().strip())
    again = lesson.keyed(other, NETWORK, "train")
    expect(again).to_contain_text("again", timeout=40_000)
    wait_for_run_end(other)
    assert lesson.step_drawn(other) == 500


def controls(page: Page) -> dict[str, str]:
    """What every control in the sidebar shows, by its key; the More section unfolded."""
    lesson.control(page, NETWORK, "seed")
    script = """() => Object.fromEntries(
      [...document.querySelectorAll('[data-testid="stSidebar"] [class*="st-key-"]')].map(box => {
        const field = [...box.classList].find(name => name.startsWith('st-key-'));
        const input = box.querySelector('input');
        return [field, (input && input.value) + '|' + box.innerText];
      }))"""
    found: dict[str, str] = page.evaluate(script)
    return found
