"""The experiment of convolution against torch, SciPy, tables and closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy import ndimage, signal
from torch.nn import functional

from core.pictures import load, text_of
from core.pooling import kernel_bank
from core.pooling.convolving import run
from core.pooling.kernels import KERNELS, Frame, Settings

# torch says that it copies the image to pad it by an odd number of cells.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even:UserWarning")

RNG = np.random.default_rng(7)
IMAGE = RNG.normal(size=(6, 7)).round(3)
OWN = {"image": "cells", "cells": text_of(IMAGE)}
KERNEL = RNG.normal(size=(2, 3)).round(3)
UNEVEN = {"kernel": "own", "weights": text_of(KERNEL)}


def frame(**given: Any) -> tuple[Settings, Frame]:
    settings = Settings(**given).canonical()
    (found,) = run(settings)
    return settings, found


def by_torch(settings: Settings, image: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Each channel alone, by torch's own functions."""
    cells, kernel = (torch.from_numpy(a.copy())[:, None] for a in (image, weight[None]))
    padding = settings.padding if settings.padding == "same" else int(settings.padding)
    around = {"padding": padding, "dilation": settings.dilation}
    if settings.scale == "transposed":
        return functional.conv_transpose2d(cells, kernel, None, settings.stride, **around)[:, 0]
    if settings.scale == "upsampled":
        cells = functional.interpolate(cells, scale_factor=settings.stride, mode="nearest")
    stride = settings.stride if settings.scale == "strided" else 1
    return functional.conv2d(cells, kernel, None, stride, **around)[:, 0]


@pytest.mark.parametrize(
    ("name", "filtered"),
    [
        ("vertical-edge", lambda x: ndimage.prewitt(x, axis=1)),
        ("horizontal-edge", lambda x: ndimage.prewitt(x, axis=0)),
        ("sobel-x", lambda x: ndimage.sobel(x, axis=1)),
        ("sobel-y", lambda x: ndimage.sobel(x, axis=0)),
        ("laplacian", ndimage.laplace),
        ("sharpen", lambda x: x - ndimage.laplace(x)),
        ("box-blur", lambda x: ndimage.uniform_filter(x, 3)),
        ("gaussian-blur", lambda x: signal.sepfir2d(x, [0.25, 0.5, 0.25], [0.25, 0.5, 0.25])),
        ("identity", lambda x: x),
    ],
)
def test_the_bank_is_scipys(name: str, filtered: Any) -> None:
    """Away from the borders, where SciPy mirrors the image."""
    _, found = frame(**OWN, kernel=name)
    assert found.outputs[0] == pytest.approx(filtered(IMAGE)[1:-1, 1:-1], abs=1e-12)


def test_emboss_lights_one_corner() -> None:
    """A raised block is brightest at its upper left corner, darkest at its lower right; turned by
    half a turn, the other way round. Flat ground stays, as the weights sum to 1.
    """
    block = np.zeros((9, 9))
    block[3:6, 3:6] = 1
    for operation, light, dark in (
        ("cross-correlation", (2, 2), (4, 4)),
        ("convolution", (4, 4), (2, 2)),
    ):
        _, found = frame(image="cells", cells=text_of(block), kernel="emboss", operation=operation)
        inside = found.outputs[0] * block[1:-1, 1:-1]
        assert np.unravel_index(inside.argmax(), inside.shape) == light
        assert np.unravel_index(inside.argmin(), inside.shape) == dark
        assert inside.max() == 5 and inside.min() == -3  # 1 + 1 + 1 + 2, and 1 - 2 - 1 - 1
    _, flat = frame(image="cells", cells=";".join(["0.5 0.5 0.5 0.5"] * 4), kernel="emboss")
    assert flat.outputs == pytest.approx(np.full((1, 2, 2), 0.5))


