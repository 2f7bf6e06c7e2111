"""Cleaning: the noise, the filters by their definitions, and who is nearest at which noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.vae.data import load
from core.vae.uses_denoise import (
    MEASURED,
    WIDTHS,
    best_width,
    blurred,
    denoise,
    error,
    median,
    noisy,
)
from core.vae.uses_layout import CLEANERS, LEVELS


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_noise_has_its_width_and_is_cut() -> None:
    """On mid-grey and little of it nothing is cut; on black, half of it, so half the square."""
    grey = noisy(torch.full((100, 784), 0.5), 0.1, seeded())
    assert float((grey - 0.5).std()) == pytest.approx(0.1, rel=0.02)
    black = noisy(torch.zeros(100, 784), 0.2, seeded())
    assert float(black.square().mean()) == pytest.approx(0.02, rel=0.03)
    wide = noisy(torch.rand(10, 784, generator=seeded(1)), 1.0, seeded())
    assert float(wide.min()) == 0 and float(wide.max()) == 1


def test_the_blur_is_a_sum_with_gaussian_weights() -> None:
    """One lit pixel becomes the outer product of exp(-n^2 / 2 w^2), normalised, cut at 4 widths."""
    image = torch.zeros(1, 28, 28)
    image[0, 13, 11] = 1
    n = np.arange(-5, 6)
    line = np.exp(-(n**2) / (2 * 1.2**2))
    line /= line.sum()
    expected = np.zeros((28, 28))
    expected[8:19, 6:17] = np.outer(line, line)
    found = blurred(image.flatten(1), 1.2)[0].view(28, 28).numpy()
    assert np.allclose(found, expected, atol=1e-6)
    assert torch.equal(blurred(image.flatten(1), 0.0), image.flatten(1))


def test_the_median_is_of_nine() -> None:
    image = np.random.default_rng(0).random((28, 28)).astype(np.float32)
    patches = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))
    found = median(torch.from_numpy(image.reshape(1, -1)))[0].view(28, 28).numpy()
    assert np.array_equal(found, np.median(patches, (2, 3)))


def test_the_blur_does_its_best() -> None:
    """No other width cleans the held-out images clearly better; without noise it does nothing."""
    assert best_width(0.0, seeded()) == 0
    chosen = best_width(0.6, seeded())
    clean = load("mnist").x_test[:100]
    spoilt = noisy(clean, 0.6, seeded(3))
    found = {width: error(blurred(spoilt, width), clean) for width in WIDTHS}
    assert found[chosen] < 1.02 * min(found.values())
    assert chosen > 0.5


def test_errors_are_of_held_out_images_and_stand_on_the_curves() -> None:
    metrics, arrays = denoise(0.5, 0)
    clean = load("mnist").x_test[:MEASURED]
    spoilt = noisy(clean, 0.5, seeded(0))
    exact = float(np.mean((spoilt.numpy().astype(float) - clean.numpy()) ** 2))
    assert metrics["error/noisy"] == pytest.approx(exact, rel=1e-6)
    assert metrics["error/median"] == pytest.approx(error(median(spoilt), clean), rel=1e-6)
    at = LEVELS.index(0.5)
    assert np.allclose(arrays["curves"][:, at], list(metrics.values()), rtol=1e-5)
    assert arrays["cleaned"].shape == (len(CLEANERS), 10, 28, 28)


def test_learning_pays_at_much_noise_and_not_at_little() -> None:
    curves = dict(zip(CLEANERS, denoise(0.5, 2)[1]["curves"], strict=True))
    assert (curves["median"] < curves["denoising"])[1:5].all()
    assert (curves["denoising"] < curves["median"])[7:].all()
    assert (curves["denoising"] < curves["vae"])[1:].all()
    assert curves["noisy"][0] == curves["blur"][0] == 0 < curves["vae-16"][0]
