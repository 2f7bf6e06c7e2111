"""Pictures of the game in the plane: points and verdicts, losses, the best discriminator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.mixtures import REACH, Mixture
from core.experiment import Figure
from core.gan.best import best_of
from core.gan.optimum import said
from core.plot import theme
from core.plot.panels import Panel, figure

if TYPE_CHECKING:
    from core.gan.plane import Frame, Settings

EDGE = 2.7  # of the plane, what is shown
PULL = 0.6  # the longest arrow, in the plane's units
LN2 = float(np.log(2))
# D's loss and G's where fakes and real points cannot be told apart, with D at its best.
EVEN = {
    "minimax": (2 * LN2, -LN2),
    "non-saturating": (2 * LN2, LN2),
    "least-squares": (0.25, 0.125),
    "hinge": (2.0, 0.0),
    "wasserstein": (0.0, 0.0),
    "wgan-gp": (0.0, 0.0),
}
LAYERS = {
    "heat": "What D says",
    "points": "Points",
    "line": "Decision line",
    "arrows": "Pull on fakes",
    "mesh": "Warped noise",
    "best": "Best D",
}
Trace = dict[str, Any]


def game(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The plane with its layers, and quality against steps."""
    now, mixture = frames[at], settings.mixture
    axis = {"range": [-EDGE, EDGE], "title": "x", "dtick": 1}
    plane = Panel(
        _plane(settings, frames[0], now),
        f"Step {now.step}: {_covered(now, mixture)}",
        axis,
        {**axis, "title": "y"},
        square=True,
    )
    return figure([plane, _quality(settings, frames, at)], height=440)


def _covered(frame: Frame, mixture: Mixture) -> str:
    part = "modes" if len(mixture.centres) == mixture.count else "stretches"
    share = frame.metrics["high_quality"]
    return f"{frame.metrics['modes']:.0f} of {mixture.count} {part}, {share:.0%} good"


def _plane(settings: Settings, first: Frame, now: Frame) -> list[Trace]:
    assert first.real is not None
    verdict = said(now.judged.astype(np.float32), settings.loss)
    low, middle, high = _scale(settings.loss, verdict)
    best = _best(settings, now)
    grid = _grid(len(verdict))
    return [
        _heat("heat", "what D says", verdict, low, high, grid),
        {
            **_heat("best", "best D", verdict if best is None else best, low, high, grid),
            "visible": best is not None,
        },
        {
            "type": "contour",
            "name": "decision line",
            "z": verdict,
            **grid,
            "contours": {"start": middle, "end": middle, "size": 1, "coloring": "none"},
            "line": {"color": theme.LEARNED, "width": 2},
            "showscale": False,
            "hoverinfo": "skip",
            "meta": {"layer": "line"},
        },
        _lines("mesh", "warped noise", _mesh(settings, now.mesh), theme.EXACT, 0.8),
        _points("real points", first.real, theme.REAL, "circle"),
        _points("fake points", now.fake, theme.GENERATED, "diamond"),
        _lines("arrows", "pull on the fakes", _arrows(now), theme.GRADIENT, 1.5),
    ]


def _grid(side: int) -> dict[str, float]:
    """Where the cells of a grid over the plane lie."""
    wide = 2 * REACH / side
    return {"x0": wide / 2 - REACH, "dx": wide, "y0": wide / 2 - REACH, "dy": wide}


def _heat(
    layer: str, name: str, z: np.ndarray, low: float, high: float, grid: dict[str, float]
) -> Trace:
    return {
        "type": "heatmap",
        "name": name,
        "z": np.nan_to_num(np.clip((z - low) / (high - low), 0, 1) * 254, nan=127).astype(np.uint8),
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


def _map(z: np.ndarray, low: float, high: float, grid: dict[str, float]) -> Trace:
    """A heat map in numbers that can be read off; nothing where there is no number."""
    exact = {"z": z.astype(np.float32), "zmin": low, "zmax": high, "opacity": 1}
    words = {"hoverinfo": "all", "hovertemplate": "%{x:.1f}, %{y:.1f}: %{z:.2f}<extra></extra>"}
    return {**_heat("", "", z, low, high, grid), **exact, **words}


def _scale(loss: str, verdict: np.ndarray) -> tuple[float, float, float]:
    """Lowest, undecided and highest verdict. A Wasserstein critic's is by its own spread."""
    if loss == "hinge":
        return -1.0, 0.0, 1.0
    if loss in ("wasserstein", "wgan-gp"):
        middle, spread = float(np.median(verdict)), float(np.ptp(verdict)) / 2 or 1.0
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


def _arrows(frame: Frame) -> np.ndarray:
    """From each fake where it is pulled, (k, 2, 2); the longest is PULL long."""
    start, pull = frame.fake[: len(frame.arrows)].astype(np.float32), frame.arrows
    pull = pull.astype(np.float32)
    longest = float(np.linalg.norm(pull, axis=1).max(initial=0)) or 1.0
    return np.stack([start, start + PULL * pull / longest], 1)


def _quality(settings: Settings, frames: list[Frame], at: int) -> Panel:
    steps = [frame.step for frame in frames[: at + 1]]
    good = [frame.metrics["high_quality"] for frame in frames[: at + 1]]
    covered = [f.metrics["modes"] / settings.mixture.count for f in frames[: at + 1]]
    share = settings.mixture.within
    ends = [0, settings.steps]
    lines = [
        _line("modes covered", steps, covered, theme.series(2), shape="hv"),
        _line("good fakes", steps, good, {"color": theme.GENERATED, "dash": "solid"}),
        _line("good among real points", ends, [share] * 2, {"color": theme.EXACT, "dash": "dash"}),
    ]
    return Panel(
        lines,
        f"Modes covered, good fakes ({share:.1%} is the target)",
        {"range": ends, "title": "step"},
        {"range": [0, 1.04], "tickformat": ".0%"},
        width=0.8,
        notes=[
            _end("modes covered", steps, covered, theme.series(2)["color"], 12),
            _end("good fakes", steps, good, theme.GENERATED, -14),
        ],
    )


def _end(text: str, x: list[int], y: list[float], color: str, shift: int) -> dict[str, Any]:
    return {
        "text": text,
        "x": x[-1],
        "y": y[-1],
        "xanchor": "right" if x[-1] else "left",
        "yshift": shift,
        "font": {"color": color, "size": 12},
    }


def _line(name: str, x: Any, y: Any, line: dict[str, Any], shape: str = "linear") -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.asarray(x, np.float32),
        "y": np.asarray(y, np.float32),
        "line": {"width": 2, "shape": shape, **line},
        "hovertemplate": f"{name}, step %{{x:.0f}}: %{{y:.3g}}<extra></extra>",
    }


