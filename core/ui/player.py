"""The player: the picture, and train, pause, step, stop, reset, replay, pin and compare.

One flat fragment redraws while a run is going and is idle otherwise. When the run has ended, its
frames go to the browser as one Plotly animation, which plays and scrubs without the server.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.engine.run import Run
from core.experiment import Experiment, Figure, Settings, View
from core.plot.animation import animate, thin
from core.plot.panels import above, narrow
from core.plot.spec import PlainFigure
from core.ui import address, clicks, layers, pins, runs, stages, stale, told, zoom
from core.ui.runs import Shown
from core.ui.sentences import inside, value
from core.ui.window import is_narrow

EVERY_S = 0.2  # between live redraws; the browser draws no more than 4 to 8 a second
PAUSED_S = 2.0
QUEUED_S = 1.0  # many may wait, and each look costs those who do not
STATUS_PX = 44  # the line under the buttons: a progress bar, or what the picture is of
REPLAY_FRAMES = 80
SPEEDS = {"Full speed": None, "10 frames/s": 10.0, "3 frames/s": 3.0}
CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg", "filename": "glassbox"},
}


def show(
    experiment: Experiment, settings: Settings, under: Callable[[Shown], None] | None = None
) -> Shown:
    """Draw the player for these settings; returns what it shows, for the rest of the page.

    under: draws what stands under the picture and follows the run as it goes.
    """
    shown = runs.current(experiment, settings)
    if st.session_state.pop(f"{experiment.name}#go", False) and not shown.active:
        _train(experiment, settings)
        shown = runs.current(experiment, settings)
    slim, every, controls = is_narrow(), _pace(shown), stale.kept(experiment)

    def body() -> None:
        if clicks.waiting(experiment):
            st.rerun()
        stale.restore(controls)
        now = runs.current(experiment, settings)
        if _pace(now) != every:
            if now.run and now.run.state == "cancelled":  # the buttons at once, then the rest
                _offer_replay(experiment, now)
                _transport(experiment, settings, now)
                time.sleep(address.FLUSH_S)
            st.rerun()
        _body(experiment, settings, now, slim)
        if under is not None:
            under(now)

    st.fragment(body, run_every=every)()
    return shown


def _pace(shown: Shown) -> float | None:
    """Seconds between redraws; None, none."""
    run = shown.run
    if run is None or not shown.pending:
        return None
    if run.state == "paused":
        return PAUSED_S
    return QUEUED_S if run.place else EVERY_S


def _body(experiment: Experiment, settings: Settings, shown: Shown, slim: bool) -> None:
    _offer_replay(experiment, shown)
    view = _transport(experiment, settings, shown)
    with st.container(height=STATUS_PX, border=False):
        told.progress(shown) if shown.active else st.caption(told.status(experiment, shown))
    _say(experiment, settings, shown)
    if shown.frames:
        pins.pin(experiment, shown, pins.DRAWN)
    # Until the first frame, or where none came, the picture of before stays.
    picture = shown if shown.frames else pins.pinned(experiment, pins.DRAWN)
    if picture is not None:
        _picture(experiment, picture, view, slim)
    else:
        # Room for the picture, so that the page does not jump when it comes.
        with st.container(height=456, border=False):
            st.caption("The picture comes with the first frame.")


def _offer_replay(experiment: Experiment, shown: Shown) -> None:
    """A run that was just watched to its end can be scrubbed at once; another one not yet."""
    state, replay = st.session_state, f"{experiment.name}#replay"
    if state.get(f"{replay}-of") != shown.settings.key():
        first = f"{replay}-of" not in state and experiment.replays and shown.origin == "shipped"
        state[f"{replay}-of"], state[replay] = shown.settings.key(), first
        state[f"{replay}-self"] = first
    watched = f"{experiment.name}#watched"
    if shown.run is None or shown.active or state.get(watched) != shown.run.id:
        return
    state[watched], state[replay] = "", len(shown.frames) > 1


def _transport(experiment: Experiment, settings: Settings, shown: Shown) -> View:
    name = experiment.name
    with st.container(horizontal=True, vertical_alignment="center", key=f"{name}#transport"):
        if shown.active:
            _live_buttons(experiment, shown)
        else:
            _idle_buttons(experiment, settings, shown)
        view = _views(experiment, settings)
        layers.switches(experiment, view)
        clicks.buttons(experiment, shown, view)
        return view


def _live_buttons(experiment: Experiment, shown: Shown) -> None:
    name, run = experiment.name, shown.run
    assert run is not None
    if run.state == "paused":
        st.button("Resume", key=f"{name}#resume", icon=":material/play_arrow:", on_click=run.resume)
        st.button(
            "Step", key=f"{name}#step", icon=":material/skip_next:", on_click=_step, args=(run,)
        )
    else:
        st.button("Pause", key=f"{name}#pause", icon=":material/pause:", on_click=run.pause)
    st.button("Stop", key=f"{name}#stop", icon=":material/stop:", on_click=run.cancel)
    run.set_rate(SPEEDS[_speed(experiment)])


def _step(run: Run) -> None:
    count = len(run.frames)
    run.step()
    run.wait(frames=count + 1, timeout=runs.FIRST_FRAME_S)


def _speed(experiment: Experiment) -> str:
    speed: str = st.selectbox(
        "Speed",
        list(SPEEDS),
        key=f"{experiment.name}#speed",
        label_visibility="collapsed",
        width=120,
        persist_state="session",
    )
    return speed


def _idle_buttons(experiment: Experiment, settings: Settings, shown: Shown) -> None:
    name = experiment.name
    if experiment.trains:
        again = shown.finished and shown.origin == "run"
        label = f"{experiment.verb} again" if again else experiment.verb
        st.button(
            ", ".join(filter(None, [label, told.duration(experiment, settings)])),
            key=f"{name}#train",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_train,
            args=(experiment, settings),
        )
        _speed(experiment)
    if len(shown.frames) > 1:
        st.toggle("Replay", key=f"{name}#replay", help="Play and scrub the steps in the picture.")
    if experiment.trains and shown.origin == "run" and shown.run is not None:
        st.button(
            "Reset",
            key=f"{name}#reset",
            icon=":material/replay:",
            on_click=_reset,
            args=(experiment, shown.run.id),
        )


def _train(experiment: Experiment, settings: Settings) -> None:
    run = runs.start(experiment, settings, fresh=True)
    st.session_state[f"{experiment.name}#replay"] = False
    st.session_state[f"{experiment.name}#watched"] = run.id if run else ""
    if run is not None:
        run.set_rate(SPEEDS[st.session_state.get(f"{experiment.name}#speed", "Full speed")])
        run.wait(frames=1, timeout=runs.FIRST_FRAME_S)


def _reset(experiment: Experiment, run_id: str) -> None:
    st.session_state[f"{experiment.name}#peek"] = run_id
    st.session_state[f"{experiment.name}#replay"] = False
    clicks.call(experiment)  # the answer under the picture goes too


def _views(experiment: Experiment, settings: Settings) -> View:
    views = {view.name: view for view in experiment.views_of(settings)}
    first, key = next(iter(views)), f"{experiment.name}#view"
    if len(views) == 1:
        return views[first]
    chosen = st.segmented_control(
        "View",
        list(views),
        default=first,
        format_func=lambda name: views[name].title,
        key=key if len(views) == len(experiment.views) else f"{key}-{first}",
        label_visibility="collapsed",
        required=True,
    )
    return views[chosen or first]


def _say(experiment: Experiment, settings: Settings, shown: Shown) -> None:
    refused = st.session_state.pop(f"{experiment.name}#refused", "")
    if refused:
        st.warning(refused, icon=":material/hourglass_empty:")
    run = shown.run
    if run is None or run.state != "failed" or run.error is None:
        return
    error = run.error
    st.error(error.message, icon=":material/error:")
    with st.container(horizontal=True):
        if error.fix:
            controls = experiment.settings.controls()
            words = ", ".join(
                f"{inside(controls[k].label)} to {value(controls[k], v)}"
                for k, v in error.fix.items()
            )
            st.button(
                f"Set {words} and run beside this one",
                key=f"{experiment.name}#fix",
                type="primary",
                on_click=_fix,
                args=(experiment, shown, error.fix),
            )
        st.button(
            "Run it again",
            key=f"{experiment.name}#again",
            on_click=_train,
            args=(experiment, settings),
        )


def _fix(experiment: Experiment, shown: Shown, fix: dict[str, Any]) -> None:
    pins.pin(experiment, shown)
    settings = experiment.settings(**{**shown.settings.model_dump(), **fix})
    address.put(experiment, settings.model_dump())
    _train(experiment, settings.canonical())
    clicks.call(experiment)


def _picture(experiment: Experiment, shown: Shown, view: View, slim: bool) -> None:
    key = f"{experiment.name}#replay"
    pinned = pins.pinned(experiment)
    if view not in (fits := experiment.views_of(shown.settings)):
        view = fits[0]  # the picture of before, until the first frame comes
    if pinned is not None and view not in experiment.views_of(pinned.settings):
        pinned = None
    if view.stage is not None and pinned is None:
        stages.show(experiment, shown, view.stage)
        return
    view = layers.chosen(experiment, view)
    replay = bool(st.session_state.get(key)) and not shown.active and view.clock
    fig = (
        _animation(experiment, shown, pinned, view, slim)
        if replay
        else _still(shown, pinned, view, slim, -1)
    )
    if replay and st.session_state.get(f"{key}-self"):
        fig["layout"]["meta"] = {**fig["layout"]["meta"], "plays": True}
    chart: dict[str, Any] = {"key": f"{experiment.name}#chart", "config": CONFIG, "alt": view.alt}
    # A selection resets whenever the figure changes: so none on a live chart.
    heard = view.clicked is not None and not replay and not shown.active
    chart["key"] += "-click" if heard else ""
    drawn = f"{_mark(shown)} {_mark(pinned)} {view.name} {replay} {slim}"
    fig = zoom.keep(experiment.name, chart["key"], fig, drawn)
    if not heard:
        st.plotly_chart(PlainFigure(fig), **chart)
        return
    clicks.watch(experiment, shown, view, fig, chart)


def _mark(shown: Shown | None) -> str:
    """What tells these frames from others."""
    if shown is None:
        return ""
    run = shown.run.id if shown.run else shown.settings.key()
    return f"{run} {len(shown.frames)}"


def _still(shown: Shown, pinned: Shown | None, view: View, slim: bool, at: int) -> Figure:
    at = at if at >= 0 else len(shown.frames) - 1
    fig = view.draw(shown.settings, shown.frames, at)
    if pinned is not None:
        step = shown.frames[at].step
        before = [n for n, frame in enumerate(pinned.frames) if frame.step <= step] or [0]
        last = at == len(shown.frames) - 1 and not shown.active
        other = view.draw(
            pinned.settings, pinned.frames, len(pinned.frames) - 1 if last else before[-1]
        )
        fig = above(fig, other, ("Now", "Pinned"))
    return narrow(fig) if slim else fig


def _animation(
    experiment: Experiment, shown: Shown, pinned: Shown | None, view: View, slim: bool
) -> Figure:
    picks = thin(len(shown.frames), REPLAY_FRAMES)
    figures = [_still(shown, pinned, view, slim, at) for at in picks]
    stops = [experiment.stop(shown.frames[at]) for at in picks]
    return animate(figures, stops, view.fps, experiment.clock, slim)
