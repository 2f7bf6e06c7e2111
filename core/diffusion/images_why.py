"""A step or a mending in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.diffusion.images_layout import COUNTS, MEASURED_AT, SCALES
from core.diffusion.schedules import cosine
from core.plot.latex import number

if TYPE_CHECKING:
    from core.diffusion.images import Frame, Settings

COURSE = cosine(1000)


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """One text for the task that is shown."""
    texts = {"generate": _step, "guidance": _scales, "samplers": _samplers, "denoise": _denoise}
    texts |= {"inpaint": _known, "upscale": _known, "sketch": _sketch}
    titles = {"generate": "This step", "guidance": "Guidance", "samplers": "Distances"}
    title = titles.get(settings.task, "How it is made")
    return {title: texts[settings.task](settings, frames[at])}


def _step(settings: Settings, frame: Frame) -> str:
    t = int(frame.metrics["time"])
    a, s = float(COURSE.signal[t]), float(COURSE.noise[t])
    text = (
        f"At $t = {t}$: $x_t = {number(a)}\\,x_0 + {number(s)}\\,\\epsilon$. "
        f"So far the network was asked {frame.metrics['calls']:.0f} times about each digit"
    )
    if settings.label != "none" and settings.guidance not in (0, 1):
        text += (
            ", with the class and without:\n\n"
            "$$\\hat\\epsilon = \\epsilon_\\varnothing + "
            f"{settings.guidance:g}\\,(\\epsilon_y - \\epsilon_\\varnothing)$$"
        )
    else:
        text += "."
    if not t:
        return text
    return (
        f"{text}\n\nWhat it says is under the noise: "
        "$\\hat x_0 = (x_t - \\sigma_t\\,\\hat\\epsilon) / a_t = "
        f"(x_t - {number(s)}\\,\\hat\\epsilon) / {number(a)}$."
    )


def _scales(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    rows = [
        f"| {scale:g} | {m[f'apart/{scale:g}']:.2f} | {m[f'beyond/{scale:g}']:.1%} | "
        f"{_measured(m, scale)} |"
        for scale in SCALES
    ]
    return (
        "$\\hat\\epsilon = \\epsilon_\\varnothing + s\\,(\\epsilon_y - \\epsilon_\\varnothing)$ "
        "for six $s$:\n\n| $s$ | apart | out of range | Fréchet of 500 |\n|---|---|---|---|\n"
        + "\n".join(rows)
    )


def _measured(metrics: dict[str, float], scale: float) -> str:
    name = f"measured_frechet/{scale:g}"
    return f"{metrics[name]:.2f}" if scale in MEASURED_AT and name in metrics else "not measured"


def _samplers(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    heads = " | ".join(f"{count}" for count in COUNTS)
    rows = [
        f"| {title} | " + " | ".join(f"{m[f'off/{name}/{count}']:.3f}" for count in COUNTS) + " |"
        for name, title in (("ddim", "DDIM"), ("dpm-solver", "DPM-Solver++"), ("heun", "Heun"))
    ]
    return (
        "Root mean square distance a pixel (from -1 to 1) from where 24 steps of Heun's method "
        f"lead, by steps:\n\n| | {heads} |\n|{'---|' * (len(COUNTS) + 1)}\n" + "\n".join(rows)
    )


def _denoise(settings: Settings, frame: Frame) -> str:
    m, t = frame.metrics, int(frame.metrics["began"])
    a, s = float(COURSE.signal[t]), float(COURSE.noise[t])
    return (
        f"Noise of {settings.noise:g} on pixels from 0 to 1 is {2 * settings.noise:g} on pixels "
        f"from -1 to 1. At $t = {t}$ the process has as much: $\\sigma_t / a_t = {number(s)} / "
        f"{number(a)} = {number(s / a)}$. So $a_t$ times the noisy digit is an $x_t$, and the way "
        f"back begins there. The noise leaves an error of {m['error_given']:.3f} a pixel, the mean "
        f"of all that it may be {m['error_best']:.3f}, one digit {m['error_one']:.3f}: drawn from "
        "the exact posterior, it would be twice the mean's."
    )


def _known(settings: Settings, frame: Frame) -> str:
    m = frame.metrics
    what = "every visible pixel" if settings.task == "inpaint" else "the mean of every 4x4 block"
    text = (
        f"At every step the predicted $\\hat x_0$ is put right in {what}, then a DDPM step is "
        f"taken; {settings.again} tries each, {m['calls']:.0f} looks in all."
    )
    if "error_one" not in m:
        return f"{text} Nothing is hidden, so every answer is the digit itself."
    return (
        f"{text} One answer is {m['error_one']:.3f} from the truth (squared, a pixel), the mean of "
        f"the eight {m['error_mean']:.3f}."
    )


def _sketch(settings: Settings, frame: Frame) -> str:
    t = int(frame.metrics["began"])
    a, s = float(COURSE.signal[t]), float(COURSE.noise[t])
    return (
        f"Strength {settings.strength:g} is $t = {t}$: $x_t = {number(a)}\\,\\text{{drawing}} + "
        f"{number(s)}\\,\\epsilon$, and from there the usual way back. The eight differ from the "
        f"drawing by {frame.metrics['moved']:.2f} a pixel (root mean square, black 0, white 1)."
    )
