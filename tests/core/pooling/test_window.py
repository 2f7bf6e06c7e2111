"""The experiment of pooling against torch and NumPy: values, gradients, counts, sentences."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from core.data import images
from core.pictures import text_of
from core.pooling import blurring
from core.pooling.ops import KINDS
from core.pooling.sliding import run
from core.pooling.window import FIVE, WINDOW, Frame, Settings
from core.pooling.window_why import remarks, spelled
from core.settings import SettingError

RNG = np.random.default_rng(5)
IMAGE = RNG.random((7, 6)).round(3)
OWN = {"image": "cells", "cells": text_of(IMAGE)}
ALL = Settings.choices("kinds") + Settings.choices("others")
WINDOWS = [
    {"kernel": 2},
    {"kernel": 3, "stride": 2},
    {"kernel": 3, "stride": 1, "padding": 1},
    {"kernel": 2, "stride": 3, "dilation": 2},
    {"kernel": 2, "stride": 2, "padding": 1, "ceil_mode": True},
    {"kernel": 3, "stride": 2, "ceil_mode": True},
]
each_window = pytest.mark.parametrize(
    "window", WINDOWS, ids=lambda window: " ".join(map(str, window.values()))
)


def frame(kinds: tuple[Any, ...] = FIVE, **given: Any) -> tuple[Settings, Frame]:
    """kinds: of both fields, those of the first one first; the first one holds one at least."""
    simple = tuple(kind for kind in kinds if kind in FIVE) or ("max",)
    others = tuple(kind for kind in kinds if kind not in FIVE)
    settings = Settings(**given, kinds=simple, others=others).canonical()
    (found,) = run(settings)
    return settings, found


def output(settings: Settings, found: Frame, kind: Any) -> np.ndarray:
    return found.output(settings.all_kinds.index(kind))


def unfolded(x: Tensor, s: Settings, fill: float) -> Tensor:
    """(taps, windows) by torch's unfold, padding filled; no ceil mode."""
    padded = functional.pad(x, (s.padding,) * 4, value=fill)[None, None]
    stride = s.stride or s.kernel
    return functional.unfold(padded, s.kernel, dilation=s.dilation, stride=stride)[0]


def soft(x: Tensor, s: Settings) -> Tensor:
    taps, real = unfolded(x, s, 0.0), unfolded(torch.ones_like(x), s, 0.0)
    weights = torch.softmax((s.m * taps).masked_fill(real == 0, -math.inf), 0)
    return (weights * taps).sum(0)


def by_torch(kind: str, x: Tensor, s: Settings) -> Tensor | None:
    """The same by torch's own functions, flat; None where it has none for this window."""
    window = (s.kernel, s.stride or s.kernel)
    around = {"padding": s.padding, "dilation": s.dilation, "ceil_mode": s.ceil_mode}
    if kind in ("max", "min"):
        sign = 1 if kind == "max" else -1
        return sign * functional.max_pool2d(sign * x[None], *window, **around)[0].flatten()
    if kind == "average" and s.dilation == 1:
        counted = (s.padding, s.ceil_mode, s.count_include_pad)
        return functional.avg_pool2d(x[None], *window, *counted)[0].flatten()
    if kind.startswith("global-"):
        return x.max().view(1) if kind == "global-max" else x.mean().view(1)
    if s.ceil_mode:
        plain = kind in ("l2", "lp") and s.padding == 0 and s.dilation == 1
        power = 2.0 if kind == "l2" else s.p
        return functional.lp_pool2d(x[None], power, *window, True)[0].flatten() if plain else None
    rules: dict[str, Callable[[], Tensor]] = {
        "average": lambda: unfolded(x, s, 0.0).mean(0),
        "sum": lambda: unfolded(x, s, 0.0).sum(0),
        "l2": lambda: torch.linalg.vector_norm(unfolded(x, s, 0.0), 2, 0),
        "lp": lambda: torch.linalg.vector_norm(unfolded(x, s, 0.0), s.p, 0),
        "expectation": lambda: soft(x, s),
        "median": lambda: unfolded(x, s, math.nan).nanquantile(0.5, 0),
    }
    return rules[kind]() if kind in rules else None


