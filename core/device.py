"""Which device trains: cuda, mps or cpu, chosen once. ``kind`` imports no torch."""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

KINDS = ("cpu", "cuda", "mps")


@cache
def kind() -> str:
    """The kind of device: what GLASSBOX_DEVICE says, else the best that is there.

    Looks at the installed torch and at the machine, without importing torch, so that the server
    can name it too. Raises ValueError for a GLASSBOX_DEVICE it does not know.
    """
    asked = os.environ.get("GLASSBOX_DEVICE", "").strip().lower()
    if asked and asked not in KINDS:
        raise ValueError(f"GLASSBOX_DEVICE: given {asked!r}, allowed: {' | '.join(KINDS)}")
    return asked or _best()


@cache
def chosen() -> torch.device:
    """The torch device of that kind; falls back on the processor where torch cannot use it."""
    import torch

    usable = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.mps.is_available()}
    return torch.device(kind() if usable[kind()] else "cpu")


def versions() -> dict[str, str]:
    """The versions of the libraries that a run's numbers depend on, "" where one is missing."""
    return {name: _version(name) for name in ("torch", "numpy", "scikit-learn")}


def _best() -> str:
    build = _version("torch")
    if sys.platform == "darwin":
        return "mps" if platform.machine() == "arm64" else "cpu"
    if "+cpu" in build or os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return "cpu"
    return "cuda" if Path("/dev/nvidia0").exists() else "cpu"


@cache
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
