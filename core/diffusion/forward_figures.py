"""Pictures of the forward process: what is left, one jump against many steps, schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.mixtures import REACH
from core.diffusion.schedules import SCHEDULES
from core.experiment import Figure
from core.pictures import COLOURED
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, sheet_trace, words

if TYPE_CHECKING:
    from core.diffusion.forward import Frame, Settings

Trace = dict[str, Any]
HIGH = 400
START = 0.8  # the number that is followed: a pixel's, say
BINS = np.linspace(-4, 4, 61)
MIDDLES = (BINS[1:] + BINS[:-1]) / 2
SEA = [[0.0, "rgba(113,121,129,0)"], [1.0, "rgba(113,121,129,0.75)"]]
PAPER = [[0, "#f4f6f8"], [1, "#1d2733"]]
LIGHT = [[0, "#1d2733"], [1, "#f4f6f8"]]
TITLES = {"linear": "Linear", "cosine": "Cosine", "sigmoid": "Sigmoid", "by-hand": "By hand"}
TEN, APART = 10, 1.12  # pictures on the way; from one to the next, in their width
SNR = (-6.0, 6.0)  # of the axis: powers of ten


def noise(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Points and picture at one time, and how much of them is left."""
    return figure(
        [_plane(frames[at]), _picture(settings, frames[at]), _left(settings, frames[at])],
        height=HIGH,
    )


