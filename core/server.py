"""What the web server does around the pages: start and stop the engine, health, headers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.engine import get_engine

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
}


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start the engine before the first page and stop it, with its workers, after the last."""
    engine = await anyio.to_thread.run_sync(get_engine)
    try:
        yield {"engine": engine}
    finally:
        await anyio.to_thread.run_sync(engine.close)


async def health(request: Request) -> JSONResponse:
    """200 when workers can run, 503 when they cannot; the figures behind it as JSON."""
    report = await anyio.to_thread.run_sync(get_engine().health)
    return JSONResponse(report, status_code=200 if report.get("ok") else 503)


def routes() -> list[Route]:
    """The routes beside Streamlit's own."""
    return [Route("/health", health)]


def middleware() -> list[Middleware]:
    """The middleware around every HTTP answer."""
    return [Middleware(SecurityHeaders)]


class SecurityHeaders:
    """A plain ASGI middleware that adds HEADERS to HTTP answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                have = {name.lower() for name, _ in message["headers"]}
                extra = [pair for pair in HEADERS.items() if pair[0] not in have]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, with_headers)
