"""What is drawn is the run: the valley and its ruler, the sweep's edges, the basins' colours, the
network's maps, edges and curves, the seeds' rates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import framefile
from core.experiment import Experiment
from core.optimizers.basin import BASIN
from core.optimizers.basin_figures import LIVE
from core.optimizers.descend import DESCEND
from core.optimizers.network import NETWORK
from core.optimizers.network import Settings as NetworkSettings
from core.optimizers.seeds import SEEDS, grid
from core.optimizers.sweep import SWEEP
from core.plot.theme import EXACT, GENERATED, REAL, SERIES

Trace = Mapping[str, Any]
RUNS = Path(__file__).resolve().parents[3] / "data" / "runs"


def run(experiment: Experiment, **changes: Any) -> tuple[Any, list[Any]]:
    settings = experiment.settings(**changes).canonical()
    return settings, list(experiment.frames(settings))


def drawn(experiment: Experiment, view: str, run: Any, at: int = -1) -> list[Trace]:
    settings, frames = run
    figure = experiment.figures(settings, frames, at % len(frames))[view]
    traces: list[Trace] = figure["data"]
    return traces


def named(traces: list[Trace], name: str) -> Trace:
    return next(trace for trace in traces if trace.get("name") == name)


@pytest.mark.parametrize("at", [0, 1, 5])
@pytest.mark.parametrize("lr", [0.03, 0.15])
def test_the_ball_lies_on_the_parabola_where_the_formula_puts_it(lr: float, at: int) -> None:
    """x_t = (1 - lr L)^t x_0 and f = L x^2 / 2; its hops are those of all steps before."""
    traces = drawn(DESCEND, "path", run(DESCEND, lr=lr, curvature=8, start=-2, steps=5), at)
    x = -2 * (1 - 8 * lr) ** np.arange(at + 1.0)
    ball, hops = named(traces, "ball"), named(traces, "hops")
    assert (ball["x"][0], ball["y"][0]) == pytest.approx((x[-1], 4 * x[-1] ** 2))
    np.testing.assert_allclose(np.stack([hops["x"], hops["y"]]), [x, 4 * x**2], rtol=1e-5)
    valley = named(traces, "loss f(x)")
    np.testing.assert_allclose(valley["y"], 4 * np.asarray(valley["x"]) ** 2, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("curvature", "limits", "shown"),
    [
        (10, [0, 0.1, 0.2, 0.52], ["creep", "zigzag", "explode"]),
        (4, [0, 0.25, 0.5, 0.52], ["creep", "zigzag"]),  # no room left for the last word
        (40, [0, 0.025, 0.05, 0.52], ["explode"]),
    ],
)
def test_zones_of_the_ruler_end_at_1_and_2_over_l(
    curvature: float, limits: list[float], shown: list[str]
) -> None:
    """Creep to 1/L, zigzag to 2/L, explode beyond, each its own colour, its word in its middle."""
    settings, frames = run(DESCEND, curvature=curvature)
    figure = DESCEND.figures(settings, frames, 0)["path"]
    zones = figure["layout"]["shapes"]
    assert [zone["y0"] for zone in zones] == pytest.approx(limits[:-1])
    assert [zone["y1"] for zone in zones] == pytest.approx(limits[1:])
    assert len({zone["fillcolor"] for zone in zones}) == 3
    words = named(figure["data"], "rates")
    order = ["creep", "zigzag", "explode"]
    named_zones = [pair for pair in zip(words["text"], words["y"], strict=True) if pair[0] in order]
    assert [word for word, _ in named_zones] == shown
    for word, y in named_zones:
        zone = zones[order.index(word)]
        assert y == pytest.approx((zone["y0"] + zone["y1"]) / 2)


@pytest.mark.parametrize("rate", [0.05, 0.15, 0.25])
def test_the_word_of_the_zone_is_what_the_ball_does(rate: float) -> None:
    """With 1/L = 0.1 and 2/L = 0.2: one side and nearer; sides in turn and nearer; ever farther."""
    settings, frames = run(DESCEND, lr=rate, steps=5)
    zones = DESCEND.figures(settings, frames, 0)["path"]["layout"]["shapes"]
    (zone,) = [n for n, one in enumerate(zones) if one["y0"] < rate < one["y1"]]
    x = np.array([float(frame.x) for frame in frames])
    turns, nearer = (x[1:] * x[:-1] < 0).all(), (np.abs(x[1:]) < np.abs(x[:-1])).all()
    assert zone == {(False, True): 0, (True, True): 1, (True, False): 2}[bool(turns), bool(nearer)]


@pytest.mark.parametrize(
    ("optimizer", "big", "exact"),
    [
        ("momentum", 100, lambda b: 2 * (1 + b) / 100),
        ("nesterov", 100, lambda b: 2 * (1 + b) / ((1 + 2 * b) * 100)),
    ],
)
def test_the_exact_edges_are_drawn_into_the_sweep(optimizer: str, big: float, exact: Any) -> None:
    """2/L upright, and 2(1 + b)/L, or Nesterov's, over the momenta; axis units: log10 of rates."""
    traces = drawn(SWEEP, "plane", run(SWEEP, optimizer=optimizer, steps=20, resolution=20))
    plain, bent = named(traces, "edge without momentum"), named(traces, "exact edge")
    np.testing.assert_allclose(plain["x"], np.log10([2 / big] * 2), rtol=1e-6)
    beta = np.asarray(bent["y"], float)
    assert (beta[0], beta[-1]) == (0.0, 0.975)
    np.testing.assert_allclose(bent["x"], np.log10(exact(beta)), rtol=1e-5)
    assert {plain["line"]["color"], bent["line"]["color"]} == {EXACT}
    words = [str(word) for t in traces for word in t.get("text", ()) if t.get("mode") == "text"]
    assert "2/L" in words


