"""Diffusion: from data to noise, and back."""

from pathlib import Path

from core.ui import controls, lesson, player, words
from core.ui.lessons import DIFFUSION

experiment = lesson.choose(DIFFUSION)
settings, problem = controls.sidebar(experiment)
preset = lesson.question(experiment, settings, problem)
shown = player.show(
    experiment, settings, under=lambda now: lesson.under(experiment, now, DIFFUSION)
)
lesson.answer(experiment, preset, shown)
lesson.try_this(experiment, preset)
words.show(experiment, settings, shown, Path(__file__).with_suffix(""))
