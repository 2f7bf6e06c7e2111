"""An image of the reader's own on the page of pooling: what it gives, and what is refused in words.

Sizes and pixels are read by Pillow's own rules in tests/core/data/test_images.py; here is what the
page's head and sidebar make of them, without a browser.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.pictures import load
from core.pooling.window import Settings
from tests.core.data.test_images import png

WINDOW = "pooling.window"
APP = """
import streamlit as st
from core.catalog import get
from core.ui import address, controls
from core.ui.lessons import POOLING

st.session_state.setdefault("visit", 1)
address.arrive("pooling", {"window": POOLING.steps["window"]})
settings, problem = controls.sidebar(get("pooling.window"))
st.json({"settings": settings.model_dump(mode="json"), "problem": problem})
"""


def file_of(pixels: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.array(pixels, np.uint8)).save(stream, "PNG")
    return stream.getvalue()


GOOD = file_of([[0, 51], [102, 255]])
CLEAR = [[[255, 0, 0, 255], [0, 0, 0, 0]], [[0, 0, 0, 255], [0, 0, 0, 255]]]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOX_UPLOADS", str(tmp_path / "kept"))


@pytest.fixture
def app() -> AppTest:
    """The page with a good image on it."""
    opened = AppTest.from_string(APP, default_timeout=20)
    opened.query_params[f"{WINDOW}.image"] = "upload"
    return upload(opened.run(), GOOD)


def upload(app: AppTest, data: bytes) -> AppTest:
    app.file_uploader[0].set_value(("mine.png", data, "image/png"))
    app.run()
    assert not app.exception, app.exception
    return app


def cells(app: AppTest) -> list[Any]:
    """The image that the settings of the page stand for."""
    told = json.loads(app.json[0].value)
    assert told["problem"] == ""
    found: list[Any] = load(Settings(**told["settings"])).tolist()
    return found


def words(app: AppTest) -> str:
    """What stands under the uploader, as it reads."""
    return re.sub(r"\\(.)", r"\1", " | ".join(one.value for one in [*app.error, *app.caption]))


def test_a_good_image_is_the_picture(app: AppTest) -> None:
    assert cells(app) == [[[0, 0.2], [0.4, 1]]]
    assert words(app) == "2 x 2 cells, grey."
    name = json.loads(app.json[0].value)["settings"]["upload"]
    assert name == hashlib.sha256(GOOD).hexdigest()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7 no image at all", "This is no PNG, JPEG, GIF, BMP or WebP image"),
        (b"", "The file is empty: it has 0 bytes."),
        (png(10_000, 5_000), "10,000 x 5,000 pixels, 50.0 megapixels; 16 are the most."),
        (file_of([[7]]), "The image is 1 x 1 pixels: a window needs 2 x 2 cells at least."),
        (
            file_of(np.arange(64).reshape(8, 8))[:-30],
            "The image is damaged or cut off: it cannot be decoded.",
        ),
        (GOOD + b"\0" * 5_000_000, "5,000,000 are the most."),
    ],
    ids=["another type", "0 bytes", "50 megapixels", "1 x 1", "cut off", "too long"],
)
def test_what_is_refused_is_a_sentence_and_the_picture_stays(
    app: AppTest, data: bytes, sentence: str
) -> None:
    upload(app, data)
    assert len(app.error) == 1 and sentence in words(app)
    assert words(app).count("The file before it stays.") == 1
    assert cells(app) == [[[0, 0.2], [0.4, 1]]]


@pytest.mark.parametrize(
    ("data", "sentence", "seen"),
    [
        (file_of([[51] * 3] * 2), "every cell has the same value, so it has no edges", 0.2),
        (file_of(CLEAR), "2 x 2 cells, colour, transparent pixels stand on white", 1.0),
    ],
    ids=["one value", "with alpha"],
)
def test_what_is_taken_with_a_remark(app: AppTest, data: bytes, sentence: str, seen: float) -> None:
    """Of the pixel at the upper right: a fifth, and white where it is transparent."""
    upload(app, data)
    assert not app.error and sentence in words(app)
    assert [channel[0][1] for channel in cells(app)] == [seen] * len(cells(app))
