"""Many games at once against single games, the interval of a share against SciPy."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from core.data.mixtures import target
from core.experiment import Diverged
from core.gan import plane
from core.gan.seeds import SEEDS, Settings, clicked
from core.gan.seeds_share import wilson
from core.gan.seeds_train import run, summary
from core.gan.training import Game
from core.gan.training import run as play

QUICK: dict[str, Any] = {"steps": 20, "width": 16, "batch_size": 32, "seeds": 8}
# Every rule and help that a game can have at all, in few games.
GAMES: list[dict[str, Any]] = [
    {},
    {"loss": "minimax", "r1": 0.1, "d_steps": 3, "target": "moons"},
    {"loss": "wgan-gp", "packing": 2, "optimizer": "rmsprop"},
    {"loss": "wasserstein", "optimizer": "sgd", "instance_noise": 0.3},
    {"loss": "hinge", "spectral": True, "activation": "leaky-relu", "ema": 0.9},
    {"loss": "least-squares", "batch_norm": True, "smoothing": 0.1, "noise_law": "uniform"},
    {"feature_matching": True, "activation": "tanh", "depth": 3, "beta1": 0.5},
]
each = pytest.mark.parametrize(
    "rules", GAMES, ids=lambda rules: "-".join(map(str, rules)) or "plain"
)


def weights(game: Game, number: int) -> torch.Tensor:
    """All that one of the games has learned, in a row."""
    return torch.cat([p.detach()[number].flatten() for p in game.g.parameters + game.d.parameters])


@torch.no_grad()
def shown(game: Game, number: int) -> torch.Tensor:
    """Fakes of one of the games, and by how much D prefers some places to the first, in a row.

    Numbers without any say in the game are left out, as the bias of a critic: their gradient is
    rounding, which optimizers that divide by its size blow up.
    """
    generator, m, count = (
        torch.Generator().manual_seed(1),
        game.settings.packing,
        len(game.average[0]),
    )
    noise = torch.rand(64, game.settings.noise_dim, generator=generator).expand(count, -1, -1)
    places = (4 * torch.rand(64, 2 * m, generator=generator) - 2).expand(count, -1, -1)
    judged = game.d(places)[number].flatten()
    return torch.cat([game.g(noise)[number].flatten(), judged - judged[0]])


def played(rules: dict[str, Any], seeds: list[int], steps: int = 20) -> Game:
    game = Game(plane.Settings(width=16, batch_size=32, **rules), seeds)
    for _ in range(steps):
        game.step()
    return game


@each
def test_each_of_many_games_is_the_single_game_of_its_seed(rules: dict[str, Any]) -> None:
    """After 20 steps to 1e-4 of the largest number: sums come in another order, no more."""
    many = played(rules, [3, 4, 5])
    for number, seed in enumerate([3, 4, 5]):
        one = shown(played(rules, [seed]), 0)
        reach = 1e-4 * one.abs().max().item()
        torch.testing.assert_close(shown(many, number), one, rtol=1e-4, atol=reach)
    assert not torch.allclose(shown(many, 0), shown(many, 1), atol=1e-2)


@each
def test_no_game_minds_its_neighbours(rules: dict[str, Any]) -> None:
    """Bit for bit, whoever sits beside it."""
    among = played(rules, [7, 1, 2])
    others = played(rules, [7, 8, 9])
    assert torch.equal(weights(among, 0), weights(others, 0))
    assert not torch.equal(weights(among, 1), weights(others, 1))


def test_a_game_that_runs_away_leaves_the_others_alone() -> None:
    sound, sick = (Game(plane.Settings(width=8, batch_size=16), [0, 1]) for _ in range(2))
    with torch.no_grad():
        sick.d.layers[0].weight[1] = torch.nan
    for _ in range(5):
        sound.step()
        sick.step()
    assert torch.equal(weights(sound, 0), weights(sick, 0))
    assert weights(sick, 1).isnan().any()


def test_32_games_cost_at_most_six_times_one() -> None:
    """Processor time of a round at the page's own settings; the least of three looks at each."""
    cost = {}
    for count in (1, 32):
        game = Game(Settings(), list(range(count)))
        game.step()
        looks = []
        for _ in range(3):
            began = time.thread_time()
            for _ in range(20):
                game.step()
            looks.append(time.thread_time() - began)
        cost[count] = min(looks)
    assert cost[32] < 6 * cost[1]


