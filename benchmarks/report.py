"""What was measured: rows, the table on screen, the JSON, the table in docs/measured.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import psutil

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench.json"
DOCUMENT = ROOT / "docs" / "measured.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
LIBRARIES = ("streamlit", "plotly", "torch", "numpy")


@dataclass(frozen=True)
class Row:
    """One measured number. budget: the most or the least that it may be; None: for the record.

    detail: the two numbers behind a ratio, how often, and how.
    """

    name: str
    what: str
    measured: float
    unit: str
    budget: float | None = None
    side: Literal["most", "least"] = "most"
    detail: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether it keeps its budget; None where it has none."""
        if self.budget is None:
            return None
        return self.measured <= self.budget if self.side == "most" else self.measured >= self.budget

    def cells(self) -> list[str]:
        """What, measured, budget, ok, detail: in words."""
        asked = "" if self.budget is None else f"at {self.side} {_number(self.budget, self.unit)}"
        verdict = {True: "yes", False: "NO", None: ""}[self.ok]
        return [self.what, _number(self.measured, self.unit), asked, verdict, self.detail]


HEADS = ["what", "measured", "budget", "ok", "how"]


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    lines = [HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADS))]
    out = ["  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in lines]
    out.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in out)


def save(rows: Sequence[Row], seconds: float) -> None:
    """Write build/bench.json."""
    found: dict[str, Any] = {"date": _today(), "seconds": round(seconds, 1), "machine": machine()}
    keep = ("name", "what", "measured", "unit", "budget", "side", "ok", "detail")
    found["rows"] = [{key: getattr(row, key) for key in keep} for row in rows]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def write(rows: Sequence[Row]) -> None:
    """Put the table between the marks of docs/measured.md."""
    lines = [HEADS, ["---"] * len(HEADS), *(row.cells() for row in rows)]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    told = f"{_today()}, on a machine with {in_words(machine())}."
    document = DOCUMENT.read_text(encoding="utf-8")
    head, rest = document.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    DOCUMENT.write_text(f"{head}{BEGIN}\n{told}\n\n{text}\n{END}{tail}", encoding="utf-8")


def machine() -> dict[str, Any]:
    """The machine in figures, without its name."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "gpu": Path("/dev/nvidia0").exists(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def in_words(facts: dict[str, Any]) -> str:
    """The machine as a clause."""
    gpu = "a GPU" if facts["gpu"] else "no GPU"
    libraries = ", ".join(f"{name} {facts[name]}" for name in ("python", *LIBRARIES))
    cores = f"{facts['cores']} processor cores"
    return f"{cores}, {facts['memory_gb']} GB of memory, {gpu}; {facts['system']}, {libraries}"


def _number(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f}x"
    text = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{text} {unit}"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
