"""The layers of the design, read from the imports: who may know whom, and what the server loads."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path

import pytest

from core.catalog import CATALOG

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "core"

# What a topic may import of core, beside itself.
SHARED = {
    "controls", "data", "device", "experiment", "formula", "framefile", "measure", "nets",
    "pictures", "plot", "settings", "targets",
}  # fmt: skip
HOUSE = SHARED | {"always", "app", "catalog", "engine", "server", "ui"}
TOPICS = sorted({name.partition(".")[0] for name in CATALOG})
# A topic whose very subject is several models side by side names the others here.
SIDE_BY_SIDE: dict[str, set[str]] = {}

# What each part of the house may import of core. `ui` and `engine` know no topic.
ALLOWED = {
    "controls": set(),
    "settings": {"controls"},
    "experiment": {"controls", "settings"},
    "framefile": {"experiment"},
    "formula": set(),
    "pictures": {"controls", "data", "experiment", "settings"},
    "targets": {"controls", "data", "experiment"},
    "device": set(),
    "catalog": {"experiment"},
    "always": {"catalog", "controls", "experiment"},
    "data": {"data"},
    "plot": {"plot", "experiment"},
    "measure": {"measure", "data"},
    "nets": {"nets", "data", "device"},
    "engine": {"engine", "catalog", "device", "experiment", "framefile", "settings"},
    "server": {"engine"},
    "ui": HOUSE - {"app", "server"},
    "app": {"ui"},
    "__main__": {"catalog", "engine", "experiment", "framefile", "settings"},
}

STREAMLIT = ("core/ui/", "core/app/", "pages/")
# Costly to import: workers alone do, and modules that name them inside a function.
HEAVY = {"torch", "sklearn", "scipy", "pymc", "pytensor", "arviz", "ray", "matplotlib"}
SERVER_ROOTS = ("streamlit_app.py", "core/app/router.py", "core/__main__.py")
LONGEST = 350


def files(*folders: str) -> list[Path]:
    """The Python files of the project, or of these folders of it."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return found or [pytest.fail(f"no files in {folders}")]


