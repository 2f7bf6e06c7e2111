"""Pooling kinds side by side: batched training, equal batches, parts, choice of rates, metrics."""

from __future__ import annotations

import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from core.experiment import Diverged, SettingError
from core.nets.cnn import Cnn
from core.nets.spec import Spec
from core.pooling import compare_team, comparing
from core.pooling.compare import KINDS, MOST, RATES, Frame, Settings
from core.pooling.compare_team import Team, advance
from core.pooling.training import Batches, generator

SMALL: dict[str, Any] = {"kinds": ("max", "none"), "seeds": 5, "steps": 10, "train_size": 60}


def doubled(spec: Spec, seeds: torch.Generator) -> dict[str, Tensor]:
    return {name: value.double() for name, value in DRAW(spec, seeds).items()}


DRAW = compare_team.draw


def alone(spec: Spec, first: compare_team.State, lr: float) -> tuple[Cnn, torch.optim.Optimizer]:
    """One network of torch.nn layers and its optimizer."""
    net = Cnn(spec).double()
    net.load_state_dict(dict(first))
    return net, torch.optim.Adam(net.parameters(), lr)


def update(net: Cnn, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> None:
    optimizer.zero_grad()
    cross_entropy(net(x), y).backward()
    optimizer.step()


def of_seed(team: Team, seed: int) -> dict[str, Tensor]:
    """The weights of one network of the team, as Cnn names them."""
    found = {"dense.weight": team.weight[seed].T, "dense.bias": team.bias[seed, 0]}
    for n, (weight, bias) in enumerate(team.convs, 1):
        found[f"conv{n}.weight"] = weight.reshape(team.seeds, -1, *weight.shape[1:])[seed]
        found[f"conv{n}.bias"] = bias.reshape(team.seeds, -1)[seed]
    return found


def equal(team: Team, seed: int, net: Cnn) -> bool:
    want = dict(net.named_parameters())
    found = of_seed(team, seed)
    assert found.keys() == want.keys()
    return all(torch.allclose(found[k], want[k], rtol=0, atol=1e-9) for k in want)


@pytest.mark.parametrize("kind", KINDS)
def test_a_team_trains_as_its_networks_would_alone(kind: str) -> None:
    """Three seeds, five steps, against torch.nn and torch.optim, float64, to 1e-9."""
    spec = Spec(side=8, depth=2, width=3, kernel=3, pooling=kind)
    first = [doubled(spec, torch.Generator().manual_seed(n)) for n in range(3)]
    team = Team(spec, first)
    optimizer = torch.optim.Adam(team.parameters, 0.01, fused=True)
    nets = [alone(spec, one, 0.01) for one in first]
    made = torch.Generator().manual_seed(7)
    for _ in range(5):
        x = torch.rand(6, 3, 8, 8, dtype=torch.float64, generator=made)
        y = torch.randint(0, 10, (3, 6), generator=made)
        advance([team], optimizer, x, y)
        for seed, (net, own) in enumerate(nets):
            update(net, own, x[:, seed : seed + 1], y[seed])
    assert all(equal(team, seed, net) for seed, (net, _) in enumerate(nets))
    assert not equal(team, 0, nets[1][0])


def team_of(settings: Settings, seeds: int, kind: str = "max") -> Team:
    spec = settings.spec(kind)
    return Team(spec, [DRAW(spec, torch.Generator().manual_seed(n)) for n in range(seeds)])


class Calls(TorchDispatchMode):
    """Counts what Torch is called to do."""

    count = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        self.count += 1
        return func(*args, **(kwargs or {}))


def test_ten_at_once_take_ten_times_the_multiplications_in_as_many_calls() -> None:
    """By torch's own count, two operations a multiplication; and the words of the page say so."""
    text = (Path(__file__).parents[3] / "pages/foundations/pooling/compare.md").read_text("utf-8")
    said = re.search(r"multiplies ([\d,]+) times for a small digit and ([\d,]+) times for", text)
    assert said is not None
    for data, words in zip(("digits", "mnist"), said.groups(), strict=True):
        settings, found = Settings(data=data), {}
        side = settings.spec("max").side
        for seeds in (1, 10):
            team, x = team_of(settings, seeds), torch.rand(1, seeds, side, side)
            with FlopCounterMode(display=False) as counter, Calls() as calls:
                team(x)
            found[seeds] = counter.get_total_flops() // 2, calls.count
        assert found[1][0] == int(words.replace(",", ""))
        assert found[10] == (10 * found[1][0], found[1][1])
    assert "94,720 times for one of MNIST,\nat 16x16" in text and side == 16


def test_ten_at_once_take_less_than_half_the_time_of_one_after_another() -> None:
    """On small digits, an update; processor time, the least of four looks at each."""
    cost = {}
    for seeds in (1, 10):
        team = team_of(Settings(), seeds)
        optimizer = torch.optim.Adam(team.parameters, 0.01, fused=True)
        x, y = torch.rand(32, seeds, 8, 8), torch.randint(0, 10, (seeds, 32))
        looks = []
        for _ in range(4):
            began = time.thread_time()
            for _ in range(20):
                advance([team], optimizer, x, y)
            looks.append(time.thread_time() - began)
        cost[seeds] = min(looks)
    assert cost[10] < 10 * cost[1] / 2


def test_a_contest_trains_every_seed_at_every_rate_as_if_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seed 3 of each kind at each rate against a network of its own on batches of its own."""
    monkeypatch.setattr(comparing, "draw", doubled)
    settings = Settings(**SMALL, seed=4)
    x, y = comparing.load(settings).train
    contest = comparing.Contest(settings, (x.double(), y))
    for _ in range(3):
        contest.step()
    for row, kind in zip(contest.teams, settings.kinds, strict=True):
        for team, rate in zip(row, RATES, strict=True):
            weights, order = np.random.SeedSequence([4, 3]).spawn(2)
            first = doubled(settings.spec(kind), generator(weights))
            net, optimizer = alone(settings.spec(kind), first, rate)
            batches = Batches(len(x), 32, np.random.default_rng(order))
            for _ in range(3):
                chosen = batches.next()
                update(net, optimizer, x[chosen].double(), y[chosen])
            assert equal(team, 3, net)


def test_measures_are_those_of_each_network() -> None:
    spec = Spec(side=8, depth=2, width=2, kernel=3, pooling="l2")
    first = [doubled(spec, torch.Generator().manual_seed(n)) for n in range(2)]
    made = torch.Generator().manual_seed(1)
    x = torch.rand(150, 1, 8, 8, dtype=torch.float64, generator=made)
    y = torch.randint(0, 10, (150,), generator=made)
    right, loss = Team(spec, first).measure(x, y)
    for seed, one in enumerate(first):
        logits = alone(spec, one, 0.1)[0](x)
        assert right[seed].item() == pytest.approx((logits.argmax(1) == y).double().mean().item())
        assert loss[seed].item() == pytest.approx(cross_entropy(logits, y).item(), rel=1e-9)


@cache
def last(**changes: Any) -> Frame:
    """The last frame of a small run."""
    *_, frame = comparing.run(Settings(**{**SMALL, **changes}).canonical())
    return frame


def test_a_kind_sees_the_same_whoever_runs_beside_it() -> None:
    """Equal batches and first weights: what max reaches does not depend on the others."""
    one, other = last(kinds=("max", "average")), last(kinds=("max", "sum", "blur"))
    assert np.array_equal(one.test[0], other.test[0])
    assert np.array_equal(one.validation[0], other.validation[0])
    assert not np.array_equal(one.test[1], other.test[1])


def test_seeds_are_kept_when_more_are_asked_for() -> None:
    five, seven = last(rates="same"), last(rates="same", seeds=7)
    assert np.array_equal(five.test, seven.test[:, :5])
    assert len(np.unique(seven.train_loss[0])) == 7


def test_intervals_are_students() -> None:
    """scipy.stats: the paired t-test's interval of a difference, the t-test's of a mean."""
    frame = last(kinds=("max", "average", "sum"))
    test = frame.test.astype(np.float64)
    for n, kind in enumerate(("average", "sum"), 1):
        want = stats.ttest_rel(test[n], test[0]).confidence_interval(0.95)
        found = [frame.metrics[f"{end}/{kind}"] for end in ("difference", "low", "high")]
        assert found == pytest.approx([(test[n] - test[0]).mean(), *want], abs=1e-6)
    for row, ends in zip(test, frame.interval, strict=True):
        want = stats.ttest_1samp(row, 0).confidence_interval(0.95)
        assert ends.tolist() == pytest.approx(list(want), abs=1e-6)


def test_means_and_deviations_are_over_seeds() -> None:
    frame = last()
    for n, kind in enumerate(("max", "none")):
        values = frame.test[n].astype(np.float64)
        assert frame.metrics[f"accuracy/{kind}"] == pytest.approx(np.mean(values), abs=1e-6)
        assert frame.metrics[f"sd/{kind}"] == pytest.approx(np.std(values, ddof=1), abs=1e-6)
        loss = float(np.mean(frame.train_loss[n]))
        assert frame.metrics[f"train_loss/{kind}"] == pytest.approx(loss, rel=1e-5)


def test_ties_are_shared() -> None:
    """Four seeds: one to the first, one to all three, one to the last two, one to the second."""
    test = np.array([[0.9, 0.5, 0.1, 0.2], [0.8, 0.5, 0.7, 0.6], [0.1, 0.5, 0.7, 0.5]])
    assert comparing.wins(test) == pytest.approx([1 + 1 / 3, 1 / 3 + 1 / 2 + 1, 1 / 3 + 1 / 2])


class Fake:
    """A team that has read so many of the validation and of the test part, on each seed."""

    def __init__(self, validation: list[float], test: list[float], loss: float = 1.0) -> None:
        self.read, self.loss = {7: validation, 9: test}, loss

    def measure(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        right = torch.tensor(self.read.get(len(y), [0.0] * 5), dtype=torch.float64)
        return right, torch.full((5,), self.loss, dtype=torch.float64)


def measured(rows: list[list[Fake]]) -> Frame:
    pairs = [(torch.zeros(n, 1, 8, 8), torch.zeros(n)) for n in (3, 7, 9)]
    teams: Any = rows
    return comparing.measure(Settings(**SMALL), 5, teams, comparing.Parts(*pairs), {})


def test_validation_chooses_the_rate_and_the_test_part_only_measures() -> None:
    """By hand: the second rate for max, though another reads more of the test part."""
    low, high = [0.5] * 5, [0.9] * 5
    mixed = [0.8, 0.9, 1.0, 0.9, 0.8]  # 0.88: above 0.5, below 0.9
    first = [Fake(low, high), Fake(mixed, low), Fake(low, high)]
    second = [Fake(low, low), Fake(mixed, low), Fake(high, mixed)]
    frame = measured([first, second])
    assert frame.best.tolist() == [1, 2]
    assert frame.metrics["best_lr/max"] == RATES[1]
    assert frame.metrics["best_lr/none"] == RATES[2]
    assert frame.metrics["difference/none"] == pytest.approx(0.38)
    assert frame.validation[0].mean(1) == pytest.approx([0.5, 0.88, 0.5])


def test_a_loss_that_is_no_number_ends_the_run_only_if_no_rate_is_left() -> None:
    fine, lost = Fake([0.5] * 5, [0.5] * 5), Fake([0.1] * 5, [0.1] * 5, np.inf)
    measured([[lost, fine, lost], [fine, lost, lost]])
    with pytest.raises(Diverged, match="At step 5 a training loss stopped being a number"):
        measured([[fine, fine, fine], [lost, lost, lost]])


@pytest.mark.parametrize(
    ("data", "sizes"), [("digits", (898, 270, 629)), ("mnist", (MOST, 300, 1000))]
)
def test_the_three_parts_share_no_image(data: str, sizes: tuple[int, ...]) -> None:
    settings = Settings(data=data)
    parts = comparing.load(settings)
    pairs = (parts.train, parts.validation, parts.test)
    assert tuple(len(x) for x, _ in pairs) == tuple(len(y) for _, y in pairs) == sizes
    side = settings.spec("max").side
    assert all(x.shape[1:] == (1, side, side) for x, _ in pairs)
    assert all(x.min() >= 0 and x.max() <= 1 for x, _ in pairs)
    held = {one.numpy().tobytes() for x, _ in pairs[1:] for one in x}
    assert len(held) == sizes[1] + sizes[2]
    assert not any(one.numpy().tobytes() in held for one in parts.train[0])


def test_mnist_is_halved_by_means_of_four() -> None:
    rng = np.random.default_rng(0)
    images = rng.random((3, 28, 28), np.float32)
    x, _ = comparing._shrunk(images, np.zeros(3, np.int64))
    want = images.reshape(3, 14, 2, 14, 2).mean((2, 4))
    assert x[:, 0, 1:-1, 1:-1].numpy() == pytest.approx(want, abs=1e-6)
    assert x.sum().item() == pytest.approx(want.sum(), rel=1e-5)  # the rim is 0


def test_kinds_are_in_one_order_and_each_once() -> None:
    assert Settings(kinds=("sum", "max")).kinds == ("max", "sum")
    assert Settings(kinds=("sum", "max")).key() == Settings(kinds=("max", "sum")).key()
    with pytest.raises(SettingError, match=r"kinds: .* allowed: different kinds, each once"):
        Settings.checked({"kinds": ("max", "max")})
    with pytest.raises(SettingError, match="2 to 7 of max"):
        Settings.checked({"kinds": ("max",)})


def test_one_rate_for_all_is_the_one_given() -> None:
    frame = last(rates="same", lr=0.02)
    assert frame.validation.shape == (2, 1, 5)
    assert frame.metrics["best_lr/none"] == 0.02
    assert Settings(lr=0.5).canonical() == Settings()
