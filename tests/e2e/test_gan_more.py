"""The GAN lesson by hand, further on: many games, a map of games, images, and being the judge."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from core import framefile
from core.catalog import get
from core.ui.runs import SHIPPED
from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_change, wait_for_quiet, wait_for_run_end

NAMES = ("plane", "seeds", "map", "images", "judge", "step")
PLANE, SEEDS, MAP, IMAGES, JUDGE, STEP = (f"gan.{name}" for name in NAMES)


def opened(page: Page, path: str) -> None:
    page.goto(path)
    lesson.wait_for_picture(page)
    wait_for_quiet(page)


def asked(page: Page, field: str) -> str:
    """What the address says of a field, empty where it says nothing."""
    found = parse_qs(urlsplit(page.url).query).get(field, [""])
    return found[0]


def named(page: Page, name: str) -> dict[str, Any]:
    (found,) = [trace for trace in figure(page) if trace["name"] == name]
    return found


def words(page: Page) -> str:
    """All the words in the picture."""
    return " ".join(str(text) for trace in figure(page) for text in trace.get("text") or [])


def number(page: Page, name: str) -> float:
    """A number of the table under the picture."""
    row = page.locator(".numbers tr", has=page.get_by_role("rowheader", name=name, exact=True))
    return float(row.locator(".value").first.inner_text().replace(",", ""))


def experiment_on(page: Page) -> Any:
    """The words on the control that say which experiment is on show."""
    return lesson.keyed(page, "gan", "see").locator('[aria-checked="true"]')


def click_in(page: Page, panel: str, x: float, y: float) -> None:
    """Click in a panel of the picture (``xy``, ``x2y2``), at shares of its width and height."""
    box = page.locator(f".js-plotly-plot .{panel} .nsewdrag, .nsewdrag.drag[data-subplot={panel}]")
    place = box.first.bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + x * place["width"], place["y"] + y * place["height"])


def test_a_game_whose_numbers_run_away_is_told_and_mended_beside_it(tab: Page) -> None:
    """At which step, which setting; the button takes both rates down and keeps the failure."""
    lost = {"optimizer": "sgd", "lr_d": 1, "lr_g": 1, "loss": "wgan-gp", "penalty": 5}
    opened(tab, lesson.path(PLANE, **lost, width=16, batch_size=16, steps=400))
    lesson.press(tab, PLANE, "train")
    said = tab.get_by_test_id("stAlert")
    expect(said).to_contain_text(re.compile("At step .* the learning rate of"), timeout=30_000)
    panels = len(lesson.panels(tab))
    lesson.press(tab, PLANE, "fix")
    wait_for_run_end(tab, 60)
    expect(tab.get_by_text(re.compile("^400 steps in"))).to_be_visible(timeout=30_000)
    expect(said).to_have_count(0)
    assert [asked(tab, f"{PLANE}.{rate}") for rate in ("lr_d", "lr_g")] == ["0.1", "0.1"]
    assert len(lesson.panels(tab)) == 2 * panels
    expect(tab.get_by_text("Pinned below.")).to_contain_text("earning rate")


def test_many_games_are_played_and_one_of_them_by_itself(tab: Page) -> None:
    """Eight small finals and their eight counts; the fourth of the wall leads to its seed."""
    quick = get(SEEDS).quick
    opened(tab, lesson.path(SEEDS, **{**quick, "seed": 40}))
    before = named(tab, "fakes")["x"]
    lesson.press(tab, SEEDS, "train")
    expect(tab.get_by_text(re.compile("^120 steps in"))).to_be_visible(timeout=90_000)
    wait_for_quiet(tab)
    assert named(tab, "fakes")["x"] != before
    (bars,) = [trace for trace in figure(tab) if trace["type"] == "bar"]
    assert sum(bars["y"]) == quick["seeds"]
    spread = sum(modes * games for modes, games in zip(bars["x"], bars["y"], strict=True))
    assert number(tab, "Modes mean") * quick["seeds"] == spread
    assert "step 120" in words(tab)
    lesson.keyed(tab, SEEDS, "replay").locator("label").click()  # a replay hears no clicks
    wait_for_quiet(tab)
    click_in(tab, "xy", 3.5 / 8, 0.5)
    there = lesson.keyed(tab, SEEDS, "go-there")
    expect(there).to_contain_text("Play seed 43 by itself")
    there.get_by_role("button").click()
    expect(experiment_on(tab)).to_have_text("1 Play")
    wait_for_quiet(tab)
    assert asked(tab, "gan.plane.seed") == "43"
    assert asked(tab, "gan.plane.width") == str(quick["width"])


def test_a_clicked_cell_of_the_map_is_the_game_that_is_offered(tab: Page) -> None:
    """The button says the cell's two rates; the game opens with just these."""
    opened(tab, lesson.path(MAP))
    click_in(tab, "xy", 0.85, 0.4)
    there = lesson.keyed(tab, MAP, "go-there")
    expect(there).to_contain_text("Play this cell")
    told = re.findall(r"[DG] (\d\.[\d.]+)", there.inner_text())
    there.get_by_role("button").click()
    expect(experiment_on(tab)).to_have_text("1 Play")
    wait_for_quiet(tab)
    rates = [float(asked(tab, f"gan.plane.{name}")) for name in ("lr_g", "lr_d")]
    assert [f"{rate:.3g}" for rate in rates] == told and rates[0] != rates[1]
    settings = get(MAP).settings()
    assert min(abs(settings.across() - rates[0])) == min(abs(settings.upright() - rates[1])) == 0


