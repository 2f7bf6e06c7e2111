"""What the race's pictures draw is the run: paths, names, losses, effective steps."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from core.optimizers.hyper import TITLES
from core.optimizers.palette import style
from core.optimizers.race import RACE, RaceFrame, RaceSettings
from core.optimizers.race_ground import window_of
from core.optimizers.racing import race
from tests.core.test_theme import VISION, apart, contrast, linear

Trace = Mapping[str, Any]
VIEW = {view.name: view for view in RACE.views}


def run(**changes: Any) -> tuple[RaceSettings, list[RaceFrame]]:
    settings = RaceSettings(**changes).canonical()
    return settings, list(race(settings))


def path(frames: list[RaceFrame], racer: int) -> np.ndarray:
    """Every position of a racer, (steps + 1, 2)."""
    return np.concatenate([frame.path[racer] for frame in frames])


def drawn(
    view: str, settings: RaceSettings, frames: list[RaceFrame], at: int = -1
) -> tuple[list[Trace], list[str]]:
    """The traces of a view and the titles of its panels."""
    figure = VIEW[view].draw(settings, frames, len(frames) - 1 if at < 0 else at)
    return figure["data"], figure["layout"]["meta"]["titles"]


def of(traces: list[Trace], name: str, axis: str | None = None) -> Trace:
    return next(t for t in traces if t["name"] == name and t.get("xaxis") in (axis, "x", None))


@pytest.fixture(scope="module")
def banana() -> tuple[RaceSettings, list[RaceFrame]]:
    """All on Rosenbrock's valley at one small rate: nobody leaves, no two paths are alike."""
    return run(surface="rosenbrock", optimizers=("gradient-descent", "nesterov", "adam", "lion"),
               rates="same", lr=1e-3, steps=90, start_x=-1.5, start_y=2)  # fmt: skip


def test_the_map_draws_each_racers_path_in_its_own_style(banana: Any) -> None:
    settings, frames = banana
    traces, _ = drawn("map", settings, frames)
    for i, name in enumerate(settings.optimizers):
        line = of(traces, TITLES[name])
        np.testing.assert_allclose(np.stack([line["x"], line["y"]], 1), path(frames, i), rtol=1e-6)
        assert {key: line["line"][key] for key in ("color", "dash")} == style(name)
    traces, _ = drawn("map", settings, frames, at=30)
    assert len(of(traces, "Adam")["x"]) == frames[30].step + 1


def test_a_path_far_out_of_the_map_has_a_gap_there() -> None:
    settings, frames = run(rates="same", lr=0.0205)
    line = of(drawn("map", settings, frames)[0], "Gradient descent")
    (x0, x1), (y0, y1) = window_of(settings)
    there = path(frames, 0)[: np.isnan(line["x"]).argmax()]
    shown = np.stack([line["x"], line["y"]], 1)[: len(there)]
    np.testing.assert_allclose(shown, there, rtol=1e-6)
    assert 10 < len(there) < 201
    assert np.nanmax(np.abs(line["x"])) <= 1.5 * x1 and np.nanmax(np.abs(line["y"])) <= 1.5 * y1
    assert x0 == -x1 and y0 == -y1


def test_the_contours_are_of_the_surface(banana: Any) -> None:
    """log10(1 + f), f Rosenbrock's function written out: (1 - x)^2 + 100 (y - x^2)^2."""
    settings, frames = banana
    ground = next(t for t in drawn("map", settings, frames)[0] if t["type"] == "contour")
    x, y = np.meshgrid(ground["x"].astype(float), ground["y"].astype(float))
    exact = np.log10(1 + (1 - x) ** 2 + 100 * (y - x**2) ** 2)
    np.testing.assert_allclose(ground["z"], exact, rtol=1e-4, atol=1e-6)
    (x0, x1), (y0, y1) = window_of(settings)
    assert (ground["x"][0], ground["x"][-1]) == pytest.approx((x0, x1))
    assert (ground["y"][0], ground["y"][-1]) == pytest.approx((y0, y1))


