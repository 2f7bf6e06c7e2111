"""Pictures of the game in the plane: points and verdicts, and the best discriminator.

Its other pictures, all against steps: ``plane_charts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.mixtures import REACH
from core.experiment import Figure
from core.gan.best import best_of
from core.gan.optimum import said
from core.gan.plane_charts import EVEN, Trace, quality, words
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.gan.plane import Frame, Settings

__all__ = ["EVEN", "LAYERS", "PULL", "best", "game"]

PULL = 0.6  # the longest arrow, in the plane's units
STRIP = 0.84  # over the plane, for the words that say what is what
LAYERS = {
    "heat": "What D says",
    "points": "Points",
    "line": "Decision line",
    "arrows": "Pull on fakes",
    "mesh": "Warped noise",
    "best": "Best D",
}
CRITICS = ("wasserstein", "wgan-gp")


def game(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The plane with its layers, and quality against steps."""
    traces = [*_plane(settings, frames[0], frames[at]), *_legend(settings)]
    plane = Panel(traces, "The plane", *_axes(STRIP), square=True)
    return figure([plane, quality(settings, frames, at)], height=490)


def _axes(strip: float) -> tuple[dict[str, Any], dict[str, Any]]:
    ticks = {"tickvals": [-2, -1, 0, 1, 2], "zeroline": False}
    x = {"range": [-REACH, REACH], "title": {"text": "x"}, **ticks}
    y = {"range": [-REACH, REACH + strip], "title": {"text": "y"}, **ticks}
    return x, y


def _plane(settings: Settings, first: Frame, now: Frame) -> list[Trace]:
    assert first.real is not None
    verdict = said(now.judged.astype(np.float32), settings.loss)
    low, middle, high = scale(settings.loss, verdict)
    ideal = _best(settings, now)
    grid = _grid(len(verdict))
    return [
        _heat("heat", "what D says", verdict, low, high, grid),
        {
            **_heat("best", "best D", verdict if ideal is None else ideal, low, high, grid),
            "visible": ideal is not None,
            "opacity": 1,
        },
        _decision(verdict, middle, grid),
        _lines("mesh", "warped noise", _mesh(settings, now.mesh), theme.EXACT, 0.8),
        _points("real points", first.real, theme.REAL, "circle"),
        _points("fake points", now.fake, theme.GENERATED, "diamond"),
        *_pulls(now),
    ]


def _legend(settings: Settings) -> list[Trace]:
    """What is what, in its own colour over the plane; each goes with its layer."""
    none = settings.loss in CRITICS or settings.packing > 1
    rows = REACH + 0.61, REACH + 0.24
    heat = "blue above its median, orange below" if settings.loss in CRITICS else (
        "D says: blue real, orange fake"
    )  # fmt: skip
    ideal = "best D: no closed form" if none else "the best D"
    said = [
        ("points", -2.95, rows[0], "● real", theme.REAL),
        ("points", -1.85, rows[0], "◆ fake", theme.GENERATED),
        ("heat", -0.65, rows[0], heat, None),
        ("line", -2.95, rows[1], "undecided", theme.LEARNED),
        ("arrows", -1.4, rows[1], "pull", theme.GRADIENT),
        ("mesh", -0.65, rows[1], "noise's grid", theme.EXACT),
        ("best", 1.0, rows[1], ideal, None),
    ]
    return [
        {**words([x], [y], [text], "middle right", color), "meta": {"layer": layer}}
        for layer, x, y, text, color in said
    ]


def _grid(side: int) -> dict[str, float]:
    """Where the cells of a grid over the plane lie."""
    wide = 2 * REACH / side
    return {"x0": wide / 2 - REACH, "dx": wide, "y0": wide / 2 - REACH, "dy": wide}


def _heat(
    layer: str, name: str, z: np.ndarray, low: float, high: float, grid: dict[str, float]
) -> Trace:
    share = np.clip((z - low) / (high - low), 0, 1)
    return {
        "type": "heatmap",
        "name": name,
        "z": np.nan_to_num(share * 254, nan=127).round().astype(np.uint8),
        **grid,
        "zmin": 0,
        "zmax": 254,
        "colorscale": theme.DIVERGING,
        "reversescale": True,  # blue is what it takes for real
        "showscale": False,
        "opacity": 0.55,
        "hoverinfo": "skip",
        "meta": {"layer": layer},
    }


def _decision(verdict: np.ndarray, middle: float, grid: dict[str, float]) -> Trace:
    """The line on which the discriminator is undecided."""
    return {
        "type": "contour",
        "name": "decision line",
        "z": verdict,
        **grid,
        "contours": {"start": middle, "end": middle, "size": 1, "coloring": "none"},
        "line": {"color": theme.LEARNED, "width": 2},
        "showscale": False,
        "hoverinfo": "skip",
        "meta": {"layer": "line"},
    }


