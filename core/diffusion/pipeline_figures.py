"""The diagram of the pipeline, the card of the chosen part, and the costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.diffusion.pipeline_parts import IMAGE, PARTS, SKETCH, Place
from core.experiment import Figure
from core.plot import theme
from core.plot.panels import Panel, figure
from core.plot.sheets import bare, words

if TYPE_CHECKING:
    from core.diffusion.pipeline import Frame, Settings

Trace = dict[str, Any]
HIGH, WRAP = 470, 44  # of the figure, in pixels; characters in a line of the card
REST, SOFT = "rgba(128,136,144,0.16)", "rgba(128,136,144,0.7)"
CHOSEN, OFF = "rgba(0,158,115,0.30)", "rgba(128,136,144,0.05)"
COSTED = ("text-encoder", "unet", "controlnet", "vae-decoder")
BLOCKS = ("in", "d1", "d2", "d3", "d4", "mid", "u4", "u3", "u2", "u1", "out")
LEVELS = (1.0, 0.78, 0.56, 0.34, 0.34, 0.34, 0.56, 0.78, 1.0)  # heights of the U-Net's maps
CLICKS = (-0.4, -0.2, 0.0, 0.2, 0.4)  # where a box hears a click, in shares of it


def pipeline(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """All parts with the chosen one in colour, and the card beside it."""
    return figure([_diagram(settings, frames[at]), _card(settings, frames[at])], height=HIGH)


def costs(settings: Settings, frames: list[Frame], at: int) -> Figure:
    """Parameters, multiplications, and where in the U-Net the parameters are."""
    metrics = frames[at].metrics
    names = [PARTS[name].title.replace(" ", "<br>") for name in COSTED]
    weights = [metrics[f"parameters/{name}"] / 1e6 for name in COSTED]
    work = [metrics[f"work/{name}"] for name in COSTED]
    inside = frames[at].blocks / 1e6
    return figure(
        [
            _bars(names, weights, "Parameters", "millions", 1000, "{:.0f} M"),
            _bars(names, work, "Multiplications for one image", "10¹² (tera)", None, "{:.3g} T"),
            _bars(
                list(BLOCKS),
                inside.tolist(),
                "Inside the U-Net: parameters",
                "millions",
                300,
                "{:.0f}",
                "way down (d), middle, way up (u)",
            ),
        ],
        height=430,
    )


def _diagram(settings: Settings, now: Frame) -> Panel:
    traces = [_box(settings, name, part.place) for name, part in PARTS.items()]
    traces += [
        _maps(),
        *_arrows(settings),
        _picture(),
        _titles(),
        _shapes(settings, now),
        _clicks(),
    ]
    return Panel(
        traces,
        f"{PARTS[settings.part].title}: click another box",
        bare(0, 12, ""),
        bare(0, 9.8, ""),
        width=1.65,
        stacked=HIGH,
    )


def _box(settings: Settings, name: str, place: Place) -> Trace:
    x, y, wide, high = place
    chosen, off = name == settings.part, _idle(settings, name)
    spots = _rounded(x, y, wide, high)
    line = {"color": theme.LEARNED if chosen else SOFT, "width": 2.5 if chosen else 1.2}
    return {
        **_path(name, spots, line | ({"dash": "dot"} if off else {})),
        "fill": "toself",
        "fillcolor": CHOSEN if chosen else OFF if off else REST,
    }


def _idle(settings: Settings, name: str) -> bool:
    """Whether the part is not used with these settings."""
    return {"controlnet": not settings.control, "guidance": not settings.guidance}.get(name, False)


def _rounded(x: float, y: float, wide: float, high: float, r: float = 0.22) -> np.ndarray:
    turn = np.linspace(0, np.pi / 2, 6)
    corners = [(1, 1, 0), (-1, 1, 1), (-1, -1, 2), (1, -1, 3)]
    spots = []
    for right, up, quarter in corners:
        centre = np.array([x + right * (wide / 2 - r), y + up * (high / 2 - r)])
        angle = turn + quarter * np.pi / 2
        spots.append(centre + r * np.stack([np.cos(angle), np.sin(angle)], 1))
    return np.concatenate([*spots, spots[0][:1]])


def _maps() -> Trace:
    """The U-Net's maps, smaller on the way down and larger on the way up."""
    x, y, wide, high = PARTS["unet"].place
    at = np.linspace(-0.4, 0.4, len(LEVELS)) * wide + x
    rows = []
    for place, share in zip(at, LEVELS, strict=True):
        half = 0.3 * high * share
        rows += [(place, y - 0.12 - half), (place, y - 0.12 + half), (np.nan, np.nan)]
    return _path("maps", np.array(rows), {"color": theme.LEARNED, "width": 5})


