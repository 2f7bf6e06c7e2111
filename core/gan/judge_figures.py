"""The picture of the game: this round's image, the ten with what was said, and the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.imagesets import class_names
from core.experiment import Button, Click, Figure
from core.gan.judge_layout import COLUMNS, ROUNDS
from core.gan.sample_layout import SETS
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import GAP, bare, sheet, sheet_trace, words

if TYPE_CHECKING:
    from core.gan.judge import Frame, Settings

Trace = dict[str, Any]
SAYS = {"r": "real", "f": "made"}
YOU, D = theme.series(2), theme.series(3)
BELOW = 0.8  # room for three lines of words under an image, in heights of it


def buttons(settings: Settings) -> tuple[Button, ...]:
    """Real or made; after the last round, ten others."""
    if len(settings.answers) >= ROUNDS:
        anew = {"answers": "", "seed": (settings.seed + 1) % 1_000_000}
        return (Button("Ten others", "1", Click("gan.judge", anew, "")),)
    return tuple(
        Button(says.capitalize(), key, Click("gan.judge", {"answers": settings.answers + one}, ""))
        for (one, says), key in zip(SAYS.items(), "12", strict=True)
    )


def rounds(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The round at hand, all ten with what was said of them, and both scores."""
    frame = frames[at]
    panels = [_now(settings, frame), _ten(settings, frame), _score(settings, frame)]
    return figure(panels)


