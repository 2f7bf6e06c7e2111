"""Rounds in slow motion: each step against torch.nn and torch.optim; who keeps their weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn, optim
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from core.gan.nets import Net
from core.gan.step import Settings
from core.gan.step_run import Scene, run
from core.gan.step_words import ROUND, phase_of
from core.gan.training import BETA2, Game

SMALL: dict[str, Any] = {"before": 3, "batch_size": 8}


def scene(**changes: Any) -> tuple[Scene, Settings]:
    """A game after three rounds, its next round about to begin."""
    settings = Settings(**{**SMALL, **changes})
    game = Game(settings.game, [settings.seed])
    for _ in range(settings.before):
        game.step()
    return Scene(game, settings), settings


def twin(net: Net) -> nn.Sequential:
    """The same network out of torch.nn's own parts."""
    parts: list[nn.Module] = []
    for layer in net.layers:
        rows, columns = layer.weight.shape[1:]
        linear = nn.Linear(rows, columns)
        with torch.no_grad():
            linear.weight.copy_(layer.weight[0].T)
            linear.bias.copy_(layer.bias[0, 0])
        parts += [linear, nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def optimizer_of(twin: nn.Sequential, net: Net, own: optim.Optimizer) -> optim.Optimizer:
    """torch.optim's own class, with the memory that the game's optimizer has by now."""
    lr = own.param_groups[0]["lr"]
    params = list(twin.parameters())
    if isinstance(own, optim.SGD):
        return optim.SGD(params, lr)
    made = optim.Adam(params, lr, betas=(0.0, BETA2))
    for parameter, mine in zip(params, net.parameters, strict=True):
        memory = own.state[mine]
        made.state[parameter] = {
            "step": memory["step"].clone(),
            "exp_avg": memory["exp_avg"][0].T.reshape(parameter.shape).clone(),
            "exp_avg_sq": memory["exp_avg_sq"][0].T.reshape(parameter.shape).clone(),
        }
    return made


def weights(net: Net) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in net.parameters]


def assert_equal(net: Net, twin: nn.Sequential) -> None:
    for mine, torchs in zip(net.parameters, twin.parameters(), strict=True):
        torch.testing.assert_close(
            mine[0].T.reshape(torchs.shape).detach(), torchs.detach(), atol=1e-6, rtol=1e-5
        )


def ones(like: Tensor) -> Tensor:
    return torch.ones_like(like)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_d_takes_the_step_of_torch_optim(optimizer: str) -> None:
    """On the points shown, by binary cross-entropy with labels 1 and 0; before and after."""
    shown, _ = scene(optimizer=optimizer)
    shown.play("noise")
    d = twin(shown.game.d)
    steps = optimizer_of(d, shown.game.d, shown.game.d_optimizer)

    def loss() -> Tensor:
        real, fake = d(shown.real[0]), d(shown.fake[0])
        return cross_entropy(real, ones(real)) + cross_entropy(fake, 0 * fake)

    before = loss()
    steps.zero_grad()
    before.backward()  # type: ignore[no-untyped-call]
    lengths = [
        torch.cat([layer.weight.grad.flatten(), layer.bias.grad]).norm().item()
        for layer in d
        if isinstance(layer, nn.Linear)
    ]
    steps.step()
    shown.play("d-learns")
    assert_equal(shown.game.d, d)
    assert shown.d_loss == pytest.approx(before.item(), abs=1e-6)
    assert shown.d_loss_after == pytest.approx(loss().item(), abs=1e-6)
    assert shown.d_grads.tolist() == pytest.approx(lengths, rel=1e-4)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_g_takes_the_step_of_torch_optim_through_d(optimizer: str) -> None:
    """Non-saturating: binary cross-entropy of the fakes with label 1, on the noise shown."""
    shown, _ = scene(optimizer=optimizer)
    for phase in ("noise", "d-learns", "again"):
        shown.play(phase)
    g, d = twin(shown.game.g), twin(shown.game.d)
    steps = optimizer_of(g, shown.game.g, shown.game.g_optimizer)
    verdict = d(g(shown.noise[0]))
    loss = cross_entropy(verdict, ones(verdict))
    steps.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    assert all(p.grad is not None and p.grad.abs().max() > 1e-4 for p in g.parameters())
    steps.step()
    shown.play("g-learns")
    assert_equal(shown.game.g, g)
    assert shown.g_loss == pytest.approx(loss.item(), abs=1e-6)
    frame = shown.frame(0, 1, "g-learns")
    np.testing.assert_allclose(frame.moved, g(shown.noise[0]).detach().numpy(), atol=2e-3)


