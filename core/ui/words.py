"""A lesson's words: Markdown files beside the page, with numbers from the stored runs in them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from core.experiment import Experiment, Settings
from core.ui import source
from core.ui.runs import SHIPPED, Shown
from core.ui.sentences import inside

NUMBER = re.compile(r"\[\[([\w.:-]+) ([\w/-]+) ([^\]]+)\]\]")
PARTS = ("Idea", "Formula", "Checked against", "Papers")


@lru_cache(maxsize=64)
def parts(file: Path, experiment: str) -> dict[str, str]:
    """The parts of a lesson text by heading; ``[[preset metric .1f]]`` becomes a stored number.

    Of another experiment's preset where it says ``[[gan.plane:grid modes .0f]]``.
    """
    text = file.read_text(encoding="utf-8")
    text = NUMBER.sub(lambda m: format(stored(experiment, m[1])[m[2]], m[3]), text)
    chunks = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {
        head.strip(): body.strip() for head, body in zip(chunks[1::2], chunks[2::2], strict=True)
    }


def stored(experiment: str, preset: str) -> Mapping[str, float]:
    """The final metrics of a preset's stored run; ``topic.experiment:preset`` of another's."""
    table = json.loads((SHIPPED / "metrics.json").read_text(encoding="utf-8"))
    other, _, id = preset.rpartition(":")
    found: Mapping[str, float] = table[other or experiment][id]
    return found


def topics(formula: str) -> list[str]:
    """What a Formula part is about: the bold words that its paragraphs begin with."""
    return re.findall(r"^\*\*(.+?)[.:]?\*\*", formula, flags=re.MULTILINE)


def _formula_label(formula: str) -> str:
    """The fold's label, which says what is in it, so that a reader can find it unopened."""
    named = [inside(topic) for topic in topics(formula)]
    return f"Formula: {', '.join(named)}" if named else "Formula"


def show(experiment: Experiment, settings: Settings, shown: Shown, folder: Path) -> None:
    """Idea, formula with this step's numbers, the code that ran, a script, papers."""
    name = experiment.name
    found = parts(folder / f"{name.partition('.')[2]}.md", name)
    st.subheader("The idea", anchor=False)
    st.markdown(found["Idea"])
    formula = _fold(name, "maths", _formula_label(found["Formula"]), "function")
    if formula.open:
        with formula:
            st.markdown(found["Formula"])
            _step(experiment, shown)
    code = _fold(name, "code", "The code that ran", "code")
    if code.open:
        with code:
            _code(experiment, settings)
    papers = _fold(name, "papers", "Checked against, and papers", "menu_book")
    if papers.open:
        with papers:
            st.markdown(found["Checked against"])
            st.markdown(found["Papers"])


def _fold(name: str, what: str, label: str, icon: str) -> ExpanderContainer:
    """A fold that is open as its like was last, on whichever experiment, and folded at first."""
    state, key, left = st.session_state, f"{name}#{what}", f"fold#{what}"
    # Streamlit forgets an expander that is not on the page.
    state.setdefault(key, state.get(left, False))
    fold = st.expander(label, icon=f":material/{icon}:", key=key, on_change="rerun")
    state[left] = bool(fold.open)
    return fold


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
    told = {frame.step: experiment.stop(frame) for frame in shown.frames}
    step = st.select_slider(
        "Why this step? Step number" if experiment.clock == "step" else f"At {experiment.clock}",
        steps,
        middle,
        format_func=lambda step: told[step],
        key=f"{experiment.name}#why",
    )
    return steps.index(step) if step in steps else len(steps) - 1
