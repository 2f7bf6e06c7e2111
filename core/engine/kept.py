"""The frames that are kept of a run: all of them, or evenly thinned to a limit of bytes."""

from __future__ import annotations

from core.experiment import Frame


class Kept:
    """Frames in order, bounded in bytes: thinned evenly, never cut.

    The first and the newest frame are always there; between them every ``stride``-th one,
    where the stride doubles whenever the bytes pass the limit.
    ``frames`` is replaced, never shortened in place: a reader in another thread sees whole lists.
    """

    def __init__(self, most_bytes: float) -> None:
        self.most = most_bytes
        self.frames: list[Frame] = []
        self.bytes = 0
        self.stride = 1
        self._count = 0
        self._indices: list[int] = []
        self._sizes: list[int] = []

    @property
    def thinned(self) -> bool:
        """Whether frames were left out."""
        return self.stride > 1

    def add(self, frame: Frame, size: int) -> None:
        """Take the next frame, of so many bytes."""
        if self._indices and self._indices[-1] % self.stride:
            self._keep(range(len(self.frames) - 1))  # it was there only for being the newest
        self._indices.append(self._count)
        self._sizes.append(size)
        self.frames.append(frame)
        self.bytes += size
        self._count += 1
        while self.bytes > self.most and len(self.frames) > 2:
            self.stride *= 2
            last = len(self.frames) - 1
            self._keep([n for n in range(last) if self._indices[n] % self.stride == 0] + [last])

    def _keep(self, places: range | list[int]) -> None:
        self.frames = [self.frames[n] for n in places]
        self._indices = [self._indices[n] for n in places]
        self._sizes = [self._sizes[n] for n in places]
        self.bytes = sum(self._sizes)