def verdicts(settings: Settings, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Which of the answered rounds you had right, and which of them the discriminator, as bool."""
    real = frame.real[: len(settings.answers)] == 1
    you = np.array([letter == "r" for letter in settings.answers], bool) == real
    return you, (frame.belief[: len(real)] > 0.5) == real


def _now(settings: Settings, frame: Frame) -> Panel:
    """The image of the round, and under it how the last one went; at the end, the result."""
    done = len(settings.answers)
    number = min(done, ROUNDS - 1)
    heat, (side, _) = sheet_trace(frame.images[number : number + 1], 1)
    says = words([0], [side * 1.03], [_told(settings, frame)], "bottom right", size=13)
    over = done >= ROUNDS
    title = "That was the last" if over else f"Image {done + 1} of {ROUNDS}: real or made?"
    x, y = bare(0, side, "column"), bare(1.3 * side, 0, "row")
    return Panel([heat, says], title, x, y, square=True, width=0.75, stacked=330)


def _told(settings: Settings, frame: Frame) -> str:
    """How the last round went, and the final score."""
    you, d = verdicts(settings, frame)
    done = len(you)
    if done == 0:
        return "Five of the ten are real."
    was = "real" if frame.real[done - 1] else "made"
    last = f"Image {done} was {was}. You were {_right(you[-1])},<br>D was {_right(d[-1])}."
    if done < ROUNDS:
        return last
    return f"{last}<br><b>Of 10 right: you {you.sum()}, D {d.sum()}.</b>"


def _right(right: bool) -> str:
    return "right" if right else "wrong"


def _ten(settings: Settings, frame: Frame) -> Panel:
    """The ten, in two rows, with the truth and both verdicts below those that are answered."""
    z, cell = _sheet(frame.images, min(len(settings.answers) + 1, ROUNDS))
    heat = {**sheet_trace(frame.images, COLUMNS)[0], "z": z}
    x, y = _corners(cell)
    text, colors = _says(settings, frame)
    middle = x + 0.5 * frame.images.shape[1]
    under = words(middle, y + cell, text, "bottom center", size=11, color=colors)
    waiting = [str(n + 1) if n > len(settings.answers) else "" for n in range(ROUNDS)]
    numbers = words(middle, y + 0.5 * cell, waiting, size=16, color=theme.EXACT)
    traces = [heat, *_borders(settings, frame, cell), numbers, under]
    ax, ay = bare(-1, COLUMNS * cell, "column"), bare(len(z), -1, "row")
    title = "All ten, with D's chance of real"
    return Panel(traces, title, ax, ay, square=True, width=1.9, stacked=350)


def _sheet(images: np.ndarray, shown: int) -> tuple[np.ndarray, int]:
    """The first so many images in two rows, room for words under each; and how wide a cell is."""
    z = sheet(images, COLUMNS)
    cell = z.shape[1] // COLUMNS
    for n in range(shown, ROUNDS):
        row, column = divmod(n, COLUMNS)
        z[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell] = GAP
    room = np.full((round(BELOW * cell), z.shape[1]), GAP, z.dtype)
    return np.concatenate([z[:cell], room, z[cell:], room]), cell


def _corners(cell: int) -> tuple[np.ndarray, np.ndarray]:
    """The upper left corner of each image, in pixels, y downwards."""
    row, column = np.divmod(np.arange(ROUNDS), COLUMNS)
    return column * float(cell), row * float(cell + round(BELOW * cell))


def _borders(settings: Settings, frame: Frame, cell: int) -> list[Trace]:
    """A frame around each image: what it was, or still to come; the one asked for is thicker."""
    done, numbers = len(settings.answers), np.arange(ROUNDS)
    over, real = numbers < done, frame.real == 1
    kinds = (
        (over & real, theme.REAL, 2.5, "solid"),
        (over & ~real, theme.GENERATED, 2.5, "solid"),
        (numbers == done, theme.EXACT, 3, "solid"),
        (numbers > done, theme.EXACT, 1, "dot"),
    )
    corners, side = np.stack(_corners(cell)), frame.images.shape[1]
    return [_boxes(corners[:, one], side, color, width, dash) for one, color, width, dash in kinds]


def _boxes(corners: np.ndarray, side: int, color: str, width: float, dash: str) -> Trace:
    x, y = corners
    across, down = np.array([0, 1, 1, 0, 0, np.nan]), np.array([0, 0, 1, 1, 0, np.nan])
    return {
        "type": "scatter",
        "mode": "lines",
        "x": (x[:, None] + side * across).ravel().astype(np.float32),
        "y": (y[:, None] + side * down).ravel().astype(np.float32),
        "line": {"color": color, "width": width, "dash": dash},
        "hoverinfo": "skip",
    }


def _says(settings: Settings, frame: Frame) -> tuple[list[str], list[str]]:
    """Under each image that is answered: what it was, what you said, what the network believed."""
    names, real = class_names(SETS[int(frame.source[0])]), frame.real == 1
    text = []
    for n, (you, d) in enumerate(zip(*verdicts(settings, frame), strict=True)):
        kind = "real" if real[n] else "made"
        what = f"{kind} {names[frame.labels[n]]}" if frame.conditional[0] or real[n] else kind
        text.append(
            f"<b>{what}</b><br>you: {SAYS[settings.answers[n]]} {_tick(you)}<br>"
            f"D: {frame.belief[n]:.0%} {_tick(d)}"
        )
    colors = [theme.REAL if one else theme.GENERATED for one in real]
    return text + [""] * (ROUNDS - len(text)), colors


def _tick(right: bool) -> str:
    return "✓" if right else "✗"


def _score(settings: Settings, frame: Frame) -> Panel:
    """Right answers against rounds, yours and the discriminator's, with a blind guess's half."""
    you, d = (np.cumsum([0, *right]) for right in verdicts(settings, frame))
    ahead = you[-1] >= d[-1]
    traces = [
        _count([0, ROUNDS], [0, ROUNDS / 2], {"color": theme.EXACT, "dash": "dot"}),
        _count(np.arange(len(d)), d, D),
        _count(np.arange(len(you)), you, YOU),
        _end(d, "D", D, "bottom right" if ahead else "top right"),
        _end(you, "you", YOU, "top right" if ahead else "bottom right"),
        words([13.2], [0.4], ["dotted: a blind guess"], "middle left", 11, theme.EXACT),
    ]
    x = {"title": {"text": "rounds"}, "range": [-0.3, 13.2], "tickvals": [0, 5, 10]}
    y = {"title": {"text": "right answers"}, "range": [-0.4, 10.9], "tickvals": [0, 5, 10]}
    return Panel(traces, "You and the discriminator", x, y, width=0.8, stacked=320)


def _count(x: Any, y: Any, line: dict[str, str]) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.asarray(x, np.float32),
        "y": np.asarray(y, np.float32),
        "line": {**line, "width": 2.5},
        "hoverinfo": "skip",
    }


def _end(counts: np.ndarray, name: str, line: dict[str, str], place: str) -> Trace:
    """The score so far, as a dot and a number at the end of its line."""
    end = words([len(counts) - 1], [counts[-1]], [f"<b>{name} {counts[-1]}</b>"], place, 13)
    dot = {"color": line["color"], "size": 9, "symbol": "circle" if name == "you" else "square"}
    font = {"size": 13, "color": line["color"]}
    return {**end, "mode": "markers+text", "marker": dot, "textfont": font}
