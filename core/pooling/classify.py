"""Draw a digit, and a trained network reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import field_validator

from core import experiment
from core.controls import Model, Text, Toggle
from core.data.drawing import MOST, decode
from core.experiment import Experiment, Preset, Stage, View
from core.pooling import classify_figures, drawings

DIGITS = [str(n) for n in range(10)]
MODELS = {"mnist-cnn": "Ready made, from MNIST"}


class Settings(experiment.Settings):
    """Which network reads which drawing."""

    model: Annotated[
        str,
        Model(
            "Network",
            shipped=MODELS,
            of=("pooling.cnn",),
            help="The one that ships, or the one that you trained last.",
        ),
    ] = "mnist-cnn"
    centre: Annotated[
        bool,
        Toggle(
            "Centre and scale it",
            help="As MNIST was made: the ink scaled to 20 pixels, its centre of mass in the "
            "middle.",
        ),
    ] = True
    drawing: Annotated[
        str,
        Text(
            "Drawing as text",
            MOST,
            level="more",
            help="Copy it to keep a drawing, paste it to have it back.",
        ),
    ] = drawings.THREE

    @field_validator("drawing")
    @classmethod
    def _drawn(cls, text: str) -> str:
        decode(text)
        return text


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """What the network made of the drawing.

    Metrics: answer (0 to 9), confidence (its probability), runner_up and second (the next digit and
    its probability), entropy (of the ten, in bits: 0 sure, 3.32 no idea), ink (share of pixels).
    """

    seen: np.ndarray  # (side, side) uint8, the image as the network gets it
    probabilities: np.ndarray  # (10,)
    logits: np.ndarray  # (10,)


Metrics = Mapping[str, float]


def _payload(settings: Settings, frames: list[Frame]) -> dict[str, Any]:
    return classify_figures.payload(settings, frames[-1])


def _moved(settings: Settings, value: Any) -> dict[str, Any]:
    return {"drawing": str(value["drawing"])}


PRESETS = (
    Preset(
        id="three",
        title="A plain three",
        question="A three, drawn with a mouse. What will the network read, and how surely?",
        options=("A 3, surely", "An 8", "It cannot tell"),
        settings={},
        watch="The ten bars, and the small picture of what the network really sees.",
        saw="It reads {answer:.0f} with {confidence:.1%}; the next guess has {second:.1%}.",
        why="It was trained on thousands of handwritten digits, and your drawing, scaled and "
        "centred in the same way, is like them.",
        next="Rub it out and write a digit of your own, then a worse one, until it fails.",
        expected=0,
        outcome=lambda m: (
            0 if m["answer"] == 3 and m["confidence"] > 0.8 else 1 if m["answer"] == 8 else 2
        ),
    ),
    Preset(
        id="letter",
        title="Not a digit at all",
        question="The letter A. The network knows ten digits and nothing else. What does it do?",
        options=("Says that it is none", "Spreads over all ten alike", "Names some digit"),
        settings={"drawing": drawings.LETTER},
        watch="How sure it is of something that is not there.",
        saw="It reads {answer:.0f} with {confidence:.1%}, and {runner_up:.0f} with {second:.1%}.",
        why="A softmax shares out 100 % among the classes it has, whatever it is shown. High "
        "confidence says: most like this class of those I know, not: this is one.",
        next="Clear the pad: even of nothing it has an opinion.",
        expected=2,
        outcome=lambda m: 2 if m["confidence"] > 0.2 else 1,
    ),
    Preset(
        id="corner",
        title="Small, in a corner",
        question="A small 7 in the upper left corner, not centred. Convolution finds a shape "
        "anywhere: is it still a 7?",
        options=("Yes: convolution moves along", "No: it reads something else"),
        settings={"drawing": drawings.CORNER, "centre": False},
        watch="The verdict; then switch centring on.",
        saw="Uncentred, it reads {answer:.0f} with {confidence:.1%}.",
        why="The feature maps move with the digit, but the dense layer at the end has a weight for "
        "every place, and none of its places ever saw a small 7 up there. Centring undoes it.",
        next="Switch on Centre and scale it: the same drawing is read again.",
        expected=1,
        outcome=lambda m: 0 if m["answer"] == 7 else 1,
    ),
)


def _source(settings: Any) -> tuple[str, ...]:
    names = ("run", "prepare", "centred")
    return (*(f"core.pooling.reading:{name}" for name in names), "core.nets.cnn:Cnn")


CLASSIFY = Experiment(
    name="pooling.classify",
    title="Draw a digit",
    question="What does the network read in your drawing?",
    settings=Settings,
    frame=Frame,
    run="core.pooling.reading:run",
    views=(
        View(
            "pad",
            "Drawing pad",
            classify_figures.verdict,
            "Left, the drawing; right, the probability that the network gives each digit.",
            clock=False,
            stage=Stage("digit", "", _payload, _moved),
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Read it",
    seconds=0.1,
    source=_source,
    good={
        "answer": "the likeliest digit",
        "runner_up": "the next",
        "second": "its probability; close to the first, the drawing is between two digits",
        "ink": "share of the pixels that the network sees lit",
        "confidence": "near 1 it is sure, which is not the same as right",
        "entropy": "0 bits: sure; 3.32 bits: all ten alike",
    },
)
