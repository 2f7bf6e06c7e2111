"""A component in a small app of its own, in a real browser: <name>_app.py for test_<name>.py."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.app import Console, free_port

HERE = Path(__file__).parent
START_S = 60.0


class Opened(Protocol):
    """Open the module's app in a browser context of its own."""

    def __call__(
        self,
        query: str = "",
        *,
        width: int = 1280,
        height: int = 900,
        theme: Literal["light", "dark"] = "light",
        touch: bool = False,
    ) -> Page: ...


@pytest.fixture(scope="module")
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the small app of the test's module is served, once a module."""
    app = HERE / (request.path.stem.removeprefix("test_") + "_app.py")
    port = free_port()
    options = {"server.port": port, "server.headless": "true", "server.fileWatcherType": "none"}
    flags = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(app), *flags]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for_health(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
        assert server.poll() is None, f"the app's server ended by itself: {server.poll()}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    """Open the app; at the end no page may have logged an error."""
    console = Console()

    def opened(
        query: str = "",
        *,
        width: int = 1280,
        height: int = 900,
        theme: Literal["light", "dark"] = "light",
        touch: bool = False,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, has_touch=touch
        )
        page = context.new_page()
        console.watch(page)
        page.goto(f"{address}/{query}")
        return page

    yield opened
    assert console.errors == []


def _wait_for_health(address: str) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health")
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the test's app did not start")
