"""GAN training: two networks play a game, with the exact answer under it."""

from pathlib import Path

from core.ui import controls, lesson, player, words
from core.ui.lessons import GAN

experiment = lesson.choose(GAN)
settings, problem = controls.sidebar(experiment)
preset = lesson.question(experiment, settings, problem)
shown = player.show(experiment, settings, under=lambda now: lesson.under(experiment, now, GAN))
lesson.answer(experiment, preset, shown)
lesson.try_this(experiment, preset)
words.show(experiment, settings, shown, Path(__file__).with_suffix(""))
