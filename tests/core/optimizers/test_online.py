"""The game that Adam loses, against torch.optim and the paper's own numbers."""

import dataclasses
import math
from itertools import pairwise
from typing import get_args

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from core.optimizers import reddi
from core.optimizers.online import ONLINE, PRESETS, Frame, Name, Settings
from core.optimizers.rules import hyper, make_torch


def play(**changes: object) -> list[Frame]:
    return list(reddi.play(Settings(**changes)))


@pytest.mark.parametrize("project", [True, False])
@pytest.mark.parametrize("name", get_args(Name))
def test_each_walk_is_that_of_torch_optim(name: str, project: bool) -> None:
    """torch.optim with LambdaLR 1/sqrt(t), its parameter clamped after each step; 420 steps."""
    settings = Settings(optimizers=(name,), project=project, steps=420, start=0.3)
    x = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    optimizer = make_torch(name, [x], hyper(name, lr=0.5, momentum=0.9, beta1=0.9, beta2=0.99))
    decay = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: 1 / math.sqrt(k + 1))
    path = [0.3]
    for t in range(420):
        optimizer.zero_grad()
        (1010 * x if t % 101 == 0 else -10 * x).backward()
        optimizer.step()
        decay.step()
        if project:
            with torch.no_grad():
                x.clamp_(-1, 1)
        path.append(x.item())
    frames = list(reddi.play(settings))
    ours = [frame.x[0] for frame in frames]
    theirs = [path[frame.step] for frame in frames]
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-11)
    inside = [path[a.step + 1 : b.step + 1] for a, b in pairwise(frames)]
    np.testing.assert_allclose([f.mean[0] for f in frames[1:]], [np.mean(p) for p in inside])
    np.testing.assert_allclose([f.high[0] for f in frames[1:]], [max(p) for p in inside])


def test_adam_loses_and_amsgrad_wins() -> None:
    """Reddi, Kale and Kumar 2018, Figure 1: Adam to +1, AMSGrad to -1; without a fence, off."""
    last = play()[-1].metrics
    assert last["x/adam"] > 0.9 and last["x/amsgrad"] < -0.9
    assert last["pull/adam"] < 1 < last["pull/amsgrad"]
    free = [frame.metrics["x/adam"] for frame in play(project=False)]
    assert free[-1] > 1.5 and all(np.diff(free[20:]) > 0)


def test_the_average_slope_is_ten_over_101() -> None:
    """(1010 - 100 * 10) / 101, so the best point is -1; 1000 in 102 rounds turns it round."""
    assert Settings().slope() == pytest.approx(10 / 101)
    assert (Settings().best(), Settings(big=1000, period=102).best()) == (-1.0, 1.0)


def test_regret_is_the_mean_cost_over_the_best_point() -> None:
    """Gradient descent in three rounds by hand: slopes 6, -10, 6, rate 0.01/sqrt(t), from 0."""
    settings = Settings(optimizers=("gradient-descent",), big=12, period=2, lr=0.01, steps=100)
    frames = list(reddi.play(settings))
    second = 0 - 0.01 * 12
    third = second + 0.01 * 10 / math.sqrt(2)
    paid = 12 * (0 + 1) - 10 * (second + 1) + 12 * (third + 1)
    assert frames[3].step == 3
    assert frames[3].regret[0] == pytest.approx(paid / 3, rel=1e-12)
    assert frames[3].pushed[0, 1] == pytest.approx(0.01 * 10 / math.sqrt(2), rel=1e-12)


def test_pushes_add_up_to_the_walk_without_a_fence() -> None:
    for frame in play(project=False, optimizers=get_args(Name), steps=500, start=0.5):
        np.testing.assert_allclose(0.5 - frame.pushed[:, 0] + frame.pushed[:, 1], frame.x)


def test_rare_rounds_by_chance_come_as_often_as_by_turn() -> None:
    """Binomial(100 000, 1/101): five standard deviations are 157, a false alarm in 1.7 million."""
    count = reddi.rounds(Settings(stochastic=True, steps=100_000)).sum()
    assert abs(count - 100_000 / 101) < 5 * math.sqrt(100_000 / 101 * 100 / 101)
    assert reddi.rounds(Settings(steps=1000)).nonzero()[0].tolist() == list(range(0, 1000, 101))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_presets_end_as_they_say(preset: object) -> None:
    """Nine of ten seeds where chance plays a part; else the one run there is."""
    chosen = ONLINE.preset(preset.id)
    settings = ONLINE.preset_settings(chosen.id)
    seeds = range(10) if settings.stochastic else range(1)
    runs = [list(ONLINE.frames(settings.model_copy(update={"seed": s}))) for s in seeds]
    ends = [chosen.outcome(frames[-1].metrics) for frames in runs]
    assert ends.count(chosen.expected) >= 0.9 * len(ends)
    assert "{" not in chosen.saw.format(**runs[0][-1].metrics)


@pytest.mark.parametrize("changes", [{}, {"project": False}, {"stochastic": True}])
def test_figures_keep_their_traces_and_plotly_takes_them(changes: dict[str, bool]) -> None:
    settings = Settings(optimizers=get_args(Name), steps=300, **changes)
    frames = list(reddi.play(settings))
    for at in (0, 1, len(frames) - 1):
        figures = ONLINE.figures(settings, frames, at)
        assert [len(figure["data"]) for figure in figures.values()] == [22, 8]
        for figure in figures.values():
            go.Figure(figure)


def test_frames_are_finite_evenly_spaced_and_repeatable() -> None:
    frames = play(stochastic=True, seed=3)
    assert (frames[0].step, frames[-1].step, len(frames)) == (0, 30_000, 151)
    assert set(np.diff([frame.step for frame in frames])) == {200}
    for field in dataclasses.fields(Frame)[4:]:
        assert np.isfinite(getattr(frames[-1], field.name)).all()
    again, other = play(stochastic=True, seed=3)[-1], play(stochastic=True, seed=4)[-1]
    assert frames[-1].metrics == again.metrics != other.metrics
