"""The parts that need no process: limits, kept frames, keys, errors in words, the way in."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.engine
from core import device
from core.engine import key, worker
from core.engine.guard import guarded, in_words
from core.engine.kept import Kept
from core.engine.limits import Limits
from core.experiment import Diverged, SettingError
from tests.engine import toys


def frame(step: int, **metrics: float) -> toys.Numbers:
    return toys.Numbers(step=step, metrics=metrics, x=np.zeros(1))


@given(count=st.integers(1, 300), size=st.integers(1, 20), most=st.integers(1, 400))
def test_thinning_keeps_first_and_last_and_even_gaps(count: int, size: int, most: int) -> None:
    kept = Kept(most)
    for step in range(count):
        kept.add(frame(step), size)
        steps = [one.step for one in kept.frames]
        assert steps[0] == 0 and steps[-1] == step
        assert kept.bytes == size * len(steps)
        assert kept.bytes <= most or len(steps) <= 2
        assert steps[:-1] == list(range(0, step, kept.stride))[: len(steps) - 1]
    if not kept.thinned:
        assert len(kept.frames) == count


def test_limits_come_from_the_environment_and_say_what_they_allow() -> None:
    limits = Limits.from_env({"GLASSBOX_WORKERS": "3", "GLASSBOX_TIME_S": "1.5"})
    assert (limits.places, limits.wall_s, limits.queue) == (3, 1.5, Limits().queue)
    assert Limits().places == max(1, (os.cpu_count() or 2) - 1)
    for bad in ("none", "-1", "nan", "inf", "1.5"):
        with pytest.raises(ValueError, match=f"^GLASSBOX_WORKERS: given '{bad}', allowed: "):
            Limits.from_env({"GLASSBOX_WORKERS": bad})


def test_equal_settings_share_a_key_and_others_do_not() -> None:
    base = key.run_key(toys.COUNT, toys.Steps())
    assert base == key.run_key(toys.COUNT, toys.Steps(steps=10)) and len(base) == 64
    assert base != key.run_key(toys.COUNT, toys.Steps(steps=11))
    assert base != key.run_key(toys.HANGS, toys.Steps())


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("core.engine.key.code_version", lambda: "changed"),
        ("core.device.versions", lambda: {"torch": "0"}),
        ("core.device.kind", lambda: "tpu"),
    ],
)
def test_code_libraries_and_device_belong_to_the_key(
    what: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = key.run_key(toys.COUNT, toys.Steps())
    monkeypatch.setattr(what, value)
    assert key.run_key(toys.COUNT, toys.Steps()) != base


def test_the_code_that_counts_is_all_of_core_but_the_pages_side(tmp_path: Path) -> None:
    for name in ("a.py", "topic/b.py", "ui/c.py", "app/d.py", "topic/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    found = key.sources(tmp_path)
    assert [file.name for file in found] == ["a.py", "b.py"]
    before = key.hashed(found)
    (tmp_path / "topic/b.py").write_text("2")
    assert key.hashed(found) != before


def test_non_finite_metrics_and_too_many_steps_end_a_run() -> None:
    frames = [frame(0, loss=1.0), frame(1, loss=float("inf"), other=1.0)]
    source = guarded(frames)
    assert next(source).step == 0
    with pytest.raises(Diverged, match="At step 1, loss is not a finite number"):
        next(source)
    assert len(list(guarded([frame(5)], most_steps=5))) == 1
    assert in_words(_caught(guarded([frame(6)], most_steps=5)), 6).kind == "steps"


def _caught(source: object) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # any, to be put in words
        list(source)  # type: ignore[call-overload]
    return caught.value


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), "memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes"), "memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "memory"),
        (Diverged(3, "Too fast.", {"lr": 0.1}), "diverged"),
        (SettingError("lr", "x", "a number"), "error"),
        (RuntimeError("shape"), "error"),
        (ValueError(), "error"),
    ],
)
def test_every_error_is_one_line_of_words(error: Exception, kind: str) -> None:
    words = in_words(error, 7)
    assert words.kind == kind and words.message and "\n" not in words.message
    assert words.step == (3 if kind == "diverged" else 7)
    assert len(in_words(RuntimeError("x" * 10_000), 0).message) < 400


def test_the_device_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, expected in (("cpu", "cpu"), ("CUDA", "cuda"), ("mps", "mps")):
        monkeypatch.setenv("GLASSBOX_DEVICE", asked)
        device.kind.cache_clear()
        assert device.kind() == expected
    monkeypatch.setenv("GLASSBOX_DEVICE", "tpu")
    device.kind.cache_clear()
    with pytest.raises(ValueError, match=r"given 'tpu', allowed: cpu \| cuda \| mps"):
        device.kind()
    monkeypatch.undo()
    device.kind.cache_clear()
    assert device.kind() in device.KINDS


def test_the_device_is_one_that_torch_can_use() -> None:
    import torch

    device.chosen.cache_clear()
    assert torch.ones(2, device=device.chosen()).sum().item() == 2.0
    assert device.versions()["torch"] == torch.__version__


def test_a_worker_imports_anew_what_a_developer_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "edited.py"
    file.write_text("")
    os.utime(file, (1, 1))
    monkeypatch.setattr(worker, "SOURCES", {"edited": str(file)})
    monkeypatch.setitem(sys.modules, "edited", os)
    assert not worker.changed()
    file.write_text("x = 1")
    os.utime(file, (worker.STARTED + 1, worker.STARTED + 1))
    assert worker.changed()
    worker.forget()
    assert "edited" not in sys.modules
    file.unlink()
    assert worker.changed()


@pytest.fixture
def holder(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A place for this test's engine, away from that of the process."""
    monkeypatch.setattr(core.engine, "HOLDER", "_glassbox_test")
    yield "_glassbox_test"
    sys.modules.pop("_glassbox_test", None)


class FakeEngine:
    made = 0

    def __init__(self) -> None:
        FakeEngine.made += 1
        self.closed = False

    def close(self) -> None:
        self.closed = True


def test_one_engine_a_process_whoever_asks_and_after_modules_are_dropped(
    holder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit drops every module of a file, the engine's too, when a source is edited."""
    monkeypatch.setattr(core.engine, "_start", lambda kind: FakeEngine())
    monkeypatch.setattr(core.engine.atexit, "register", lambda call: None)
    FakeEngine.made = 0
    found: list[object] = []
    asking = [
        threading.Thread(target=lambda: found.append(core.engine.get_engine())) for _ in range(8)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert len(found) == 8 and len(set(map(id, found))) == 1 == FakeEngine.made
    assert sys.modules[holder].__dict__.get("__file__") is None
    first = core.engine.get_engine()
    first.close()
    assert core.engine.get_engine() is not first


@pytest.mark.usefixtures("holder")
def test_an_unknown_engine_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOX_ENGINE", "abacus")
    with pytest.raises(ValueError, match="GLASSBOX_ENGINE: given 'abacus', allowed: local"):
        core.engine.get_engine()
