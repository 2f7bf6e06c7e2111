"""What a lesson page offers beside its picture: questions, downloads, code, steps, own points."""

from __future__ import annotations

import csv
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Download, Locator, Page, expect

from core.catalog import get
from core.data.points import decode
from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_change, wait_for_quiet
from tests.e2e.lesson import NETWORK

RACE = "optimizers.race"
RACERS = {"Gradient descent": "gradient-descent", "Momentum": "momentum", "Adam": "adam"}
TEX = 'annotation[encoding="application/x-tex"]'


def test_downloads_hold_what_the_page_shows(tab: Page) -> None:
    opened(tab, lesson.path(RACE, steps=180))
    cells, paths = table(tab), lesson.paths(tab)
    tab.get_by_role("button", name="Download", exact=True).click()
    npz, rows = fetched(tab, "Frames as NPZ"), fetched(tab, "Metrics as CSV")
    assert (npz.suggested_filename, rows.suggested_filename) == (f"{RACE}.npz", f"{RACE}.csv")
    frames = np.load(npz.path())
    assert frames["step"][0] == 0 and frames["step"][-1] == 180
    for i, (title, name) in enumerate(RACERS.items()):
        for column, shown in cells[title].items():
            value = frames[f"metrics/{column.lower().replace(' ', '_')}/{name}"][-1]
            assert float(shown.replace(",", "")) == float(f"{value:.4g}"), (title, column)
        assert np.allclose(paths[title][-1], frames["theta"][-1, i], atol=1e-6)
    with rows.path().open(newline="") as file:
        head, *lines = csv.reader(file)
    assert {f"metrics/{name}" for name in head[1:]} == {n for n in frames if "metrics/" in n}
    columns = ["step", *(f"metrics/{name}" for name in head[1:])]
    assert np.array_equal(np.array(lines, float), np.stack([frames[n] for n in columns], 1))
    with tab.expect_download() as saved:
        tab.locator('.modebar-btn[data-title*="Download"]').first.dispatch_event("click")
    assert saved.value.suggested_filename == "glassbox.svg"
    picture = saved.value.path().read_text()
    assert picture.startswith("<svg") and all(title in picture for title in RACERS)


def test_a_chosen_step_and_the_code_and_folds_that_stay(tab: Page) -> None:
    opened(tab, lesson.path(RACE, steps=180))
    paths = lesson.paths(tab)
    unfold(tab, RACE, "maths")
    slider = lesson.keyed(tab, RACE, "why").get_by_role("slider")
    for title in ("Gradient descent", "Adam"):
        lesson.keyed(tab, RACE, "whose").get_by_role("radio", name=title, exact=True).click()
        steps = []
        for key in ("Home", "ArrowRight", "ArrowRight"):
            slider.press(key)
            steps.append(int(slider.get_attribute("aria-valuetext") or -1))
            expect(fold(tab, RACE, "maths")).to_contain_text(f"{title}, step {steps[-1]}")
        # The last line of the step's formulas: where it leads. The picture says it too.
        expect(fold(tab, RACE, "maths").locator(TEX).last).to_contain_text(
            rf"theta_{{{steps[-1]}}}"
        )
        told = fold(tab, RACE, "maths").locator(TEX).last.text_content() or ""
        place = [
            float(part) for part in told.rpartition("left(")[2].split(r"\right")[0].split(r",\ ")
        ]
        assert steps == sorted(set(steps)) and np.allclose(
            place, paths[title][steps[-1]], atol=1e-4
        )
    unfold(tab, RACE, "code")
    expect(fold(tab, RACE, "code")).to_contain_text("def race(settings: RaceSettings)")
    for line in ('get("optimizers.race")', "steps=180,", "rates='best',"):
        expect(fold(tab, RACE, "code").get_by_test_id("stCode").last).to_contain_text(line)
    unfold(tab, RACE, "papers")
    assert fold(tab, RACE, "papers").locator("a[href^=http]").count() >= 2
    fold(tab, RACE, "papers").locator("summary").click()
    choose(tab, "1 Look")
    look = "optimizers.descend"
    expect(fold(tab, look, "maths").locator(".katex").first).to_be_visible()
    expect(fold(tab, look, "code")).to_contain_text("def descend(")
    expect(fold(tab, look, "papers").locator("a[href^=http]")).to_have_count(0)
    choose(tab, "2 Race")
    expect(fold(tab, RACE, "maths").locator(".katex").first).to_be_visible()


