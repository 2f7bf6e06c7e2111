"""Be the discriminator: ten images, real or made, your score beside the network's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import field_validator

from core import experiment
from core.controls import Model, Seed, Text
from core.experiment import Experiment, Preset, View
from core.gan import judge_figures
from core.gan.judge_layout import ROUNDS

MODELS = {"gan-mnist": "MNIST", "gan-fashion": "Fashion-MNIST"}


class Settings(experiment.Settings):
    """Which ten images, and what was said of them so far."""

    model: Annotated[
        str,
        Model(
            "Images",
            shipped=MODELS,
            of=("gan.images",),
            help="Made by the generator that ships, or by the one that you trained last; its "
            "discriminator plays against you.",
        ),
    ] = "gan-mnist"
    seed: Annotated[int, Seed("Which ten", help="Another number, ten other images.")] = 0
    answers: Annotated[
        str,
        Text(
            "Answers",
            ROUNDS,
            help="One letter a round: r for real, f for fake. The two buttons, or keys 1 and 2, "
            "write it; clear it to start again.",
        ),
    ] = ""

    @field_validator("answers")
    @classmethod
    def _known(cls, text: str) -> str:
        if not re.fullmatch("[rf]*", text):
            raise ValueError(f"up to {ROUNDS} letters, r for real and f for fake")
        return text


@dataclass(frozen=True, eq=False)
class Frame(experiment.Frame):
    """Ten images, five of them real, in random order.

    Metrics: your_score, right answers so far; d_score, of ten, and d_so_far, of the rounds that
    are answered; answered; d_overall, the discriminator's share of right verdicts on 1,000 images
    (or twice those held out), half of them real.
    """

    images: np.ndarray  # (10, side, side) uint8, 255 is ink
    real: np.ndarray  # (10,) uint8, 1 is real
    labels: np.ndarray  # (10,) uint8, the classes
    belief: np.ndarray  # (10,) float32, the discriminator's probability of real
    source: np.ndarray  # (1,) uint8, which data set: 0 MNIST, 1 Fashion-MNIST, 2 digits
    conditional: np.ndarray  # (1,) uint8, whether the networks know the class


def _source(settings: Any) -> tuple[str, ...]:
    names = ("run", "ten", "share_right")
    return (*(f"core.gan.judge_run:{name}" for name in names), "core.gan.convnets:Discriminator")


PRESETS = (
    Preset(
        id="play",
        title="Ten rounds",
        question="Five of ten digits are made by a network. Its opponent has been shown 160,000 "
        "of either kind. How often is it right?",
        options=("Nearly always", "About two times in three", "Half the time: it guesses"),
        settings={},
        watch="Answer the ten first. Then compare: on which ones were you wrong, and on which it?",
        saw="On 1,000 images the discriminator is right {d_overall:.0%} of the time; on these ten, "
        "{d_score:.0f} times. You: {your_score:.0f} of {answered:.0f}.",
        why="The two learned from each other. Whatever gave a made digit away was used by the "
        "generator to get rid of it, until the discriminator was little better than a guess. At "
        "the game's equilibrium it would be right half the time.",
        next="Play clothes: is it easier to tell a made shirt?",
        expected=1,
        outcome=lambda m: 0 if m["d_overall"] > 0.85 else 1 if m["d_overall"] > 0.55 else 2,
    ),
    Preset(
        id="always-real",
        title="Believe everything",
        question="Somebody says real ten times, without looking. What is the score?",
        options=("0 of 10", "5 of 10", "It depends on the ten"),
        settings={"answers": "r" * ROUNDS},
        watch="Your score, and below each image what it was.",
        saw="{your_score:.0f} of 10; the discriminator has {d_score:.0f}.",
        why="Half of the images are real, so a blind judge is right half the time. That is what "
        "the generator works for: a judge whose best answer is one half for every image.",
        next="Clear the answers and look for strokes that end in mid-air.",
        expected=1,
        outcome=lambda m: {0.0: 0, 5.0: 1}.get(m["your_score"], 2),
    ),
    Preset(
        id="clothes",
        title="Shirts and shoes",
        question="Clothes instead of digits, from a game just as long; of digits its opponent told "
        "two in three. How often is this discriminator right?",
        options=("Over 75 %", "About two in three", "Less: it nearly guesses"),
        settings={"model": "gan-fashion"},
        watch="Texture and lettering: what is fine and regular is hard to make.",
        saw="On 1,000 images it is right {d_overall:.0%} of the time.",
        why="The made clothes have blotches that you see at once, yet their judge is too small to "
        "see them. How often it is right says how the game between these two stands, not how good "
        "the images are.",
        next="Train a GAN of your own for 200 steps only and play against that.",
        expected=2,
        outcome=lambda m: sum(m["d_overall"] < limit for limit in (0.75, 0.63)),
    ),
)

JUDGE = Experiment(
    name="gan.judge",
    title="Be the discriminator",
    question="Real or made: can you tell them apart better than the network?",
    settings=Settings,
    frame=Frame,
    run="core.gan.judge_run:run",
    views=(
        View(
            "rounds",
            "Real or made",
            judge_figures.rounds,
            "Left, the image of this round; in the middle the ten, those answered with what they "
            "were and what you and the discriminator said; right, your right answers and the "
            "discriminator's against rounds. Two buttons over it, real and made, answer; the keys "
            "1 and 2 press them.",
            clock=False,
            buttons=judge_figures.buttons,
        ),
    ),
    presets=PRESETS,
    trains=False,
    quick={},
    verb="Deal ten",
    seconds=0.3,
    played=("answers",),
    source=_source,
    good={
        "your_score": "10 of 10 is best; 5 is a blind guess",
        "d_score": "the discriminator's, on the same ten",
        "d_so_far": "the discriminator's, of the rounds that you have answered",
        "answered": "ten, then the game is over",
        "d_overall": "0.5: it can only guess, which is the generator's aim",
    },
)
