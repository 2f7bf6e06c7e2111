"""Answers of the autoencoders that ship, kept, and what their networks make of a code."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch

from core.vae.nets import Autoencoder, load
from core.vae.plane import PLANE, Frame, Settings

CLEAR = 1.6 / 255  # what rounding to bytes, and half precision in another order, may change


@cache
def asked(**changes: Any) -> Frame:
    (frame,) = PLANE.frames(Settings(**changes))
    assert isinstance(frame, Frame)
    return frame


@cache
def net(name: str) -> Autoencoder:
    return load(name)


def decoded(name: str, code: np.ndarray, told: int) -> np.ndarray:
    """What the network makes of one code: the decoder itself, after the nearest entry of a book."""
    model = net(name)
    z = np.asarray(code, np.float32)
    if model.spec.codes:
        book = model.book.numpy()
        parts = z.reshape(model.spec.tokens, -1)
        z = np.concatenate([book[((book - part) ** 2).sum(1).argmin()] for part in parts])
    y = torch.tensor([told])
    with torch.no_grad():
        out = torch.sigmoid(model.decode(torch.from_numpy(z)[None], y))
    return np.asarray(out.reshape(model.spec.side, -1).numpy())


def alike(image: np.ndarray, exact: np.ndarray) -> bool:
    return bool(abs(image / 255 - exact).max() < CLEAR)


def place(frame: Frame, x: float, y: float) -> np.ndarray:
    """The latent numbers at a place of a map whose edges are -3 and 3."""
    (x0, x1), (y0, y1) = frame.reach.astype(float)
    return np.array([x0 + (x + 3) / 6 * (x1 - x0), y0 + (y + 3) / 6 * (y1 - y0)])
