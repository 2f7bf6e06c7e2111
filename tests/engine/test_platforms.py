"""Machines that the tests do not run on, acted: which device is chosen, where memory is limited."""

from __future__ import annotations

import platform
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import device
from core.engine import worker


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing remembered of the true machine, and nothing kept of the acted one."""
    monkeypatch.delenv("GLASSBOX_DEVICE", raising=False)
    device.kind.cache_clear(), device.chosen.cache_clear()
    yield
    device.kind.cache_clear(), device.chosen.cache_clear()


@pytest.mark.parametrize(
    ("system", "machine", "build", "card", "visible", "kind"),
    [
        ("darwin", "arm64", "2.13.0", False, None, "mps"),
        ("darwin", "x86_64", "2.2.2", False, None, "cpu"),
        ("linux", "x86_64", "2.13.0", True, None, "cuda"),
        ("linux", "x86_64", "2.13.0", True, "0", "cuda"),
        ("linux", "x86_64", "2.13.0", True, "", "cpu"),  # hidden, as CUDA itself takes it
        ("linux", "x86_64", "2.13.0", True, "-1", "cpu"),
        ("linux", "x86_64", "2.13.0", False, None, "cpu"),
        ("linux", "x86_64", "2.13.0+cpu", True, None, "cpu"),
    ],
)
def test_the_best_device_that_is_there(
    system: str,
    machine: str,
    build: str,
    card: bool,
    visible: str | None,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(device, "_version", lambda package: build)
    monkeypatch.setattr(Path, "exists", lambda path: card and str(path) == "/dev/nvidia0")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert device.kind() == kind


@pytest.mark.parametrize("kind", ["cuda", "mps"])
@pytest.mark.parametrize("usable", [True, False])
def test_a_worker_takes_the_device_if_torch_can_use_it_and_the_processor_if_not(
    kind: str, usable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    for one in ("cuda", "mps"):
        monkeypatch.setattr(getattr(torch, one), "is_available", lambda one=one: usable)
    monkeypatch.setenv("GLASSBOX_DEVICE", kind)
    assert device.chosen() == torch.device(kind if usable else "cpu")


def test_the_memory_limit_counts_from_what_the_worker_has(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda what, limits: asked.append((what, limits)))
    monkeypatch.setattr(resource, "getrlimit", lambda what: (-1, 7))
    monkeypatch.setattr(worker, "_data_bytes", lambda: 1000)
    worker.limit_memory(24)
    assert asked == [(resource.RLIMIT_DATA, (1024, 7))]


def test_a_system_that_cannot_limit_memory_runs_without_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No /proc, as on macOS; a limit that is refused; no resource module, as on Windows."""
    asked: list[object] = []

    def no_proc() -> int:
        raise FileNotFoundError("/proc/self/status")

    def refused(what: int, limits: tuple[int, int]) -> None:
        asked.append(limits)
        raise ValueError("current limit exceeds maximum limit")

    with monkeypatch.context() as mac:
        mac.setattr(worker, "_data_bytes", no_proc)
        mac.setattr(resource, "setrlimit", refused)
        worker.limit_memory(1)
        assert asked == []
    with monkeypatch.context() as strict:
        strict.setattr(resource, "setrlimit", refused)
        worker.limit_memory(1)
        assert len(asked) == 1
    with monkeypatch.context() as windows:
        windows.setitem(sys.modules, "resource", None)
        worker.limit_memory(1)
        assert len(asked) == 1
