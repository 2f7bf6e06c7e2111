"""A server in small, for tests that end it: starts the engine, runs things, says what it has.

Prints one line of JSON when two runs are going, then waits to be ended.
"""

from __future__ import annotations

import json
import sys
import time

import psutil

from core import catalog
from core.engine import get_engine
from tests.engine import toys

HEAVY = ("torch", "sklearn", "pymc")


def main() -> None:
    catalog.CATALOG = {toys.COUNT.name: "tests.engine.toys:COUNT"}
    engine = get_engine()
    done = engine.submit(toys.LEARNS, toys.Steps(), "ann")
    done.wait(10**6, 60)
    going = engine.submit(toys.HANGS, toys.Steps(), "bob")
    going.wait(1, 10)
    going.pause()
    engine.submit(toys.COUNT, toys.Steps(steps=100_000), "eve").wait(100, 10)
    processes = [child.pid for child in psutil.Process().children(recursive=True)]
    heavy = [name for name in HEAVY if name in sys.modules]
    report = {"heavy": heavy, "processes": processes, "done": done.state, "going": going.state}
    sys.stdout.write(json.dumps(report | {"health": engine.health()}) + "\n")
    sys.stdout.flush()
    if sys.argv[1:] == ["close"]:
        engine.close()
        sys.stdout.write(json.dumps(len(psutil.Process().children(recursive=True))) + "\n")
        return
    time.sleep(600)


if __name__ == "__main__":
    main()
