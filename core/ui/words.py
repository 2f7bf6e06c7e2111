"""A lesson's words: Markdown files beside the page, with numbers from the stored runs in them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st

from core.experiment import Experiment, Settings
from core.ui import source
from core.ui.runs import SHIPPED, Shown

NUMBER = re.compile(r"\[\[([\w-]+) ([\w/-]+) ([^\]]+)\]\]")
PARTS = ("Idea", "Formula", "Checked against", "Papers")


@lru_cache(maxsize=64)
def parts(file: Path, experiment: str) -> dict[str, str]:
    """The parts of a lesson text by heading; ``[[preset metric .1f]]`` becomes a stored number."""
    text = file.read_text(encoding="utf-8")
    text = NUMBER.sub(lambda m: format(stored(experiment, m[1])[m[2]], m[3]), text)
    chunks = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {
        head.strip(): body.strip() for head, body in zip(chunks[1::2], chunks[2::2], strict=True)
    }


def stored(experiment: str, preset: str) -> Mapping[str, float]:
    """The final metrics of a preset's stored run."""
    table = json.loads((SHIPPED / "metrics.json").read_text(encoding="utf-8"))
    found: Mapping[str, float] = table[experiment][preset]
    return found


def show(experiment: Experiment, settings: Settings, shown: Shown, folder: Path) -> None:
    """Idea, formula with this step's numbers, the code that ran, a script, papers."""
    name = experiment.name
    found = parts(folder / f"{name.partition('.')[2]}.md", name)
    st.subheader("The idea", anchor=False)
    st.markdown(found["Idea"])
    formula = st.expander(
        "Formula", icon=":material/function:", key=f"{name}#maths", on_change="rerun"
    )
    if formula.open:
        with formula:
            st.markdown(found["Formula"])
            _step(experiment, shown)
    code = st.expander(
        "The code that ran", icon=":material/code:", key=f"{name}#code", on_change="rerun"
    )
    if code.open:
        with code:
            _code(experiment, settings)
    with st.expander(
        "Checked against, and papers", icon=":material/menu_book:", key=f"{name}#papers"
    ):
        st.markdown(found["Checked against"])
        st.markdown(found["Papers"])


def _code(experiment: Experiment, settings: Settings) -> None:
    for path in experiment.source(settings):
        st.caption(path)
        st.code(source.source_of(path), language="python")
    st.caption("A script that runs exactly these settings and ends at the same numbers:")
    st.code(source.script(experiment, settings), language="python")


def _step(experiment: Experiment, shown: Shown) -> None:
    if experiment.explain is None or len(shown.frames) < 2 or shown.active:
        return

    def body() -> None:
        steps = [frame.step for frame in shown.frames]
        middle = steps[min(len(steps) - 1, max(1, len(steps) // 10))]
        step = st.select_slider(
            "Why this step? Step number", steps, middle, key=f"{experiment.name}#why"
        )
        at = steps.index(step) if step in steps else len(steps) - 1
        assert experiment.explain is not None
        found = experiment.explain(shown.settings, shown.frames, at)
        titles = list(found)
        title = titles[0]
        if len(titles) > 1:
            title = (
                st.segmented_control(
                    "Whose step",
                    titles,
                    default=titles[0],
                    required=True,
                    key=f"{experiment.name}#whose",
                )
                or titles[0]
            )
        st.markdown(found[title])

    st.fragment(body)()


Metrics = Mapping[str, float]


def metrics_table(
    now: Metrics, old: Metrics | None, good: Mapping[str, str], names: Mapping[str, str]
) -> str:
    """The metrics as Markdown: a row each, then ``loss/adam`` as row adam, column loss.

    old: those of a pinned run. good: what is good, by metric. names: words for ``adam``.
    """
    plain = {name: value for name, value in now.items() if "/" not in name}
    tables = []
    if plain:
        tables.append(_rows(plain, old, good))
    if len(plain) < len(now):
        tables.append(_pivot(now, old, good, names))
    return "\n\n".join(tables)


def _rows(now: Metrics, old: Metrics | None, good: Mapping[str, str]) -> str:
    heads = ["measure", "now", *(["pinned"] if old else []), "good is"]
    rows = [_line(heads), "|---|" + "---:|" * (len(heads) - 2) + "---|"]
    for name, value in now.items():
        cells = [_title(name), _number(value), *([_number(old.get(name))] if old else [])]
        rows.append(_line([*cells, good.get(name, "")]))
    return "\n".join(rows)


def _pivot(
    now: Metrics, old: Metrics | None, good: Mapping[str, str], names: Mapping[str, str]
) -> str:
    whats = list(dict.fromkeys(name.partition("/")[0] for name in now if "/" in name))
    whose = list(dict.fromkeys(name.partition("/")[2] for name in now if "/" in name))
    rows = [_line(["", *(_title(what) for what in whats)]), "|---|" + "---:|" * len(whats)]
    for who in whose:
        title = names.get(who, _title(who))
        rows.append(_line([title, *(_number(now.get(f"{what}/{who}")) for what in whats)]))
        if old:
            values = [old.get(f"{what}/{who}") for what in whats]
            rows.append(_line([f"{title}, pinned", *(_number(v) for v in values)]))
    said = [f"{_title(what)}: {good[what]}." for what in whats if what in good]
    return "\n".join(rows) + (f"\n\n:small[{' '.join(said)}]" if said else "")


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _title(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e6 else f"{value:.4g}"
