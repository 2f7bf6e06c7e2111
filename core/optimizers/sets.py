"""Training and test data of the network experiment as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from core.data import digits, points, tables, uploads
from core.data.toys import TOYS
from core.experiment import SettingError
from core.optimizers.network import N_TEST, N_TRAIN, Settings


@dataclass(frozen=True)
class Sets:
    """Training and test data: x (n, d), y (n, 1) of 0 and 1 or one-hot (n, k), one float type."""

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor


def load(settings: Settings, rng: np.random.Generator) -> Sets:
    """Training and test data of the settings, float32. The digits' parts are always the same."""
    if settings.data == "digits":
        return digit_sets()
    if settings.data in ("drawn", "upload"):
        x, y = _own(settings)
        order, cut = rng.permutation(len(y)), len(y) * 4 // 5
        return _cut(x[order], y[order], cut)
    return _cut(*TOYS[settings.data](N_TRAIN + N_TEST, rng, settings.noise), N_TRAIN)


def _own(settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """The reader's points, x (n, 2) and y (n,). Raises SettingError for a file that is not here."""
    if settings.data == "drawn":
        return points.decode(settings.points, classes=2)
    try:
        return tables.points_of_csv(uploads.get(settings.upload))[:2]
    except (uploads.Missing, tables.TableError) as error:
        raise SettingError("upload", settings.upload, f"a file kept here. {error}") from None


def digit_sets() -> Sets:
    """Four fifths of the digits to learn from, one fifth to test with; pixels from -1 to 1."""
    images, labels = digits.load()
    learn, test = digits.split(labels, (0.8, 0.2))
    x, y = torch.from_numpy(images * 2 - 1), one_hot(torch.from_numpy(labels)).float()
    return Sets(x[learn], y[learn], x[test], y[test])


def _cut(x: np.ndarray, y: np.ndarray, cut: int) -> Sets:
    xs, ys = torch.from_numpy(x), torch.from_numpy(y).float()[:, None]
    return Sets(xs[:cut], ys[:cut], xs[cut:], ys[cut:])
