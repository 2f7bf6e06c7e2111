"""The training of a denoiser of images: what it compares, what it is told, what it averages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.diffusion import unet
from core.diffusion.learn import LEARN, Settings
from core.diffusion.learn_train import Average, Learner, pace
from core.diffusion.schedules import cosine
from core.diffusion.unet import NULL
from core.experiment import Diverged

COURSE = cosine(1000)


class Told(nn.Module):
    """Remembers what it is asked, answers 0."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.seen: list[tuple[Tensor, Tensor, Tensor]] = []

    def forward(self, x: Tensor, t: Tensor, y: Tensor) -> Tensor:
        self.seen.append((x, t, y))
        return self.weight * x


def learner(net: nn.Module, drop: float = 0.0, steps: int = 100) -> Learner:
    return Learner(net, COURSE, 0.1, steps, drop, torch.Generator().manual_seed(0))


def test_the_loss_of_an_answer_of_0_is_the_power_of_v() -> None:
    """E v^2 = a^2 + s^2 E x_0^2 at each time: for x_0 of mean square 4, on average over t."""
    net = Told()
    x = torch.full((20_000, 1), 2.0)
    found = float(learner(net).loss(x, torch.zeros(len(x), dtype=torch.long)).detach())
    left = COURSE.left[1:]
    assert found == pytest.approx(float((left + (1 - left) * 4).mean()), rel=0.03)


def test_a_net_that_knows_v_has_no_loss() -> None:
    """For x_0 = 0: v = a e and x = s e, so v = (a / s) x."""

    class Exact(Told):
        def forward(self, x: Tensor, t: Tensor, y: Tensor) -> Tensor:
            a, s = (torch.from_numpy(part).float()[t] for part in (COURSE.signal, COURSE.noise))
            return (a / s)[:, None] * x

    x = torch.zeros(256, 5)
    assert float(learner(Exact()).loss(x, torch.zeros(256, dtype=torch.long))) < 1e-8


def test_times_are_spread_evenly_over_a_batch() -> None:
    net = Told()
    learner(net).loss(torch.zeros(100, 1), torch.zeros(100, dtype=torch.long))
    t = net.seen[0][1]
    assert ((t - 1) // 10).tolist() == list(range(100))


@pytest.mark.parametrize(("drop", "low", "high"), [(0.0, 0, 0), (0.1, 320, 480), (1.0, 4000, 4000)])
def test_the_class_is_left_out_as_often_as_asked(drop: float, low: int, high: int) -> None:
    """Of 4,000: 400 at 0.1, within 4 standard deviations of 19."""
    net = Told()
    learner(net, drop).loss(torch.zeros(4000, 1), torch.full((4000,), 3))
    y = net.seen[0][2]
    assert low <= int((y == NULL).sum()) <= high
    assert set(y.tolist()) <= {3, NULL}


def test_the_average_is_the_running_mean_of_the_weights() -> None:
    net = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(net.weight)
    average, wanted = Average(net, decay=0.5), 0.0
    for value in (1.0, 4.0, 2.0):
        nn.init.constant_(net.weight, value)
        average.update()
        t = average.t
        keep = min(0.5, (1 + t) / (10 + t))
        wanted = keep * wanted + (1 - keep) * value
        assert float(average.net.weight) == pytest.approx(wanted)


def test_the_rate_rises_stays_and_falls_to_0() -> None:
    rates = [pace(step, 1000) for step in range(1001)]
    assert rates[0] == pytest.approx(1 / 50)
    assert rates[49] == rates[600] == 1
    assert rates[850] == pytest.approx(0.5)
    assert rates[1000] == 0


def test_steps_are_those_of_adam_at_that_rate() -> None:
    net = Told()
    one = learner(net)
    one.step(torch.ones(8, 2), torch.zeros(8, dtype=torch.long))
    assert abs(net.weight.item()) == pytest.approx(0.1 / 50, rel=1e-3)  # Adam's first step: lr


def test_a_short_training_learns_and_hands_on_its_weights() -> None:
    settings = Settings(steps=40, width=4, train_size=200, size="14", batch_size=16)
    frames: list[Any] = list(LEARN.frames(settings))
    assert frames[-1].metrics["held_out"] < 0.7 * frames[0].metrics["held_out"]
    net = unet.from_arrays(frames[-1].weights)
    assert net.spec.side == 14
    from core.diffusion.learn_layout import COLUMNS, ROWS

    assert frames[0].wall.shape == (ROWS * COLUMNS, 14, 14)
    assert frames[0].noised.shape == (6, 14, 14)
    assert np.isfinite(frames[-1].by_time).all()


def test_a_loss_that_is_none_ends_the_run_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Learner, "step", lambda self, x, y: float("nan"))
    with pytest.raises(Diverged, match=r"learning rate 0\.5 is too large") as found:
        list(LEARN.frames(Settings(steps=20, width=4, train_size=100, size="14", lr=0.5)))
    assert found.value.fix == {"lr": 3e-3}
