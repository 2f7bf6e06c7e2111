"""What the first screen of every experiment holds."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from core.catalog import get
from core.controls import Model
from tests.e2e.app import STAGES
from tests.e2e.lesson import field_of

SIMPLE = 6  # controls on the first screen


def first_screen(page: Page, name: str) -> None:
    """At 1440x900, unscrolled: the whole picture, the question, at most six simple controls."""
    experiment = get(name)
    picture = page.locator(f'[data-testid="stPlotlyChart"], {STAGES}').first.bounding_box()
    assert picture is not None and picture["height"] > 250
    assert picture["y"] > 0 and picture["y"] + picture["height"] <= 900
    expect(page.get_by_role("heading", level=5).first).to_be_visible()
    asked = page.get_by_role("heading", level=5).first
    assert asked.inner_text() in {
        experiment.question, *(preset.question for preset in experiment.presets)
    }  # fmt: skip
    box = asked.bounding_box()
    assert box is not None and box["y"] < picture["y"]
    active = experiment.settings().active()
    fields = [
        field for field, control in experiment.settings.controls().items()
        if field_of(page, name, field).is_visible()
        # The own field of a model is a text that is not seen.
        or (isinstance(control, Model) and control.level == "simple" and field in active)
    ]  # fmt: skip
    assert 1 <= len(fields) <= SIMPLE, fields
