"""The pictures of the game: what is drawn is what the frame says, on scales that fit the loss."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import expit

from core.experiment import Figure
from core.gan.best import best_of
from core.gan.losses import LOSSES as RULES
from core.gan.plane import MESH, PLANE, Frame, Settings
from core.gan.plane_charts import DISTANCES, EVEN, SPAN, distances, even, losses
from core.gan.plane_figures import LAYERS, PULL, best, game, scale
from core.gan.plane_why import explain
from tests.core.runs import frames

LOSSES = tuple(EVEN)
CELL = 6 / 60


@cache
def run(**settings: Any) -> tuple[Settings, list[Frame]]:
    """A short run of a small game."""
    chosen = Settings(**{"width": 8, "batch_size": 16, "steps": 10, **settings})
    return chosen, frames(PLANE, chosen)


def drawn(**settings: Any) -> tuple[Settings, Frame, Figure]:
    """The last frame of such a run, and the game as it is drawn there."""
    chosen, film = run(**settings)
    return chosen, film[-1], game(chosen, film, len(film) - 1)


def named(figure: Figure, name: str) -> dict[str, Any]:
    """The one trace of that name."""
    (found,) = [trace for trace in figure["data"] if trace.get("name") == name]
    return found


def of_layer(figure: Figure, layer: str) -> list[dict[str, Any]]:
    return [t for t in figure["data"] if t.get("meta", {}).get("layer") == layer]


def words(figure: Figure) -> list[str]:
    """All that is written in a figure's traces."""
    return [text for trace in figure["data"] for text in trace.get("text", ())]


def test_every_trace_in_the_plane_belongs_to_a_layer_and_each_layer_has_some() -> None:
    figure = drawn()[2]
    plane = [trace for trace in figure["data"] if trace["xaxis"] == "x"]
    assert {trace["meta"]["layer"] for trace in plane} == set(LAYERS)
    (view,) = [view for view in PLANE.views if view.layers]
    assert dict(view.layers) == LAYERS and set(view.off) <= set(LAYERS)
    assert next(iter(LAYERS)) == "heat" and view.on("heat") and view.on("points")


def test_each_layer_has_a_word_of_its_own_above_the_plane() -> None:
    """It goes with the layer, and covers no point: the plane ends at 3."""
    figure = drawn()[2]
    for layer in LAYERS:
        said = [t for t in of_layer(figure, layer) if t.get("mode") == "text"]
        assert said, layer
        assert min(y for trace in said for y in trace["y"]) > 3
    assert figure["layout"]["yaxis"]["range"][1] > max(
        y for t in figure["data"] if t.get("mode") == "text" and t["xaxis"] == "x" for y in t["y"]
    )


def test_drawn_points_are_the_frames() -> None:
    settings, film = run()
    figure = game(settings, film, len(film) - 1)
    for name, points in (("real points", film[0].real), ("fake points", film[-1].fake)):
        assert points is not None
        trace = named(figure, name)
        np.testing.assert_array_equal(np.stack([trace["x"], trace["y"]], 1), points)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_heat_map_runs_from_surely_fake_to_surely_real(loss: str) -> None:
    """A probability, a label within 0 and 1, a margin within -1 and 1, a score about its median."""
    _, now, figure = drawn(loss=loss)
    judged = now.judged.astype(np.float64)
    if loss in ("minimax", "non-saturating"):
        want = expit(judged)
    elif loss == "least-squares":
        want = judged.clip(0, 1)
    elif loss == "hinge":
        want = (judged.clip(-1, 1) + 1) / 2
    else:
        away = judged - np.median(judged)
        want = (away / np.abs(away).max() + 1) / 2
    heat = named(figure, "what D says")
    np.testing.assert_allclose(heat["z"] / heat["zmax"], want, atol=0.003)
    assert heat["zmin"] == 0 and heat["reversescale"]
    assert heat["x0"] == heat["y0"] == pytest.approx(CELL / 2 - 3)
    assert heat["dx"] == heat["dy"] == pytest.approx(CELL)


@pytest.mark.parametrize(
    ("loss", "level"),
    [("minimax", 0.5), ("non-saturating", 0.5), ("least-squares", 0.5), ("hinge", 0.0)],
)
def test_the_decision_line_is_where_real_and_fake_are_as_likely(loss: str, level: float) -> None:
    contour = named(drawn(loss=loss)[2], "decision line")["contours"]
    assert contour["start"] == contour["end"] == level


def test_a_flat_critic_has_a_scale_too() -> None:
    low, middle, high = scale("wasserstein", np.full((4, 4), 2.5))
    assert low < middle == 2.5 < high


