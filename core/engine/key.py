"""The key of a run: everything that its numbers depend on, as one hash."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

from core import device
from core.experiment import Experiment, Settings

CORE = Path(__file__).resolve().parents[1]
NOT_RUN = {"ui", "app"}  # folders of core whose code no run depends on
THREADS = 1  # of torch, in every worker: one and two differ in the eighth digit
LOOK_S = 2.0  # how old the look at the files may be

_looked: tuple[float, tuple[tuple[str, int, int], ...], str] = (-LOOK_S, (), "")


def run_key(experiment: Experiment, settings: Settings) -> str:
    """Hexadecimal SHA-256 of experiment, settings, code, library versions, device and threads."""
    parts = {
        "experiment": experiment.name,
        "run": experiment.run,
        "settings": settings.key(),
        "code": code_version(),
        "versions": device.versions(),
        "device": device.kind(),
        "threads": THREADS,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def code_version() -> str:
    """Hash of the source that runs may use; read again when a file has changed."""
    global _looked
    looked, stamps, version = _looked
    now = time.monotonic()
    if now - looked < LOOK_S:
        return version
    files = sources()
    found = tuple((str(f), stat.st_mtime_ns, stat.st_size) for f in files for stat in [f.stat()])
    _looked = (now, found, version if found == stamps else hashed(files))
    return _looked[2]


def sources(core: Path = CORE) -> list[Path]:
    """The files of core that runs may use, sorted."""
    return sorted(f for f in core.rglob("*.py") if f.relative_to(core).parts[0] not in NOT_RUN)


def hashed(files: list[Path]) -> str:
    """Hash of the names and contents of files."""
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.name}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return total.hexdigest()
