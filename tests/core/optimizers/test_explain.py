"""The formulas with a run's numbers: online, sweep and basin, against torch and closed forms."""

from __future__ import annotations

import math
import re
from typing import Any, get_args

import numpy as np
import pytest
import torch

from core.optimizers import basin_why, online_why
from core.optimizers.basin import BASIN
from core.optimizers.basin_map import minima
from core.optimizers.online import ONLINE, Name
from core.optimizers.online import Settings as Online
from core.optimizers.reddi import play
from core.optimizers.rules import hyper, make_torch
from core.optimizers.surfaces import Options
from core.optimizers.sweep import SWEEP
from core.optimizers.told import held, number

NAMES = get_args(Name)


def test_numbers_after_a_times_sign_stand_in_brackets_below_zero() -> None:
    assert (held(2.5), held(-2.5), held(0.0)) == ("2.5", r"\left(-2.5\right)", "0")
    assert held(np.array([-1.0, 2.0])) == number(np.array([-1.0, 2.0]))


@pytest.mark.parametrize("project", [True, False])
def test_a_round_of_the_game_is_told_to_where_it_led(project: bool) -> None:
    """For every optimizer and frame: the numbers told come to the x that the walk came to."""
    settings = Online(optimizers=NAMES, project=project, steps=420, start=0.9).canonical()
    frames = list(play(settings))
    fenced = 0
    for frame in frames[1:]:
        for i in range(len(NAMES)):
            words, there = online_why.told(settings, frame, i)
            assert there == pytest.approx(frame.x[i], rel=1e-9, abs=1e-12)
            assert words.rstrip("$").endswith(f"= {number(there)}")
            fenced += "fence" in words
    assert (fenced > 0) is project


def test_the_moments_of_a_round_are_those_that_torch_keeps() -> None:
    """torch.optim.Adam and AMSGrad on the same slopes, rate 0.5/sqrt(t), at rounds 101 to 104."""
    settings = Online(optimizers=("adam", "amsgrad"), steps=104, project=False).canonical()
    frames = {frame.step: frame for frame in play(settings)}
    for i, name in enumerate(settings.optimizers):
        x = torch.zeros((), dtype=torch.float64, requires_grad=True)
        optimizer = make_torch(name, [x], hyper(name, lr=0.5, beta1=0.9, beta2=0.99))
        for t in range(1, 105):
            x.grad = torch.tensor(1010.0 if (t - 1) % 101 == 0 else -10.0, dtype=torch.float64)
            optimizer.param_groups[0]["lr"] = 0.5 / math.sqrt(t)
            before = x.item()
            optimizer.step()
            if t < 101:
                continue
            frame, state = frames[t], optimizer.state[x]
            assert frame.grad == x.grad.item()
            assert frame.before[i] == pytest.approx(before, rel=1e-9)
            assert frame.memory[i, 0] == pytest.approx(state["exp_avg"].item(), rel=1e-9)
            assert frame.memory[i, 1] == pytest.approx(state["exp_avg_sq"].item(), rel=1e-9)
            if name == "amsgrad":
                assert frame.memory[i, 2] == pytest.approx(state["max_exp_avg_sq"].item(), rel=1e-9)
            words = ONLINE.explain(settings, list(frames.values()), list(frames).index(t))
            told = words["Adam" if name == "adam" else "AMSGrad"]
            assert f"= {number(state['exp_avg'].item())}$$" in told
            assert f"= {number(state['exp_avg_sq'].item())}$$" in told
            assert ("the rare slope" in told) is (t == 102)
            assert rf"\frac{{0.5}}{{\sqrt{{{t}}}}} = {number(0.5 / math.sqrt(t))}$$" in told


def test_before_the_first_round_nothing_has_moved() -> None:
    frames = list(play(Online(steps=100)))
    (said,) = online_why.explain(Online(steps=100), frames, 0).values()
    assert "Nothing has moved" in said


def run(experiment: Any, **changes: Any) -> tuple[Any, list[Any]]:
    settings = experiment.settings(**changes).canonical()
    return settings, list(experiment.frames(settings))


@pytest.mark.parametrize(
    ("optimizer", "ends"),
    [("momentum", (0.02, 0.0395)), ("nesterov", (0.02, 2 * 1.975 / (2.95 * 100)))],
)
def test_the_edge_is_told_with_columns_on_both_sides(
    optimizer: str, ends: tuple[float, float]
) -> None:
    """2/L and 2(1 + b)/L, or /((1 + 2b)L), b = 0.975, lie within the two columns named, or by one.

    A cell within 10 % of the edge may need more than these 300 steps to blow up.
    """
    settings, frames = run(SWEEP, optimizer=optimizer)
    said = SWEEP.explain(settings, frames, len(frames) - 1)["Edge"]
    for exact, row in zip(ends, ("bottom", "top"), strict=True):
        assert f"= {number(exact)}" in said
        found = re.search(rf"in the {row} row ([\d.]+) holds and ([\d.]+) has blown up", said)
        assert found is not None
        below, above = (float(one) for one in found.groups())
        assert below < exact * 1.1 and exact < above * 1.1
        assert above / below == pytest.approx(10 ** (2 / 35), rel=1e-3)  # neighbours of 36 columns