@each_window
@pytest.mark.parametrize("kind", [kind for kind in ALL if kind not in ("stochastic", "blur")])
def test_values_and_gradients_are_torchs(kind: str, window: dict[str, Any]) -> None:
    """Of the chosen output and of the sum of all; the taps of a window are the same gradient."""
    for flow, place in (("cell", 0), ("cell", 1), ("all", 1)):
        given = {**OWN, **window, "kinds": (kind,), "flow": flow, "m": 4.0, "p": 3.0}
        settings, found = frame(**given, row=place, column=place)
        x = torch.from_numpy(IMAGE).clone().requires_grad_()
        want = by_torch(kind, x, settings)
        if want is None:
            continue
        assert found.output(-1).ravel() == pytest.approx(want.detach().numpy(), abs=1e-12)
        row, column = found.at(-1)
        at = row * int(found.shapes[-1, 1]) + column
        (back,) = torch.autograd.grad(want.sum() if flow == "all" else want[at], x)
        assert found.back[-1] == pytest.approx(back.numpy(), abs=1e-12)
        assert found.metrics[f"value/{kind}"] == pytest.approx(want[at].item(), abs=1e-12)
        assert found.metrics[f"grad_cells/{kind}"] == (back != 0).sum().item()
        if flow == "cell" and not kind.startswith("global-"):
            assert scattered(settings, found, at) == pytest.approx(back.numpy(), abs=1e-12)


def scattered(s: Settings, found: Frame, at: int) -> np.ndarray:
    """The tap gradients of one window put onto the cells that it lies on."""
    row, column = divmod(at, int(found.shapes[-1, 1]))
    stride, room = s.stride or s.kernel, s.padding + s.kernel * s.dilation
    made = np.zeros(np.array(IMAGE.shape) + 2 * room)
    top, left = (i * stride - s.padding + room for i in (row, column))
    span = s.kernel * s.dilation
    made[top : top + span : s.dilation, left : left + span : s.dilation] += found.taps[
        -1, at
    ].reshape(s.kernel, s.kernel)
    inside = made[room:-room, room:-room].copy()
    made[room:-room, room:-room] = 0
    assert not made.any(), "padding has no gradient"
    return inside


@each_window
def test_counts_are_torchs(window: dict[str, Any]) -> None:
    """The divisor of torch's average: the number of real cells over the average of ones."""
    if window.get("dilation", 1) > 1:
        return
    for include in (True, False):
        settings, found = frame(**OWN, **window, kinds=("average",), count_include_pad=include)
        around = (settings.kernel, settings.stride or settings.kernel, settings.padding)
        ones = torch.ones(1, 7, 6, dtype=torch.float64)
        average = functional.avg_pool2d(ones, *around, settings.ceil_mode, include)
        plain = functional.avg_pool2d(
            ones, *around, settings.ceil_mode, divisor_override=1
        )  # how many real cells each window has
        assert found.counts == pytest.approx((plain / average)[0].numpy())


def test_blur_is_zhangs() -> None:
    """Maximum at stride 1, then [1, 2, 1] both ways at the stride, mirrored at the borders."""
    settings, found = frame(**OWN, kinds=("blur", "max"), kernel=2)
    x = torch.from_numpy(IMAGE)[None, None]
    largest = functional.pad(functional.max_pool2d(x, 2, 1), (1, 1, 1, 1), "reflect")
    row = torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64) / 4
    want = functional.conv2d(largest, torch.outer(row, row)[None, None], stride=2)[0, 0]
    assert output(settings, found, "blur") == pytest.approx(want.numpy(), abs=1e-12)
    assert (found.shapes[0] == found.shapes[1]).all(), "as many windows as the maximum"


