"""What the race says of itself: unfair rates, minima not reached, no closed form, the pad."""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
import pytest

from core.optimizers.network import Settings as NetworkSettings
from core.optimizers.race import RACE, RaceFrame, RaceSettings
from core.optimizers.racing import race
from core.optimizers.surfaces import SURFACES, Options, SurfaceName
from core.optimizers.terrain import terrain

VIEW = {view.name: view for view in RACE.views}
KNOWN = [name for name in get_args(SurfaceName) if SURFACES[name].minima]


def run(**changes: Any) -> tuple[RaceSettings, list[RaceFrame]]:
    settings = RaceSettings(**changes).canonical()
    return settings, list(race(settings))


def drawn(
    view: str, settings: RaceSettings, frames: list[RaceFrame], at: int = -1
) -> tuple[dict[str, Any], list[str]]:
    """The traces of a view by name (of the first panel that has it), and its panels' titles."""
    figure = VIEW[view].draw(settings, frames, len(frames) - 1 if at < 0 else at)
    named = {trace["name"]: trace for trace in reversed(figure["data"])}
    return named, figure["layout"]["meta"]["titles"]


def test_the_condition_number_is_the_bowls_in_the_race() -> None:
    """Gradient descent on (x^2 + k y^2) / 2: x_t = (1 - lr)^t, y_t = (1 - lr k)^t, from (1, 1)."""
    for k in (2.0, 50.0):
        _, frames = run(surface="bowl", condition=k, optimizers=("gradient-descent",), rates="same",
                        lr=0.03, steps=30, start_x=1, start_y=1)  # fmt: skip
        t = np.arange(31)
        exact = np.stack([(1 - 0.03) ** t, (1 - 0.03 * k) ** t], 1)
        np.testing.assert_allclose(
            np.concatenate([frame.path[0] for frame in frames]), exact, rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize("view", ["map", "surface"])
def test_one_rate_for_all_is_called_unfair(view: str) -> None:
    for rates, unfair in (("best", False), ("same", True)):
        settings, frames = run(rates=rates, steps=10)
        _, titles = drawn(view, settings, frames)
        assert ("unfair" in titles[0]) is unfair
        assert ("each at its best" in titles[0]) is not unfair
    assert "unfair" in RaceSettings.controls()["rates"].words("same")


@pytest.mark.parametrize("surface", KNOWN)
def test_a_known_minimum_is_reached_or_said_not_to_be(surface: str) -> None:
    """By the published minima: who ends within 0.001 of their height has settled; the map names
    the others. Far from a settled end no minimum is, and steps_to counts from the path.
    """
    start = SURFACES[surface].start
    racers = ("gradient-descent", "momentum", "adam", "adadelta")
    settings, frames = run(surface=surface, start_x=start[0], start_y=start[1], optimizers=racers)
    texts = drawn("map", settings, frames)[0]["names"]["text"]
    minima = np.array(SURFACES[surface].minima)
    for i, (name, text) in enumerate(zip(racers, texts, strict=True)):
        losses = np.concatenate([frame.losses[i] for frame in frames])
        reached = losses[-1] <= minima[0, 2] + 1e-3
        assert ("(" not in text) is bool(reached), (name, text)
        fates = ("(not reached)", "(out of the picture)", "(diverged)")
        assert reached or any(fate in text for fate in fates)
        apart = np.hypot(*(minima[:, :2] - frames[-1].theta[i]).T).min()
        assert frames[-1].metrics[f"distance/{name}"] == pytest.approx(apart)
        assert apart < 0.2 or not reached
        assert (frames[-1].metrics[f"steps_to/{name}"] <= settings.steps) is bool(reached)
    middle = drawn("map", settings, frames, at=10)[0]["names"]["text"]
    assert not any("not reached" in text for text in middle)  # it is still on its way


def test_some_are_not_reached_and_some_are() -> None:
    """The test above would be empty if all arrived: in Rastrigin's dents not one does."""
    settings, frames = run(surface="rastrigin", start_x=3.3, start_y=2.2)
    texts = drawn("map", settings, frames)[0]["names"]["text"]
    assert texts == [f"<b>{n} (not reached)</b>" for n in ("Gradient descent", "Momentum", "Adam")]
    settings, frames = run()
    assert drawn("map", settings, frames)[0]["names"]["text"][2] == "<b>Adam</b>"


def test_a_typed_surface_has_no_exact_answer_and_the_words_say_so() -> None:
    settings, frames = run(surface="formula", steps=10)
    traces, titles = drawn("map", settings, frames)
    assert titles[1] == "Loss (no closed form here)"
    assert len(traces["known minimum"]["x"]) == 0
    assert RACE.explain is not None
    assert "no minimum of it is known" in RACE.explain(settings, frames, 5)["Adam"]
    assert not any("not reached" in text for text in traces["names"]["text"])


@pytest.mark.parametrize("surface", ["ravine", "beale"])
def test_where_a_surface_comes_from_is_told(surface: str) -> None:
    settings, frames = run(surface=surface, steps=10)
    assert RACE.explain is not None
    for said in RACE.explain(settings, frames, 5).values():
        assert said.endswith(f"**{SURFACES[surface].title}.** {SURFACES[surface].note}")
    star = drawn("map", settings, frames)[0]["known minimum"]
    assert SURFACES[surface].note in star["hovertemplate"]


@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0])
def test_the_pad_leads_from_settings_to_the_plane_and_back(degrees: float) -> None:
    """Place is the rotation matrix; back undoes it; heights are the quadratic's, on the window."""
    options = Options("ravine", rotation=degrees)
    ground = terrain(options)
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    for point in ((1.5, 1.0), (-1.0, 0.3), (0.0, -2.0)):
        there = ground.place(point)
        assert there == pytest.approx((c * point[0] - s * point[1], s * point[0] + c * point[1]))
        assert ground.back(there) == pytest.approx(point, abs=1e-12)
    (x0, x1), (y0, y1) = ground.window
    n = len(ground.heights)
    for row, column in ((0, 0), (n - 1, 0), (7, 30)):
        x, y = (low + (high - low) * k / (n - 1) for low, high, k in ((x0, x1, column),
                                                                     (y0, y1, row)))  # fmt: skip
        along, over = c * x + s * y, c * y - s * x
        assert ground.heights[row, column] == pytest.approx((along**2 + 100 * over**2) / 2)


def test_other_surfaces_leave_the_pads_points_alone() -> None:
    ground = terrain(Options("beale", rotation=30.0))
    assert ground.place((1.0, 2.0)) == ground.back((1.0, 2.0)) == (1.0, 2.0)


def test_alpha_is_rmsprops_memory() -> None:
    """RMSprop's first update is lr g / (sqrt((1 - alpha) g^2) + eps) = lr / sqrt(1 - alpha)."""
    for alpha in (0.5, 0.99):
        _, frames = run(optimizers=("rmsprop",), rates="same", lr=0.01, alpha=alpha, steps=10)
        first = np.abs(frames[1].update[0])
        np.testing.assert_allclose(first, 0.01 / math.sqrt(1 - alpha), rtol=1e-6)
    assert "alpha" not in RaceSettings().active()


def test_the_network_says_why_it_has_no_l_bfgs() -> None:
    assert "lbfgs" not in NetworkSettings.choices("optimizer")
    assert "L-BFGS is not here: its line search" in NetworkSettings.controls()["optimizer"].help
