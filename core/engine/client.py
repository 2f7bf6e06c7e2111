"""The server's end of the launcher process: start it, ask it to fork and to kill, end it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
ENVIRONMENT = {
    **dict.fromkeys(ONE_THREAD, "1"),
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # asking whether there is a GPU must not start CUDA
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # no thread may run when it forks
}
ANSWER_S = 3.0  # a launcher that has not answered after so long is not well, however busy
END_S = 5.0


class Launcher:
    """One launcher process. Any thread may ask; one thread reads :attr:`channel`.

    facts: what it said when it was ready, None before. EOFError or OSError: it is gone.
    """

    def __init__(self, warm: Sequence[str] = ()) -> None:
        ours, theirs = socket.socketpair()
        self._socket = ours
        self.channel = Connection(os.dup(ours.fileno()))
        self.facts: dict[str, Any] | None = None
        self.started = time.monotonic()
        self._lock = threading.Lock()
        self._pongs = threading.Condition()
        self._pong = 0
        self._ping = 0
        with theirs:
            self.process = self._start(theirs.fileno(), warm)

    @staticmethod
    def _start(fd: int, warm: Sequence[str]) -> subprocess.Popen[bytes]:
        # A plain Popen: multiprocessing would import the script that Streamlit runs again.
        # A session of its own: Ctrl-C in the terminal is the server's business.
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return subprocess.Popen(
            [sys.executable, "-m", "core.engine.launcher", str(fd), *warm],
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT, "PYTHONPATH": os.pathsep.join(paths)},
            pass_fds=[fd],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def fork(self, number: int) -> Connection:
        """Ask for a worker; returns our end of its pipe at once."""
        ours, theirs = Pipe()
        with theirs, self._lock:
            self.channel.send(("fork", number))
            socket.send_fds(self._socket, [b"+"], [theirs.fileno()])
        return ours

    def kill(self, number: int) -> None:
        """End a worker; nothing if the launcher is gone, for then the worker is too."""
        with suppress(OSError), self._lock:
            self.channel.send(("kill", number))

    def answers(self) -> bool:
        """Whether it is ready and answers within ANSWER_S."""
        if self.facts is None:
            return False
        with self._pongs:
            self._ping += 1
            mine = self._ping
            try:
                with self._lock:
                    self.channel.send(("ping", mine))
            except OSError:  # it is gone
                return False
            return self._pongs.wait_for(lambda: self._pong >= mine, ANSWER_S)

    def pong(self, number: int) -> None:
        """Its answer, from the thread that reads."""
        with self._pongs:
            self._pong = max(self._pong, number)
            self._pongs.notify_all()

    def close(self) -> None:
        """End it and all its workers; returns when they are gone."""
        if self.facts is None:
            self.process.kill()  # it still imports and has no workers
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._socket.close()
        self.channel.close()
