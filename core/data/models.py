"""Trained models: those that ship, by name, and finished runs of the readers, by the run's key.

What ships lies in ``data/models``. Weights of runs lie in the folder that GLASSBOX_MODELS names;
GLASSBOX_MODELS_MB bounds it (256). A model is a set of arrays in the safetensors format, which can
hold nothing that runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from core.data.shelf import Shelf

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "models"
SUFFIX = ".safetensors"
SHELF = Shelf("models", "GLASSBOX_MODELS", 256.0)

Arrays = dict[str, np.ndarray]


class Missing(KeyError):
    """No such model is kept here, or not any more. ``str`` is a sentence for the reader."""

    def __str__(self) -> str:
        return "The model of this link is not on this server: train it again, or take another."


def shipped() -> list[str]:
    """The names of the models that ship."""
    return sorted(path.stem for path in SHIPPED.glob(f"*{SUFFIX}"))


def has(name: str) -> bool:
    """Whether a model of that name or key is here."""
    return name in shipped() or SHELF.has(name)


def load(name: str) -> Arrays:
    """The arrays of a model, by the name of a shipped one or the key of a kept run.

    Raises Missing where it is not here, or cannot be read.
    """
    try:
        data = file_of(name).read_bytes() if name in shipped() else SHELF.get(name)
        found: Arrays = safetensors.load(data)
    except (KeyError, OSError, SafetensorError):
        raise Missing(name) from None
    return found


def file_of(name: str) -> Path:
    """Where a shipped model lies."""
    return SHIPPED / f"{name}{SUFFIX}"


def ship(name: str, arrays: Mapping[str, np.ndarray]) -> Path:
    """Write a model that ships; the file."""
    SHIPPED.mkdir(parents=True, exist_ok=True)
    file_of(name).write_bytes(_packed(arrays))
    return file_of(name)


def keep(key: str, weights: Mapping[str, np.ndarray]) -> None:
    """Keep the weights of the run of that key (64 hexadecimal digits).

    Raises ValueError where they are larger than the whole shelf, OSError where they cannot be
    written.
    """
    SHELF.put(key, _packed(weights))


def _packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    return bytes(safetensors.save({k: np.asarray(v, order="C") for k, v in arrays.items()}))
