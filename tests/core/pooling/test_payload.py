"""What the browser's stage is sent, read back as it does, and what it tells."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from core.experiment import Experiment, Stage
from core.pictures import grid, load, text_of
from core.pooling import kernels, window
from core.settings import SettingError

KERNELS, WINDOW = kernels.KERNELS, window.WINDOW
OWN = {"image": "cells", "cells": "0 0.25 1;-3 0.5 0;1 1 0.125"}
UNEVEN = {"kernel": "own", "weights": "1 2;3 -4"}
SCALES = ("plain", "strided", "transposed", "upsampled")
KEYS = {
    "value", "input", "padding", "range", "editable", "size", "stride", "dilation", "kernel",
    "bias", "kernelEditable", "flipped", "outputs", "divisor", "digits", "problem", "names", "note",
    "padded",
}  # fmt: skip


def unpack(sent: dict[str, Any]) -> np.ndarray:
    """As ``unpack`` in arrays.js."""
    kind = {"u1": "u1", "i4": "<i4", "f4": "<f4", "f8": "<f8"}[sent["type"]]
    return np.frombuffer(base64.b64decode(sent["data"]), kind).reshape(sent["shape"])


def stage_of(experiment: Experiment) -> Stage:
    stage = experiment.views[0].stage
    assert stage is not None
    return stage


def sent(experiment: Experiment, **given: Any) -> tuple[Any, dict[str, Any]]:
    """Canonical settings, and their payload as JSON brings it."""
    settings = experiment.settings(**given).canonical()
    payload = stage_of(experiment).payload(settings, list(experiment.frames(settings)))
    assert set(payload) == KEYS
    return settings, json.loads(json.dumps(payload, allow_nan=False))


def answered(experiment: Experiment, settings: Any, told: Any) -> Any:
    """The settings after a gesture told this, as the page sets them."""
    fields = stage_of(experiment).moved(settings, told)
    return experiment.settings.checked({**settings.model_dump(), **fields})


def slid(payload: dict[str, Any]) -> np.ndarray:
    """Every window of the input times the kernel, as the browser multiplies it."""
    cells, kernel = unpack(payload["input"]), unpack(payload["kernel"])
    (high, wide), (by, across), (d, e) = payload["size"], payload["stride"], payload["dilation"]
    out = unpack(payload["outputs"][0]["values"])
    made = np.zeros(out.shape)
    for i, j in np.ndindex(out.shape):
        taps = cells[i * by : i * by + d * high : d, j * across : j * across + e * wide : e]
        made[i, j] = (taps[:high, :wide] * kernel).sum() + payload["bias"]
    return made


@pytest.mark.parametrize("operation", ["cross-correlation", "convolution"])
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("padding", ["0", "1", "same"])
def test_the_browser_can_do_the_sums(padding: str, scale: str, operation: str) -> None:
    """Input, kernel, stride and dilation give the very outputs that torch's functions gave."""
    given = {"scale": scale, "padding": padding, "operation": operation, "stride": 2}
    for more in ({}, {"dilation": 2}):
        if scale == "transposed" and more and padding == "same":
            continue
        settings, payload = sent(KERNELS, **UNEVEN, **given, **more)
        assert slid(payload) == pytest.approx(unpack(payload["outputs"][0]["values"]), abs=1e-12)
        (top, _), (left, _) = payload["padding"]
        inner = unpack(payload["input"])[top:, left:]
        if scale in ("plain", "strided"):
            assert (inner[:7, :7] == load(settings)[0]).all()


@pytest.mark.parametrize(
    ("weights", "padding", "shown"),
    [
        ("1 2;3 -4", "2", [[0, 0], [0, 0]]),  # cut more than the kernel reaches: cells are cut off
        ("1 2 3;4 5 6;7 8 9", "same", [[2, 1], [2, 1]]),  # an odd cell is cut off at the end
        ("1 2 3;4 5 6", "1", [[0, 0], [1, 1]]),
    ],
)
def test_a_transposed_convolution_slides_over_a_spread_map(
    weights: str, padding: str, shown: list[list[int]]
) -> None:
    """The map is just as large as its windows reach."""
    own = {"kernel": "own", "weights": weights}
    _, payload = sent(KERNELS, **own, scale="transposed", padding=padding)
    values = unpack(payload["outputs"][0]["values"])
    assert payload["padding"] == shown
    assert slid(payload) == pytest.approx(values, abs=1e-12)
    reach = np.array(payload["size"]) - 1
    assert (np.array(payload["input"]["shape"]) == np.array(values.shape) + reach).all()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("operation", ["cross-correlation", "convolution"])
