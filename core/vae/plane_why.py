"""What the map, the walk and the sum are made by, with this run's numbers in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.data.imagesets import class_names
from core.vae.plane_layout import CLASSES, SETS, WAYS

if TYPE_CHECKING:
    from core.vae.plane import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """Where it is asked, the two ways, the sum, and each number's part."""
    frame = frames[at]
    return {
        "Here": _here(frame),
        "Walk": _walk(frame),
        "Sum": _sum(settings, frame),
        "Each number": _numbers(frame),
    }


def _here(frame: Frame) -> str:
    code = frame.code[:4]
    dots = r", \dots" if len(frame.code) > len(code) else ""
    z = ", ".join(f"{value:.2f}" for value in code) + dots
    first, second = np.argsort(-frame.here_says.astype(int), kind="stable")[:2]
    names = class_names(SETS[int(frame.about[0])])
    read = ", ".join(
        f"{names[n]} with {share:.0%}"
        for n, share in zip(
            (first, second),
            (frame.metrics["read_first"], frame.metrics["read_second"]),
            strict=True,
        )
    )
    snapped = " The nearest entry of the book takes its place." if frame.about[3] else ""
    return rf"$$z = ({z}) \;\mapsto\; \text{{decoder}}(z)$$" + f"\n\nRead as {read}.{snapped}"


def _walk(frame: Frame) -> str:
    ends = frame.lengths[0, 0], frame.lengths[0, -1]
    angle = _degrees(frame)
    rows = [
        rf"{name}: half-way $\lvert z \rvert$ is {frame.metrics[f'middle/{name}']:.2f} times the "
        f"ends' mean, the longest step {frame.metrics[f'walk/{name}']:.2f}"
        for name in WAYS[:2]
    ]
    return (
        rf"$$\lvert a \rvert = {ends[0]:.2f}, \quad \lvert b \rvert = {ends[1]:.2f}, \quad "
        rf"\omega = {angle:.0f}^\circ$$"
        "\n\n" + "; ".join(rows) + ". A step of 1 is as far as two random images."
    )


def _degrees(frame: Frame) -> float:
    """The angle between the ends, from the lengths: of the ends and half-way between them."""
    a, b = (float(frame.lengths[0, n]) for n in (0, -1))
    half = frame.metrics["middle/straight"] * (a + b) / 2
    cosine = (4 * half**2 - a**2 - b**2) / max(2 * a * b, 1e-12)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _sum(settings: Settings, frame: Frame) -> str:
    names = class_names(SETS[int(frame.about[0])])
    a, b, c = (_term(number, names) for number in (settings.a, settings.b, settings.c))
    return (
        rf"$$z = z(\text{{{a}}}) - z(\text{{{b}}}) + z(\text{{{c}}})$$"
        f"\n\nRead as the class of c with {frame.metrics['sum_read']:.0%}."
    )


def _term(number: int, names: list[str]) -> str:
    name = names[number % CLASSES]
    return f"mean {name}" if number < CLASSES else f"image of {name}"


def _numbers(frame: Frame) -> str:
    if not frame.about[1]:
        return "No prior, so no KL. The table orders the numbers by how much they vary."
    parts = " + ".join(f"{value:.2f}" for value in sorted(frame.kl, reverse=True)[:6])
    more = r" + \dots" if len(frame.kl) > 6 else ""
    return rf"$$\mathrm{{KL}} = {parts}{more} = {float(frame.kl.sum()):.2f}\ \text{{nats}}$$"
