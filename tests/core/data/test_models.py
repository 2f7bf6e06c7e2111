"""Models on the shelf: kept and found, refused in words, never unpickled."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from core.data import models

KEY = "ab" * 32


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GLASSBOX_MODELS", str(tmp_path))
    return tmp_path


def test_what_is_kept_comes_back_to_the_bit(home: Path) -> None:
    weights = {"a.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array(0.5)}
    models.keep(KEY, weights)
    found = models.load(KEY)
    assert models.has(KEY) and found.keys() == weights.keys()
    assert all(
        np.array_equal(found[k], v) and found[k].dtype == v.dtype for k, v in weights.items()
    )


@pytest.mark.parametrize("name", ["", "nothing", "../../etc/passwd", "cd" * 32, "AB" * 32])
def test_what_is_not_here_is_said(home: Path, name: str) -> None:
    models.keep(KEY, {"a": np.zeros(1)})
    assert not models.has(name)
    with pytest.raises(models.Missing) as error:
        models.load(name)
    assert str(error.value).startswith("The model of this link is not on this server")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\x80\x04N.", b"\xff" * 64])
def test_a_broken_file_counts_as_missing(home: Path, data: bytes) -> None:
    (home / KEY).write_bytes(data)
    with pytest.raises(models.Missing):
        models.load(KEY)


def test_a_pickle_is_never_opened(home: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.array([{"an": "object"}], dtype=object))
    (home / KEY).write_bytes(buffer.getvalue())
    with pytest.raises(models.Missing):
        models.load(KEY)
