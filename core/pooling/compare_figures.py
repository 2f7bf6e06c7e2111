"""Pictures of pooling kinds over several seeds: every seed, bands over steps, rates tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.labels import place
from core.plot.panels import Panel, figure
from core.plot.scales import accuracy_axis, bent, beside, difference_axis, stretched

if TYPE_CHECKING:
    from core.pooling.compare import Frame, Settings

# Each kind keeps its colour, here and in the other pictures of pooling.
ORDER = ("max", "average", "l2", "expectation", "blur", "none", "sum")
TITLES = {"max": "Max", "average": "Average", "sum": "Sum", "l2": "L2", "blur": "Blur"}
TITLES |= {"expectation": "Expectation", "none": "None"}
DIFFERENCES = (-4.6, 4.6)  # ends of the axis of differences: 25 %
LOSSES = (0.003, 30.0)  # ends of the axis of losses, nats
TOLD = ("difference", "low", "high")
SEEN = (0.7, 0.995)  # ends of the axis of all seeds' accuracies
ROOM = 1.45  # steps on the axis over steps done: for names at the end of lines
SIDE = 0.32  # a mean stands beside its seeds; 1 is from kind to kind
RIM = {"color": "white", "width": 1}
Trace = dict[str, Any]
Span = tuple[float, float]


def final(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Every seed under every kind, and what the kinds differ by from the first."""
    return figure([_seeds(settings, frames[at]), _differences(settings, frames[at])])


def curves(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Accuracy and loss against steps: mean over seeds, band from the lowest to the highest."""
    test = np.stack([frame.test for frame in frames])
    loss = np.stack([frame.train_loss for frame in frames])
    right, wrong = accuracy_axis("test accuracy"), _loss_axis()
    title = "Mean; band: lowest to highest seed"
    left = _curves(settings, frames, at, (test, stretched), right)
    other = _curves(settings, frames, at, (loss, _log), wrong)
    x = {"title": {"text": "step"}, "range": [-0.01 * settings.steps, ROOM * settings.steps]}
    return figure([Panel(left, title, x, right), Panel(other, "The same of the loss", x, wrong)])


def rates(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Validation accuracy against the learning rate, and the rate that was chosen."""
    now, tried = frames[at], np.log10(settings.tried)
    means = stretched(now.validation.mean(2))
    lines = [_rate_line(settings, now, n, tried) for n in range(len(means))]
    stars = _plain("markers", tried[now.best], means[np.arange(len(means)), now.best])
    stars["marker"] = {"symbol": "star", "size": 15, "color": _colors(settings.kinds), "line": RIM}
    y = accuracy_axis("validation accuracy")
    span, (low, high) = (tried[0] - 0.1, tried[-1] + 0.45), y["range"]
    names = _names(settings, np.full(len(means), tried[-1]), means[:, -1], (span, (low, high)))
    x = {"range": list(span), "tickvals": tried.tolist(), "title": {"text": "learning rate"}}
    x["ticktext"] = [f"{rate:g}" for rate in settings.tried]
    title = "Mean, standard error; star: chosen"
    if settings.rates == "same":
        title = "The same rate for all: nothing to choose"
    return figure([Panel([*lines, stars, names], title, x, y)])


def _seeds(settings: Settings, now: Frame) -> Panel:
    """Test accuracy of every seed under each kind; mean and interval beside them."""
    kinds, count = now.test.shape
    tested, spread, gap = stretched(now.test, SEEN), beside(count), np.full(count, np.nan)
    across = np.stack([*(n + spread for n in range(kinds)), gap], 1).ravel()
    line = {"color": theme.EXACT, "width": 0.7}
    joined = _plain("lines", across, np.stack([*tested, gap], 1).ravel(), line=line, opacity=0.5)
    dots = [
        _dots(kind, n + spread, tested[n], 100 * now.test[n])
        for n, kind in enumerate(settings.kinds)
    ]
    ends = stretched(np.column_stack([now.test.mean(1), now.interval]), SEEN).T
    title = f"{count} seeds, joined; mean, 95 % interval"
    y = accuracy_axis("test accuracy", SEEN)
    return Panel([joined, *dots, _mean(settings.kinds, ends)], title, _kinds(settings.kinds), y)


def _differences(settings: Settings, now: Frame) -> Panel:
    """Each kind less the first, seed by seed; mean and interval beside them."""
    others, spread = settings.kinds[1:], beside(now.test.shape[1])
    apart = 100 * (now.test[1:] - now.test[0])
    dots = [_dots(kind, n + spread, bent(apart[n]), apart[n]) for n, kind in enumerate(others)]
    ends = 100 * np.array([[now.metrics[f"{end}/{kind}"] for kind in others] for end in TOLD])
    words = [f"{value:+.1f}".replace("-", "−") for value in ends[0]]
    top = _words(np.arange(len(others)), [DIFFERENCES[1]] * len(others), words, "bottom center")
    zero = _plain("lines", [-0.6, len(others) - 0.4], [0, 0])
    zero["line"] = {"color": theme.EXACT, "dash": "dash", "width": 2}
    title = f"Against {TITLES[settings.kinds[0]].lower()}; on top: the mean"
    traces = [zero, *dots, _mean(others, bent(ends)), top]
    return Panel(traces, title, _kinds(others), difference_axis(*DIFFERENCES))


def _dots(kind: str, x: np.ndarray, y: np.ndarray, percent: np.ndarray) -> Trace:
    """A dot a seed, that tells its number."""
    dots = _plain("markers", x, y, marker={"color": color(kind), "size": 6})
    told = f"%{{customdata:.2f}} %<extra>{TITLES[kind]}</extra>"
    return dots | {"customdata": percent, "hoverinfo": None, "hovertemplate": told}


def _mean(kinds: Sequence[str], ends: np.ndarray) -> Trace:
    """A diamond a kind with its interval. ends: (3, K) mean, low, high."""
    mean, low, high = ends
    bars = {"array": high - mean, "arrayminus": mean - low, "symmetric": False}
    bars |= {"width": 7, "thickness": 2.5, "color": theme.EXACT}
    marker = {"symbol": "diamond", "size": 11, "color": _colors(kinds), "line": RIM}
    return _plain("markers", np.arange(len(kinds)) + SIDE, mean, error_y=bars, marker=marker)


def _kinds(kinds: Sequence[str]) -> dict[str, Any]:
    """An axis with a place for each kind."""
    names = [TITLES[kind].replace("Expec", "Expec-<br>") for kind in kinds]
    axis = {"range": [-0.6, len(kinds) - 0.4], "tickvals": list(range(len(kinds)))}
    return axis | {"ticktext": names, "tickangle": 0, "title": {"text": "pooling"}}


def _curves(
    settings: Settings,
    frames: list[Frame],
    at: int,
    what: tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]],
    axis: dict[str, Any],
) -> list[Trace]:
    """Bands, means, a dot on each at this frame, names. what: (frames, K, S) and its scale."""
    steps, (values, scale) = np.array([frame.step for frame in frames]), what
    heights, means = scale(values), scale(values.mean(2))
    bands, lines = [], []
    for n, kind in enumerate(settings.kinds):
        bands.append(_band(kind, steps, heights[:, n]))
        told = f"step %{{x}}: %{{customdata:.3f}}<extra>{TITLES[kind]}</extra>"
        line = _plain("lines", steps, means[:, n], line={"color": color(kind), "width": 2.5})
        line |= {"customdata": values[:, n].mean(1), "hoverinfo": None, "hovertemplate": told}
        lines.append(line)
    marker = {"size": 9, "color": _colors(settings.kinds), "line": RIM}
    dots = _plain("markers", [steps[at]] * len(lines), means[at], marker=marker)
    low, high = axis["range"]
    window = ((0.0, ROOM * settings.steps), (low, high))
    names = _names(settings, np.full(len(lines), steps[-1]), means[-1], window)
    return [*bands, *lines, dots, names]


