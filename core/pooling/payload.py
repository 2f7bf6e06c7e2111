"""What the browser's stage "window" is sent of a convolution or of pooling, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core import pictures
from core.pictures import ImageSettings, grid, text_of, typed
from core.plot.packed import packed
from core.pooling import blurring, grids, kernels_layout, kernels_why, window_why
from core.pooling.kernels_figures import shown_output, size_of
from core.pooling.place import clamped
from core.pooling.spelled import plain

if TYPE_CHECKING:
    from core.pooling.kernels import Frame as KernelsFrame
    from core.pooling.kernels import Settings as KernelsSettings
    from core.pooling.window import Frame as WindowFrame
    from core.pooling.window import Settings as WindowSettings

MOST_PLACES = 1600  # for which sums are written out
MOST_TAPS = 25  # of a window whose sum is written out
MOST_NUMBERS = (
    40_000  # in sums or gradients of all places: beyond it, in the sum at the place alone
)
MOST_EXACT = 4096  # cells of a map that is sent to the last digit; others to the seventh
Payload = dict[str, Any]


def kernels(settings: KernelsSettings, frames: list[KernelsFrame]) -> Payload:
    """A convolution's map, kernel, output and sums, as the stage "window" takes them."""
    now, kernel = frames[-1], settings.laid_kernel()
    why = kernels_layout.problem(settings, size_of(now))
    text = typed(settings) if settings.scale in ("plain", "strided") else ""
    common = _common(settings, now.padded, now.place, text, why)
    common["value"]["weights"] = text_of(settings.chosen_kernel())
    return common | {
        **_lies(settings, now, why),
        "padded": "zero",
        "kernel": packed(kernel),
        "bias": 0.0,
        "kernelEditable": True,
        "flipped": (settings.operation == "convolution") != (settings.scale == "transposed"),
        "outputs": [] if why else [_sums(settings, now)],
        "divisor": None,
        "digits": pictures.decimals(now.padded, kernel),
        "names": {"input": _input(settings, now), "window": "Cells × kernel", "output": "Output"},
        "note": "" if why else " ".join(clamped(settings.row, settings.column, now.place)),
    }


def _common(
    settings: ImageSettings, cells: np.ndarray, place: np.ndarray, text: str, why: str
) -> Payload:
    row, column = place.tolist()
    low, high = grids.span(cells)
    return {
        "value": {"row": row, "column": column, "cells": text, "weights": ""},
        "input": _sent(cells),
        "range": [float(min(low, cells.min(initial=0))), float(max(high, 1.0))],
        "editable": bool(text),
        "problem": why,
    }


def _sent(cells: np.ndarray) -> Payload:
    """A map to the last digit, a large one to the seventh."""
    return packed(cells.astype(np.float64 if cells.size <= MOST_EXACT else np.float32))


def _lies(settings: KernelsSettings, now: KernelsFrame, why: str) -> Payload:
    """Padding, and how the window steps; where none fits there is none of it."""
    size = list(now.products.shape)
    if why:
        none = {"padding": [[0, 0], [0, 0]], "stride": [1, 1], "dilation": [1, 1]}
        return {"size": size, **none}
    lies = kernels_layout.layout(settings, size_of(now))
    return {
        "size": size,
        "padding": [[max(cells, 0) for cells in axis] for axis in lies.padding],
        "stride": [lies.stride] * 2,
        "dilation": [lies.dilation] * 2,
    }


def _sums(settings: KernelsSettings, now: KernelsFrame) -> Payload:
    values = shown_output(settings, now)
    return {
        "name": "Convolution" if settings.operation == "convolution" else "Cross-correlation",
        "kind": "convolution",
        "values": _sent(values),
        "gradient": None,  # the kernel itself, everywhere
        "formula": _formulas(settings, now, values),
    }


def _formulas(settings: KernelsSettings, now: KernelsFrame, values: np.ndarray) -> list[str] | None:
    if values.size > MOST_PLACES or now.products.size > MOST_TAPS:
        return None
    lies = kernels_layout.layout(settings, size_of(now))
    found = windows(now.padded, now.products.shape, (lies.stride,) * 2, (lies.dilation,) * 2)
    return [
        f"{kernels_why.terms(settings, found[i, j])} = {plain(float(value))}"
        for (i, j), value in np.ndenumerate(values)
    ]


