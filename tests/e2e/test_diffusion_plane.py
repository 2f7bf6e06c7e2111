"""Diffusion in the plane by hand: train, take the network along, another sampler, a link."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from core.catalog import get
from tests.e2e import lesson
from tests.e2e.app import Server, figure, wait_for_change, wait_for_quiet, wait_for_run_end

PLANE, SAMPLE = "diffusion.plane", "diffusion.sample"


def told(page: Page) -> str:
    """All words in the picture."""
    return " ".join(word for trace in figure(page) for word in trace.get("text") or [])


def test_a_network_is_trained_and_another_sampler_asks_it(tab: Page, server: Server) -> None:
    """A worker's own frames under another seed; then its network, with no second training."""
    changes = {**get(PLANE).quick, "steps": 200}
    tab.goto(lesson.path(PLANE, **changes))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    numbers = []
    for seed in (11, 12):
        lesson.set_seed(tab, PLANE, seed)
        wait_for_quiet(tab)
        lesson.press(tab, PLANE, "train")
        wait_for_run_end(tab, 60)
        assert "step 200:" in told(tab)
        numbers.append(lesson.numbers(tab))
    assert numbers[0] != numbers[1]
    tab.get_by_role("button", name="Sample this network").click()
    lesson.field_of(tab, SAMPLE, "sampler").wait_for(state="visible", timeout=30_000)
    wait_for_quiet(tab)
    lesson.wait_for_picture(tab)
    before = figure(tab)
    ran = lesson.health(server)["running"]
    sampler = lesson.control(tab, SAMPLE, "sampler").get_by_role("combobox")
    sampler.click()
    tab.get_by_role("option", name="Heun (ODE)").click()
    wait_for_change(tab, before)
    wait_for_quiet(tab)
    assert re.search(r"asked \d+ times", told(tab))
    assert lesson.health(server)["running"] == ran == 0


def test_a_link_to_a_question_opens_it(tab: Page) -> None:
    preset = get(SAMPLE).preset("overshoot")
    tab.goto(f"/diffusion?preset={preset.id}&diffusion.see=sample")
    lesson.wait_for_picture(tab)
    expect(tab.get_by_text(preset.question)).to_be_visible()
    wait_for_quiet(tab)
    assert "asked 10 times" in told(tab)