def test_no_edge_is_drawn_where_none_is_known() -> None:
    traces = drawn(SWEEP, "plane", run(SWEEP, optimizer="adam", steps=20, resolution=20))
    assert all(len(t["x"]) == 0 for t in traces if t.get("name") == "exact edge")
    assert not [w for t in traces for w in t.get("text", ()) if str(w).startswith("2")]


def test_the_star_of_the_sweep_is_polyaks() -> None:
    star = named(drawn(SWEEP, "plane", run(SWEEP, steps=20, resolution=20)), "best in closed form")
    assert star["x"] == pytest.approx([math.log10(4 / 121)])
    assert star["y"] == pytest.approx([(9 / 11) ** 2])


def test_colours_and_rows_of_the_sweep_are_the_steps_needed() -> None:
    settings, frames = run(SWEEP, steps=120, resolution=20)
    traces, last = drawn(SWEEP, "plane", (settings, frames)), frames[-1]
    maps = [t for t in traces if t["type"] == "heatmap"]
    settled, blown = last.state == 1, last.state == 2
    assert (np.isfinite(maps[0]["z"]) == (last.state == 0)).all()
    assert (np.isfinite(maps[1]["z"]) == blown).all()
    assert (np.isfinite(maps[2]["z"]) == settled).all()
    np.testing.assert_allclose(
        maps[2]["z"][settled], np.log10(np.maximum(last.needed[settled], 1)), rtol=1e-6
    )
    rows = traces[-1]
    for row, x in enumerate(rows["x"]):
        steps = [int(n) for n, ok in zip(last.needed[row], settled[row], strict=True) if ok]
        assert np.isnan(x) if not steps else x == pytest.approx(math.log10(min(steps)))


