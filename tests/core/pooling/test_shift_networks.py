"""The two networks of the shift experiment: layers of torch, equivariance, accuracy as told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from core.data import mnist
from core.experiment import SettingError
from core.nets import shift_nets as nets
from core.pooling.shift import SHIFT, Settings, clicked, moved, payload
from core.pooling.shifting import run

ROOT = Path(__file__).resolve().parents[3]


def layers(kind: str) -> nn.Sequential:
    """The same network of torch's own layers, with the shipped weights."""
    if kind == "mlp":
        made = nn.Sequential(nn.Flatten(), nn.Linear(1600, 12), nn.ReLU(), nn.Linear(12, 10))
    else:
        made = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=2, bias=False), nn.ReLU(),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Conv2d(16, 32, 3, padding=2, bias=False), nn.ReLU(),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Conv2d(32, 48, 3, padding=2, bias=False), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 10),
        )  # fmt: skip
    for own, shipped in zip(made.parameters(), nets.load(kind)[0].values(), strict=True):
        own.data = shipped
    return made


@pytest.fixture(scope="module")
def digits() -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = mnist.load("test")
    return torch.from_numpy(images), torch.from_numpy(labels)


@pytest.mark.parametrize("kind", ["cnn", "mlp"])
@torch.inference_mode()
def test_they_are_torchs_layers(kind: str, digits: tuple[torch.Tensor, torch.Tensor]) -> None:
    made, x = layers(kind), nets.placed(digits[0][:20], 2, -5)
    found = nets.logits(kind, nets.load(kind)[0], x)
    assert (found - made(x)).abs().max() < 1e-4
    assert nets.parameters(kind) == sum(p.numel() for p in made.parameters())


def test_they_are_of_about_equal_size() -> None:
    assert nets.parameters("mlp") / nets.parameters("cnn") == pytest.approx(1, abs=0.02)


@torch.inference_mode()
def test_first_maps_move_along_and_averages_stay(
    digits: tuple[torch.Tensor, torch.Tensor],
) -> None:
    """Convolution is equivariant at every shift, the averages invariant to multiples of 4."""
    weights = nets.load("cnn")[0]
    seen = nets.cnn(weights, nets.everywhere(digits[0][3]))
    first = seen.first.view(13, 13, 16, 42, 42)
    bars = seen.bars.view(13, 13, 48)
    size = float(bars[6, 6].norm())
    for row, column in ((0, 0), (2, 10), (6, 5), (12, 12)):
        back = first[row, column].roll((6 - row, 6 - column), (-2, -1))
        assert (back - first[6, 6]).abs().max() < 1e-5
    for row, column in ((2, 2), (2, 10), (6, 10)):
        assert float((bars[row, column] - bars[6, 6]).norm()) < 1e-6 * size
        assert float((bars[row, column - 1] - bars[6, 6]).norm()) > 0.01 * size


@pytest.mark.parametrize("kind", ["cnn", "mlp"])
@torch.inference_mode()
def test_the_accuracy_told_is_the_accuracy(
    kind: str, digits: tuple[torch.Tensor, torch.Tensor]
) -> None:
    """At a few places anew, on all held-out digits; over all places, the mean that ships."""
    made, (images, labels) = layers(kind), digits
    told = nets.load(kind)[1]
    for dx, dy in ((0, 0), (6, -6), (-3, 1)):
        canvas = torch.zeros(2000, 1, 40, 40)
        canvas[:, 0, 6 + dy : 34 + dy, 6 + dx : 34 + dx] = images
        right = torch.cat([made(part).argmax(1) for part in canvas.split(100)]) == labels
        # A tie in the last digit may fall the other way on another machine.
        assert told[6 + dy, 6 + dx] == pytest.approx(right.double().mean().item(), abs=0.0015)
    middle, over_all = told[6, 6], told.mean(dtype=np.float64)
    words = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert f"{middle:.1%} in the middle, {over_all:.1%} over all places" in words
    if kind == "cnn":
        assert min(middle, over_all) > 0.97
    else:
        assert middle > 0.92
        assert over_all < 0.25


def test_what_the_browser_gets_is_small_and_whole() -> None:
    settings = Settings(dx=2, dy=-1)
    frames = list(run(settings))
    sent = payload(settings, frames)
    assert len(json.dumps(sent)) < 400_000
    assert sent["value"] == [2, -1]
    assert sent["cnn"]["shape"] == [13, 13, 10]
    assert payload(settings, frames[:1]) == sent  # a run that has just begun is enough


def test_a_place_from_the_browser_is_judged() -> None:
    settings = Settings()
    assert moved(settings, [3, -6]) == {"dx": 3, "dy": -6}
    for wrong in ([1.5, 0], ["1", 0], [True, 0], [1], [1, 2, 3], None, 7):
        with pytest.raises((ValueError, TypeError)):
            moved(settings, wrong)
    with pytest.raises(SettingError):
        Settings.checked({**settings.model_dump(), **moved(settings, [7, 0])})


def test_a_click_on_the_map_takes_the_digit_there() -> None:
    settings = Settings()
    click = clicked(settings, [], {"x": -4.0, "y": 5.0, "customdata": [11, 2]})
    assert click is not None
    assert click.values == {"dx": -4, "dy": 5}
    assert clicked(settings, [], {"x": 0.0, "y": 0.0}) is None


def test_the_picture_shows_what_the_tables_say() -> None:
    """The bars of the still picture are the tables' numbers at the digit's place."""
    settings = Settings(dx=6, dy=-2)
    frames = list(run(settings))
    fig = SHIFT.views[0].draw(settings, frames, 0)
    assert np.array_equal(fig["data"][1]["y"], frames[0].cnn[4, 12])
    assert np.array_equal(fig["data"][3]["y"], frames[0].mlp[4, 12])
    assert np.array_equal(fig["data"][0]["z"][4:32, 12:40], frames[0].digit)
