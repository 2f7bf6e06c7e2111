"""The parts of Stable Diffusion's pipeline: what each does, where it runs here, its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Place = tuple[float, float, float, float]  # middle x, y, width and height on the diagram


@dataclass(frozen=True)
class Part:
    """title: on the box. does, here: sentences. page: the experiment that runs its kind here."""

    title: str
    place: Place
    does: str
    here: str
    page: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""


PARTS: dict[str, Part] = {
    "text-encoder": Part(
        "Text encoder",
        (2.1, 7.5, 3.3, 1.5),
        "CLIP ViT-L/14, frozen: cuts the prompt into 77 tokens and turns each into 768 numbers, "
        "once an image.",
        "Here the class label plays the prompt, and one row of a table is its encoder. A page on "
        "attention is not here yet.",
        "diffusion.images",
        {},
        "Ask for a digit by its label",
    ),
    "cross-attention": Part(
        "Cross-attention",
        (6.3, 7.5, 3.3, 1.5),
        "At 16 places of the U-Net every place of the maps asks all 77 tokens which of them "
        "concern it, and takes their numbers in.",
        "Not here yet: it needs a page on attention. Here the label is added to the time instead.",
    ),
    "unet": Part(
        "U-Net",
        (6.3, 4.7, 4.3, 2.7),
        "Looks at the noisy latents, the time and the prompt, and says what noise is in them. The "
        "only part that is trained for this, and the one that is asked again and again.",
        "Here one for digits, opened: its maps, and skips to switch off.",
        "diffusion.unet",
        {},
        "Open the U-Net",
    ),
    "guidance": Part(
        "Guidance",
        (6.3, 1.75, 3.3, 1.5),
        "Two answers of the U-Net, with the prompt and with an empty one, become one that is "
        "pushed past both. It has no parameters, and doubles the calls.",
        "Here on the plane, with exact answers, in numbers.",
        "diffusion.guided",
        {},
        "Push too hard",
    ),
    "scheduler": Part(
        "Scheduler",
        (1.9, 1.75, 2.9, 1.5),
        "Takes a little of that noise out, and hands what is left back to the U-Net: the sampler. "
        "A few lines of arithmetic, no parameters.",
        "Here all the usual ones, on the same model.",
        "diffusion.sample",
        {},
        "Compare samplers",
    ),
    "noise": Part(
        "Noise",
        (1.6, 4.7, 2.3, 1.5),
        "Where every image begins: Gaussian noise in the shape of the latents. Its seed decides "
        "what the image will be.",
        "Here is the way that leads to it, from data.",
        "diffusion.forward",
        {},
        "From data to noise",
    ),
    "vae-decoder": Part(
        "VAE decoder",
        (10.4, 1.75, 2.7, 1.5),
        "Turns the clean latents into pixels, once, at the end. Its encoder is used in training, "
        "and where an image is given.",
        "Here one that decodes two numbers to a digit, on the page Autoencoders.",
        "vae.plane",
        {},
        "Decode a place on a map",
    ),
    "controlnet": Part(
        "ControlNet",
        (10.4, 7.5, 2.7, 1.5),
        "Optional: a copy of the way down of the U-Net that sees a sketch, edges or a pose, and "
        "adds its maps to the U-Net's skips.",
        "Not here yet.",
    ),
}
SKETCH, IMAGE = (10.4, 9.1), (10.4, 4.7)
