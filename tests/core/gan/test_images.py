"""The game on images: shapes, one step held to plain torch, what is measured, what is kept."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn, optim
from torch.nn import functional

from core.experiment import Diverged
from core.gan.convnets import Average, Generator, Spec, build, from_arrays, to_arrays
from core.gan.images import IMAGES, Settings
from core.gan.images_data import load, read, to_bytes
from core.gan.images_portrait import distances, generate, real_features, spherical
from core.gan.images_train import BETAS, Game
from core.measure.frechet import feature_distance
from core.nets.batches import random, stops
from core.plot.sheets import GAP, sheet

SPEC = Spec("digits", 8, 6, True, 4)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("side", [8, 28])
def test_networks_have_the_shapes_they_say(side: int, conditional: bool) -> None:
    g, d = build(Spec("mnist", side, 6, conditional, 4), seeded())
    z, y = torch.randn(5, 6, generator=seeded(1)), torch.arange(5)
    x = g(z, y)
    assert x.shape == (5, 1, side, side)
    assert x.abs().max() <= 1
    assert d(x, y).shape == (5, 1)


def test_the_discriminator_adds_a_product_with_the_class() -> None:
    """Miyato and Koyama 2018, equation 3, with a plain sum of products over the features."""
    _, d = build(SPEC, seeded())
    d.classes.weight.data.normal_(generator=seeded(2))
    x, y = torch.randn(3, 1, 8, 8, generator=seeded(3)), torch.tensor([1, 7, 7])
    plain = nn.Sequential(d.conv1, nn.LeakyReLU(0.2), d.conv2, nn.LeakyReLU(0.2), nn.Flatten())(x)
    expected = plain @ d.dense.weight[0] + d.dense.bias + (plain * d.classes.weight[y]).sum(1)
    assert torch.allclose(d(x, y)[:, 0], expected, atol=1e-6)


def game(**changes: object) -> Game:
    settings = Settings.checked({"data": "digits", "noise_dim": 6, "width": 4, **changes})
    return Game(SPEC, settings, random(np.random.SeedSequence(0)))


def cross(said: torch.Tensor, label: float) -> torch.Tensor:
    return functional.binary_cross_entropy_with_logits(said, torch.full_like(said, label))


# Of each loss: the discriminator's of real and made images, and the generator's.
PLAIN = {
    "non-saturating": (lambda r, f: cross(r, 1) + cross(f, 0), lambda f: cross(f, 1)),
    "hinge": (lambda r, f: (1 - r).relu().mean() + (1 + f).relu().mean(), lambda f: -f.mean()),
}


@pytest.mark.parametrize("loss", PLAIN)
def test_a_step_is_two_updates_of_torchs_own(loss: str) -> None:
    """Against binary_cross_entropy_with_logits and optim.Adam, on copies of the networks."""
    mine, theirs = game(loss=loss), game(loss=loss)
    images = load("digits", 16)
    losses = mine.step(images.x, images.y)
    g, d, y = theirs.g, theirs.d, images.y
    adams = [optim.Adam(net.parameters(), 1e-3, BETAS) for net in (d, g)]
    fake = g(torch.randn(16, 6, generator=theirs.random), y)
    d_loss = PLAIN[loss][0](d(images.x, y), d(fake.detach(), y))
    d_loss.backward()
    adams[0].step()
    g_loss = PLAIN[loss][1](d(fake, y))
    g_loss.backward()
    adams[1].step()
    assert losses == pytest.approx((float(d_loss.detach()), float(g_loss.detach())), rel=1e-5)
    for a, b in zip([*mine.d.parameters(), *mine.g.parameters()],
                    [*d.parameters(), *g.parameters()], strict=True):  # fmt: skip
        assert torch.allclose(a, b, atol=1e-6)


def test_the_gradient_penalty_is_of_the_image_between() -> None:
    """Gulrajani et al. 2017, equation 3: a critic that is a sum of 64 pixels has slope 8."""
    one = game(loss="wgan-gp")
    one.d.forward = lambda x, y: x.flatten(1).sum(1, keepdim=True)  # type: ignore[method-assign]
    x = torch.zeros(4, 1, 8, 8)
    penalty = one._penalty(x, x + 1, torch.arange(4))
    assert float(penalty) == pytest.approx(10 * (8 - 1) ** 2)


def test_the_penalty_changes_the_critics_step_and_is_left_out_of_its_loss() -> None:
    """Two critics from the same weights: without the penalty, plain Adam's step on f(G) - f(x)."""
    one, free = game(loss="wgan-gp"), game(loss="wgan-gp")
    free.penalised = False
    images = load("digits", 16)
    found, plain = (each.step(images.x, images.y) for each in (one, free))
    assert found[0] == pytest.approx(plain[0], rel=1e-6)
    assert not torch.equal(one.d.conv1.weight, free.d.conv1.weight)


