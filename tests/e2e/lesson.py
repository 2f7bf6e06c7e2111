"""What a visitor does on a lesson page, and what the server shows of it from outside.

Addresses, controls by their field, the player's buttons, the numbers under the picture, /health
and the worker processes. Nothing in here asserts; tests do.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import numpy as np
import psutil
from playwright.sync_api import Locator, Page, expect

from core.experiment import Experiment, Settings
from tests.e2e.app import Server, figure

NETWORK = "optimizers.network"
# A training that lasts some 10 to 20 s: a large network, and no landscape at its end.
LARGE = {"hidden": "32-32-32-32", "batch_size": 250, "landscape": "none"}
LASTING = {"steps": 20_000, **LARGE}

# A chart that Plotly has drawn, not just made room for; or a canvas of ours.
DRAWN = """
() => [...document.querySelectorAll('.js-plotly-plot')].some(
  chart => chart._fullLayout && chart.querySelector('.main-svg') && (chart.data || []).length)
  || [...document.querySelectorAll('[class*="-stage"] *')].some(
    one => one.shadowRoot?.querySelector('canvas[aria-valuetext]')?.height > 100)
"""


def path(name: str, *more: tuple[str, str], **settings: Any) -> str:
    """The path of an experiment's page with these settings; more: parameters as they are."""
    topic, _, short = name.partition(".")
    pairs = [(f"{topic}.see", short)]
    for field, value in settings.items():
        several = value if isinstance(value, tuple) else (value,)
        pairs += [(f"{name}.{field}", str(one)) for one in several]
    return f"/{topic}?{urlencode([*pairs, *more])}"


def quick(experiment: Experiment, **settings: Any) -> str:
    """The path of an experiment with the cuts that tests run it with."""
    return path(experiment.name, **{**experiment.quick, **settings})


def full(experiment: Experiment, settings: Settings) -> str:
    """The path of an experiment with every one of these settings written out."""
    values = {field: getattr(settings, field) for field in settings.active()}
    return path(experiment.name, **values)


def wait_for_picture(page: Page, timeout_s: float = 30.0) -> None:
    """Return when a chart is drawn."""
    page.wait_for_function(DRAWN, timeout=timeout_s * 1000)


def keyed(page: Page, experiment: str, key: str) -> Locator:
    """The element of a key in the page's main part: a button of the player (``train``)."""
    return page.get_by_test_id("stMain").locator(_class(experiment, key))


def field_of(page: Page, experiment: str, field: str) -> Locator:
    """The control of a field in the sidebar, in sight or not."""
    return page.get_by_test_id("stSidebar").locator(_class(experiment, field))


def control(page: Page, experiment: str, field: str) -> Locator:
    """The control of a field in sight, where it is under More after unfolding that."""
    found = field_of(page, experiment, field)
    more = page.get_by_test_id("stSidebar").get_by_test_id("stExpander")
    if not found.is_visible() and more.locator("details:not([open])").count():
        more.locator("summary").click()
    found.wait_for(state="visible")
    return found


def _class(experiment: str, key: str) -> str:
    return ".st-key-" + re.sub(r"[^\w-]", "-", f"{experiment}.{key}")


def thumb(page: Page, experiment: str, field: str) -> Locator:
    """The handle of a slider."""
    return control(page, experiment, field).get_by_role("slider")


def value(page: Page, experiment: str, field: str) -> float:
    """The number that a slider shows."""
    return float(control(page, experiment, field).get_by_test_id("stSliderThumbValue").inner_text())


def press(page: Page, experiment: str, button: str) -> None:
    """Press a button of the player: train, stop, pause, resume, reset, again, fix.

    By event, not by mouse: between two live pictures a busy machine has no time for the mouse.
    """
    keyed(page, experiment, button).get_by_role("button").first.dispatch_event("click")


def slow_down(page: Page, experiment: str) -> None:
    """Choose 3 frames a second: a run lasts, and leaves the processor to the browser."""
    speed = keyed(page, experiment, "speed").get_by_role("combobox")
    speed.click()
    page.get_by_role("option", name="3 frames/s").click()
    expect(speed).to_have_value("3 frames/s")


def set_seed(page: Page, experiment: str, seed: int) -> None:
    """Type another seed and send it."""
    box = control(page, experiment, "seed").locator("input")
    box.fill(str(seed))
    box.press("Enter")


def link_of(page: Page) -> str:
    """The link that Share shows now."""
    page.get_by_test_id("stPopover").get_by_text("Share").click()
    body = page.get_by_test_id("stPopoverBody")
    code = body.get_by_test_id("stCode")
    expect(code).to_contain_text("http")
    return code.inner_text().strip()


def numbers(page: Page) -> list[str]:
    """The tables of final numbers under the picture, as text."""
    found = page.locator('[data-testid="stMain"] .numbers')
    found.wait_for()
    return found.locator("table").all_inner_texts()


def panels(page: Page) -> list[str]:
    """The titles over the panels of the picture."""
    script = """() => document.querySelector('.js-plotly-plot').layout.annotations
        .filter(note => note.name === 'panel').map(note => note.text)"""
    found: list[str] = page.evaluate(script)
    return found


def paths(page: Page) -> dict[str, np.ndarray]:
    """The paths on the map of a race, (n, 2) each, by the words of the racer."""
    lines = [t for t in figure(page) if t["mode"] == "lines" and t["name"] != "leads"]
    found: dict[str, np.ndarray] = {}
    for line in lines:  # the first of a name is its path, the next its loss
        found.setdefault(line["name"], np.array([line["x"], line["y"]], float).T)
    return found


def step_drawn(page: Page) -> int:
    """The step number in the picture, -1 where it has none."""
    # A live picture is built anew at every update: there may be none for a moment.
    script = """() => { const data = document.querySelector('.js-plotly-plot')?.data;
        return data && `: ${data.flatMap(trace => trace.text || []).join(' ')}`; }"""
    found = re.search(r"step ([\d,]+)", str(page.wait_for_function(script).json_value()))
    return int(found[1].replace(",", "")) if found else -1


def progress(page: Page) -> str:
    """What the progress bar says, empty where there is none."""
    # In one go: the run may end between two questions.
    script = "() => document.querySelector('[data-testid=stProgress]')?.innerText ?? ''"
    told: str = page.evaluate(script)
    return told


def health(server: Server) -> dict[str, Any]:
    """What /health says."""
    with urllib.request.urlopen(f"{server.url}/health", timeout=10) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def workers(server: Server) -> set[int]:
    """The process ids of the workers, the spare included."""
    launcher = psutil.Process(health(server)["pid"])
    return {child.pid for child in launcher.children()}


def at_work(server: Server) -> list[psutil.Process]:
    """The workers with a run, oldest first; the youngest of all is the spare."""
    found = sorted((psutil.Process(pid) for pid in workers(server)), key=psutil.Process.create_time)
    return found[:-1]


def wait_until(true: Callable[[], Any], timeout_s: float, what: str) -> Any:
    """What the function returns once it is true; TimeoutError says what never came."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.03)
    raise TimeoutError(f"not within {timeout_s} s: {what}")


def wait_until_idle(server: Server, timeout_s: float = 40.0) -> None:
    """Return when no run is going and none waits."""

    def idle() -> bool:
        told = health(server)
        return told["running"] + told["queued"] + told["paused"] == 0

    wait_until(idle, timeout_s, "an idle engine")
