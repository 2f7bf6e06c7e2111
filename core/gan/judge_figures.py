"""The picture of the game: this round's image, two buttons, and the rounds that are over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.experiment import Click, Figure
from core.gan.judge_layout import COLUMNS, ROUNDS
from core.gan.sample_layout import SETS
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words

if TYPE_CHECKING:
    from core.gan.judge import Frame, Settings

SAYS = {"r": "real", "f": "made"}


def rounds(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The round at hand with its buttons, and all ten with what was said so far."""
    return figure([_now(settings, frames[at]), _over(settings, frames[at])])


def clicked(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on a button answers the round; after the last one, it starts again."""
    known = point.get("customdata")
    if known is None:
        return None
    answers = ("r", "f")[int(np.ravel(known)[0])]
    if len(settings.answers) >= ROUNDS:
        return Click("gan.judge", {"answers": "", "seed": (settings.seed + 1) % 1_000_000}, "")
    return Click("gan.judge", {"answers": settings.answers + answers}, "")


def _now(settings: Settings, frame: Frame) -> Panel:
    """The image of the round, under it the two buttons; at the end, the result."""
    done = len(settings.answers)
    number = min(done, ROUNDS - 1)
    heat, (side, _) = sheet_trace(frame.images[number : number + 1], 1)
    over = done >= ROUNDS
    traces = [heat, *_buttons(side, over), words([side / 2], [side * 1.5], [_told(frame, done)])]
    title = "That was the last" if over else f"Image {done + 1} of {ROUNDS}: real or made?"
    x, y = bare(-0.4 * side, 1.4 * side, "column"), bare(1.62 * side, 0, "row")
    return Panel(traces, title, x, y, square=True)


def _told(frame: Frame, done: int) -> str:
    """How the last round went, or the final score."""
    metrics = frame.metrics
    you, d = f"{metrics['your_score']:.0f}", f"{metrics['d_so_far']:.0f}"
    if done == 0:
        return "Five of the ten are real."
    return f"Right so far, of {done}: you {you}, the discriminator {d}."


def _buttons(side: float, over: bool) -> list[dict[str, Any]]:
    text = ["New ten", "New ten"] if over else ["Real", "Made"]
    places = [0.15 * side, 0.85 * side]
    marks = {
        "symbol": "square",
        "size": 64,
        "color": [theme.REAL, theme.GENERATED],
        "opacity": 1,
        "line": {"width": 0},
    }
    seen = {"marker": {"opacity": 1}}
    button = {
        "type": "scatter",
        "mode": "markers+text",
        "x": places,
        "y": [1.25 * side] * 2,
        "text": text,
        "textfont": {"size": 14, "color": "white"},
        "textposition": "middle center",
        "customdata": [[0], [1]],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": marks,
        "selected": seen,
        "unselected": seen,
        "cliponaxis": False,
    }
    return [button]


def _over(settings: Settings, frame: Frame) -> Panel:
    """The ten, in two rows, with the truth and both verdicts below those that are answered."""
    shown = frame.images.copy()
    done = len(settings.answers)
    shown[min(done + 1, ROUNDS) :] = 0
    rows = [np.concatenate([shown[:COLUMNS], _blank(shown)]), shown[COLUMNS:], _blank(shown)]
    heat, (wide, high) = sheet_trace(np.concatenate(rows), COLUMNS)
    cell = wide / COLUMNS
    heat = {**heat, "z": _cleared(np.asarray(heat["z"]), round(cell))}
    numbers = np.arange(ROUNDS)
    x = (numbers % COLUMNS + 0.5) * cell
    y = (numbers // COLUMNS * 2 + 1.45) * cell
    text, colors = _verdicts(settings, frame)
    traces = [heat, words(x, y, text, size=11, color=colors)]
    ax, ay = bare(0, wide, "column"), bare(high, 0, "row")
    return Panel(
        traces, "The rounds that are over (D: how likely real)", ax, ay, square=True, width=1.5
    )


def _blank(shown: np.ndarray) -> np.ndarray:
    return np.zeros_like(shown[:COLUMNS])


def _cleared(z: np.ndarray, cell: int) -> np.ndarray:
    """The rows for words are no pixels."""
    out = z.copy()
    out[cell : 2 * cell] = out[3 * cell :] = 255
    return out


def _verdicts(settings: Settings, frame: Frame) -> tuple[list[str], list[str]]:
    """Under each image that is answered: what it was, what you said, what the network believed."""
    text, colors = [], []
    names = class_names(SETS[int(frame.source[0])])
    for n in range(ROUNDS):
        if n >= len(settings.answers):
            text.append("")
            colors.append(theme.EXACT)
            continue
        real, you = bool(frame.real[n]), settings.answers[n]
        d_right = (frame.belief[n] > 0.5) == real
        kind = "real" if real else "made"
        what = f"{kind} {names[frame.labels[n]]}" if frame.conditional[0] or real else kind
        text.append(
            f"<b>{what}</b><br>you: {SAYS[you]} {_tick((you == 'r') == real)}<br>"
            f"D: {frame.belief[n]:.0%} {_tick(d_right)}"
        )
        colors.append(theme.REAL if real else theme.GENERATED)
    return text, colors


def _tick(right: bool) -> str:
    return "✓" if right else "✗"
