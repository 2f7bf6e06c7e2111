"""The plane of rates and momenta, against closed forms, torch.optim and the race."""

from typing import get_args

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from core.optimizers import sweep_plane, sweeping
from core.optimizers.race import RACE, RaceSettings
from core.optimizers.rules import hyper, make_torch
from core.optimizers.surfaces import turn, value_grad
from core.optimizers.sweep import PRESETS, SWEEP, Frame, Settings, cell, clicked
from core.optimizers.sweep_plane import edge, height, ideal, momenta, rates

GOING, SETTLED, BLOWN = 0, 1, 2


def last(**changes: object) -> tuple[Settings, Frame]:
    settings = Settings(**changes)
    return settings, list(SWEEP.frames(settings))[-1]


@pytest.mark.parametrize("rotation", [0, 45])
@pytest.mark.parametrize("surface", ["bowl", "ravine"])
@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_the_edge_seen_is_the_edge_in_closed_form(
    optimizer: str, surface: str, rotation: int
) -> None:
    """2(1 + b)/L and 2(1 + b)/((1 + 2b)L), to one column in every row; cells either side."""
    settings, frame = last(optimizer=optimizer, surface=surface, rotation=rotation)
    exact = edge(settings, momenta(settings))
    assert exact is not None
    assert exact[0] == pytest.approx(2 / (10 if surface == "bowl" else 100))
    beyond = np.searchsorted(rates(settings), exact)  # the first column past the edge
    seen = (frame.state == BLOWN).argmax(axis=1)
    assert (frame.state == BLOWN).any(axis=1).all()
    assert np.abs(seen - beyond).max() <= 1
    for row, column in enumerate(seen):
        assert (frame.state[row, column:] == BLOWN).all()


def test_nesterovs_edge_is_where_a_root_passes_minus_one() -> None:
    """Roots of z^2 - (1 + b)(1 - h) z + b (1 - h), which is torch's update, by numpy."""
    settings = Settings(optimizer="nesterov")
    for b, exact in zip([0.0, 0.5, 0.9], edge(settings, np.array([0.0, 0.5, 0.9])), strict=True):
        for factor, stable in ((0.999, True), (1.001, False)):
            h = 100 * exact * factor
            largest = np.abs(np.roots([1, -(1 + b) * (1 - h), b * (1 - h)])).max()
            assert (largest < 1) == stable


@pytest.mark.parametrize("condition", [25.0, 100.0, 400.0])
def test_the_best_cell_is_polyaks(condition: float) -> None:
    """Polyak 1964's closed form, to 1.5 cells either way."""
    settings, frame = last(
        surface="bowl", condition=condition, tolerance=1e-12, steps=1000, resolution=60
    )
    exact, column = ideal(settings), np.diff(np.log10(rates(settings)[:2]))[0]
    assert exact is not None
    assert abs(np.log10(frame.metrics["best_lr"] / exact[0])) <= 1.5 * column
    assert abs(frame.metrics["best_momentum"] - exact[1]) <= 1.5 * momenta(settings)[1]


def slowest(optimizer: str, lr: float, b: float) -> float:
    """The factor a step in the long run, condition 100: the largest root of torch's update."""
    roots = []
    for h in (lr * 1, lr * 100):
        linear, constant = (
            ((1 + b) * (1 - h), b * (1 - h)) if optimizer == "nesterov" else (1 + b - h, b)
        )
        roots += [*np.abs(np.roots([1, -linear, constant]))]
    return max(roots)


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_the_ideal_is_ideal(optimizer: str) -> None:
    """Any other (rate, momentum) near the closed form shrinks more slowly, by numpy's roots."""
    exact = ideal(Settings(optimizer=optimizer))
    assert exact is not None
    least = slowest(optimizer, *exact)
    for lr in exact[0] * np.linspace(0.8, 1.2, 21):
        for b in exact[1] + np.linspace(-0.1, 0.1, 21):
            assert slowest(optimizer, lr, b) >= least - 1e-6


def test_polyaks_numbers_at_condition_100() -> None:
    """(9/11)^2 and 4/121."""
    assert ideal(Settings()) == pytest.approx((4 / 121, (9 / 11) ** 2))
    assert ideal(Settings(surface="rosenbrock")) is None
    assert edge(Settings(optimizer="adam"), np.zeros(1)) is None


@pytest.mark.parametrize("axis", ["beta1", "beta2"])
@pytest.mark.parametrize("name", get_args(sweep_plane.Name))
def test_cells_move_as_torch_optim_does(name: str, axis: str) -> None:
    """The losses of four cells after 30 steps on Himmelblau, each run alone by torch.optim."""
    settings, frame = last(
        optimizer=name, axis=axis, surface="himmelblau", steps=30, resolution=20, beta1=0.8
    )
    options, upright = settings.options(), settings.upright()
    for row, column in ((0, 3), (4, 9), (9, 5), (14, 1)):
        numbers = {"lr": float(rates(settings)[column]), "beta1": 0.8, "beta2": 0.999}
        numbers[upright] = float(momenta(settings)[row])
        if name == "nesterov" and numbers["momentum"] == 0:
            continue  # torch.optim has no Nesterov without momentum
        theta = torch.tensor(turn(options, settings.origin()), dtype=torch.float64)
        theta.requires_grad_()
        optimizer = make_torch(name, [theta], hyper(name, **numbers))
        for _ in range(30):
            theta.grad = value_grad(options, theta)[1]
            optimizer.step()
        alone = float(value_grad(options, theta)[0])
        if frame.state[row, column] != BLOWN:
            assert frame.loss[row, column] == pytest.approx(alone, rel=1e-5, abs=1e-12)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"rotation": 45},
        {"optimizer": "nesterov"},
        {"optimizer": "rmsprop", "surface": "himmelblau"},
        {"optimizer": "adam", "axis": "beta1", "beta2": 0.99},
        {"optimizer": "amsgrad", "surface": "rosenbrock", "steps": 500},
    ],
)
def test_a_clicked_cell_races_to_the_same_step(changes: dict[str, object]) -> None:
    settings, frame = last(**{"steps": 120, "resolution": 20, **changes})
    x, y = np.log10(rates(settings)), height(settings, momenta(settings))
    settled = np.argwhere(frame.state == SETTLED)
    for row, column in (settled[0], settled[-1]):
        race = cell(settings, [frame], x[column] + 0.01, y[row] - 0.01)
        (*_, end) = RACE.frames(RaceSettings(**race))
        steps = end.metrics[f"steps_to/{race['optimizers'][0]}"]
        assert steps == frame.needed[row, column]