def scale(loss: str, verdict: np.ndarray) -> tuple[float, float, float]:
    """Lowest, undecided and highest verdict. A Wasserstein critic's is by its own spread."""
    if loss == "hinge":
        return -1.0, 0.0, 1.0
    if loss in CRITICS:
        middle = float(np.median(verdict))
        spread = float(np.abs(verdict - middle).max()) or 1.0
        return middle - spread, middle, middle + spread
    return 0.0, 0.5, 1.0


def _points(name: str, at: np.ndarray, color: str, symbol: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": at[:, 0].astype(np.float32),
        "y": at[:, 1].astype(np.float32),
        "marker": {"color": color, "symbol": symbol, "size": 5, "opacity": 0.75},
        "hoverinfo": "skip",
        "meta": {"layer": "points"},
    }


def _lines(layer: str, name: str, at: np.ndarray, color: str, width: float) -> Trace:
    """Polylines (k, n, 2), a gap after each."""
    gaps = np.full((len(at), 1, 2), np.nan, np.float32)
    xy = np.concatenate([at.astype(np.float32), gaps], 1).reshape(-1, 2)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": xy[:, 0],
        "y": xy[:, 1],
        "line": {"color": color, "width": width},
        "hoverinfo": "skip",
        "meta": {"layer": layer},
    }


def _mesh(settings: Settings, mesh: np.ndarray) -> np.ndarray:
    """The lines of the noise's grid, each way: (k, n, 2)."""
    if settings.noise_dim == 1:
        return mesh[None]
    side = round(len(mesh) ** 0.5)
    rows = mesh.reshape(side, side, 2)
    return np.concatenate([rows, rows.swapaxes(0, 1)])


def _pulls(frame: Frame) -> list[Trace]:
    """From each fake where it is pulled, the longest PULL long, and heads that point there."""
    start, pull = frame.fake[: len(frame.arrows)].astype(np.float32), frame.arrows
    pull = pull.astype(np.float32)
    longest = float(np.linalg.norm(pull, axis=1).max(initial=0)) or 1.0
    end = start + PULL * pull / longest
    shafts = _lines("arrows", "pull on the fakes", np.stack([start, end], 1), theme.GRADIENT, 1.5)
    heads = _points("where to", end, theme.GRADIENT, "triangle-up")
    heads["marker"] |= {"angle": np.degrees(np.arctan2(pull[:, 0], pull[:, 1])), "opacity": 1}
    return [shafts, {**heads, "meta": {"layer": "arrows"}}]


def best(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The discriminator, the best there is against these fakes, and the difference."""
    now = frames[at]
    verdict = said(now.judged.astype(np.float32), settings.loss)
    low, middle, high = scale(settings.loss, verdict)
    if settings.loss in CRITICS:  # the colours stay where they are, whatever its range
        verdict, low, high = (verdict - middle) / (high - low) * 2, -1.0, 1.0
    ideal = _best(settings, now)
    one = np.full_like(verdict, np.nan) if ideal is None else ideal.astype(np.float32)
    grid = _grid(len(verdict))
    shown = [
        ("What D says: blue real, orange fake", verdict, low, high, f"step {now.step:,}"),
        (_title(settings), one, low, high, _note(settings, ideal is not None)),
        ("D less the best D", verdict - one, low - high, high - low, _off(now)),
    ]
    panels = [
        Panel([_map(z, a, b, grid), _over(text)], title, *_axes(0.5), square=True)
        for title, z, a, b, text in shown
    ]
    return figure(panels, height=400)


def _note(settings: Settings, closed: bool) -> str:
    """What keeps a discriminator that trains from being that one."""
    if not closed:
        return "no closed form here"
    if settings.r1:
        return "R1 keeps D from it: flatter"
    return "spectral normalisation keeps D flatter" if settings.spectral else ""


def _off(now: Frame) -> str:
    gap = now.metrics.get("from_best")
    return "no closed form here" if gap is None else f"{gap:.2f} on average over the points"


def _over(text: str) -> Trace:
    return words([-REACH], [REACH + 0.26], [text], "middle right")


def _map(z: np.ndarray, low: float, high: float, grid: dict[str, float]) -> Trace:
    """A heat map in numbers that can be read off; nothing where there is no number."""
    exact = {"z": z.astype(np.float32), "zmin": low, "zmax": high, "opacity": 1}
    told = {"hoverinfo": "all", "hovertemplate": "%{x:.1f}, %{y:.1f}: %{z:.2f}<extra></extra>"}
    found = {**_heat("", "", z, low, high, grid), **exact, **told}
    del found["meta"]
    return found


def _title(settings: Settings) -> str:
    if settings.packing > 1:
        return "The best D"
    if settings.loss == "hinge":
        return "The best D: sign(p - q)"
    if settings.loss in CRITICS:
        return "The best critic"
    label = f"{1 - settings.smoothing:.2g} " if settings.smoothing else ""
    noised = ", noised" if settings.instance_noise else ""
    return f"The best D: {label}p / (p + q){noised}"


def _best(settings: Settings, now: Frame) -> np.ndarray | None:
    return best_of(settings, now.density.astype(np.float64))
