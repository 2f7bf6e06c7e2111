"""A trained U-Net makes digits, step by step, and mends what is broken, all with one model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import field_validator

from core import experiment
from core.controls import Choice, LogSlider, Model, Seed, Slider, Text, Toggle
from core.data import masks
from core.data.drawing import MOST, decode
from core.diffusion import images_why
from core.diffusion.images_drawings import DRAWING
from core.diffusion.images_layout import SAMPLERS, TITLES
from core.diffusion.images_presets import PRESETS
from core.diffusion.images_views import VIEWS
from core.experiment import Experiment

MODELS = {"diffusion-mnist": "Ready made, from MNIST"}
WALL = {"task": ("generate", "guidance")}
NOISED = {"task": ("generate", "guidance", "samplers", "sketch")}
KNOWN = {"task": ("inpaint", "denoise", "upscale")}
LATENT = {"task": ("generate",)}


class Settings(experiment.Settings):
    """What the model is asked to make, from what, and how."""

    task: Annotated[
        Literal["generate", "guidance", "samplers", "inpaint", "denoise", "upscale", "sketch"],
        Choice("Task", labels=TITLES, help="All are done by the same network, trained once."),
    ] = "generate"
    space: Annotated[
        Literal["pixels", "latent"],
        Choice(
            "Noise in",
            labels={"pixels": "784 pixels", "latent": "16 latent numbers"},
            when=LATENT,
            help="Latent diffusion: a small network removes noise from the code of a digit, and "
            "an autoencoder's decoder draws it.",
        ),
    ] = "pixels"
    label: Annotated[
        Literal["all", "none", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Choice(
            "Class asked for",
            labels={"all": "All ten in turn", "none": "None: any digit"},
            when=NOISED,
            help="What a prompt is to a model of pictures.",
        ),
    ] = "all"
    image: Annotated[
        int,
        Slider(
            "Digit",
            0,
            99,
            1,
            when=KNOWN,
            help="Of those it was not trained on; classes come in turn, so 8, 18, 28 are eights.",
        ),
    ] = 8
    mask: Annotated[
        Literal["left", "right", "top", "bottom", "band", "all", "none", "hand"],
        Choice(
            "Painted over",
            labels=masks.SHAPES,
            when={"task": ("inpaint",)},
            help="Or paint on the digit yourself.",
        ),
    ] = "left"
    painted: Annotated[
        str,
        Text(
            "Paint as text",
            masks.LENGTH,
            level="more",
            when={"mask": ("hand",)},
            help="14x14 squares as 49 hexadecimal digits: copy it to keep your paint.",
        ),
    ] = ""
    noise: Annotated[
        float,
        Slider(
            "Noise on it",
            0.05,
            2,
            0.05,
            when={"task": ("denoise",)},
            help="Its standard deviation on each pixel; black is 0, white is 1. The model is told.",
        ),
    ] = 0.5
    strength: Annotated[
        float,
        Slider(
            "Strength",
            0.05,
            1,
            0.05,
            when={"task": ("sketch",)},
            help="How far into the noise your drawing goes: 0 keeps it, 1 forgets it.",
        ),
    ] = 0.6
    told: Annotated[
        bool,
        Toggle("Tell it the class", when=KNOWN, help="The right one. Else it must find out."),
    ] = False
    guidance: Annotated[
        float,
        Slider(
            "Guidance scale",
            0,
            10,
            0.25,
            when={"task": ("generate", "samplers", "inpaint", "denoise", "upscale", "sketch")},
            help="How much the class counts: 0 not at all, 1 as it was learned, more is beyond "
            "that. Without a class it does nothing.",
        ),
    ] = 2.0
    sampler: Annotated[
        Literal["ddim", "ddpm", "dpm-solver", "heun", "euler"],
        Choice(
            "Sampler",
            labels=SAMPLERS,
            when=WALL,
            help="How the way back is cut into steps. DDPM draws new noise at each of them.",
        ),
    ] = "ddim"
    steps: Annotated[
        int,
        LogSlider(
            "Steps back",
            1,
            500,
            top=200,
            whole=True,
            when={"task": ("generate", "guidance", "inpaint", "denoise", "upscale", "sketch")},
            help="Of the 1,000 times that it has learned, as many are visited.",
        ),
    ] = 50
    again: Annotated[
        int,
        Slider(
            "Tries a step",
            1,
            10,
            1,
            level="more",
            when={"task": ("inpaint", "upscale")},
            help="Each step is taken so often, with noise in between, so that old and new fit.",
        ),
    ] = 2
    drawing: Annotated[
        str,
        Text(
            "Drawing as text",
            MOST,
            level="more",
            when={"task": ("sketch",)},
            help="Copy it to keep a drawing, paste it to have it back.",
        ),
    ] = DRAWING
    model: Annotated[
        str,
        Model(
            "Model",
            shipped=MODELS,
            of=("diffusion.learn",),
            level="more",
            help="The one that ships, or the one that you trained last.",
        ),
    ] = "diffusion-mnist"
    seed: Annotated[int, Seed(level="more", help="Of all noise.")] = 0

    @field_validator("painted")
    @classmethod
    def _squares(cls, text: str) -> str:
        masks.decode(text)
        return text

    @field_validator("drawing")
    @classmethod
    def _drawn(cls, text: str) -> str:
        decode(text)
        return text


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """The way from noise to images after ``step`` steps, or a table of ends. Images are uint8.

    Metrics on the way: time, t; calls, how often the network was asked about each image; kinds,
    how many different digits a classifier reads; decided, the share of the steps from which on
    three in four are read as at the end; class_accuracy, the share read as asked for; apart, how
    different the images are from each other, over that of as many real ones; beyond, the
    share of pixels out of range by 2.5 % of it or more. Of what is known: right, the share read as
    the true class; error_one, error_mean, spread; error_given, error_best; moved, root mean square
    change of a pixel of a drawing; began, the time at which the way began. Tables: the same names
    with /scale, off/<sampler>/<steps>, the distance from where many steps lead; measured_<name>/,
    over 500 samples when the model was trained; macs/, millions of multiply-adds a step.
    """

    noisy: np.ndarray | None = None  # (n, s, s), x_t, 0 for -1 and less; of codes (n, 4, 4)
    noise: np.ndarray | None = None  # the same, the noise that is predicted in it, from -2.5 to 2.5
    start: np.ndarray | None = None  # (n, s, s), the image that is predicted
    read: np.ndarray | None = None  # (n,) uint8, what a classifier reads in it
    given: np.ndarray | None = None  # (s, s), what the model is given
    original: np.ndarray | None = None  # (s, s), what it does not see
    hidden: np.ndarray | None = None  # (s, s), 1 is painted over
    best: np.ndarray | None = None  # (s, s), the mean of all it may be, by one look
    rows: np.ndarray | None = None  # (rows, columns, s, s), of a table
    measured: np.ndarray | None = None  # (scales, 5) float32, of the model when it was trained
    pixels: np.ndarray | None = None  # (16, s, s), by the U-Net, beside latent ones


def _source(settings: Any) -> tuple[str, ...]:
    net = "core.diffusion.unet:UNet"
    tasks = "core.diffusion.images_tasks"
    by_task = {
        "inpaint": (f"{tasks}:constrained", f"{tasks}:inpaint"),
        "upscale": (f"{tasks}:constrained", f"{tasks}:upscale"),
        "denoise": (f"{tasks}:denoise", f"{tasks}:time_of", "core.diffusion.samplers:ddpm"),
        "sketch": (f"{tasks}:sketch", "core.diffusion.samplers:ddpm"),
        "guidance": ("core.diffusion.images_run:guidance", _sampler(settings)),
        "samplers": ("core.diffusion.images_run:side_by_side", "core.diffusion.samplers:heun"),
        "generate": ("core.diffusion.images_run:generate", _sampler(settings)),
    }
    if settings.task == "generate" and settings.space == "latent":
        net = "core.diffusion.latent:LatentNet"
    return ("core.diffusion.guidance:Guided", *by_task[settings.task], net)


def _sampler(settings: Any) -> str:
    return f"core.diffusion.samplers:{settings.sampler.replace('-', '_')}"


IMAGES = Experiment(
    name="diffusion.images",
    title="Digits from noise",
    question="What can one network that removes noise be asked for?",
    settings=Settings,
    frame=Frame,
    run="core.diffusion.images_run:run",
    views=VIEWS,
    presets=PRESETS,
    trains=False,
    quick={"steps": 3},
    verb="Make digits",
    seconds=1.6,
    source=_source,
    explain=images_why.explain,
    good={
        "time": "0 at the end",
        "calls": "what it costs: looks of the network at each image",
        "class_accuracy": "higher is better; 0.1 is a blind guess",
        "decided": "how early the noise has become a digit",
        "kinds": "different digits that are read; of completions, 1: no doubt",
        "apart": "1: as different from each other as real digits; near 0: all alike",
        "beyond": "0: no pixel is whiter than white or blacker than black",
        "began": "the time whose noise over signal is the one given",
        "right": "higher is better: the share read as the true class",
        "error_one": "lower is better: squared error a pixel of one",
        "error_mean": "lower than of one, always: but the mean is nobody's digit",
        "error_best": "what one look at the noise can do; lower is better",
        "error_given": "the noise's own variance",
        "spread": "0: certain; 0.5: each pixel black or white, as likely",
        "moved": "0: the drawing as it was",
        "off": "0: as far as many steps would lead",
        "macs": "lower is cheaper: millions of multiply-adds a step and image",
        "frechet_real": "what there is to reach: real images against other real ones",
        "measured_class_accuracy": "higher is better; 0.1 is a blind guess",
        "measured_precision": "1: every sample lies among real digits",
        "measured_recall": "1: every kind of real digit is among the samples",
        "measured_diversity": "1: as different from each other as real digits",
        "measured_frechet": "lower is better; Fréchet real is what real images reach",
    },
)