def test_a_run_measures_every_game_as_the_plane_does() -> None:
    """Modes and good fakes of the last frame are those of ``gan.plane`` with that seed."""
    settings = Settings(**QUICK, target="gaussians", lr_g=0.02, lr_d=0.02, seed=5)
    *_, last = run(settings)
    for number in (0, 3, 7):
        *_, alone = play(plane.Settings(**settings.game(number)))
        assert settings.game(number)["seed"] == 5 + number
        assert last.modes[number] == alone.metrics["modes"]
        assert last.high_quality[number] == pytest.approx(alone.metrics["high_quality"], abs=2e-3)
        np.testing.assert_allclose(last.wall[number], alone.fake[:100], atol=5e-3)
    assert last.high_quality.max() > 0


@pytest.mark.parametrize(("count", "n"), [(0, 8), (1, 8), (8, 8), (27, 32), (16, 32), (63, 64)])
def test_the_interval_is_scipys(count: int, n: int) -> None:
    expected = binomtest(count, n).proportion_ci(0.95, method="wilson")
    assert wilson(count, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_interval_holds_the_true_share_as_often_as_it_says() -> None:
    """Over every count that 32 seeds of share 0.8 can give, weighted by the binomial law."""
    from scipy.stats import binom

    p, n = 0.8, 32
    chance = [binom.pmf(k, n, p) for k in range(n + 1) if wilson(k, n)[0] <= p <= wilson(k, n)[1]]
    assert sum(chance) == pytest.approx(0.95, abs=0.02)


def test_games_are_counted() -> None:
    """Of four games: all eight, seven, four, none."""
    covered, good = np.array([8, 7, 4, 0]), np.array([1.0, 0.5, 0.25, 0.0])
    found = summary(covered, good, target("ring"))
    assert found["modes_mean"] == 4.75
    assert found["covered_all"] == 0.25
    assert found["collapsed"] == 0.5
    assert found["high_quality_median"] == 0.375
    assert found["high_quality_low"] == 0.1875
    interval = binomtest(1, 4).proportion_ci(0.95, method="wilson")
    assert found["covered_low"] == pytest.approx(interval.low)
    assert found["covered_high"] == pytest.approx(interval.high)


def test_a_run_ends_when_no_game_is_left() -> None:
    settings = Settings(**{**QUICK, "optimizer": "sgd", "lr_g": 1.0, "lr_d": 1.0})
    with pytest.raises(Diverged, match="every game") as ended:
        list(run(settings.model_copy(update={"loss": "wgan-gp", "penalty": 10.0, "steps": 400})))
    assert ended.value.fix == {"lr_d": 0.1, "lr_g": 0.1}


def test_a_click_plays_that_seed_with_these_rules() -> None:
    settings = Settings(**QUICK, lr_g=5e-3, packing=2, seed=40)
    click = clicked(settings, [], {"x": 0.0, "y": 0.0, "customdata": 6})
    assert click is not None and click.experiment == "gan.plane"
    game = plane.Settings(**click.values)
    assert (game.seed, game.lr_g, game.packing, game.width) == (46, 5e-3, 2, 16)
    assert clicked(settings, [], {"x": 0.0, "y": 0.0}) is None


def test_any_game_of_the_plane_can_be_asked() -> None:
    assert set(plane.Settings.model_fields) | {"seeds"} == set(Settings.model_fields)
    for preset in plane.PLANE.presets:
        assert SEEDS.settings(**preset.settings).seeds == 32
