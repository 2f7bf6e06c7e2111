"""The process that forks workers: it imports what they need once and then only answers.

Started as ``python -m core.engine.launcher FD EXPERIMENT ...`` by :mod:`core.engine.client`.
It speaks over the socket FD, pickled tuples both ways:

    fork, n   and one file descriptor: fork worker n around that connection
    kill, n   end worker n
    ping, x   answered by  pong, x
    ready, facts / forked, n, pid / exited, n, code    what it tells

It ends, and its workers with it, when the socket closes or on SIGTERM. It never runs autograd's
backward pass, whose threads do not survive a fork, and it has one thread.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import time
import traceback
import warnings
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from core.engine import worker

PR_SET_PDEATHSIG = 1
LIBRARIES = (
    "numpy",
    "torch",
    "torch._dynamo",  # else the first torch.optim optimizer imports it: 1.8 s
    "torch._decomp.decompositions_for_jvp",  # else the first Hessian does: 0.25 s
    "torch.profiler._cupti_monitor",  # else the first optimizer step does
    "torch.func",
    "sklearn.datasets",
    "sklearn.datasets.data",  # read through importlib.resources
    "sklearn.datasets.descr",
    "importlib.readers",
)


def main(fd: int, warm: list[str]) -> None:
    """Preload, then answer until the socket closes."""
    control = socket.socket(fileno=fd)
    wake_read, wake_write = socket.socketpair()
    for end in (wake_read, wake_write):
        end.setblocking(False)
    signal.set_wakeup_fd(wake_write.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    launcher = _Launcher(control, [wake_read, wake_write], warm)
    try:
        began = time.perf_counter()
        missing = preload(warm)
        gc.collect()
        gc.freeze()  # so that no collection in a worker touches, and copies, the shared pages
        facts = {"preload_s": round(time.perf_counter() - began, 2), "missing": missing}
        launcher.tell("ready", facts | {"threads": _threads(), "pid": os.getpid()})
        launcher.answer()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the server is gone
    finally:
        launcher.end_all()
    os._exit(0)  # taking half a gigabyte of libraries down in order takes a second


def preload(warm: list[str]) -> list[str]:
    """Import the libraries and the code of these experiments; returns what could not be."""
    missing = []
    for name in [*LIBRARIES, *warm]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _import(name)
        except Exception:  # a broken topic must not stop the others: its own runs will say why
            traceback.print_exc()
            missing.append(name)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    worker.note_sources()
    return missing


def _import(name: str) -> None:
    """Import a module; of an experiment, its own and that of its run."""
    module, _, experiment = name.partition(":")
    found = importlib.import_module(module)
    if experiment:
        importlib.import_module(getattr(found, experiment).run.partition(":")[0])


class _Launcher:
    def __init__(self, control: socket.socket, wake: list[socket.socket], warm: list[str]) -> None:
        self.control, self.wake, self.warm = control, wake, warm
        self.channel = Connection(os.dup(control.fileno()))
        self.workers: dict[int, int] = {}  # worker number -> process id

    def answer(self) -> None:
        """One request or signal after the other."""
        with selectors.DefaultSelector() as ready:
            ready.register(self.control, selectors.EVENT_READ)
            ready.register(self.wake[0], selectors.EVENT_READ)
            while True:
                sources = {key.fileobj for key, _ in ready.select()}
                if self.wake[0] in sources:
                    self.wake[0].recv(4096)
                    self.reap()
                if self.control in sources:
                    self.request(self.channel.recv())

    def request(self, message: tuple[str, int]) -> None:
        name, number = message
        if name == "fork":
            _, fds, _, _ = socket.recv_fds(self.control, 1, 1)
            self.fork(number, fds[0])
        elif name == "kill" and number in self.workers:
            os.kill(self.workers[number], signal.SIGKILL)
        elif name == "ping":
            self.tell("pong", number)

    def fork(self, number: int, fd: int) -> None:
        me = os.getpid()
        self.refresh()
        try:
            pid = os.fork()
        except OSError:  # too many processes or too little memory: that one run fails
            traceback.print_exc()
            os.close(fd)
            self.tell("exited", number, 1)
            return
        if pid == 0:
            self.become_worker(fd, me)
        os.close(fd)
        self.workers[number] = pid
        self.tell("forked", number, pid)

    def become_worker(self, fd: int, parent: int) -> NoReturn:
        """In the child: let go of what is the launcher's, work, end. Never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            end_with(parent)
            self.channel.close()
            for one in (self.control, *self.wake):
                one.close()
            worker.main(Connection(fd))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def refresh(self) -> None:
        """Import our modules anew if a file has changed (a developer edits): libraries stay."""
        global worker
        if worker.changed():
            worker.forget()
            try:
                worker = importlib.import_module("core.engine.worker")
                preload(self.warm)
            except Exception:  # a mistake in the new text of the worker itself: the old one stays
                traceback.print_exc()

    def reap(self) -> None:
        """Say which workers have ended."""
        for number, pid in list(self.workers.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del self.workers[number]
                self.tell("exited", number, os.waitstatus_to_exitcode(status))

    def end_all(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for pid in self.workers.values():
            os.kill(pid, signal.SIGKILL)
        for pid in self.workers.values():
            os.waitpid(pid, 0)

    def tell(self, *message: Any) -> None:
        self.channel.send(message)


def end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 0


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
