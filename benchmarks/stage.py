"""What the benchmarks play on: the app, a blank app, a browser, an engine, a bare loop.

Each is started when first asked for and ended with the stage.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from core.catalog import CATALOG
from core.engine.local import LocalEngine

ROOT = Path(__file__).resolve().parents[1]
PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
BROWSERS = ("chromium", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
START_S = 120.0
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Server:
    """`streamlit run` of one script from its own folder, so with the settings that lie there."""

    def __init__(self, script: Path, health: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        flags = [f"--server.port={self.port}", "--server.headless=true"]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the server
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script.name, *flags],
            cwd=script.parent,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait(self.url + health)
        except BaseException:
            self.close()
            raise

    def _wait(self, url: str) -> None:
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.1)
        self._log.seek(0)
        raise RuntimeError(f"{url} never answered\n{self._log.read()[-2000:].decode()}")

    def memory_mb(self) -> float:
        """Megabytes that this one process has for itself (USS; its children left out)."""
        return float(psutil.Process(self.process.pid).memory_full_info().uss) / 1e6

    def close(self) -> None:
        """End it; its engine ends with it."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


class Helper:
    """A module of ours in a process of its own, told and answering in lines of JSON."""

    def __init__(self, module: str, *args: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *args],
            cwd=ROOT,
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def answer(self) -> Any:
        """Its next line; RuntimeError if it ended instead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, **question: Any) -> Any:
        """Tell it something and wait for the answer."""
        assert self.process.stdin is not None
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return self.answer()

    def close(self) -> None:
        """Close its input, at which it ends."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Stage:
    """Everything that a benchmark may use."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @cached_property
    def app(self) -> Server:
        """The app, its workers ready, visited by nobody."""
        return self.serve()

    @cached_property
    def blank(self) -> Server:
        """The blank app, with Streamlit's settings as they come."""
        return self._kept(Server(Path(__file__).with_name("blank_app.py"), "/_stcore/health"))

    @cached_property
    def browser(self) -> Browser:
        """The system's Chromium, or Playwright's own."""
        playwright = self._stack.enter_context(sync_playwright())
        path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
        return playwright.chromium.launch(executable_path=path, args=FLAGS)

    @cached_property
    def engine(self) -> LocalEngine:
        """An engine in this very process, its workers ready."""
        engine = self._kept(LocalEngine(warm=list(CATALOG.values())))
        while not engine.health()["ok"]:
            time.sleep(0.1)
        return engine

    @cached_property
    def bare(self) -> Helper:
        """The bare loop."""
        return self._kept(Helper("benchmarks.bare"))

    def serve(self) -> Server:
        """One more server of the app."""
        return self._kept(Server(ROOT / "streamlit_app.py", "/health"))

    @contextmanager
    def page(self, server: Server, path: str = "/") -> Iterator[Page]:
        """A page in a browser that was never here, with its probe; returned when loading began."""
        context = self.browser.new_context(
            base_url=server.url, viewport={"width": 1440, "height": 900}
        )
        context.add_init_script(PROBE)
        try:
            page = context.new_page()
            page.goto(path, wait_until="commit")
            yield page
        finally:
            context.close()

    def _kept(self, thing: Any) -> Any:
        self._stack.callback(thing.close)
        return thing
