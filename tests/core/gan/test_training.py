"""Stacked games against networks of torch.nn trained by torch.optim, one by one."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.data.mixtures import target
from core.experiment import Diverged
from core.gan.losses import LOSSES, r1
from core.gan.nets import Net, build
from core.gan.plane import PLANE, Settings
from core.gan.training import Game, stops

SMALL: dict[str, Any] = {"width": 8, "batch_size": 16}
ACTIVATIONS = {
    "relu": nn.ReLU(),
    "leaky-relu": nn.LeakyReLU(0.2),
    "tanh": nn.Tanh(),
    "elu": nn.ELU(),
}


def generators(count: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed) for seed in range(count)]


def twin(net: Net, game: int) -> nn.Sequential:
    """The same network of one game, made of torch's own layers."""
    parts: list[nn.Module] = []
    for layer in net.layers:
        dense = nn.Linear(layer.weight.shape[1], layer.weight.shape[2])
        dense.weight.data = layer.weight[game].detach().T.clone()
        dense.bias.data = layer.bias[game, 0].detach().clone()
        parts += [dense, *([nn.BatchNorm1d(dense.out_features)] if layer.gain is not None else [])]
        parts.append(ACTIVATIONS[net.activation])
    return nn.Sequential(*parts[:-1])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_norm", [False, True])
def test_each_of_the_stacked_networks_is_torchs(activation: str, batch_norm: bool) -> None:
    net = build([2, 6, 6, 3], activation, generators(3), batch_norm=batch_norm)
    x = torch.randn(3, 10, 2)
    for game in range(3):
        assert torch.allclose(net(x)[game], twin(net, game)(x[game]), atol=1e-5)
    assert len({tuple(layer.flatten().tolist()) for layer in net.layers[0].weight.detach()}) == 3


def test_first_weights_are_uniform_within_one_over_the_root_of_the_inputs() -> None:
    net = build([2, 400, 1], "relu", generators(1))
    weights = torch.cat([net.layers[1].weight.flatten(), net.layers[1].bias.flatten()]).detach()
    assert weights.abs().max() <= 1 / 20 and weights.abs().max() > 0.98 / 20
    assert weights.std().item() == pytest.approx(1 / 20 / 3**0.5, rel=0.1)


def test_spectral_normalisation_divides_by_the_largest_singular_value() -> None:
    net = build([3, 7, 1], "tanh", generators(2), spectral=True)
    for _ in range(200):
        net.iterate()
    x = torch.randn(2, 5, 3)
    plain = build([3, 7, 1], "tanh", generators(2))
    for layer, own in zip(plain.layers, net.layers, strict=True):
        norm = torch.linalg.matrix_norm(own.weight.detach(), ord=2)
        layer.weight = own.weight.detach() / norm[:, None, None]
        layer.bias = own.bias.detach()
    assert torch.allclose(net(x), plain(x), atol=1e-5)


@pytest.mark.parametrize("weight", [0.0, 0.1])
@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "sgd"])
def test_the_discriminators_update_is_torch_optims(optimizer: str, weight: float) -> None:
    """With R1 as well, whose gradients lie otherwise in memory than the weights."""
    settings = Settings(**SMALL, optimizer=optimizer, r1=weight, beta1=0.5, lr_d=0.01)
    game, same = Game(settings, [3]), Game(settings, [3])
    net = twin(same.d, 0)
    own: Any = {
        "adam": lambda p: torch.optim.Adam(p, 0.01, betas=(0.5, 0.99)),
        "rmsprop": lambda p: torch.optim.RMSprop(p, 0.01),
        "sgd": lambda p: torch.optim.SGD(p, 0.01),
    }[optimizer](net.parameters())

    def batched(x: Tensor) -> Tensor:
        found: Tensor = net(x[0])[None]
        return found

    for _ in range(4):
        game.update_d()
        real, fake = same.draws.real(16), same.g(same.draws.noise(16)).detach()
        loss = LOSSES["non-saturating"].d(batched(real), batched(fake), 1.0)
        own.zero_grad()
        (loss + weight * r1(batched, real)).sum().backward()
        own.step()
    for mine, theirs in zip(game.d.layers, net[::2], strict=True):
        assert torch.allclose(mine.weight[0].T, theirs.weight, atol=2e-6)
        assert torch.allclose(mine.bias[0, 0], theirs.bias, atol=2e-6)