def ten(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Ten times on the way: the picture over the points, and how much of the variance is left."""
    picked = [frames[n] for n in np.linspace(0, len(frames) - 1, TEN).round().astype(int)]
    half = TEN // 2
    return figure(
        [
            _row(settings, picked[:half], "From data: its share under each"),
            _row(settings, picked[half:], "to noise"),
        ],
        height=330,
    )


def _row(settings: Settings, picked: list[Frame], title: str) -> Panel:
    """Pictures side by side, the points under them."""
    side, count = max(picked[0].picture.shape), len(picked)
    cells = np.full((count, side, side), 127, np.uint8)
    for n, one in enumerate(picked):
        high, wide = one.picture.shape
        top, left = (side - high) // 2, (side - wide) // 2
        shown = one.picture if _inked(settings) else 255 - one.picture
        cells[n, top : top + high, left : left + wide] = shown
    sheet, (across, down) = sheet_trace(cells, count)
    step = across / count
    scale, low = step / APART / (2 * REACH), down + 0.62 * step
    inside = [one.points[(np.abs(one.points) < REACH).all(1)].astype(np.float32) for one in picked]
    middles = [(n + 0.5 / APART) * step for n in range(count)]
    cloud = {
        "type": "scatter", "mode": "markers", "name": "points", "hoverinfo": "skip",
        "x": np.concatenate([middles[n] + scale * one[:, 0] for n, one in enumerate(inside)]),
        "y": np.concatenate([low - scale * one[:, 1] for one in inside]),
        "marker": {"size": 2.5, "color": theme.REAL},
    }  # fmt: skip
    heads = words(middles, [-0.14 * step] * count, [f"t = {one.step}" for one in picked], size=11)
    told = [f"{one.metrics['left']:.0%}" for one in picked]
    feet = words(middles, [low + 0.64 * step] * count, told, size=11, color=theme.REAL)
    x, y = bare(0, across, ""), bare(low + 0.8 * step, -0.3 * step, "")
    return Panel([sheet, cloud, heads, feet], title, x, y, square=True, stacked=250)


def jump(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """One number, walked and jumped."""
    now, wide = frames[at], float(BINS[1] - BINS[0])
    signal, sd = np.sqrt(now.metrics["left"]), max(now.metrics["noise"], wide / 4)
    bell = np.exp(-(((MIDDLES - signal * START) / sd) ** 2) / 2) / (sd * np.sqrt(2 * np.pi))
    traces = [
        _bars("many small steps", now.walked / wide, theme.REAL),
        {
            **_line("one jump", MIDDLES, now.jumped / wide, theme.GENERATED),
            "line": {"color": theme.GENERATED, "width": 2.5, "shape": "hvh"},
        },
        _line("closed form", MIDDLES, bell, theme.EXACT, dash="dash"),
        words(
            [3.9, 3.9, 3.9, -3.9],
            [1.86, 1.7, 1.54, 1.86],
            [
                f"walked, {now.step:,} steps: spread {now.metrics['walked_spread']:.3f}",
                f"one jump: spread {now.metrics['jumped_spread']:.3f}",
                f"closed form: {now.metrics['noise']:.3f}",
                f"t = {now.step:,}",
            ],
            ["middle left"] * 3 + ["middle right"],  # type: ignore[arg-type]
            color=[theme.REAL, theme.GENERATED, theme.EXACT, theme.EXACT],
        ),
    ]
    x = {"title": {"text": f"a number that began at {START:g}"}, "range": [-4, 4]}
    y = {"title": {"text": "density"}, "range": [0, 2]}
    return figure([Panel(traces, "10,000 numbers, walked and jumped", x, y)], height=HIGH)


def courses(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Every schedule; the one that is used stands out."""
    names = [*SCHEDULES, *(["by-hand"] if settings.schedule == "by-hand" else [])]
    left, ratio = [], []
    for number, name in enumerate(names):
        course = settings.model_copy(update={"schedule": name}).course
        t = np.arange(course.steps + 1)
        style = theme.series(number)
        wide = 4 if name == settings.schedule else 1.5
        with np.errstate(divide="ignore"):
            logs = np.log10(course.snr[1:])
        left.append(_curve(name, t, course.left, style, wide))
        ratio.append(_curve(name, t[1:], logs.clip(*SNR), style, wide))
    now = frames[at]
    x = _time(settings)
    left += [_legend(settings, names), _mark(now.step, now.metrics["left"])]
    share = now.metrics["left"] / max(1 - now.metrics["left"], 1e-12)
    ratio.append(_mark(now.step, float(np.clip(np.log10(max(share, 1e-12)), *SNR))))
    even = {**_line("even", x["range"], [0, 0], theme.EXACT, dash="dash"), "line": {
        "color": theme.EXACT, "width": 1, "dash": "dash"}}  # fmt: skip
    high = {"title": {"text": "share of the variance"}, "range": [-0.02, 1.02]}
    low = {"title": {"text": "log10 of signal over noise"}, "range": list(SNR)}
    return figure(
        [
            Panel(left, "What is left of the data", x, high),
            Panel([*ratio, even], "Signal to noise", x, low),
        ],
        height=HIGH,
    )


def _plane(now: Frame) -> Panel:
    side = len(now.density)
    wide = 2 * REACH / side
    z = now.density.astype(np.float32)
    heat = {
        "type": "heatmap",
        "name": "exact density",
        "z": np.asarray((z / max(float(z.max()), 1e-9) * 254).round(), np.uint8),
        "x0": wide / 2 - REACH, "dx": wide, "y0": wide / 2 - REACH, "dy": wide,
        "zmin": 0, "zmax": 254, "colorscale": SEA, "showscale": False, "hoverinfo": "skip",
        "zsmooth": "fast", "meta": {"layer": "density"},
    }  # fmt: skip
    cloud = {
        "type": "scatter", "mode": "markers", "name": "points",
        "x": now.points[:, 0].astype(np.float32), "y": now.points[:, 1].astype(np.float32),
        "marker": {"size": 4, "color": theme.REAL}, "hoverinfo": "skip",
        "meta": {"layer": "points"},
    }  # fmt: skip
    ticks = {"tickvals": [-2, 0, 2]}
    x = {"range": [-REACH, REACH], "title": {"text": "x"}, **ticks}
    y = {"range": [-REACH, REACH], "title": {"text": "y"}, **ticks}
    return Panel([heat, cloud], "400 points", x, y, square=True)


def _picture(settings: Settings, now: Frame) -> Panel:
    high, wide = now.picture.shape
    scale = PAPER if _inked(settings) else LIGHT
    image = {
        "type": "heatmap", "name": "picture", "z": now.picture[::-1],
        "zmin": 0, "zmax": 255, "colorscale": scale,
        "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip
    x, y = bare(-0.5, wide - 0.5, ""), bare(-0.5, high - 0.5, "")
    return Panel([image], "A picture", x, y, square=True)


def _inked(settings: Settings) -> bool:
    """Whether the picture is a drawing, whose 1 is ink; of a photograph 1 is light."""
    return settings.image not in COLOURED


def _left(settings: Settings, now: Frame) -> Panel:
    course = settings.course
    t = np.arange(course.steps + 1)
    left = now.metrics["left"]
    traces = [
        _line("what is left", t, course.left, theme.REAL, width=3),
        _line("noise", t, 1 - course.left, theme.EXACT, dash="dash"),
        _mark(now.step, left),
        words(
            [0.98 * course.steps] * 3,
            [1.16, 1.07, 0.5],
            [f"t = {now.step:,}", f"{left:.1%} data, {1 - left:.1%} noise", ""],
            "middle left",
            size=13,
        ),
    ]
    y = {"title": {"text": "share of the variance"}, "range": [-0.02, 1.22]}
    y |= {"tickvals": [0, 0.25, 0.5, 0.75, 1]}
    return Panel(traces, "What is left", _time(settings), y)


def _time(settings: Settings) -> dict[str, Any]:
    return {"title": {"text": "time t"}, "range": [0, settings.total]}


def _curve(name: str, x: np.ndarray, y: np.ndarray, style: dict[str, str], wide: float) -> Trace:
    return {**_line(TITLES[name], x, y, ""), "line": {**style, "width": wide}}


def _line(name: str, x: Any, y: Any, color: str, dash: str = "solid", width: float = 2.5) -> Trace:
    return {
        "type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip",
        "x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32),
        "line": {"color": color, "width": width, "dash": dash},
    }  # fmt: skip


def _bars(name: str, y: np.ndarray, color: str) -> Trace:
    return {
        "type": "bar", "name": name, "x": MIDDLES.astype(np.float32), "y": y,
        "width": float(BINS[1] - BINS[0]), "marker": {"color": color, "opacity": 0.45},
        "hoverinfo": "skip",
    }  # fmt: skip


def _mark(x: float, y: float) -> Trace:
    return {
        "type": "scatter", "mode": "markers", "name": "now",
        "x": [float(x)], "y": [float(y)], "cliponaxis": False,
        "marker": {"size": 12, "color": theme.GENERATED, "line": {"width": 1, "color": "white"}},
        "hoverinfo": "skip",
    }  # fmt: skip


def _legend(settings: Settings, names: list[str]) -> Trace:
    """Names in the upper right corner, each in its line's colour."""
    rows = 0.98 - 0.07 * np.arange(len(names))
    colors = [theme.series(n)["color"] for n in range(len(names))]
    text = [f"{TITLES[n]} (this one)" if n == settings.schedule else TITLES[n] for n in names]
    return words([0.98 * settings.total] * len(names), rows, text, "middle left", color=colors)
