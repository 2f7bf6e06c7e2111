"""Training in the plane: one update against plain torch, errors against the exact answer."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, optim

from core.diffusion.exact import noised
from core.diffusion.plane import PLANE, Frame, Settings
from core.diffusion.plane_layout import ARROWS, places, shown_times, times_asked
from core.diffusion.plane_portrait import Portrait
from core.diffusion.training import Trainer, diverged
from core.experiment import Diverged
from core.measure.modes import modes

SMALL: dict[str, Any] = {"width": 16, "batch_size": 32, "steps": 40, "sampling": 10}


def small(**changes: Any) -> Settings:
    return Settings.checked({**SMALL, **changes})


def trainer(**changes: Any) -> Trainer:
    return Trainer(small(**changes), torch.Generator().manual_seed(0))


class Best:
    """In place of a network: the best prediction of the noise, exactly."""

    def __init__(self, settings: Settings) -> None:
        self.spec, self.settings = SimpleNamespace(predict="noise"), settings

    def __call__(self, x: Tensor, u: Tensor) -> Tensor:
        shares = u.double().numpy()
        if len(shares) == 1:
            return self.of(x, round(float(shares[0]) * self.settings.total))
        times = (shares * self.settings.total).round().astype(int)
        found = torch.empty_like(x)
        for t in np.unique(times):
            found[times == t] = self.of(x[times == t], int(t))
        return found

    def of(self, x: Tensor, t: int) -> Tensor:
        law = noised(self.settings.mixture, self.settings.course, t)
        return torch.tensor(law.added(x.double().numpy()), dtype=torch.float32)


@pytest.mark.parametrize("target", ["ring", "moons"])
def test_the_best_network_has_no_error_of_the_score_and_samples_the_target(target: str) -> None:
    settings = Settings(target=target, sampling=200)
    portrait: Any = Portrait(settings, np.random.SeedSequence(0))
    loss, wrong, excess, least = portrait.errors(Best(settings))
    np.testing.assert_allclose(excess, 0, atol=1e-9)
    np.testing.assert_allclose(wrong, least, atol=1e-4)
    np.testing.assert_allclose(loss, least, atol=1e-4)
    law = noised(settings.mixture, settings.course, settings.looked_at)
    np.testing.assert_allclose(
        portrait.arrows(Best(settings)), law.score(places(ARROWS)), rtol=1e-3, atol=1e-3
    )
    made, trails = portrait.samples(Best(settings))
    covered, good = modes(made, settings.mixture)
    assert covered == settings.mixture.count and good > settings.mixture.within - 0.02
    np.testing.assert_allclose(trails[:, -1], made[:24])


def test_the_error_of_the_score_is_what_the_loss_has_over_its_floor() -> None:
    """A constant error on top of the best: 200 points a time, so up to chance."""
    settings = Settings()

    class Off(Best):
        def of(self, x: Tensor, t: int) -> Tensor:
            return super().of(x, t) + 0.2

    portrait: Any = Portrait(settings, np.random.SeedSequence(0))
    loss, _, excess, least = portrait.errors(Off(settings))
    np.testing.assert_allclose(excess, 0.04, atol=1e-5)
    spread = 2 * 0.2 * np.sqrt(least / 400)
    assert (np.abs(loss - least - 0.04) < 4.5 * spread + 1e-3).all()


@pytest.mark.parametrize("predict", ["noise", "v", "flow"])
def test_an_update_is_that_of_plain_torch(predict: str) -> None:
    mine = trainer(predict=predict, ema=0, decay=False, lr=1e-2)
    theirs = copy.deepcopy(mine)
    net = theirs.net
    optimizer = optim.Adam(net.parameters(), lr=1e-2, betas=(0.9, 0.99))
    course = mine.settings.course
    for _ in range(3):
        loss = mine.step()
        x0 = theirs.data(32)
        u = (torch.arange(32) + torch.rand((), generator=theirs.random)) / 32
        t = (u * 1000).long() + 1
        noise = torch.randn(32, 2, generator=theirs.random)
        a, s = (torch.tensor(one[t], dtype=torch.float32)[:, None]
                for one in (course.signal, course.noise))  # fmt: skip
        aim = {"noise": noise, "v": a * noise - s * x0, "flow": noise - x0}[predict]
        right = torch.nn.functional.mse_loss(net(a * x0 + s * noise, t / 1000), aim)
        assert loss == pytest.approx(right.item(), rel=1e-5)
        optimizer.zero_grad()
        right.backward()
        optimizer.step()
    for one, other in zip(mine.parameters, net.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=2e-5, rtol=1e-4)


def test_its_points_are_the_targets() -> None:
    """20,000 of them: mean and spread of each number within four standard errors."""
    x = trainer(target="islands").data(20_000).double()
    mixture = small(target="islands").mixture
    right = mixture.sigma**2 + mixture.centres.var(0)
    assert np.abs(x.mean(0).numpy() - mixture.centres.mean(0)).max() < 4 * np.sqrt(
        right.max() / 20_000
    )
    np.testing.assert_allclose(x.var(0).numpy(), right, rtol=0.06)


def test_the_running_mean() -> None:
    """The share that it keeps grows from 1 / 11 to the setting: by hand over three updates."""
    mine = trainer(ema=0.15)
    right = [p.detach().clone() for p in mine.parameters]
    for t in (1, 2, 3):
        mine.step()
        keep = min(0.15, t / (t + 10))
        right = [
            keep * mean + (1 - keep) * p.detach()
            for mean, p in zip(right, mine.parameters, strict=True)
        ]
    for mean, one in zip(right, mine.shown.parameters(), strict=True):
        torch.testing.assert_close(mean, one)
    assert trainer(ema=0).shown is not None


def test_the_rate_falls_along_a_cosine() -> None:
    mine, seen = trainer(decay=True, lr=1.0), []
    for _ in range(40):
        mine.step()
        seen.append(mine.optimizer.param_groups[0]["lr"])
    np.testing.assert_allclose(seen, 0.5 * (1 + np.cos(np.pi * np.arange(40) / 40)))


def test_it_learns() -> None:
    frames = list(PLANE.frames(small(steps=500, width=64, batch_size=128)))
    first, last = (frames[n].metrics["score_error"] for n in (0, -1))
    assert last < 0.1 * first
    assert all(isinstance(frame, Frame) for frame in frames)
    assert frames[-1].weights is not None and len(frames) <= 40


@pytest.mark.parametrize("predict", ["noise", "score"])
def test_a_rate_that_is_too_large_is_named_and_cured(predict: str) -> None:
    with pytest.raises(Diverged, match="learning rate") as found:
        list(PLANE.frames(small(lr=1e6, predict=predict)))
    assert found.value.fix["lr"] < 0.1
    assert list(PLANE.frames(small(predict=predict, **found.value.fix)))[-1].step == 40
    assert diverged(small(lr=1e-3), 3).fix == {"weighting": "snr"}


@pytest.mark.parametrize(
    "changes",
    [{"predict": one} for one in Settings.choices("predict")]
    + [{"schedule": "cosine"}, {"schedule": "sigmoid", "clip": False}, {"time": "none"},
       {"time": "number", "places": "numbers"}, {"weighting": "min-snr"}, {"total": 10},
       {"target": "drawn"}, {"depth": 1}, {"sampling": 1000, "total": 100}, {"sampling": 1}],
)  # fmt: skip
def test_every_kind_runs_and_is_drawn(changes: dict[str, Any]) -> None:
    settings = small(**{**changes, "steps": 10})
    frames: list[Any] = list(PLANE.frames(settings))
    for at in (0, len(frames) - 1):
        assert all(fig["data"] for fig in PLANE.figures(settings, frames, at).values())
    assert frames[0].forward.shape == frames[0].trails.shape
    assert len(shown_times(settings)) == frames[0].trails.shape[1] <= 27
    assert len(times_asked(settings.total)) == 20


def test_there_and_back_begin_where_they_should() -> None:
    """The forward ways start at points of the target, those back at noise."""
    settings = small(steps=10)
    first: Any = next(iter(PLANE.frames(settings)))
    distances = np.linalg.norm(
        first.forward[:, 0, None].astype(float) - settings.mixture.centres, axis=-1
    )
    assert (distances.min(1) < 5 * settings.mixture.sigma).all()
    assert first.trails[:, 0].astype(float).std() == pytest.approx(1, abs=0.4)
    assert first.forward[:, -1].astype(float).std() == pytest.approx(1, abs=0.4)
