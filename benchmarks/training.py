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
# GAN Lab's first game: batches of 150, one hidden layer of 8, two updates of D for one of G. It
# does 15 to 21 a second; here it must be ten times that.
GAN_LAB = {"batch_size": 150, "depth": 1, "width": 8, "d_steps": 2, "steps": 4000}
ROUNDS = 3


def speed(stage: Stage) -> list[Row]:
    """One training: in a bare loop, through the engine, and in the app with a browser drawing."""
    return _compared(stage, "optimizers.network", LONG, "", "a network in the plane")


def cnn(stage: Stage) -> list[Row]:
    """The same of the convolutional network at its defaults."""
    return _compared(stage, "pooling.cnn", {}, "cnn-", "the CNN on MNIST")


def gan(stage: Stage) -> list[Row]:
    """The same of the game in the plane at its defaults, and GAN Lab's own game, drawn."""
    rounds = [{**GAN_LAB, "seed": seed} for seed in range(ROUNDS)]
    seen = median(browser(stage, s, "gan.plane")[0] for s in rounds)
    return [
        *_compared(stage, "gan.plane", {}, "gan-", "the game in the plane"),
        Row("ganlab", "GAN Lab's default game, drawn", seen, "steps/s", 210, "least",
            "batch 150, one hidden layer of 8, 2 D + 1 G; GAN Lab does 15 to 21"),
    ]  # fmt: skip


def vae(stage: Stage) -> list[Row]:
    """The same of a VAE on MNIST, with fewer steps."""
    return _compared(stage, "vae.images", {"steps": 1500}, "vae-", "a VAE on MNIST")


def compare(stage: Stage) -> list[Row]:
    """The same of five kinds of pooling, ten seeds of each at three rates, at the defaults."""
    return _compared(stage, "pooling.compare", {}, "compare-", "pooling kinds over seeds", warm=20)


def diffusion(stage: Stage) -> list[Row]:
    """The same of diffusion in the plane, with fewer steps."""
    return _compared(
        stage, "diffusion.plane", {"steps": 2000}, "diffusion-", "diffusion in the plane"
    )


def learn(stage: Stage) -> list[Row]:
    """The same of diffusion on MNIST, with fewer steps."""
    return _compared(
        stage, "diffusion.learn", {"steps": 200}, "learn-", "diffusion on MNIST", warm=20
    )


def _compared(
    stage: Stage, name: str, settings: dict[str, Any], prefix: str, words: str, warm: int = 200
) -> list[Row]:
    """warm: the steps of a first run, which does not count."""
    for start in (bare, engine):
        start(stage, {**settings, "steps": warm}, name)
    rounds = [{**settings, "seed": seed} for seed in range(ROUNDS)]
    found = [
        (bare(stage, s, name), engine(stage, s, name), *browser(stage, s, name)) for s in rounds
    ]
    alone, through, seen, pictures = (median(column) for column in zip(*found, strict=True))
    told = f"over {alone:,.0f} steps/s, medians of {ROUNDS} in turn"
    return [
        Row(f"{prefix}engine", f"{words}: training through the engine, over the bare loop",
            through / alone, "x", 0.9, "least", f"{through:,.0f} {told}; every frame consumed"),
        Row(f"{prefix}drawn", "the same with a browser drawing", seen / alone, "x", 0.7, "least",
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


def games(stage: Stage) -> list[Row]:
    """The cost of a round of 32 games in the plane over that of one, at the page's own settings."""
    asked = {"experiment": "gan.seeds", "settings": {}, "games": [1, 32]}
    found = [stage.bare.ask(**asked) for _ in range(4)][1:]
    one, many = (median(each[n] for each in found) for n in ("1", "32"))
    told = f"{many * 1e3:.3g} over {one * 1e3:.3g} ms a round, medians of {len(found)} in turn"
    return [Row("games", "a round of 32 games in the plane over a round of one", many / one, "x", 6,
                detail=told)]  # fmt: skip


def bare(stage: Stage, settings: dict[str, Any], name: str = "optimizers.network") -> float:
    """Steps per second in the plain script."""
    return float(stage.bare.ask(experiment=name, settings=settings))


def engine(stage: Stage, settings: dict[str, Any], name: str = "optimizers.network") -> float:
    """Steps per second through a worker, from submitting to the last frame taken."""
    experiment = get(name)
    began = time.perf_counter()
    run = stage.engine.submit(experiment, experiment.settings(**settings), "bench", fresh=True)
    while run.active:
        run.wait(frames=len(run.frames) + 1, timeout=10)
    if run.state != "done":
        raise RuntimeError(f"the run ended as {run.state}: {run.error}")
    return run.step_reached / (time.perf_counter() - began)


def browser(
    stage: Stage, settings: dict[str, Any], name: str = "optimizers.network"
) -> tuple[float, float]:
    """Steps and pictures per second as a browser shows them, from its first to its last."""
    topic, _, short = name.partition(".")
    asked = {f"{topic}.see": short}
    asked |= {f"{name}.{field}": value for field, value in settings.items()}
    with stage.page(stage.app, f"/{topic}?{urlencode(asked)}") as page:
        page.evaluate("probe.first()")
        settle(page)
        page.evaluate("probe.follow()")
        page.get_by_role("button", name=get(name).verb).click()
        seen = page.evaluate("probe.run()")
    (start, first), (end, last) = seen["steps"][0], seen["steps"][-1]
    return 1000 * (last - first) / (end - start), 1000 * (len(seen["draws"]) - 1) / (
        seen["draws"][-1] - seen["draws"][0]
    )