def test_one_cell_learns_from_a_maximum_and_all_from_an_average() -> None:
    _, found = frame()
    assert found.metrics["grad_cells/max"] == 1
    assert found.metrics["grad_cells/average"] == found.metrics["grad_cells/sum"] == 4
    assert found.back[1][found.back[1] != 0].tolist() == [0.25] * 4


def test_a_tie_goes_to_the_first_cell() -> None:
    """As torch's max_pool2d."""
    _, found = frame(image="cells", cells="3 5;5 5", kinds=("max",), column=0)
    assert found.back[0].tolist() == [[0, 1], [0, 0]]


def test_stochastic_draws_by_the_seed() -> None:
    """Each output is a cell of its window; a dark cell beside a bright one is never drawn."""
    settings, one = frame(**OWN, kinds=("stochastic", "max", "min"), seed=1)
    _, other = frame(**OWN, kinds=("stochastic", "max", "min"), seed=2)
    drawn = output(settings, one, "stochastic")
    blocks = IMAGE[:6].reshape(3, 2, 3, 2).swapaxes(1, 2).reshape(3, 3, 4)
    assert (blocks == drawn[:, :, None]).any(-1).all()
    assert not (drawn == output(settings, other, "stochastic")).all()
    assert output(settings, one, "max") == pytest.approx(blocks.max(-1))
    _, lone = frame(image="cells", cells="0 0;0 0.2", kinds=("stochastic",), column=0)
    assert lone.output(-1).tolist() == [[0.2]] and lone.back[-1].tolist() == [[0, 0], [0, 1]]


def test_the_gradient_goes_to_the_cell_that_was_drawn() -> None:
    """The output, its gradient and the gradient of its tap come of one and the same draw."""
    for seed in range(5):
        _, found = frame(**OWN, kinds=("stochastic",), seed=seed, row=1, column=1)
        assert (found.back[-1] * IMAGE).sum() == found.metrics["value/stochastic"]
        taps = found.taps[-1, 4].reshape(2, 2)
        assert (taps * IMAGE[2:4, 2:4]).sum() == found.metrics["value/stochastic"]


def test_l2_and_expectation_in_numbers() -> None:
    """By hand: 3, 4 and 0, 0; the softmax of 0 and ln 3 is 1/4 and 3/4."""
    _, norm = frame(image="cells", cells="3 -4;0 0", kinds=("l2", "sum"), column=0)
    assert norm.values.tolist() == [5, -1]
    assert norm.back[0] == pytest.approx(np.array([[0.6, -0.8], [0, 0]]))
    cells = f"0 {math.log(3)!r}"
    _, soft_one = frame(image="cells", cells=f"{cells};{cells}", kinds=("expectation",), column=0)
    assert soft_one.values[0] == pytest.approx(0.75 * math.log(3))


def test_lp_takes_absolute_values() -> None:
    """Where torch's lp_pool2d gives NaN, for p = 3 and a negative sum."""
    cells = torch.tensor([[[-3.0, 1.0], [0.0, 0.0]]])
    assert functional.lp_pool2d(cells, 3.0, 2).isnan().all()
    _, found = frame(image="cells", cells="-3 1;0 0", kinds=("lp",), p=3.0, column=0)
    assert found.output(-1).item() == pytest.approx(28 ** (1 / 3))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"image": "cells", "cells": "1 2"}, "floor((1 + 0 - 1 - 1)/2) + 1 = 0 < 1."),
        ({"kernel": 8, "dilation": 2}, "floor((8 + 0 - 14 - 1)/8) + 1 = 0 < 1."),
    ],
)
def test_what_cannot_be_is_explained(given: dict[str, Any], words: str) -> None:
    settings, found = frame(**given)
    assert found.metrics == {"outputs": 0}
    assert found.values.size == 0 and not found.back.any()
    assert all(np.isfinite(array).all() for array in found.arrays().values())
    (told,) = WINDOW.explain(settings, [found], 0).values()  # type: ignore[misc]
    assert told.startswith("No output: ") and words in told