def test_kernels_answer_to_the_way_that_their_names_say() -> None:
    """A ramp that brightens by 1 a cell to the right, and one downwards; sums by hand."""
    right = ";".join(["0 1 2 3 4 5"] * 6)
    down = ";".join(" ".join([str(n)] * 6) for n in range(6))
    for kernel, across, along in (
        ("vertical-edge", 6, 0),
        ("horizontal-edge", 0, 6),
        ("sobel-x", 8, 0),
        ("sobel-y", 0, 8),
        ("laplacian", 0, 0),
    ):
        for cells, want in ((right, across), (down, along)):
            _, found = frame(image="cells", cells=cells, kernel=kernel)
            assert (found.outputs == want).all(), kernel


@pytest.mark.parametrize(("angle", "wavelength"), [(0, 4), (30, 3), (90, 2.5), (135, 8)])
def test_gabor_is_its_formula(angle: float, wavelength: float) -> None:
    """Cell by cell; the wave as the real part of a complex one, the axes turned by it too."""
    sigma = 0.56 * wavelength
    made = kernel_bank.gabor(angle, wavelength)
    for row in range(5):
        for column in range(5):
            turned = complex(column - 2, row - 2) / complex(
                math.cos(math.radians(angle)), math.sin(math.radians(angle))
            )
            bell = math.exp(-(turned.real**2 + 0.25 * turned.imag**2) / (2 * sigma**2))
            want = bell * math.cos(2 * math.pi * turned.real / wavelength)
            assert made[row, column] == pytest.approx(want, abs=1e-12)
    assert made[2, 2] == 1


def test_gabor_answers_to_its_stripes() -> None:
    """Upright stripes of its wavelength more than lying ones or twice as wide ones."""

    def strength(angle: float, wavelength: float) -> float:
        y, x = np.mgrid[0:12, 0:12]
        along = x * math.cos(math.radians(angle)) + y * math.sin(math.radians(angle))
        stripes = np.cos(2 * math.pi * along / wavelength).round(4)
        _, found = frame(image="cells", cells=text_of(stripes), kernel="gabor")
        return float(np.abs(found.outputs).max())

    assert strength(0, 4) > 2 * strength(90, 4)
    assert strength(0, 4) > 1.3 * strength(0, 8)