def _arrows(settings: Settings) -> list[Trace]:
    """What goes where: grey; the loop: orange; the sketch: dotted while it is off."""
    p = {name: part.place for name, part in PARTS.items()}
    top, low = p["unet"][1] + p["unet"][3] / 2, p["unet"][1] - p["unet"][3] / 2
    flow = [
        [(p["text-encoder"][0] + 1.65, 7.5), (p["cross-attention"][0] - 1.7, 7.5)],
        [(6.3, 6.75), (6.3, top + 0.05)],
        [(2.75, 4.9), (4.1, 4.9)],
        [(1.9, 1.0), (1.9, 0.45), (10.4, 0.45), (10.4, 0.95)],
        [(10.4, 2.5), (10.4, 3.75)],
    ]
    loop = [
        [(6.3, low), (6.3, 2.55)],
        [(4.65, 1.75), (3.4, 1.75)],
        [(3.05, 2.5), (3.05, 4.3), (4.1, 4.3)],
    ]
    steer = [[(10.4, 8.8), (10.4, 8.3)], [(9.6, 6.75), (8.5, 5.4)]]
    dotted = {} if settings.control else {"dash": "dot"}
    return [
        _flow("goes to", flow, SOFT, 2.2),
        _flow("loop", loop, theme.GENERATED, 3.2),
        _flow("steers", steer, theme.EXACT, 2, **dotted),
    ]


def _flow(name: str, ways: list[Any], color: str, wide: float, **line: Any) -> Trace:
    spots: list[tuple[float, float]] = []
    sizes: list[int] = []
    for way in ways:
        spots += [*way, (np.nan, np.nan)]
        sizes += [0] * (len(way) - 1) + [12, 0]
    head = {"symbol": "arrow", "angleref": "previous", "size": sizes, "color": color, "opacity": 1}
    return {
        **_path(name, np.array(spots), {"color": color, "width": wide, **line}),
        "mode": "lines+markers",
        "marker": {**head, "line": {"width": 0}},
    }


def _picture() -> Trace:
    """The image that comes out: a frame with hills and a sun."""
    x, y = IMAGE
    frame = _rounded(x, y, 1.9, 1.7, 0.12)
    hills = [(-0.95, -0.45), (-0.4, 0.2), (0.0, -0.25), (0.4, 0.35), (0.95, -0.3)]
    angle = np.linspace(0, 2 * np.pi, 17)
    sun = np.stack([0.22 * np.cos(angle) - 0.4, 0.22 * np.sin(angle) + 0.5], 1) + IMAGE
    gap = np.full((1, 2), np.nan)
    spots = np.concatenate([frame, gap, np.array(hills) + IMAGE, gap, sun])
    return _path("image", spots, {"color": theme.GENERATED, "width": 2})


def _titles() -> Trace:
    xs, ys, names = [], [], []
    for name, part in PARTS.items():
        x, y, _, high = part.place
        xs.append(x)
        ys.append(y + high / 2 - 0.38 if name == "unet" else y)
        title = part.title if name == "unet" else part.title.replace(" ", "<br>")
        names.append(f"<b>{title.replace('s-', 's-<br>')}</b>")
    return words(xs, ys, names, size=12)