def test_kinds_that_cannot_pool_are_left_out_and_named() -> None:
    """Negatives under stochastic, and windows wholly in the padding; the others stay."""
    given = {"image": "cells", "cells": "1 -2;3 4", "padding": 3, "stride": 1}
    settings, found = frame(**given, kinds=ALL)
    made = {kind for kind, shape in zip(ALL, found.shapes, strict=True) if shape.all()}
    assert made == {"average", "sum", "l2", "lp", "global-max", "global-average"}
    assert all(math.isfinite(value) for value in found.metrics.values())
    said = " ".join(remarks(settings, found))
    assert "takes no negatives" in said
    assert "no cell: maximum, expectation, minimum, median, blurred maximum." in said
    _, drawn = frame(**{**given, "padding": 0}, kinds=("stochastic",))
    assert "value/max" in drawn.metrics and "value/stochastic" not in drawn.metrics


def test_the_five_of_the_handbook_come_first_and_the_others_are_under_more() -> None:
    """Maximum, average, sum, L2 norm and expectation; twelve kinds in all, none in both fields."""
    controls = Settings.controls()
    assert (controls["kinds"].level, controls["others"].level) == ("simple", "more")
    assert Settings().all_kinds == ("max", "average", "sum", "l2", "expectation")
    assert set(ALL) == set(KINDS) and len(ALL) == len(KINDS) == 12
    both = Settings(kinds=("l2", "max"), others=("blur", "lp"))
    assert both.all_kinds == ("l2", "max", "blur", "lp")
    assert {"p", "seed"} & set(both.active()) == {"p"}
    assert "seed" in Settings(others=("stochastic",)).active()
    with pytest.raises(SettingError, match="kinds: given \\(\\)"):
        Settings.checked({"kinds": ()})
    assert Settings.parse({"others": []}).others == ()


def test_a_place_beyond_the_output_is_its_nearest_cell() -> None:
    settings, found = frame(row=60, column=2)
    assert found.place.tolist() == [3, 2]
    assert remarks(settings, found) == ["Row 60 lies beyond the output: row 3 is the last."]
    assert frame()[1].place.tolist() == [2, 2], "the middle"


def test_stride_0_is_as_long_as_the_window() -> None:
    assert (frame(stride=0, kernel=3)[1].values == frame(stride=3, kernel=3)[1].values).all()


def test_a_photograph_is_pooled_by_its_brightness() -> None:
    _, found = frame(image="photograph", kinds=("average",), kernel=8)
    want = images.brightness(images.photograph("china")).reshape(6, 8, 6, 8).mean((1, 3))
    assert found.output(0) == pytest.approx(want)


def test_formulas_are_spelled_with_their_numbers() -> None:
    """One window of the first screen, worked by hand."""
    settings, found = frame(kinds=ALL, m=0, row=0, column=1)
    told = {kind: spelled(settings, found, k, *found.at(k)) for k, kind in enumerate(ALL)}
    assert told["max"] == "largest of 0, 0.1, 0.3, 0.9 = 0.9"
    assert told["average"] == "(0 + 0.1 + 0.3 + 0.9) / 4 = 0.325"
    assert told["sum"] == "0 + 0.1 + 0.3 + 0.9 = 1.3"
    assert told["l2"] == "√(0² + 0.1² + 0.3² + 0.9²) = 0.9539"
    assert told["expectation"] == "0 × 0.25 + 0.1 × 0.25 + 0.3 × 0.25 + 0.9 × 0.25 = 0.325"
    assert told["lp"] == "(|0|^3 + |0.1|^3 + |0.3|^3 + |0.9|^3)^(1/3) = 0.9114"
    assert told["min"] == "smallest of 0, 0.1, 0.3, 0.9 = 0"
    assert told["median"] == "middle of 0, 0.1, 0.3, 0.9 = 0.2"
    drawn = "drawn from 0, 0.1, 0.3, 0.9, with chance "
    assert told["stochastic"] in {
        f"{drawn}{chance} = {x}" for x, chance in ((0.1, 0.077), (0.3, 0.23), (0.9, 0.69))
    }
    assert told["global-max"] == "largest of all 64 cells, from 0 up = 1"
    assert told["global-average"] == "sum of all 64 cells / 64: 21.4 / 64 = 0.3344"


