"""The command line: what it prints, where, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import catalog
from core.__main__ import main
from core.experiment import Preset
from tests.engine import toys

ROOT = Path(__file__).resolve().parents[2]
BIG = Preset(
    id="big",
    title="Many numbers",
    question="How near to nought is the mean?",
    options=("Near", "Far"),
    settings={"size": 100, "steps": 3},
    watch="the mean",
    saw="{mean:.3g}",
    why="The law of large numbers.",
    next="More of them.",
    expected=0,
    outcome=lambda metrics: 0 if abs(metrics["mean"]) < 1 else 1,
)
COUNT = replace(toys.COUNT, presets=(BIG,))
# A process of its own, whose catalog has the toys.
SHELL = """
import sys
from core import catalog
names = ("count", "raises", "facts", "learns")
catalog.CATALOG = {f"toys.{name}": f"tests.engine.toys:{name.upper()}" for name in names}
from core.__main__ import main
sys.exit(main())
"""


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalog of toys."""
    known = {
        one.name: one for one in (COUNT, toys.RAISES, toys.NOT_A_NUMBER, toys.DIVERGES, toys.EATS)
    }
    monkeypatch.setattr(catalog, "CATALOG", dict.fromkeys(known, ""))
    monkeypatch.setattr(catalog, "get", known.__getitem__)


Cli = Callable[..., tuple[int, list[Any], str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Call it; gives its status, the JSON of its lines, and what it said on standard error."""

    def call(*args: str) -> tuple[int, list[Any], str]:
        try:
            status = main(args)
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return status, [strict(line) for line in out.splitlines()], err

    return call


def strict(line: str) -> Any:
    """JSON without NaN and Infinity, which Python would read."""

    def refuse(word: str) -> Any:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(line, parse_constant=refuse)


def shell(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", SHELL, *args]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, **more
    )


def test_list_names_experiments_with_schema_and_presets(cli: Cli) -> None:
    status, (entries,), err = cli("list")
    assert (status, err) == (0, "")
    assert [entry["name"] for entry in entries] == list(catalog.CATALOG)
    count = entries[0]
    assert set(count) == {"name", "title", "settings", "presets"}
    assert count["settings"]["properties"]["steps"]["maximum"] == 1_000_000
    assert count["settings"]["properties"]["pause_ms"]["x-unit"] == "ms"
    assert count["presets"] == [
        {
            "id": "big",
            "title": "Many numbers",
            "question": "How near to nought is the mean?",
            "options": ["Near", "Far"],
            "settings": {"size": 100, "steps": 3},
        }
    ]


def test_run_prints_a_line_a_frame(cli: Cli) -> None:
    """The numbers are those of NumPy's generator with this seed."""
    status, lines, err = cli("run", "toys.count", "--set", "steps=3", "--set", "seed=5")
    assert (status, err) == (0, "")
    assert [set(line) for line in lines] == [{"step", "metrics", "timing"}] * 4
    assert [line["step"] for line in lines] == [0, 1, 2, 3]
    rng = np.random.default_rng(5)
    assert [line["metrics"]["mean"] for line in lines] == [
        float(rng.normal(size=4).mean()) for _ in range(4)
    ]


def test_a_preset_and_what_is_set_beside_it(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "out.npz"
    args = ("run", "toys.count", "--preset", "big", "--set", "steps=5", "--frames", str(file))
    status, lines, _ = cli(*args)
    assert status == 0 and [line["step"] for line in lines] == [0, 1, 2, 3, 4, 5]
    with np.load(file, allow_pickle=False) as arrays:
        assert set(arrays) == {"step", "metrics/mean", "x"}
        assert arrays["x"].shape == (6, 100)
        np.testing.assert_array_equal(arrays["step"], range(6))
        means = [line["metrics"]["mean"] for line in lines]
        np.testing.assert_array_equal(arrays["metrics/mean"], means)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["toys.count", "--set", "steps=0"], ["steps", "'0'", "a whole number from 1 to 1e+06"]),
        (["toys.count", "--set", "steps=1e308"], ["steps", "'1e308'", "a whole number"]),
        (["toys.count", "--set", "pause_ms=nan"], ["pause_ms", "'nan'", "a number from 0 to"]),
        (["toys.count", "--set", "pause_ms="], ["pause_ms", "''", "a number from 0 to"]),
        (["toys.count", "--set", "speed=1"], ["speed", "'1'", "steps, pause_ms, size, seed"]),
        (["toys.count", "--set", "seed"], ["set", "'seed'", "FIELD=VALUE"]),
        (["toys.count", "--preset", "small"], ["preset", "'small'", "big"]),
        (["toys.raises", "--preset", "big"], ["preset", "'big'", "none"]),
        (["toys.nothing"], ["experiment", "'toys.nothing'", "toys.count | toys.raises"]),
        (["toys.count", "--frames", "/no/such/folder/x.npz"], ["frames", "/no/such", "a folder"]),
        (["toys.count", "--set", "seed=a\nb"], ["seed", "'a\\nb'", "a whole number"]),
    ],
)
def test_what_is_asked_wrongly_is_one_line_and_status_2(
    cli: Cli, args: list[str], words: list[str]
) -> None:
    status, lines, err = cli("run", *args)
    assert (status, lines) == (2, [])
    assert err.count("\n") == 1 and err.endswith("\n")
    assert all(word in err for word in words), err