def _band(kind: str, steps: np.ndarray, heights: np.ndarray) -> Trace:
    """From the lowest to the highest seed, there and back. heights: (frames, S)."""
    edge = np.concatenate([heights.min(1), heights[::-1].max(1)])
    band = _plain("lines", np.concatenate([steps, steps[::-1]]), edge, line={"width": 0})
    return band | {"fill": "toself", "fillcolor": f"{color(kind)}22"}


def _rate_line(settings: Settings, now: Frame, n: int, tried: np.ndarray) -> Trace:
    kind, rows = settings.kinds[n], now.validation[n]
    means, error = rows.mean(1), rows.std(1, ddof=1) / np.sqrt(rows.shape[1])
    middle, low, high = stretched(np.stack([means, means - error, means + error]))
    line = _plain("lines+markers", tried, middle, line={"color": color(kind), "width": 2})
    line["error_y"] = {"array": high - middle, "arrayminus": middle - low, "symmetric": False}
    line["error_y"] |= {"width": 3, "thickness": 1.5, "color": color(kind)}
    line |= {"marker": {"size": 6, "color": color(kind)}, "customdata": means, "hoverinfo": None}
    return line | {"hovertemplate": f"%{{customdata:.1%}}<extra>{TITLES[kind]}</extra>"}


def _names(settings: Settings, x: np.ndarray, y: np.ndarray, window: tuple[Span, Span]) -> Trace:
    """The kinds' names beside these places, moved apart."""
    texts = [TITLES[kind] for kind in settings.kinds]
    spots = place(np.stack([x, y], 1), texts, window)
    sides = [f"middle {'right' if right else 'left'}" for right in spots.right]
    return _words(spots.at[:, 0], spots.at[:, 1], texts, sides, _colors(settings.kinds))


def _words(x: Any, y: Any, texts: list[str], side: Any, colors: Any = theme.EXACT) -> Trace:
    font = {"size": 12, "color": colors}
    return _plain("text", x, y, text=texts, textposition=side, textfont=font)


def _loss_axis() -> dict[str, Any]:
    """The axis of :func:`_log`."""
    ticks = [0.01, 0.1, 1, 10]
    names = {"tickvals": _log(np.array(ticks)).tolist(), "ticktext": [f"{v:g}" for v in ticks]}
    span = _log(np.array(LOSSES)).tolist()
    return {"range": span, "title": {"text": "training loss (nats, log scale)"}, **names}


def _log(losses: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.log10(losses.clip(*LOSSES)).astype(np.float32)
    return found


def color(kind: str) -> str:
    """The colour of that kind of pooling."""
    return theme.series(ORDER.index(kind))["color"]


def _colors(kinds: Sequence[str]) -> list[str]:
    return [color(kind) for kind in kinds]


def _plain(mode: str, x: Any, y: Any, **more: Any) -> Trace:
    return {"type": "scatter", "mode": mode, "x": x, "y": y, "hoverinfo": "skip", **more}
