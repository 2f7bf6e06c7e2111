"""The app starts, opens in a browser without a complaint, and ends without a trace."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import expect

from tests.e2e import lesson
from tests.e2e.app import Server, wait_for_quiet
from tests.e2e.conftest import Visit


def test_home_opens(visit: Visit) -> None:
    page = visit("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    wait_for_quiet(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page).to_have_title("Glassbox")


def test_a_stopped_server_takes_its_workers_along(
    fresh_server: Callable[..., Server],
) -> None:
    server = fresh_server()
    assert len(server.processes()) > 1, "the engine should have started a process of its own"
    assert server.stop() == []


# A torch.py found before Torch: it waits for a file beside it, and then is Torch.
GATE = """
import importlib, pathlib, sys, time
here = pathlib.Path(__file__).parent
while not (here / "go").exists():
    time.sleep(0.05)
sys.path.remove(str(here))
del sys.modules["torch"]
importlib.import_module("torch")
"""


@pytest.fixture
def gated(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """A server that nobody has waited for, and the folder of its gate."""
    gate = tmp_path / "gate"
    gate.mkdir()
    (gate / "torch.py").write_text(GATE)
    server = Server(tmp_path / "log.txt", PYTHONPATH=str(gate))
    yield server, gate
    server.stop()


def test_health_is_honest(gated: tuple[Server, Path]) -> None:
    """503 while no worker can run: before Torch is loaded, when the launcher is lost, without it.

    And 200 again when it has recovered.
    """
    server, gate = gated
    status, early = lesson.wait_until(lambda: told(server), 60, "an answer")
    assert status == 503 and early["launcher"] == "starting" and not early["ok"]
    (gate / "go").touch()
    ready = report_with(server, 200, 90)
    assert ready["ok"] and ready["missing"] == []
    (gate / "go").unlink()
    psutil.Process(ready["pid"]).kill()
    lost = report_with(server, 503, 10, "starting")
    assert not lost["ok"] and lost["processes"] == 0
    (gate / "go").touch()
    again = report_with(server, 200, 90)
    assert again["pid"] != ready["pid"]
    (gate / "torch.py").write_text("raise ImportError('no Torch here')\n")
    psutil.Process(again["pid"]).kill()
    report_with(server, 503, 5)
    crippled = lesson.wait_until(
        lambda: "pid" in told(server)[1] and told(server), 90, "a launcher"
    )
    assert crippled[0] == 503 and "torch" in crippled[1]["missing"] and not crippled[1]["ok"]


def report_with(
    server: Server, status: int, timeout_s: float, launcher: str = "ready"
) -> dict[str, Any]:
    """What /health says once it says it with that status and of a launcher in that state."""

    def found() -> tuple[dict[str, Any]] | None:
        code, report = told(server) or (0, {})
        return (report,) if (code, report.get("launcher")) == (status, launcher) else None

    (report,) = lesson.wait_until(found, timeout_s, f"a health of {status}, {launcher}")
    return dict(report)


def told(server: Server) -> tuple[int, dict[str, Any]] | None:
    """The status and the report of /health; None where nothing answers."""
    try:
        with urllib.request.urlopen(f"{server.url}/health", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return None
