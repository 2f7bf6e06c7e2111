"""The numbers under the picture: every one says what is good, and all of them are there."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from core.catalog import CATALOG, get
from core.ui.numbers import metrics_table, reached

RUNS = Path(__file__).resolve().parents[2] / "data" / "runs"
TABLE: dict[str, dict[str, dict[str, float]]] = json.loads(
    (RUNS / "metrics.json").read_text(encoding="utf-8")
)


def plain(html: str) -> str:
    """What is read on screen, cell by cell."""
    return unescape(re.sub(r"<[^>]+>", " | ", html))


@pytest.mark.parametrize("name", CATALOG)
def test_every_number_says_what_is_good(name: str) -> None:
    """Of every preset's stored run; the words stand in the table, alone and over a pinned run."""
    experiment = get(name)
    for id, metrics in TABLE[name].items():
        measures = {metric.partition("/")[0] for metric in metrics}
        assert measures - set(experiment.good) == set(), f"{id}: nothing says what is good"
        for old in (None, metrics):
            said = plain(metrics_table(metrics, old, experiment.good, {}))
            missing = [one for one in measures if experiment.good[one] not in said]
            assert missing == [], f"{id}: not on screen"


def test_a_row_holds_its_number_the_pinned_one_and_what_is_good() -> None:
    good = {"test_loss": "lower is better"}
    said = plain(metrics_table({"test_loss": 0.25}, {"test_loss": 0.5}, good, {}))
    cells = [cell.strip() for cell in said.split("|") if cell.strip()]
    assert cells == ["measure", "now", "pinned", "good is", "Test loss", "0.25", "0.5",
                     "lower is better"]  # fmt: skip


def test_measures_of_several_stand_in_columns() -> None:
    """``loss/adam`` is row Adam, column Loss; a hole where one has no such number."""
    now = {"loss/adam": 0.5, "loss/sgd": 2.0, "steps_to/adam": 34.0}
    good = {"loss": "lower is better", "steps_to": "fewer is better"}
    said = plain(metrics_table(now, None, good, {"adam": "Adam", "sgd": "SGD, noisy gradient"}))
    cells = [cell.strip() for cell in said.split("|") if cell.strip()]
    assert cells == ["Loss", "Steps to", "Adam", "0.5", "34", "SGD, noisy gradient", "2",
                     "Loss: lower is better. Steps to: fewer is better."]  # fmt: skip


def test_names_are_written_as_the_field_writes_them() -> None:
    said = plain(metrics_table({"right/tsne": 1.0, "sd/pca": 2.0}, None, {}, {}))
    assert [cell.strip() for cell in said.split("|") if cell.strip()] == [
        "Right", "SD", "t-SNE", "1", "PCA", "2",
    ]  # fmt: skip


def test_what_was_not_reached_says_so() -> None:
    """One more than all the steps means never; the last step itself does not."""
    now = reached({"loss/adam": 201.0, "steps_to/adam": 201.0, "steps_to/sgd": 200.0}, 200)
    cells = [cell.strip() for cell in plain(metrics_table(now, None, {}, {})).split("|")]
    assert [cell for cell in cells if cell][2:] == ["Adam", "201", "not reached", "Sgd", "200"]
    assert reached({"steps_to": 201.0}, None) == {"steps_to": 201.0}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("frechet_real", "Fréchet real"),
        ("best_lr_g", "Best rate G"),
        ("d_loss", "D loss"),
        ("js", "JS"),
        ("high_quality", "High quality"),
    ],
)
def test_a_name_reads_as_it_is_written(name: str, words: str) -> None:
    assert f"| {words} |" in plain(metrics_table({name: 1.0}, None, {}, {}))


def test_plain_and_parted_numbers_stand_in_two_tables() -> None:
    html = metrics_table({"border": 0.1, "share/1": 0.3}, None, {}, {})
    assert html.count("<table>") == 2 and "good is" in html


def test_words_cannot_become_markup() -> None:
    html = metrics_table({"a/<b>": 1.0}, None, {"a": "x < y"}, {"<b>": "<script>"})
    assert "<script>" not in html and "&lt;script&gt;" in html and "x &lt; y" in html
