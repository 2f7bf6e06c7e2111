"""What is minimised, of every kind, against values computed by hand; the loop around it."""

from __future__ import annotations

import math
import sys
import time
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, optim
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn import functional

from core.experiment import Diverged
from core.vae.data import load
from core.vae.images import IMAGES, Settings
from core.vae.portrait import Portrait
from core.vae.spec import KINDS
from core.vae.training import IDLE, OPTIMIZERS, Trainer, run, spec_of

N = 12


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def trainer(**changes: Any) -> Trainer:
    """Of small digits, from seed 0."""
    settings = Settings.checked({"data": "digits", "width": 8, "latent_dim": 3, **changes})
    return Trainer(spec_of(settings, load(settings.data, 20)), settings, seeded())


def batch(name: str = "digits") -> tuple[Tensor, Tensor]:
    data = load(name, N)
    return data.x, data.y


def drawn(one: Trainer, n: int = N) -> Tensor:
    """The noise that the next objective will draw, without drawing it."""
    copy = torch.Generator()
    copy.set_state(one.random.get_state())
    return torch.randn(n, one.net.spec.latent_dim, generator=copy)


def by_hand(one: Trainer, into: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, mean and log variance of a variational one, without its own methods."""
    told = functional.one_hot(y, 10).float() if one.net.spec.conditional else torch.empty(len(y), 0)
    mean, log_var = one.net.encoder(torch.cat([into, told], 1)).split(3, 1)
    z = mean + log_var.mul(0.5).exp() * drawn(one)
    return one.net.decoder(torch.cat([z, told], 1)), mean, log_var


def kl(mean: Tensor, log_var: Tensor) -> Tensor:
    """By torch.distributions, (n, d)."""
    return kl_divergence(Normal(mean, (0.5 * log_var).exp()), Normal(0.0, 1.0))


@pytest.mark.parametrize(
    ("kind", "beta"), [("vae", 1.0), ("beta-vae", 4.0), ("conditional", 1.0), ("vae", 0.0)]
)
def test_variational_ones_minimise_error_and_weighted_kl(kind: str, beta: float) -> None:
    """-log p(x | z) by torch.distributions.Bernoulli, sums over pixels and dimensions."""
    one, (x, y) = trainer(kind=kind, beta=beta), batch()
    into, goal = one._pair(x)
    out, mean, log_var = by_hand(one, into, y)
    expected = -Bernoulli(logits=out).log_prob(goal).sum(1) + beta * kl(mean, log_var).sum(1)
    assert torch.allclose(one.objective(into, goal, y), expected, rtol=1e-5)


def test_plain_ones_minimise_the_error_alone() -> None:
    one, (x, y) = trainer(kind="autoencoder"), batch()
    into, goal = one._pair(x)
    out = one.net.decoder(one.net.encoder(x))
    cross = functional.binary_cross_entropy_with_logits(out, x, reduction="none").sum(1)
    assert into is x and goal is x
    assert torch.allclose(one.objective(into, goal, y), cross, rtol=1e-5)


def test_denoising_ones_are_given_noise_and_asked_for_the_clean() -> None:
    one, (x, y) = trainer(kind="denoising", noise=0.3), batch()
    noise = torch.randn(x.shape, generator=seeded(1))
    one.random.manual_seed(1)
    into, goal = one._pair(x)
    assert goal is x
    assert torch.equal(into, (x + 0.3 * noise).clamp(0, 1))
    out = one.net.decoder(one.net.encoder(into))
    cross = functional.binary_cross_entropy_with_logits(out, x, reduction="none").sum(1)
    assert torch.allclose(one.objective(into, goal, y), cross, rtol=1e-5)


def test_a_bernoulli_likelihood_is_given_black_and_white() -> None:
    """Each pixel 1 with its grey as chance, drawn anew each time; a Gaussian one gets the greys."""
    one, (x, _) = trainer(), batch()
    draws = torch.stack([one._pair(x)[0] for _ in range(300)])
    assert set(draws.unique().tolist()) == {0.0, 1.0}
    error = (draws.mean(0) - x).abs()
    assert float(error.max()) < 5 * 0.5 / math.sqrt(300)  # 768 binomials, standard error at most
    assert trainer(likelihood="gaussian")._pair(x)[0] is x


def test_a_gaussian_likelihood_has_its_sigma() -> None:
    one, (x, y) = trainer(likelihood="gaussian", sigma=0.3), batch()
    out, mean, log_var = by_hand(one, x, y)
    expected = -Normal(out, 0.3).log_prob(x).sum(1) + kl(mean, log_var).sum(1)
    assert torch.allclose(one.objective(x, x, y), expected, rtol=1e-5)


def test_points_have_a_sigma_of_their_own() -> None:
    one = trainer(data="points", point_sigma=0.4, latent_dim=3)
    x, y = batch("points")
    assert one._pair(x)[1] is x
    out, mean, log_var = by_hand(one, x, y)
    expected = -Normal(out, 0.4).log_prob(x).sum(1) + kl(mean, log_var).sum(1)
    assert torch.allclose(one.objective(x, x, y), expected, rtol=1e-5)


def test_sigma_squared_acts_as_beta() -> None:
    """Twice the sigma and a quarter of beta: a quarter of the objective, but for a constant."""
    one = trainer(likelihood="gaussian", sigma=0.2)
    other = trainer(likelihood="gaussian", sigma=0.4, beta=0.25)
    x, y = batch()
    a, b = one.objective(x, x, y), other.objective(x, x, y)
    constants = [64 * (math.log(s) + 0.5 * math.log(2 * math.pi)) for s in (0.2, 0.4)]
    assert torch.allclose((a - constants[0]) / 4, b - constants[1], rtol=1e-4)


def test_averaged_over_pixels_the_error_counts_a_64th() -> None:
    one, (x, y) = trainer(likelihood="gaussian", reduction="mean"), batch()
    out, mean, log_var = by_hand(one, x, y)
    expected = -Normal(out, 0.2).log_prob(x).mean(1) + kl(mean, log_var).sum(1)
    assert torch.allclose(one.objective(x, x, y), expected, rtol=1e-5)


def test_free_nats_are_of_each_dimensions_mean_over_the_batch() -> None:
    """Kingma et al. 2016, equation 15: sum_j max(free, mean_n KL_nj)."""
    one = trainer(free_bits=0.5)
    mean = torch.tensor([[0.0, 2.0, 1.0], [0.0, 0.0, 1.2]])
    log_var = torch.zeros(2, 3)  # KL is half the squared mean: averages 0, 1 and 0.61
    assert one._kl(mean, log_var).tolist() == pytest.approx([0.5 + 1.0 + 0.61] * 2, rel=1e-6)


@pytest.mark.parametrize(("t", "weight"), [(0, 0.0), (100, 1.5), (200, 3.0), (399, 3.0)])
def test_the_kl_term_warms_up(t: int, weight: float) -> None:
    """Linearly over the first half of 400 steps, to beta 3."""
    one = trainer(beta=3.0, warm_up=0.5, steps=400)
    one.t = t
    assert one.weight() == pytest.approx(weight)


def test_without_warm_up_the_weight_is_beta_at_once() -> None:
    assert trainer(beta=3.0).weight() == 3.0


def test_a_vq_vae_decodes_the_nearest_code_and_pulls_both() -> None:
    """Van den Oord et al. 2017, equation 3, with NumPy's distances."""
    one, (x, y) = trainer(kind="vq-vae", codes=7, tokens=2), batch()
    one.t = 1  # the book has been set
    into = one.net.encoder(x).detach()
    book = one.net.book.detach()
    parts = into.reshape(N, 2, 3)
    far = ((parts.numpy()[:, :, None] - book.numpy()) ** 2).sum(-1)
    z = book[torch.from_numpy(far.argmin(-1))]
    logits = one.net.decoder(z.flatten(1))
    error = functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
    expected = error + 1.25 * (parts - z).square().sum((1, 2))
    assert torch.allclose(one.objective(x, x, y), expected, rtol=1e-5)


def test_gradients_pass_a_vq_vaes_codes_straight_through() -> None:
    """The encoder's: the decoder's gradient at the code, plus 2 x 0.25 (e - z). The book's: z - e,
    twice.
    """
    one, (x, y) = trainer(kind="vq-vae", codes=7), batch()
    one.t = 1
    into = one.net.encoder(x)
    into.retain_grad()
    one.net.encode = lambda *_: (into, into)  # type: ignore[method-assign]
    one.objective(x, x, y).sum().backward()
    e, book = into.detach(), one.net.book.detach()
    codes = ((e[:, None] - book) ** 2).sum(-1).argmin(1)
    z = book[codes].clone().requires_grad_()
    cross = functional.binary_cross_entropy_with_logits(one.net.decoder(z), x, reduction="sum")
    (straight,) = torch.autograd.grad(cross, z)
    assert into.grad is not None and one.net.book.grad is not None
    assert torch.allclose(into.grad, straight + 0.5 * (e - z.detach()), rtol=1e-4, atol=1e-6)
    pulled = torch.zeros_like(book).index_add_(0, codes, 2 * (z.detach() - e))
    assert torch.allclose(one.net.book.grad, pulled, rtol=1e-4, atol=1e-6)


def test_the_book_starts_where_the_images_are() -> None:
    one, (x, y) = trainer(kind="vq-vae", codes=5), batch()
    one.net.book.data += 100
    one.step(x, y)
    far = torch.cdist(one.net.book.detach(), one.net.encoder(x).detach())
    assert float(far.min(1).values.max()) < 0.5


def test_a_dead_code_moves_to_an_image() -> None:
    """One far away is left alone for so many steps, and then is not far any more."""
    one, (x, y) = trainer(kind="vq-vae", codes=3, lr=1e-6), batch()
    one.step(x, y)
    one.net.book.data[2] = 100.0
    one.idle[2] = IDLE - 2
    one.step(x, y)
    assert float(one.net.book.data[2].min()) > 99
    one.step(x, y)
    assert float(one.net.book.data[2].min()) > 99
    one.step(x, y)
    far = torch.cdist(one.net.book.detach()[2:], one.net.encoder(x).detach())
    assert float(far.min()) < 0.5
    assert int(one.idle[2]) <= 1


@pytest.mark.parametrize(
    ("name", "torchs"),
    [
        ("adam", lambda p: optim.Adam(p, 0.01)),
        ("rmsprop", lambda p: optim.RMSprop(p, 0.01)),
        ("sgd", lambda p: optim.SGD(p, 0.01, momentum=0.9)),
    ],
)
def test_a_step_is_torchs_own(name: str, torchs: Any) -> None:
    one, other = (trainer(optimizer=name, lr=0.01, kind="autoencoder") for _ in range(2))
    x, y = batch()
    plain = torchs(other.net.parameters())
    for _ in range(3):
        before = one.step(x, y)
        plain.zero_grad()
        loss = other.objective(x, x, y).mean()
        loss.backward()
        plain.step()
        assert before == pytest.approx(float(loss.detach()), rel=1e-6)
    pairs = zip(one.net.parameters(), other.net.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert set(OPTIMIZERS) == set(Settings.choices("optimizer"))


QUICK = {"data": "digits", "steps": 60, "width": 16, "batch_size": 32}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns(kind: str) -> None:
    """Sixty steps take a twentieth off the objective, at least."""
    frames = list(run(Settings.checked({**QUICK, "kind": kind})))
    first, last = (frame.metrics["objective"] for frame in (frames[0], frames[-1]))
    assert last < 0.95 * first


def test_too_high_a_rate_is_told_with_a_cure() -> None:
    settings = Settings.checked({**QUICK, "lr": 10.0})
    with pytest.raises(Diverged, match=r"At step \d+ .* learning rate 10 is too large") as lost:
        list(IMAGES.frames(settings))
    assert lost.value.fix == {"lr": 2e-3}
    list(IMAGES.frames(settings.model_copy(update=lost.value.fix)))


@pytest.mark.parametrize(
    ("seed", "batch_size", "train_size"), [(0, 2, 10), (1, 512, 12_000)]
)  # fmt: skip
def test_the_ends_of_the_sliders_run(seed: int, batch_size: int, train_size: int) -> None:
    changes = {"seed": seed, "batch_size": batch_size, "train_size": train_size, "steps": 10}
    *_, last = run(Settings.checked({"data": "digits", "width": 256, "latent_dim": 32, **changes}))
    assert np.isfinite(list(last.metrics.values())).all()


def test_what_is_shown_is_finite_or_the_run_has_diverged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log variances of 200: their exponential is beyond single precision, the loss is not yet."""
    one = trainer()
    one.net.encoder[-1].bias.data[3:] = 200.0
    with pytest.raises(FloatingPointError, match="step 7"):
        Portrait(one.net.spec, one.settings, seeded()).frame(one.net, 7, [1.0], 0.0)

    def lost(*_: object) -> None:
        raise FloatingPointError

    monkeypatch.setattr(Portrait, "frame", lost)
    with pytest.raises(Diverged, match=r"At step 0 .* learning rate"):
        list(run(Settings.checked(QUICK)))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_readable_plane_in_time() -> None:
    """At the defaults, under 20 s of one core's time, portraits included; -s prints.

    Readable: seven of the ten digits or more among 300 draws, and half of the draws are clear.
    """
    torch.set_num_threads(1)
    start = time.process_time()
    for frame in IMAGES.frames(Settings()):
        seconds, found = time.process_time() - start, frame.metrics
        if found["classes"] >= 7 and found["readable"] >= 0.5:
            break
    told = f"{found['classes']:.0f} kinds, {found['readable']:.0%} of draws readable"
    sys.stdout.write(f"{frame.step} steps in {seconds:.1f} s: {told}\n")
    assert found["classes"] >= 7 and found["readable"] >= 0.5
    assert seconds < 20
