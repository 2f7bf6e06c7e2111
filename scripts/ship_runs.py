"""Run every preset once and write what ships: data/runs/*.npz and data/runs/metrics.json.

    .venv/bin/python -m scripts.ship_runs [experiment ...]

The frames of each experiment at its defaults ship (they are the picture before any worker has
started); of the presets, the final metrics, which the lesson texts quote.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

from core import framefile
from core.catalog import CATALOG, get

RUNS = Path(__file__).resolve().parents[1] / "data" / "runs"


def main(names: list[str]) -> None:
    """Write the runs of these experiments, of all when none is named."""
    torch.set_num_threads(1)
    RUNS.mkdir(parents=True, exist_ok=True)
    file = RUNS / "metrics.json"
    table = json.loads(file.read_text()) if file.exists() else {}
    for name in names or CATALOG:
        experiment = get(name)
        table[name] = {}
        frames = list(experiment.frames(experiment.settings()))
        (RUNS / f"{name}.npz").write_bytes(framefile.pack(frames))
        for preset in experiment.presets:
            frames = list(experiment.frames(experiment.preset_settings(preset.id)))
            table[name][preset.id] = frames[-1].metrics
            print(f"{name} {preset.id}: {len(frames)} frames, {frames[-1].metrics}", flush=True)
    table = {name: table[name] for name in CATALOG if name in table}
    file.write_text(json.dumps(table, indent=1, sort_keys=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
