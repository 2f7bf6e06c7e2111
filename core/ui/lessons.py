"""The lessons: their pages, their experiments in order, the words on the control that chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """One page of experiments.

    topic: the first part of its experiments' names, and its address. section: of the menu, and its
    folder in ``pages``. steps: experiment -> words on the control, in order.
    """

    topic: str
    title: str
    section: str
    steps: Mapping[str, str]

    @property
    def page(self) -> str:
        """The page's file, from the root."""
        return f"pages/{self.section}/{self.topic}.py"

    @property
    def experiments(self) -> dict[str, str]:
        """The words on the control by the experiment's full name."""
        return {f"{self.topic}.{name}": words for name, words in self.steps.items()}


OPTIMIZERS = Lesson(
    "optimizers",
    "Optimizers",
    "foundations",
    {
        "descend": "1 Look",
        "race": "2 Race",
        "sweep": "3 Sweep",
        "basin": "4 Basins",
        "backprop": "5 Backprop",
        "network": "6 Train",
        "seeds": "7 Compare",
        "online": "8 Doubt",
    },
)
POOLING = Lesson(
    "pooling",
    "Convolution and pooling",
    "foundations",
    {
        "kernels": "1 Convolve",
        "window": "2 Pool",
        "shift": "3 Shift",
        "cnn": "4 Train",
        "layers": "5 Look inside",
        "compare": "6 Compare",
        "classify": "7 Draw",
    },
)
GAN = Lesson(
    "gan",
    "GAN training",
    "generative",
    {
        "plane": "1 Play",
        "line": "2 Look",
        "step": "3 Slow down",
        "seeds": "4 Repeat",
        "map": "5 Map",
        "images": "6 Images",
        "sample": "7 Ask",
        "judge": "8 Be D",
    },
)
VAE = Lesson(
    "vae",
    "Autoencoders",
    "generative",
    {
        "plane": "1 Look",
        "images": "2 Train",
        "beta": "3 Weigh",
        "reparameterise": "4 The trick",
        "uses": "5 Use",
        "linear": "6 Exact",
    },
)
DIFFUSION = Lesson(
    "diffusion",
    "Diffusion",
    "generative",
    {
        "forward": "1 Look",
        "guess": "2 Guess",
        "plane": "3 Train",
        "sample": "4 Sample",
        "guided": "5 Guide",
        "images": "6 Images",
        "learn": "7 Learn",
        "unet": "8 Open",
        "pipeline": "9 Map",
    },
)
LESSONS = (OPTIMIZERS, POOLING, GAN, VAE, DIFFUSION)