def test_a_weight_that_is_typed_lands_where_it_was_typed(scale: str, operation: str) -> None:
    """``flipped`` says whether the text lies turned on the window."""
    settings, payload = sent(KERNELS, **UNEVEN, scale=scale, operation=operation)
    text = grid(payload["value"]["weights"])
    laid = text[::-1, ::-1] if payload["flipped"] else text
    assert (laid == unpack(payload["kernel"])).all()
    after = answered(KERNELS, settings, {**payload["value"], "weights": "1 2;3 7"})
    assert (after.kernel, after.weights) == ("own", "1 2;3 7")
    assert after.chosen_kernel().tolist() == [[1, 2], [3, 7]]


@pytest.mark.parametrize("experiment", [KERNELS, WINDOW], ids=lambda one: one.name)
@pytest.mark.parametrize("image", ["seven", "eight", "cells"])
def test_cells_that_are_typed_become_the_image(experiment: Experiment, image: str) -> None:
    settings, payload = sent(experiment, image=image)
    assert payload["editable"]
    cells = grid(payload["value"]["cells"])
    assert (cells == load(settings)[0]).all(), "to the last digit"
    cells[1, 2] = 0.375
    after = answered(experiment, settings, {**payload["value"], "cells": text_of(cells)})
    assert after.image == "cells"
    assert (load(after)[0] == cells).all()


@pytest.mark.parametrize("experiment", [KERNELS, WINDOW], ids=lambda one: one.name)
def test_what_was_not_touched_stays(experiment: Experiment) -> None:
    """A move sets the place alone, so that the kernel keeps its name and the image its own."""
    settings, payload = sent(experiment)
    told = {**payload["value"], "row": 1, "column": 3}
    assert stage_of(experiment).moved(settings, told) == {"row": 1, "column": 3}


@pytest.mark.parametrize("experiment", [KERNELS, WINDOW], ids=lambda one: one.name)
@pytest.mark.parametrize(
    "wrong",
    [
        None, 5, [], {}, {"row": 1}, {"row": "1"}, {"row": True}, {"row": 1.5}, {"row": None},
        {"cells": "1 2;3"}, {"cells": "1 x"}, {"cells": "nan"}, {"cells": "1 " * 200},
        {"cells": "2000"}, {"row": -1}, {"row": 10**9}, {"column": 1e300},
        {"column": float("inf")}, {"row": float("nan")},
    ],
)  # fmt: skip
def test_what_is_no_gesture_is_refused(experiment: Experiment, wrong: Any) -> None:
    """By one of the errors that the page takes for a refusal."""
    settings, payload = sent(experiment)
    told = {**payload["value"], **wrong} if wrong and isinstance(wrong, dict) else wrong
    if wrong == {"row": 1}:
        told = wrong
    with pytest.raises((SettingError, ValueError, KeyError, TypeError)):
        answered(experiment, settings, told)


@pytest.mark.parametrize("weights", ["1 2;3", "one", "1 " * 8, ";".join(["1"] * 8), "1e999"])
def test_a_kernel_that_is_none_is_refused(weights: str) -> None:
    settings, payload = sent(KERNELS)
    with pytest.raises(ValueError, match=r"rows of equal length|numbers from|at most"):
        answered(KERNELS, settings, {**payload["value"], "weights": weights})


def test_a_window_of_pooling_as_it_is_sent() -> None:
    _, payload = sent(WINDOW, **OWN, others=("lp", "min", "median"), stride=1)
    assert (payload["size"], payload["stride"], payload["dilation"]) == ([2, 2], [1, 1], [1, 1])
    assert payload["value"]["cells"] == OWN["cells"]
    assert payload["range"] == [-3, 3] and payload["digits"] == 2
    assert payload["kernel"] is None and payload["padded"] == "zero"
    assert unpack(payload["divisor"]).tolist() == [[4, 4], [4, 4]]
    first, second = payload["outputs"][:2]
    assert (first["name"], first["kind"]) == ("Maximum", "max")
    assert unpack(first["values"]).tolist() == [[0.5, 1], [1, 1]]
    assert unpack(first["gradient"])[1].tolist() == [0, 1, 0, 0]
    assert unpack(second["gradient"])[1].tolist() == [0.25] * 4
    assert first["formula"][0] == "largest of 0, 0.25, −3, 0.5 = 0.5"