PROJECT = [ROOT / "streamlit_app.py", *files("core", "pages", "tests", "scripts")]
PROJECT += sorted((ROOT / "benchmarks").rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, top: bool = False) -> set[str]:
    """The modules that a file imports, as dotted names; ``from a import b`` counts as a.b.

    top: only those that run when the file is imported, so not in functions nor for types alone.
    """
    found: set[str] = set()
    nodes = list(tree(path).body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module(path).split(".")
                keep = len(parts) - node.level + (path.name == "__init__.py")
                base = ".".join(filter(None, [*parts[:keep], base]))
            found |= {f"{base}.{alias.name}" for alias in node.names}
        elif top and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        elif top and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            nodes += node.orelse
        else:
            nodes += list(ast.iter_child_nodes(node))
    return found


def core_parts(path: Path) -> set[str]:
    """The parts of core (its folders and files) that a file imports."""
    return {one.split(".")[1] for one in imports(path) if one.startswith("core.")}


def test_imports_are_read_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader itself, on a file with every kind of import."""
    file = tmp_path / "core" / "x" / "y.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "import a.b\nfrom c import d as e\nfrom . import f\nfrom ..g import h\n"
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import i\nelse:\n    import j\n"
        "try:\n    import k\nexcept ImportError:\n    pass\n"
        "class C:\n    import m\n    def n(self):\n        import o\n"
    )
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    late = {"i", "o"}
    always = {"a.b", "c.d", "core.x.f", "core.g.h", "typing.TYPE_CHECKING", "j", "k", "m"}
    assert imports(file) == always | late
    assert imports(file, top=True) == always


def test_every_part_of_core_has_its_place() -> None:
    parts = {path.stem for path in CORE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert parts - {"__init__", "__pycache__"} <= {*ALLOWED, *TOPICS}


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_knows_the_shared_parts_and_itself(topic: str) -> None:
    allowed = SHARED | {topic} | SIDE_BY_SIDE.get(topic, set())
    for path in files(f"core/{topic}"):
        assert core_parts(path) <= allowed, name(path)


@pytest.mark.parametrize("part", sorted(ALLOWED))
def test_a_part_of_the_house_knows_no_more_than_it_needs(part: str) -> None:
    for path in [*CORE.glob(f"{part}.py"), *(CORE / part).rglob("*.py")]:
        assert core_parts(path) <= ALLOWED[part], name(path)


# What callers may know of the engine, and what is the local one's own business.
OFFERED = {
    "get_engine", "api.Engine", "limits.QueueFull", "run.Run", "guard.finite", "guard.guarded",
    "guard.in_words",
}  # fmt: skip
LOCAL = {"client", "crew", "launcher", "local", "roster", "watch", "worker"}


def test_callers_know_the_interface_of_the_engine_and_no_engine() -> None:
    """Another one can then be added without a change in any caller."""
    callers = [p for p in PROJECT if not name(p).startswith(("core/engine/", "tests/", "bench"))]
    known = {one for path in callers for one in imports(path) if one.startswith("core.engine")}
    found = {one.removeprefix("core.engine.") for one in known}
    assert "get_engine" in found and found <= OFFERED, found - OFFERED
    entries = [one.rpartition(".")[0] or "__init__" for one in OFFERED]
    seen = loaded_from([(CORE / "engine" / f"{one}.py", "a caller") for one in entries])
    assert "core/engine/kept.py" in seen
    assert not set(seen) & {f"core/engine/{one}.py" for one in LOCAL}


def test_pages_arrange_what_ui_and_a_topic_offer() -> None:
    for path in files("pages"):
        assert core_parts(path) <= {"ui", "catalog", *TOPICS}, name(path)
        defined = [n.name for n in tree(path).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        assert defined == [], f"{name(path)} defines {defined}"


def test_only_ui_router_and_pages_import_streamlit() -> None:
    for path in [ROOT / "streamlit_app.py", *files("core", "pages")]:
        if any(one.split(".")[0] == "streamlit" for one in imports(path)):
            assert name(path).startswith(STREAMLIT) or name(path) == "streamlit_app.py", name(path)


def test_the_router_stands_alone_in_its_folder() -> None:
    """Streamlit puts this folder first on sys.path: a code.py in it would shadow the library's."""
    there = {path.name for path in (CORE / "app").iterdir()} - {"__pycache__"}
    assert there == {"router.py"}


def test_pages_hold_sections_only() -> None:
    """A page directly in pages/ would wake Streamlit's old page discovery."""
    assert [path.name for path in (ROOT / "pages").iterdir() if path.is_file()] == []


def loaded_by_the_server() -> dict[str, str]:
    """Files that the server imports, each with the file that does: from the roots on."""
    catalog = [target.partition(":")[0] for target in CATALOG.values()]
    start = [*(ROOT / root for root in SERVER_ROOTS), *files("pages", "core/ui")]
    waiting = [(path, "the server") for path in start if path.exists()]
    waiting += [(CORE.parent / f"{one.replace('.', '/')}.py", "the catalog") for one in catalog]
    return loaded_from(waiting)


def loaded_from(waiting: list[tuple[Path, str]]) -> dict[str, str]:
    """Files that importing these leads to, each with the one that does; so far as they are ours."""
    seen: dict[str, str] = {}
    while waiting:
        path, by = waiting.pop()
        if not path.exists() or name(path) in seen:
            continue
        seen[name(path)] = by
        for one in imports(path, top=True):
            parts = one.split(".")
            for size in range(1, len(parts) + 1):
                stem = ROOT.joinpath(*parts[:size])
                waiting += [
                    (stem.with_suffix(".py"), name(path)),
                    (stem / "__init__.py", name(path)),
                ]
    return seen


def test_nothing_that_the_server_loads_imports_torch_or_its_like() -> None:
    for file, by in loaded_by_the_server().items():
        heavy = {one.split(".")[0] for one in imports(ROOT / file, top=True)} & HEAVY
        assert not heavy, f"{file}, which {by} loads, imports {heavy} at module level"


def test_the_server_loads_every_experiment() -> None:
    """The closure above is not empty by mistake."""
    seen = loaded_by_the_server()
    assert {"core/experiment.py", "core/ui/player.py", "core/engine/__init__.py"} <= set(seen)
    assert {f"{t.partition(':')[0].replace('.', '/')}.py" for t in CATALOG.values()} <= set(seen)


LOOK = "import json, sys; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after running code."""
    run = [sys.executable, "-c", f"{code}\n{LOOK}"]
    out = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert out.returncode == 0, out.stderr
    return set(json.loads(out.stdout.splitlines()[-1]))


def test_listing_the_catalog_leaves_torch_alone() -> None:
    code = (
        "import runpy, sys\nsys.argv = ['core', 'list']\n"
        "try:\n    runpy.run_module('core', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
    )
    assert not loaded_after(code) & (HEAVY | {"streamlit"})


def test_loading_all_that_a_page_needs_leaves_torch_alone() -> None:
    """The modules, settings and schemas, and every picture and formula of the shipped runs."""
    code = (
        "import core.server, core.ui.player, core.ui.lesson, core.ui.words, core.ui.share\n"
        "from core import framefile\n"
        "from core.catalog import CATALOG, get\n"
        "for name in CATALOG:\n"
        "    one = get(name)\n"
        "    settings = one.settings()\n"
        "    settings.key(), settings.schema(), one.source(settings)\n"
        "    frames = framefile.unpack(f'data/runs/{name}.npz', one.frame)\n"
        "    one.figures(settings, frames, len(frames) - 1)\n"
        "    one.explain and one.explain(settings, frames, len(frames) - 1)\n"
    )
    assert not loaded_after(code) & HEAVY


def calls(path: Path) -> set[str]:
    """The names of the functions that a file calls, as written."""
    return {ast.unparse(n.func) for n in ast.walk(tree(path)) if isinstance(n, ast.Call)}


UNSAFE = {
    "eval", "exec", "compile", "__import__", "pickle.load", "pickle.loads", "pickle.Unpickler",
    "marshal.loads", "torch.load", "joblib.load", "os.system", "yaml.load",
}  # fmt: skip


def unsafe(path: Path) -> set[str]:
    """What a file does to make code of text, or objects of bytes."""
    found = calls(path) & UNSAFE
    if name(path).startswith("core/engine/"):  # its own pipes, between its own processes
        found -= {"pickle.loads", "pickle.load"}
    if not name(path).startswith("tests/"):
        options = [node for node in ast.walk(tree(path)) if isinstance(node, ast.keyword)]
        texts = {f"{node.arg}={ast.unparse(node.value)}" for node in options}
        found |= texts & {"allow_pickle=True", "shell=True", "weights_only=False"}
    return found


def test_no_code_is_made_of_text_and_nothing_is_unpickled() -> None:
    assert {name(path): found for path in PROJECT if (found := unsafe(path))} == {}


def test_files_stay_short() -> None:
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in PROJECT}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}


