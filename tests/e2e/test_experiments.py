"""Every experiment by its link, and in a worker of its own when it is asked for another run."""

from __future__ import annotations

import psutil
import pytest
from playwright.sync_api import Page

from core.catalog import CATALOG, get
from core.controls import Choice, LogSlider, Slider, Toggle
from core.experiment import Experiment
from tests.e2e import lesson
from tests.e2e.app import (
    Server,
    figure,
    wait_for_change,
    wait_for_quiet,
    wait_for_run_end,
)

SEED = 4711


@pytest.mark.parametrize("name", CATALOG)
def test_another_run_comes_from_a_worker(name: str, tab: Page, server: Server) -> None:
    """No stored result stands in for a run: a worker has worked, and the numbers are others.

    A training takes a worker of its own; a quick computation may leave its to the next.
    """
    experiment = get(name)
    tab.goto(lesson.quick(experiment))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    first = run(tab, server, experiment) if experiment.trains else lesson.numbers(tab)
    picture, workers, kept = figure(tab), worked(server), kept_runs(server)
    change(tab, experiment)
    wait_for_change(tab, picture)
    second = run(tab, server, experiment) if experiment.trains else settled(tab, first)
    assert second != first
    assert kept_runs(server) > kept and worked(server) != workers
    if experiment.trains:  # the very same again is a run again, and ends at the same numbers
        workers, kept = worked(server), kept_runs(server)
        assert run(tab, server, experiment) == second
        assert kept_runs(server) > kept and not set(worked(server)) & set(workers)


def worked(server: Server) -> dict[int, int]:
    """The workers by process id, and how often each went to work (and back to sleep)."""
    found = {pid: psutil.Process(pid).num_ctx_switches() for pid in lesson.workers(server)}
    return {pid: switches.voluntary for pid, switches in found.items()}


def run(page: Page, server: Server, experiment: Experiment) -> list[str]:
    """Press the button, wait for the end, return the final numbers."""
    kept = kept_runs(server)
    lesson.press(page, experiment.name, "train")
    lesson.wait_until(lambda: kept_runs(server) > kept, 60, "the end of the run")
    wait_for_run_end(page)
    return lesson.numbers(page)


def settled(page: Page, before: list[str]) -> list[str]:
    """The numbers once they are no longer those of before and the page is quiet."""
    lesson.wait_until(lambda: lesson.numbers(page) != before, 20, "other numbers")
    wait_for_quiet(page)
    return lesson.numbers(page)


def kept_runs(server: Server) -> int:
    """How many runs have ended on this server."""
    return int(lesson.health(server)["kept_runs"])


def change(page: Page, experiment: Experiment) -> None:
    """Set another seed; where none applies, move a slider, turn a switch or choose otherwise."""
    controls = experiment.settings.controls()
    active = experiment.settings(**experiment.quick).active()
    if "seed" in active:
        lesson.set_seed(page, experiment.name, SEED)
        return
    sliders = [one for one in active if isinstance(controls[one], Slider | LogSlider)]
    if sliders:
        field = next((one for one in ("lr", "steps") if one in sliders), sliders[0])
        lesson.thumb(page, experiment.name, field).press("ArrowRight")
        return
    switches = [one for one in active if isinstance(controls[one], Toggle)]
    if switches:
        lesson.control(page, experiment.name, switches[0]).locator("label").first.click()
        return
    field, choice = next((f, controls[f]) for f in active if isinstance(controls[f], Choice))
    assert isinstance(choice, Choice)
    lesson.control(page, experiment.name, field).get_by_role("combobox").click()
    other = choice.words(experiment.settings.choices(field)[-1])
    page.get_by_role("option", name=other).click()
