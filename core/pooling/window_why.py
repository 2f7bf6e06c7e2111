"""Each kind of pooling with one window's numbers, and why a window does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.pooling import blurring
from core.pooling.place import clamped
from core.pooling.sizes import Axis
from core.pooling.spelled import held, plain, size_formula

if TYPE_CHECKING:
    from core.pooling.window import Frame, Settings

# Padding is a 0 to these, and to an average that counts it; to the others it is no cell.
ZEROS = ("sum", "l2", "lp")

FORMULAS = {
    "max": r"\max_i x_i",
    "average": r"\frac{1}{n} \sum_i x_i",
    "sum": r"\sum_i x_i",
    "l2": r"\sqrt{\sum_i x_i^2}",
    "expectation": r"\sum_i x_i\, \frac{e^{m x_i}}{\sum_j e^{m x_j}}",
    "lp": r"\Big(\sum_i |x_i|^p\Big)^{1/p}",
    "min": r"\min_i x_i",
    "median": r"\operatorname{median}_i x_i",
    "stochastic": r"x_i \text{ with probability } \frac{x_i}{\sum_j x_j}",
    "blur": r"\tfrac{1}{16}\,[1\,2\,1]^\top [1\,2\,1] * \max_i x_i",
    "global-max": r"\max \text{ over the whole image}",
    "global-average": r"\text{mean over the whole image}",
}


class Told(NamedTuple):
    """A window as it is told. cells: its real cells, then a 0 for each padding cell that counts.

    full, counted: taps of a window, and those that do not hang over image and padding.
    """

    cells: list[float]
    full: int
    counted: int


def problem(settings: Settings, shape: tuple[int, ...]) -> str:
    """Why no window fits, as a sentence with the size formula; empty where one does."""
    try:
        settings.around(shape)
    except ValueError as error:
        return f"No output: {error}."
    return ""


def zeros(settings: Settings) -> bool:
    """Whether padding is a 0 to any of the kinds."""
    return any(_pads(settings, kind) for kind in settings.all_kinds)


def _pads(settings: Settings, kind: str) -> bool:
    return kind in ZEROS or (kind == "average" and settings.count_include_pad)


def looked_at(now: Frame) -> str:
    """What is pooled: a network pools every channel alone; here it is their brightness."""
    return "Image, its brightness" if int(now.channels) > 1 else "Image"


def remarks(settings: Settings, now: Frame) -> list[str]:
    """What is not as one might expect it: what is left out, what padding is, where the place is."""
    said = clamped(settings.row, settings.column, now.place)
    missing = [
        k for k, shape in zip(settings.all_kinds, now.shapes, strict=True) if not shape.all()
    ]
    if "stochastic" in missing and now.image.min() < 0:
        said.append("Stochastic pooling draws with probability x / sum(x): it takes no negatives.")
    empty = [kind for kind in missing if kind != "stochastic" or now.image.min() >= 0]
    if empty:
        names = ", ".join(settings.words(kind).lower() for kind in empty)
        said.append(f"A window lies wholly in the padding, where these have no cell: {names}.")
    made = [kind for kind in settings.all_kinds if kind not in missing]
    outside = [k for k in made if not _pads(settings, k) and not k.startswith("global-")]
    if settings.padding and zeros(settings) and outside:
        names = ", ".join(settings.words(kind).lower() for kind in outside)
        said.append(f"Padding is left out of: {names}.")
    return said


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """Each kind's formula, in general and with this window's numbers; the size of the output."""
    now = frames[at]
    why = problem(settings, now.image.shape)
    if why:
        return {"Output size": why}
    told = {}
    for k, kind in enumerate(settings.all_kinds):
        if now.shapes[k].all():
            numbers = spelled(settings, now, k, *now.at(k))
            told[settings.words(kind)] = f"$${FORMULAS[kind]}$$\n\nIn this window: {numbers}"
    return told | {"Output size": _size(settings, now)}


def _size(settings: Settings, now: Frame) -> str:
    down, across = settings.around(now.image.shape)
    inside = r"\frac{n + p - d(k - 1) - 1}{s}"
    ends = ("lceil", "rceil") if settings.ceil_mode else ("lfloor", "rfloor")
    lines = [
        "Along an axis of n cells, with p cells of padding in all, window k, dilation d, stride s:",
        rf"$$\left\{ends[0]} {inside} \right\{ends[1]} + 1$$",
        f"Down: $${size_formula(down)}$$",
        f"Across: $${size_formula(across)}$$",
        *remarks(settings, now),
    ]
    return "\n\n".join(lines)


def spelled(settings: Settings, now: Frame, k: int, row: int, column: int) -> str:
    """How the k-th kind's number at a place comes about, as plain text with its result."""
    return speller(settings, now, k)(row, column)