def test_the_fastest_cell_is_told_beside_polyaks() -> None:
    """(9/11)^2 = 0.66942 and 4/121 = 0.033058; Lessard's for Nesterov, r = sqrt(301)."""
    settings, frames = run(SWEEP)
    said = SWEEP.explain(settings, frames, len(frames) - 1)["Fastest"]
    assert f"= {number((9 / 11) ** 2)}," in said and f"= {number(4 / 121)}." in said
    metrics = frames[-1].metrics
    assert f"in {metrics['best_steps']:.0f} steps, at rate {metrics['best_lr']:.3g}" in said
    assert "no cell has settled yet" in SWEEP.explain(settings, frames, 0)["Fastest"]
    settings, frames = run(SWEEP, optimizer="nesterov", steps=20, resolution=20)
    said = SWEEP.explain(settings, frames, len(frames) - 1)["Fastest"]
    root = math.sqrt(301)
    assert f"= {number((root - 2) / (root + 2))}," in said and f"= {number(4 / 301)}." in said


@pytest.mark.parametrize(
    ("changes", "closed"),
    [
        ({}, True),
        ({"surface": "bowl", "optimizer": "nesterov"}, True),
        ({"optimizer": "adam"}, False),
        ({"surface": "rosenbrock"}, False),
    ],
)
def test_where_no_closed_form_is_known_the_picture_and_the_words_say_so(
    changes: dict[str, str], closed: bool
) -> None:
    settings, frames = run(SWEEP, steps=20, resolution=20, **changes)
    said = SWEEP.explain(settings, frames, len(frames) - 1)
    title = SWEEP.views[0].draw(settings, frames, -1)["layout"]["meta"]["titles"][0]
    for text in (*said.values(), title):
        assert ("o closed form here" in text) is not closed


def test_shares_and_border_are_told_as_the_counts_that_they_are() -> None:
    """Counted again from what each start reached, pair by pair."""
    settings, frames = run(BASIN, resolution=32, steps=120)
    frame = frames[-1]
    said = BASIN.explain(settings, frames, len(frames) - 1)
    for i in range(4):
        mine = sum(int(one == i) for one in frame.reached.ravel().tolist())
        assert rf"minimum {i + 1} at" in said["Shares"]
        assert (
            rf"$\frac{{{mine}}}{{1024}} = {number(frame.metrics[f'share/{i + 1}'])}$"
            in (said["Shares"])
        )
    rows = frame.reached.tolist()
    apart = sum(rows[r][c] != rows[r][c + 1] for r in range(32) for c in range(31))
    apart += sum(rows[r][c] != rows[r + 1][c] for r in range(31) for c in range(32))
    assert rf"\frac{{{apart}}}{{1984}} = {number(frame.metrics['border'])}" in said["Border"]


@pytest.mark.parametrize("surface", ["bowl", "ravine", "saddle", "rastrigin"])
def test_the_sharpest_curvature_is_that_of_the_second_derivatives(surface: str) -> None:
    """By hand: 10, 100; the saddle's minima have 1 and -1 + 3 y^2 / 4 = 2; 2 + 40 pi^2."""
    exact = {"bowl": 10, "ravine": 100, "saddle": 2, "rastrigin": 2 + 40 * math.pi**2}
    options = Options(surface, rotation=30)  # type: ignore[arg-type]
    for spot in minima(options):
        assert basin_why.sharpest(options, spot) == pytest.approx(exact[surface], rel=1e-5)


def test_a_rate_is_told_to_hold_where_starts_settle() -> None:
    """Rate 0.016 lies over 2/L at the third of Himmelblau's minima alone, and loses that one."""
    settings, frames = run(BASIN, lr=0.016, resolution=32)
    said = BASIN.explain(settings, frames, len(frames) - 1)["Rate"].splitlines()
    for i in range(1, 5):
        (line,) = [one for one in said if f"minimum {i}:" in one]
        settles = frames[-1].metrics[f"share/{i}"] > 0.01
        assert ("it can settle" in line) is settles, line
    settings, frames = run(BASIN, optimizer="momentum", resolution=32, steps=20)
    assert "2(1 + 0.9)/L" in BASIN.explain(settings, frames, 0)["Rate"]
    settings, frames = run(BASIN, optimizer="adam", resolution=32, steps=20)
    assert "No closed form here" in BASIN.explain(settings, frames, 0)["Rate"]
