"""The app as a browser test handles it: a server process, and what a page shows.

Nothing in here asserts; tests and fixtures do.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import ConsoleMessage, Error, Page

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "screenshots"
START_S = 90.0  # a cold start reads Torch from disk
STREAMLITS_OWN = re.compile(r"/[\w/.-]+/_stcore/(health|host-config)$")

STAGES = '[class*="-stage"] canvas'  # Playwright looks into their shadow roots

# Typed arrays to lists, so that they cross to Python. `_fullData` holds them decoded.
FIGURE = """
n => {
  const plain = v => ArrayBuffer.isView(v) ? Array.from(v, plain)
    : Array.isArray(v) ? v.map(plain) : typeof v === 'number' && !isFinite(v) ? null : v;
  const keep = ['x', 'y', 'z', 'text', 'customdata'];
  const chart = document.querySelectorAll('.js-plotly-plot')[n];
  return chart && (chart._fullData || []).map((full, i) => {
    const out = {type: full.type, mode: full.mode, name: chart.data[i].name};
    for (const key of keep) if (full[key] !== undefined) out[key] = plain(full[key]);
    return out;
  });
}
"""
# What the views say that a component of ours draws: the words of their canvas, read aloud.
STAGE = """
() => [...document.querySelectorAll('[class*="-stage"]')].flatMap(place =>
  [...place.querySelectorAll('*')].flatMap(one =>
    [...(one.shadowRoot?.querySelectorAll('canvas[aria-valuetext]') ?? [])]
      .map(one => ({stage: one.getAttribute('aria-valuetext'), shown: one.dataset.shown}))));
"""
# Quiet: the script does not run, no Stop button is there, and both have been so for some time.
QUIET = """
quiet => {
  const app = document.querySelector('[data-testid="stApp"]');
  const stop = [...document.querySelectorAll('button')].some(b => /\\bStop$/.test(b.innerText));
  const state = app && app.getAttribute('data-test-script-state');
  const now = performance.now();
  if (!app || stop || state === 'running' || state === 'initial' || !window.quietSince)
    window.quietSince = now;
  return now - window.quietSince > quiet;
}
"""


class Server:
    """`streamlit run streamlit_app.py` in a process group of its own, its output in a file."""

    def __init__(self, log: Path, **env: str) -> None:
        self.log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        options = {"server.port": self.port, "server.headless": "true"}
        flags = [f"--{name}={value}" for name, value in options.items()]
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *flags]
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **env},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_healthy(self) -> None:
        """Return when /health says 200; RuntimeError with the log where it does not."""
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process.poll() is None:
            if self.health() == 200:
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server did not become healthy\n{self.output()}")

    def health(self) -> int:
        """The status of /health, 0 where nothing answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def processes(self) -> list[psutil.Process]:
        """The server and all it started, as far as they live."""
        if not psutil.pid_exists(self.process.pid):
            return []
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]

    def output(self, lines: int = 60) -> str:
        """The last lines that it printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> list[int]:
        """End it and whatever it leaves behind; the ids of what outlived a polite request."""
        started = self.processes()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(started, timeout=10)
        for process in alive:
            process.kill()
        self.process.wait(10)
        return [process.pid for process in alive]


class Console:
    """The errors that pages log, Streamlit's own two 404s of a deep link left out."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Leave out errors that match, for a test that provokes them."""
        self.allowed.append(re.compile(pattern))

    def watch(self, page: Page) -> None:
        """Collect what this page logs from now on."""
        page.on("console", self._said)
        page.on("pageerror", self._raised)

    def forget(self, page: Page) -> None:
        """Collect nothing of this page any more."""
        page.remove_listener("console", self._said)
        page.remove_listener("pageerror", self._raised)

    def left(self) -> list[str]:
        """The errors that nobody allowed."""
        return [e for e in self.errors if not any(p.search(e) for p in self.allowed)]

    def _said(self, message: ConsoleMessage) -> None:
        url = str(message.location.get("url", ""))
        own = "404" in message.text and STREAMLITS_OWN.search(url)
        if message.type == "error" and not own:
            self.errors.append(f"{message.text} ({url})")

    def _raised(self, error: Error) -> None:
        self.errors.append(str(error))


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def figure(page: Page, number: int = 0) -> list[dict[str, Any]]:
    """The traces of a Plotly chart as drawn, arrays as lists, what is not finite as None.

    Of a view that a component of ours draws, its words: [{"stage": ...}].
    """
    page.locator(f".js-plotly-plot .main-svg, {STAGES}").first.wait_for(state="attached")
    # A live picture is built anew at every update: there may be none for a moment.
    while not (traces := page.evaluate(FIGURE, number) or page.evaluate(STAGE)):
        page.wait_for_timeout(20)
    found: list[dict[str, Any]] = traces
    return found


def wait_for_change(page: Page, old: list[dict[str, Any]], timeout_s: float = 15.0) -> Any:
    """The traces once they differ from ``old``; TimeoutError where they never do."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if (new := figure(page)) != old:
            return new
        page.wait_for_timeout(50)
    raise TimeoutError(f"the figure stayed as it was for {timeout_s} s")


def wait_for_quiet(page: Page, timeout_s: float = 30.0, quiet_ms: int = 400) -> None:
    """Return when the page has settled: no script, no run."""
    page.evaluate("window.quietSince = 0")
    page.wait_for_function(QUIET, arg=quiet_ms, timeout=timeout_s * 1000)


def wait_for_run_end(page: Page, timeout_s: float = 60.0) -> None:
    """Return when the run that a click just started has ended, in whatever way."""
    wait_for_quiet(page, timeout_s, quiet_ms=700)


def screenshot(page: Page, name: str) -> Path:
    """Leave a picture of the whole page in the folder that git ignores."""
    SCREENSHOTS.mkdir(exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    size = page.viewport_size
    assert size is not None
    # Not the document scrolls but its main section: so the window is made as high as that.
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], int(height))})
    page.screenshot(path=path)
    page.set_viewport_size(size)
    return path