def test_only_the_penalised_loss_has_a_penalty() -> None:
    x = torch.zeros(4, 1, 8, 8)
    assert game(loss="hinge")._penalty(x, x, torch.arange(4)) == 0.0


def test_the_running_mean_nears_the_weights() -> None:
    """Constant weights 1 from 0: t / (t + 10) at first, so 1 - prod of shares; by hand."""
    net = Generator(SPEC)
    average = Average(net, 0.9)
    for tensor in average.net.state_dict().values():
        tensor.zero_()
    for tensor in net.state_dict().values():
        tensor.fill_(1)
    for _ in range(3):
        average.update(net)
    left = (1 / 11) * (2 / 12) * (3 / 13)
    assert float(average.net.dense.weight.min()) == pytest.approx(1 - left, rel=1e-6)


def test_kept_weights_make_the_same_images() -> None:
    """Half precision: at most two grey levels of 255 off."""
    g, d = build(Spec("digits", 8, 6, True, 8), seeded())
    g.eval(), d.eval()
    arrays = to_arrays(g, d)
    again, judge = from_arrays(arrays)
    z = torch.randn(30, 6, generator=seeded(4))
    one, other = (to_bytes(generate(net, z)).astype(int) for net in (g, again))
    assert abs(one - other).max() <= 2
    x, y = load("digits", 20).x, torch.arange(20) % 10
    assert torch.allclose(d(x, y), judge(x, y), atol=0.01)
    with pytest.raises(ValueError, match="another kind"):
        from_arrays({"spec": np.frombuffer(b'{"depth": 2}', np.uint8)})
    with pytest.raises(ValueError, match="do not fit"):
        from_arrays({**arrays, "generator.dense.weight": np.zeros((2, 2))})
    with pytest.raises(ValueError, match="do not fit"):
        from_arrays({key: v for key, v in arrays.items() if key != "generator.up2.bias"})


def test_an_arc_keeps_the_length_and_turns_evenly() -> None:
    """Between two unit vectors at a right angle: cosine and sine of equal angles."""
    found = spherical(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]), 4).numpy()
    angles = np.linspace(0, np.pi / 2, 4)
    assert np.allclose(found, np.stack([np.cos(angles), np.sin(angles)], 1), atol=1e-6)
    same = torch.tensor([1.0, 2.0])
    assert torch.equal(spherical(same, same, 3), same.repeat(3, 1))


def test_distances_are_of_pixels_in_unit_range() -> None:
    """One pixel from white to black is 1; the nearest is found by NumPy."""
    x = load("digits").x
    near = x[:50].clone()
    near[7, 0, 3, 3] = -x[7, 0, 3, 3].sign() * 1.0
    far, which = distances(near, x[:50])
    flat, points = ((v[:, 0].numpy() + 1) / 2 for v in (near, x[:50]))
    table = np.sqrt(((flat[:, None] - points[None]) ** 2).sum((2, 3)))
    assert np.allclose(far, table.min(1), atol=1e-5)
    assert np.array_equal(which, table.argmin(1))


