"""Fixtures of the browser tests: servers, pages in contexts of their own, the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.e2e.app import Console, Server

WIDE = ViewportSize(width=1440, height=900)


class Visit(Protocol):
    """Open a path of the app in a new browser context: a visitor with an empty history."""

    def __call__(
        self,
        path: str = "/",
        *,
        theme: Literal["light", "dark"] = "light",
        width: int = 1440,
        height: int = 900,
        at: Server | None = None,
    ) -> Page: ...


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that most tests share. Two may train at once, however few the processors."""
    home = tmp_path_factory.mktemp("server")
    kept = {f"GLASSBOX_{what}": str(home / what.lower()) for what in ("UPLOADS", "MODELS")}
    yield from _serve(home / "log.txt", {"GLASSBOX_WORKERS": "2", **kept})


@pytest.fixture(autouse=True)
def _server_lives(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that leaves the shared server dead fails with the server's last words."""
    yield
    if "server" in request.fixturenames:
        shared: Server = request.getfixturevalue("server")
        assert shared.process.poll() is None, f"the server died\n{shared.output()}"


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers that nobody has visited; keywords are environment variables."""
    started: list[Server] = []

    def start(**env: str) -> Server:
        log = tmp_path / f"server-{len(started)}.txt"
        started.append(Server(log, **env))
        started[-1].wait_until_healthy()
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def console() -> Iterator[Console]:
    """What pages log; errors that the test did not allow fail it."""
    said = Console()
    yield said
    assert said.left() == []


@pytest.fixture
def visit(browser: Browser, console: Console, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open pages of the shared server, or of another one."""
    contexts = []

    def open_page(
        path: str = "/",
        *,
        theme: Literal["light", "dark"] = "light",
        width: int = 1440,
        height: int = 900,
        at: Server | None = None,
    ) -> Page:
        chosen = at or request.getfixturevalue("server")
        context = browser.new_context(
            base_url=chosen.url,
            color_scheme=theme,
            viewport={"width": width, "height": height},
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        console.watch(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def _shared_tab(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, viewport=WIDE, accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def tab(_shared_tab: Page, console: Console) -> Iterator[Page]:
    """A page that tests share, 1440x900 and light: it opens the app in half the time of a new
    context. Each navigation is a session of its own; at the end of a test it leaves the app.
    """
    with lent(_shared_tab, console):
        yield _shared_tab


@contextmanager
def lent(page: Page, console: Console) -> Iterator[None]:
    """A shared page for one test: its console is watched, and then it is as it was."""
    console.watch(page)
    try:
        yield
    finally:
        console.forget(page)
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        page.goto("about:blank")


def _serve(log: Path, env: dict[str, str]) -> Iterator[Server]:
    server = Server(log, **env)
    try:
        server.wait_until_healthy()
        yield server
    finally:
        server.stop()
