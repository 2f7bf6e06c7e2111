"""Two optimizers over many seeds: paired statistics, fair choice of rates, batching."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from scipy import stats

from core.experiment import SettingError
from core.nets.mlp import Shape, initial, with_ones
from core.optimizers import seeding
from core.optimizers.hyper import DEFAULTS, hyper
from core.optimizers.rules import RULES
from core.optimizers.seeds import SEEDS, Settings, grid
from core.optimizers.seeds_why import explain
from core.optimizers.training import Stream, Trainer

SMALL = {"data": "moons", "hidden": "4", "seeds": 4, "steps": 30, "batch_size": 10}


def test_one_seed_at_one_rate_is_trained_as_if_alone() -> None:
    """Seed 2 at rate 4 of the batch against a Trainer of its own, float64."""
    shape = Shape((2, 4, 1))
    rng = np.random.default_rng(3)
    first = torch.from_numpy(np.stack([initial(shape, rng) for _ in range(3)]))
    x, y = torch.from_numpy(rng.normal(size=(20, 2))), torch.from_numpy(rng.integers(0, 2, (20, 1)))
    chosen = torch.from_numpy(rng.integers(0, 20, (15, 3, 5)))  # (K, S, B)
    for name in ("adam", "momentum"):
        entrant = seeding.Entrant(name, shape, first, 5)
        entrant.advance(with_ones(x)[chosen], y.double()[chosen])
        alone = Trainer(shape, first[2:3], 5, RULES[name], hyper(name, lr=grid(name)[4]))
        alone.advance(with_ones(x)[chosen[:, 2:3]], y.double()[chosen[:, 2:3]])
        row = shape.rows(entrant.trainer.net.theta, 21)[4 * 3 + 2]
        assert torch.allclose(row, shape.rows(alone.net.theta, 1)[0], rtol=0, atol=1e-12)


def test_both_optimizers_start_alike_and_metrics_are_the_pairs() -> None:
    frames = list(seeding.run(Settings(**SMALL)))
    assert np.array_equal(*frames[0].test) and frames[0].metrics["difference"] == 0
    last = frames[-1]
    assert last.step == 30 and len(frames) <= 25
    want = stats.ttest_rel(*last.test.astype(np.float64)).confidence_interval(0.95)
    assert last.metrics["difference_low"] == pytest.approx(want.low, abs=1e-6)
    assert last.metrics["difference_high"] == pytest.approx(want.high, abs=1e-6)
    for n, name in enumerate(("adam", "momentum")):
        assert last.metrics[f"accuracy/{name}"] == pytest.approx(last.test[n].mean())
        assert last.metrics[f"best_lr/{name}"] == grid(name)[last.best[n]]
        assert last.validation[n].mean(1).argmax() == last.best[n]


def test_the_test_set_has_no_say_in_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every test label turned round, the rates chosen are the same."""
    settings = Settings(**SMALL)
    *_, honest = seeding.run(settings)
    load = seeding.load

    def turned(settings: Settings) -> seeding.Parts:
        parts = load(settings)
        return seeding.Parts(parts.train, parts.validation, (parts.test[0], 1 - parts.test[1]))

    monkeypatch.setattr(seeding, "load", turned)
    *_, fooled = seeding.run(settings)
    assert np.array_equal(honest.best, fooled.best)
    assert honest.test + fooled.test == pytest.approx(np.ones((2, 4)), abs=1e-6)


@pytest.mark.parametrize("data", ["digits", "moons"])
def test_the_three_parts_share_no_example(data: str) -> None:
    parts = seeding.load(Settings(data=data))
    sizes = [len(part[0]) for part in (parts.train, parts.validation, parts.test)]
    assert sum(sizes) == (1797 if data == "digits" else 1500)
    rows = torch.cat([parts.train[0], parts.validation[0], parts.test[0]])
    assert len(rows.unique(dim=0)) == len(rows)


def test_seven_rates_around_the_middle() -> None:
    for name in set(DEFAULTS) - {"sgd", "lbfgs"}:
        rates = grid(name)
        assert len(rates) == 7 and list(rates) == sorted(rates)
        assert rates[6] / rates[0] == pytest.approx(1000)


def test_batches_of_a_seed_are_its_own() -> None:
    one, two = (Stream(50, 5, np.random.default_rng([0, n])).take(3) for n in (0, 1))
    assert not torch.equal(one, two)


def test_an_optimizer_does_not_race_itself() -> None:
    with pytest.raises(SettingError, match="second: given 'adam', allowed: another optimizer"):
        Settings.checked({"first": "adam", "second": "adam"})


def test_figures_at_every_frame() -> None:
    settings = Settings(**SMALL, first="lion", second="gradient-descent")
    frames = list(seeding.run(settings))
    kinds = None
    for at in range(0, len(frames), 8):
        figures = SEEDS.figures(settings, frames, at)
        drawn = {n: [t["type"] for t in go.Figure(f).to_dict()["data"]] for n, f in figures.items()}
        assert kinds is None or kinds == drawn
        kinds = drawn


def test_the_early_race_is_borne_out() -> None:
    """The cheapest of the presets, here for every run of the tests."""
    preset = SEEDS.preset("early")
    *_, last = seeding.run(SEEDS.preset_settings("early"))
    assert preset.outcome(last.metrics) == preset.expected
    preset.saw.format_map(last.metrics)


def test_the_explanation_names_students_quantile() -> None:
    """t(3) at 97.5 %: 3.1824 in every table."""
    settings = Settings(**SMALL)
    frames = list(seeding.run(settings))
    assert r"\pm 3.18" in explain(settings, frames, len(frames) - 1)["Difference"]
