"""The two small graphs: where the slope stops at the dice, and where noise comes from the side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.plot import theme
from core.plot.panels import Panel
from core.plot.sheets import bare, words

if TYPE_CHECKING:
    from core.vae.reparameterise import Frame, Settings

Spot = tuple[float, float]
F, Z, NOISE, MU, SIGMA = (5.0, 8.35), (5.0, 5.2), (9.2, 5.2), (2.7, 2.2), (7.3, 2.2)
WIDE, TALL = 1.95, 0.72  # half of a box
ROUND = (1.3, 1.0)  # half of a circle, across and upwards
FORWARD, BACK, DICE, SCORE = theme.LEARNED, theme.GRADIENT, theme.EXACT, theme.SERIES[7]
ASIDE = 0.42  # by how much a slope runs beside the way forward


def without(settings: Settings, frame: Frame) -> Panel:
    """Z itself is drawn: a slope comes back to it, and no further."""
    _, z, value, slope = (float(v) for v in frame.draw)
    shapes = [_box(F, 3.0), _circle(Z, 1.9), _box(MU), _box(SIGMA)]
    arrows = [
        *_forward("x", ROUND[1]),
        _arrow("x", (F[0] - ASIDE, F[1] - TALL), (Z[0] - ASIDE, Z[1] + ROUND[1]), BACK),
    ]
    told = score_of(settings, frame)
    texts = [
        (F, f"f(z) = {_named(settings)}<br>{n(value)}", None),
        (Z, f"<b>draw z</b><br>{n(z)}", DICE),
        (MU, f"μ = {settings.mu:g}", None),
        (SIGMA, f"σ = {settings.sigma:g}", None),
        ((2.55, 6.9), f"f′(z) = {n(slope)}", BACK),
        ((5.0, 3.75), "<b>✕</b>", theme.WARNING),
        ((8.75, 3.85), "no slope through<br>a drawn number", theme.WARNING),
        ((5.0, 0.55), told, SCORE),
    ]
    return _panel(texts, shapes, arrows, "Drawn in the middle: the slope stops")


def through(settings: Settings, frame: Frame) -> Panel:
    """The noise is drawn beside the path, and z computed from it: a slope comes to mu and sigma."""
    noise, z, value, slope = (float(v) for v in frame.draw)
    shapes = [_box(F, 3.0), _box(Z), _box(MU), _box(SIGMA), _circle(NOISE, ROUND[0])]
    side = ((NOISE[0] - ROUND[0], NOISE[1]), (Z[0] + WIDE, Z[1]))
    arrows = [
        *_forward("x2", TALL),
        _arrow("x2", *side, FORWARD),
        _arrow("x2", (F[0] - ASIDE, F[1] - TALL), (Z[0] - ASIDE, Z[1] + TALL), BACK),
        *(_beside("x2", end) for end in (MU, SIGMA)),
    ]
    texts = [
        (F, f"f(z) = {_named(settings)}<br>{n(value)}", None),
        (Z, f"z = μ + σ ε<br>{n(z)}", None),
        (NOISE, f"<b>draw ε</b><br>{n(noise)}", DICE),
        (MU, f"μ = {settings.mu:g}", None),
        (SIGMA, f"σ = {settings.sigma:g}", None),
        ((2.55, 6.9), f"f′(z) = {n(slope)}", BACK),
        ((1.2, 3.75), f"to μ: f′(z) · 1<br>= {n(slope)}", BACK),
        ((8.9, 3.65), f"to σ: f′(z) · ε<br>= {n(slope * noise)}", BACK),
        ((5.0, 0.55), path_of(settings, frame), BACK),
    ]
    return _panel(texts, shapes, arrows, "Noise from the side: it passes")


def _named(settings: Settings) -> str:
    name = {"square": "z²", "absolute": "|z|", "step": "[z > 0]", "waves": "sin 10z"}
    plus = f" + {settings.constant:g}" if settings.constant else ""
    return name[settings.function] + plus


def score_of(settings: Settings, frame: Frame) -> str:
    """The score function's estimate from this one draw, in words and numbers."""
    noise, _, value, _ = (float(v) for v in frame.draw)
    taken, sigma = float(frame.taken[0]), settings.sigma
    left = f"{n(value)}" if settings.baseline == "none" else f"({n(value)} − {n(taken)})"
    by = noise / sigma if settings.by == "mu" else (noise**2 - 1) / sigma
    names = ("f(z)" if settings.baseline == "none" else "(f(z) − b)", "slope of log q")
    result = (value - taken) * by
    return f"instead: {names[0]} × {names[1]}<br>{left} × {n(by)} = <b>{n(result)}</b>"