def test_the_generators_update_is_torch_optims() -> None:
    settings = Settings(**SMALL, optimizer="sgd", lr_g=0.5)
    game, same = Game(settings, [3]), Game(settings, [3])
    net, judge = twin(same.g, 0), twin(same.d, 0)
    own = torch.optim.SGD(net.parameters(), 0.5)
    game.update_g()
    said = judge(net(same.draws.noise(16)[0]))
    (-said.sigmoid().log().mean()).backward()
    own.step()
    for mine, theirs in zip(game.g.layers, net[::2], strict=True):
        assert torch.allclose(mine.weight[0].T, theirs.weight, atol=1e-6)


@pytest.mark.parametrize("alone", ["d", "g"])
def test_one_player_alone_leaves_the_other_as_it_is(alone: str) -> None:
    game = Game(Settings(**SMALL, phases=alone, alone_from=2), [0])
    game.step(), game.step()
    still, moves = (game.g, game.d) if alone == "d" else (game.d, game.g)
    before = [p.detach().clone() for p in (*still.parameters, *moves.parameters)]
    game.step()
    same = [
        torch.equal(a, b)
        for a, b in zip(before, (*still.parameters, *moves.parameters), strict=True)
    ]
    count = len(still.parameters)
    assert all(same[:count]) and not any(same[count:])


def test_games_side_by_side_do_not_touch_each_other() -> None:
    together, apart = Game(Settings(**SMALL), [5, 6, 7]), Game(Settings(**SMALL), [6])
    for game in (together, apart):
        for _ in range(20):
            game.step()
    for many, one in zip(together.g.parameters, apart.g.parameters, strict=True):
        assert torch.allclose(many[1], one[0], rtol=1e-3, atol=1e-5)


def test_d_steps_are_updates_of_d_for_one_of_g() -> None:
    game = Game(Settings(**SMALL, d_steps=3), [0])
    game.step()
    counts = [
        next(iter(o.state.values()))["step"].item() for o in (game.d_optimizer, game.g_optimizer)
    ]
    assert counts == [3, 1]


def test_a_clipped_critic_stays_within_the_clip() -> None:
    game = Game(Settings(**SMALL, loss="wasserstein", clip=0.02), [0])
    game.step()
    assert max(p.abs().max().item() for p in game.d.parameters) == pytest.approx(0.02)


def test_the_running_mean_is_what_is_shown_and_not_what_learns() -> None:
    game = Game(Settings(**SMALL, ema=0.75), [0])
    first = [p.detach().clone() for p in game.g.parameters]
    game.step()
    now = [p.detach().clone() for p in game.g.parameters]
    with game.shown():
        for start, own, shown in zip(first, now, game.g.parameters, strict=True):
            assert torch.allclose(shown, 0.75 * start + 0.25 * own, atol=1e-7)
    assert all(torch.equal(a, b) for a, b in zip(now, game.g.parameters, strict=True))


def test_a_packed_discriminator_sees_neighbours_side_by_side() -> None:
    game = Game(Settings(**SMALL, packing=3), [0])
    x = torch.arange(14.0).reshape(1, 7, 2)
    assert game.packed(x).tolist() == [[[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]]


def test_draws_follow_the_target_and_the_law_of_the_noise() -> None:
    game = Game(Settings(noise_law="uniform", noise_dim=3), [0])
    real, noise = game.draws.real(20_000)[0], game.draws.noise(20_000)[0]
    mixture = target("ring")
    variance = mixture.centres.var(0).mean() + mixture.sigma**2
    assert real.var().item() == pytest.approx(variance, rel=0.03)
    assert noise.shape == (20_000, 3) and noise.abs().max() <= 1
    assert noise.var().item() == pytest.approx(1 / 3, rel=0.03)


def test_frames_come_closer_together_at_first() -> None:
    at = stops(4000)
    gaps = [b - a for a, b in itertools.pairwise(at)]
    assert at[0] == 0 and at[-1] == 4000 and len(at) == 49
    assert gaps[0] < gaps[10] < gaps[-1]


def test_a_loss_that_is_lost_ends_the_run_and_names_the_rate() -> None:
    rates: dict[str, Any] = {"optimizer": "sgd", "lr_d": 1.0, "lr_g": 1.0}
    settings = Settings(width=16, batch_size=16, **rates, loss="wgan-gp", penalty=10, steps=400)
    with pytest.raises(Diverged, match="learning rate of") as caught:
        for _ in PLANE.frames(settings):
            pass
    assert caught.value.fix == {"lr_d": 0.1, "lr_g": 0.1}
    with pytest.raises(Diverged) as again:
        for _ in PLANE.frames(settings.model_copy(update=caught.value.fix)):
            pass
    assert again.value.fix == {"lr_d": pytest.approx(0.01)}, "where that is not enough, a tenth"
    for _ in PLANE.frames(settings.model_copy(update={**caught.value.fix, **again.value.fix})):
        pass
