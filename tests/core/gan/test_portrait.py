"""What a frame says of a game: its numbers against the measures, autograd and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.data.mixtures import SCALE, TARGETS
from core.data.points import encode
from core.gan.best import best_of
from core.gan.plane import ARROWS, DRAWN, GRID, JUDGED, MESH, Settings
from core.gan.portrait import BESIDE, SPAN, Portrait
from core.gan.training import Game
from core.measure.divergence import js, kl
from core.measure.grid import estimate, exact, mass, plane
from core.measure.mmd import mmd
from core.measure.modes import modes
from core.measure.sliced import sliced_wasserstein

SMALL: dict[str, Any] = {"width": 8, "batch_size": 16}
LAWS = {"minimax": 1.0, "non-saturating": -1.0}


def played(steps: int = 30, **settings: Any) -> Portrait:
    """A portrait of a small game after some steps."""
    game = Game(Settings(**{**SMALL, **settings}), [settings.get("seed", 0)])
    for _ in range(steps):
        game.step()
    return Portrait(game)


def fakes(portrait: Portrait) -> np.ndarray:
    """What the generator makes of the portrait's noise, (n, 2)."""
    with torch.no_grad(), portrait.game.shown():
        return np.asarray(portrait.game.g(portrait.noise)[0].double().numpy())


@pytest.mark.parametrize("target", [*TARGETS, "drawn"])
def test_metrics_are_the_measures_of_the_frames_own_fakes(target: str) -> None:
    portrait = played(target=target)
    found, made = portrait.frame(30, 1.0), fakes(portrait)
    mixture, real = Settings(target=target).mixture, portrait.real[0].double().numpy()
    p, q = mass(exact(mixture, GRID)), mass(estimate(made, GRID))
    assert made.shape == real.shape == (JUDGED, 2)
    assert (found.metrics["modes"], found.metrics["high_quality"]) == modes(made, mixture)
    assert found.metrics["js"] == js(p, q) and found.metrics["kl"] == kl(p, q)
    assert found.metrics["swd"] == sliced_wasserstein(real, made)
    assert found.metrics["mmd"] == mmd(real[:500], made[:500])
    np.testing.assert_array_equal(found.fake, made[:DRAWN].astype(np.float16))
    assert modes(real, mixture)[0] == mixture.count, "its real points are the target's"
    assert modes(real, mixture)[1] == pytest.approx(mixture.within, abs=0.01)


def test_own_points_are_the_target_as_they_are_drawn() -> None:
    own = np.array([[-0.5, 0.5], [0.25, -0.75]])
    settings = Settings(target="drawn", points=encode(own, np.zeros(2, int)))
    np.testing.assert_allclose(settings.mixture.centres, SCALE * own, atol=0.02)
    portrait = played(steps=0, target="drawn", points=settings.points)
    assert modes(portrait.real[0].numpy(), settings.mixture)[0] == 2
    with pytest.raises(ValueError, match="at least one point"):
        Settings(target="drawn", points="")


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_losses_are_those_of_torch(smoothing: float) -> None:
    """Cross-entropy by torch.nn over the same 2,000 real and 2,000 fake points."""
    portrait = played(smoothing=smoothing)
    found = portrait.frame(30, 1.0).metrics
    with torch.no_grad():
        real = portrait.game.d(portrait.real)[0]
        fake = portrait.game.d(portrait.game.g(portrait.noise))[0]
    entropy = nn.BCEWithLogitsLoss()
    d_loss = entropy(real, torch.full_like(real, 1 - smoothing)) + entropy(fake, fake * 0)
    assert found["d_loss"] == pytest.approx(d_loss.item(), rel=1e-5)
    assert found["g_loss"] == pytest.approx(entropy(fake, fake * 0 + 1).item(), rel=1e-5)


def judge(portrait: Portrait) -> nn.Sequential:
    """The discriminator as a network of torch.nn."""
    parts: list[nn.Module] = []
    for layer in portrait.game.d.layers:
        dense = nn.Linear(layer.weight.shape[1], layer.weight.shape[2])
        dense.weight.data = layer.weight[0].detach().T.clone()
        dense.bias.data = layer.bias[0, 0].detach().clone()
        parts += [dense, nn.ReLU()]
    return nn.Sequential(*parts[:-1])


@pytest.mark.parametrize("loss", ["minimax", "non-saturating", "least-squares", "hinge"])
def test_pulls_are_minus_the_gradient_of_the_generators_loss(loss: str) -> None:
    """Each fake's own, by autograd through torch.nn: not divided by how many there are."""
    portrait = played(loss=loss)
    net = judge(portrait)
    goal: Any = {
        "minimax": lambda said: (1 - said.sigmoid()).log(),
        "non-saturating": lambda said: -said.sigmoid().log(),
        "least-squares": lambda said: (said - 1) ** 2 / 2,
        "hinge": lambda said: -said,
    }[loss]
    at = torch.tensor(fakes(portrait)[:ARROWS], dtype=torch.float32).requires_grad_()
    (slope,) = torch.autograd.grad(goal(net(at)).sum(), at)
    found = portrait.frame(30, 1.0).arrows
    assert found.shape == (ARROWS, 2)
    np.testing.assert_allclose(found, -slope.numpy(), rtol=2e-3, atol=1e-4)
    moved = at.detach() + 1e-2 * torch.tensor(found.astype(np.float32))
    assert goal(net(moved)).sum() < goal(net(at)).sum(), "downhill"


