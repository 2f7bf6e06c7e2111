"""The inside of a network in a real browser: point, click, keys, small screens, dark."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.nets.spec import Spec
from core.plot import theme
from core.pooling.layers import Settings
from core.pooling.layers_shape import layers_of, supports
from tests.ui.conftest import Opened
from tests.ui.layers_cases import SPECS

INPUT, ZOOM = (1, 19, 168), (1, 222, 168)  # left, top and side of the pictures at the left
MAPS = 60  # pixels from the top: a row of tiles
SHIPPED, CHANNEL = Spec(), Settings().channel
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def visit(opened: Opened) -> Open:
    def visit(
        case: str = "shipped",
        width: int = 1200,
        height: int = 700,
        theme: Literal["light", "dark"] = "light",
        touch: bool = False,
    ) -> Page:
        page = opened(f"?case={case}", width=width, height=height, theme=theme, touch=touch)
        expect(page.get_by_text("runs ")).to_be_visible(timeout=30_000)
        canvas(page).wait_for()
        return page

    return visit


@pytest.fixture
def page(visit: Open) -> Iterator[Page]:
    page = visit()
    yield page
    page.context.close()


def until(page: Page, test: Callable[[], bool]) -> bool:
    """Whether it comes true within five seconds: the canvas is painted a moment later."""
    for _ in range(50):
        if test():
            return True
        page.wait_for_timeout(100)
    return False


def canvas(page: Page) -> Locator:
    return page.locator("canvas[aria-valuetext]")


def shown(page: Page) -> dict[str, Any]:
    """What the canvas shows: the neuron, its fields, whether the gradient is its own."""
    found: dict[str, Any] = json.loads(canvas(page).get_attribute("data-shown") or "{}")
    return found


def neuron(page: Page) -> tuple[str, int, int, int]:
    found = shown(page)
    return found["layer"], found["channel"], found["row"], found["column"]


def said(page: Page, word: str) -> str:
    """What the app's line that begins with the word says after it."""
    return page.get_by_text(word + " ", exact=False).first.inner_text().partition(" ")[2]


def says(page: Page, words: str) -> None:
    expect(page.get_by_text(words, exact=True)).to_be_visible(timeout=10_000)


def at(page: Page, left: float, top: float) -> tuple[float, float]:
    """A place of the canvas, on the page."""
    box = canvas(page).bounding_box()
    assert box is not None
    return box["x"] + left, box["y"] + top


def cell(row: int, column: int, side: int) -> tuple[float, float]:
    """The middle of a cell of the enlarged map."""
    left, top, size = ZOOM
    return left + (column + 0.5) / side * size, top + (row + 0.5) / side * size


def find(page: Page, layer: str) -> tuple[float, float]:
    """Point at the first map of a layer, as far as it takes; where that was."""
    width = (canvas(page).bounding_box() or {"width": 0})["width"]
    for left in range(INPUT[2] + 10, int(width), 20):
        page.mouse.move(*at(page, left, MAPS))
        if shown(page)["layer"] == layer:
            return left, MAPS
    raise AssertionError(f"no map of {layer} under the pointer")


def fields(spec: Spec, number: int, row: int, column: int) -> dict[str, list[int]]:
    """Python's own: first and last row, first and last column, by layer."""
    layers = layers_of(spec)
    names = ["input", *(layer.name for layer in layers)]
    spans = [supports(layers, number, place, spec.side) for place in (row, column)]
    return {n: [*r, *c] for n, r, c in zip(names, *spans, strict=False)}


def colours(page: Page, left: float, top: float, wide: int = 1, high: int = 1) -> np.ndarray:
    """[red, green, blue] of the canvas's pixels there, (n, 3)."""
    script = "(c, box) => [...c.getContext('2d').getImageData(...box).data]"
    found = canvas(page).evaluate(script, [round(left), round(top), wide, high])
    return np.array(found).reshape(-1, 4)[:, :3]


def is_orange(page: Page, left: float, top: float) -> bool:
    rgb = [int(theme.GENERATED[k : k + 2], 16) for k in (1, 3, 5)]
    return bool(np.abs(colours(page, left, top)[0] - rgb).max() < 30)


def test_pointing_outlines_the_field_on_the_input_and_between(page: Page) -> None:
    """In the browser alone: nothing is told, nothing runs."""
    runs = said(page, "runs")
    for layer, number in [("conv2", 3), ("act1", 1), ("pool1", 2)]:
        find(page, layer)
        found = shown(page)
        assert found["fields"] == fields(SHIPPED, number, found["row"], found["column"])
        assert not found["gradient"]
    page.mouse.move(*at(page, *cell(6, 5, 7)))
    assert neuron(page) == ("pool2", CHANNEL, 6, 5)
    assert shown(page)["fields"]["input"] == [18, 27, 14, 27]  # the last rows are cut off
    words = canvas(page).get_attribute("aria-valuetext") or ""
    assert words.startswith(f"Max pooling 2, channel {CHANNEL}, row 6, column 5: about ")
    assert words.endswith(
        "It sees 10×14 of 28×28 pixels; its field of 16×16 reaches over the border."
    )
    page.mouse.move(*at(page, 400, 5))
    assert neuron(page) == ("pool2", CHANNEL, 3, 3)  # the chosen one is back
    assert (said(page, "runs"), said(page, "told")) == (runs, "0")


