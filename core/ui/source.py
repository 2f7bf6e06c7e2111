"""The very code that ran: read from its file, so that it cannot drift, without importing it."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

from core.experiment import Experiment, Settings

ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=256)
def source_of(path: str) -> str:
    """The source of ``package.module:function`` or ``package.module:Class.method``.

    Raises KeyError when the module has no such definition.
    """
    module, _, name = path.partition(":")
    file = ROOT / (module.replace(".", "/") + ".py")
    if not file.exists():
        file = ROOT / module.replace(".", "/") / "__init__.py"
    text = file.read_text(encoding="utf-8")
    body: list[ast.stmt] = ast.parse(text).body
    node: ast.stmt | None = None
    for part in name.split("."):
        node = next((one for one in body if _names(one, part)), None)
        if node is None:
            raise KeyError(f"{path} is not defined in {file.name}")
        body = getattr(node, "body", [])
    assert node is not None
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    return "\n".join(lines)


def script(experiment: Experiment, settings: Settings) -> str:
    """A script that runs exactly these settings outside of the app and prints the same numbers."""
    values = settings.canonical().model_dump(mode="json")
    lines = [
        f"    {name}={value!r}," for name, value in values.items() if name in settings.active()
    ]
    return "\n".join(
        [
            f'"""{experiment.title}, from Glassbox. Run it in the root of the repository."""',
            "",
            "import torch",
            "",
            "from core.catalog import get",
            "",
            "torch.set_num_threads(1)",
            f'experiment = get("{experiment.name}")',
            "settings = experiment.settings(",
            *lines,
            ")",
            "for frame in experiment.frames(settings):",
            "    print(frame.step, frame.metrics)",
            "",
        ]
    )


def _names(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.target.id == name
    return getattr(node, "name", None) == name
