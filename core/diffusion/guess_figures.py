"""Pictures of the guess without a hand: one place at one time, and both counts against time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.mixtures import REACH
from core.data.mnist import TRAIN
from core.diffusion.exact import noised
from core.diffusion.guess_maths import TIMES, TOTAL, by_mode, draws
from core.diffusion.guess_net import read
from core.diffusion.guess_stage import noun
from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words

if TYPE_CHECKING:
    from core.diffusion.guess import Frame, Settings

Trace = dict[str, Any]
HIGH = 440
STEPS = (0.004, 0.02, 0.06, 0.12, 0.25, 0.45, 0.7, 1.01)  # shares; a line as thick as its share
SHOWN = (0, 200, 400, 500, 600, 800, 1000)  # times of the rows of digits


def guess(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The point with its lines and arrows, and the digit."""
    return figure([_plane(settings, frames[at]), _digit(settings, frames[at])], height=HIGH)


def times(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """How many candidates are left, and what the mean looks like."""
    return figure([_counts(settings, frames[at]), _rows(frames[at])], height=HIGH)


def _plane(settings: Settings, now: Frame) -> Panel:
    law = noised(settings.mixture, settings.course, settings.t)
    x, mean = settings.place, law.clean(settings.place)
    share, ends = by_mode(law, x)
    traces = [_dots("data", _islands(settings), theme.REAL, 5, 0.35)]
    for low, high in pairwise(STEPS):
        mine = ends[(share >= low) & (share < high)]
        wide = 0.5 + 9 * (low + min(high, 1)) / 2
        line = {"color": theme.EXACT, "width": wide}
        traces.append(_star("could be", x, mine) | {"line": line, "opacity": 0.55})
    made = draws(law, x, now.levels[:, 0], now.levels[:, 1:])
    traces += [
        _dots("draws", made, theme.REAL, 4, 0.9),
        _arrow("exact mean", x, mean, theme.EXACT, 5),
        _arrow("network", x, _answer(settings, now, x), theme.LEARNED, 2.5),
        {
            **_dots("noisy point", x[None], theme.GENERATED, 14, 1),
            "marker": {"size": 14, "color": theme.GENERATED, "symbol": "diamond"},
        },
        words(
            [-2.9],
            [2.75],
            [f"t = {settings.t}: {now.metrics['candidates']:.2f} of {len(share)} {noun(settings)}"],
            "middle right",
            13,
        ),
    ]
    axis = {"range": [-REACH, REACH], "tickvals": [-2, 0, 2]}
    across, up = {**axis, "title": {"text": "x"}}, {**axis, "title": {"text": "y"}}
    return Panel(traces, "What could it have been?", across, up, square=True)


def _islands(settings: Settings) -> np.ndarray:
    return settings.mixture.sample(400, np.random.default_rng(0))


def _answer(settings: Settings, now: Frame, x: np.ndarray) -> np.ndarray:
    """What the network says; nothing where there is none."""
    if now.net is None or now.net_times is None:
        return np.full(2, np.nan)
    return read(now.net_times, now.net, settings.t, x)


def _digit(settings: Settings, now: Frame) -> Panel:
    images = now.images[settings.t // (TOTAL // (len(TIMES) - 1))]
    order = images[[0, 1, 2, 3, 4, 5, 6, 7]]
    trace, (wide, high) = sheet_trace(order, 4)
    left, side = now.metrics["digits"], wide / 4
    names = ["noised", "mean", *(f"could be {n}" for n in range(1, 7))]
    xs = [(n % 4 + 0.45) * side for n in range(8)]
    ys = [(n // 4) * side - 1.2 for n in range(8)]
    ys = [y if n < 4 else y + 4.2 + side for n, y in enumerate(ys)]
    told = words(xs, ys, names, size=11)
    head = words([0], [high + 9], [f"{left:,.1f} of {TRAIN:,} digits"], "middle right", 13)
    return Panel(
        [trace, told, head],
        "A digit under the same noise",
        bare(-1, wide, ""),
        bare(high + 12, -4, ""),
        square=True,
    )


def _counts(settings: Settings, now: Frame) -> Panel:
    count, here = settings.mixture.count, settings.t // (TOTAL // (len(TIMES) - 1))
    traces = [
        _line(noun(settings), TIMES, now.candidates / count, theme.series(0)),
        _line("digits", TIMES, now.digits / TRAIN, theme.series(1)),
        {
            **_dots(
                "now",
                np.array(
                    [
                        [settings.t, now.candidates[here] / count],
                        [settings.t, now.digits[here] / TRAIN],
                    ]
                ),
                theme.EXACT,
                11,
                1,
            )
        },
        words(
            [20, 20],
            [1.45, 0.8],
            [f"of {count} {noun(settings)}", f"of {TRAIN:,} digits"],
            "middle right",
            13,
            [theme.series(n)["color"] for n in (0, 1)],
        ),
    ]
    x = {"title": {"text": "time t"}, "range": [0, TOTAL]}
    y = {
        "title": {"text": "share still possible"},
        "type": "log",
        "range": [np.log10(0.5 / TRAIN), np.log10(2)],
        "tickvals": [1e-4, 1e-3, 1e-2, 0.1, 1],
        "ticktext": ["0.01 %", "0.1 %", "1 %", "10 %", "100 %"],
    }
    return Panel(traces, "Candidates left", x, y)


def _rows(now: Frame) -> Panel:
    picked = [int(np.argmin(np.abs(TIMES - t))) for t in SHOWN]
    images = np.concatenate([now.images[picked, n] for n in (0, 1, 2)])
    trace, (wide, high) = sheet_trace(images, len(SHOWN))
    side = wide / len(SHOWN)
    heads = words(
        [(n + 0.45) * side for n in range(len(SHOWN))],
        [-3.0] * len(SHOWN),
        [f"t = {t}" if not n else f"{t}" for n, t in enumerate(SHOWN)],
    )
    names = words(
        [-2] * 3,
        [(n + 0.45) * side for n in range(3)],
        ["noised", "mean", "could be"],
        "middle left",
    )
    return Panel(
        [trace, heads, names],
        "The digit, the mean of what it could have been, and one of these",
        bare(-1.3 * side, wide, ""),
        bare(high, -6, ""),
        width=1.8,
        square=True,
    )


def _star(name: str, centre: np.ndarray, ends: np.ndarray) -> Trace:
    """Lines from one place to many."""
    gap = np.full_like(ends, np.nan)
    spots = np.stack([np.broadcast_to(centre, ends.shape), ends, gap], 1).reshape(-1, 2)
    return _path(name, spots)


def _path(name: str, spots: np.ndarray) -> Trace:
    return {
        "type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip",
        "x": spots[:, 0].astype(np.float32), "y": spots[:, 1].astype(np.float32),
    }  # fmt: skip


def _line(name: str, x: np.ndarray, y: np.ndarray, style: dict[str, str]) -> Trace:
    return {**_path(name, np.stack([x, y], 1)), "line": {**style, "width": 2.5}}


def _arrow(name: str, tail: np.ndarray, tip: np.ndarray, color: str, wide: float) -> Trace:
    head = {"symbol": "arrow", "angleref": "previous", "size": [0, 4 * wide + 5], "color": color}
    return {
        **_path(name, np.stack([tail, tip])),
        "mode": "lines+markers",
        "line": {"color": color, "width": wide},
        "marker": {**head, "opacity": 1},
    }


def _dots(name: str, spots: np.ndarray, color: str, size: float, opacity: float) -> Trace:
    return {
        **_path(name, spots),
        "mode": "markers",
        "marker": {"size": size, "color": color, "opacity": opacity},
    }
