"""Files that readers upload, kept by the SHA-256 of their content.

They lie in the folder that GLASSBOX_UPLOADS names; GLASSBOX_UPLOADS_MB bounds it (64).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from core.data.shelf import Shelf

SHELF = Shelf("uploads", "GLASSBOX_UPLOADS", 64.0)


class Missing(KeyError):
    """No file of that hash is kept here, or not any more. ``str`` is a sentence for the reader."""

    def __str__(self) -> str:
        return "The file of this link is not on this server: upload it again."


def put(data: bytes) -> str:
    """Keep a file; returns its SHA-256 as 64 lower-case hexadecimal digits.

    Raises ValueError where it is larger than the whole store, OSError where it cannot be written.
    """
    name = hashlib.sha256(data).hexdigest()
    SHELF.put(name, data)
    return name


def get(name: str) -> bytes:
    """The content of that hash; raises Missing where it is not kept, or not as it was."""
    try:
        data = SHELF.get(name)
    except KeyError:
        raise Missing(name) from None
    if hashlib.sha256(data).hexdigest() != name:
        SHELF.drop(name)
        raise Missing(name)
    return data


def has(name: str) -> bool:
    """Whether a file of that hash is kept; a look at the folder only."""
    return SHELF.has(name)


def folder() -> Path:
    """The folder they lie in."""
    return SHELF.folder()
