"""The contract that every experiment keeps: settings, frames, presets.

Nothing here imports Streamlit, Torch or scikit-learn, and nothing does I/O.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from core.controls import Control
from core.settings import SettingError, Settings

__all__ = [
    "Button",
    "Click",
    "Control",
    "Diverged",
    "Experiment",
    "Figure",
    "Frame",
    "Lead",
    "Preset",
    "SettingError",
    "Settings",
    "Stage",
    "View",
    "resolve",
    "same",
]

Figure = dict[str, Any]  # a Plotly figure as plain data: {"data": [...], "layout": {...}}
Metrics = Mapping[str, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """What one picture needs. Subclasses add NumPy arrays (or None) as fields.

    step: updates done so far, from 0. metrics: finite floats by name.
    timing: measured seconds or rates, ignored by equality.
    weights: arrays of the trained model, on the last frame only.
    """

    step: int
    metrics: dict[str, float]
    timing: dict[str, float] = field(default_factory=dict)
    weights: dict[str, np.ndarray] | None = None

    def arrays(self) -> dict[str, np.ndarray]:
        """The fields that a subclass adds, those that are None left out."""
        base = {f.name for f in fields(Frame)}
        named = ((f.name, getattr(self, f.name)) for f in fields(self) if f.name not in base)
        return {name: value for name, value in named if value is not None}


def same(a: Frame, b: Frame) -> bool:
    """Bit-for-bit equality of two frames, measured times left out."""
    if (a.step, a.metrics) != (b.step, b.metrics):
        return False
    pairs = [(a.arrays(), b.arrays()), (a.weights or {}, b.weights or {})]
    return all(
        x.keys() == y.keys() and all(_bits(x[k]) == _bits(y[k]) for k in x) for x, y in pairs
    )


def _bits(array: np.ndarray) -> tuple[str, tuple[int, ...], bytes]:
    """All there is to an array; NaN equals NaN here."""
    array = np.asarray(array)
    return array.dtype.str, array.shape, array.tobytes()


class Diverged(Exception):
    """A run met its first non-finite number.

    step: the step at which it did. message: one sentence that names the setting.
    fix: settings that cure it, offered as a button.
    """

    def __init__(self, step: int, message: str, fix: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.step, self.message, self.fix = step, message, dict(fix or {})


@dataclass(frozen=True)
class Preset:
    """A question to guess at, run and explain.

    title: a few words for its button. options: 2 to 4 guesses.
    settings: what differs from the defaults. outcome: which option the final metrics bear out.
    expected: the option that 9 of 10 seeds give. saw: a template over the final metrics,
    as ``"{loss/adam:.3g}"``. watch: what to look at, and when. next: what to try after.
    """

    id: str
    title: str
    question: str
    options: tuple[str, ...]
    settings: Mapping[str, Any]
    watch: str
    saw: str
    why: str
    next: str
    expected: int
    outcome: Callable[[Metrics], int]


@dataclass(frozen=True)
class Click:
    """What a click in a picture leads to.

    experiment: whose settings are to change; if it is the one clicked in, they change at once, else
    a button with the words offers it. values: the fields to set, the others at their defaults (or,
    in the same experiment, as they are).
    """

    experiment: str
    values: Mapping[str, Any]
    words: str


@dataclass(frozen=True)
class Button:
    """A button over a picture: its words, the key that presses it, and where it leads.

    key: as ``st.button`` names it, such as ``"1"`` or ``"Right"``; R and C are Streamlit's own.
    """

    words: str
    key: str
    click: Click


@dataclass(frozen=True)
class Stage:
    """A picture that answers to the hand in the browser itself, drawn by a component of ours.

    kind: the component, ``core/ui/draw/<kind>.js``. label: what one can do, also read aloud.
    payload(settings, frames) -> what it draws: plain values, arrays by ``core.plot.packed``; its
    ``value`` is what the hand changes. moved(settings, value) -> the fields that the value told at
    the end of a gesture stands for; ValueError, KeyError or TypeError where it is no such thing.
    """

    kind: str
    label: str
    payload: Callable[[Any, list[Any]], dict[str, Any]]
    moved: Callable[[Any, Any], Mapping[str, Any]]


@dataclass(frozen=True)
class Lead:
    """Where a trained model can be asked: an experiment, its field for it, a button's words."""

    experiment: str
    field: str
    words: str