def test_the_scene_draws_the_paths_a_little_over_the_surface(banana: Any) -> None:
    """At 2 % of the height's range over log10(1 + f), where the path is inside the window."""
    settings, frames = banana
    traces, _ = drawn("surface", settings, frames)
    ground = next(t for t in traces if t["type"] == "surface")
    lift = 0.02 * (float(ground["z"].max()) - float(ground["z"].min()))
    for i, name in enumerate(settings.optimizers):
        line = of(traces, TITLES[name])
        assert line["type"] == "scatter3d" and line["line"]["color"] == style(name)["color"]
        x, y = path(frames, i).T
        np.testing.assert_allclose(line["x"], x, rtol=1e-6)
        np.testing.assert_allclose(line["y"], y, rtol=1e-6)
        exact = np.log10(1 + (1 - x) ** 2 + 100 * (y - x**2) ** 2)
        np.testing.assert_allclose(line["z"], exact + lift, atol=1e-4)


@pytest.mark.parametrize("at", [20, -1])
def test_a_name_stands_at_the_end_of_its_own_path(banana: Any, at: int) -> None:
    """The k-th name, dot and lead are of the k-th racer: dot at its end, lead from dot to name."""
    settings, frames = banana
    traces, _ = drawn("map", settings, frames, at)
    now, names, dots = frames[at], of(traces, "names"), of(traces, "ends")
    plain = [text.removeprefix("<b>").split(" (")[0].removesuffix("</b>") for text in names["text"]]
    assert plain == [TITLES[name] for name in settings.optimizers]
    np.testing.assert_allclose(np.stack([dots["x"], dots["y"]], 1), now.theta, rtol=1e-6)
    leads = of(traces, "leads")
    for k, name in enumerate(settings.optimizers):
        for axis in "xy":
            assert leads[axis][3 * k] == pytest.approx(dots[axis][k])
            assert leads[axis][3 * k + 1] == pytest.approx(names[axis][k])
        assert style(name)["color"] == dots["marker"]["color"][k]


def test_names_on_the_map_have_their_racers_hue_and_can_be_read_on_every_height() -> None:
    """Hue by the standard library; contrast 3 of WCAG 2.2 for bold words, on an opaque ground."""
    settings, frames = run(optimizers=RaceSettings.choices("optimizers"), steps=10)
    traces, _ = drawn("map", settings, frames)
    ground = next(t for t in traces if t["type"] == "contour")
    assert ground.get("opacity", 1) == 1
    words = of(traces, "names")["textfont"]["color"]
    for name, ink in zip(settings.optimizers, words, strict=True):
        hues = [colorsys.rgb_to_hsv(*linear(c))[0] for c in (ink, style(name)["color"])]
        assert hues[0] == pytest.approx(hues[1], abs=0.02)
        assert min(contrast(ink, shade) for _, shade in ground["colorscale"]) >= 3, name


def test_the_legend_under_the_scene_names_every_path_once(banana: Any) -> None:
    settings, frames = banana
    figure = VIEW["surface"].draw(settings, frames, 20)
    assert figure["layout"]["showlegend"] is True
    lines = [t for t in figure["data"] if t["type"] == "scatter3d" and t.get("showlegend", True)]
    assert [t["name"] for t in lines] == [TITLES[name] for name in settings.optimizers]
    ends = of(figure["data"], "ends")
    for k, (name, line) in enumerate(zip(settings.optimizers, lines, strict=True)):
        assert line["line"]["color"] == style(name)["color"]
        assert (ends["x"][k], ends["y"][k]) == (line["x"][-1], line["y"][-1])


def test_no_two_paths_of_the_scene_are_drawn_alike() -> None:
    """All fifteen: by colour or by dash; the first of a colour is solid."""
    settings, frames = run(optimizers=RaceSettings.choices("optimizers"), steps=10)
    lines = [t["line"] for t in drawn("surface", settings, frames)[0] if t.get("mode") == "lines"]
    styles = [(line["color"], line["dash"]) for line in lines]
    assert len(set(styles)) == len(styles) == len(settings.optimizers)
    assert dict(reversed(styles)) == {color: "solid" for color, _ in styles}


