"""Pictures of the trick: the graphs, both estimates, their variance, descents, the KL term."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import words
from core.vae.reparameterise_graph import n as two
from core.vae.reparameterise_graph import through, without
from core.vae.reparameterise_layout import FENCE, LONGEST, SIZES, STEPS, WIDTHS

if TYPE_CHECKING:
    from core.vae.reparameterise import Frame, Settings

Trace = dict[str, Any]
SCORE, PATH = theme.SERIES[7], theme.GRADIENT
COLORS = (SCORE, PATH)
NAMES = ("score", "path")
TITLES = ("score function", "through the path")
BINS = 41
LEAST = 1e-12  # a variance below is none


def trick(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Both graphs with the numbers of one draw, and both estimates many times over."""
    frame = frames[at]
    panels = [without(settings, frame), through(settings, frame), _estimates(settings, frame)]
    return figure(panels, height=430)


def draws(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Variances against the number of draws, and against sigma."""
    return figure([_against_size(settings, frames[at]), _against_width(settings, frames[at])])


def descend(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Five descents of each kind beside the exact one."""
    return figure([_walks(frames[at], kind) for kind in (0, 1)], height=420)


def kl(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Two laws, their KL from ever more draws, and its error."""
    frame = frames[at]
    return figure([_laws(settings), _running(frame), _errors(frame)], height=420)


def _estimates(settings: Settings, frame: Frame) -> Panel:
    """One histogram over the other, each as high as it likes, on one axis."""
    metrics = frame.metrics
    spread = max(metrics[f"exact/{name}"] for name in NAMES) ** 0.5
    middle = metrics["gradient"]
    far = max(4 * spread, 1.3 * max(abs(metrics[f"bias/{n}"]) for n in NAMES), 0.1)
    low, high = middle - far, middle + far
    traces = []
    for kind, foot in ((0, 1.45), (1, 0.0)):
        traces.append(_ridge(frame.estimates[kind], foot, (low, high), kind))
        says = f"{TITLES[kind]}<br>variance {_three(metrics[f'variance/{NAMES[kind]}'])}"
        traces.append(
            words([low + 0.03 * far], [foot + 0.8], [says], "middle right", 12, COLORS[kind])
        )
    line = {"color": theme.EXACT, "dash": "dash", "width": 2}
    traces.append(_curve([middle, middle], [0, 2.75], "exact slope", line))
    traces.append(
        words(
            [middle],
            [2.85],
            [f"exact slope {two(middle)}"],
            "top center",
            12,
            theme.EXACT,
        )
    )
    count = "1 draw" if settings.samples == 1 else f"{settings.samples:,} draws"
    x = {"range": [low, high], "title": {"text": f"estimated slope, from {count}"}}
    y = {"range": [-0.05, 3.15], "title": {"text": "how often"}, "showticklabels": False}
    return Panel(traces, "2,000 estimates of each kind", x, {**y, "showgrid": False}, width=1.1)


def _ridge(values: np.ndarray, foot: float, span: tuple[float, float], kind: int) -> Trace:
    """A histogram as one outline that stands on ``foot`` and is one high."""
    values = np.clip(values.astype(np.float64), *span)
    reach = max(3.5 * float(values.std()), 0.004 * (span[1] - span[0]))
    middle = float(values.mean())
    edges = np.linspace(middle - reach, middle + reach, BINS + 1)
    count, _ = np.histogram(values, edges)
    tall = foot + count / max(1, count.max())
    x = np.concatenate([[edges[0]], np.repeat(edges[1:-1], 2), [edges[-1]]])
    x = np.concatenate([[edges[0]], x, [edges[-1]]])
    y = np.concatenate([[foot], np.repeat(tall, 2), [foot]])
    trace = _curve(x, y, TITLES[kind], {"color": COLORS[kind], "width": 1.5})
    return {**trace, "fill": "toself", "fillcolor": _pale(COLORS[kind], 0.35), "hoverinfo": "skip"}


def _against_size(settings: Settings, frame: Frame) -> Panel:
    """Measured as marks, exact dashed; a variance of 0 has no place here and is said in words."""
    single = [frame.metrics[f"exact/{name}"] * settings.samples for name in NAMES]
    some = [v for v in single if v > LEAST]
    low, high = min(some, default=1.0) / SIZES[-1], max(some, default=1.0)
    traces: list[Trace] = []
    for kind in (0, 1):
        exact = np.maximum(single[kind] / np.array(SIZES), LEAST)
        measured = np.maximum(frame.measured[kind], LEAST)
        dashed = {"color": theme.EXACT, "dash": "dash", "width": 2}
        traces.append(_curve(SIZES, exact, f"exact, {TITLES[kind]}", dashed))
        marks = _curve(SIZES, measured, f"measured, {TITLES[kind]}", {"color": COLORS[kind]})
        symbol = ("circle", "diamond")[kind]
        traces.append(
            {
                **marks,
                "mode": "markers",
                "marker": {"color": COLORS[kind], "size": 9, "symbol": symbol},
            }
        )
    says = [
        f"{TITLES[kind]}: {_three(single[kind])} / n"
        if single[kind] > LEAST
        else f"{TITLES[kind]}: 0"
        for kind in (0, 1)
    ]
    top = [np.sqrt(10) * high, high]
    traces.append(words([1100] * 2, [float(v) for v in top], says, "middle left", 13, list(COLORS)))
    x = {"range": [-0.15, 3.15], "type": "log", "title": {"text": "draws in an estimate, n"}}
    x |= {"tickvals": list(SIZES), "ticktext": [f"{n:,}" for n in SIZES]}
    y = _powers(low / 3, high * 6, "variance (log scale)")
    return Panel(traces, "Measured, and exact (dashed)", x, y)


def _against_width(settings: Settings, frame: Frame) -> Panel:
    """Of one draw, exact; a dotted line where sigma is now."""
    found = frame.widths
    some = found[found > LEAST]
    low = float(some.min()) if len(some) else 0.1
    high = float(some.max()) if len(some) else 10.0
    low = max(low, high * 1e-8)
    traces = []
    for kind, dash in ((0, "solid"), (1, "dash")):
        line = {"color": COLORS[kind], "width": 2.5, "dash": dash}
        traces.append(_curve(WIDTHS, np.maximum(found[kind], LEAST), TITLES[kind], line))
    now = {"color": theme.EXACT, "dash": "dot", "width": 1.5}
    traces.append(_curve([settings.sigma] * 2, [LEAST, 1e12], "now", now))
    x = {"range": np.log10([0.092, 2.15]).tolist(), "type": "log"}
    x |= {"title": {"text": "spread of the draw, σ (dotted: now)"}}
    x |= {"tickvals": [0.1, 0.2, 0.5, 1, 2], "ticktext": ["0.1", "0.2", "0.5", "1", "2"]}
    y = _powers(low / 3, high * 30, "variance of one draw (log scale)")
    says = [
        f"{name}{'' if found[kind].max() > LEAST else ': 0'}" for kind, name in enumerate(TITLES)
    ]
    heights = [12.0 * high, 3.0 * high]
    traces.append(words([2.05] * 2, heights, says, "middle left", 13, list(COLORS)))
    return Panel(traces, "Against the spread, exact", x, y)


def _walks(frame: Frame, kind: int) -> Panel:
    steps = np.arange(STEPS + 1)
    thin = {"color": COLORS[kind], "width": 1.5}
    traces = [
        _curve(steps, walk, f"descent {n + 1}", thin) for n, walk in enumerate(frame.walks[kind])
    ]
    dashed = {"color": theme.EXACT, "dash": "dash", "width": 2.5}
    traces.append(_curve(steps, frame.descent, "by the exact slope", dashed))
    end = frame.metrics[f"strays/{NAMES[kind]}"]
    says = f"ends off the exact one by {_three(end)}"
    traces.append(words([STEPS], [1.13 * FENCE], [says], "middle left", 12, COLORS[kind]))
    x = {"range": [0, STEPS], "title": {"text": "step"}}
    y = {"range": [-1.05 * FENCE, 1.25 * FENCE], "title": {"text": "μ"}}
    title = ("By the score function", "Through the path")[kind]
    return Panel(traces, f"{title} (dashed: exact)", x, y)


def _laws(settings: Settings) -> Panel:
    x = np.linspace(-8, 8, 401)
    laws = (
        (settings.prior_mu, settings.prior_sigma, theme.EXACT, "prior p"),
        (settings.mu, settings.sigma, theme.LEARNED, "code q"),
    )
    traces, peak = [], 0.0
    for mu, sigma, color, name in laws:
        y = np.exp(-((x - mu) ** 2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))
        peak = max(peak, float(y.max()))
        bell = _curve(x, y, name, {"color": color, "width": 2.5})
        traces.append({**bell, "fill": "tozeroy", "fillcolor": _pale(color, 0.2)})
    top = 1.3 * peak
    heights, colors = [0.95 * top, 0.87 * top], [law[2] for law in laws]
    traces.append(words([7.8] * 2, heights, [law[3] for law in laws], "middle left", 13, colors))
    titles = {"title": {"text": "z"}, "range": [-8, 8]}
    return Panel(
        traces,
        "The code's law and the prior",
        titles,
        {"title": {"text": "density"}, "range": [0, top]},
        0.9,
    )


def _running(frame: Frame) -> Panel:
    """Five running means, on a log axis of draws, and the closed form."""
    exact, deviation = frame.metrics["kl"], max(frame.metrics["kl_deviation"], 0.02)
    counts = np.unique(np.geomspace(1, LONGEST, 120).astype(int))
    thin = {"color": PATH, "width": 1.5}
    traces = [
        _curve(counts, row[counts - 1], f"draws {n + 1}", thin)
        for n, row in enumerate(frame.running)
    ]
    dashed = {"color": theme.EXACT, "dash": "dash", "width": 2.5}
    traces.append(_curve([1, LONGEST], [exact, exact], "closed form", dashed))
    says = f"closed form: {exact:.4f}".replace("-", "−")
    traces.append(words([950], [exact + 2.6 * deviation], [says], "middle left", 13, theme.EXACT))
    x = {"range": [0, 3], "type": "log", "title": {"text": "draws"}, "tickvals": [1, 10, 100, 1000]}
    y = {"range": [exact - 3 * deviation, exact + 3 * deviation], "title": {"text": "KL (nats)"}}
    return Panel(traces, "Five estimates, draw by draw", x, y)


def _errors(frame: Frame) -> Panel:
    """Root mean square of 500 estimates of each size, and the exact line of slope minus 1/2."""
    exact = frame.metrics["kl_deviation"]
    measured = np.maximum(frame.errors, LEAST)
    line = np.maximum(exact / np.sqrt(SIZES), LEAST)
    dashed = {"color": theme.EXACT, "dash": "dash", "width": 2}
    marks = _curve(SIZES, measured, "measured", {"color": PATH})
    marker = {"color": PATH, "size": 9, "symbol": "diamond"}
    says = f"exact: {_three(exact)} / √n" if exact > LEAST else "0: every draw is exact"
    high = max(exact, 1e-3)
    traces = [
        _curve(SIZES, line, "exact", dashed),
        {**marks, "mode": "markers", "marker": marker},
        words([1100], [2.2 * high], [says], "middle left", 13, theme.EXACT),
    ]
    x = {"range": [-0.15, 3.15], "type": "log", "title": {"text": "draws, n"}}
    x |= {"tickvals": [1, 10, 100, 1000], "ticktext": ["1", "10", "100", "1,000"]}
    return Panel(
        traces,
        "Error against draws",
        x,
        _powers(high / 80, 4 * high, "error (nats, log scale)"),
    )


def _powers(low: float, high: float, title: str) -> dict[str, Any]:
    """A logarithmic axis with round ticks."""
    ends = np.log10([low, high])
    every = max(1, round((ends[1] - ends[0]) / 6))
    powers = [n for n in range(int(np.ceil(ends[0])), int(ends[1]) + 1) if n % every == 0]
    texts = [
        f"{10.0**n:g}" if -4 < n < 4 else f"10<sup>{n}</sup>".replace("-", "−") for n in powers
    ]
    ticks = {"tickvals": [10.0**n for n in powers], "ticktext": texts}
    return {"range": ends.tolist(), "type": "log", "title": {"text": title}, **ticks}


def _curve(x: Any, y: Any, name: str, line: dict[str, Any]) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.asarray(x, np.float32),
        "y": np.asarray(y, np.float32),
        "line": line,
        "hovertemplate": "%{x:.3g}: %{y:.3g}<extra>%{fullData.name}</extra>",
    }


def _pale(color: str, share: float) -> str:
    return f"rgba({','.join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))},{share:g})"


def _three(value: float) -> str:
    """Three digits, without a power of ten where it can be helped."""
    if value < LEAST:
        return "0"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
