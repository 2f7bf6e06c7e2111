"""Convolution and pooling: from nine products on a 7x7 digit to a network that reads yours."""

from pathlib import Path

from core.ui import controls, lesson, player, words
from core.ui.lessons import POOLING

experiment = lesson.choose(POOLING)
settings, problem = controls.sidebar(experiment)
preset = lesson.question(experiment, settings, problem)
shown = player.show(experiment, settings, under=lambda now: lesson.under(experiment, now, POOLING))
lesson.answer(experiment, preset, shown)
lesson.try_this(experiment, preset)
words.show(experiment, settings, shown, Path(__file__).with_suffix(""))