CASES = [
    {"scale": "plain", "padding": "2", "dilation": 2},
    {"scale": "plain", "padding": "same"},
    {"scale": "plain", "padding": "same", "dilation": 2},
    {"scale": "strided", "stride": 2, "padding": "1"},
    {"scale": "strided", "stride": 3, "dilation": 2},
    {"scale": "transposed", "stride": 2},
    {"scale": "transposed", "stride": 3, "padding": "1", "dilation": 3},
    {"scale": "transposed", "stride": 1, "padding": "2", "dilation": 2},
    {"scale": "upsampled", "stride": 2, "padding": "1"},
    {"scale": "upsampled", "stride": 3, "padding": "same"},
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case.values())))
@pytest.mark.parametrize("operation", ["cross-correlation", "convolution"])
def test_outputs_are_torchs(operation: str, case: dict[str, Any]) -> None:
    settings, found = frame(**OWN, **UNEVEN, operation=operation, **case)
    weight = KERNEL if operation == "cross-correlation" else np.flip(KERNEL)
    want = by_torch(settings, IMAGE[None], weight)
    assert found.outputs == pytest.approx(np.asarray(want), abs=1e-12)
    assert found.metrics["outputs"] == want.numel()


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case.values())))
def test_the_products_of_every_window_add_up(case: dict[str, Any]) -> None:
    """At every place of the output, for both operations: their sum is torch's number."""
    for operation in ("cross-correlation", "convolution"):
        base, found = frame(**OWN, **UNEVEN, operation=operation, **case)
        weight = KERNEL if operation == "cross-correlation" else np.flip(KERNEL)
        want = np.asarray(by_torch(base, IMAGE[None], weight))[0]
        for row, column in (
            (0, 0),
            (want.shape[0] // 2, 0),
            (want.shape[0] - 1, want.shape[1] - 1),
        ):
            _, found = frame(**OWN, **UNEVEN, operation=operation, **case, row=row, column=column)
            assert found.place.tolist() == [row, column]
            assert found.products.sum() == pytest.approx(want[row, column], abs=1e-12)
            assert found.metrics["value"] == pytest.approx(want[row, column], abs=1e-12)


def test_same_in_strides_is_onnxs() -> None:
    """ceil(n / stride) outputs, the odd cell of padding at the end (ONNX auto_pad SAME_UPPER)."""
    _, found = frame(**OWN, kernel="sobel-x", scale="strided", stride=2, padding="same")
    spread = np.pad(IMAGE, ((0, 1), (1, 1)))  # 6 x 7: 3 and 4 windows, 1 and 2 cells
    want = signal.correlate2d(spread, kernel_bank.table("sobel-x"), "valid")[::2, ::2]
    assert found.outputs[0] == pytest.approx(want, abs=1e-12)


def test_turned_it_is_the_convolution_of_mathematics() -> None:
    _, found = frame(**OWN, **UNEVEN, operation="convolution")
    want = signal.convolve2d(IMAGE, KERNEL, "valid")
    assert found.outputs[0] == pytest.approx(want, abs=1e-12)


@pytest.mark.parametrize("scale", ["plain", "strided", "transposed", "upsampled"])
def test_channels_together_and_apart(scale: str) -> None:
    """Apart, torch's depthwise layer; together, one kernel with three equal slices."""
    photograph = {"image": "photograph", "kernel": "emboss", "scale": scale, "stride": 2}
    _, apart = frame(**photograph, channels="apart", channel="green")
    settings, together = frame(**photograph)
    image = load(settings)
    want = np.asarray(by_torch(settings, image, kernel_bank.table("emboss")))
    assert apart.outputs == pytest.approx(want, abs=1e-12)
    assert together.outputs == pytest.approx(want.sum(0, keepdims=True), abs=1e-12)
    at = tuple(apart.place)
    assert apart.metrics["value"] == pytest.approx(want[(1, *at)], abs=1e-12)
    assert apart.products.sum() == pytest.approx(want[(1, *at)], abs=1e-12)
    assert together.products.sum() == pytest.approx(want.sum(0)[at], abs=1e-12)
    assert together.metrics["parameters"] == apart.metrics["parameters"] == 27
    assert apart.metrics["dense_parameters"] == image.size * want.size


def test_equivariance() -> None:
    """A shifted image gives a shifted output, away from the borders."""
    block = np.zeros((9, 9))
    block[2:5, 2:4] = RNG.normal(size=(3, 2)).round(2)
    first, second = (
        frame(image="cells", cells=text_of(np.roll(block, by, (0, 1))), **UNEVEN)[1].outputs[0]
        for by in (0, (2, 3))
    )
    assert second == pytest.approx(np.roll(first, (2, 3), (0, 1)), abs=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case.values())))
def test_the_matrix_is_the_convolution(case: dict[str, Any]) -> None:
    """Times the image, or the up-sampled one, it gives the output; equal numbers, equal weights."""
    settings, found = frame(**OWN, **UNEVEN, operation="convolution", **case)
    cells = IMAGE
    if settings.scale == "upsampled":
        cells = np.kron(IMAGE, np.ones((settings.stride, settings.stride)))
    if bool(found.example):
        assert cells.size * found.outputs.size > 4096
        return
    want = by_torch(settings, IMAGE[None], np.flip(KERNEL))
    assert found.matrix @ cells.ravel() == pytest.approx(want.ravel().numpy(), abs=1e-12)
    assert found.written.tolist() == [*cells.shape, *want.shape[1:]]
    weights = np.array([0.0, *np.flip(KERNEL).ravel()])
    assert (found.matrix == weights[found.taps]).all()


def test_the_example_of_4_x_4() -> None:
    """16 inputs, 4 outputs, 9 weights where a dense layer has 64 (Dumoulin and Visin 2016)."""
    w = np.arange(1.0, 10).reshape(3, 3)
    given = {"image": "cells", "cells": text_of(RNG.random((4, 4)).round(2))}
    for more in (given, {"image": "digit"}):
        _, found = frame(**more, kernel="own", weights=text_of(w))
        assert bool(found.example) is ("digit" in more.values())
        first = [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0]
        want = [np.roll(first, shift).tolist() for shift in (0, 1, 4, 5)]
        assert found.matrix.tolist() == found.taps.tolist() == want
    _, found = frame(**given)
    assert (found.metrics["parameters"], found.metrics["dense_parameters"]) == (9, 64)