def test_the_verdicts_are_the_discriminators_at_the_cells_centres() -> None:
    """Rows go up along y, columns along x."""
    portrait = played()
    found, net = portrait.frame(30, 1.0).judged, judge(portrait)
    for row, column in ((0, 0), (3, 50), (GRID - 1, 20)):
        x, y = ((2 * at + 1) / GRID * 3 - 3 for at in (column, row))
        assert plane(GRID)[row, column] == pytest.approx([x, y])
        assert found[row, column] == pytest.approx(net(torch.tensor([x, y])).item(), abs=2e-3)


def test_a_packed_discriminator_sees_each_place_beside_real_points() -> None:
    portrait = played(packing=2)
    net = judge(portrait)
    row, column = 12, 40
    place = torch.tensor(plane(GRID)[row, column], dtype=torch.float32).expand(BESIDE, 2)
    packs = torch.cat([place, portrait.real[0, :BESIDE]], 1)
    frame = portrait.frame(30, 1.0)
    assert frame.judged[row, column] == pytest.approx(net(packs).mean().item(), abs=2e-3)
    assert "from_best" not in frame.metrics, "what it judges is no place of the plane"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"loss": "minimax"},
        {"smoothing": 0.3},
        {"instance_noise": 0.3},
        {"loss": "least-squares"},
        {"loss": "least-squares", "smoothing": 0.2},
        {"loss": "hinge"},
    ],
)
def test_a_discriminator_that_is_the_best_has_no_distance_from_it(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its output set to the closed form; off by a tenth, the distance is a tenth."""
    portrait = played(**settings)
    seen = portrait.frame(30, 1.0).density.astype(np.float64)
    seen = estimate(fakes(portrait), GRID, float(np.hypot(0.1, settings.get("instance_noise", 0))))
    best = best_of(portrait.game.settings, seen)
    assert best is not None
    share = np.nan_to_num(best, nan=0.5)
    logits = portrait.game.settings.loss in LAWS

    def output(off: float) -> np.ndarray:
        said = share * (1 - off)
        return np.log(said + 1e-12) - np.log(1 - said + 1e-12) if logits else said

    for off in (0.0, 0.1):
        monkeypatch.setattr(portrait, "verdicts", lambda off=off: output(off))
        found = portrait.frame(30, 1.0).metrics["from_best"]
        weight = exact(portrait.game.settings.mixture, GRID) + estimate(fakes(portrait), GRID)
        want = off * float((np.abs(share) * weight).sum() / weight.sum())
        assert found == pytest.approx(want, abs=2e-3)


@pytest.mark.parametrize("loss", ["wasserstein", "wgan-gp"])
def test_a_critic_has_no_closed_form(loss: str) -> None:
    assert "from_best" not in played(loss=loss).frame(30, 1.0).metrics


def test_moved_is_the_mean_way_of_a_fake_since_the_frame_before() -> None:
    portrait = played()
    first, before = portrait.frame(30, 1.0), fakes(portrait)
    last = portrait.game.g.layers[-1]
    with torch.no_grad():
        last.bias += torch.tensor([0.3, 0.4])
    second = portrait.frame(31, 1.0)
    assert first.metrics["moved"] == 0
    assert second.metrics["moved"] == pytest.approx(0.5, rel=1e-5)
    np.testing.assert_allclose(fakes(portrait) - before, [[0.3, 0.4]] * JUDGED, atol=1e-6)


@pytest.mark.parametrize(("dimensions", "law"), [(1, "normal"), (2, "uniform"), (5, "normal")])
def test_the_mesh_is_where_the_generator_takes_a_grid_of_noise(dimensions: int, law: str) -> None:
    """Over the first two numbers of the noise, the others 0; of one number, a line."""
    portrait = played(noise_dim=dimensions, noise_law=law)
    reach = SPAN if law == "normal" else 1.0
    found = portrait.frame(30, 1.0).mesh
    line = np.linspace(-reach, reach, MESH if dimensions > 1 else MESH**2)
    places = np.zeros((MESH**2, dimensions))
    places[:, 0] = np.tile(line, MESH) if dimensions > 1 else line
    if dimensions > 1:
        places[:, 1] = np.repeat(line, MESH)
    noise: Tensor = torch.tensor(places, dtype=torch.float32)[None]
    with torch.no_grad():
        want = portrait.game.g(noise)[0].numpy()
    np.testing.assert_allclose(found, want, atol=3e-3)


def test_the_average_of_the_generator_is_what_is_shown() -> None:
    """With a mean that keeps nearly all, the fakes are still near those of the first weights."""
    plain, mean = played(steps=40), played(steps=40, ema=0.999)
    start = fakes(played(steps=0))
    gaps = [np.linalg.norm(p.frame(40, 1.0).fake - start[:DRAWN], axis=1) for p in (mean, plain)]
    assert gaps[0].mean() < 0.1 * gaps[1].mean()


def test_frames_are_of_the_same_noise_and_the_same_real_points() -> None:
    portrait = played(steps=0)
    first, again = portrait.frame(0, 0.0), portrait.frame(1, 1.0)
    np.testing.assert_array_equal(first.fake, again.fake)
    assert first.real is not None and again.real is None
    np.testing.assert_array_equal(first.real, portrait.real[0, :DRAWN].numpy().astype(np.float16))


def test_points_that_are_no_numbers_are_an_error() -> None:
    portrait = played(steps=0)
    with torch.no_grad():
        portrait.game.g.layers[0].weight.fill_(float("nan"))
    with pytest.raises(FloatingPointError):
        portrait.frame(0, 0.0)
