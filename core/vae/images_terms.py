"""The bound in its two parts against steps, and what each latent number carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.labels import place
from core.plot.panels import Panel, figure
from core.plot.sheets import words
from core.vae.images_figures import dots, line
from core.vae.images_plane import Trace
from core.vae.images_scales import bound_range, entropy, has_bound, kl_top, step_axis
from core.vae.spec import VARIATIONAL

if TYPE_CHECKING:
    from core.vae.images import Frame, Settings

LINES = {  # what is drawn of the metrics, each with its words, colour and dash
    "reconstruction": ("reconstruction", theme.LEARNED, "solid"),
    "iwae": ("IWAE", theme.SERIES[7], "dot"),
    "elbo": ("ELBO", theme.SERIES[5], "dash"),
}
ROOM = 1.6  # of the steps' axis, for the words at the lines' ends
NAMED = 8  # collapsed dimensions that are named before the rest is counted


def terms(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The bound and its reconstruction term; the KL term; the KL of each dimension."""
    panels = [_bound(settings, frames, at)]
    if has_bound(settings):
        panels += [_kl(settings, frames, at), _dimensions(settings, frames[at])]
    return figure(panels)


def _bound(settings: Settings, frames: list[Frame], at: int) -> Panel:
    low, high = bound_range(settings)
    names = [name for name in LINES if name in frames[0].metrics]
    traces = [
        line(frames, np.clip([f.metrics[name] for f in frames], low, high), *LINES[name])
        for name in names
    ]
    now = [float(np.clip(frames[at].metrics[name], low, high)) for name in names]
    traces.append(dots(frames[at], now, [LINES[name][1] for name in names]))
    traces.append(_ends(settings, frames, at, names))
    y = {"title": {"text": "nats an image, higher is better"}, "range": [low, high]}
    shapes = [_level(entropy(), settings.steps)] if settings.data == "points" else []
    title = "The bound: reconstruction less KL" if has_bound(settings) else "Reconstruction"
    x = step_axis(settings.steps, ROOM)
    return Panel(traces, title, x, y, shapes=shapes, width=1.25)


def _ends(settings: Settings, frames: list[Frame], at: int, names: list[str]) -> Trace:
    """Words at the lines' ends, with the numbers at this frame, none over another."""
    low, high = bound_range(settings)
    held = np.clip([frames[-1].metrics[name] for name in names], low, high)
    points = np.stack([np.full(len(names), float(settings.steps)), held], 1)
    told = [f"{frames[at].metrics[name]:.1f}".replace("-", "−") for name in names]
    text = [f"{LINES[name][0]} {value}" for name, value in zip(names, told, strict=True)]
    window = ((0.0, 2 * ROOM * settings.steps), (low, high))
    rows = place(points, text, window, (600.0, 320.0)).at[:, 1]
    x = [1.04 * settings.steps] * len(names)
    return words(x, rows, text, "middle right", 11, [LINES[name][1] for name in names])


def _level(value: float, last: float) -> dict[str, Any]:
    """Where no model can pass."""
    dash = {"color": theme.EXACT, "dash": "dash", "width": 1.5}
    return {"type": "line", "x0": 0, "x1": last, "y0": value, "y1": value, "line": dash}


def _kl(settings: Settings, frames: list[Frame], at: int) -> Panel:
    top = kl_top(settings)
    held = np.clip([f.metrics["kl"] for f in frames], 0, top)
    color = theme.GRADIENT
    traces = [
        line(frames, held, "KL", color),
        dots(frames[at], [float(held[at])], [color]),
        words([settings.steps], [1.06 * top], [f"step {frames[at].step:,}: "
              f"{frames[at].metrics['kl']:.2f} nats"], "middle left", 12),
    ]  # fmt: skip
    y = {"title": {"text": "nats an image"}, "range": [-0.02 * top, 1.13 * top]}
    return Panel(traces, "The KL term", step_axis(settings.steps), y, width=0.8)


def _dimensions(settings: Settings, frame: Frame) -> Panel:
    """A bar for each latent number, or code of a VQ-VAE."""
    values, top = frame.kl_dims, _bar_top(settings)
    lively = frame.active if len(frame.active) else np.ones(len(values), np.bool_)
    numbers = np.arange(1, len(values) + 1)
    bars: Trace = {
        "type": "bar",
        "x": numbers,
        "y": np.minimum(values, top).astype(np.float32),
        "marker": {"color": [theme.LEARNED if on else theme.EXACT for on in lively]},
        "customdata": values,
        "hovertemplate": "%{x}: %{customdata:.3f} nats<extra></extra>",
    }
    asleep = words(numbers, [0.03 * top] * len(numbers), ["" if on else "×" for on in lively],
                   size=12, color=theme.WARNING)  # fmt: skip
    told = words([0.5], [1.06 * top], [_collapsed(settings, lively)], "middle right", 12)
    what = "code of the image" if settings.kind == "vq-vae" else "latent number"
    x = {"title": {"text": what}, "range": [0.4, len(values) + 0.6], "dtick": _tick(len(values))}
    y = {"title": {"text": "nats"}, "range": [0, 1.13 * top]}
    return Panel([bars, asleep, told], f"KL of each {what}", x, y, width=0.95)


def _bar_top(settings: Settings) -> float:
    return kl_top(settings) / settings.tokens if settings.kind == "vq-vae" else 5.0


def _tick(count: int) -> int:
    return 1 if count <= 10 else 2 if count <= 20 else 4


def _collapsed(settings: Settings, lively: np.ndarray) -> str:
    """Which latent numbers say nothing, by name."""
    if settings.kind not in VARIATIONAL:
        return "log K each, whatever it learns"
    asleep = [f"z{n}" for n, on in enumerate(lively, 1) if not on]
    if not asleep:
        return "none collapsed"
    more = f" and {len(asleep) - NAMED} more" if len(asleep) > NAMED else ""
    return f"collapsed: {', '.join(asleep[:NAMED])}{more}"
