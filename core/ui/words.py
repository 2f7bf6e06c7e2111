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
    papers = st.expander(
        "Checked against, and papers",
        icon=":material/menu_book:",
        key=f"{name}#papers",
        on_change="rerun",
    )
    if papers.open:
        with papers:
            st.markdown(found["Checked against"])
            st.markdown(found["Papers"])


def _code(experiment: Experiment, settings: Settings) -> None:
    for path in experiment.source(settings):
        st.caption(path)
        st.code(source.source_of(path), language="python")
    st.caption("A script that runs exactly these settings and ends at the same numbers:")
    st.code(source.script(experiment, settings), language="python")


def _step(experiment: Experiment, shown: Shown) -> None:
    if experiment.explain is None or not shown.frames or shown.active:
        return

    def body() -> None:
        at = _chosen_step(experiment, shown) if len(shown.frames) > 1 else 0
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


def _chosen_step(experiment: Experiment, shown: Shown) -> int:
    """Which frame the slider over the steps is at."""
    steps = [frame.step for frame in shown.frames]
    middle = steps[min(len(steps) - 1, max(1, len(steps) // 10))]
    step = st.select_slider(
        "Why this step? Step number", steps, middle, key=f"{experiment.name}#why"
    )
    return steps.index(step) if step in steps else len(steps) - 1