def test_a_question_is_tried_guessed_answered_and_sent(tab: Page) -> None:
    turn = get(RACE).preset("turn")
    opened(tab, lesson.path(RACE))
    before = figure(tab)
    lesson.press(tab, RACE, "try-turn")
    tab.wait_for_url("**rotation=45**")
    wait_for_change(tab, before)
    wait_for_quiet(tab)
    expect(tab.get_by_role("heading", level=5)).to_have_text(turn.question)
    expect(tab.get_by_text("Why.")).to_have_count(0)
    pills = lesson.keyed(tab, RACE, "guess-turn").get_by_role("radio")
    expect(pills).to_have_text(list(turn.options))
    pills.nth(0).click()
    answer = tab.get_by_text(f"You guessed: {turn.options[0].lower()}. {turn.options[2]}.")
    expect(answer).to_be_visible()
    pills.nth(2).click()
    expect(tab.get_by_text(f"You guessed it. {turn.options[2]}.")).to_be_visible()
    # What was seen, in this run's numbers: those of the table, in the order of the sentence.
    seen = (
        tab.locator("p", has_text="You guessed it.")
        .inner_text()
        .partition("Steps at 45 degrees:")[2]
    )
    cells, order = table(tab), ("Gradient descent", "Momentum", "RMSprop")
    told = [int(n) for n in re.findall(r"(?:descent|momentum|RMSprop) (\d+)", seen)]
    assert told == [int(cells[name]["Steps to"]) for name in order]
    for words in (f"Why. {turn.why}", f"Next. {turn.next}", f"Watch: {turn.watch}"):
        expect(tab.get_by_text(words)).to_be_visible()
    mine = lesson.paths(tab)
    link = tab.get_by_role("link", name="Link to this question").get_attribute("href")
    opened(tab, link or "")
    expect(tab.get_by_role("heading", level=5)).to_have_text(turn.question)
    assert lesson.value(tab, RACE, "rotation") == 45
    theirs = lesson.paths(tab)
    assert mine.keys() == theirs.keys()
    assert all(np.array_equal(mine[name], theirs[name], equal_nan=True) for name in mine)


def test_a_slow_browser_does_not_undo_a_preset(tab: Page) -> None:
    """While the run goes on, it tells what its controls stood at before it drew the preset's."""
    travellers = get(RACE).preset("travellers")
    opened(tab, lesson.path(RACE))
    slow = tab.context.new_cdp_session(tab)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 8})
    lesson.press(tab, RACE, "try-travellers")
    tab.wait_for_url("**race.surface=Beale**")
    wait_for_quiet(tab)
    slow.detach()
    wait_for_quiet(tab)
    expect(tab.get_by_role("heading", level=5)).to_have_text(travellers.question)
    assert set(table(tab)) == {"Momentum", "AdaGrad", "Adam"} == set(lesson.paths(tab))


def test_controls_come_with_what_they_apply_to_and_racers_leave(tab: Page) -> None:
    opened(tab, lesson.path(RACE))
    before = figure(tab)
    for absent in ("lr", "condition", "formula"):
        expect(lesson.field_of(tab, RACE, absent)).to_have_count(0)
    racers = lesson.control(tab, RACE, "optimizers")
    racers.get_by_role("button", name=re.compile("Adam")).first.click()
    now = wait_for_change(tab, before)
    tab.wait_for_url("**race.optimizers=Gradient+descent&**")
    assert set(lesson.paths(tab)) == {"Gradient descent", "Momentum"} == set(table(tab))
    expect(racers.get_by_text("Adam")).to_have_count(0)
    lesson.control(tab, RACE, "rates").get_by_role("combobox").click()
    tab.get_by_role("option", name="The same for all (unfair)").click()
    expect(lesson.thumb(tab, RACE, "lr")).to_be_visible()
    wait_for_change(tab, now)
    assert [title for title in lesson.panels(tab) if "unfair" in title]