def test_arrows_go_from_the_fakes_along_the_pull_and_the_longest_is_as_long_as_said() -> None:
    _, now, figure = drawn()
    trace = named(figure, "pull on the fakes")
    lines = np.stack([trace["x"], trace["y"]], 1).reshape(-1, 3, 2)
    count, pull = len(now.arrows), now.arrows.astype(np.float64)
    np.testing.assert_array_equal(lines[:, 0], now.fake[:count])
    assert np.isnan(lines[:, 2]).all(), "a gap after each"
    way = lines[:, 1] - lines[:, 0]
    length = np.linalg.norm(way, axis=1)
    assert length.max() == pytest.approx(PULL, rel=1e-3)
    np.testing.assert_allclose(length / PULL, np.linalg.norm(pull, axis=1) / np.linalg.norm(
        pull, axis=1).max(), atol=1e-3)  # fmt: skip
    cosine = (way * pull).sum(1) / (length * np.linalg.norm(pull, axis=1))
    assert cosine.min() > 0.999
    heads = named(figure, "where to")
    np.testing.assert_array_equal(np.stack([heads["x"], heads["y"]], 1), lines[:, 1])
    turned = np.radians(heads["marker"]["angle"])  # clockwise from up
    np.testing.assert_allclose(np.stack([np.sin(turned), np.cos(turned)], 1) * length[:, None], way,
                               atol=1e-5)  # fmt: skip


def test_without_any_pull_there_are_arrows_of_no_length() -> None:
    settings, film = run()
    still = Frame(**{**vars(film[-1]), "arrows": film[-1].arrows * 0})
    trace = named(game(settings, [*film[:-1], still], len(film) - 1), "pull on the fakes")
    ends = np.stack([trace["x"], trace["y"]], 1).reshape(-1, 3, 2)
    np.testing.assert_array_equal(ends[:, 0], ends[:, 1])


def test_the_warped_noise_is_drawn_as_lines_both_ways() -> None:
    _, now, figure = drawn()
    trace = named(figure, "warped noise")
    lines = np.stack([trace["x"], trace["y"]], 1).reshape(2 * MESH, MESH + 1, 2)[:, :-1]
    rows = now.mesh.reshape(MESH, MESH, 2)
    np.testing.assert_array_equal(lines[:MESH], rows)
    np.testing.assert_array_equal(lines[MESH:], rows.transpose(1, 0, 2))


def test_noise_of_one_number_is_one_line() -> None:
    _, now, figure = drawn(noise_dim=1)
    trace = named(figure, "warped noise")
    np.testing.assert_array_equal(np.stack([trace["x"], trace["y"]], 1)[:-1], now.mesh)


@pytest.mark.parametrize("target", ["ring", "moons", "drawn"])
def test_quality_is_drawn_beside_the_share_that_real_points_reach(target: str) -> None:
    settings, film = run(target=target)
    figure = game(settings, film, len(film) - 1)
    level = named(figure, "good among real points")
    assert level["y"] == [settings.mixture.within] * 2 and level["x"] == [0, settings.steps]
    good, covered = named(figure, "good fakes"), named(figure, "modes covered")
    np.testing.assert_allclose(good["y"], [f.metrics["high_quality"] for f in film], rtol=1e-6)
    shares = [f.metrics["modes"] / settings.mixture.count for f in film]
    np.testing.assert_allclose(covered["y"], shares, rtol=1e-6)
    np.testing.assert_array_equal(good["x"], [f.step for f in film])
    now = film[-1].metrics
    part = "stretches" if target == "moons" else "modes"
    said = f"step {film[-1].step:,}: {now['modes']:.0f} of {settings.mixture.count} {part}"
    assert any(text.startswith(said) for text in words(figure)), words(figure)


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_are_drawn_with_the_lines_of_the_equilibrium(loss: str) -> None:
    settings, film = run(loss=loss)
    figure = losses(settings, film, len(film) - 1)
    levels = [trace for trace in figure["data"] if trace.get("name") == "players even"]
    assert [level["y"][0] for level in levels] == [*EVEN[loss]]
    for name, metric, span in zip(
        ("D's loss", "G's loss"), ("d_loss", "g_loss"), SPAN[loss], strict=True
    ):
        values, trace = [f.metrics[metric] for f in film], named(figure, name)
        np.testing.assert_allclose(trace["y"], np.clip(values, *span), rtol=1e-6)
        np.testing.assert_allclose(trace["customdata"], values, rtol=1e-6)
    assert figure["layout"]["meta"]["titles"][0] == "Losses do not measure quality here"


@pytest.mark.parametrize("loss", ["minimax", "non-saturating", "least-squares"])
def test_smoothed_labels_have_an_equilibrium_of_their_own(loss: str) -> None:
    """By a search over all that D may say, the same of real and fake points."""
    answers = torch.linspace(-6, 6, 120_001, dtype=torch.float64)[:, None, None]
    costs = RULES[loss].d(answers, answers, 0.8)
    best = answers[costs.argmin()][None]
    want = costs.min().item(), RULES[loss].g(best).item()
    assert even(Settings(loss=loss, smoothing=0.2)) == pytest.approx(want, abs=1e-4)
    assert even(Settings(loss=loss)) == EVEN[loss]