def speller(settings: Settings, now: Frame, k: int) -> Callable[[int, int], str]:
    """The same for every place: a function of row and column."""
    kind, values = settings.all_kinds[k], now.output(k).tolist()
    if kind.startswith("global-"):
        return lambda row, column: f"{_global(kind, now.image)} = {plain(values[row][column])}"
    if kind == "blur":
        nine = blurring.maxima(settings, now.image).values
        return lambda row, column: f"{_blur(nine[row, column])} = {plain(values[row][column])}"
    axes, cells, pads = settings.around(now.image.shape), now.image.tolist(), _pads(settings, kind)
    down, across = (axis.taps.tolist() for axis in axes)

    def say(row: int, column: int) -> str:
        told = _told(cells, axes, (down[row], across[column]), pads)
        return SAY[kind](settings, told, values[row][column])

    return say


def _told(
    cells: list[list[float]],
    axes: tuple[Axis, Axis],
    taps: tuple[list[int], list[int]],
    pads: bool,
) -> Told:
    """The window whose taps lie on these rows and columns."""
    rows, columns = ([t for t in on if 0 <= t < a.size] for a, on in zip(axes, taps, strict=True))
    high, wide = (sum(t < a.size + a.after for t in on) for a, on in zip(axes, taps, strict=True))
    found = [cells[row][column] for row in rows for column in columns]
    padding = [0.0] * (high * wide - len(found)) if pads else []
    return Told(found + padding, len(taps[0]) * len(taps[1]), high * wide)


def _global(kind: str, image: np.ndarray) -> str:
    count = f"all {image.size:,} cells"
    if kind == "global-max":
        return f"largest of {count}, from {plain(float(image.min()))} up"
    return f"sum of {count} / {image.size:,}: {plain(float(image.sum()))} / {image.size:,}"


def _blur(nine: np.ndarray) -> str:
    """The nine maxima times their weights; rows of three."""
    pairs = zip(blurring.WEIGHTS.ravel().tolist(), nine.ravel().tolist(), strict=True)
    return f"({' + '.join(f'{weight} × {held(value)}' for weight, value in pairs)}) / 16"


def _list(cells: list[float]) -> str:
    return ", ".join(plain(cell) for cell in cells)


def _added(cells: list[float]) -> str:
    return " + ".join(held(cell) for cell in cells)


def _largest(settings: Settings, told: Told, value: float) -> str:
    return f"largest of {_list(told.cells)} = {plain(value)}"


def _smallest(settings: Settings, told: Told, value: float) -> str:
    return f"smallest of {_list(told.cells)} = {plain(value)}"


def _sum(settings: Settings, told: Told, value: float) -> str:
    return f"{_added(told.cells)} = {plain(value)}"


def _average(settings: Settings, told: Told, value: float) -> str:
    return f"({_added(told.cells)}) / {len(told.cells)} = {plain(value)}"


def _norm(power: float, told: Told, value: float) -> str:
    """Also a window that hangs over: it is scaled up to a full one, as torch does."""
    if power == 2:
        inside = " + ".join(f"{held(cell)}²" for cell in told.cells)
    else:
        inside = " + ".join(f"|{plain(cell)}|^{plain(power)}" for cell in told.cells)
    if told.counted < told.full:
        inside = f"{told.full}/{told.counted} × ({inside})"
    root = f"√({inside})" if power == 2 else f"({inside})^(1/{plain(power)})"
    return f"{root} = {plain(value)}"


def _expectation(settings: Settings, told: Told, value: float) -> str:
    scores = settings.m * np.array(told.cells)
    weights = np.exp(scores - scores.max())
    pairs = zip(told.cells, (weights / weights.sum()).tolist(), strict=True)
    return " + ".join(f"{held(x)} × {plain(w, 2)}" for x, w in pairs) + f" = {plain(value)}"


def _median(settings: Settings, told: Told, value: float) -> str:
    return f"middle of {_list(sorted(told.cells))} = {plain(value)}"


def _stochastic(settings: Settings, told: Told, value: float) -> str:
    total = sum(told.cells)
    if total == 0:
        return "every cell is 0 = 0"
    chance = plain(value / total, 2)
    return f"drawn from {_list(told.cells)}, with chance {chance} = {plain(value)}"


SAY: dict[str, Callable[[Settings, Told, float], str]] = {
    "max": _largest,
    "average": _average,
    "sum": _sum,
    "l2": lambda settings, told, value: _norm(2.0, told, value),
    "lp": lambda settings, told, value: _norm(settings.p, told, value),
    "expectation": _expectation,
    "min": _smallest,
    "median": _median,
    "stochastic": _stochastic,
}
