"""A worker: one forked process that waits for a job, runs it and sends its frames.

When a job is done it waits for another; the server ends those that it does not keep. After a job
that failed it ends by itself.

What it sends, pickled: ("begun",), ("frame", seconds of its own time, Frame), ("done",),
("failed", fields of a RunError). Backpressure is the pipe's: it waits while nobody reads.
"""

from __future__ import annotations

import importlib
import logging
import math
import os
import pickle
import signal
import sys
import time
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any, TypedDict

from core.engine.guard import guarded, in_words
from core.experiment import Frame, resolve

log = logging.getLogger(__name__)


class Job(TypedDict):
    """What a worker is told: plain values only."""

    run: str  # import string of the generator function
    settings_class: str  # module:qualname
    settings: dict[str, Any]
    steps: int  # the step limit
    memory: int  # bytes beyond those at the start
    frame: int  # bytes of one frame


def main(conn: Connection) -> None:
    """Do one job after the other, until one fails or the server ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides
    with suppress(EOFError, OSError):  # the server, or its interest, is gone
        done = True
        while done:
            job: Job = conn.recv()
            if changed():
                forget()
            fresh = importlib.import_module("core.engine.worker")
            done = fresh.perform(conn, job)


def perform(conn: Connection, job: Job) -> bool:
    """Run the job and send what comes of it; whether it was done to its end."""
    _send(conn, "begun")
    step = 0
    try:
        limit_memory(job["memory"])
        busy = -time.perf_counter()
        with closing(frames(job)) as source:
            for frame in source:
                step = frame.step
                busy += time.perf_counter()
                _send(conn, "frame", busy, frame, most=job["frame"])
                busy -= time.perf_counter()
    except OSError as error:
        if isinstance(error, BrokenPipeError | ConnectionResetError):
            raise
        _fail(conn, error, step)
    except Exception as error:
        _fail(conn, error, step)
    else:
        _send(conn, "done")
        return True
    return False


def frames(job: Job) -> Generator[Frame]:
    """The frames of the job, checked."""
    settings = _class(job["settings_class"])(**job["settings"]).canonical()
    yield from guarded(resolve(job["run"])(settings), job["steps"])


def limit_memory(extra: int) -> None:
    """Let this process take so many bytes more than it has; where the system can limit it."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_data_bytes() + extra, hard))


def note_sources() -> None:
    """Remember which of our files this process has imported; for the launcher, before it forks.

    A worker that looked through all modules itself would copy the memory of each: 17 ms.
    """
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    SOURCES.update({n: f for n, f in files.items() if f and n.partition(".")[0] == "core"})


def changed() -> bool:
    """Whether a file of ours has changed since this process imported it (a developer edits)."""
    return any(not os.path.exists(f) or os.path.getmtime(f) > STARTED for f in SOURCES.values())


def forget() -> None:
    """Drop our modules, so that they are imported again as the files now are."""
    for name in SOURCES:
        sys.modules.pop(name, None)


def _fail(conn: Connection, error: Exception, step: int) -> None:
    words = asdict(in_words(error, step))
    if words["kind"] == "memory":
        _lift_memory_limit()
    if words["kind"] in ("error", "crash"):
        log.error("a run failed at step %s", step, exc_info=error)
    _send(conn, "failed", words)


def _lift_memory_limit() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _send(conn: Connection, *message: Any, most: float = math.inf) -> None:
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    if len(data) > most:
        raise MemoryError
    conn.send_bytes(data)


def _data_bytes() -> int:
    """Bytes of private writable memory that this process has mapped, as RLIMIT_DATA counts them."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmData"))
    return int(line.split()[1]) * 1024


def _class(path: str) -> Any:
    module, _, names = path.partition(":")
    found: Any = importlib.import_module(module)
    for name in names.split("."):
        found = getattr(found, name)
    return found


STARTED = time.time()
SOURCES: dict[str, str] = {}  # module name -> file