def test_a_loss_beyond_the_axis_is_drawn_at_its_edge_and_said() -> None:
    settings, film = run()
    far = Frame(**{**vars(film[-1]), "metrics": {**film[-1].metrics, "g_loss": 40.0}})
    figure = losses(settings, [*film[:-1], far], len(film) - 1)
    assert named(figure, "G's loss")["y"][-1] == SPAN["non-saturating"][1][1]
    assert any(re.search(r": 40 \(beyond the axis\)$", text) for text in words(figure))


def test_distances_are_drawn_as_they_are_measured() -> None:
    settings, film = run()
    figure = distances(settings, film, len(film) - 1)
    for name, (title, _, high) in DISTANCES.items():
        values = np.array([f.metrics[name] for f in film])
        trace = named(figure, title)
        np.testing.assert_allclose(trace["y"], values.clip(-0.05 * high, high), rtol=1e-6)
        np.testing.assert_allclose(trace["customdata"], values, rtol=1e-6)
        ticks = figure["layout"][f"y{trace['yaxis'].replace('y', 'axis')}"]["tickvals"]
        assert 4 <= len(ticks) <= 6 and ticks[-1] <= high, "none among the words on top"


@pytest.mark.parametrize("loss", LOSSES)
def test_the_best_discriminator_is_drawn_or_said_to_have_no_closed_form(loss: str) -> None:
    settings, film = run(loss=loss)
    now = film[-1]
    ideal = best_of(settings, now.density.astype(np.float64))
    figure = best(settings, film, len(film) - 1)
    verdict, one, gap = (t["z"] for t in figure["data"] if t["type"] == "heatmap")
    layer = named(game(settings, film, len(film) - 1), "best D")
    if ideal is None:
        assert np.isnan(one).all() and np.isnan(gap).all() and not layer["visible"]
        assert words(figure).count("no closed form here") == 2
        return
    np.testing.assert_allclose(one, ideal, atol=1e-6)
    np.testing.assert_allclose(gap, verdict - one, atol=1e-6)
    low, high = (-1, 1) if loss == "hinge" else (0, 1)
    share = (np.nan_to_num(ideal, nan=(low + high) / 2) - low) / (high - low)
    np.testing.assert_allclose(layer["z"] / layer["zmax"], share, atol=0.003)
    assert layer["visible"]
    assert any(
        text.startswith(f"{now.metrics['from_best']:.2f} on average") for text in words(figure)
    )


@pytest.mark.parametrize(
    ("settings", "title"),
    [
        ({}, "The best D: p / (p + q)"),
        ({"smoothing": 0.1}, "The best D: 0.9 p / (p + q)"),
        ({"instance_noise": 0.2}, "The best D: p / (p + q), noised"),
        ({"loss": "hinge"}, "The best D: sign(p - q)"),
        ({"loss": "wgan-gp"}, "The best critic"),
        ({"packing": 2}, "The best D"),
    ],
)
def test_the_best_is_named_by_its_formula(settings: dict[str, Any], title: str) -> None:
    chosen, film = run(**settings)
    found = best(chosen, film, 0)
    assert found["layout"]["meta"]["titles"][1] == title
    closed = "no closed form here" not in words(found)
    assert closed is (settings.get("loss") != "wgan-gp" and "packing" not in settings)
    in_game = [text for text in words(game(chosen, film, 0)) if text.startswith(("best", "the be"))]
    assert in_game == (["the best D"] if closed else ["best D: no closed form"])


@pytest.mark.parametrize(
    ("help", "words"), [({"r1": 0.02}, "R1 keeps D"), ({"spectral": True}, "keeps D flatter")]
)
def test_what_keeps_d_from_the_best_is_said(help: dict[str, Any], words: str) -> None:
    """Of a critic there is no best to be kept from."""
    settings, film = run()
    drawn = [str(best(Settings(**{**settings.model_dump(), **help, "loss": loss}), film, 0))
             for loss in ("non-saturating", "wgan-gp")]  # fmt: skip
    assert [words in one for one in drawn] == [True, False]
    assert words not in str(best(settings, film, 0))


@pytest.mark.parametrize("loss", LOSSES)
def test_the_formulas_have_this_steps_numbers(loss: str) -> None:
    settings, film = run(loss=loss, r1=0.02)
    told = explain(settings, film, len(film) - 1)
    now = film[-1].metrics
    for title, metric in (("Discriminator", "d_loss"), ("Generator", "g_loss")):
        found = re.search(r"= (-?[\d.]+)(?: \\cdot 10\^\{(-?\d+)\})?[.,]\$\$", told[title])
        assert found, told[title]
        value = float(found[1]) * 10.0 ** int(found[2] or 0)
        assert value == pytest.approx(now[metric], rel=0.01)
    assert "0.02" in told["Discriminator"] and f"{now['high_quality']:.2%}" in told["Good fakes"]
    zero_sum = loss in ("minimax", "wasserstein", "wgan-gp")
    assert ("the other loses" in told["Generator"]) is zero_sum
