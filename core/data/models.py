"""Trained models: those that ship, by name, and finished runs of the readers, by the run's key.

What ships lies in ``data/models``. Weights of runs lie in the folder that GLASSBOX_MODELS names;
GLASSBOX_MODELS_MB bounds it (256). A model is a set of arrays, read without unpickling.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.data.shelf import Shelf

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "models"
SHELF = Shelf("models", "GLASSBOX_MODELS", 256.0)

Arrays = dict[str, np.ndarray]


class Missing(KeyError):
    """No such model is kept here, or not any more. ``str`` is a sentence for the reader."""

    def __str__(self) -> str:
        return "The model of this link is not on this server: train it again, or take another."


def shipped() -> list[str]:
    """The names of the models that ship."""
    return sorted(path.stem for path in SHIPPED.glob("*.npz"))


def has(name: str) -> bool:
    """Whether a model of that name or key is here."""
    return name in shipped() or SHELF.has(name)


def load(name: str) -> Arrays:
    """The arrays of a model, by the name of a shipped one or the key of a kept run.

    Raises Missing where it is not here, or cannot be read.
    """
    try:
        data = (SHIPPED / f"{name}.npz").read_bytes() if name in shipped() else SHELF.get(name)
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            return {key: found[key] for key in found.files}
    except (KeyError, OSError, EOFError, ValueError, zipfile.BadZipFile):
        raise Missing(name) from None


def keep(key: str, weights: Mapping[str, np.ndarray]) -> None:
    """Keep the weights of the run of that key (64 hexadecimal digits).

    Raises ValueError where they are larger than the whole shelf, OSError where they cannot be
    written.
    """
    buffer = io.BytesIO()
    np.savez(buffer, **weights)  # type: ignore[arg-type]
    SHELF.put(key, buffer.getvalue())
