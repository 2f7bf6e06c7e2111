"""The control of a reader's own file: what it gives, keeps and says, without a browser."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.data import uploads

NETWORK = "optimizers.network"
FIELD, DATA = f"{NETWORK}.upload", f"{NETWORK}.data"
GOOD = b"1,2,a\n3,4,b\n5,6,a\n7,9,b\n"
OTHER = b"x;y;c\n1;2;0\n3;4;1\n5;6;0\n7;9;1\n8;1;1\n"
GONE = "The file of this link is not on this server: upload it again"
# The page's head and sidebar, and what came of them; buttons for what else changes the controls.
APP = """
import streamlit as st
from core.catalog import get
from core.ui import address, controls, lesson, uploads
from core.ui.lessons import OPTIMIZERS

st.session_state.setdefault("visit", 1)
address.arrive("optimizers", {"network": OPTIMIZERS.steps["network"]})
network = get("optimizers.network")
settings, problem = controls.sidebar(network)
st.button("preset", on_click=lesson.apply, args=(network, network.presets[0]))
st.json({
    "settings": settings.model_dump(mode="json"), "problem": problem, "link":
    address.link(network, settings), "carried": uploads.carried(settings),
    "notes": st.session_state.get("optimizers.network#notes", []),
})
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GLASSBOX_UPLOADS", str(tmp_path / "kept"))
    return tmp_path / "kept"


def opened(**fields: str) -> AppTest:
    """The page of a link with these settings."""
    app = AppTest.from_string(APP, default_timeout=20)
    for field, text in fields.items():
        app.query_params[f"{NETWORK}.{field}"] = text
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def upload(app: AppTest, data: bytes) -> AppTest:
    app.file_uploader[0].set_value(("mine.csv", data, "text/csv"))
    return checked(app.run())


def told(app: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(app.json[0].value)
    return found


def captions(app: AppTest) -> str:
    """What stands under the uploader, as it reads."""
    return re.sub(r"\\(.)", r"\1", " | ".join(one.value for one in [*app.error, *app.caption]))


def name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_nothing_yet() -> None:
    """The sentence, the settings before it, and what else the link asks for stays."""
    app = opened(data="upload", steps="200")
    assert told(app)["problem"] == "Upload a file first" and told(app)["notes"] == []
    assert told(app)["settings"]["data"] == "ring"
    assert told(app)["settings"]["steps"] == 200
    assert app.selectbox(key=DATA).value == "upload"
    assert "A CSV file" in captions(app)


def test_a_file_is_kept_and_stands_in_settings_and_link() -> None:
    app = upload(opened(data="upload"), GOOD)
    assert told(app)["problem"] == "" and told(app)["carried"] is True
    assert told(app)["settings"]["upload"] == name(GOOD) and uploads.get(name(GOOD)) == GOOD
    assert f"{FIELD}={name(GOOD)}" in told(app)["link"]
    assert captions(app) == "4 points, classes a and b."
    app = upload(app, OTHER)
    assert told(app)["settings"]["upload"] == name(OTHER)
    assert captions(app) == "5 points, classes 0 and 1."


def test_a_bad_file_leaves_the_one_before() -> None:
    app = upload(upload(opened(data="upload"), GOOD), b"1,2,a\nx,4,b\n")
    assert told(app)["settings"]["upload"] == name(GOOD) and told(app)["problem"] == ""
    assert "Line 2: 'x' is not a finite number such as -1.5. The file before it st" in captions(app)
    app.file_uploader[0].clear()
    checked(app.run())
    assert told(app)["settings"]["upload"] == name(GOOD)
    assert captions(app) == "4 points, classes a and b."


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"1,2,a\n" * 200_000, "The file has 1,200,000 bytes; 1,000,000 are the most."),
        (b"", "The file is empty."),
        (b"\x80\x04\x95", "Line 1: this is not UTF-8 text."),
        (b"1,![x](//e),a\n" * 4, "Line 1: '![x](//e)' is not a finite number such as -1.5."),
    ],
)
def test_a_bad_file_is_a_sentence(data: bytes, says: str, home: Path) -> None:
    app = upload(opened(data="upload"), data)
    assert captions(app).startswith(says)
    assert told(app)["problem"] == "Upload a file first"
    assert not home.exists() or list(home.iterdir()) == []


def test_the_words_of_a_file_are_no_markdown() -> None:
    app = upload(opened(data="upload"), GOOD.replace(b"a", b"[a](//evil)").replace(b"b", b"*b*"))
    assert app.caption[0].value == r"4 points, classes \*b\* and \[a\]\(//evil\)."


def test_a_preset_and_other_data_do_not_lose_the_file() -> None:
    app = upload(opened(data="upload"), GOOD)
    app.button[0].click()
    assert told(checked(app.run()))["settings"]["data"] == "ring"
    app.selectbox(key=DATA).set_value("moons")
    assert told(checked(app.run()))["carried"] is False
    app.selectbox(key=DATA).set_value("upload")
    checked(app.run())
    assert told(app)["settings"]["upload"] == name(GOOD) and told(app)["problem"] == ""


def test_a_link_works_where_the_file_is() -> None:
    uploads.put(GOOD)
    app = opened(data="Your file", upload=name(GOOD), steps="300")
    assert told(app)["settings"]["upload"] == name(GOOD)
    assert told(app)["settings"]["steps"] == 300 and told(app)["notes"] == []
    assert captions(app) == "4 points, classes a and b, from the link."
    assert app.query_params[FIELD] == name(GOOD)


def test_a_link_to_a_file_that_is_gone() -> None:
    app = opened(data="upload", upload=name(GOOD), steps="300")
    assert told(app)["problem"] == GONE and f"{GONE}." in captions(app)
    assert told(app)["settings"]["data"] == "ring" and told(app)["settings"]["steps"] == 300
    app = upload(app, GOOD)
    assert told(app)["problem"] == "" and told(app)["settings"]["upload"] == name(GOOD)


@pytest.mark.parametrize("text", ["xyz", "A" * 64, "0" * 65, "../../etc/passwd", "x" * 10_000])
def test_a_hash_that_is_none_is_told(text: str) -> None:
    app = opened(data="upload", upload=text)
    assert told(app)["problem"] == "Upload a file first"
    assert "it allows the SHA-256 of an uploaded file" in str(told(app)["notes"])
    assert FIELD not in app.query_params


def test_a_store_that_cannot_be_written(home: Path) -> None:
    home.write_text("a file where the folder should be")
    app = upload(opened(data="upload"), GOOD)
    assert app.error[0].value == "This server cannot keep files now."
    app = opened(data="upload", upload=name(GOOD))
    assert told(app)["problem"] == "This server cannot keep files now"
