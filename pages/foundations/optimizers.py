"""Optimizers: from one slider on a parabola to a network that trains."""

from pathlib import Path

from core.optimizers.terrain import terrain
from core.ui import controls, lesson, player, start, words
from core.ui.lessons import OPTIMIZERS

experiment = lesson.choose(OPTIMIZERS)
settings, problem = controls.sidebar(experiment)
if experiment.name == "optimizers.race":
    start.pad(experiment, settings, terrain(settings.options()))
preset = lesson.question(experiment, settings, problem)
shown = player.show(
    experiment, settings, under=lambda now: lesson.under(experiment, now, OPTIMIZERS)
)
lesson.answer(experiment, preset, shown)
lesson.try_this(experiment, preset)
words.show(experiment, settings, shown, Path(__file__).with_suffix(""))
