"""The pictures of each task: what came out first, then the way there."""

from __future__ import annotations

from core.diffusion import images_figures as walls
from core.diffusion import images_tables as tables
from core.experiment import Stage, View

ONE = ("inpaint", "denoise", "upscale", "sketch")

VIEWS = (
    View(
        "way",
        "Step by step",
        walls.way,
        "Three walls of images at one step: what is there, the noise that the network sees in it, "
        "and the image that would be left.",
        fps=8,
        when={"task": ("generate",)},
    ),
    View(
        "paint",
        "Completions",
        walls.completions,
        "Left, a digit with a part painted over; in the middle, eight completions and what a "
        "classifier reads in each; right, where they differ.",
        clock=False,
        stage=Stage(
            "mask",
            "Paint over the digit: the model says eight times what may be there.",
            walls.painted,
            walls.paint_moved,
        ),
        when={"task": ("inpaint",)},
    ),
    View(
        "pad",
        "Your drawing",
        walls.completions,
        "Left, a drawing; right, eight digits made from it and what a classifier reads in each.",
        clock=False,
        stage=Stage("sketch", "", walls.drawn, walls.drawing_moved),
        when={"task": ("sketch",)},
    ),
    View(
        "eight",
        "Eight answers",
        walls.completions,
        "Left, what the model is given; in the middle, eight digits that it may have been; right, "
        "the original.",
        clock=False,
        when={"task": ("denoise", "upscale")},
    ),
    View(
        "steps",
        "Step by step",
        walls.way,
        "Three walls of images at one step: what is there, the noise that the network sees in it, "
        "and the image that would be left.",
        fps=8,
        when={"task": ONE},
    ),
    View(
        "both",
        "Latent against pixels",
        tables.both,
        "Two walls of digits, made by latent diffusion and by the U-Net on pixels, and bars of "
        "what each costs and how good it is.",
        clock=False,
        when={"task": ("generate",), "space": ("latent",)},
    ),
    View(
        "scales",
        "Rows of guidance",
        tables.scales,
        "Rows of digits from the same noise, with guidance from 0 at the top to 10 at the bottom, "
        "and how far the digits of each row are apart.",
        clock=False,
        when={"task": ("guidance",)},
    ),
    View(
        "measured",
        "Measured on 500",
        tables.measured,
        "Against the guidance scale, the Fréchet distance, and the share of digits that are read "
        "as asked for with precision and recall.",
        clock=False,
        when={"task": ("guidance",)},
    ),
    View(
        "grid",
        "Side by side",
        tables.samplers,
        "A row for each sampler: four digits from the same noise in 1, 3, 5, 10 and 20 steps.",
        clock=False,
        when={"task": ("samplers",)},
    ),
    View(
        "off",
        "Distance by steps",
        tables.off,
        "A line for each sampler: how far its digits are from where many steps lead, against the "
        "number of looks at the network.",
        clock=False,
        when={"task": ("samplers",)},
    ),
)
