"""The choice of image: typed cells, digits, photographs, uploads, and what is refused in words."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.data import images, mnist, uploads
from core.engine.guard import in_words
from core.pictures import ImageSettings, decimals, grid, load, text_of
from core.pooling import kernels, window
from core.settings import Incomplete, SettingError

HASH = "0123456789abcdef" * 4
EXPERIMENTS = (kernels.KERNELS, window.WINDOW)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOX_UPLOADS", str(tmp_path))


def png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("1", [[1]]),
        ("0 0.5 1; 1 .5 0", [[0, 0.5, 1], [1, 0.5, 0]]),
        ("1,2;3,4", [[1, 2], [3, 4]]),
        (" 1  2 ;\n3 4;\n", [[1, 2], [3, 4]]),
        ("-1 1e2;\N{MINUS SIGN}3 +4", [[-1, 100], [-3, 4]]),
        ("1000 -1000", [[1000, -1000]]),
    ],
)
def test_typed_cells(text: str, cells: list[list[float]]) -> None:
    assert grid(text).tolist() == cells
    assert load(ImageSettings(image="cells", cells=text))[0].tolist() == cells


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least one number"),
        (" ; ; ", "at least one number"),
        ("1 2;3", "rows of equal length; row 2 has 1 cells and row 1 has 2"),
        ("1 2;x 3", "numbers from -1000 to 1000; 'x' is none"),
        ("nan", "'nan' is none"),
        ("inf 1", "'inf' is none"),
        ("1e308", "'1e308' is none"),
        ("1000.1", "'1000.1' is none"),
        ("1_0", "'1_0' is none"),
        ("__import__('os')", "is none"),
        (";".join(["1"] * 13), "at most 12 x 12 cells, not 13 x 1"),
        ("1 " * 13, "at most 12 x 12 cells, not 1 x 13"),
    ],
)
def test_what_is_no_grid_is_refused_by_name(text: str, words: str) -> None:
    for experiment in EXPERIMENTS:
        with pytest.raises(SettingError) as refused:
            experiment.settings.parse({"image": "cells", "cells": text})
        assert refused.value.field == "cells" and words in str(refused.value)
        assert "\n" not in str(refused.value) and len(str(refused.value)) < 200


def test_a_text_reads_back_as_the_same_numbers() -> None:
    cells = np.random.default_rng(3).normal(size=(12, 12))
    cells[0, :3] = (0, -0.0, 1 / 3)
    text = text_of(cells)
    assert (grid(text) == cells).all() and "-0 " not in text_of(grid(text))
    assert text_of(np.array([[0.5, 1, 0.1]])) == "0.5 1 0.1"
    assert len(text_of(np.full((7, 7), -1 / 3))) < 1200, "a 7 x 7 kernel fits its field"


@pytest.mark.parametrize(
    ("cells", "want"),
    [([0, 1, -3], 0), ([0.1, 0.5], 1), ([0.25], 2), ([1 / 3], 2), ([0.1 + 0.2], 1), ([], 0)],
)
def test_as_many_decimals_as_it_takes(cells: list[float], want: int) -> None:
    assert decimals(np.array(cells)) == want


def test_a_digit_of_mnist() -> None:
    """The n-th example of a digit in MNIST's test images, where digits take turns."""
    tests, labels = mnist.pixels("test")
    found = load(ImageSettings(image="digit", digit=4, example=12))
    assert labels[124] == 4
    assert found.shape == (1, 28, 28) and found[0] == pytest.approx(tests[124] / 255)
    last = ImageSettings(image="digit", digit=9, example=199)
    assert load(last)[0] == pytest.approx(tests[1999] / 255)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.name)
def test_an_uploaded_image_is_the_image(experiment: Any) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (9, 11, 3)).astype(np.uint8)
    settings = experiment.settings(image="upload", upload=uploads.put(png(pixels)))
    (found,) = experiment.frames(settings)
    want = np.moveaxis(pixels / 255, -1, 0)
    grey = experiment is window.WINDOW
    assert found.image == pytest.approx(images.brightness(want) if grey else want)
    payload = experiment.views[0].stage.payload(settings, [found])
    assert not payload["editable"] and payload["value"]["cells"] == ""
    words = "Image, its brightness" if grey else "Image, red + green + blue"
    assert payload["names"]["input"] == words


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.name)
def test_a_file_must_be_given_and_be_here(experiment: Any) -> None:
    with pytest.raises(Incomplete):
        experiment.settings.parse({"image": "upload"})
    for name, words in ((HASH, "upload it again."), (uploads.put(b"no image"), "says.")):
        settings = experiment.settings(image="upload", upload=name)
        with pytest.raises(SettingError, match=r"upload: given .*a file kept here") as caught:
            next(experiment.frames(settings))
        assert in_words(caught.value, 0).message.endswith(words)


def test_padding_by_number_or_by_text() -> None:
    """As a command line gives it, and as Python and torch do."""
    assert kernels.Settings.parse({"padding": "2"}) == kernels.Settings(padding=2)  # type: ignore[arg-type]
    assert kernels.Settings(padding="same").padding == "same"
    for wrong in (4, -1, True, 1.5, "valid"):
        with pytest.raises(SettingError, match=r"allowed: 0 \| 1 \| 2 \| 3 \| same"):
            kernels.Settings.checked({"padding": wrong})


@pytest.mark.parametrize(("text", "words"), [("1 2;3", "row 2"), ("1 " * 8, "at most 7 x 7")])
def test_a_kernel_of_ones_own_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(SettingError, match=words) as refused:
        kernels.Settings.parse({"kernel": "own", "weights": text})
    assert refused.value.field == "weights"


@pytest.mark.parametrize(("image", "words"), [
    ("photograph", "Image, its brightness"), ("eight", "Image"),
])  # fmt: skip
def test_what_is_pooled_is_said(image: Any, words: str) -> None:
    settings = window.Settings(image=image)
    (found,) = window.WINDOW.frames(settings)
    view = window.WINDOW.views[0]
    assert view.stage is not None
    assert view.stage.payload(settings, [found])["names"]["input"] == words
    for one in window.WINDOW.views:
        assert one.draw(settings, [found], 0)["layout"]["meta"]["titles"][0] == words