def test_a_generator_of_images_is_trained_and_then_asked(tab: Page) -> None:
    """Digits of eight by eight; other numbers than the stored run's; the button takes it along."""
    opened(tab, lesson.path(IMAGES, data="digits", width=4, steps=150, batch_size=16, seed=3))
    lesson.press(tab, IMAGES, "train")
    expect(tab.get_by_test_id("stProgress")).to_contain_text("of 150", timeout=20_000)
    wait_for_run_end(tab, 60)
    assert "step 150" in words(tab)
    last = framefile.unpack(str(SHIPPED / f"{IMAGES}.npz"), get(IMAGES).frame)[-1]
    assert abs(number(tab, "Fréchet") - last.metrics["frechet"]) > 1  # so few steps are not enough
    ask = tab.get_by_test_id("stMain").get_by_role("button", name="Ask this generator")
    expect(ask).to_be_visible()
    ask.click()
    expect(experiment_on(tab)).to_have_text("7 Ask")
    wait_for_run_end(tab, 60)
    assert re.fullmatch("[0-9a-f]{64}", asked(tab, "gan.sample.model"))
    sheet = next(trace for trace in figure(tab) if trace["type"] == "heatmap")["z"]
    assert (len(sheet), len(sheet[0])) == (6 * 9, 10 * 9)  # six rows of ten, a pixel between


def test_ten_answers_by_key_and_by_hand_stand_in_the_address_and_are_counted(tab: Page) -> None:
    """The score is counted here from what the stored run says is real, and from its beliefs."""
    begun = "rfrfrfff"
    opened(tab, lesson.path(JUDGE, answers=begun))
    question = tab.get_by_role("heading", level=5)
    expect(question).to_have_text(get(JUDGE).presets[0].question)
    tab.keyboard.press("1")
    tab.wait_for_url(f"**answers={begun}r")
    wait_for_quiet(tab)
    assert "Image 9 was" in words(tab) and "Image 10 was" not in words(tab)
    lesson.keyed(tab, JUDGE, "does-1").get_by_role("button").click()
    tab.wait_for_url(f"**answers={begun}rf")
    wait_for_quiet(tab)
    (dealt,) = framefile.unpack(str(SHIPPED / f"{JUDGE}.npz"), get(JUDGE).frame)
    real = [bool(one) for one in dealt.real]
    you = sum((a == "r") == one for a, one in zip(f"{begun}rf", real, strict=True))
    d = sum((p > 0.5) == one for p, one in zip(dealt.belief, real, strict=True))
    assert f"Of 10 right: you {you}, D {d}." in words(tab)
    assert (number(tab, "Your score"), number(tab, "D score")) == (you, d)
    expect(question).to_have_text(get(JUDGE).presets[0].question)  # the game is one question
    before = figure(tab)
    tab.keyboard.press("1")  # the only button left: ten others
    wait_for_change(tab, before)
    wait_for_quiet(tab)
    assert (asked(tab, f"{JUDGE}.seed"), asked(tab, f"{JUDGE}.answers")) == ("1", "")
    assert "Five of the ten are real." in words(tab)


def test_a_number_that_is_typed_is_no_answer(tab: Page) -> None:
    opened(tab, lesson.path(JUDGE, answers="rf"))
    lesson.set_seed(tab, JUDGE, 21)
    lesson.control(tab, JUDGE, "seed").locator("input").press("1")
    tab.wait_for_url("**seed=21*")
    wait_for_quiet(tab)
    assert asked(tab, f"{JUDGE}.answers") == "rf"


def test_a_key_shows_the_next_phase(tab: Page) -> None:
    opened(tab, lesson.path(STEP))
    assert "Round 61, phase 6 of 6" in words(tab)
    before = figure(tab)
    tab.keyboard.press("n")
    wait_for_change(tab, before)
    wait_for_quiet(tab)
    assert "Round 62, phase 1 of 6" in words(tab) and asked(tab, f"{STEP}.rounds") == "2"
