"""The U-Net opened: its maps, what its skip connections carry, what each block costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from core import experiment
from core.controls import Choice, Model, Seed, Slider
from core.diffusion import opened_figures, opened_more, opened_why
from core.diffusion.opened_layout import TITLES, VARIANTS
from core.diffusion.opened_presets import PRESETS
from core.experiment import Click, Experiment, View

MODELS = {"diffusion-mnist": "Ready made, from MNIST"}


class Settings(experiment.Settings):
    """What goes in, which skip connections are on, and where to look."""

    t: Annotated[
        int,
        Slider(
            "Noise level t",
            1,
            1000,
            1,
            help="1 is the digit with a trace of noise, 1,000 is noise with hardly a trace of it.",
        ),
    ] = 400
    digit: Annotated[
        int, Slider("Digit", 0, 9, 1, help="A held-out one, which the network never learned from.")
    ] = 3
    skips: Annotated[
        Literal["all-on", "finest-off", "middle-off", "coarsest-off", "all-off"],
        Choice(
            "Skip connections",
            labels=VARIANTS,
            help="What is off carries zeros: the way up gets only what comes from below.",
        ),
    ] = "all-on"
    block: Annotated[
        Literal[
            "down-finest",
            "down-middle",
            "down-coarsest",
            "bottleneck",
            "up-coarsest",
            "doubled-middle",
            "up-middle",
            "doubled-finest",
            "up-finest",
        ],
        Choice("Maps to look at", labels=TITLES, help="Or click a block in the picture."),
    ] = "down-finest"
    seed: Annotated[int, Seed(help="Of the held-out digit and of all noise.")] = 0
    steps: Annotated[
        int,
        Slider(
            "Sampling steps",
            5,
            50,
            1,
            level="more",
            help="Of DDIM. At each, one more held-out digit joins the loss.",
        ),
    ] = 20
    model: Annotated[
        str,
        Model(
            "Network",
            shipped=MODELS,
            of=("diffusion.images",),
            level="more",
            help="The one that ships, or the one that you trained last.",
        ),
    ] = "diffusion-mnist"


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """Two walls of samples and the losses so far; at step 0 also one pass through the network.

    Metrics: loss, mean squared error of v over the noise levels with the chosen skips, and
    loss/<skips> with others; harm/low and harm/high, how many times as large those that are off
    make it at the lowest and the highest of the noise levels; read/on and read/off, the share of
    ten digits asked for that a classifier reads as such, with all on and with those off;
    digit/input, digit/bottleneck and digit/image, shares of the variance that come from the digit,
    not the noise; error/noise and error/image, mean squared errors of what is found in this one;
    parameters and multiply_adds (millions an image), and the shares of both at the finest and the
    coarsest level.
    Timing: block/<name>, seconds an image.
    """

    walls: np.ndarray  # (2, 10, side, side) uint8, after so many steps: all skips on; some off
    losses: np.ndarray  # (variants, times) float32, mean over the digits seen
    spec: np.ndarray | None = None  # (n,) uint8, what network
    pictures: np.ndarray | None = None  # (7, side, side) float16: x_0, noise, x_t, what is found
    # of noise and of x_0 with the chosen skips, the same with all skips
    maps: np.ndarray | None = None  # (n,) uint8, all maps, block after block
    scales: np.ndarray | None = None  # (blocks,) float32, the largest size in each
    told: np.ndarray | None = None  # (embedding,) float32, what the blocks are told of the time
    shares: np.ndarray | None = None  # (blocks + 2,) float32, from the digit: x_t, blocks, x_0
    costs: np.ndarray | None = None  # (parts, 2) float64: parameters, multiply-adds an image
    every: np.ndarray | None = None  # (3, times, side, side) float16: x_t, noise, x_0 found


def _clicked(settings: Settings, frames: list[Frame], point: Mapping[str, Any]) -> Click | None:
    """A click on a block's maps looks at them."""
    known = point.get("customdata")
    if known is None:
        return None
    return Click("diffusion.unet", {"block": str(np.ravel(known)[0])}, "")


def _source(settings: Any) -> tuple[str, ...]:
    run = ("run", "both", "digit_shares", "sampled")
    return (
        "core.diffusion.unet:UNet",
        "core.diffusion.unet:Residual",
        *(f"core.diffusion.opened_run:{name}" for name in run),
        "core.diffusion.opened_costs:multiply_adds",
        "core.diffusion.samplers:ddim",
    )


OPENED = Experiment(
    name="diffusion.unet",
    title="The network opened",
    question="What does the network do with the noise, and what are its skip connections for?",
    settings=Settings,
    frame=Frame,
    run="core.diffusion.opened_run:run",
    views=(
        View(
            "network",
            "The network",
            opened_figures.network,
            "Left, the U-Net from the noisy digit down to the bottleneck and up again, a map of "
            "each block in its place, skip connections across; right, all maps of the chosen one.",
            clock=False,
            clicked=_clicked,
        ),
        View(
            "seen",
            "What each block sees",
            opened_figures.seen,
            "Left, the strongest maps of every block; right, the share of its variance that comes "
            "from the digit and not from the noise.",
            clock=False,
            clicked=_clicked,
        ),
        View(
            "every",
            "At every t",
            opened_more.every,
            "The same digit under the same noise at eight levels of it: what goes in, the noise "
            "that is found, the digit that is found.",
            clock=False,
        ),
        View(
            "skips",
            "Skips off",
            opened_more.skips,
            "Ten digits sampled with all skip connections on, ten from the same noise with some "
            "off, and the loss with each of them off.",
        ),
        View(
            "costs",
            "Costs",
            opened_more.costs,
            "For every block its parameters, its multiply-adds for an image and the time measured.",
            clock=False,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={"steps": 5},
    verb="Open it",
    seconds=1.5,
    source=_source,
    explain=opened_why.explain,
    good={
        "loss": "lower is better; with all skips on, what the network was trained for",
        "harm": "1: what is off is not missed, at little noise (low) or at much (high)",
        "read": "1: all ten samples are read as asked for; 0.1 is a blind guess",
        "digit": "1: all of it is the digit's, none the noise's",
        "error": "0 would be all of the noise found, or the very digit",
        "parameters": "numbers that training found",
        "multiply_adds": "millions for one image; in FLOPs, twice as many",
    },
)