@pytest.mark.parametrize("data", ["mnist", "fashion", "digits"])
def test_classifiers_read_what_is_held_out(data: str) -> None:
    """Right in 98, 88 and 96 of a hundred; a guess would be right in ten."""
    images = load(data)
    features, classes = read(data, images.x_test[:300])
    assert features.shape == (300, 64)
    share = float((classes == images.y_test[:300].numpy()).mean())
    assert share > {"mnist": 0.95, "fashion": 0.83, "digits": 0.93}[data]


def test_features_are_means_of_quarters() -> None:
    """By hand: what the last pooling gives one image, cut in four (7x7 in overlapping parts)."""
    from core.gan.images_data import classifier

    x = load("mnist", 1).x
    net = classifier("mnist")
    maps = (x + 1) / 2
    for name in ("conv1", "act1", "pool1", "conv2", "act2", "pool2"):
        maps = net.get_submodule(name)(maps)
    quarter = maps[0, :, :4, 3:].detach().mean((1, 2))
    assert np.allclose(read("mnist", x)[0].reshape(16, 2, 2)[:, 0, 1], quarter, atol=1e-6)


def test_real_images_are_nearer_to_real_ones_than_noise_is() -> None:
    real, floor = real_features("digits", 350)
    noise = torch.rand(350, 1, 8, 8, generator=seeded()) * 2 - 1
    assert floor < 0.1 * feature_distance(real, read("digits", noise)[0])


def test_a_sheet_holds_each_image_at_its_place() -> None:
    images = np.arange(3 * 8 * 8, dtype=np.uint8).reshape(3, 8, 8)
    z = sheet(images, 2)
    assert z.shape == (18, 18)
    assert np.array_equal(z[9:17, :8], (images[2].astype(int) * 254 // 255).astype(np.uint8))
    assert (z[9:, 9:] == GAP).all() and (z[8] == GAP).all()


def test_frames_come_closer_together_at_first() -> None:
    found = stops(1500)
    assert (found[0], found[-1], len(found)) == (0, 1500, 21)
    assert found[1] - found[0] < found[-1] - found[-2]


def test_a_short_game_learns() -> None:
    """400 steps on small digits halve the distance to real ones."""
    settings = Settings(data="digits", steps=400)
    frames = list(IMAGES.frames(settings))
    first, last = frames[0].metrics, frames[-1].metrics
    assert last["frechet"] < first["frechet"] / 2
    assert {name for name in last if name.endswith("accuracy")} == {"class_accuracy"}


def test_without_classes_there_is_no_class_accuracy() -> None:
    settings = Settings(data="digits", steps=10, conditional=False, width=4)
    *_, last = IMAGES.frames(settings)
    assert "class_accuracy" not in last.metrics
    assert "discriminator.classes.weight" not in (last.weights or {})


def test_a_lost_game_says_whose_rate_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Game, "step", lambda game, x, y: (float("nan"), 0.0))
    settings = Settings(data="digits", steps=10, width=4, lr_d=0.5, lr_g=1e-3)
    with pytest.raises(Diverged, match=r"At step 0 .* discriminator's learning rate 0\.5 ") as lost:
        list(IMAGES.frames(settings))
    assert lost.value.fix == {"lr_d": 1e-3, "lr_g": 1e-3}


def test_building_draws_from_its_own_generator_alone() -> None:
    before = torch.get_rng_state()
    one, other = (build(SPEC, seeded(5))[0].state_dict() for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert float(one["dense.weight"].std()) == pytest.approx(0.02, rel=0.1)


def test_level_lines_are_in_their_own_panel() -> None:
    """Those of the losses on the second axes, at 2 ln 2 and ln 2."""
    settings = Settings(data="digits", steps=10, width=4)
    figures = IMAGES.figures(settings, list(IMAGES.frames(settings)), 0)
    losses, quality = (figures[name]["layout"]["shapes"] for name in ("wall", "quality"))
    assert [(one["xref"], one["yref"]) for one in losses] == [("x2", "y2")] * 2
    assert [one["y0"] for one in losses] == pytest.approx([2 * np.log(2), np.log(2)])
    assert [one["xref"] for one in quality] == ["x", "x3"]
