"""The pooling lesson by hand: slide a window, upload a picture, train, draw a digit."""

from __future__ import annotations

import io
import json
import re
import time
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from core.catalog import get
from core.data import drawing
from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_change, wait_for_quiet, wait_for_run_end
from tests.e2e.conftest import Visit

CLASSIFY, CNN = "pooling.classify", "pooling.cnn"
KERNELS, WINDOW = "pooling.kernels", "pooling.window"
CELLS = "0 0.5 1 0.2 0;1 0.25 0 0 1;0.5 0.5 1 1 0;0 1 0.75 0 0.5"
SEVEN = [(0.25, 0.2), (0.72, 0.2), (0.6, 0.5), (0.48, 0.85)]  # shares of the pad's side


def canvas(page: Page) -> Locator:
    return page.locator('[class*="-stage"] canvas').first


def draw(page: Page, places: list[tuple[float, float]], side: float = 340) -> None:
    """One stroke on the pad."""
    box = canvas(page).bounding_box()
    assert box is not None
    spots = [(box["x"] + x * side, box["y"] + y * side) for x, y in places]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=8)
    page.mouse.up()


def shares(page: Page) -> list[float]:
    """The ten probabilities on show."""
    found: list[float] = json.loads(canvas(page).get_attribute("data-shown") or "[]")
    return found


def number(page: Page, title: str) -> float:
    """A number of the table under the picture."""
    row = page.locator(".numbers tr", has=page.get_by_role("rowheader", name=title, exact=True))
    return float(row.locator(".value").first.inner_text())


def open_it(page: Page, path: str) -> list[dict[str, Any]]:
    """Open a path; what its first view shows."""
    page.goto(path)
    lesson.wait_for_picture(page)
    wait_for_quiet(page)
    return figure(page)


def test_a_window_slides_by_arrow_keys_and_the_link_keeps_its_place(tab: Page) -> None:
    """The sum of the nine products, by numpy from the cells and the kernel."""
    image = np.array(
        [[float(cell) for cell in row.split()] for row in CELLS.split(";")], dtype=float
    )
    before = open_it(tab, lesson.path(KERNELS, image="cells", cells=CELLS, row=0, column=0))
    edge = np.array([[-1, 0, 1]] * 3)
    assert number(tab, "Value") == pytest.approx((image[:3, :3] * edge).sum())
    canvas(tab).focus()
    for key in ("ArrowRight", "ArrowDown"):
        tab.keyboard.press(key)
    wait_for_change(tab, before)
    expect(tab).to_have_url(re.compile(r"pooling\.kernels\.row=1"))
    wait_for_quiet(tab)
    assert number(tab, "Value") == pytest.approx((image[1:4, 1:4] * edge).sum())
    tab.reload()
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert number(tab, "Value") == pytest.approx((image[1:4, 1:4] * edge).sum())


def test_step_moves_the_pooling_window(tab: Page) -> None:
    before = open_it(tab, lesson.path(WINDOW, image="cells", cells=CELLS, row=0, column=0))
    tab.get_by_role("button", name="Step").click()
    wait_for_change(tab, before)
    expect(tab).to_have_url(re.compile(r"pooling\.window\.column=1"))


def test_a_picture_is_uploaded_and_pooled(tab: Page) -> None:
    """A PNG of 4x4 greys: the largest and the mean of its first window, by hand."""
    greys = np.arange(16, dtype=np.uint8).reshape(4, 4) * 17
    buffer = io.BytesIO()
    Image.fromarray(greys).save(buffer, "PNG")
    tab.goto(lesson.path(WINDOW, image="upload", row=0, column=0))
    lesson.wait_for_picture(tab)
    give(tab, "grey.png", buffer.getvalue())
    expect(tab).to_have_url(re.compile(r"upload=[0-9a-f]{64}"))
    wait_for_quiet(tab)
    words = canvas(tab).get_attribute("aria-valuetext") or ""
    table = tab.locator(".numbers").inner_text()
    assert number(tab, "Maximum") == pytest.approx(5 * 17 / 255, abs=1e-4), (words, table)
    assert number(tab, "Average") == pytest.approx(2.5 * 17 / 255, abs=1e-4)
    give(tab, "empty.png", b"")
    expect(tab.get_by_test_id("stAlert").first).to_contain_text("The file before it stays")
    assert number(tab, "Maximum") == pytest.approx(5 * 17 / 255, abs=1e-4)


def give(page: Page, name: str, data: bytes) -> None:
    """Choose a file."""
    box = page.get_by_test_id("stFileUploaderDropzoneInput")
    box.set_input_files({"name": name, "mimeType": "image/png", "buffer": data})


