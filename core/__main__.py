"""The command line: ``python -m core list`` and ``python -m core run NAME``.

Runs here and now, without an engine: a JSON line a frame on standard output. Exit status: 0 done,
1 the run failed, 2 it was asked for wrongly; 1 and 2 with one line on standard error.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # before numpy and torch load: as in the workers, for equal runs

import argparse  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from contextlib import closing  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

from core import catalog, framefile  # noqa: E402
from core.engine.guard import finite, guarded, in_words  # noqa: E402
from core.experiment import Experiment, Frame, SettingError, Settings  # noqa: E402

BROKEN_PIPE = 141  # what a shell says of a program that SIGPIPE ended
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say; returns the exit status."""
    asked = _parser().parse_args(argv)
    try:
        status: int = asked.do(asked)
        sys.stdout.flush()
        return status
    except SettingError as error:
        return _fail(2, str(error))
    except BrokenPipeError:  # whoever read has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED


def list_all(asked: argparse.Namespace) -> int:
    """Print every experiment with its settings' schema and its presets."""
    print(json.dumps([_entry(catalog.get(name)) for name in catalog.CATALOG], allow_nan=False))
    return 0


def run(asked: argparse.Namespace) -> int:
    """Run one experiment, a JSON line a frame."""
    experiment = _experiment(asked.name)
    settings = _settings(experiment, asked.preset, asked.set)
    file = _writable(asked.frames)
    frames: list[Frame] = []
    step, status = 0, 0
    try:
        with closing(guarded(experiment.frames(settings))) as source:
            for frame in source:
                step = frame.step
                print(_line(frame), flush=True)
                if file is not None:
                    frames.append(frame)
    except BrokenPipeError:
        raise
    except Exception as error:
        status = _fail(1, in_words(error, step).message)
    if file is not None and frames:
        with file.open("wb") as stream:
            framefile.save(stream, frames)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="Run Glassbox experiments from the shell.")
    commands = parser.add_subparsers(required=True, metavar="list | run")
    listing = commands.add_parser("list", help="every experiment, as a JSON array")
    listing.set_defaults(do=list_all)
    running = commands.add_parser("run", help="run one experiment, a JSON line a frame")
    running.add_argument("name", help="topic.experiment, as list names it")
    running.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
    running.add_argument("--preset", metavar="ID", help="start from this preset's settings")
    running.add_argument("--frames", metavar="OUT.npz", help="write the arrays of all frames here")
    running.set_defaults(do=run)
    return parser


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where to read on."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message} (see {self.prog} --help)\n")


def _entry(experiment: Experiment) -> dict[str, Any]:
    return {
        "name": experiment.name,
        "title": experiment.title,
        "settings": experiment.settings.schema(),
        "presets": [_preset(experiment, preset.id) for preset in experiment.presets],
    }


def _preset(experiment: Experiment, id: str) -> dict[str, Any]:
    preset = experiment.preset(id)
    settings = experiment.preset_settings(id).model_dump(mode="json", include=set(preset.settings))
    words = {"id": id, "title": preset.title, "question": preset.question}
    return words | {"options": list(preset.options), "settings": settings}


def _experiment(name: str) -> Experiment:
    if name not in catalog.CATALOG:
        raise SettingError("experiment", name, " | ".join(catalog.CATALOG))
    return catalog.get(name)


def _settings(experiment: Experiment, preset: str | None, pairs: list[str]) -> Settings:
    """The preset's settings, or the defaults, with the pairs FIELD=VALUE put in."""
    known = {one.id: one.settings for one in experiment.presets}
    if preset is not None and preset not in known:
        raise SettingError("preset", preset, " | ".join(known) or "none, it has no presets")
    base = known[preset] if preset is not None else {}
    return experiment.settings.parse(dict(_pair(text) for text in pairs), base)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise SettingError("set", text, "FIELD=VALUE")
    return name.strip(), value


def _writable(path: str | None) -> Path | None:
    """The file to write, found out before the run and not after it."""
    if path is None:
        return None
    file = Path(path)
    if file.is_dir() or not os.access(file.parent, os.W_OK):
        raise SettingError("frames", path, "a file in a folder that exists and can be written to")
    return file


def _line(frame: Frame) -> str:
    parts = {"step": frame.step, "metrics": frame.metrics, "timing": finite(frame.timing)}
    return json.dumps(parts, allow_nan=False)


def _fail(status: int, words: str) -> int:
    print(" ".join(words.split()), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
