"""The store of uploaded files: by content, verified, bounded, private, and safe to share."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data import uploads
from core.data.shelf import STALE_S
from core.data.uploads import Missing

SENTENCE = "The file of this link is not on this server: upload it again."


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GLASSBOX_UPLOADS", str(tmp_path / "kept" / "here"))
    return tmp_path / "kept" / "here"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=500))
def test_there_and_back(data: bytes) -> None:
    name = uploads.put(data)
    assert name == hashlib.sha256(data).hexdigest()
    assert uploads.get(name) == data and uploads.has(name)


def test_the_same_content_is_kept_once(home: Path) -> None:
    assert uploads.put(b"a") == uploads.put(b"a") != uploads.put(b"b")
    assert len(list(home.iterdir())) == 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in home.iterdir())
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name",
    ["", "0" * 64, "F" * 64, "0" * 63, "0" * 64 + "\n", "../secret", "/etc/passwd", "\x00" * 64],
)
def test_what_is_not_kept_is_missing_in_a_sentence(name: str, home: Path) -> None:
    uploads.put(b"a")
    (home.parent / "secret").write_bytes(b"secret")
    assert not uploads.has(name)
    with pytest.raises(Missing) as caught:
        uploads.get(name)
    assert str(caught.value) == SENTENCE and isinstance(caught.value, KeyError)


def test_what_was_changed_is_missing(home: Path) -> None:
    name = uploads.put(b"the file")
    (home / name).write_bytes(b"another")
    with pytest.raises(Missing):
        uploads.get(name)
    assert not uploads.has(name), "it goes, so that it can be uploaded again"
    assert uploads.get(uploads.put(b"the file")) == b"the file"


def test_the_longest_unused_go_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for three of 400 bytes; the first was read since."""
    monkeypatch.setenv("GLASSBOX_UPLOADS_MB", "0.0013")
    names = []
    for n in range(3):
        names.append(uploads.put(bytes([n]) * 400))
        os.utime(home / names[n], (n, n))
    uploads.get(names[0])
    names.append(uploads.put(b"x" * 400))
    assert [uploads.has(name) for name in names] == [True, False, True, True]
    names.append(uploads.put(b"y" * 1300))
    assert [uploads.has(name) for name in names] == [False] * 4 + [True]


def test_a_file_larger_than_the_store_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOX_UPLOADS_MB", "0.001")
    kept = uploads.put(b"a")
    with pytest.raises(ValueError, match="has 1,001 bytes; this server keeps 1,000"):
        uploads.put(b"x" * 1001)
    assert uploads.has(kept)


@pytest.mark.parametrize("text", ["-1", "nan", "1e9", "many"])
def test_a_bound_that_is_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOX_UPLOADS_MB", text)
    with pytest.raises(ValueError, match="GLASSBOX_UPLOADS_MB: given"):
        uploads.put(b"a")


def test_a_write_that_fails_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("core.data.shelf.os.replace", full)
        with pytest.raises(OSError, match="No space"):
            uploads.put(b"a")
    assert list(home.iterdir()) == []


def test_what_a_dead_writer_left_goes_after_an_hour(home: Path) -> None:
    uploads.put(b"a")
    old, new, other = home / ".part-old", home / ".part-new", home / "README"
    for path in (old, new, other):
        path.write_bytes(b"half")
    hour = time.time() - STALE_S
    os.utime(old, (hour - 1, hour - 1))
    os.utime(new, (hour + 60, hour + 60))
    uploads.put(b"b")
    assert [path.exists() for path in (old, new, other)] == [False, True, True]


def test_without_the_variable_it_is_a_folder_of_this_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GLASSBOX_UPLOADS")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    home = uploads.folder()
    assert home.parent == tmp_path and stat.S_IMODE(home.stat().st_mode) == 0o700
    assert uploads.get(uploads.put(b"a")) == b"a"
    home.chmod(0o755)
    with pytest.raises(PermissionError, match="open to other users"):
        uploads.get("0" * 64)
    for path in [*home.iterdir(), home]:
        path.rmdir() if path.is_dir() else path.unlink()
    home.symlink_to(tmp_path)
    with pytest.raises(PermissionError, match="open to other users"):
        uploads.put(b"a")


def test_several_processes_may_write_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each writes the same twenty files; readers see whole files only."""
    code = (
        "from core.data import uploads\n"
        "for _ in range(20):\n"
        "    for n in range(20):\n"
        "        data = bytes([n]) * 1000\n"
        "        assert uploads.get(uploads.put(data)) == data\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert len(list(home.iterdir())) == 20