@pytest.mark.parametrize("args", [[], ["walk"], ["run"], ["run", "toys.count", "--sets", "a=1"]])
def test_wrong_usage_is_one_line_and_status_2(cli: Cli, args: list[str]) -> None:
    status, lines, err = cli(*args)
    assert (status, lines) == (2, []) and err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "frames", "words"),
    [
        ("toys.raises", 3, "ValueError after step 2: the cat is on the keyboard"),
        ("toys.not_a_number", 3, "At step 3, mean is not a finite number any more."),
        ("toys.diverges", 3, "The rate is too high."),
    ],
)
def test_a_run_that_fails_is_one_line_and_status_1(
    cli: Cli, tmp_path: Path, name: str, frames: int, words: str
) -> None:
    """What came before is printed, and written too."""
    file = tmp_path / "out.npz"
    status, lines, err = cli("run", name, "--frames", str(file))
    assert (status, len(lines), err) == (1, frames, words + "\n")
    with np.load(file) as arrays:
        assert len(arrays["step"]) == frames


def test_training_has_one_thread_and_agrees_bit_for_bit(tmp_path: Path) -> None:
    """In a process of its own, which must not take a thread for each core, and in this one."""
    told = shell("run", "toys.facts")
    assert strict(told.stdout)["metrics"]["threads"] == 1
    file = tmp_path / "out.npz"
    done = shell("run", "toys.learns", "--set", "steps=50", "--frames", str(file))
    assert done.returncode == 0 and done.stderr == ""
    here = list(toys.LEARNS.frames(toys.Steps(steps=50)))
    losses = [strict(line)["metrics"]["loss"] for line in done.stdout.splitlines()]
    assert losses == [frame.metrics["loss"] for frame in here]
    with np.load(file) as arrays:
        np.testing.assert_array_equal(arrays["x"], np.stack([f.arrays()["x"] for f in here]))


def test_statuses_as_the_shell_sees_them() -> None:
    bad = shell("run", "toys.count", "--set", "steps=x")
    assert (bad.returncode, bad.stdout, bad.stderr.count("\n")) == (2, "", 1)
    failed = shell("run", "toys.raises")
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1)


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = [sys.executable, "-c", SHELL, "run", "toys.count", "--set", "steps=100000"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        assert strict(process.stdout.readline())["step"] == 0
        process.stdout.close()
        assert process.wait(20) == 141
        assert process.stderr.read() == ""


def test_list_of_the_real_catalog_loads_no_heavy_library() -> None:
    """`python -m core list`, and then a look at what it has imported."""
    look = (
        "import runpy, sys\n"
        "sys.argv = ['core', 'list']\n"
        "try:\n    runpy.run_module('core', run_name='__main__')\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "heavy = [n for n in ('torch', 'sklearn', 'streamlit', 'pymc') if n in sys.modules]\n"
        "print(heavy, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr.strip() == "[]", done.stderr
    entries = strict(done.stdout)
    assert {"optimizers.race", "optimizers.network"} <= {entry["name"] for entry in entries}
    for entry in entries:
        assert entry["title"] and entry["settings"]["properties"]
