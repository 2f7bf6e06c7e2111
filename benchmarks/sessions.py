"""Many visitors: what their training costs another's slider, and what each costs in memory."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.drawing import nudge, settle
from benchmarks.report import Row
from benchmarks.stage import Helper, Stage

TRAINING, OPEN = 8, 20
ROUNDS, PRESSES = 3, 8


def neighbours(stage: Stage) -> list[Row]:
    """A slider while nobody else is there, and while eight sessions train."""
    crowd = Helper("benchmarks.crowd", stage.app.url, str(TRAINING))
    quiet, busy = [], []
    try:
        crowd.answer()
        with stage.page(stage.app, "/optimizers") as page:
            page.evaluate("probe.first()")
            settle(page)
            nudge(page)
            for _ in range(ROUNDS):
                quiet += [nudge(page) for _ in range(PRESSES)]
                crowd.ask(do="train")
                busy += [nudge(page) for _ in range(PRESSES)]
                crowd.ask(do="stop")
                time.sleep(1)
    finally:
        crowd.close()
    a, b = median(busy), median(quiet)
    told = f"{a:.3g} s over {b:.3g} s, medians of {len(busy)}; sessions over websockets, no browser"
    return [Row("neighbours", f"a slider while {TRAINING} sessions train, over a quiet server",
                a / b, "x", 1.5, detail=told)]  # fmt: skip


def memory(stage: Stage) -> list[Row]:
    """The server process before use, and how it grows with open sessions."""
    server = stage.serve()
    unused = server.memory_mb()
    first = Helper("benchmarks.crowd", server.url, "2")
    first.answer()
    used = server.memory_mb()
    rest = Helper("benchmarks.crowd", server.url, str(OPEN))
    rest.answer()
    full = server.memory_mb()
    for crowd in (first, rest):
        crowd.close()
    server.close()
    return [
        Row("server", "memory of the server process before use", unused, "MB", 200,
            detail=f"its own (USS), workers apart; {used:.0f} MB with a page drawn"),
        Row("session", "memory per open session", (full - used) / OPEN, "MB", 2,
            detail=f"{OPEN} more sessions on the network's page"),
    ]  # fmt: skip
