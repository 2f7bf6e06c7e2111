"""The runs that ship are what the code gives: the first picture, and the numbers in the texts."""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path

import pytest

from core import framefile
from core.catalog import CATALOG, get
from core.experiment import Frame
from tests.core.runs import frames

ROOT = Path(__file__).resolve().parents[2]
RUNS = ROOT / "data" / "runs"
# Long training in single precision multiplies the last digit: another machine keeps its accuracy
# to this, and the rest of its numbers to nothing that can be promised.
SINGLE = {
    *("optimizers.network", "optimizers.seeds", "pooling.cnn", "pooling.compare"),
    *("gan.plane", "gan.seeds", "gan.map", "gan.images"),
}
ACCURACY = 0.03
SOON = 4.0  # seconds that a run of the defaults may take here
BEGINNING = 4  # frames of a longer one


def close(name: str, found: dict[str, float], kept: dict[str, float]) -> None:
    assert found.keys() == kept.keys()
    for metric, value in kept.items():
        if name not in SINGLE:
            assert found[metric] == pytest.approx(value, rel=1e-4, abs=1e-7), metric
        elif "accuracy" in metric:
            assert found[metric] == pytest.approx(value, abs=ACCURACY), metric


def stored(name: str) -> list[Frame]:
    experiment = get(name)
    return framefile.unpack(str(RUNS / f"{name}.npz"), experiment.frame)


@pytest.mark.parametrize("name", CATALOG)
def test_the_first_picture_is_a_run_of_the_defaults(name: str) -> None:
    """To its end where that is soon; of a longer training its beginning, number by number."""
    experiment, kept = get(name), stored(name)
    count = len(kept) if experiment.seconds <= SOON else BEGINNING
    run = experiment.frames(experiment.settings())
    fresh = list(islice(run, count))
    assert [frame.step for frame in kept[:count]] == [frame.step for frame in fresh]
    if count < len(kept):
        assert fresh[0].metrics == pytest.approx(kept[0].metrics, rel=1e-4, abs=1e-6)
    close(name, fresh[-1].metrics, kept[count - 1].metrics)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CATALOG if get(name).seconds > SOON])
def test_the_first_picture_is_a_whole_run_of_the_defaults(name: str) -> None:
    experiment, kept = get(name), stored(name)
    fresh = frames(experiment, experiment.settings())
    assert [frame.step for frame in kept] == [frame.step for frame in fresh]
    close(name, fresh[-1].metrics, kept[-1].metrics)


def test_every_preset_has_its_numbers() -> None:
    table = json.loads((RUNS / "metrics.json").read_text(encoding="utf-8"))
    assert {n: set(table[n]) for n in CATALOG} == {
        n: {p.id for p in get(n).presets} for n in CATALOG
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", CATALOG)
def test_the_numbers_of_the_presets_have_not_drifted(name: str) -> None:
    experiment = get(name)
    table = json.loads((RUNS / "metrics.json").read_text(encoding="utf-8"))[name]
    for preset in experiment.presets:
        last = frames(experiment, experiment.preset_settings(preset.id))[-1]
        close(name, last.metrics, table[preset.id])
        assert preset.outcome(last.metrics) == preset.expected, preset.id


def test_the_texts_quote_stored_numbers_that_are_there() -> None:
    table = json.loads((RUNS / "metrics.json").read_text(encoding="utf-8"))
    quotes = 0
    for file in (ROOT / "pages").rglob("*.md"):
        name = f"{file.parent.name}.{file.stem}"
        for preset, metric, form in re.findall(
            r"\[\[([^\] ]+) ([\w/-]+) ([^\]]+)\]\]", file.read_text(encoding="utf-8")
        ):
            other, _, id = preset.rpartition(":")
            assert format(table[other or name][id][metric], form)
            quotes += 1
    assert quotes >= 5
