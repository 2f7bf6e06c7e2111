"""What every experiment keeps, over the whole catalog: runs, frames, presets' outcomes.

At quick settings; the slow tests run the presets in full, over ten seeds.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core import framefile
from core.catalog import get
from core.experiment import Experiment, Frame, Settings, resolve, same
from core.ui.source import script, source_of
from tests.core.runs import NAMES, applying, frames, kept, presets, quick

ROOT = Path(__file__).resolve().parents[2]
MOST_FRAMES = 160
SEEDS = range(10)
AGREE = 9  # of ten seeds, those that bear a preset's expected answer out

each = pytest.mark.parametrize("name", NAMES)


def alike(a: list[Frame], b: list[Frame]) -> bool:
    return len(a) == len(b) and all(map(same, a, b))


@each
def test_it_is_what_the_catalog_says(name: str) -> None:
    experiment = get(name)
    assert experiment.name == name
    assert issubclass(experiment.settings, Settings)
    assert issubclass(experiment.frame, Frame)
    assert callable(resolve(experiment.run))
    assert experiment.presets
    assert experiment.views
    assert experiment.seconds > 0


@each
def test_equal_settings_give_equal_frames_bit_for_bit(name: str) -> None:
    experiment, settings, first = kept(name)
    assert alike(frames(experiment, settings), first)


@each
def test_another_seed_gives_other_frames(name: str) -> None:
    """Where a seed applies; where it does not, it changes nothing."""
    experiment, settings, plain = kept(name)
    if "seed" not in experiment.settings.controls():
        return
    if "seed" not in settings.active():
        assert alike(frames(experiment, quick(experiment, seed=1)), plain)
    changes = applying(experiment, "seed")
    one, other = (quick(experiment, **changes, seed=seed) for seed in (0, 1))
    assert "seed" in one.active()
    assert not alike(frames(experiment, one), frames(experiment, other))


@each
def test_frames_ascend_from_step_0_to_the_end(name: str) -> None:
    experiment, settings, run = kept(name)
    steps = [frame.step for frame in run]
    assert all(type(frame) is experiment.frame for frame in run)
    assert all(type(step) is int for step in steps)
    assert steps[0] == 0
    assert all(a < b for a, b in pairwise(steps))
    assert len(steps) <= MOST_FRAMES
    assert steps[-1] <= getattr(settings, "steps", math.inf)


@each
def test_metrics_are_finite_and_frames_clean(name: str) -> None:
    """JSON without NaN, plain arrays without objects, weights at the end only."""
    for frame in kept(name)[2]:
        parts = {"step": frame.step, "metrics": frame.metrics, "timing": frame.timing}
        assert json.loads(json.dumps(parts, allow_nan=False)) == parts
        assert all(
            isinstance(value, float) and math.isfinite(value) for value in frame.metrics.values()
        )
        for field, value in [*frame.arrays().items(), *(frame.weights or {}).items()]:
            assert isinstance(value, np.ndarray), f"{field} is {type(value).__name__}"
            assert value.dtype.kind in "fiub", f"{field} holds {value.dtype}"
    assert all(frame.weights is None for frame in kept(name)[2][:-1])


@each
def test_the_last_frame_has_numbers_to_show(name: str) -> None:
    experiment, _, run = kept(name)
    seen = {metric for _, _, other in presets(name) for metric in other[-1].metrics}
    seen |= set(run[-1].metrics)
    assert seen
    for prefix in experiment.good:
        assert any(metric.startswith(prefix) for metric in seen), f"no metric is called {prefix}..."


@each
def test_settings_and_frames_pass_through_a_pipe(name: str) -> None:
    """Pickled and back as multiprocessing's own connections do it."""
    _, settings, run = kept(name)
    assert ForkingPickler.loads(ForkingPickler.dumps(settings)) == settings
    back = [ForkingPickler.loads(ForkingPickler.dumps(frame)) for frame in run]
    assert alike(run, back)


@each
def test_frames_survive_their_file(name: str) -> None:
    experiment, _, run = kept(name)
    assert alike(run, framefile.unpack(framefile.pack(run), experiment.frame))
    columns = framefile.table(run)
    assert columns["step"].tolist() == [frame.step for frame in run]
    assert all(len(v) == len(run) for k, v in columns.items() if not k.startswith("weights/"))


@each
def test_it_stops_when_closed(name: str) -> None:
    experiment, settings, _ = kept(name)
    run: Any = experiment.frames(settings)
    next(run)
    next(run, None)
    run.close()
    assert next(run, None) is None


@each
def test_the_first_frame_comes_soon(name: str) -> None:
    """Within 0.3 s of computing, once Torch is loaded and warm; the best of five.

    Of the processor's time, not the clock's: what else the machine does is no matter here.
    """
    experiment = get(name)
    settings = experiment.preset_settings(experiment.presets[0].id)
    assert min(first_frame_s(experiment, settings) for _ in range(5)) < 0.3


