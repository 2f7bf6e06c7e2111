"""Guidance, sampling under constraints and denoising, against what is known exactly."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from core.diffusion import images_quality as quality
from core.diffusion import images_run, latent, samplers, unet
from core.diffusion.guidance import Guided
from core.diffusion.images import IMAGES, Settings
from core.diffusion.images_run import decided_at, macs, sampled
from core.diffusion.images_tasks import constrained, ladder_from, time_of
from core.diffusion.schedules import cosine, ladder
from core.diffusion.unet import NULL
from core.gan import images_data as gan

COURSE = cosine(1000)


def net(x: Tensor, t: Tensor, y: Tensor) -> Tensor:
    """Some function of all three, as a network is."""
    return torch.tanh(x * (1 + y.view(-1, 1).float() / 10) + t.view(-1, 1) / 1000)


def noise(count: int = 4, size: int = 3) -> Tensor:
    return torch.randn(count, size, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("sampler", ["ddim", "ddpm", "dpm-solver", "heun", "euler"])
def test_scale_1_is_the_conditional_model_and_0_the_unconditional_bit_for_bit(sampler: str) -> None:
    y = torch.tensor([0, 3, 5, 9])

    def end(model: samplers.Model) -> Tensor:
        random = torch.Generator().manual_seed(1)
        return images_run.last(sampled(sampler, model, noise(), COURSE, ladder(1000, 7), random))

    def plain(classes: Tensor) -> samplers.Model:
        def model(x: Tensor, t: float) -> Tensor:
            a, s = float(COURSE.signal[int(t)]), float(COURSE.noise[int(t)])
            return a * net(x, torch.full((len(x),), float(t)), classes) + s * x

        return model

    none = torch.full((4,), NULL)
    assert torch.equal(end(Guided(net, COURSE, y, 1.0)), end(plain(y)))
    assert torch.equal(end(Guided(net, COURSE, y, 0.0)), end(plain(none)))
    assert torch.equal(end(Guided(net, COURSE, None, 7.0)), end(plain(none)))


@pytest.mark.parametrize("scale", [0.5, 2.0, 7.5])
def test_guided_noise_is_the_papers_mixture(scale: float) -> None:
    """Ho and Salimans 2022, equation 6: (1 + w) eps_c - w eps_u with w = s - 1."""
    y, x, t, w = torch.tensor([1, 2, 3, 4]), noise(), 400.0, scale - 1
    told, without = (Guided(net, COURSE, y, s)(x, t) for s in (1.0, 0.0))
    found = Guided(net, COURSE, y, scale)(x, t)
    torch.testing.assert_close(found, (1 + w) * told - w * without)


def test_noise_and_start_make_up_x_again() -> None:
    model, x, t = Guided(net, COURSE, None, 1.0), noise(), 321
    v = model.velocity(x, t)
    e, start = model.noise(x, v, t), model.start(x, v, t)
    a, s = float(COURSE.signal[t]), float(COURSE.noise[t])
    torch.testing.assert_close(a * start + s * e, x)
    torch.testing.assert_close(a * e - s * start, v)


def test_a_guided_step_is_counted_as_two_looks() -> None:
    for scale, wanted in ((0.0, 1), (1.0, 1), (2.0, 2)):
        model = Guided(net, COURSE, torch.zeros(4, dtype=torch.long), scale)
        model(noise(), 100)
        assert model.calls == wanted


def gaussian(variance: float) -> samplers.Model:
    """The exact noise prediction for data N(0, variance): s x / (a^2 variance + s^2)."""

    def model(x: Tensor, t: float) -> Tensor:
        a, s = float(COURSE.signal[int(t)]), float(COURSE.noise[int(t)])
        return s * x / (a**2 * variance + s**2)

    return model


def spread_of(variance: float, times: list[int], again: int) -> float:
    """Closed form: every step of a linear denoiser multiplies x by a number and adds noise."""
    power = 1.0
    for t, s in itertools.pairwise(times):
        of_start, of_now, added = COURSE.posterior(t, s)
        a = float(COURSE.signal[t])
        gain = of_now + of_start * a * variance / (a**2 * variance + 1 - a**2)
        for turn in range(again):
            lower = gain**2 * power + (added if s else 0.0)
            kept = float(COURSE.left[t] / COURSE.left[s])
            power = kept * lower + 1 - kept if turn < again - 1 and s else lower
    return float(np.sqrt(power))


@pytest.mark.parametrize("again", [1, 3])
def test_what_is_known_is_kept_exactly_and_the_rest_has_its_closed_form(again: int) -> None:
    """Independent numbers of sd 0.3: what is known of one says nothing of another.

    Within 4 standard errors of a spread, sd / sqrt(2 n).
    """
    count, sd, times = 4000, 0.3, ladder(1000, 60)

    def fix(start: Tensor) -> Tensor:
        return torch.stack([torch.full((len(start),), 0.25), start[:, 1]], 1)

    random = torch.Generator().manual_seed(0)
    x = torch.randn(count, 2, generator=random)
    end = images_run.last(constrained(gaussian(sd**2), x, COURSE, times, fix, again, random))
    assert (end[:, 0] == 0.25).all()
    wanted = spread_of(sd**2, times, again)
    assert float(end[:, 1].std()) == pytest.approx(wanted, abs=4 * wanted / (2 * count) ** 0.5)


def test_more_tries_a_step_ask_the_network_as_often() -> None:
    asked: list[float] = []

    def model(x: Tensor, t: float) -> Tensor:
        asked.append(t)
        return x

    random = torch.Generator().manual_seed(0)
    process = constrained(model, noise(), COURSE, [1000, 500, 1, 0], lambda x: x, 3, random)
    assert len(list(process)) == 3
    assert asked == [1000] * 3 + [500] * 3 + [1] * 3


def test_denoising_begins_where_noise_over_signal_is_as_given() -> None:
    for ratio in (0.1, 1.0, 4.0):
        t = time_of(COURSE, ratio)
        assert COURSE.noise[t] / COURSE.signal[t] == pytest.approx(ratio, rel=0.02)
    assert time_of(COURSE, 1.0) == 496  # half of the cosine's variance is left there
    assert ladder_from(7, 50) == [7, 6, 5, 4, 3, 2, 1, 0]


def test_denoising_a_gaussian_gives_the_posteriors_mean_and_spread() -> None:
    """Data N(0, v), noise of sd r: the posterior is N(v / (v + r^2) y, v r^2 / (v + r^2))."""
    variance, y, count = 0.5, 0.8, 4000
    t = time_of(COURSE, 0.7)
    r = float(COURSE.noise[t] / COURSE.signal[t])
    start = torch.full((count, 1), y) * float(COURSE.signal[t])
    random = torch.Generator().manual_seed(0)
    steps = list(range(t, -1, -1))
    end = images_run.last(samplers.ddpm(gaussian(variance), start, COURSE, steps, random))
    mean, spread = variance / (variance + r**2) * y, (variance * r**2 / (variance + r**2)) ** 0.5
    assert float(end.mean()) == pytest.approx(mean, abs=4 * spread / count**0.5 + 0.01)
    assert float(end.std()) == pytest.approx(spread, rel=0.06)


def test_the_classifier_reads_as_on_the_page_of_gans() -> None:
    x, _ = quality.held_out()
    ours, theirs = quality.read(x[:60]), gan.read("mnist", x[:60])
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)


def test_how_far_apart_is_the_mean_over_pairs() -> None:
    x = noise(5, 7)
    gaps = [float((a - b).square().sum()) for a, b in itertools.permutations(x, 2)]
    assert quality.apart(x) == pytest.approx(np.sqrt(np.mean(gaps)))


def test_decided_is_where_reading_stops_to_change() -> None:
    end = np.array([1, 2, 3, 4])
    reads = {0: end[::-1], 2: end, 4: np.array([9, 9, 3, 4]), 6: np.array([1, 2, 3, 9]), 8: end}
    assert decided_at(reads, end) == 6
    assert decided_at({0: end, 1: end}, end) == 0
    assert decided_at({0: end[::-1]}, end) == 1


def test_multiply_adds_are_half_of_torchs_own_count_of_flops() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    model = unet.build(unet.Spec(), torch.Generator().manual_seed(0)).requires_grad_(False)
    x = torch.zeros(1, 1, 28, 28)
    with FlopCounterMode(display=False) as counter:
        model(x, torch.ones(1), torch.zeros(1, dtype=torch.long))
    attention = 2 * 49 * 49 * 64 / 1e6  # the two products of places with places
    assert macs(model, x) == pytest.approx(counter.get_total_flops() / 2e6 - attention, rel=0.01)


def test_latent_codes_and_images_are_those_of_the_autoencoder() -> None:
    from core.vae import nets

    theirs, ours = nets.load("vae-mnist-16"), latent.coder(latent.Spec(scale=2.0))
    x, _ = quality.held_out()
    mean, log_var = theirs.encode((x[:5].flatten(1) + 1) / 2)
    found = ours.encode(x[:5])
    torch.testing.assert_close(found[0], mean / 2)
    torch.testing.assert_close(found[1], (0.5 * log_var).exp() / 2)
    torch.testing.assert_close((ours.decode(found[0]).flatten(1) + 1) / 2, theirs.image(mean))


@pytest.mark.parametrize("task", ["inpaint", "upscale", "denoise", "sketch"])
def test_every_task_answers_eight_times_and_keeps_what_it_must(task: str) -> None:
    frame = list(IMAGES.frames(Settings(task=task, steps=2, again=1, image=12)))[-1]  # type: ignore[arg-type]
    found: Any = frame
    assert found.start.shape == (8, 28, 28)
    assert found.read.shape == (8,)
    if task == "inpaint":
        shown = found.hidden == 0
        assert (found.start[:, shown] == found.original[shown]).all()
    if task == "upscale":
        means = found.start.reshape(8, 7, 4, 7, 4).mean((2, 4))
        given = found.original.reshape(7, 4, 7, 4).mean((1, 3))
        assert np.abs(means - given).mean() < 8  # in range by clipping alone
    if task == "denoise":
        assert found.metrics["error_given"] == pytest.approx(0.25, rel=0.2)


def test_the_model_that_ships_writes_what_it_is_asked_for() -> None:
    found = list(IMAGES.frames(Settings(steps=12, sampler="dpm-solver", seed=77)))[-1]
    assert found.metrics["class_accuracy"] >= 15 / 16
