"""The measures of a shift: closed forms, a published example, a library."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from scipy import ndimage

from core.data import mnist
from core.nets import shift_nets as nets
from core.pooling.ops import KINDS
from core.pooling.shift import SHIFT, Settings
from core.pooling.shifting import (
    FIELD,
    aliasing,
    between,
    change,
    from_middle,
    grounds,
    pool,
    pooled_by,
    run,
    varied,
)  # fmt: skip

MOVING = (*Settings.choices("kinds"), "min", "median", "lp")  # all but global and drawn ones


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
        for kind in MOVING:
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


@pytest.mark.parametrize("kind", MOVING)
def test_no_window_is_missing(kind: str) -> None:
    x = np.ones((2, 3, FIELD, FIELD))
    for kernel in (2, 3, 4, 5):
        for stride in (1, 2, 3, 4):
            side = FIELD // stride
            assert pool(x, kind, kernel, stride).shape == (2, 3, side, side)


def test_every_kind_of_pooling_can_be_compared() -> None:
    """Those of ``pool2d``, and the stride without pooling."""
    found = Settings.choices("kinds") + Settings.choices("others")
    assert set(found) == {*KINDS, "none"} and len(found) == len(KINDS) + 1
    assert Settings.controls()["others"].level == "more"
    assert Settings(kinds=("max",), others=("lp", "min")).all_kinds == ("max", "lp", "min")


@pytest.mark.parametrize(
    ("kernel", "stride", "direction"),
    [(2, 2, "right"), (5, 1, "down"), (3, 2, "diagonal"), (2, 3, "down"), (5, 4, "diagonal")],
)
def test_pooling_once_is_pooling_every_moved_image(
    kernel: int, stride: int, direction: str
) -> None:
    """One map at every cell, moved and thinned out, against ``pool2d`` on each moved image."""
    image = torch.rand(28, 28, generator=torch.Generator().manual_seed(kernel))
    how = {"of": "maps", "kernel": kernel, "stride": stride, "direction": direction}
    settings = Settings.checked(how)
    ground = grounds(image, settings, nets.load("cnn")[0]["conv1"])[:, :2]
    for kind in (*MOVING, "global-max", "global-average"):
        found, each = pooled_by(kind, ground, settings), pool(ground, kind, kernel, stride)
        assert found.shape == each.shape
        assert found == pytest.approx(each, abs=1e-5), kind


def curves(**given: Any) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """(change, aliasing) by kind."""
    settings = Settings(**given)
    first = next(iter(run(settings)))
    assert first.change is not None and first.aliasing is not None
    pairs = zip(first.change, first.aliasing, strict=True)
    return dict(zip(settings.all_kinds, pairs, strict=True))


@pytest.mark.parametrize("of", ["digit", "maps"])
def test_closed_forms_of_the_kinds(of: Any) -> None:
    """Relative to its norm a sum changes as the average does; a global kind does not change."""
    found = curves(kinds=("average", "sum"), others=("global-max", "global-average"), of=of)
    for n in (0, 1):
        assert found["sum"][n] == pytest.approx(found["average"][n], abs=1e-6)
        assert found["average"][n].max() > 0.01
        assert found["global-max"][n].max() == 0
        assert found["global-average"][n].max() < 1e-6


def test_stochastic_pooling_draws_anew_at_every_shift() -> None:
    """So it is not equivariant even at whole strides; the seed alone decides."""
    given: Any = {"kinds": ("max",), "others": ("stochastic",)}
    one, same, other = (curves(**given, seed=seed)["stochastic"] for seed in (0, 0, 1))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    assert one[1][0] == 0 and (one[1][2::2] > 0.01).all()
    last = list(run(Settings(**given)))[-1]
    assert last.metrics["aliasing_at_strides"] < 1e-6 < last.metrics["aliasing/stochastic"]


def test_the_curves_drawn_are_the_measures() -> None:
    """Left ``change``, right ``aliasing``: a line each, then the dots at the step."""
    settings = Settings(kinds=("max", "none"), others=("median",))
    frames = list(run(settings))
    view = next(view for view in SHIFT.views if view.name == "change")
    traces = view.draw(settings, frames, 3)["data"]
    lines = [t for t in traces if t.get("mode") == "lines+markers"]
    dots = [t for t in traces if len(t.get("x", ())) == 3 and set(t["x"]) == {3}]
    for n, measured in enumerate((frames[0].change, frames[0].aliasing)):
        assert measured is not None
        half = lines[3 * n : 3 * n + 3]
        assert [line["name"] for line in half] == ["Max", "Plain stride", "Median"]
        assert np.array([line["y"] for line in half]) == pytest.approx(measured)
        assert {line["xaxis"] for line in half} == {dots[n]["xaxis"]}
        assert dots[n]["y"] == pytest.approx(measured[:, 3])


def test_the_verdict_map_and_its_rings_are_the_tables() -> None:
    """Each place's answer; the share of held-out digits read right, as far off as the ring."""
    settings = Settings(digit=7, example=1)
    frames = list(run(settings))
    first: Any = frames[0]
    view = next(view for view in SHIFT.views if view.name == "verdicts")
    traces = view.draw(settings, frames, 0)["data"]
    heats = [t for t in traces if t["type"] == "heatmap"]
    for heat, table in zip(heats, (first.cnn, first.mlp), strict=True):
        assert heat["z"] == pytest.approx(table[..., 7])
    texts = [t for t in traces if t.get("mode") == "text" and len(t["text"]) == 169]
    for text, table in zip(texts, (first.cnn, first.mlp), strict=True):
        said = [int(re.sub("<.?b>", "", word)) for word in text["text"]]
        assert said == table.argmax(-1).ravel().tolist()
        bold = [word.startswith("<b>") for word in text["text"]]
        assert bold == (table.argmax(-1).ravel() != 7).tolist()
    rings = [t for t in traces if t.get("mode") == "lines+markers"]
    for line, share in zip(rings, first.accuracy, strict=True):
        rim = np.concatenate([share[[0, -1]].ravel(), share[1:-1, [0, -1]].ravel()])
        assert line["y"][0] == pytest.approx(share[6, 6]) and len(line["y"]) == 7
        assert line["y"][6] == pytest.approx(rim.mean())


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
    right, lasts = 0, []
    for dy in range(-6, 7):
        for dx in range(-6, 7):
            canvas = torch.zeros(1, 1, 40, 40)
            canvas[0, 0, 6 + dy : 34 + dy, 6 + dx : 34 + dx] = image
            seen = nets.cnn(nets.load("cnn")[0], canvas)
            expected = seen.logits.softmax(1)[0].numpy()
            assert first.cnn[dy + 6, dx + 6] == pytest.approx(expected, abs=1e-5)
            assert first.bars[dy + 6, dx + 6] == pytest.approx(seen.bars[0].numpy(), abs=1e-4)
            lasts.append(seen.last[0].numpy())
            right += expected.argmax() == 7
    shown = np.stack(lasts)[:, varied(torch.from_numpy(lasts[84]), 2)].reshape(13, 13, 2, 14, 14)
    assert first.last == pytest.approx(shown * (255 / shown.max()), abs=0.51)
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
