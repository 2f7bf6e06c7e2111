"""What a visitor feels: opening a page, moving to another, a slider, the first live frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median

from playwright.sync_api import Page

from benchmarks.report import Row
from benchmarks.stage import Server, Stage

NETWORK = "/optimizers?optimizers.see=network"
# What trains nothing and has a slider in sight: its page and its name there.
UNTRAINED = {
    f"{topic}.{see}": (topic, see)
    for topic, see in (
        ("optimizers", "backprop"),
        ("pooling", "window"),
        ("pooling", "shift"),
        ("pooling", "layers"),
        ("gan", "line"),
        ("vae", "reparameterise"),
        ("vae", "uses"),
    )
}


def opening(stage: Stage) -> list[Row]:
    """A visitor's first page, up to its first figure."""

    def open_page(server: Server, path: str) -> float:
        with stage.page(server, path) as page:
            return float(page.evaluate("probe.first()")) / 1000

    ours, floor = interleave(
        5,
        lambda: open_page(stage.app, "/optimizers"),
        lambda: open_page(stage.blank, "/chart"),
    )
    return [
        ratio("open", "page opened cold, to its first figure, over a blank page", ours, floor, 1.15)
    ]


def moving(stage: Stage) -> list[Row]:
    """From the home page to the optimizers by the menu."""

    def ours(page: Page) -> float:
        page.get_by_test_id("stTopNavLink").filter(has_text="Home").click()
        page.locator(".js-plotly-plot").wait_for(state="detached")
        page.get_by_text("See it learn").first.wait_for()
        settle(page)
        page.get_by_test_id("stTopNavSection").first.click()
        link = page.get_by_test_id("stTopNavDropdownLink").filter(has_text="Optimizers")
        return changed(page, link.click)

    def floor(page: Page) -> float:
        page.get_by_test_id("stTopNavLink").filter(has_text="text").click()
        page.locator(".js-plotly-plot").wait_for(state="detached")
        settle(page)
        link = page.get_by_test_id("stTopNavLink").filter(has_text="chart")
        return changed(page, link.click)

    with stage.page(stage.app, "/optimizers") as app, stage.page(stage.blank, "/chart") as blank:
        for page in (app, blank):
            page.evaluate("probe.first()")
            settle(page)
        times, least = interleave(6, lambda: ours(app), lambda: floor(blank))
    told = f"median of {len(times)}; between blank pages {median(least):.2f} s"
    return [
        Row("move", "from the home page to a lesson's figure", median(times), "s", 0.7, detail=told)
    ]


def slider(stage: Stage) -> list[Row]:
    """A step of a slider to the redrawn figure, with nothing to train."""
    with stage.page(stage.app, "/optimizers") as app, stage.page(stage.blank, "/chart") as blank:
        for page in (app, blank):
            page.evaluate("probe.first()")
            settle(page)
        ours, floor = interleave(30, lambda: nudge(app), lambda: nudge(blank))
    return [ratio("slider", "slider to redrawn figure, over a blank page", ours, floor, 1.25)]


def sliders(stage: Stage) -> list[Row]:
    """The same of every other experiment that trains nothing; their pictures may be ours."""
    rows = []
    for name, (topic, see) in UNTRAINED.items():
        path = f"/{topic}?{topic}.see={see}"
        with stage.page(stage.app, path) as app, stage.page(stage.blank, "/chart") as blank:
            for page in (app, blank):
                page.evaluate("probe.first()")
                settle(page)
            ours, floor = interleave(12, partial(nudge, app), partial(nudge, blank))
        rows.append(ratio(f"slider-{name}", f"the same, {name}", ours, floor, 1.25))
    return rows


def clicking(stage: Stage) -> list[Row]:
    """The button to the first frame of the new run."""
    times = []
    with stage.page(stage.app, NETWORK) as page:
        page.evaluate("probe.first()")
        settle(page)
        for _ in range(5):
            button = page.get_by_role("button", name="Train from scratch")
            times.append(changed(page, button.click))
            button.wait_for()
            settle(page)
    return [
        Row("click", "click on Train to the first live frame", median(times), "s", 0.5,
            detail=f"the network; median of {len(times)}, {min(times):.2f} to {max(times):.2f} s"),
    ]  # fmt: skip


def nudge(page: Page) -> float:
    """Seconds from a key pressed on the first slider to the redrawn figure."""
    page.locator("input[type=range]:visible").first.focus()
    seconds = changed(page, lambda: page.keyboard.press("ArrowRight"))
    settle(page)
    return seconds


def changed(page: Page, act: Callable[[], object]) -> float:
    """Seconds from what act presses to figures that differ."""
    page.evaluate("probe.arm()")
    act()
    return float(page.evaluate("probe.change()")) / 1000


def settle(page: Page) -> None:
    """Wait until nothing has run or been redrawn for a while."""
    page.evaluate("probe.settled()")


def interleave(
    times: int, ours: Callable[[], float], floor: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Both in turn, so many times after one of each that does not count."""
    ours(), floor()
    pairs = [(ours(), floor()) for _ in range(times)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def ratio(name: str, what: str, ours: list[float], floor: list[float], most: float) -> Row:
    """A row that compares two medians of seconds."""
    a, b = median(ours), median(floor)
    told = f"{a:.3g} s over {b:.3g} s, medians of {len(ours)} in turn"
    return Row(name, what, a / b, "x", most, detail=told)