def test_own_points_are_drawn_carried_and_learned(tab: Page) -> None:
    opened(tab, lesson.path(NETWORK, data="drawn", steps=50))
    before = figure(tab)
    pad = lesson.field_of(tab, NETWORK, "points-pad")
    paper = pad.get_by_role("application")
    pad.get_by_role("button", name="Clear").click()
    stroke(paper, (0.15, 0.2), (0.15, 0.8))
    pad.get_by_role("button", name="Class B").click()
    stroke(paper, (0.8, 0.2), (0.8, 0.8))
    tab.wait_for_url("**network.points=**")
    wait_for_quiet(tab)
    wait_for_change(tab, before)
    text = parse_qs(urlsplit(tab.url).query)[f"{NETWORK}.points"][0]
    x, y = decode(text, classes=2)
    assert min((y == 0).sum(), (y == 1).sum()) >= 4
    assert (x[y == 0, 0] < -0.4).all() and (x[y == 1, 0] > 0.4).all()
    assert learned(tab) <= spots(x, y) and len(learned(tab)) == len(y) * 4 // 5
    seen = figure(tab)
    tab.reload()
    lesson.wait_for_picture(tab)
    wait_for_quiet(tab)
    assert figure(tab) == seen
    lesson.press(tab, NETWORK, "train")
    expect(lesson.keyed(tab, NETWORK, "train")).to_contain_text("again", timeout=30_000)
    wait_for_quiet(tab)
    assert lesson.step_drawn(tab) == 50 and learned(tab) <= spots(x, y)


def opened(page: Page, path: str) -> None:
    page.goto(path)
    lesson.wait_for_picture(page)
    wait_for_quiet(page)


def table(page: Page) -> dict[str, dict[str, str]]:
    """The cells of the last table of numbers, by the words of their row and column."""
    head, *rows = (line.split("\t") for line in lesson.numbers(page)[-1].splitlines())
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


def fetched(page: Page, words: str) -> Download:
    """What a button of the open Download gives."""
    with page.expect_download() as found:
        page.get_by_role("button", name=words).click()
    return found.value


def fold(page: Page, name: str, what: str) -> Locator:
    return lesson.keyed(page, name, what)


def unfold(page: Page, name: str, what: str) -> None:
    fold(page, name, what).locator("summary").click()
    wait_for_quiet(page)


def choose(page: Page, words: str) -> None:
    lesson.keyed(page, "optimizers", "see").get_by_role("radio", name=words).click()
    wait_for_quiet(page)


def stroke(paper: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw from one place of the paper to another, in shares of its sides."""
    box = paper.bounding_box()
    assert box is not None
    places = [(box["x"] + a * box["width"], box["y"] + b * box["height"]) for a, b in (start, end)]
    paper.page.mouse.move(*places[0])
    paper.page.mouse.down()
    paper.page.mouse.move(*places[1], steps=12)
    paper.page.mouse.up()


def learned(page: Page) -> set[tuple[int, float, float]]:
    """The points in the picture that the network learns from: class, x, y."""
    dots = [t for t in figure(page) if t["type"] == "scatter" and t["mode"] == "markers"][:2]
    return {
        spot
        for k, dot in enumerate(dots)
        for spot in spots(np.array([dot["x"], dot["y"]]).T, np.full(len(dot["x"]), k))
    }


def spots(x: Any, y: Any) -> set[tuple[int, float, float]]:
    return {
        (int(k), round(float(a), 4), round(float(b), 4)) for (a, b), k in zip(x, y, strict=True)
    }
