"""Autoencoders: compress, sample, walk, repair."""

from pathlib import Path

from core.ui import controls, lesson, player, words
from core.ui.lessons import VAE

experiment = lesson.choose(VAE)
settings, problem = controls.sidebar(experiment)
preset = lesson.question(experiment, settings, problem)
shown = player.show(experiment, settings, under=lambda now: lesson.under(experiment, now, VAE))
lesson.answer(experiment, preset, shown)
lesson.try_this(experiment, preset)
words.show(experiment, settings, shown, Path(__file__).with_suffix(""))
