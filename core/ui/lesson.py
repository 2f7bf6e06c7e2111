"""The lesson around the player: which experiment, the question, try this, numbers, words."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from core.catalog import get
from core.controls import Choice, Choices
from core.experiment import Experiment, Preset, Settings
from core.ui import address, always, clicks, pins, share
from core.ui import numbers as table
from core.ui.lessons import Lesson
from core.ui.runs import Shown
from core.ui.sentences import inside


def choose(lesson: Lesson) -> Experiment:
    """The page's head: its title and the experiments of it, one shown at a time.

    The words on the control stand in the address too, where the experiment's own name is also
    understood.
    """
    topic, title = lesson.topic, lesson.title
    clicks.follow()
    address.arrive(topic, lesson.steps)
    labels = {words: name for name, words in lesson.steps.items()}
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.header(title, anchor=False, width="content")
        chosen = st.segmented_control(
            f"{title}: which experiment",
            list(labels),
            default=next(iter(labels)),
            key=f"{topic}.see",
            bind="query-params",
            label_visibility="collapsed",
            required=True,
        )
    experiment = get(f"{topic}.{labels[chosen or next(iter(labels))]}")
    _start_at_once(experiment)
    return experiment


def _start_at_once(experiment: Experiment) -> None:
    """A link with ``go=1`` presses the button once."""
    state, went = st.session_state, f"{experiment.name}#went"
    if address.param("go") == "1" and state.get(went) != state["visit"]:
        state[went] = state["visit"]
        state[f"{experiment.name}#go"] = True


def question(experiment: Experiment, settings: Settings, problem: str) -> Preset | None:
    """The question above the picture, with its guesses. Returns the preset it belongs to."""
    notes = st.session_state.get(f"{experiment.name}#notes", [])
    if notes:
        lines = "\n".join(f"- {_escaped(note)}" for note in notes)
        words = "The link could not be taken as it is; defaults stand in."
        st.warning(f"{words}\n{lines}", icon=":material/link_off:")
    if problem:
        st.error(f"{problem}. The picture is of the settings before.", icon=":material/error:")
    preset = preset_of(experiment, settings)
    if preset is None:
        st.query_params.pop("preset", None)
        st.markdown(f"##### {experiment.question}")
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"##### {preset.question}", width="content")
        st.pills(
            "Your guess",
            list(range(len(preset.options))),
            format_func=lambda i: preset.options[i],
            key=guess_key(experiment, preset),
            label_visibility="collapsed",
        )
    return preset


def _escaped(text: str) -> str:
    """Text from a link as it is, not as Markdown."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|<>$:~-])", r"\\\1", text)


def preset_of(experiment: Experiment, settings: Settings) -> Preset | None:
    """The preset whose settings these are; the one last chosen first, seed and moves left out."""
    chosen = st.session_state.get(f"{experiment.name}#preset")
    order = sorted(experiment.presets, key=lambda preset: preset.id != chosen)
    return next((p for p in order if experiment.asks(p, settings)), None)


def guess_key(experiment: Experiment, preset: Preset) -> str:
    """Where the guess at a preset is kept."""
    return f"{experiment.name}#guess-{preset.id}"


def answer(experiment: Experiment, preset: Preset | None, shown: Shown) -> None:
    """What happened and why, once the run is over and a guess is made (or waived)."""
    if preset is None or not shown.finished or not shown.frames:
        return
    guess = st.session_state.get(guess_key(experiment, preset))
    waived = f"{experiment.name}#told-{preset.id}"
    if guess is None and not st.session_state.get(waived):
        st.button(
            "Skip the guess, tell me",
            key=f"{waived}-button",
            type="tertiary",
            icon=":material/lightbulb:",
            on_click=_tell,
            args=(waived,),
        )
        return
    metrics = shown.frames[-1].metrics
    came = preset.outcome(metrics)
    verdict = ""
    if guess is not None:
        verdict = (
            "You guessed it. "
            if guess == came
            else f"You guessed: {inside(preset.options[guess])}. "
        )
    with st.container(border=True):
        st.markdown(f"**{verdict}{preset.options[came]}.** {_told(preset.saw, metrics)}")
        st.markdown(f"**Why.** {preset.why}")
        st.markdown(f"**Next.** {preset.next}")
        always.ask(experiment, preset)


def _told(template: str, metrics: Mapping[str, float]) -> str:
    """What was seen, in this run's numbers; nothing where a number was not reached."""
    try:
        return template.format_map(metrics)
    except KeyError:
        return ""


def _tell(key: str) -> None:
    st.session_state[key] = True


def try_this(experiment: Experiment, preset: Preset | None) -> None:
    """The presets, each a question and a link."""
    st.subheader("Try this", anchor=False)
    with st.container(horizontal=True):
        for one in experiment.presets:
            st.button(
                one.title,
                key=f"{experiment.name}#try-{one.id}",
                help=one.question,
                type="primary" if preset and one.id == preset.id else "secondary",
                on_click=apply,
                args=(experiment, one),
            )
    if preset is not None:
        st.caption(
            f"Watch: {preset.watch} [Link to this question]({preset_link(experiment, preset)})"
        )


def preset_link(experiment: Experiment, preset: Preset) -> str:
    """The address that opens a preset."""
    return address.address([*address.see(experiment), ("preset", preset.id)])


def apply(experiment: Experiment, preset: Preset) -> None:
    """Set the controls to a preset's settings."""
    st.session_state[f"{experiment.name}#preset"] = preset.id
    st.session_state[f"{experiment.name}#notes"] = []
    address.put(experiment, dict(preset.settings))


def under(experiment: Experiment, shown: Shown, lesson: Lesson) -> None:
    """What stands under the picture and follows the run: where a click leads, pin, share, download,
    the numbers.
    """
    clicks.offer(experiment, shown, lesson.steps)
    clicks.lead(experiment, shown, lesson.steps)
    share.actions(experiment, shown)
    numbers(experiment, shown)


def numbers(experiment: Experiment, shown: Shown) -> None:
    """Each metric with its good range and direction; the pinned run's beside it."""
    if not shown.frames:
        return
    before = pins.pinned(experiment)
    now, old = _final(shown), _final(before) if before else None
    st.html(table.metrics_table(now, old, experiment.good, _names(experiment)))


def _final(shown: Shown) -> dict[str, float]:
    return table.reached(shown.frames[-1].metrics, getattr(shown.settings, "steps", None))


def _names(experiment: Experiment) -> dict[str, str]:
    """The words for every choice value, as ``loss/<name>`` names its rows."""
    found: dict[str, str] = {}
    for field, control in experiment.settings.controls().items():
        if isinstance(control, Choice | Choices):
            found |= {one: control.words(one) for one in experiment.settings.choices(field)}
    return found
