"""The measures of a shift: closed forms, a published example, a library."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from core.data import mnist
from core.nets import shift_nets as nets
from core.pooling.shift import Settings
from core.pooling.shifting import (
    FIELD,
    aliasing,
    between,
    change,
    from_middle,
    grounds,
    pool,
    run,
    varied,
)  # fmt: skip

KINDS = ("max", "average", "l2", "expectation", "blur", "none")


def rows(values: list[int]) -> np.ndarray:
    """A signal as an image (1, 1, n, n) whose rows are all alike."""
    return np.tile(np.array(values, np.float64), (1, 1, len(values), 1))


def test_the_example_of_zhang_2019() -> None:
    """Section 3: 0 0 1 1 0 0 1 1 pools to 0 1 0 1, shifted by one to 1 1 1 1; with
    the blur, to .5 1 .5 1 and to .75 throughout. Away from the ends, where ours does not go round.
    """
    signal = [0, 0, 1, 1] * 4
    here, there = rows(signal), rows(signal[1:] + signal[:1])
    inner = slice(1, -1)
    assert pool(here, "max", 2, 2)[0, 0, 3, inner].tolist() == [1, 0, 1, 0, 1, 0]
    assert pool(there, "max", 2, 2)[0, 0, 3, inner].tolist() == [1] * 6
    assert pool(here, "blur", 2, 2)[0, 0, 3, inner].tolist() == [1, 0.5, 1, 0.5, 1, 0.5]
    assert pool(there, "blur", 2, 2)[0, 0, 3, inner].tolist() == [0.75] * 6


def test_maps_that_share_no_cell_are_root_two_apart() -> None:
    """|a - b| = sqrt(|a|^2 + |b|^2); the same map is 0 away, its double 1."""
    map = np.zeros((4, 1, 6, 6))
    map[[0, 2], 0, 1:3, 1:3] = [[3, 1], [4, 1]]
    map[1, 0, 3:5, 3:5] = [[3, 1], [4, 1]]
    map[3] = 2 * map[0]
    assert change(map).tolist() == pytest.approx([0, np.sqrt(2), 0, 1])


@pytest.mark.parametrize("stride", [2, 3, 4])
def test_a_slow_wave_is_shiftable_and_a_fast_one_goes_the_wrong_way(stride: int) -> None:
    """The sampling theorem: under half the sampling rate nothing is lost.

    Over it, the wave of frequency f is seen as one of n - f that moves backwards: after k pixels
    the two are 2 pi k / stride out of phase, so 2 |sin(pi k / stride)| apart.
    """
    n, shifts = FIELD // stride, np.arange(9)
    x = np.arange(FIELD)
    settings = Settings(stride=stride, direction="right")
    for frequency, expected in ((n // 2 - 2, 0 * shifts), (n // 2 + 2, np.pi * shifts / stride)):
        waves = np.cos(2 * np.pi * frequency * (x - shifts[:, None]) / FIELD)
        images = np.broadcast_to(waves[:, None, None], (9, 1, FIELD, FIELD))
        found = aliasing(pool(images, "none", 2, stride), settings)
        assert found == pytest.approx(2 * np.abs(np.sin(expected)), abs=1e-9)


@pytest.mark.parametrize("direction", ["right", "down", "diagonal"])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_at_whole_strides_every_pooling_is_equivariant(stride: int, direction: str) -> None:
    """Also of the maps, also with windows that overlap or leave gaps: no border is met."""
    image = torch.rand(28, 28, generator=torch.Generator().manual_seed(stride))
    filters = nets.load("cnn")[0]["conv1"]
    for of, kernel in (("digit", 2), ("maps", 5)):
        settings = Settings.parse({"of": of, "stride": str(stride), "direction": direction})
        ground = grounds(image, settings, filters)
        for kind in KINDS:
            found = aliasing(pool(ground, kind, kernel, stride), settings)
            assert found[::stride].max() < 1e-6, kind
            assert stride == 1 or found[1] > 0.01, kind


def test_moving_between_cells_is_as_scipys() -> None:
    """scipy.ndimage.fourier_shift; of an odd count of cells, where no wave is its own mirror."""
    map = np.random.default_rng(0).normal(size=(15, 15))
    for cells, axes in ((0.75, (-1,)), (-1.3, (-2,)), (2.5, (-2, -1))):
        by = [cells if axis in axes else 0.0 for axis in (-2, -1)]
        expected = np.fft.ifft2(ndimage.fourier_shift(np.fft.fft2(map), by)).real
        assert between(map, cells, axes) == pytest.approx(expected)
    even = np.random.default_rng(1).normal(size=(4, 12, 12))
    assert between(even, 5.0, (-1,)) == pytest.approx(np.roll(even, 5, -1))


@pytest.mark.parametrize("kind", KINDS)
def test_no_window_is_missing(kind: str) -> None:
    x = np.ones((2, 3, FIELD, FIELD))
    for kernel in (2, 3, 4, 5):
        for stride in (1, 2, 3, 4):
            side = FIELD // stride
            assert pool(x, kind, kernel, stride).shape == (2, 3, side, side)


def test_maps_on_show_differ() -> None:
    """The largest first, then not its double but what is left of the others."""
    basis = torch.eye(4).view(4, 2, 2)
    maps = torch.stack([basis[0], 5 * basis[0], 4 * basis[0] + basis[1], 2 * basis[2]])
    assert varied(maps, 3).tolist() == [1, 3, 2]


def test_a_run_measures_every_place() -> None:
    """Place by place, one image at a time, against the tables of the first frame."""
    settings = Settings(digit=7, example=1, dx=-5, dy=4, kinds=("max",))
    frames = list(run(settings))
    first, metrics = frames[0], frames[-1].metrics
    assert [frame.step for frame in frames] == list(range(9))
    image = torch.from_numpy(mnist.load("test")[0][17])
    right = 0
    for dy in range(-6, 7):
        for dx in range(-6, 7):
            canvas = torch.zeros(1, 1, 40, 40)
            canvas[0, 0, 6 + dy : 34 + dy, 6 + dx : 34 + dx] = image
            seen = nets.cnn(nets.load("cnn")[0], canvas)
            expected = seen.logits.softmax(1)[0].numpy()
            assert first.cnn[dy + 6, dx + 6] == pytest.approx(expected, abs=1e-5)
            right += expected.argmax() == 7
    assert metrics["cnn_right"] == right / 169
    assert 0 < right < 169
    assert metrics["mlp_says"] == first.mlp[10, 1].argmax()
    assert metrics["bars_change_strides"] < 1e-5 < metrics["bars_change"]
    assert metrics["far/max"] == first.change[0, 8]
    assert metrics["change/max"] == first.change[0, 1:3].mean()


def test_distance_from_the_middle() -> None:
    table = np.zeros((13, 13, 2), np.float32)
    table[6, 6], table[0, 12] = (3, 4), (3, -1)
    assert from_middle(table)[6, 6] == 0
    assert from_middle(table)[0, 12] == 1  # 5 / 5