def test_the_outline_lies_on_the_pixels_that_it_names(page: Page) -> None:
    """Row 3, column 3 of pool 2 sees pixels 6 to 21: six screen pixels each."""
    left, top, size = INPUT
    edges = [6 * 6, 22 * 6]
    assert until(page, lambda: is_orange(page, left + edges[0], top + size / 2))
    for edge in edges:
        assert is_orange(page, left + edge, top + size / 2)
        assert is_orange(page, left + size / 2, top + edge)
    for off in (5 * 6, 7 * 6 + 3, 23 * 6):
        assert not is_orange(page, left + off, top + size / 2)


def test_a_click_is_told_once_and_answered_with_the_gradient(page: Page) -> None:
    place = find(page, "act2")
    chosen = neuron(page)
    page.mouse.down()
    page.mouse.up()
    says(page, "neuron {} {} {} {}".format(*chosen))
    says(page, "told 1")
    page.mouse.move(*at(page, 400, 5))
    assert until(page, lambda: shown(page)["gradient"])
    assert neuron(page) == chosen
    assert "about" not in (canvas(page).get_attribute("aria-valuetext") or "")
    page.mouse.click(*at(page, *place))  # what is chosen already
    page.wait_for_timeout(500)
    says(page, "told 1")
    says(page, "runs 2")


def test_the_enlarged_map_takes_clicks_cell_by_cell(page: Page) -> None:
    page.mouse.click(*at(page, *cell(1, 4, 7)))
    says(page, f"neuron pool2 {CHANNEL} 1 4")
    assert shown(page)["fields"]["conv2"] == [2, 3, 8, 9]


def test_a_drag_ends_where_it_ends_and_escape_takes_it_back(page: Page) -> None:
    page.mouse.move(*at(page, *cell(3, 2, 7)))
    page.mouse.down()
    page.mouse.move(*at(page, *cell(0, 0, 7)), steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    page.mouse.move(*at(page, 400, 5))
    assert neuron(page) == ("pool2", CHANNEL, 3, 3)
    page.mouse.move(*at(page, *cell(3, 2, 7)))
    page.mouse.down()
    page.mouse.move(*at(page, *cell(5, 6, 7)), steps=4)
    page.mouse.up()
    says(page, f"neuron pool2 {CHANNEL} 5 6")
    says(page, "told 1")


def test_keys_move_through_the_network_and_are_told_when_quiet(page: Page) -> None:
    canvas(page).focus()
    keys = {
        "ArrowLeft": ("pool2", CHANNEL, 3, 2),
        "ArrowUp": ("pool2", CHANNEL, 2, 2),
        "+": ("pool2", CHANNEL + 1, 2, 2),
        "PageUp": ("act2", CHANNEL + 1, 5, 5),
        "ArrowDown": ("act2", CHANNEL + 1, 6, 5),
        "-": ("act2", CHANNEL, 6, 5),
        "PageDown": ("pool2", CHANNEL, 3, 2),
    }
    for key, want in keys.items():
        page.keyboard.press(key)
        assert neuron(page) == want, key
    says(page, f"neuron pool2 {CHANNEL} 3 2")
    says(page, "told 1")
    for key in ("PageDown", *["+"] * 3):  # the end of the network, and of the layer
        page.keyboard.press(key)
    assert neuron(page) == ("pool2", 15, 3, 2)
    expect(canvas(page)).to_have_attribute("aria-valuenow", "5")
    expect(canvas(page)).to_have_attribute("aria-valuemax", "5")


@pytest.mark.parametrize("case", ["large", "small"])
def test_networks_of_every_size_can_be_looked_into(visit: Open, case: str) -> None:
    page = visit(case)
    spec = SPECS[case]
    names = [layer.name for layer in layers_of(spec)]
    for layer in (names[0], names[-1]):
        find(page, layer)
        found = shown(page)
        number = names.index(layer)
        assert found["fields"] == fields(spec, number, found["row"], found["column"])
    page.context.close()


def test_at_390_pixels_it_stands_upright_and_a_tap_is_heard(visit: Open) -> None:
    page = visit(width=390, height=1300, theme="dark", touch=True)
    over = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    assert page.evaluate(over) == 0
    box = canvas(page).bounding_box()
    assert box is not None and box["width"] <= 390 and box["height"] > 700
    side = (box["width"] - 16) // 2 // 28 * 28
    page.touchscreen.tap(*at(page, box["width"] - 1 - side / 14, 19 + side / 14))
    says(page, f"neuron pool2 {CHANNEL} 0 6")
    says(page, "told 1")
    page.context.close()


def test_words_follow_the_theme_and_maps_stay_light_on_dark(visit: Open) -> None:
    words, ground = {}, {}
    for scheme in ("light", "dark"):
        page = visit(theme=scheme)
        until(page, lambda page=page: colours(page, *INPUT[:2], 9, 9).any())  # type: ignore[misc]
        words[scheme] = colours(page, 2, 4, 48, 11).sum(1)
        ground[scheme] = colours(page, INPUT[0] + 4, INPUT[1] + 4).sum()
        page.context.close()
    assert words["dark"].max() > 600 and words["light"].max() < 200
    assert ground["light"] == ground["dark"] < 90
