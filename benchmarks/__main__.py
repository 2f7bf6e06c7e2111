"""``python -m benchmarks [name ...] [--write]``: measure, print, write build/bench.json."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable

from benchmarks import drawing, report, sessions, training
from benchmarks.report import Row
from benchmarks.stage import Stage

BENCHMARKS: dict[str, Callable[[Stage], list[Row]]] = {
    "open": drawing.opening,
    "move": drawing.moving,
    "slider": drawing.slider,
    "sliders": drawing.sliders,
    "click": drawing.clicking,
    "speed": training.speed,
    "cnn": training.cnn,
    "gan": training.gan,
    "vae": training.vae,
    "playground": training.playground,
    "compare": training.compare,
    "diffusion": training.diffusion,
    "learn": training.learn,
    "seeds": training.seeds,
    "games": training.games,
    "neighbours": sessions.neighbours,
    "memory": sessions.memory,
}


def main() -> int:
    """Run those that are named, or all; 1 if one could not be measured."""
    asked = arguments()
    rows: list[Row] = []
    failed = 0
    began = time.monotonic()
    with Stage() as stage:
        for name in asked.names or BENCHMARKS:
            print(f"{name} ...", file=sys.stderr, flush=True)
            try:
                rows += BENCHMARKS[name](stage)
            except Exception:
                failed = 1
                traceback.print_exc()
    seconds = time.monotonic() - began
    print(report.table(rows))
    print(f"{seconds:.0f} s on {report.in_words(report.machine())}")
    report.save(rows, seconds)
    if asked.write and not failed:
        report.write(rows)
    return failed


def arguments() -> argparse.Namespace:
    """The command line's."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--write", action="store_true", help="put the table into docs/measured.md")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    if asked.write and asked.names:
        parser.error("--write takes a full run")
    return asked


if __name__ == "__main__":
    sys.exit(main())