@dataclass(frozen=True)
class View:
    """One way to look at the frames of a run.

    draw(settings, frames, at) gives the figure of frame number ``at``: pure, the same traces at
    every frame, fixed axis ranges. alt: what a screen reader says.
    clock: the frames make an animation (False: one figure of the whole run).
    clicked: (settings, frames, point) -> what a click on a point of it leads to; the point has
    ``x``, ``y`` and ``customdata``.
    buttons: settings -> the buttons over it, for hands and keys alike.
    stage: what stands in place of the figure, but over a pinned run.
    layers: words for each layer that can be switched on and off; a trace belongs to the one that
    its ``meta`` names as ``layer``. off: those that are off at first.
    fps: frames a second of a replay in the browser.
    when: fields and the values with which there is such a view, as of a control; empty is always.
    """

    name: str
    title: str
    draw: Callable[[Any, list[Any], int], Figure]
    alt: str
    clock: bool = True
    clicked: Callable[[Any, list[Any], Mapping[str, Any]], Click | None] | None = None
    buttons: Callable[[Any], tuple[Button, ...]] | None = None
    stage: Stage | None = None
    layers: Mapping[str, str] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    fps: float = 12.0
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def on(self, layer: str) -> bool:
        """Whether that layer is on at first."""
        return layer not in self.off


@dataclass(frozen=True)
class Experiment:
    """Settings, the generator that runs them, and the pictures of what it yields.

    name: ``topic.experiment``. frame: the Frame class that run yields.
    run: import string of ``run(settings) -> Iterator[Frame]``.
    trains: False, a changed control redraws at once; True, it waits for the button.
    quick: the cuts with which tests run it. verb: the button ("Train from scratch").
    seconds: about how long the default takes.
    source: settings -> import strings of the functions that did the work.
    good: metric prefix -> its good range and direction, in words.
    explain: (settings, frames, at) -> the formula with that step's numbers, Markdown by title.
    leads: what a finished run's weights can be taken to.
    replays: the stored run plays once by itself when the page opens, unless the reader has asked
    for less motion.
    played: fields that are the reader's moves within one question: unless a preset sets them
    itself, its question stands whatever they are.
    clock, stops: what the slider over the frames counts, and its words for each frame, where that
    is something else than steps.
    """

    name: str
    title: str
    question: str
    settings: type[Settings]
    frame: type[Frame]
    run: str
    views: tuple[View, ...]
    presets: tuple[Preset, ...]
    trains: bool
    quick: Mapping[str, Any]
    verb: str
    seconds: float
    source: Callable[[Any], tuple[str, ...]]
    good: Mapping[str, str] = field(default_factory=dict)
    explain: Callable[[Any, list[Any], int], dict[str, str]] | None = None
    leads: tuple[Lead, ...] = ()
    replays: bool = False
    played: tuple[str, ...] = ()
    clock: str = "step"
    stops: tuple[str, ...] = ()

    def frames(self, settings: Settings) -> Iterator[Frame]:
        """Run it, here and now. Imports what the run needs."""
        run: Callable[[Settings], Iterable[Frame]] = resolve(self.run)
        return iter(run(settings.canonical()))

    def figures(self, settings: Settings, frames: list[Frame], at: int) -> dict[str, Figure]:
        """Every view at frame number ``at``."""
        return {view.name: view.draw(settings, frames, at) for view in self.views_of(settings)}

    def stop(self, frame: Frame) -> str:
        """What the slider calls a frame."""
        return self.stops[frame.step] if self.stops else str(frame.step)

    def views_of(self, settings: Settings) -> tuple[View, ...]:
        """The views that apply with these settings, in order."""
        return tuple(
            view
            for view in self.views
            if all(getattr(settings, name) in values for name, values in view.when.items())
        )

    def preset(self, id: str) -> Preset:
        """The preset of that id; KeyError names those there are."""
        found = {preset.id: preset for preset in self.presets}
        if id not in found:
            raise KeyError(f"{self.name} has no preset {id!r}; it has {', '.join(found)}")
        return found[id]

    def preset_settings(self, id: str) -> Settings:
        """Defaults with the preset's changes."""
        return self.settings(**self.preset(id).settings)

    def asks(self, preset: Preset, settings: Settings) -> bool:
        """Whether the settings are the preset's, whatever the seed and the reader's moves."""
        free = {"seed"} | set(self.played) - set(preset.settings)
        now = settings.model_dump()
        own = self.preset_settings(preset.id)
        own = own.model_copy(update={field: now[field] for field in free if field in now})
        return own.key() == settings.key()


def resolve(path: str) -> Any:
    """The object that an import string ``package.module:name`` names."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
