"""Frames to NPZ and back, without pickle: for downloads, shipped runs and the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np

from core.experiment import Frame


def save(file: BinaryIO | str, frames: Sequence[Frame]) -> None:
    """Write frames as NPZ: ``step``, ``metrics/<name>``, each array field stacked on axis 0.

    Array fields whose shape changes from frame to frame are padded with NaN (or 0 for integers)
    at the end of each axis. Weights of the last frame are ``weights/<name>``.
    A metric that a frame lacks is NaN there.
    """
    np.savez_compressed(file, allow_pickle=False, **table(frames))


def table(frames: Sequence[Frame]) -> dict[str, np.ndarray]:
    """The columns that :func:`save` writes."""
    out: dict[str, np.ndarray] = {"step": np.array([f.step for f in frames])}
    names = dict.fromkeys(name for f in frames for name in f.metrics)
    for name in names:
        out[f"metrics/{name}"] = np.array([f.metrics.get(name, np.nan) for f in frames])
    arrays = [f.arrays() for f in frames]
    for name in dict.fromkeys(name for one in arrays for name in one):
        out[name] = _stack([one.get(name) for one in arrays])
    for name, value in (frames[-1].weights or {}).items():
        out[f"weights/{name}"] = value
    return out


def pack(frames: Sequence[Frame]) -> bytes:
    """Frames as the bytes of an NPZ that :func:`unpack` reads back exactly."""
    out: dict[str, np.ndarray] = {}
    head: list[dict[str, Any]] = []
    for i, frame in enumerate(frames):
        head.append({"step": frame.step, "metrics": frame.metrics, "timing": frame.timing})
        out |= {f"{i}/{name}": np.asarray(value) for name, value in frame.arrays().items()}
        out |= {f"{i}/weights/{name}": value for name, value in (frame.weights or {}).items()}
    out["head"] = np.array(json.dumps(head))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **out)
    return buffer.getvalue()


def unpack(data: bytes | str, frame_type: type[Frame]) -> list[Frame]:
    """Frames from the bytes (or the path) of what :func:`pack` wrote. Reads no pickle."""
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    with np.load(source, allow_pickle=False) as npz:
        head = json.loads(str(npz["head"]))
        found: list[dict[str, Any]] = [dict(one) for one in head]
        for key in npz.files:
            if key == "head":
                continue
            index, _, name = key.partition("/")
            kind, _, inner = name.partition("/")
            if kind == "weights" and inner:
                found[int(index)].setdefault("weights", {})[inner] = npz[key]
            else:
                found[int(index)][name] = npz[key]
    return [frame_type(**one) for one in found]


def _stack(values: list[np.ndarray | None]) -> np.ndarray:
    present = [np.asarray(v) for v in values if v is not None]
    shape = tuple(max(sizes) for sizes in zip(*(v.shape for v in present), strict=True))
    kind = present[0].dtype
    blank = np.nan if np.issubdtype(kind, np.floating) else 0
    out = np.full((len(values), *shape), blank, dtype=kind)
    for n, value in enumerate(values):
        if value is not None:
            out[n, ...][tuple(slice(0, size) for size in np.shape(value))] = value
    return out
