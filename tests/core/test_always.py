"""Does it always? The outcome of a preset over seeds, counted."""

from __future__ import annotations

import numpy as np
import pytest

from core.always import ALWAYS, Settings, run, seeded
from core.catalog import get
from core.ui.always import told


def test_it_counts_what_each_seed_gives_by_itself() -> None:
    """Against runs of the experiment one by one."""
    race = get("optimizers.race")
    noisy = next(p for p in race.presets if "sgd" in str(p.settings))
    frames = list(run(Settings(experiment="optimizers.race", preset=noisy.id, seeds=3)))
    want = []
    for seed in range(3):
        *_, last = race.frames(race.settings(**{**noisy.settings, "seed": seed}))
        want.append(noisy.outcome(last.metrics))
    np.testing.assert_array_equal(frames[-1].came, want)
    assert [frame.step for frame in frames] == [1, 2, 3]
    counts = frames[-1].metrics
    assert sum(counts.values()) == 3
    assert counts == {f"count/{n}": want.count(n) for n in range(len(noisy.options))}


def test_only_what_has_a_seed_is_asked() -> None:
    assert not seeded(get("optimizers.descend"), get("optimizers.descend").presets[0].id)
    assert seeded(get("optimizers.network"), get("optimizers.network").presets[0].id)


@pytest.mark.parametrize(("name", "preset"), [("nothing", "x"), ("optimizers.race", "x")])
def test_what_is_not_there_is_named(name: str, preset: str) -> None:
    with pytest.raises(KeyError, match=r"there are|it has"):
        next(run(Settings(experiment=name, preset=preset)))


def test_it_is_told_in_words() -> None:
    preset = get("optimizers.race").presets[0]
    words = told(preset, {"count/0": 1.0, "count/1": 9.0, "count/2": 0.0}, 10)
    a, b, _ = preset.options
    assert words == f"Does it always? **{b}**: 9 of 10 seeds; **{a}**: 1 of 10 seeds."
    assert ALWAYS.trains
