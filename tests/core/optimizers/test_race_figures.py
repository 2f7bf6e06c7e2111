"""The race's pictures: the same traces throughout, ranges that stay, labels that fit."""

from __future__ import annotations

import numpy as np
import pytest

from core.optimizers.race import RACE, RaceFrame, RaceSettings
from core.optimizers.race_ground import window_of
from core.optimizers.racing import race
from core.plot.labels import LETTER, LINE, place
from core.plot.theme import EXACT

ALL = RaceSettings.choices("optimizers")


def run(**changes: object) -> tuple[RaceSettings, list[RaceFrame]]:
    settings = RaceSettings(**changes).canonical()
    return settings, list(race(settings))


@pytest.mark.parametrize("preset", RACE.presets, ids=lambda preset: preset.id)
def test_figures_keep_their_traces_and_ranges(preset) -> None:
    settings = RACE.preset_settings(preset.id).canonical()
    frames = list(race(settings))
    for view in RACE.views:
        first, last = (view.draw(settings, frames, at) for at in (0, len(frames) - 1))
        kinds = [[(t["type"], t["name"]) for t in figure["data"]] for figure in (first, last)]
        assert kinds[0] == kinds[1]
        assert first["layout"] == last["layout"]
        points = sum(np.size(t.get("x", ())) for t in last["data"] if t["type"] == "scatter")
        assert points < 2000


def test_the_known_minimum_is_marked_in_the_exact_colour() -> None:
    settings, frames = run(surface="himmelblau", steps=20)
    traces = RACE.views[0].draw(settings, frames, 5)["data"]
    mark = next(trace for trace in traces if trace["name"] == "known minimum")
    assert mark["marker"]["color"] == EXACT and len(mark["x"]) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizers": ALL, "rotation": 45},
        {"optimizers": ALL, "surface": "rosenbrock"},
        {"rates": "same", "lr": 0.021, "rotation": 30},
        {"surface": "himmelblau"},
        {"surface": "formula", "formula": "x - y"},
    ],
)
def test_labels_stay_inside_and_apart(changes: dict) -> None:
    """Boxes of seven pixels a letter on the 300-pixel map of the narrowest screen."""
    settings, frames = run(**changes)
    (x0, x1), (y0, y1) = window_of(settings)
    names = next(t for t in RACE.views[0].draw(settings, frames, len(frames) - 1)["data"]
                 if t["name"] == "names")  # fmt: skip
    unit_x, unit_y = (x1 - x0) / 300, (y1 - y0) / 300
    boxes = []
    for x, y, text, side in zip(
        names["x"], names["y"], names["text"], names["textposition"], strict=True
    ):
        width = len(text.removeprefix("<b>").removesuffix("</b>")) * LETTER * unit_x
        left = x if side == "middle right" else x - width
        boxes.append((left, left + width, float(y)))
    for left, right, y in boxes:
        assert left >= x0 - 1e-3 and right <= x1 + 1e-3
        assert y0 <= y <= y1
    rows = np.sort([y for _, _, y in boxes])
    assert (np.diff(rows) >= LINE * unit_y * 0.99).all()


def test_labels_prefer_their_own_row() -> None:
    spots = place(np.array([[0.0, 0.0], [0.0, 5.0]]), ["a", "b"], ((-10.0, 10.0), (-10.0, 10.0)))
    assert spots.at[:, 1].tolist() == [0.0, 5.0] and spots.right == [True, True]


@pytest.mark.parametrize("formula", ["3", "1/x + 1/y", "sqrt(x+5)*y", "exp(x^2)^4"])
def test_awkward_formulas_can_be_drawn(formula: str) -> None:
    settings, frames = run(surface="formula", formula=formula, steps=20)
    for figure in RACE.figures(settings, frames, len(frames) - 1).values():
        ranges = [axis["range"] for name, axis in figure["layout"].items() if name[1:5] == "axis"]
        assert np.isfinite(ranges).all()