def test_a_start_has_the_colour_of_the_minimum_that_it_reached() -> None:
    """The heat map's whole part is the ending; its piece of the scale is that minimum's colour,
    lighter and darker; the bars beside it have the same colours and the shares.
    """
    settings, frames = run(BASIN, resolution=32, lr=0.016)
    traces, last = drawn(BASIN, "basin", (settings, frames)), frames[-1]
    assert settings.resolution <= LIVE
    heat, bars = traces[0], next(t for t in traces if t["type"] == "bar")
    arrived = last.reached >= 0
    assert (np.floor(heat["z"])[arrived] == last.reached[arrived]).all()
    assert (np.floor(heat["z"])[~arrived] == 3 - last.reached[~arrived]).all() and (~arrived).any()
    scale = [(stop * heat["zmax"], colour) for stop, colour in heat["colorscale"]]
    for i in range(4):
        base = [int(SERIES[i][k : k + 2], 16) for k in (1, 3, 5)]
        stops, colours = zip(*scale[2 * i : 2 * i + 2], strict=True)
        assert stops == pytest.approx((i, i + 1))
        light, dark = ([int(one[k : k + 2], 16) for k in (1, 3, 5)] for one in colours)
        assert all(a >= b >= c for a, b, c in zip(light, base, dark, strict=True))
        assert bars["marker"]["color"][i] == SERIES[i]
        share = sum(int(one == i) for one in last.reached.ravel().tolist()) / 1024
        assert bars["x"][i] == pytest.approx(100 * share, rel=1e-5)
    ends = [float(base + x) for base, x in zip(bars["base"], bars["x"], strict=True)]
    assert ends[-1] == pytest.approx(100, rel=1e-5)
    assert [0, *ends[:-1]] == pytest.approx(bars["base"].tolist(), abs=1e-3)
    slow, quick = (last.needed == f(last.needed[arrived]) for f in (np.max, np.min))
    assert (heat["z"] % 1)[slow & arrived].min() > (heat["z"] % 1)[quick & arrived].max()


def test_the_second_map_of_the_basins_is_coloured_by_steps() -> None:
    settings, frames = run(BASIN, resolution=32)
    traces, last = drawn(BASIN, "steps", (settings, frames)), frames[-1]
    arrived = last.reached >= 0
    steps = np.log10(np.maximum(last.needed[arrived], 1))
    np.testing.assert_allclose(traces[1]["z"][arrived], steps, rtol=1e-5, atol=1e-6)
    curve = next(t for t in traces if t.get("mode") == "lines")
    for n in (30, 90, 120):
        within = (last.needed[arrived] <= 10 ** float(curve["x"][n]) + 1e-6).sum() / 1024
        assert curve["y"][n] == pytest.approx(100 * within, rel=1e-5)


@pytest.fixture(scope="module")
def trained() -> tuple[NetworkSettings, list[Any]]:
    return run(NETWORK, steps=200, hidden="3-2", landscape="none")


def test_each_units_map_is_its_own_answer_over_the_plane(trained: Any) -> None:
    """Tanh layers by numpy at the corners of the 20 x 20 places; 0 to 254 stands for -1 to 1.

    The maps come in the order x1, x2, first layer, second layer, answer; columns left to right.
    """
    maps = [t for t in drawn(NETWORK, "neurons", trained) if t["type"] == "heatmap"]
    theta = trained[1][-1].theta.astype(float)
    w1, b1 = theta[:6].reshape(2, 3), theta[6:9]
    w2, b2 = theta[9:15].reshape(3, 2), theta[15:17]
    assert len(maps) == 2 + 3 + 2 + 1
    lefts = [m["x0"] for m in maps]
    assert lefts[0] == lefts[1] < lefts[2] == lefts[4] < lefts[5] == lefts[6] < lefts[7]
    for row, column in ((0, 0), (0, 19), (19, 0), (19, 19)):
        x = np.array([-1.0 if column == 0 else 1.0, -1.0 if row == 0 else 1.0])
        first = np.tanh(x @ w1 + b1)
        second = np.tanh(first @ w2 + b2)
        answer = 1 / (1 + np.exp(-(second @ theta[17:19] + theta[19])))
        found = [float(m["z"][row, column]) / 127 - 1 for m in maps[:-1]]
        np.testing.assert_allclose(found, [*x, *first, *second], atol=0.01)
        side = len(maps[-1]["z"]) - 1
        there = maps[-1]["z"][side * (row > 0), side * (column > 0)]
        assert there == pytest.approx(answer, abs=1e-4)


