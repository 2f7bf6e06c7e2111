"""For every test: one thread, as workers have; browser tests marked and last; and the browser."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import pytest

# Before NumPy is imported. On a busy machine its threads wait for each other a hundred times longer
# than they work, and the processes that tests start inherit this.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

BROWSERS = ("chromium", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser as e2e, and run it last; keep together what shares a run.

    Playwright leaves an event loop running in the main thread, where nothing else can then
    start one. With ``--dist loadgroup`` all contract tests of an experiment go to one process,
    which runs it once for all of them, and so do the tests of every other file, but those of whole
    pages: each of these goes to whichever process is free.
    """
    for item in items:
        if "/e2e/" not in item.nodeid:
            item.add_marker(pytest.mark.xdist_group(_group(item)))
        if "playwright" in getattr(item, "fixturenames", ()) or "/e2e/" in item.nodeid:
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


def _group(item: pytest.Item) -> str:
    """The experiment of a contract test; of any other test, its file."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    contract = item.path.name.startswith("test_contract")
    return str(params.get("name", item.path.name)) if contract else item.nodeid.partition("::")[0]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give Torch one thread, as workers do, without importing it for tests that do not."""
    if (torch := sys.modules.get("torch")) and hasattr(torch, "set_num_threads"):
        torch.set_num_threads(1)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's browser if there is one, else Playwright's own; neither is a failed test."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    own = {"executable_path": path} if path else {}
    return {**browser_type_launch_args, **own, "args": list(FLAGS)}
