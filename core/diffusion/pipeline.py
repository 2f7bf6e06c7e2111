"""Stable Diffusion as a diagram: what runs how often, where the prompt goes in, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, Slider, Toggle
from core.diffusion import pipeline_figures as draw
from core.diffusion import pipeline_why
from core.diffusion.pipeline_parts import PARTS
from core.diffusion.pipeline_presets import PRESETS
from core.experiment import Button, Click, Experiment, View


class Settings(experiment.Settings):
    """Which part is looked at, and what image is made."""

    part: Annotated[
        Literal[
            "unet", "text-encoder", "cross-attention", "noise", "guidance", "scheduler",
            "vae-decoder", "controlnet",
        ],
        Choice(
            "Part",
            labels={name: part.title for name, part in PARTS.items()},
            help="Or click a box of the diagram.",
        ),
    ] = "unet"  # fmt: skip
    side: Annotated[
        int,
        Slider("Image side", 256, 1024, 64, unit="pixels", help="It was trained at 512."),
    ] = 512
    rounds: Annotated[int, Slider("Steps", 1, 150, 1, help="Of the scheduler.")] = 50
    guidance: Annotated[
        bool, Toggle("Guidance", help="Asks the U-Net twice a step: with the prompt and without.")
    ] = True
    control: Annotated[bool, Toggle("ControlNet", help="A sketch steers the image.")] = False


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """What the image of these settings costs; nothing is run.

    Metrics: parameters/<part>; calls/<part>, for one image; work/<part>, multiplications for one
    image in units of 1e12; work, of all; share, the U-Net's of the work, and weight, its share of
    the parameters; places, how many cross-attentions the U-Net has, and crossing, their share of
    its parameters; pixels and latents, how many numbers the image and its latents are, and
    smaller, the one over the other; double, the work of one U-Net call at twice the side over that
    at this one; added, ControlNet's parameters over the U-Net's. ours/<part>: parameters of the
    model of its kind that ships here.
    """

    blocks: np.ndarray  # (11,) int32, the U-Net's parameters by stretch, from in to out


def links(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on a box chooses that part."""
    name = point.get("customdata")
    name = name[0] if isinstance(name, list | tuple | np.ndarray) else name
    return Click("diffusion.pipeline", {"part": str(name)}, "") if name in PARTS else None


def buttons(settings: Settings) -> tuple[Button, ...]:
    """To the page that runs the part's kind here, if there is one."""
    part = PARTS[settings.part]
    if not part.page:
        return ()
    return (Button(part.words, "O", Click(part.page, part.values, part.words)),)


PIPELINE = Experiment(
    name="diffusion.pipeline",
    title="From a prompt to an image",
    question="Stable Diffusion, part by part: which does what, how often, and at what cost?",
    settings=Settings,
    frame=Frame,
    run="core.diffusion.pipeline_run:run",
    views=(
        View(
            "map",
            "The pipeline",
            draw.pipeline,
            "Left, a diagram: prompt, text encoder, cross-attention, U-Net with guidance and "
            "scheduler in a loop, decoder, image, with shapes on the arrows; right, what the "
            "chosen part does, what it costs, and where it runs here.",
            clock=False,
            clicked=links,
            buttons=buttons,
        ),
        View(
            "costs",
            "Costs",
            draw.costs,
            "Parameters of each part, multiplications for one image, and the U-Net's parameters "
            "by level.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Count",
    seconds=0.1,
    source=lambda settings: (
        "core.diffusion.pipeline_count:unet",
        "core.diffusion.pipeline_count:Count",
        "core.diffusion.pipeline_count:text_encoder",
        "core.diffusion.pipeline_count:decoder",
        "core.diffusion.pipeline_count:controlnet",
    ),
    explain=pipeline_why.explain,
    good={
        "parameters": "numbers that were learned",
        "calls": "how often it runs for one image",
        "work": "multiplications for one image, in units of 1e12",
        "share": "the U-Net's part of the multiplications",
        "weight": "the U-Net's part of the parameters",
        "places": "of the U-Net where the prompt comes in",
        "crossing": "share of the U-Net's parameters that is cross-attention",
        "pixels": "numbers of the image",
        "latents": "numbers that the U-Net works on",
        "smaller": "pixels over latents: what the autoencoder saves",
        "double": "work of a U-Net call at twice the side: over 4, as attention grows faster",
        "added": "ControlNet's parameters over the U-Net's",
        "ours": "parameters of the model of its kind that ships here",
    },
    played=("part",),
)