def test_edges_join_their_units_in_the_colour_of_their_sign(trained: Any) -> None:
    """From the right side of one map to the left of the next: orange above 0, blue below, and
    wider the stronger; under 0.1 none.
    """
    traces = drawn(NETWORK, "neurons", trained)
    maps = [t for t in traces if t["type"] == "heatmap"]
    sides = [
        (m["x0"] - m["dx"] / 2, m["x0"] + m["dx"] * (len(m["z"]) - 0.5),
         m["y0"] + m["dy"] * (len(m["z"]) - 1) / 2)
        for m in maps
    ]  # fmt: skip
    theta = trained[1][-1].theta.astype(float)
    weights = {(i, 2 + j): theta[3 * i + j] for i in (0, 1) for j in range(3)}
    weights |= {(2 + i, 5 + j): theta[9 + 2 * i + j] for i in range(3) for j in (0, 1)}
    weights |= {(5 + i, 7): theta[17 + i] for i in (0, 1)}
    found = {}
    for trace in (t for t in traces if t.get("mode") == "lines"):
        spots = np.stack([trace["x"], trace["y"]], 1)
        for start, end in zip(spots[::3], spots[1::3], strict=True):
            (pair,) = [
                (one, other)
                for one, other in weights
                if np.allclose(sides[one][1:], start, atol=1e-4)
                and np.allclose(sides[other][::2], end, atol=1e-4)
            ]
            found[pair] = (trace["line"]["color"], trace["line"]["width"])
    assert set(found) == {pair for pair, w in weights.items() if abs(w) >= 0.1}
    for pair, (color, width) in found.items():
        assert color == (GENERATED if weights[pair] > 0 else REAL)
        levels = ((0.1, 0.7), (0.4, 1.6), (1, 3), (2, 5))
        assert width == max(wide for low, wide in levels if abs(weights[pair]) >= low)


def test_loss_curves_are_the_frames_numbers_and_no_exact_one_is_claimed(trained: Any) -> None:
    settings, frames = trained
    traces = drawn(NETWORK, "learn", trained)
    for name, metric in (("train loss", "train_loss"), ("test loss", "test_loss")):
        curve = named(traces, name)
        assert curve["x"].tolist() == [frame.step for frame in frames]
        np.testing.assert_allclose(curve["y"], [f.metrics[metric] for f in frames], rtol=1e-6)
    title = NETWORK.figures(settings, frames, 0)["learn"]["layout"]["meta"]["titles"][1]
    assert "no closed form here" in title


def test_rates_and_stars_of_the_seeds_are_the_validation_means() -> None:
    settings, frames = run(SEEDS, **SEEDS.quick)
    traces, last = drawn(SEEDS, "compare", (settings, frames)), frames[-1]
    for n, name in enumerate((settings.first, settings.second)):
        line = traces[n]
        assert list(line["x"]) == list(grid(name))
        means = [math.fsum(map(float, row)) / len(row) for row in last.validation[n]]
        np.testing.assert_allclose(line["y"], means, rtol=1e-5)
        assert means[int(last.best[n])] == max(means)
        assert traces[2]["x"][n] == grid(name)[means.index(max(means))]


def test_ten_times_the_best_rate_costs_what_the_preset_says() -> None:
    """A tenth of the digits for Adam, most of them for momentum: two half decades further on."""
    assert "costs Adam a tenth of the digits, and momentum most of them" in SEEDS.presets[0].next
    last = framefile.unpack(str(RUNS / "optimizers.seeds.npz"), SEEDS.frame)[-1]
    fell = []
    for n, best in enumerate(last.best.tolist()):
        means = last.validation[n].mean(1)
        fell.append(float(means[best] - means[best + 2]))
    assert fell[0] == pytest.approx(0.1, abs=0.03) and fell[1] > 0.5
