"""A diagram of both players: noise, generator, fakes, real points, discriminator, verdict.

What is at work is green where numbers go forward, pink where a gradient comes back.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.gan.optimum import said
from core.gan.step_words import phase_of, sentence, wrapped
from core.plot import theme
from core.plot.panels import Panel

if TYPE_CHECKING:
    from core.gan.step import Frame, Settings

FORWARD, BACK, REST = theme.LEARNED, theme.GRADIENT, "rgba(128,136,144,0.45)"
WRAP = 48  # characters of the sentence in a line: it has room on a telephone, too
MOST_UNITS = 5  # units of a hidden layer that are drawn
SPAN = 3.0  # standard deviations of the noise in its box
TALL = 0.72  # between units of a layer

Spot = tuple[float, float]
Trace = dict[str, Any]
Z, FAKE, REAL, VERDICT = (1.0, 4.6), (5.9, 4.6), (5.9, 1.3), (11.35, 3.0)
COLUMNS = {"G": (2.6, 3.3, 4.0, 4.7), "D": (7.2, 7.9, 8.6, 9.3)}
MIDDLE = {"G": 4.6, "D": 3.0}
ENDS = {"G": (2, 2), "D": (2, 1)}
BOX = (0.75, 1.05)  # half its width and height
PATHS: dict[str, tuple[Spot, Spot]] = {
    "z-g": ((1.85, 4.6), (2.4, 4.6)),
    "g-fake": ((4.9, 4.6), (5.6, 4.6)),
    "fake-d": ((6.2, 4.45), (7.0, 3.6)),
    "real-d": ((6.2, 1.45), (7.0, 2.4)),
    "d-verdict": ((9.5, 3.0), (10.3, 3.0)),
}


class Work(NamedTuple):
    """What is at work in a phase: paths and nodes forward, paths back, and how each net is."""

    forward: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    g: str = REST
    d: str = REST
    moves: str = ""


JUDGES = ("fake-d", "real-d", "d-verdict")
WORK = {
    "noise": Work(("z-g",), nodes=("z",)),
    "fakes": Work(("z-g", "g-fake"), nodes=("fake",), g=FORWARD),
    "judge": Work(JUDGES, nodes=("fake", "real"), d=FORWARD),
    "d-learns": Work(back=("d-verdict",), nodes=("fake", "real"), d=BACK, moves="D"),
    "again": Work(
        ("z-g", "g-fake", "fake-d", "d-verdict"), nodes=("z", "fake"), g=FORWARD, d=FORWARD
    ),
    "g-learns": Work(
        back=("d-verdict", "fake-d", "g-fake"), nodes=("fake",), g=BACK, d=BACK, moves="G"
    ),
}


def diagram(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """Both networks with the part at work, and the sentence over them."""
    now = frames[at]
    work = WORK[phase_of(now)]
    traces = [
        _box(),
        _noise(now, work),
        _net("G", settings.width, work),
        _net("D", settings.width, work),
        _units("G", settings.width, work),
        _units("D", settings.width, work),
        _ends(work),
        _flow("forward", work.forward, FORWARD),
        _flow("gradient back", work.back, BACK),
        _labels(settings, now, work),
        _words([0.2], [10.0], [wrapped(sentence(settings, now), WRAP)], "bottom right", 14),
    ]
    bare = {"showgrid": False, "showticklabels": False, "fixedrange": True}
    x = {"range": [0, 12.4], "title": "noise to verdict: forward; verdict to weights: back", **bare}
    y = {"range": [0, 10.2], "title": "", "visible": False, **bare}
    return Panel(traces, "At work: forward (green), gradient back (pink)", x, y, width=1.25)


def _box() -> Trace:
    (x, y), (wide, tall) = Z, BOX
    across, up = np.array([-1, 1, 1, -1, -1]) * wide, np.array([-1, -1, 1, 1, -1]) * tall
    return _line(x + across, y + up, REST, 1, "noise")


def _noise(now: Frame, work: Work) -> Trace:
    """The noise itself, in its box."""
    z = np.clip(now.noise.astype(np.float32) / SPAN, -0.95, 0.95)
    marker = {"size": 4, "color": FORWARD if "z" in work.nodes else theme.EXACT}
    x, y = Z[0] + BOX[0] * z[:, 0], Z[1] + BOX[1] * z[:, 1]
    return _trace(x, y, mode="markers", marker=marker, name="noise", hoverinfo="skip")


def _places(player: str, width: int) -> list[list[Spot]]:
    """Where the units of each column stand."""
    first, last = ENDS[player]
    counts = (first, min(width, MOST_UNITS), min(width, MOST_UNITS), last)
    middle = MIDDLE[player]
    return [
        [(x, middle + TALL * (n - (count - 1) / 2)) for n in range(count)]
        for x, count in zip(COLUMNS[player], counts, strict=True)
    ]


def _net(player: str, width: int, work: Work) -> Trace:
    """Every weight as a thin line; those of the player whose weights move are thick."""
    pairs = [
        spots
        for left, right in pairwise(_places(player, width))
        for a in left
        for b in right
        for spots in (a, b, (np.nan, np.nan))
    ]
    xy = np.array(pairs, np.float32)
    return _line(xy[:, 0], xy[:, 1], _color(player, work), _thick(player, work), player)


def _color(player: str, work: Work) -> str:
    return work.g if player == "G" else work.d


def _thick(player: str, work: Work) -> float:
    return 2.2 if work.moves == player else 0.8


def _units(player: str, width: int, work: Work) -> Trace:
    xy = np.array([spot for column in _places(player, width) for spot in column], np.float32)
    color = _color(player, work)
    marker = {"size": 9, "color": theme.EXACT if color == REST else color}
    return _trace(xy[:, 0], xy[:, 1], mode="markers", marker=marker, name=player, hoverinfo="skip")


def _ends(work: Work) -> Trace:
    """Where fakes and real points stand: their own marks, faint when they are not at work."""
    faint = [1.0 if name in work.nodes else 0.3 for name in ("fake", "real")]
    marker = {
        "size": 20,
        "symbol": ["diamond", "circle"],
        "color": [theme.GENERATED, theme.REAL],
        "opacity": faint,
    }
    (x, y), (x2, y2) = FAKE, REAL
    return _trace([x, x2], [y, y2], mode="markers", marker=marker, hoverinfo="skip", name="points")


def _flow(name: str, paths: tuple[str, ...], color: str) -> Trace:
    """Arrows along these paths; back, from their end to their start."""
    spots: list[Spot] = []
    for path in paths:
        start, end = PATHS[path]
        spots += [*((end, start) if color == BACK else (start, end)), (np.nan, np.nan)]
    xy = np.array(spots, np.float32).reshape(-1, 2)
    marker = {
        "symbol": "arrow",
        "angleref": "previous",
        "size": [0, 14, 0] * len(paths),
        "opacity": 1,
    }
    return _trace(
        xy[:, 0],
        xy[:, 1],
        mode="lines+markers",
        line={"color": color, "width": 4},
        marker={**marker, "color": color, "line": {"width": 0}},
        name=name,
        hoverinfo="skip",
    )


def _labels(settings: Settings, now: Frame, work: Work) -> Trace:
    n = len(now.fake)
    spots = {
        f"noise, {n} pairs": (Z[0], Z[1] + 1.2),
        f"<b>G</b>{_moves('G', work)}": (3.65, 6.35),
        f"{n} fakes": (FAKE[0], FAKE[1] + 0.4),
        f"{n} real points": (REAL[0], REAL[1] - 1.0),
        f"<b>D</b>{_moves('D', work)}": (8.25, 0.75),
        _verdict(settings, now): VERDICT,
    }
    xs, ys = zip(*spots.values(), strict=True)
    return _words(xs, ys, list(spots), ["top center"] * 5 + ["middle center"], 12)


def _moves(player: str, work: Work) -> str:
    if not work.moves:
        return ""
    return ": weights move" if player == work.moves else ": weights stay"


def _verdict(settings: Settings, now: Frame) -> str:
    """D's mean verdict on the points that it has seen in this phase."""
    phase = phase_of(now)
    if phase in ("noise", "fakes"):
        return "verdict"
    fake, real = (float(said(one, settings.loss).mean()) for one in (now.said_fake, now.said_real))
    told = f"fake {fake:.2f}"
    return told if phase in ("again", "g-learns") else f"{told}<br>real {real:.2f}"


def _line(x: Any, y: Any, color: str, width: float, name: str) -> Trace:
    line = {"color": color, "width": width}
    return _trace(x, y, mode="lines", line=line, name=name, hoverinfo="skip")


def _trace(x: Any, y: Any, **more: Any) -> Trace:
    return {"type": "scatter", "x": x, "y": y, **more}


def _words(
    x: Any, y: Any, words: list[str], place: str | list[str], size: int, color: str | None = None
) -> Trace:
    font = {"size": size} | ({"color": color} if color else {})
    more = {"textposition": place, "textfont": font, "hoverinfo": "skip", "cliponaxis": False}
    return _trace(x, y, mode="text", text=words, name="words", **more)
