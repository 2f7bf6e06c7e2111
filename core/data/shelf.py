"""A folder of files under hexadecimal names, bounded in bytes: the longest unused go first.

It lies where its environment variable says, else in one of this user's alone in the temporary
directory of the system. The server writes; workers read the same folder. Nothing in a path comes
from a reader, and no file is run or unpickled.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

STALE_S = 3600.0  # age of a half-written file that nobody finishes any more
NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Shelf:
    """One such folder.

    what: its part in the name of the temporary folder, as ``uploads``. variable: the environment
    variable that names another; with ``_MB`` after it, the one that bounds it. most_mb: without.
    """

    what: str
    variable: str
    most_mb: float

    def put(self, name: str, data: bytes) -> None:
        """Keep data under a name of 64 hexadecimal digits.

        Raises ValueError where it is larger than the whole shelf, OSError where it cannot be
        written.
        """
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not 64 hexadecimal digits")
        most = self.most_bytes()
        if len(data) > most:
            raise ValueError(f"The file has {len(data):,} bytes; this server keeps {most:,}.")
        home = self.folder()
        handle, part = tempfile.mkstemp(prefix=".part-", dir=home)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(part, home / name)
        except BaseException:
            os.unlink(part)
            raise
        self._trim(home, name)

    def get(self, name: str) -> bytes:
        """What is kept under a name; KeyError where nothing is."""
        if not NAME.fullmatch(name):
            raise KeyError(name)
        path = self.folder() / name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None
        with suppress(OSError):
            os.utime(path)  # used now
        return data

    def has(self, name: str) -> bool:
        """Whether something is kept under a name; a look at the folder only."""
        return bool(NAME.fullmatch(name)) and (self.folder() / name).is_file()

    def drop(self, name: str) -> None:
        """Forget what is kept under a name, if anything is."""
        if NAME.fullmatch(name):
            (self.folder() / name).unlink(missing_ok=True)

    def folder(self) -> Path:
        """The folder, made where it is not there yet.

        Raises PermissionError where the one in the temporary directory is open to other users.
        """
        if given := os.environ.get(self.variable):
            path = Path(given)
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            return path
        me = os.getuid() if hasattr(os, "getuid") else 0
        path = Path(tempfile.gettempdir()) / f"glassbox-{self.what}-{me}"
        path.mkdir(mode=0o700, exist_ok=True)
        facts = path.lstat()  # another user may have made it, or a link of that name, before us
        open_to_all = facts.st_uid != me or stat.S_IMODE(facts.st_mode) & 0o077
        if hasattr(os, "getuid") and open_to_all:
            words = f"{path} is open to other users; set {self.variable} to a folder"
            raise PermissionError(words)
        return path

    def most_bytes(self) -> int:
        """How much the folder may hold; ValueError where the environment gives no such number."""
        variable = f"{self.variable}_MB"
        text = os.environ.get(variable) or str(self.most_mb)
        if not re.fullmatch(r"\d{1,9}(\.\d+)?", text):
            raise ValueError(f"{variable}: given {text!r}, allowed: a number of megabytes")
        return int(float(text) * 1_000_000)

    def _trim(self, home: Path, newest: str) -> None:
        """Remove what is over the bound, the longest unused first, and never the newest."""
        kept: list[tuple[int, int, Path]] = []
        for path in home.iterdir():
            with suppress(FileNotFoundError):  # another process trims too
                facts = path.stat()
                if path.name.startswith(".part-") and facts.st_mtime < time.time() - STALE_S:
                    path.unlink()
                elif NAME.fullmatch(path.name) and path.name != newest:
                    kept.append((facts.st_mtime_ns, facts.st_size, path))
        room = self.most_bytes() - (home / newest).stat().st_size
        for _, size, path in sorted(kept, reverse=True):
            room -= size
            if room < 0:
                path.unlink(missing_ok=True)
