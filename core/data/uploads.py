"""Files that readers upload, kept by the SHA-256 of their content.

They lie in the folder that GLASSBOX_UPLOADS names, else in one of this user's alone in the
temporary directory of the system. The server writes them; workers read the same folder.
GLASSBOX_UPLOADS_MB bounds it (64): the longest unused go first. Nothing in a path comes from a
reader, and no file is run or unpickled.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

MOST_MB = 64.0
STALE_S = 3600.0  # age of a half-written file that nobody finishes any more
_HASH = re.compile(r"[0-9a-f]{64}")


class Missing(KeyError):
    """No file of that hash is kept here, or not any more. ``str`` is a sentence for the reader."""

    def __str__(self) -> str:
        return "The file of this link is not on this server: upload it again."


def put(data: bytes) -> str:
    """Keep a file; returns its SHA-256 as 64 lower-case hexadecimal digits.

    Raises ValueError where it is larger than the whole store, OSError where it cannot be written.
    """
    if len(data) > most_bytes():
        raise ValueError(f"The file has {len(data):,} bytes; this server keeps {most_bytes():,}.")
    name, home = hashlib.sha256(data).hexdigest(), folder()
    handle, part = tempfile.mkstemp(prefix=".part-", dir=home)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(part, home / name)
    except BaseException:
        os.unlink(part)
        raise
    _trim(home, name)
    return name


def get(name: str) -> bytes:
    """The content of that hash; raises Missing where it is not kept, or not as it was."""
    if not _HASH.fullmatch(name):
        raise Missing(name)
    path = folder() / name
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Missing(name) from None
    if hashlib.sha256(data).hexdigest() != name:
        path.unlink(missing_ok=True)
        raise Missing(name)
    with suppress(OSError):
        os.utime(path)  # used now
    return data


def has(name: str) -> bool:
    """Whether a file of that hash is kept; a look at the folder only."""
    return bool(_HASH.fullmatch(name)) and (folder() / name).is_file()


def folder() -> Path:
    """The folder, made where it is not there yet.

    Raises PermissionError where the one in the temporary directory is open to other users.
    """
    if given := os.environ.get("GLASSBOX_UPLOADS"):
        path = Path(given)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path
    me = os.getuid() if hasattr(os, "getuid") else 0
    path = Path(tempfile.gettempdir()) / f"glassbox-uploads-{me}"
    path.mkdir(mode=0o700, exist_ok=True)
    facts = path.lstat()  # another user may have made it, or a link of that name, before us
    if hasattr(os, "getuid") and (facts.st_uid != me or stat.S_IMODE(facts.st_mode) & 0o077):
        raise PermissionError(f"{path} is open to other users; set GLASSBOX_UPLOADS to a folder")
    return path


def most_bytes() -> int:
    """How much the folder may hold; ValueError where the environment gives no such number."""
    text = os.environ.get("GLASSBOX_UPLOADS_MB") or str(MOST_MB)
    if not re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        raise ValueError(f"GLASSBOX_UPLOADS_MB: given {text!r}, allowed: a number of megabytes")
    return int(float(text) * 1_000_000)


def _trim(home: Path, newest: str) -> None:
    """Remove what is over the bound, the longest unused first, and never the newest."""
    kept: list[tuple[int, int, Path]] = []
    for path in home.iterdir():
        with suppress(FileNotFoundError):  # another process trims too
            facts = path.stat()
            if path.name.startswith(".part-") and facts.st_mtime < time.time() - STALE_S:
                path.unlink()
            elif _HASH.fullmatch(path.name) and path.name != newest:
                kept.append((facts.st_mtime_ns, facts.st_size, path))
    room = most_bytes() - (home / newest).stat().st_size
    for _, size, path in sorted(kept, reverse=True):
        room -= size
        if room < 0:
            path.unlink(missing_ok=True)