def test_the_blurred_maximum_is_spelled_as_nine_maxima() -> None:
    """By hand: the 2 x 2 maxima of a 3 x 3 image, mirrored at the corner, times 1 2 1 both ways."""
    given = {"image": "cells", "cells": "1 2 0;0 -3 5;4 0 -1"}  # maxima 2 5; 4 5
    settings, found = frame(**given, kinds=("blur",), row=0, column=0)
    k = settings.all_kinds.index("blur")
    nine = "1 × 5 + 2 × 4 + 1 × 5 + 2 × 5 + 4 × 2 + 2 × 5 + 1 × 5 + 2 × 4 + 1 × 5"
    assert spelled(settings, found, k, 0, 0) == f"({nine}) / 16 = 4"
    assert found.output(k).tolist() == [[4]]


@each_window
def test_the_slopes_of_the_blurred_maximum_are_torchs(window: dict[str, Any]) -> None:
    """Of every output by every cell, against automatic differentiation of its torch parts."""
    settings, found = frame(**OWN, **window, kinds=("blur",))
    x = torch.from_numpy(IMAGE).clone().requires_grad_()
    reach, stride = (settings.kernel, 1), settings.stride or settings.kernel
    largest = functional.max_pool2d(x[None], *reach, settings.padding, settings.dilation)
    row = torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64) / 4
    mirrored = functional.pad(largest[None], (1, 1, 1, 1), "reflect")
    want = functional.conv2d(mirrored, torch.outer(row, row)[None, None], stride=stride)[0, 0]
    assert output(settings, found, "blur") == pytest.approx(want.detach().numpy(), abs=1e-12)
    made = blurring.slopes(settings, IMAGE)
    nine = blurring.maxima(settings, IMAGE).values
    assert (nine * blurring.WEIGHTS).sum((2, 3)) / 16 == pytest.approx(
        output(settings, found, "blur")
    )
    for at, one in enumerate(want.flatten()):
        (slope,) = torch.autograd.grad(one, x, retain_graph=True)
        assert made[at] == pytest.approx(slope.flatten().numpy(), abs=1e-12)


def test_padding_and_what_hangs_over_in_formulas() -> None:
    """Padding is a 0 to sum and average and nothing to the maximum; beyond it there is nothing."""
    given = {"image": "cells", "cells": "-1 -2;-3 -4", "kinds": ("max", "sum", "average", "l2")}
    settings, found = frame(**given, padding=1, column=0)
    told = [spelled(settings, found, k, 0, 0) for k in range(3)]
    one = "0 + 0 + 0"
    assert told == ["largest of −1 = −1", f"(−1) + {one} = −1", f"((−1) + {one}) / 4 = −0.25"]
    hanging = {"image": "cells", "cells": "1 1 2;1 1 1", "kinds": ("average", "l2")}
    settings, found = frame(**hanging, ceil_mode=True)
    assert spelled(settings, found, 0, 0, 1) == "(2 + 1) / 2 = 1.5"
    assert spelled(settings, found, 1, 0, 1) == "√(4/2 × (2² + 1²)) = 3.162"


@pytest.mark.parametrize("preset", WINDOW.presets, ids=lambda preset: preset.id)
def test_presets_are_borne_out(preset: Any) -> None:
    (last,) = run(WINDOW.preset_settings(preset.id).canonical())  # type: ignore[arg-type]
    assert preset.outcome(last.metrics) == preset.expected
    preset.saw.format_map(last.metrics)