def first_frame_s(experiment: Experiment, settings: Settings) -> float:
    start = time.process_time()
    run: Any = experiment.frames(settings)
    next(run)
    seconds = time.process_time() - start
    run.close()
    return seconds


def world() -> list[Any]:
    """The global state that a run must leave alone."""
    return [
        random.getstate(),
        np.random.get_state()[1].tolist(),  # type: ignore[index,union-attr]
        torch.get_rng_state().tolist(),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        torch.get_num_threads(),
        sorted(os.environ.items()),
    ]


@each
def test_runs_share_nothing(name: str) -> None:
    """Two runs that take turns give what each gives alone, and leave the world as it was."""
    experiment, settings, alone = kept(name)
    before = world()
    last = presets(name)[-1]
    turns: list[list[Frame]] = [[], []]
    waiting = [(experiment.frames(settings), turns[0]), (experiment.frames(last[1]), turns[1])]
    while waiting:
        one = waiting.pop(0)
        frame = next(one[0], None)
        assert torch.is_grad_enabled(), "between frames a run may hold no global switch"
        if frame is not None:
            one[1].append(frame)
            waiting.append(one)
    assert alike(turns[0], alone)
    assert alike(turns[1], last[2])
    assert world() == before


def shipped(name: str) -> dict[str, dict[str, float]]:
    """The final metrics of the presets' full runs, by preset, as they ship."""
    file = ROOT / "data" / "runs" / "metrics.json"
    return dict(json.loads(file.read_text(encoding="utf-8")).get(name, {}))


@each
def test_every_preset_runs_and_tells_what_was_seen(name: str) -> None:
    """In short here, and with the numbers that ship: what a cut run never reaches is in those."""
    experiment = get(name)
    assert set(shipped(name)) == {preset.id for preset in experiment.presets}
    for (id, settings, run), preset in zip(presets(name), experiment.presets, strict=True):
        assert experiment.settings.checked(settings.model_dump()) == settings
        for metrics in (shipped(name)[id], {**shipped(name)[id], **run[-1].metrics}):
            seen = preset.saw.format(**metrics)
            assert not re.search(r"[{}]|\bnan\b|\binf\b", seen)
            assert preset.outcome(metrics) in range(len(preset.options))


@each
def test_the_code_that_ran_can_be_shown(name: str) -> None:
    experiment, settings, _ = kept(name)
    for asked in [settings, *(settings for _, settings, _ in presets(name))]:
        paths = experiment.source(asked)
        assert paths
        assert all(source_of(path).strip() for path in paths)


# Runs scripts as programs of their own, one a line of its input: Torch is imported once.
RUN_EACH = """
import contextlib, io, json, runpy, sys, traceback

for line in sys.stdin:
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            runpy.run_path(line.strip(), run_name="__main__")
    except Exception:
        out.write(traceback.format_exc())
    print(json.dumps(out.getvalue()), flush=True)
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """What a script prints, outside of this process and away from the project's folder."""
    home = tmp_path_factory.mktemp("scripts")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error::SyntaxWarning"}
    command = [sys.executable, "-c", RUN_EACH]
    with subprocess.Popen(
        command, cwd=home, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin and other.stdout

        def run(code: str) -> str:
            assert other.stdin and other.stdout
            (home / "script.py").write_text(code, encoding="utf-8")
            other.stdin.write(f"{home / 'script.py'}\n")
            other.stdin.flush()
            return str(json.loads(other.stdout.readline()))

        yield run
        other.stdin.close()


@each
def test_the_exported_script_ends_at_the_same_numbers(
    name: str, printed: Callable[[str], str]
) -> None:
    experiment, settings, run = kept(name)
    said = printed(script(experiment, settings))
    assert said.splitlines()[-1] == f"{run[-1].step} {run[-1].metrics}", said


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("name", "id"), [(name, preset.id) for name in NAMES for preset in get(name).presets]
)
def test_ten_seeds_bear_the_preset_out(name: str, id: str) -> None:
    """In full: nine of ten seeds give the expected answer; one run where no seed applies."""
    experiment = get(name)
    settings = experiment.preset_settings(id)
    seeds = SEEDS if "seed" in settings.active() else [None]
    votes = [vote(experiment, id, seed) for seed in seeds]
    agree = votes.count(experiment.preset(id).expected)
    assert agree >= math.ceil(len(votes) * AGREE / 10), f"{agree} of {len(votes)}: {votes}"


def vote(experiment: Experiment, id: str, seed: int | None) -> int:
    """The option that a full run of a preset bears out; its frames are within the limit."""
    preset = experiment.preset(id)
    changes = {} if seed is None else {"seed": seed}
    run = frames(experiment, experiment.settings(**{**preset.settings, **changes}))
    assert len(run) <= MOST_FRAMES, f"{id} has {len(run)} frames"
    return preset.outcome(run[-1].metrics)