def test_a_place_beyond_the_output_is_its_nearest_cell() -> None:
    settings, found = frame(row=200, column=3)
    assert found.place.tolist() == [4, 3]
    told = KERNELS.explain(settings, [found], 0)["This window"]  # type: ignore[misc]
    assert told.endswith("Row 200 lies beyond the output: row 4 is the last.")
    assert frame(row=-1, column=0)[1].place.tolist() == [2, 0], "the middle"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"image": "cells", "cells": "1 2;3 4"}, "floor((2 + 0 - 2 - 1)/1) + 1 = 0 < 1."),
        ({"dilation": 3, "kernel": "gabor"}, "floor((7 + 0 - 12 - 1)/1) + 1 = -5 < 1."),
        ({"scale": "transposed", "stride": 1, "padding": "3", "image": "cells", "cells": "1"},
         "cuts all 3 cells away"),
        ({"scale": "transposed", "stride": 4, "padding": "same"}, "reaches 27 only"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_explained(given: dict[str, Any], words: str) -> None:
    settings, found = frame(**given)
    assert found.outputs.size == 0 and not found.products.any()
    assert found.metrics["outputs"] == found.metrics["dense_parameters"] == 0
    assert all(np.isfinite(array).all() for array in found.arrays().values())
    assert words in KERNELS.explain(settings, [found], 0)["This window"]  # type: ignore[misc]


def test_metrics_of_a_known_picture() -> None:
    """Sobel x of a step from 0 to 1: 4 at the step, minus 4 turned round, nothing elsewhere."""
    _, found = frame(image="cells", cells=";".join(["0 0 0 1 1 1"] * 5), kernel="sobel-x")
    assert found.outputs[0].tolist() == [[0, 4, 4, 0]] * 3
    named = ("largest", "peak_row", "peak_column", "flip_change", "flip_sum")
    assert [found.metrics[name] for name in named] == [4, 0, 1, 8, 0]


def test_checkerboard_and_how_to_avoid_it() -> None:
    """Overlaps of 1, 2 and 4 stamps of ninths; none uneven where the stride divides the kernel."""
    ones = {"image": "cells", "cells": ";".join(["1 1 1 1 1"] * 5), "stride": 2}
    _, stamped = frame(**ones, kernel="box-blur", scale="transposed")
    assert stamped.metrics["unevenness"] == pytest.approx(3 / 9)
    _, even = frame(**ones, kernel="own", weights="1 1;1 1", scale="transposed")
    _, repeated = frame(**ones, kernel="box-blur", scale="upsampled", padding="1")
    assert np.ptp(repeated.outputs) == pytest.approx(5 / 9), "at the border, that is left out"
    assert even.metrics["unevenness"] == pytest.approx(0, abs=1e-12)
    assert repeated.metrics["unevenness"] == pytest.approx(0, abs=1e-12)


def test_the_default_is_half_way_across_the_seven() -> None:
    """By hand: 1 + 1 + 0.6 on the right less 1 + 0.1 + 0 on the left."""
    settings, found = frame()
    assert found.products.tolist() == [[-1, 0, 1], [-0.1, 0, 1], [0, 0, 0.6]]
    assert found.metrics["value"] == pytest.approx(1.5)
    assert "= 1.5$$" in KERNELS.explain(settings, [found], 0)["This window"]  # type: ignore[misc]


@pytest.mark.parametrize("preset", KERNELS.presets, ids=lambda preset: preset.id)
def test_presets_are_borne_out(preset: Any) -> None:
    (last,) = run(KERNELS.preset_settings(preset.id).canonical())  # type: ignore[arg-type]
    assert preset.outcome(last.metrics) == preset.expected
    preset.saw.format_map(last.metrics)
