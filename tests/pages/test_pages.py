"""Every page by AppTest: it renders, and the process that renders it stays light."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.catalog import CATALOG, get
from core.ui.lessons import LESSONS

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "sklearn", "scipy", "pymc", "pytensor", "arviz", "ray", "matplotlib")

# In a process of its own, as the server is: pytest's may have imported anything by now.
VISIT = """
import json, sys, warnings
warnings.simplefilter("error")
from pathlib import Path
from streamlit.testing.v1 import AppTest
from core.engine import get_engine

pages, experiments, heavy = json.loads(sys.argv[1])
said = {}

def note(name, app):
    said[name] = {
        "exceptions": [one.message for one in app.exception],
        "errors": [one.value for one in app.error],
        "title": [one.value for one in [*app.title, *app.header]],
        "charts": len(app.get("plotly_chart")),
        "stages": [one.proto.component_name for one in app.get("bidi_component")],
        "questions": [one.value for one in app.markdown if one.value.startswith("#####")],
    }

for page in pages:
    app = AppTest.from_file("core/app/router.py", default_timeout=60)
    app.switch_page(str(Path("../..") / page)).run()
    note(page, app)
for page, parameter, words, name in experiments:
    app = AppTest.from_file("core/app/router.py", default_timeout=60)
    app.query_params[parameter] = words
    app.switch_page(str(Path("../..") / page)).run()
    note(name, app)
get_engine().close()
print(json.dumps({"said": said, "heavy": [name for name in heavy if name in sys.modules]}))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    """What every page and every experiment of it showed, and which libraries were loaded."""
    pages = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "pages").rglob("*.py"))
    experiments = [
        (one.page, f"{one.topic}.see", words, name)
        for one in LESSONS
        for name, words in one.experiments.items()
    ]
    arguments = json.dumps([pages, experiments, HEAVY])
    command = [sys.executable, "-c", VISIT, arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_every_page_renders(told: dict) -> None:
    assert {"pages/home/home.py", *(one.page for one in LESSONS)} <= set(told["said"])
    for name, shown in told["said"].items():
        assert shown["exceptions"] == shown["errors"] == [], name
        assert shown["title"], name


def test_every_experiment_shows_its_picture_and_question(told: dict) -> None:
    assert {name for one in LESSONS for name in one.experiments} == set(CATALOG)
    for name in CATALOG:
        shown, stage = told["said"][name], get(name).views[0].stage
        staged = stage is not None and f"glassbox_{stage.kind}" in shown["stages"]
        assert shown["charts"] == (stage is None) and staged is (stage is not None), name
        assert len(shown["questions"]) == 1, name


def test_the_server_imports_none_of_the_libraries_of_its_workers(told: dict) -> None:
    assert told["heavy"] == []