def test_padding_is_shown_as_what_it_is() -> None:
    """Zero to those that add it up; left out where no kind does."""
    for kinds, given, padded in (
        (("max", "sum"), {}, "zero"),
        (("max", "expectation"), {}, "out"),
        (("average",), {}, "zero"),
        (("average",), {"count_include_pad": False}, "out"),
    ):
        _, payload = sent(WINDOW, **OWN, kinds=kinds, padding=1, **given)
        assert payload["padded"] == padded, (kinds, given)
        assert payload["padding"] == [[1, 1], [1, 1]]
        assert unpack(payload["input"])[1:-1, 1:-1].tolist() == grid(OWN["cells"]).tolist()


def test_a_global_kind_has_one_place_and_the_gradient_of_the_image() -> None:
    _, payload = sent(WINDOW, **OWN, kinds=("max",), others=("global-average",), padding=1)
    output = payload["outputs"][1]
    assert unpack(output["values"]).shape == (1, 1)
    gradient = unpack(output["gradient"]).reshape(unpack(payload["input"]).shape)
    want = np.pad(np.full((3, 3), 1 / 9), 1)
    assert gradient == pytest.approx(want)


def test_a_blurred_maximum_is_sent_with_its_gradient_on_the_image() -> None:
    """As the browser finds it: a row for every place, as long as the padded image."""
    for padding in (0, 1):
        settings, payload = sent(
            WINDOW,
            **OWN,
            kinds=("max",),
            others=("blur",),
            padding=padding,
            stride=1,
            row=0,
            column=1,
        )
        (frame,) = WINDOW.frames(settings)
        output, wide = payload["outputs"][1], unpack(payload["input"]).shape
        rows = unpack(output["gradient"])
        assert rows.shape == (np.prod(output["values"]["shape"]), np.prod(wide))
        place = 0 * output["values"]["shape"][1] + 1
        want = np.pad(frame.back[1], padding).ravel()  # by torch's autograd
        assert rows[place] == pytest.approx(want, abs=1e-7) and want.any()
    large = {"image": "photograph", "kernel": 2, "stride": 1}
    assert sent(WINDOW, **large, others=("blur",))[1]["outputs"][-1]["gradient"] is None


@pytest.mark.parametrize("experiment", [KERNELS, WINDOW], ids=lambda one: one.name)
def test_where_no_window_fits_a_sentence_is_sent(experiment: Experiment) -> None:
    _, payload = sent(experiment, image="cells", cells="1")
    assert payload["outputs"] == [] and "floor(" in payload["problem"]
    assert payload["value"]["row"] == payload["value"]["column"] == 0
    assert payload["editable"], "so that it can be put right"
    assert sent(experiment)[1]["problem"] == ""


@pytest.mark.parametrize(
    ("experiment", "given", "most"),
    [
        (KERNELS, {}, 10_000),
        (WINDOW, {}, 20_000),
        (KERNELS, {"image": "photograph", "scale": "transposed", "stride": 4}, 450_000),
        (WINDOW, {"image": "photograph", "kernel": 5, "stride": 1}, 250_000),
        (WINDOW, {"image": "digit", "kernel": 3, "stride": 1}, 500_000),
    ],
)
def test_it_stays_small(experiment: Experiment, given: dict[str, Any], most: int) -> None:
    _, payload = sent(experiment, **given)
    assert len(json.dumps(payload)) < most
    for output in payload["outputs"]:
        formulas, places = output["formula"], np.prod(output["values"]["shape"])
        assert formulas is None if places > 1600 else len(formulas) == places


def test_formulas_of_convolution() -> None:
    _, payload = sent(KERNELS, **OWN, **UNEVEN)
    assert payload["outputs"][0]["formula"] == [
        "1 × 0 + 2 × 0.25 + 3 × (−3) + (−4) × 0.5 = −10.5",
        "1 × 0.25 + 2 × 1 + 3 × 0.5 + (−4) × 0 = 3.75",
        "1 × (−3) + 2 × 0.5 + 3 × 1 + (−4) × 1 = −3",
        "1 × 0.5 + 2 × 0 + 3 × 1 + (−4) × 0.125 = 3",
    ]


def test_the_notes() -> None:
    assert sent(KERNELS)[1]["note"] == sent(WINDOW)[1]["note"] == ""
    beyond = sent(KERNELS, row=99)[1]["note"]
    assert beyond == "Row 99 lies beyond the output: row 4 is the last."
    assert "left out of: maximum, expectation." in sent(WINDOW, padding=1)[1]["note"]
    assert sent(KERNELS, image="photograph")[1]["names"]["input"] == "Image, red + green + blue"
    apart = {"image": "photograph", "channels": "apart", "channel": "blue"}
    assert sent(KERNELS, **apart)[1]["names"]["input"] == "Image, blue channel"
