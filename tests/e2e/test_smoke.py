"""The app starts, opens in a browser without a complaint, and ends without a trace."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

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