def test_lesson_texts_are_utf8_and_say_something() -> None:
    texts = sorted((ROOT / "pages").rglob("*.md"))
    assert texts
    for path in texts:
        text = path.read_bytes().decode("utf-8")
        assert text.strip(), name(path)
        assert "\ufffd" not in text, f"{name(path)} holds a replacement character"
        assert "\r" not in text, name(path)


@pytest.mark.parametrize("experiment", sorted(CATALOG))
def test_every_experiment_has_its_words(experiment: str) -> None:
    topic, _, part = experiment.partition(".")
    assert list((ROOT / "pages").glob(f"*/{topic}/{part}.md")), f"no text for {experiment}"


def quoted(text: str) -> dict[str, list[str]]:
    """The Python that a Markdown text quotes, by the file that its first line names."""
    found: dict[str, list[str]] = {}
    for block in re.findall(r"^ *```python\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE):
        head, _, body = textwrap.dedent(block).partition("\n")
        found.setdefault(head.removeprefix("# "), []).append(body)
    return found


def test_contributing_quotes_code_that_is_there() -> None:
    found = quoted((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert found
    for file, bodies in found.items():
        source = (ROOT / file).read_text(encoding="utf-8")
        assert [body for body in bodies if body not in source] == [], file


def test_every_make_target_that_is_promised_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for file in ("CONTRIBUTING.md", "README.md", "CHANGELOG.md"):
        promised = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / file).read_text("utf-8")))
        words = {"sure", "it", "installs"}
        assert promised - words <= targets, file