def test_a_network_learns_and_its_accuracy_is_read(tab: Page) -> None:
    """The same numbers as the experiment gives outside of the app."""
    experiment = get(CNN)
    settings = experiment.settings(**experiment.quick, seed=11)
    open_it(tab, lesson.quick(experiment, seed=11))
    lesson.press(tab, CNN, "train")
    wait_for_run_end(tab)
    *_, last = experiment.frames(settings)
    assert number(tab, "Test accuracy") == pytest.approx(last.metrics["test_accuracy"], abs=1e-4)
    assert number(tab, "Test loss") == pytest.approx(last.metrics["test_loss"], rel=1e-3)


def test_a_drawn_digit_is_read_and_shared(tab: Page, visit: Visit) -> None:
    tab.goto(lesson.path(CLASSIFY))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    before = figure(tab)
    tab.get_by_role("button", name="Clear").click()
    before = wait_for_change(tab, before)
    expect(canvas(tab)).to_have_attribute("aria-valuetext", re.compile("^Nothing is drawn"))
    wait_for_quiet(tab)
    draw(tab, SEVEN)
    wait_for_change(tab, before)
    expect(canvas(tab)).to_have_attribute("aria-valuetext", re.compile("^It reads 7 "))
    wait_for_quiet(tab)
    read = shares(tab)
    assert abs(sum(read) - 1) < 1e-4 and read.index(max(read)) == 7
    text = lesson.control(tab, CLASSIFY, "drawing").locator("input").input_value()
    rows, columns = drawing.decode(text).nonzero()  # the stroke, to a pixel and the pen's width
    assert (rows.min(), rows.max()) == (4, 25) and (columns.min(), columns.max()) == (5, 21)
    other = visit(lesson.link_of(tab).partition("://")[2].partition("/")[2].join(["/", ""]))
    lesson.wait_for_picture(other)
    wait_for_quiet(other)
    assert shares(other) == read


def test_a_network_of_ones_own_reads_the_drawing(tab: Page) -> None:
    """Train, take it to the pad by the button, and it is this run that reads there."""
    experiment = get(CNN)
    tab.goto(lesson.quick(experiment))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    lesson.press(tab, CNN, "train")
    wait_for_run_end(tab)
    lesson.keyed(tab, CNN, "to-pooling-classify").get_by_role("button").click()
    expect(lesson.keyed(tab, CLASSIFY, "stage-digit").locator("canvas")).to_be_visible()
    wait_for_quiet(tab)
    key = re.search(r"pooling\.classify\.model=([0-9a-f]{64})", tab.url)
    assert key, tab.url
    chosen = lesson.field_of(tab, CLASSIFY, "model-model").get_by_role("combobox")
    expect(chosen).to_have_value(re.compile("^Your run"))
    mine = shares(tab)
    tab.goto(lesson.path(CLASSIFY))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert shares(tab) != mine, "the shipped model reads otherwise than one of a few steps"
    tab.goto(lesson.path(CLASSIFY, model=key[1]))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert shares(tab) == mine


def test_a_model_that_is_not_here_is_said(tab: Page) -> None:
    tab.goto(lesson.path(CLASSIFY, model="ab" * 32))
    lesson.wait_for_picture(tab)
    expect(tab.get_by_text("is not on this server").first).to_be_visible()
    assert len(shares(tab)) == 10


SHIFT, LAYERS = "pooling.shift", "pooling.layers"


def test_the_first_screen_multiplies_nine_cells_and_moves_by_a_key(tab: Page) -> None:
    """Half-way across the 7: its nine products written out by hand; then one window further on."""
    tab.goto("/pooling")
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    (before,) = figure(tab)
    first = json.loads(before["shown"])
    rows = ("(−1) × 1 + 0 × 0.9 + 1 × 1", "(−1) × 0.1 + 0 × 0.3 + 1 × 1", "(−1) × 0 + 0 × 0.6")
    assert first["formulas"] == [" + ".join(rows) + " + 1 × 0.6 = 1.5"]
    canvas(tab).focus()
    tab.keyboard.press("ArrowRight")
    (after,) = wait_for_change(tab, [before])
    row, column = first["place"]
    assert json.loads(after["shown"])["place"] == [row, column + 1]
    expect(tab).to_have_url(re.compile(rf"pooling\.kernels\.column={column + 1}"))
    wait_for_quiet(tab)
    last = json.loads(figure(tab)[0]["shown"])
    assert last["place"] == [row, column + 1] and last["formulas"] != first["formulas"]


