"""Games with settings of their own in one batch, each against the single game of its cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from core.gan import plane
from core.gan.map import MAP, Settings, clicked
from core.gan.map_figures import heights
from core.gan.map_train import Rated, games, run, summary
from core.gan.training import OPTIMIZERS, Game
from core.gan.training import run as play

QUICK: dict[str, Any] = {"steps": 20, "width": 16, "batch_size": 32, "columns": 3, "rows": 3}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_rate_a_game_is_torchs_optimizer_at_that_rate(name: str) -> None:
    """To 1e-6, on the same gradients, each game beside torch.optim of its own."""
    rates = torch.tensor([1e-3, 0.02, 0.3])
    generator = torch.Generator().manual_seed(0)
    stacked = [torch.randn(3, 4, 2, generator=generator), torch.randn(3, 1, 2, generator=generator)]
    alone = [[part[n].clone() for part in stacked] for n in range(3)]
    several = Rated(name, stacked, rates, 0.5)
    single = [OPTIMIZERS[name](alone[n], rates[n].item(), 0.5) for n in range(3)]
    for _ in range(30):
        for number, part in enumerate(stacked):
            part.grad = torch.randn(part.shape, generator=generator)
            for n in range(3):
                alone[n][number].grad = part.grad[n].clone()
        several.step()
        for optimizer in single:
            optimizer.step()
    for n in range(3):
        for number, part in enumerate(stacked):
            torch.testing.assert_close(part[n], alone[n][number], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("up", ["lr-d", "d-steps", "r1"])
def test_every_cell_is_the_single_game_of_its_settings(up: str) -> None:
    """After 20 steps to 1e-4 of the largest weight: the sums come in another order, no more."""
    settings = Settings(**QUICK, up=up, seed=2, instance_noise=0.1)
    batches = games(settings)
    for game in batches:
        for _ in range(20):
            game.step()
    rows = [torch.cat([p.detach()[n].flatten() for p in game.g.parameters + game.d.parameters])
            for game in batches for n in range(game.count)]  # fmt: skip
    for row, column in ((0, 0), (1, 2), (len(settings.upright()) - 1, 1)):
        one = Game(plane.Settings(**settings.cell(row, column)), [2])
        for _ in range(20):
            one.step()
        alone = torch.cat([p.detach().flatten() for p in one.g.parameters + one.d.parameters])
        found = rows[row * settings.columns + column]
        reach = 1e-4 * alone.abs().max().item()
        torch.testing.assert_close(found, alone, rtol=1e-4, atol=reach)
    assert len({tuple(one.tolist()) for one in rows}) == len(rows)


def test_the_last_frame_measures_the_cells_as_the_plane_does() -> None:
    settings = Settings(**QUICK, target="gaussians", lr_g=0.02, lr_d=0.02)
    *_, last = run(settings)
    for row, column in ((0, 2), (2, 0), (1, 1)):
        *_, alone = play(plane.Settings(**settings.cell(row, column)))
        assert last.modes[row, column] == alone.metrics["modes"]
        good = alone.metrics["high_quality"]
        assert last.high_quality[row, column] == pytest.approx(good, abs=2e-3)
        np.testing.assert_allclose(last.wall[row, column], alone.fake[:40], atol=5e-3)


def test_rates_are_even_in_their_logarithm_about_the_middle() -> None:
    settings = Settings(lr_g=2e-3, span=3.0, columns=7)
    rates = settings.across()
    assert rates[3] == 2e-3
    assert rates[-1] / rates[0] == pytest.approx(1000, rel=1e-3)
    assert np.diff(np.log10(rates)) == pytest.approx(0.5, abs=1e-3)
    assert Settings(lr_g=1.0).across().max() == 1.0


def test_cells_are_counted() -> None:
    """Nine cells by hand: rates 1e-4, 1e-3, 1e-2 of G to the right, of D upwards."""
    settings = Settings(**{**QUICK, "lr_g": 1e-3, "lr_d": 1e-3})
    covered = np.array([[8, 1, -1], [8, 8, 2], [3, 4, 5]])
    good = np.array([[0.5, 0.1, 0.0], [0.9, 0.7, 0.2], [0.3, 0.4, 0.5]])
    found = summary(settings, covered, good)
    assert found["covered_all"] == pytest.approx(3 / 9)
    assert found["covered_half"] == pytest.approx(4 / 9)
    assert found["modes/bottom"] == 3
    assert found["modes/top"] == 4
    assert found["modes/fast-g"] == 1  # 1, 0 (ran away), 2
    assert found["modes/fast-d"] == 5  # 8, 3, 4
    assert (found["best_lr_g"], found["best_up"], found["best_quality"]) == (1e-4, 1e-3, 0.9)
    assert found["diverged"] == pytest.approx(1 / 9)


def test_a_click_in_the_map_and_in_the_wall_lead_to_the_same_game() -> None:
    settings = Settings(up="d-steps")
    frames = list(run(Settings(**QUICK, up="d-steps")))
    small = Settings(**QUICK, up="d-steps")
    fig = MAP.views[0].draw(small, frames, 0)
    squares = [trace for trace in fig["data"] if "customdata" in trace]
    assert len(squares) == 2
    for number in (0, 7, 14):
        one, other = (
            clicked(small, frames, {"x": 0.0, "y": 0.0, "customdata": trace["customdata"][number]})
            for trace in squares
        )
        assert one is not None and other is not None and one.values == other.values
        assert plane.Settings(**one.values).d_steps == number // 3 + 1
    assert len(heights(settings)) == 5
    assert clicked(small, frames, {"x": 0.0, "y": 0.0}) is None


def test_the_wall_lies_as_the_map_does() -> None:
    """The lowest row of small pictures is the lowest row of cells, the first column leftmost."""
    settings = Settings(**QUICK)
    frames = list(run(settings))
    fig = MAP.views[0].draw(settings, frames, len(frames) - 1)
    squares = [trace for trace in fig["data"] if "customdata" in trace]
    orders = [
        [np.argsort(np.argsort(trace[axis], kind="stable"), kind="stable") for axis in ("x", "y")]
        for trace in squares
    ]
    np.testing.assert_array_equal(orders[0], orders[1])
    assert squares[0]["text"] == squares[1]["text"]