def _shapes(settings: Settings, now: Frame) -> Trace:
    """Prompt, shapes and counts beside the arrows."""
    side, code = settings.side, f"4×{settings.side // 8}×{settings.side // 8}"
    calls = int(now.metrics["calls/unet"])
    spots = [
        (0.45, 8.75, "“a lighthouse at dusk”", "middle right"),
        (4.2, 8.0, "77×768", "middle center"),
        (6.45, 6.42, "16 places", "middle right"),
        (3.45, 5.35, code, "middle center"),
        (6.45, 2.95, "noise", "middle right"),
        (2.95, 3.25, f"{settings.rounds} times", "middle left"),
        (6.2, 0.8, f"at the end: {code}", "middle center"),
        (10.25, 3.1, f"3×{side}×{side}", "middle left"),
        (SKETCH[0], SKETCH[1], "a sketch", "middle center"),
        (6.3, 3.62, f"asked {calls} times", "middle center"),
    ]
    xs, ys, texts, places = (list(row) for row in zip(*spots, strict=True))
    return words(xs, ys, texts, places, size=12)  # type: ignore[arg-type]


def _clicks() -> Trace:
    """Squares that are not seen, over every box: what hears a click."""
    spots, names = [], []
    for name, part in PARTS.items():
        x, y, wide, high = part.place
        for right in CLICKS:
            for up in (-0.3, 0.0, 0.3):
                spots.append((x + right * wide, y + up * high))
                names.append(name)
    xy = np.array(spots, np.float32)
    return {
        "type": "scatter", "mode": "markers", "name": "boxes", "x": xy[:, 0], "y": xy[:, 1],
        "customdata": names, "hoverinfo": "none", "cliponaxis": False,
        "marker": {"size": 26, "symbol": "square", "opacity": 0},
    }  # fmt: skip


def _card(settings: Settings, now: Frame) -> Panel:
    part = PARTS[settings.part]
    lines = [f"<b>{part.title}</b>", *_wrapped(part.does), ""]
    lines += [f"<b>{name}</b> {value}" for name, value in facts(settings, now)]
    lines += ["", *_wrapped(part.here)]
    told = words([0], [10], ["<br>".join(lines)], "bottom right", 13)
    return Panel([told], "What it does", bare(0, 10, ""), bare(0, 10, ""), stacked=380)


def facts(settings: Settings, now: Frame) -> list[tuple[str, str]]:
    """Numbers of the chosen part, each with its name."""
    m, name = now.metrics, settings.part
    if name in COSTED:
        found = [
            ("Parameters:", f"{m[f'parameters/{name}']:,.0f}"),
            ("Calls for an image:", f"{m[f'calls/{name}']:.0f}"),
            ("Multiplications:", f"{m[f'work/{name}']:,.3g} × 10¹²"),
        ]
        if f"ours/{name}" in m:
            found.append(("Parameters here:", f"{m[f'ours/{name}']:,.0f}"))
        return found
    if name == "cross-attention":
        share = m["crossing"]
        return [("Places:", f"{m['places']:.0f}"), ("Share of the U-Net:", f"{share:.1%}")]
    if name == "noise":
        return [("Numbers:", f"{m['latents']:,.0f}"), ("Pixels over it:", f"{m['smaller']:.0f}")]
    asked = 2 if settings.guidance else 1
    return [("Parameters:", "0"), ("Calls of the U-Net a step:", str(asked))]


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) > WRAP:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _bars(
    names: list[str],
    values: list[float],
    title: str,
    unit: str,
    most: float | None,
    text: str,
    along: str = "part",
) -> Panel:
    top = most or 1.25 * max([*values, 1e-9])
    bar = {
        "type": "bar", "name": title, "x": list(range(len(names))), "y": values,
        "marker": {"color": theme.LEARNED, "opacity": 0.75}, "hoverinfo": "skip",
        "text": [text.format(one) for one in values], "textposition": "outside",
        "cliponaxis": False,
    }  # fmt: skip
    ticks = {"tickvals": list(range(len(names))), "ticktext": names}
    x = {"title": {"text": along}, "range": [-0.6, len(names) - 0.4], **ticks}
    return Panel([bar], title, x, {"title": {"text": unit}, "range": [0, top]})


def _path(name: str, spots: np.ndarray, line: dict[str, Any]) -> Trace:
    return {
        "type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip",
        "x": spots[:, 0].astype(np.float32), "y": spots[:, 1].astype(np.float32), "line": line,
    }  # fmt: skip