def losses(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Both losses against steps, and what they are where the players are even."""
    panels = []
    players = (("d_loss", "discriminator", theme.LEARNED), ("g_loss", "generator", theme.GENERATED))
    for (name, player, color), even in zip(players, EVEN[settings.loss], strict=True):
        values = np.array([frame.metrics[name] for frame in frames])
        low, high = _range(np.append(values, even))
        ends = [0, settings.steps]
        panels.append(
            Panel(
                [
                    _line(player, [f.step for f in frames[: at + 1]], values[: at + 1],
                          {"color": color}),
                    _line("even", ends, [even] * 2, {"color": theme.EXACT, "dash": "dash"}),
                ],
                f"Loss of the {player}; dashed: players even ({even:.3g})",
                {"range": ends, "title": "step (losses do not measure quality here)"},
                {"range": [low, high]},
            )
        )  # fmt: skip
    return figure(panels, height=400)


def _range(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, [0.0, 1.0])
    pad = 0.08 * (high - low) or 0.5
    return float(low - pad), float(high + pad)


def best(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The discriminator, the best there is against these fakes, and the difference."""
    now = frames[at]
    verdict = said(now.judged.astype(np.float32), settings.loss)
    ideal = _best(settings, now)
    low, _, high = _scale(settings.loss, verdict)
    grid = _grid(len(verdict))
    axes = ({"range": [-EDGE, EDGE], "title": "x"}, {"range": [-EDGE, EDGE]})
    blank = np.full_like(verdict, np.nan)
    none = [{"text": "No closed form here.", "x": 0, "y": 0}] if ideal is None else []
    one = blank if ideal is None else ideal.astype(np.float32)
    gap = blank if ideal is None else verdict - one
    shown = [
        (f"Step {now.step}: what D says", verdict, low, high, []),
        (_title(settings), one, low, high, none),
        ("Difference: says real too readily, or too seldom", gap, low - high, high - low, none),
    ]
    panels = [
        Panel([_map(z, a, b, grid)], title, *axes, square=True, notes=n)
        for title, z, a, b, n in shown
    ]
    return figure(panels, height=380)


def _title(settings: Settings) -> str:
    if settings.loss == "hinge":
        return "The best D: sign(p - q)"
    if settings.loss in ("wasserstein", "wgan-gp"):
        return "The best critic"
    return f"The best D: {1 - settings.smoothing:.2g} p / (p + q)" if settings.smoothing else (
        "The best D: p / (p + q)"
    )  # fmt: skip


def _best(settings: Settings, now: Frame) -> np.ndarray | None:
    return best_of(settings, now.density.astype(np.float64))


def distances(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Four distances between fakes and target against steps."""
    names = {
        "js": "Jensen-Shannon (nats, at most 0.693)",
        "kl": "Kullback-Leibler (nats)",
        "swd": "Sliced Wasserstein",
        "mmd": "MMD squared",
    }
    panels = []
    for number, (name, title) in enumerate(names.items()):
        values = np.array([frame.metrics[name] for frame in frames])
        high = LN2 if name == "js" else float(values.max()) or 1.0
        line = _line(
            title, [f.step for f in frames[: at + 1]], values[: at + 1], theme.series(number)
        )
        low = min(0.0, float(values.min()))
        panels.append(
            Panel(
                [line],
                title,
                {"range": [0, settings.steps], "title": "step"},
                {"range": [low - 0.03 * high, 1.06 * high]},
            )
        )
    return figure(panels, height=330)