G_PART = {
    "minimax": lambda s: torch.log(1 - torch.sigmoid(s)),
    "non-saturating": lambda s: -torch.log(torch.sigmoid(s)),
    "least-squares": lambda s: (s - 1) ** 2 / 2,
    "hinge": lambda s: -s,
    "wasserstein": lambda s: -s,
    "wgan-gp": lambda s: -s,
}


@pytest.mark.parametrize("loss", G_PART)
def test_arrows_are_minus_the_gradient_of_each_fakes_own_loss(loss: str) -> None:
    """By autograd, through torch.nn, one fake at a time."""
    shown, _ = scene(loss=loss)
    shown.play("noise")
    d = twin(shown.game.d)
    expected = []
    for fake in shown.fake[0]:
        x = fake.clone().requires_grad_()
        (slope,) = torch.autograd.grad(G_PART[loss](d(x)).sum(), x)
        expected.append(-slope.numpy())
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(shown.arrows(), np.stack(expected), atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("loss", ["non-saturating", "wasserstein"])
def test_who_does_not_learn_keeps_every_weight(loss: str) -> None:
    """Bit for bit; and the phases in which one only looks move nobody."""
    shown, _ = scene(loss=loss)
    for phase, moves in (
        ("noise", ""),
        ("fakes", ""),
        ("judge", ""),
        ("d-learns", "d"),
        ("again", ""),
        ("g-learns", "g"),
    ):
        before = {"d": weights(shown.game.d), "g": weights(shown.game.g)}
        shown.play(phase)
        shown.frame(0, 1, phase)
        for player, net in (("d", shown.game.d), ("g", shown.game.g)):
            same = all(map(torch.equal, before[player], weights(net)))
            assert same is (player != moves), phase


@pytest.mark.parametrize("alone", ["d", "g"])
def test_alone_only_one_learns(alone: str) -> None:
    """Of D alone the fakes of a noise stay; of G alone D's map of the plane does."""
    frames = list(run(Settings(**SMALL, phases=alone, rounds=3)))
    moved = [not np.array_equal(frame.fake, frame.moved) for frame in frames]
    assert any(moved) is (alone == "g")
    maps = {frame.judged.tobytes() for frame in frames}
    assert len(maps) == (1 if alone == "g" else 4)
    assert (frames[-1].d_grads.any(), frames[-1].g_grads.any()) == (alone == "d", alone == "g")


def test_slow_motion_changes_nothing() -> None:
    """Two rounds in slow motion end where two more at full speed do."""
    shown, settings = scene()
    for _ in range(2):
        for phase in ROUND["both"]:
            shown.play(phase)
    fast = Game(settings.game, [settings.seed])
    for _ in range(settings.before + 2):
        fast.step()
    assert all(map(torch.equal, weights(shown.game.d), weights(fast.d)))
    assert all(map(torch.equal, weights(shown.game.g), weights(fast.g)))


@pytest.mark.parametrize("who", ["both", "d", "g"])
def test_phases_come_in_order(who: str) -> None:
    frames = list(run(Settings(**SMALL, phases=who, rounds=2)))
    assert [phase_of(frame) for frame in frames] == [*ROUND[who], *ROUND[who]]
    assert [int(frame.phase[0]) for frame in frames] == [n for n in (1, 2) for _ in ROUND[who]]
    assert [frame.step for frame in frames] == list(range(2 * len(ROUND[who])))
