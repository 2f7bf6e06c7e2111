"""How fast training goes: bare, through the engine, drawn in a browser, and many seeds at once."""

from __future__ import annotations

import time
from statistics import median
from typing import Any
from urllib.parse import urlencode

from benchmarks.drawing import settle
from benchmarks.report import Row
from benchmarks.stage import Stage
from core.catalog import get

# TensorFlow Playground's first screen: 250 training points, batch 10, 2-4-2-1, tanh, rate 0.03.
# No loss landscape at the end, for it has none.
PLAYGROUND = {
    "data": "circles",
    "hidden": "4-2",
    "activation": "tanh",
    "optimizer": "gradient-descent",
    "lr": 0.03,
    "batch_size": 10,
    "landscape": "none",
    "steps": 20_000,
}
# Longer, so that a browser sees enough of it to tell its speed.
LONG = {**PLAYGROUND, "hidden": "32-32", "batch_size": 250}
ROUNDS = 3


def speed(stage: Stage) -> list[Row]:
    """One training: in a bare loop, through the engine, and in the app with a browser drawing."""
    for start in (bare, engine):
        start(stage, {**LONG, "steps": 200})
    rounds = [{**LONG, "seed": seed} for seed in range(ROUNDS)]
    found = [(bare(stage, s), engine(stage, s), *browser(stage, s)) for s in rounds]
    alone, through, seen, pictures = (median(column) for column in zip(*found, strict=True))
    told = f"over {alone:,.0f} steps/s, medians of {ROUNDS} in turn"
    return [
        Row("engine", "training through the engine, over the bare loop", through / alone, "x", 0.9,
            "least", f"{through:,.0f} {told}; every frame consumed"),
        Row("drawn", "the same with a browser drawing", seen / alone, "x", 0.7, "least",
            f"{seen:,.0f} {told}; {pictures:.1f} pictures/s"),
    ]  # fmt: skip


def playground(stage: Stage) -> list[Row]:
    """TensorFlow Playground's default net, drawn and not."""
    rounds = [{**PLAYGROUND, "seed": seed} for seed in range(ROUNDS)]
    found = [(engine(stage, s), browser(stage, s)[0]) for s in rounds]
    through, seen = (median(column) for column in zip(*found, strict=True))
    updates = stage.bare.ask(settings=PLAYGROUND, frames=False)
    return [
        Row("playground", "TF Playground's default net, drawn", seen, "steps/s", 1350, "least",
            "2-4-2-1, tanh, 250 points, batch 10"),
        Row("undrawn", "the same, not drawn", through, "steps/s",
            detail=f"through the engine; {updates:,.0f} of the updates alone, without frames"),
    ]  # fmt: skip


def seeds(stage: Stage) -> list[Row]:
    """The cost of a step of 32 networks at once over that of one."""
    settings = {**PLAYGROUND, "steps": 2000}
    found = [stage.bare.ask(settings=settings, seeds=[1, 32]) for _ in range(4)][1:]
    one, many = (median(each[n] for each in found) for n in ("1", "32"))
    told = f"{many * 1e6:,.0f} over {one * 1e6:,.0f} microseconds a step, medians of {len(found)}"
    return [Row("seeds", "a step of 32 seeds over a step of one", many / one, "x", detail=told)]


def bare(stage: Stage, settings: dict[str, Any]) -> float:
    """Steps per second in the plain script."""
    return float(stage.bare.ask(settings=settings))


def engine(stage: Stage, settings: dict[str, Any]) -> float:
    """Steps per second through a worker, from submitting to the last frame taken."""
    experiment = get("optimizers.network")
    began = time.perf_counter()
    run = stage.engine.submit(experiment, experiment.settings(**settings), "bench", fresh=True)
    while run.active:
        run.wait(frames=len(run.frames) + 1, timeout=10)
    if run.state != "done":
        raise RuntimeError(f"the run ended as {run.state}: {run.error}")
    return run.step_reached / (time.perf_counter() - began)


def browser(stage: Stage, settings: dict[str, Any]) -> tuple[float, float]:
    """Steps and pictures per second as a browser shows them, from its first to its last."""
    asked = {"optimizers.see": "network"}
    asked |= {f"optimizers.network.{name}": value for name, value in settings.items()}
    with stage.page(stage.app, f"/optimizers?{urlencode(asked)}") as page:
        page.evaluate("probe.first()")
        settle(page)
        page.evaluate("probe.follow()")
        page.get_by_role("button", name="Train from scratch").click()
        seen = page.evaluate("probe.run()")
    (start, first), (end, last) = seen["steps"][0], seen["steps"][-1]
    return 1000 * (last - first) / (end - start), 1000 * (len(seen["draws"]) - 1) / (
        seen["draws"][-1] - seen["draws"][0]
    )