def path_of(settings: Settings, frame: Frame) -> str:
    """The path's estimate from this one draw, in words and numbers."""
    noise, _, _, slope = (float(v) for v in frame.draw)
    if settings.by == "mu":
        return f"estimate by μ: f′(z) × 1<br>{n(slope)} × 1 = <b>{n(slope)}</b>"
    return f"estimate by σ: f′(z) × ε<br>{n(slope)} × {n(noise)} = <b>{n(slope * noise)}</b>"


def n(value: float) -> str:
    """Two decimals, with a true minus."""
    text = f"{value + 0.0:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return ("0" if float(text) == 0 else text).replace("-", "−")


def _panel(
    texts: list[tuple[Spot, str, str | None]],
    shapes: list[dict[str, Any]],
    arrows: list[dict[str, Any]],
    title: str,
) -> Panel:
    """Words as a trace: a panel without one would not be drawn."""
    plain = [one for one in texts if one[2] is None]
    x, y = zip(*(spot for spot, *_ in plain), strict=True)
    trace = words(list(x), list(y), [text for _, text, _ in plain], size=13)
    notes = [
        {
            "x": spot[0],
            "y": spot[1],
            "text": text,
            "font": {"size": 24 if "✕" in text else 12, "color": color},
        }
        for spot, text, color in texts
        if color
    ]
    across, up = bare(-0.6, 10.6, "graph"), bare(-0.3, 9.4, "graph")
    return Panel([trace], title, across, up, notes=[*arrows, *notes], shapes=shapes, stacked=420)


def _box(at: Spot, across: float = WIDE) -> dict[str, Any]:
    return _shape("rect", at, across, TALL, FORWARD, "solid")


def _circle(at: Spot, across: float) -> dict[str, Any]:
    return _shape("circle", at, across, ROUND[1], DICE, "dot")


def _shape(kind: str, at: Spot, across: float, up: float, color: str, dash: str) -> dict[str, Any]:
    ends = {"x0": at[0] - across, "x1": at[0] + across, "y0": at[1] - up, "y1": at[1] + up}
    return {"type": kind, **ends, "line": {"color": color, "width": 2, "dash": dash}}


def _forward(axis: str, high: float) -> list[dict[str, Any]]:
    """From mu and sigma to z, which is so high in its half, and on to f beside its middle."""
    up = (Z[0] + ASIDE, Z[1] + high), (F[0] + ASIDE, F[1] - TALL)
    ways = [(_inwards(end, 0.8), _inwards(end, 1.6, Z[1] - high)) for end in (MU, SIGMA)]
    return [_arrow(axis, *way, FORWARD) for way in (*ways, up)]


def _inwards(end: Spot, by: float, y: float | None = None) -> Spot:
    """So far towards the middle from mu or sigma: over its box, or at a height of its own."""
    x = end[0] + (by if end[0] < Z[0] else -by)
    return x, end[1] + TALL if y is None else y


def _beside(axis: str, end: Spot) -> dict[str, Any]:
    """From z back to mu or sigma, outside of the way forward."""
    return _arrow(axis, _inwards(end, 0.8, Z[1] - TALL), _inwards(end, -0.1), BACK)


def _arrow(axis: str, start: Spot, end: Spot, color: str) -> dict[str, Any]:
    refs = {"axref": axis, "ayref": axis.replace("x", "y"), "ax": start[0], "ay": start[1]}
    look = {"arrowcolor": color, "arrowwidth": 2.5, "arrowhead": 2, "arrowsize": 1}
    return {"x": end[0], "y": end[1], "text": "", "showarrow": True, **refs, **look}
