"""The samplers against published sums, against each other, and against Gaussian closed forms."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from core.diffusion import samplers
from core.diffusion.schedules import Schedule, cosine, ladder, linear

# The toy model, the start and the sums are those of the tests of Hugging Face's diffusers:
# tests/schedulers/test_schedulers.py, test_scheduler_ddpm.py, test_scheduler_ddim.py.
SHAPE = (3, 8, 8, 4)


def toy(x: Tensor, t: float) -> Tensor:
    """Their model; they count time from 0."""
    return x * (t - 1) / t


def given() -> Tensor:
    count = int(np.prod(SHAPE))
    return (torch.arange(count, dtype=torch.float32).reshape(SHAPE) / count).permute(3, 0, 1, 2)


def last(found: object) -> Tensor:
    x = None
    for x in found:  # type: ignore[attr-defined] # noqa: B007
        pass
    assert isinstance(x, Tensor)
    return x


def test_ddim_gives_the_published_sums() -> None:
    times = [*range(901, 0, -100), 0]
    x = last(samplers.ddim(toy, given(), linear(1000), times, clip=1.0))
    assert float(x.abs().sum()) == pytest.approx(172.0067, abs=1e-2)
    assert float(x.abs().mean()) == pytest.approx(0.223967, abs=1e-3)


def test_ddpm_gives_the_published_sums() -> None:
    """Small variance, all 1,000 steps; theirs draws noise in the layout of the sample."""
    generator = torch.Generator().manual_seed(0)
    times = list(range(1000, -1, -1))
    x = last(samplers.ddpm(toy, given(), linear(1000), times, generator, clip=1.0))
    assert float(x.abs().sum()) == pytest.approx(258.9606, abs=1e-2)
    assert float(x.abs().mean()) == pytest.approx(0.3372, abs=1e-3)


def gaussian(schedule: Schedule, sd: float) -> samplers.Model:
    """The best prediction of the noise when the data are N(0, sd^2): linear in x."""

    def model(x: Tensor, t: float) -> Tensor:
        left = schedule.left[int(t)]
        return x * float(np.sqrt(1 - left) / (left * sd**2 + 1 - left))

    return model


@pytest.mark.parametrize("sd", [0.05, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("count", [10, 50, 1000])
def test_ddim_on_gaussian_data_is_the_product_of_its_coefficients(sd: float, count: int) -> None:
    schedule, times = linear(1000), ladder(1000, count)
    x = last(
        samplers.ddim(gaussian(schedule, sd), torch.ones(1, dtype=torch.float64), schedule, times)
    )
    product = 1.0
    for t, s in pairwise(times):
        a, b = schedule.left[t], schedule.left[s]
        whole = a * sd**2 + 1 - a
        product *= (np.sqrt(a * b) * sd**2 + np.sqrt((1 - a) * (1 - b))) / whole
    assert float(x) == pytest.approx(product, abs=1e-6)


@pytest.mark.parametrize(("sd", "shrunk"), [(0.5, 0.056), (0.05, 0.35)])
def test_fifty_even_steps_of_ddim_make_too_narrow_a_cloud(sd: float, shrunk: float) -> None:
    schedule = linear(1000)
    start = torch.ones(1, dtype=torch.float64)
    x = last(samplers.ddim(gaussian(schedule, sd), start, schedule, ladder(1000, 50)))
    assert 1 - float(x) / sd == pytest.approx(shrunk, abs=0.003)


@pytest.mark.parametrize("sd", [0.5, 1.0, 2.0])
def test_250_steps_of_ddim_come_within_two_percent(sd: float) -> None:
    schedule = linear(1000)
    start = torch.ones(1, dtype=torch.float64)
    x = last(samplers.ddim(gaussian(schedule, sd), start, schedule, ladder(1000, 250)))
    assert float(x) == pytest.approx(sd, rel=0.02)


@pytest.mark.parametrize("name", ["euler", "heun", "dpm_solver"])
@pytest.mark.parametrize("make", [linear, cosine])
def test_more_steps_of_an_ode_come_nearer_to_its_closed_form(name: str, make: object) -> None:
    """On N(0, sd^2) the flow multiplies by sd over the spread at T."""
    schedule: Schedule = make(1000)  # type: ignore[operator]
    sd, one = 0.7, torch.ones(1, dtype=torch.float64)
    left = schedule.left[-1]
    right = sd / np.sqrt(left * sd**2 + 1 - left)
    run, model = getattr(samplers, name), gaussian(schedule, sd)
    wrong = [
        abs(float(last(run(model, one, schedule, ladder(1000, n)))) - right) for n in (20, 100, 500)
    ]
    assert wrong[2] < wrong[1] < wrong[0]
    assert wrong[2] < 0.02


def test_ddim_at_eta_one_is_ddpm_of_small_variance() -> None:
    schedule = linear(200)
    model, start = gaussian(schedule, 0.5), torch.randn(64, dtype=torch.float64)
    times = list(range(200, -1, -1))
    ours, theirs = (torch.Generator().manual_seed(3) for _ in range(2))
    a = last(samplers.ddim(model, start, schedule, times, 1.0, ours))
    b = last(samplers.ddpm(model, start, schedule, times, theirs))
    torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-9)


def test_the_spread_of_ddpm_samples_is_that_of_the_data() -> None:
    """Exact model, 1,000 steps, 4,000 samples: within four standard errors, 4 / sqrt(2 n)."""
    schedule = linear(1000)
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(4000, generator=generator, dtype=torch.float64)
    model = gaussian(schedule, 0.5)
    x = last(samplers.ddpm(model, start, schedule, list(range(1000, -1, -1)), generator))
    assert float(x.std()) / 0.5 == pytest.approx(1, abs=4 / np.sqrt(8000))
