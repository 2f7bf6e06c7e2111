"""An uploaded file as a setting: what the field takes, and what the network learns from."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from core.data import tables, uploads
from core.engine.guard import in_words
from core.optimizers.network import Settings
from core.optimizers.sets import load
from core.optimizers.training import run
from core.settings import Incomplete, SettingError

HASH = "0123456789abcdef" * 4
ALLOWED = "the SHA-256 of an uploaded file, 64 hexadecimal digits in lower case"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOX_UPLOADS", str(tmp_path))


def cross(n: int) -> bytes:
    """Two classes, left and right of a line, as text of a file."""
    rng = np.random.default_rng(5)
    rows = ((x, y, "left" if x < 0 else "right") for x, y in rng.uniform(-3, 3, (n, 2)))
    return "\n".join(f"{x},{y},{kind}" for x, y, kind in rows).encode()


@pytest.mark.parametrize(
    "text", [HASH.upper(), HASH[:-1], HASH + "0", HASH[:-1] + "g", HASH + "\n", " ", "../x"]
)
def test_what_is_no_hash_is_refused(text: str) -> None:
    """Also by the pattern of the JSON schema."""
    with pytest.raises(SettingError) as refused:
        Settings.parse({"upload": text})
    assert str(refused.value).endswith(f", allowed: {ALLOWED}")
    schema = Settings.schema()["properties"]["upload"]
    assert (schema["maxLength"], schema["x-control"]) == (64, "Data")
    assert not re.search(schema["pattern"].replace("$", r"\Z"), text)


def test_a_file_that_applies_must_be_given() -> None:
    """Incomplete is a SettingError, and holds the rest of the settings."""
    with pytest.raises(SettingError, match=rf"^upload: given '', allowed: {ALLOWED}$") as refused:
        Settings.parse({"data": "upload", "steps": "30"})
    assert isinstance(refused.value, Incomplete)
    assert refused.value.settings == Settings(data="upload", steps=30)
    assert Settings.parse({"upload": HASH}).key() == Settings().key(), "it does not apply"
    keys = {Settings(data="upload", upload=h).key() for h in (HASH, HASH[::-1])}
    assert len(keys) == 2, "another file, another run"


def test_four_fifths_are_learned_and_one_tests() -> None:
    data = cross(103)
    settings = Settings(data="upload", upload=uploads.put(data))
    sets = load(settings, np.random.default_rng(0))
    x, y, _ = tables.points_of_csv(data)
    assert (len(sets.x), len(sets.x_test)) == (82, 21)
    parts = [(sets.x, sets.y), (sets.x_test, sets.y_test)]
    rows = np.concatenate([np.concatenate([a, b], 1) for a, b in parts])
    want = np.concatenate([x, y[:, None]], 1)
    assert sorted(rows.tolist()) == sorted(want.tolist())
    assert rows.tolist() != want.tolist(), "shuffled"


def test_the_network_learns_from_it() -> None:
    settings = Settings(data="upload", upload=uploads.put(cross(200)), steps=300, landscape="none")
    first, *_, last = run(settings.canonical())
    assert first.x is not None and first.x.shape == (160, 2)
    assert last.metrics["test_accuracy"] > 0.9


@pytest.mark.parametrize("kept", [None, b"1,2,a\n"])
def test_a_file_that_cannot_be_used_ends_the_run_in_words(kept: bytes | None) -> None:
    name = HASH if kept is None else uploads.put(kept)
    with pytest.raises(SettingError, match=r"upload: given '.*a file kept here") as caught:
        next(run(Settings(data="upload", upload=name)))
    said = in_words(caught.value, 0).message
    assert said.endswith("upload it again." if kept is None else "here are 1.")
