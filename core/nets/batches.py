"""What a training loop takes its turn from: shuffled batches, seeds, the steps of its frames."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

FRAMES = 20


class Batches:
    """Endless passes over n examples, shuffled anew each; a batch may reach into the next pass."""

    def __init__(self, n: int, size: int, rng: np.random.Generator) -> None:
        self.n, self.size, self.rng = n, min(size, n), rng
        self._left = np.empty(0, np.int64)

    def next(self) -> Tensor:
        """Indices (size,) of the next batch."""
        if len(self._left) < self.size:
            self._left = np.concatenate([self._left, self.rng.permutation(self.n)])
        now, self._left = self._left[: self.size], self._left[self.size :]
        return torch.from_numpy(now)


def random(seed: np.random.SeedSequence) -> torch.Generator:
    """Torch's random generator of that seed."""
    return torch.Generator().manual_seed(int(seed.generate_state(1)[0]))


def stops(steps: int, frames: int = FRAMES) -> list[int]:
    """The steps at which there is a frame: 0, then ever further apart, to the last."""
    return sorted({round(steps * (n / frames) ** 1.5) for n in range(frames + 1)})