def test_a_digit_is_dragged_and_the_link_keeps_where_it_is(tab: Page) -> None:
    open_it(tab, lesson.path(SHIFT))
    box = canvas(tab).bounding_box()
    assert box is not None
    cell = box["width"] / 40
    middle = box["x"] + 20 * cell, box["y"] + 20 * cell
    tab.mouse.move(*middle)
    tab.mouse.down()
    tab.mouse.move(middle[0] + 5 * cell, middle[1] - 3 * cell, steps=6)
    tab.mouse.up()
    expect(tab).to_have_url(re.compile(r"pooling\.shift\.dx=5"))
    expect(tab).to_have_url(re.compile(r"pooling\.shift\.dy=-3"))
    wait_for_quiet(tab)
    moved = figure(tab)
    assert moved[0]["stage"].startswith("5 px right, 3 px up")
    tab.reload()
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert figure(tab) == moved


def test_a_neuron_is_clicked_and_the_link_keeps_which(tab: Page) -> None:
    """In the enlarged map, 7 x 7 cells on 168 pixels from (1, 222) on: row 1, column 4."""
    before = open_it(tab, lesson.path(LAYERS))
    box = canvas(tab).bounding_box()
    assert box is not None
    tab.mouse.click(box["x"] + 1 + 4.5 / 7 * 168, box["y"] + 222 + 1.5 / 7 * 168)
    wait_for_change(tab, before)
    expect(tab).to_have_url(re.compile(r"pooling\.layers\.row=1"))
    expect(tab).to_have_url(re.compile(r"pooling\.layers\.column=4"))
    wait_for_quiet(tab)
    tab.mouse.move(0, 0)
    moved = figure(tab)
    told = json.loads(moved[0]["shown"])
    assert (told["layer"], told["row"], told["column"]) == ("pool2", 1, 4)
    tab.reload()
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert figure(tab) == moved


def test_a_file_that_is_too_large_is_refused_in_words(tab: Page) -> None:
    """Streamlit itself says so, before a byte is sent; the picture is the one before."""
    tab.goto(lesson.path(WINDOW, image="upload"))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    before = figure(tab)
    give(tab, "large.png", b"\x89PNG" + bytes(6_000_000))
    expect(tab.get_by_text("File must be 5.0MB or smaller.")).to_be_visible()
    assert figure(tab) == before and "upload=" not in tab.url.replace("image=upload", "")


def heats(page: Page) -> list[Any]:
    """The numbers of the heat maps as they are drawn."""
    return [trace["z"] for trace in figure(page) if trace["type"] == "heatmap"]


PAINTED = """
() => [...document.querySelectorAll('.js-plotly-plot .heatmaplayer image')]
  .filter(one => one.getBoundingClientRect().width > 0).length
"""


def test_maps_inside_the_network_move_while_it_learns_and_replay_is_drawn(tab: Page) -> None:
    """Live, the maps of step after step; afterwards, at every look during Play, none is missing."""
    tab.goto(lesson.path(CNN, steps=1500))
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    tab.get_by_role("radio", name="Inside", exact=True).click()
    wait_for_quiet(tab)
    lesson.press(tab, CNN, "train")
    expect(tab.get_by_test_id("stProgress")).to_contain_text("steps/s", timeout=30_000)
    seen = [heats(tab)]
    end = time.monotonic() + 30
    while len(seen) < 3 and time.monotonic() < end and lesson.progress(tab):
        now = heats(tab)
        seen += [now] if now != seen[-1] else []
        tab.wait_for_timeout(100)
    assert len(seen) >= 3, "the maps change before the run ends"
    assert lesson.keyed(tab, CNN, "stop").count() == 1, "it is still going"
    lesson.press(tab, CNN, "stop")
    wait_for_run_end(tab)  # what was just watched can be replayed at once
    tab.locator(".js-plotly-plot .updatemenu-button").first.wait_for()
    wait_for_quiet(tab)
    all_of_them = tab.evaluate(PAINTED)
    assert all_of_them >= 3
    found = tab.evaluate(
        """async painted => {
          const look = eval(painted), seen = [];
          let play = null;  // a chart may just be built anew
          for (let n = 0; n < 300 && !play; n++) {
            await new Promise(requestAnimationFrame);
            play = document.querySelector('.js-plotly-plot .updatemenu-button');
          }
          play.dispatchEvent(new MouseEvent('click', {bubbles: true}));
          for (let n = 0; n < 60; n++) {
            await new Promise(requestAnimationFrame);
            seen.push([look(), document.querySelector('.js-plotly-plot')
              ._fullLayout.sliders[0].active]);
          }
          return seen;
        }""",
        PAINTED,
    )
    assert len({at for _, at in found}) > 1, "it plays"
    assert {count for count, _ in found} == {all_of_them}
