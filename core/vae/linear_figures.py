"""Pictures of the linear VAE: the bound under its exact maximum, columns as images, the noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, words

if TYPE_CHECKING:
    from core.vae.linear import Frame, Settings

Trace = dict[str, Any]
SIDE, CELL = 8, 9  # pixels of an image, and with the gap after it
FEW, MOST = 4, 8  # columns that are drawn at most, beside other panels and alone
FLOOR = 1e-9  # of the gap's axis, nats
FINE = 1e-4  # of the angles' axis, degrees
# Negative, nothing, positive; nothing is a middle grey on light and on dark ground.
SIGNED: list[list[Any]] = [[0.0, "#1A80C4"], [0.5, "rgba(128,136,144,0.10)"], [1.0, "#DF7A00"]]
ROWS = ("exact", "learned,<br>turned", "learned")
INKS = (theme.EXACT, theme.LEARNED, theme.LEARNED)


def bound(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The ELBO under its maximum, the gap between them, the columns of the decoder."""
    return figure(
        [
            _elbo(settings, frames, at),
            _gap(settings, frames, at),
            _columns(frames, at, FEW, "The decoder's columns"),
        ],
        height=420,
    )


def directions(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Angles to what PCA finds, and the columns, turned together and as they are."""
    columns = _columns(frames, at, MOST, "The decoder's columns")
    return figure([_angles(settings, frames, at), columns], height=440)


def noise(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """The noise against steps, and the variances of data and model."""
    return figure([_sigma(settings, frames, at), _variances(settings, frames, at)], height=420)


def _elbo(settings: Settings, frames: list[Frame], at: int) -> Panel:
    first, now = frames[0].metrics, frames[at].metrics
    span = first["ml"] - first["elbo"]
    low, high = first["ml"] - 1.08 * span, first["ml"] + 0.16 * span
    line = _line(frames, at, "elbo", theme.LEARNED, "ELBO")
    said = [f"exact maximum {first['ml']:.3f}", f"ELBO {now['elbo']:.3f}"]
    said = [text.replace("-", "−") for text in said]
    heights = [first["ml"] + 0.07 * span, first["ml"] - 0.09 * span]
    told = words(
        [0.97 * settings.steps] * 2, heights, said, "middle left", 13, [theme.EXACT, theme.LEARNED]
    )
    y = {"range": [low, high], "title": {"text": "nats an image"}}
    level = _level(settings, first["ml"], "exact maximum")
    return Panel([line, level, _dot(frames, at, "elbo"), told], "The bound", _steps(settings), y)


def _gap(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """On a logarithmic axis; what is smaller than its floor stands on it."""
    gaps = [max(frame.metrics["gap"], FLOOR) for frame in frames[: at + 1]]
    line = _curve([frame.step for frame in frames[: at + 1]], gaps, theme.LEARNED, "gap")
    top = 10 * max(frames[0].metrics["gap"], 1.0)
    told = words(
        [0.97 * settings.steps], [0.3 * top], [f"now {_small(frames[at].metrics['gap'])}"],
        "middle left", 13,
    )  # fmt: skip
    powers = range(-9, 4, 2)
    names = [f"10<sup>−{-n}</sup>" if n < 0 else f"{10**n}" for n in powers]
    y = {"range": np.log10([FLOOR / 3, top]).tolist(), "type": "log"}
    y |= {"title": {"text": "nats an image (log scale)"}}
    y |= {"tickvals": [10.0**n for n in powers], "ticktext": names}
    return Panel([line, told], "What the bound lacks", _steps(settings), y)


def _small(gap: float) -> str:
    if gap < FLOOR:
        return "under 10<sup>−9</sup>"
    digits, _, power = f"{gap:.1e}".partition("e")
    return f"{gap:.3g}" if gap > 0.001 else f"{digits} · 10<sup>−{-int(power)}</sup>"


def _columns(frames: list[Frame], at: int, most: int, title: str) -> Panel:
    """The first columns of W as images, on one scale: exact, learned and turned, learned."""
    found = frames[at].columns[:, :most]
    rows, count = found.shape[:2]
    reach = float(np.abs(frames[at].columns[0]).max()) or 0.1
    heat = {
        "type": "heatmap",
        "z": _sheet(found),
        "x0": 0.5,
        "dx": 1,
        "y0": 0.5,
        "dy": 1,
        "zmin": -reach,
        "zmax": reach,
        "colorscale": SIGNED,
        "showscale": False,
        "hoverinfo": "skip",
    }
    wide, high = count * CELL - 1, rows * CELL - 1
    middles = [n * CELL + SIDE / 2 for n in range(rows)]
    label = words([-0.6] * rows, middles, list(ROWS), "middle left", 12, list(INKS))
    x, y = bare(-max(7.5, 0.19 * wide), wide + 0.5, "column"), bare(high + 0.5, -0.5, "row")
    y["constraintoward"] = "top"
    share = 1.25 if most == FEW else 1.6
    return Panel([heat, label], title, x, y, square=True, width=share, stacked=250)


def _sheet(found: np.ndarray) -> np.ndarray:
    """Images (rows, k, 8, 8) side by side, not a number between them."""
    rows, k = found.shape[:2]
    out = np.full((rows, k, CELL, CELL), np.nan, np.float32)
    out[:, :, :SIDE, :SIDE] = found
    return out.swapaxes(1, 2).reshape(rows * CELL, k * CELL)[:-1, :-1]


def _angles(settings: Settings, frames: list[Frame], at: int) -> Panel:
    series = [
        ("angle", "all together, to PCA's subspace", theme.series(0)),
        ("axes", "one by one, to PCA's directions", theme.series(3)),
    ]
    steps = [frame.step for frame in frames[: at + 1]]
    traces = []
    for place, (name, says, line) in enumerate(series):
        values = [max(frame.metrics[name], FINE) for frame in frames[: at + 1]]
        curve = _curve(steps, values, line["color"], says)
        now = max(frames[at].metrics[name], 0.0)
        text = f"{says}: {now:.2g}°" if now >= FINE else f"{says}: under {FINE:g}°"
        told = words(
            [0.97 * settings.steps], [10.0 ** (3.3 - 0.5 * place)], [text], "middle left", 12,
            line["color"],
        )  # fmt: skip
        traces += [{**curve, "line": {**line, "width": 2.5}}, told]
    ticks: dict[str, Any] = {"tickvals": [1e-4, 1e-3, 1e-2, 0.1, 1, 10, 90]}
    ticks |= {"ticktext": ["0.0001", "0.001", "0.01", "0.1", "1", "10", "90"]}
    y = {"range": [-4.3, 3.6], "type": "log", "title": {"text": "largest angle (degrees)"}, **ticks}
    return Panel(traces, "How far from PCA", _steps(settings), y)


def _sigma(settings: Settings, frames: list[Frame], at: int) -> Panel:
    now = frames[at].metrics
    top = 1.35 * max(frames[0].metrics["sigma"], now["sigma_exact"])
    said = [f"exact {now['sigma_exact']:.5f}", f"decoder {now['sigma']:.5f}"]
    told = words(
        [0.97 * settings.steps] * 2, [0.95 * top, 0.87 * top], said, "middle left", 13,
        [theme.EXACT, theme.LEARNED],
    )  # fmt: skip
    line = _line(frames, at, "sigma", theme.LEARNED, "sigma")
    y = {"range": [0, top], "title": {"text": "standard deviation of a pixel"}}
    level = _level(settings, now["sigma_exact"], "exact")
    panel = [line, level, _dot(frames, at, "sigma"), told]
    return Panel(panel, "Noise of the decoder", _steps(settings), y)


def _variances(settings: Settings, frames: list[Frame], at: int) -> Panel:
    """Eigenvalues of the data as a dashed line, those of the model as rings."""
    data, model = frames[at].variances
    places = np.arange(1, len(data) + 1)
    exact = {**_curve(places, data, theme.EXACT, "data"), "mode": "lines+markers"}
    exact |= {"line": {"color": theme.EXACT, "dash": "dash", "width": 2}}
    exact["marker"] = {"color": theme.EXACT, "size": 5}
    ring = {"color": theme.LEARNED, "size": 9, "symbol": "circle-open", "line": {"width": 2}}
    marks = {**_curve(places, model, theme.LEARNED, "model"), "mode": "markers", "marker": ring}
    active = frames[at].metrics["active"]
    says = [f"dashed: data; rings: model, {active:.0f} of {settings.latent_dim} in use"]
    told = words([24.4], [1.09], says, "middle left", 12)
    x = {"range": [0.3, len(data) + 0.7], "title": {"text": "direction, by variance"}}
    y = {"range": [0, 1.15], "title": {"text": "variance along it"}}
    return Panel([exact, marks, told], "Variances of data and model", x, y)


def _steps(settings: Settings) -> dict[str, Any]:
    return {"range": [-0.02 * settings.steps, 1.02 * settings.steps], "title": {"text": "step"}}


def _line(frames: list[Frame], at: int, name: str, color: str, says: str) -> Trace:
    some = frames[: at + 1]
    return _curve([f.step for f in some], [f.metrics[name] for f in some], color, says)


def _curve(x: Any, y: Any, color: str, name: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.asarray(x, np.float32),
        "y": np.asarray(y, np.float32),
        "line": {"color": color, "width": 2.5},
        "hovertemplate": "%{x:.0f}: %{y:.4g}<extra>%{fullData.name}</extra>",
    }


def _dot(frames: list[Frame], at: int, name: str) -> Trace:
    """Where it stands now."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [frames[at].step],
        "y": [frames[at].metrics[name]],
        "marker": {"color": theme.LEARNED, "size": 8},
        "hoverinfo": "skip",
    }


def _level(settings: Settings, value: float, name: str) -> Trace:
    """What is exact, as a dashed line across."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [0, settings.steps],
        "y": [value, value],
        "line": {"color": theme.EXACT, "dash": "dash", "width": 2},
        "hovertemplate": f"{name}: %{{y:.6g}}<extra></extra>",
    }
