"""A reader's own file on the network's page: upload, train, share, and what is wrong with one."""

from __future__ import annotations

from hashlib import sha256

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e import lesson
from tests.e2e.app import figure, wait_for_change, wait_for_quiet, wait_for_run_end
from tests.e2e.conftest import Visit

NETWORK = "optimizers.network"
ROWS = [(n % 10, n // 10, "day" if n % 10 < 5 else "night") for n in range(60)]
GOOD = "\n".join(["width;height;kind", *(f"{x};{y / 2};{kind}" for x, y, kind in ROWS)]).encode()
BAD = b"1,2,a\n3,four,b\n5,6,a\n7,8,b\n"
HASH = sha256(GOOD).hexdigest()
HELD = "60 points, classes day and night"


def choose(page: Page, data: bytes) -> None:
    """Give the uploader a file."""
    box = side(page).get_by_test_id("stFileUploader").locator("input[type=file]")
    box.set_input_files(FilePayload(name="mine.csv", mimeType="text/csv", buffer=data))


def side(page: Page) -> Locator:
    return page.get_by_test_id("stSidebar")


def dots(page: Page) -> list[int]:
    """How many points of each class the picture has: of the training set."""
    return [len(trace["x"]) for trace in figure(page)[1:3]]


def test_a_file_is_uploaded_trained_on_and_shared(tab: Page, visit: Visit) -> None:
    tab.goto(lesson.path(NETWORK, data="upload", steps=200))
    lesson.wait_for_picture(tab)
    main = tab.get_by_test_id("stMain")
    expect(main).to_contain_text("Upload a file first. The picture is of the settings before.")
    before = figure(tab)
    choose(tab, BAD)
    expect(side(tab)).to_contain_text("Line 2: 'four' is not a finite number such as -1.5.")
    assert figure(tab) == before and "upload=" not in tab.url
    choose(tab, GOOD)
    expect(side(tab)).to_contain_text(f"{HELD}.")
    expect(side(tab)).not_to_contain_text("Line 2")
    wait_for_change(tab, before)
    wait_for_quiet(tab)
    lesson.press(tab, NETWORK, "train")
    wait_for_run_end(tab)
    expect(lesson.keyed(tab, NETWORK, "train")).to_contain_text("again")
    assert lesson.step_drawn(tab) == 200
    assert sum(dots(tab)) == 48 and max(dots(tab)) <= 30
    choose(tab, BAD)
    expect(side(tab)).to_contain_text("The file before it stays.")
    assert sum(dots(tab)) == 48 and HELD in side(tab).inner_text()
    link, mine = lesson.link_of(tab), lesson.numbers(tab)
    expect(tab.get_by_test_id("stPopoverBody")).to_contain_text("does not carry your file")
    name = f"{NETWORK}.upload={HASH}"
    assert name in link and name in tab.url
    other = visit(link)
    expect(side(other)).to_contain_text(f"{HELD}, from the link.", timeout=15_000)
    lesson.wait_for_picture(other)
    wait_for_quiet(other)
    assert lesson.numbers(other) == mine and name in other.url


def test_a_link_to_a_file_that_is_gone_says_so(tab: Page) -> None:
    tab.goto(lesson.path(NETWORK, data="upload", steps=200, upload="0" * 64))
    lesson.wait_for_picture(tab)
    gone = "The file of this link is not on this server: upload it again."
    expect(tab.get_by_test_id("stMain")).to_contain_text(gone)
    expect(side(tab)).to_contain_text(gone)
    expect(side(tab).get_by_test_id("stFileUploader")).to_be_visible()
    choose(tab, GOOD)
    expect(side(tab)).to_contain_text(f"{HELD}.")
    expect(tab.get_by_test_id("stMain")).not_to_contain_text(gone)
    tab.wait_for_url(f"**upload={HASH}*")