def windows(
    cells: np.ndarray, size: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> np.ndarray:
    """Every window of a padded map (H, W): (oh, ow, kh, kw), without a copy."""
    reach = tuple(d * (k - 1) + 1 for k, d in zip(size, dilation, strict=True))
    found = np.lib.stride_tricks.sliding_window_view(cells, reach)
    return found[:: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]


def _input(settings: KernelsSettings, now: KernelsFrame) -> str:
    if len(now.image) > 1:
        apart = settings.channels == "apart"
        return f"Image, {settings.channel} channel" if apart else "Image, red + green + blue"
    more = {"transposed": "Image, zeros between its cells", "upsampled": "Image, cells repeated"}
    return more.get(settings.scale, "Image")


def window(settings: WindowSettings, frames: list[WindowFrame]) -> Payload:
    """An image, each kind's output, formulas and gradients, as the stage "window" takes them."""
    now = frames[-1]
    why = window_why.problem(settings, now.image.shape)
    p = 0 if why else settings.padding
    shown = [k for k, shape in enumerate(now.shapes) if shape.all()]
    average = "average" in settings.all_kinds and not why
    return _common(settings, np.pad(now.image, p), now.place, typed(settings), why) | {
        "padding": [[p, p], [p, p]],
        "padded": "zero" if window_why.zeros(settings) else "out",
        "size": [settings.kernel] * 2,
        "stride": [settings.stride or settings.kernel] * 2,
        "dilation": [settings.dilation] * 2,
        "kernel": None,
        "bias": 0.0,
        "kernelEditable": False,
        "flipped": False,
        "outputs": [_summary(settings, now, k) for k in shown],
        "divisor": packed(now.counts.astype(np.int32)) if average else None,
        "digits": pictures.decimals(now.image),
        "names": {
            "input": window_why.looked_at(now),
            "window": "Window",
            "output": "One number of it",
        },
        "note": "" if why else " ".join(window_why.remarks(settings, now)),
    }


def _summary(settings: WindowSettings, now: WindowFrame, k: int) -> Payload:
    kind, values = settings.all_kinds[k], now.output(k)
    return {
        "name": settings.words(kind),
        "kind": kind,
        "values": _sent(values),
        "gradient": _gradient(settings, now, k),
        "formula": _summaries(settings, now, k),
    }


def _gradient(settings: WindowSettings, now: WindowFrame, k: int) -> Payload | None:
    """By tap of every window; of a global kind or a blurred one, by cell of the padded image."""
    kind, image = settings.all_kinds[k], now.image
    if kind.startswith("global-"):
        return packed(np.pad(now.back[k], settings.padding).reshape(1, -1))
    if kind != "blur":
        return None if now.taps.size > MOST_NUMBERS else _sent(now.taps[k])
    places, room = now.output(k).size, ((settings.padding,) * 2,) * 2
    if places * image.size > MOST_NUMBERS:
        return None
    slopes = blurring.slopes(settings, image).reshape(places, *image.shape)
    return packed(np.pad(slopes, ((0, 0), *room)).reshape(places, -1))


def _summaries(settings: WindowSettings, now: WindowFrame, k: int) -> list[str] | None:
    """The formula of every place; where those of all kinds are too many, of the chosen one."""
    values = now.output(k)
    if values.size > MOST_PLACES or settings.kernel**2 > MOST_TAPS:
        return None
    alone = now.at(k) if now.taps.size > MOST_NUMBERS // 2 else None
    say = window_why.speller(settings, now, k)
    return [say(*at) if alone in (None, at) else "" for at in np.ndindex(values.shape)]


def kernels_moved(settings: KernelsSettings, value: Any) -> Mapping[str, Any]:
    """The fields that a gesture stands for: the place, and what was typed over."""
    fields = _moved(settings, value)
    weights = str(value["weights"])
    if weights and weights != text_of(settings.chosen_kernel()):
        fields |= {"kernel": "own", "weights": text_of(grid(weights))}
    return fields


def window_moved(settings: WindowSettings, value: Any) -> Mapping[str, Any]:
    """The fields that a gesture stands for: the place, and cells that were typed over."""
    return _moved(settings, value)


def _moved(settings: ImageSettings, value: Any) -> dict[str, Any]:
    """Row, column and image. ValueError, KeyError, TypeError: the value is no such thing."""
    fields: dict[str, Any] = {"row": _index(value["row"]), "column": _index(value["column"])}
    cells = str(value["cells"])
    if cells and cells != typed(settings):
        fields |= {"image": "cells", "cells": text_of(grid(cells))}
    return fields


def _index(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
        raise TypeError(f"a place is a whole number, not {value!r}")
    if value < 0:
        raise ValueError("a place is counted from 0")
    return int(value)
