"""The bare loop that the engine is held against: the same training in a plain script, one thread.

Reads lines of JSON, answers each with a line. ``{"experiment": name, "settings": {...}}``: steps
per second of it (of optimizers.network where none is named), every frame computed. With
``"frames": false``, of the updates alone. With ``"seeds": [1, 32]``, the cost of the updates of so
many networks at once: seconds a step. With ``"games": [1, 32]``, of a round of so many games in the
plane at once: seconds a round.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import torch

from core.catalog import get
from core.experiment import Experiment
from core.gan.training import Game
from core.nets.mlp import initial, with_ones
from core.optimizers import training
from core.optimizers.rules import RULES
from core.optimizers.sets import load

CHUNK = 100  # steps whose batches are laid out at a time
ROUNDS = 100  # of games, that are timed


def through_frames(experiment: Experiment, settings: Any) -> float:
    """Steps per second of the whole generator."""
    began, last = time.perf_counter(), None
    for frame in experiment.frames(settings):
        last = frame
    assert last is not None
    return last.step / (time.perf_counter() - began)


def updates(settings: Any, seeds: int = 1) -> float:
    """Steps per second of the updates alone, of so many networks at once."""
    rng = np.random.default_rng(settings.seed)
    sets = load(settings, rng)
    shape = training.shape_of(settings, sets)
    each = np.stack([initial(shape, rng, settings.init) for _ in range(seeds)])
    start = torch.from_numpy(each).to(sets.x.dtype)
    streams = [training.Stream(len(sets.x), settings.batch_size, rng) for _ in range(seeds)]
    rule, hyper = RULES[settings.optimizer], training.hyper_of(settings)
    trainer = training.Trainer(shape, start, streams[0].batch, rule, hyper)
    x1, began = with_ones(sets.x), time.perf_counter()
    while trainer.t < settings.steps:
        chosen = torch.stack([stream.take(CHUNK) for stream in streams], 1)  # (K, S, B)
        trainer.advance(x1[chosen], sets.y[chosen])
    return trainer.t / (time.perf_counter() - began)


def round_of(settings: Any, games: int) -> float:
    """Seconds of a round of so many games at once, the first one left out."""
    game = Game(settings, list(range(games)))
    game.step()
    began = time.perf_counter()
    for _ in range(ROUNDS):
        game.step()
    return (time.perf_counter() - began) / ROUNDS


def answer(question: dict[str, Any]) -> Any:
    """What was asked."""
    experiment = get(question.get("experiment", "optimizers.network"))
    settings = experiment.settings(**question["settings"])
    if "seeds" in question:
        return {str(n): 1 / updates(settings, n) for n in question["seeds"]}
    if "games" in question:
        return {str(n): round_of(settings, n) for n in question["games"]}
    if question.get("frames", True):
        return through_frames(experiment, settings)
    return updates(settings)


def main() -> None:
    """Answer until the input ends."""
    torch.set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
