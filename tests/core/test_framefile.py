"""Frames to NPZ and back; expected columns worked out by hand."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import framefile
from core.experiment import Frame, same


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk(Frame):
    path: np.ndarray
    counts: np.ndarray
    extra: np.ndarray | None = None
    level: np.ndarray | None = None  # a single number


def frames() -> list[Walk]:
    """Three frames: a path that grows, counts, a field and a metric that come later, weights."""
    rng = np.random.default_rng(0)
    weights = {"layer/0": rng.normal(size=(2, 3)).astype("float32"), "bias": np.zeros(())}
    return [
        Walk(
            step=10 * n,
            metrics={"loss": 1 / (n + 1), **({"loss/adam": 0.5} if n else {})},
            timing={"steps/s": 3.0 * n},
            path=rng.normal(size=(n + 1, 2)),
            counts=np.arange(n + 2),
            extra=np.full(3, n, dtype="float32") if n else None,
            level=np.array(n / 2) if n else None,
            weights=weights if n == 2 else None,
        )
        for n in range(3)
    ]


def test_unpacked_frames_are_those_that_were_packed() -> None:
    before = frames()
    after = framefile.unpack(framefile.pack(before), Walk)
    assert len(after) == 3
    for a, b in zip(before, after, strict=True):
        assert isinstance(b, Walk)
        assert same(a, b)
        assert a.timing == b.timing
        assert {k: v.dtype for k, v in a.arrays().items()} == {
            k: v.dtype for k, v in b.arrays().items()
        }
    assert after[0].extra is None
    assert after[0].weights is None
    assert after[2].weights is not None
    assert after[2].weights["layer/0"].dtype == np.float32


def test_unpack_reads_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "run.npz"
    file.write_bytes(framefile.pack(frames()))
    assert same(framefile.unpack(str(file), Walk)[1], frames()[1])


def test_saved_columns_are_stacked_on_axis_0_and_padded() -> None:
    before = frames()
    buffer = io.BytesIO()
    framefile.save(buffer, before)
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as npz:
        columns = {name: npz[name] for name in npz.files}
    assert set(columns) == {
        "step", "metrics/loss", "metrics/loss/adam", "path", "counts", "extra", "level",
        "weights/layer/0", "weights/bias",
    }  # fmt: skip
    assert columns["step"].tolist() == [0, 10, 20]
    assert columns["metrics/loss"].tolist() == [1.0, 0.5, 1 / 3]
    assert np.isnan(columns["metrics/loss/adam"][0])
    assert columns["path"].shape == (3, 3, 2)
    assert np.isnan(columns["path"][0, 1:]).all()
    np.testing.assert_array_equal(columns["path"][1, :2], before[1].path)
    np.testing.assert_array_equal(columns["counts"], [[0, 1, 0, 0], [0, 1, 2, 0], [0, 1, 2, 3]])
    assert np.isnan(columns["extra"][0]).all()
    np.testing.assert_array_equal(columns["level"], [np.nan, 0.5, 1.0])
    assert before[2].weights is not None
    np.testing.assert_array_equal(columns["weights/layer/0"], before[2].weights["layer/0"])


def test_same_sees_every_kind_of_difference() -> None:
    """A last digit, a shape, a type, a missing field, a weight; but not measured times."""
    one = frames()[2]

    def other(**changes: Any) -> Walk:
        fields = {name: getattr(one, name) for name in one.__dataclass_fields__}
        return Walk(**{**fields, **changes})

    assert same(one, other(timing={"steps/s": 99.0}))
    assert not same(one, other(step=21))
    assert not same(one, other(metrics={**one.metrics, "loss": np.nextafter(1 / 3, 1)}))
    assert not same(one, other(path=np.nextafter(one.path, 1)))
    assert not same(one, other(path=one.path[:-1]))
    assert not same(one, other(extra=None))
    assert not same(one, other(counts=one.counts.view("uint64"))), "the same bytes of another type"
    assert not same(one, other(weights=None))
    assert one.weights is not None
    assert not same(one, other(weights={**one.weights, "bias": np.ones(())}))


def test_a_gap_equals_the_same_gap() -> None:
    """NaN in an array stands for what is not there; two equal runs have the same gaps."""
    holes = [
        Walk(step=0, metrics={}, path=np.array([1.0, np.nan]), counts=np.ones(1)) for _ in "ab"
    ]
    assert same(*holes)


def test_pickled_content_is_refused() -> None:
    """An NPZ whose array holds Python objects, which only a pickle could read."""
    buffer = io.BytesIO()
    head = np.array(json.dumps([{"step": 0, "metrics": {}, "timing": {}}]))
    parts = {"head": head, "0/path": np.array([{}], dtype=object), "0/counts": np.zeros(1)}
    np.savez(buffer, allow_pickle=True, **parts)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="allow_pickle"):
        framefile.unpack(buffer.getvalue(), Walk)
