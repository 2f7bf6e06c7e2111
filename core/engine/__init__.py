"""The engine: runs experiments in worker processes. :func:`get_engine` is the way in."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.engine.api import Engine

HOLDER = "_glassbox_engine"
"""A module of no file in sys.modules: when a source file is edited, Streamlit drops all modules
that have one, and a second engine beside the first must not come of it."""


def get_engine() -> Engine:
    """The engine of this process, started when first asked for, and anew after it was closed.

    GLASSBOX_ENGINE chooses which: "local" is the default and the only one so far.
    Raises ValueError for another. Safe from any thread.
    """
    holder: Any = sys.modules.setdefault(HOLDER, _Holder(HOLDER))
    with holder.lock:
        if holder.engine is None or holder.engine.closed:
            holder.engine = _start(os.environ.get("GLASSBOX_ENGINE") or "local")
            atexit.register(holder.engine.close)
        engine: Engine = holder.engine
        return engine


class _Holder(ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.lock = threading.Lock()
        self.engine: Engine | None = None


def _start(kind: str) -> Engine:
    if kind != "local":
        raise ValueError(f"GLASSBOX_ENGINE: given {kind!r}, allowed: local")
    from core.catalog import CATALOG
    from core.engine.local import LocalEngine

    return LocalEngine(warm=list(CATALOG.values()))