def test_every_view_is_as_high_as_the_others(banana: Any) -> None:
    heights = [view.draw(*banana, 9)["layout"]["height"] for view in RACE.views]
    assert len(set(heights)) == 1


@pytest.mark.parametrize("vision", VISION.values(), ids=list(VISION))
def test_everybody_tells_the_optimizers_apart(vision: Any) -> None:
    """By a noticed difference in colour, or by the dash."""
    for one, other in combinations(RaceSettings.choices("optimizers"), 2):
        a, b = style(one), style(other)
        if a["dash"] == b["dash"]:
            assert apart(a["color"], b["color"], vision) >= 1, (one, other)


def test_the_loss_curves_are_the_frames_losses(banana: Any) -> None:
    """Rosenbrock's minimum is 0, so the height over it is the loss itself."""
    settings, frames = banana
    traces, titles = drawn("map", settings, frames)
    assert titles[1] == "Loss"
    for i, name in enumerate(settings.optimizers):
        curve = of([t for t in traces if t.get("xaxis") == "x2"], TITLES[name], "x2")
        losses = np.concatenate([frame.losses[i] for frame in frames])
        assert list(curve["x"]) == list(range(91))
        np.testing.assert_allclose(curve["y"], losses, rtol=1e-6)
        x, y = path(frames, i).T
        np.testing.assert_allclose(losses, (1 - x) ** 2 + 100 * (y - x**2) ** 2, rtol=1e-12)


def test_the_effective_step_of_gradient_descent_is_its_rate_along_both_axes() -> None:
    settings, frames = run(optimizers=("gradient-descent",), rotation=30)
    traces, titles = drawn("steps", settings, frames)
    assert titles == ["Effective step along x", "Effective step along y"]
    curves = [t for t in traces if t["name"] == "Gradient descent"]
    for curve in curves:
        np.testing.assert_allclose(curve["y"], frames[0].rate[0], rtol=1e-5)
    assert len(curves) == 2 and len(curves[0]["x"]) == len(frames) - 1


def test_the_effective_step_is_a_ratio_of_root_mean_squares_of_ten(banana: Any) -> None:
    """Root of the mean of ten squared updates over that of ten squared gradients, by hand.

    Every step is a frame here, so the updates are the differences of the path.
    """
    settings, frames = banana
    traces, _ = drawn("steps", settings, frames)
    figure = VIEW["steps"].draw(settings, frames, 90)
    for axis in ("yaxis", "yaxis2"):
        assert figure["layout"][axis]["title"]["text"] == "update / gradient (root mean squares)"
    for i, name in enumerate(settings.optimizers):
        x, y = path(frames, i)[:-1].T
        slopes = np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], 1)
        updates = np.diff(path(frames, i), axis=0)
        for axis, curve in enumerate(t for t in traces if t["name"] == TITLES[name]):
            for t in (1, 7, 40, 90):
                some = slice(max(t - 10, 0), t)
                top, bottom = (math.sqrt(np.mean(v[some, axis] ** 2)) for v in (updates, slopes))
                assert curve["y"][t - 1] == pytest.approx(top / bottom, rel=1e-4), (name, t)


def test_adams_effective_step_differs_by_axis_where_gradient_descents_does_not() -> None:
    """Down the ravine the slope across is 100 times as large, and Adam's first steps are equal."""
    settings, frames = run(rates="same", lr=0.01, steps=20, optimizers=("gradient-descent", "adam"))
    traces, _ = drawn("steps", settings, frames)
    across = [t["y"][0] for t in traces if t["name"] == "Adam"]
    assert across[0] / across[1] == pytest.approx(100, rel=1e-4)
    plain = [t["y"][0] for t in traces if t["name"] == "Gradient descent"]
    assert plain[0] == pytest.approx(plain[1], rel=1e-6)