def test_momentum_zero_races_as_gradient_descent_and_beta2_as_rmsprops_alpha() -> None:
    bottom = cell(Settings(), [], -2.0, 0.0)
    assert bottom["optimizers"] == ("gradient-descent",)
    assert "momentum" not in bottom
    settings = Settings(optimizer="rmsprop")
    race = cell(settings, [], -2.0, 2.0)  # 2: beta2 0.99
    assert race["optimizers"] == ("rmsprop",) and "beta2" not in race
    assert abs(race["alpha"] - 0.99) < 0.002
    click = clicked(settings, [], {"x": -2.0, "y": 2.0, "customdata": [0, 0]})
    assert click is not None and f"alpha {race['alpha']:.5g}" in click.words


def test_a_noisy_cell_says_that_it_is_raced_without_the_noise() -> None:
    spot = {"x": -2.0, "y": 0.5, "customdata": [0, 0]}
    words = [clicked(Settings(noisy=noisy), [], spot).words for noisy in (False, True)]
    assert words[1] == f"{words[0]}, without the noise"


def test_settled_means_to_the_end() -> None:
    """A cell that dips under the tolerance and comes out again has not settled then."""
    verdict = sweeping.Verdict(torch.full((1, 1), -1), torch.full((1, 1), -1), torch.zeros(1, 1))
    for t, loss in enumerate([5.0, 0.1, 2.0, 0.1, 0.1]):
        sweeping.judge(verdict, torch.full((1, 1), loss), t, 1.0, 100.0)
    assert (verdict.above.item(), verdict.blown.item()) == (2, -1)
    sweeping.judge(verdict, torch.full((1, 1), torch.nan), 5, 1.0, 100.0)
    assert (verdict.blown.item(), verdict.loss.item()) == (5, 100.0)


@pytest.mark.parametrize("surface", get_args(sweep_plane.SurfaceName))
def test_every_surface_shows_cells_that_settle(surface: str) -> None:
    """With the fitted rates; Rosenbrock's valley takes 1000 steps."""
    _, frame = last(surface=surface, steps=1000, resolution=20)
    assert (frame.state == SETTLED).any()
    assert frame.metrics["best_steps"] == frame.needed[frame.state == SETTLED].min()
    assert np.isfinite(frame.loss).all()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_presets_end_as_they_say(preset: object) -> None:
    """Nothing is drawn by chance here, so one run stands for all seeds."""
    frames = list(SWEEP.frames(SWEEP.preset_settings(preset.id)))
    assert preset.outcome(frames[-1].metrics) == preset.expected
    assert "{" not in preset.saw.format(**frames[-1].metrics)


def test_noise_hangs_on_the_seed_alone() -> None:
    quick = {"steps": 40, "resolution": 20, "noisy": True}
    frames = [last(seed=seed, **quick)[1].loss for seed in (0, 0, 1)]
    assert np.array_equal(frames[0], frames[1])
    assert not np.array_equal(frames[0], frames[2])
    assert np.array_equal(last(**{**quick, "noisy": False, "seed": 5})[1].loss,
                          last(**{**quick, "noisy": False})[1].loss)  # fmt: skip


@pytest.mark.parametrize("changes", [{}, {"optimizer": "nesterov"}, {"optimizer": "adam"}])
def test_figures_keep_their_traces_and_plotly_takes_them(changes: dict[str, str]) -> None:
    settings = Settings(steps=60, resolution=60, **changes)
    frames = list(SWEEP.frames(settings))
    for at in (0, 30, 60):
        figure = SWEEP.figures(settings, frames, at)["plane"]
        assert [t["type"] for t in figure["data"]] == (
            ["heatmap"] * 3 + ["scatter"] * 6 + ["heatmap"] + ["scatter"] * 2
        )
        go.Figure(figure)
    assert len(figure["data"][8]["customdata"]) == 60 * 45


def test_a_click_offers_the_race_of_its_cell() -> None:
    """The rate and momentum of the cell nearest to the point, in axis units, reach the race."""
    settings = SWEEP.settings()
    frames = list(SWEEP.frames(SWEEP.settings(**SWEEP.quick)))
    view = SWEEP.views[0]
    assert view.clicked is not None
    click = view.clicked(settings, frames, {"x": np.log10(0.01), "y": 0.5, "customdata": [0, 0]})
    assert click is not None
    assert click.experiment == "optimizers.race"
    assert click.values["lr"] == pytest.approx(0.01, rel=0.1)
    assert click.values["momentum"] == pytest.approx(0.5, abs=0.03)
    assert f"{click.values['lr']:.3g}" in click.words
