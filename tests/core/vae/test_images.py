"""An autoencoder in training: every choice runs and is drawn, and the pictures are to scale."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from core.data import imagesets, mixtures
from core.measure.modes import modes
from core.plot.sheets import GAP, sheet
from core.vae import images_plane, images_why
from core.vae.images import IMAGES, Settings
from core.vae.images_plane import COLORS, CORNERS
from core.vae.layout import SIDE
from core.vae.nets import from_arrays
from core.vae.plane_axes import Plane
from core.vae.prior import readings
from core.vae.spec import KINDS, Spec
from tests.core.vae.images_ran import drawn, ran

VARIATIONAL = {"elbo", "reconstruction", "kl", "iwae", "active_dims", "objective"}
SEEN = {"classes", "readable"}


def test_the_choices_are_those_of_the_clause() -> None:
    assert set(Settings.choices("kind")) == set(KINDS)
    assert set(Settings.choices("data")) == {*imagesets.NAMES, "points"}
    for wrong in ({"latent_dim": 0}, {"latent_dim": 33}, {"kind": "gan"}, {"likelihood": "poisson"},
                  {"beta": -1}, {"lr": float("nan")}):  # fmt: skip
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Settings.checked(wrong)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"likelihood": "gaussian"}, {"sigma"}),
        ({"data": "points"}, {"point_sigma"}),
        ({}, set()),
        ({"data": "points", "likelihood": "gaussian"}, {"point_sigma"}),
    ],
)
def test_the_width_of_a_gaussian_is_asked_for_where_there_is_one(
    changes: dict[str, Any], names: set[str]
) -> None:
    assert {"sigma", "point_sigma"} & set(Settings(**changes).active()) == names


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"kind": "vae"}, VARIATIONAL),
        ({"kind": "beta-vae", "beta": 4.0}, VARIATIONAL),
        ({"kind": "conditional"}, VARIATIONAL),
        ({"kind": "autoencoder"}, {"reconstruction", "objective"}),
        ({"kind": "denoising"}, {"reconstruction", "objective", "noise_left"}),
        ({"kind": "vq-vae"}, {"elbo", "reconstruction", "kl", "objective", "codes_used"}),
        ({"kind": "vq-vae", "tokens": 3}, {"elbo", "reconstruction", "kl", "objective",
                                           "codes_used"}),
        ({"layers": "conv"}, VARIATIONAL),
        ({"kind": "conditional", "layers": "conv"}, VARIATIONAL),
        ({"likelihood": "gaussian"}, VARIATIONAL),
        ({"reduction": "mean"}, VARIATIONAL),
        ({"warm_up": 0.5}, VARIATIONAL),
        ({"free_bits": 0.5}, VARIATIONAL),
        ({"optimizer": "sgd", "lr": 1e-4}, VARIATIONAL),
        ({"optimizer": "rmsprop"}, VARIATIONAL),
        ({"latent_dim": 1}, VARIATIONAL),
        ({"latent_dim": 1, "kind": "conditional"}, VARIATIONAL),
        ({"latent_dim": 1, "kind": "vq-vae"}, {"elbo", "reconstruction", "kl", "objective",
                                               "codes_used"}),
        ({"latent_dim": 5}, VARIATIONAL),
        ({"latent_dim": 5, "kind": "autoencoder"}, {"reconstruction", "objective"}),
        ({"data": "fashion"}, VARIATIONAL),
        ({"data": "mnist"}, VARIATIONAL),
    ],
)  # fmt: skip
def test_every_choice_runs_is_measured_and_drawn(changes: dict[str, Any], names: set[str]) -> None:
    settings, frames = ran(**changes)
    assert set(frames[-1].metrics) == names | SEEN
    assert IMAGES.good.keys() >= set(frames[-1].metrics)
    for at in (0, len(frames) - 1):
        for fig in IMAGES.figures(settings, frames, at).values():
            go.Figure(fig)
        assert images_why.explain(settings, frames, at)
    net = from_arrays(frames[-1].weights or {})
    assert (net.spec.kind, net.spec.latent_dim) == (settings.kind, settings.latent_dim)


@pytest.mark.parametrize("latent_dim", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_points_run_and_are_drawn(kind: str, latent_dim: int) -> None:
    settings, frames = ran(data="points", kind=kind, latent_dim=latent_dim)
    last = frames[-1]
    assert set(last.metrics) >= {"reconstruction", "classes", "high_quality"}
    assert last.tiles.shape[1:] == last.back.shape[1:] == (2,)
    for fig in IMAGES.figures(settings, frames, len(frames) - 1).values():
        go.Figure(fig)


def test_elbo_is_the_difference_whatever_beta_is() -> None:
    for beta in (0.0, 1.0, 8.0):
        m = ran(beta=beta)[1][-1].metrics
        assert m["elbo"] == pytest.approx(m["reconstruction"] - m["kl"])


def ends(trace: dict[str, Any]) -> list[np.ndarray]:
    """The curves of a trace, (corners, 2) each, that gaps part."""
    points = np.stack([trace["x"], trace["y"]], 1).astype(float)
    return np.split(points, np.flatnonzero(np.isnan(points[:, 0])) + 1)[:-1]


def test_ellipses_are_of_one_sigma_and_to_scale() -> None:
    """Each corner at Mahalanobis distance 1 from its code, in the axes' own units."""
    _, frames = ran(kind="vae")
    frame, classes = frames[-1], frames[0].classes
    assert classes is not None
    seen = 0
    for label, trace in enumerate(drawn("plane", kind="vae")["data"][:10]):
        mine = classes == label
        curves = [curve[:-1] for curve in ends(trace)]
        assert len(curves) == mine.sum()
        assert trace["line"]["color"] == COLORS[label]
        for curve, code, sigma in zip(curves, frame.codes[mine], frame.spread[mine], strict=True):
            assert len(curve) == CORNERS + 1
            assert (((curve - code) / sigma) ** 2).sum(1) == pytest.approx(1, abs=1e-3)
            seen += 1
    assert seen == len(frame.codes)
    axes = drawn("plane", kind="vae")["layout"]
    assert axes["yaxis"]["scaleanchor"] == "x"
    assert axes["xaxis"]["range"] == axes["xaxis2"]["range"]
    assert axes["yaxis"]["range"] == axes["yaxis2"]["range"]


def test_seen_along_a_plane_an_ellipse_leans() -> None:
    """The covariance of B z, of z with variances v, is B diag(v) B'; by NumPy."""
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.standard_normal((5, 5)))[0][:3].astype(np.float32)
    plane = Plane(basis, np.array([[-3, 3]] * 2, np.float32))
    variance = rng.uniform(0.1, 2, (4, 5))
    sigma, tilt = plane.spread(variance)
    for n in range(4):
        cov = basis[1:] @ np.diag(variance[n]) @ basis[1:].T
        assert sigma[n] == pytest.approx(np.sqrt(np.diag(cov)), rel=1e-5)
        assert tilt[n] == pytest.approx(cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1]), abs=1e-5)
        curve = ends(images_plane._outlines(np.zeros((1, 2)), sigma[n : n + 1], tilt[n : n + 1]))
        far = np.einsum("ni,ij,nj->n", curve[0][:-1], np.linalg.inv(cov), curve[0][:-1])
        assert far == pytest.approx(1, abs=1e-3)


def test_a_plain_code_is_a_point() -> None:
    traces = drawn("plane", kind="autoencoder")["data"]
    assert [len(trace["x"]) for trace in traces[:10]] == [0] * 10
    assert len(traces[10]["x"]) == len(ran(kind="autoencoder")[1][-1].codes)


def test_tiles_are_decoded_where_they_are_drawn() -> None:
    """The tile at the upper left is the weights' own answer there; it stands upright."""
    _, frames = ran(kind="vae")
    frame, net = frames[-1], from_arrays(frames[-1].weights or {})
    pitch = 6 / SIDE
    corner = torch.tensor([[-3 + pitch / 2, 3 - pitch / 2]])
    image = net.image(corner).reshape(8, 8).numpy() * 255
    assert abs(frame.tiles[0].astype(float) - image).max() <= 2  # half precision
    heat = drawn("plane", kind="vae")["data"][-1]
    z, first = np.asarray(heat["z"]), sheet(frame.tiles, SIDE)
    assert np.array_equal(z[::-1], first)
    left, step = heat["x0"] - heat["dx"] / 2, heat["dx"]
    assert (left, left + step * z.shape[1]) == pytest.approx((-3, 3))
    assert z.shape[1] * heat["dx"] == pytest.approx(z.shape[0] * heat["dy"])


def test_one_number_is_read_row_by_row() -> None:
    """A hundred codes that ascend; each class has its row of codes."""
    _, frames = ran(latent_dim=1)
    frame, net = frames[-1], from_arrays(frames[-1].weights or {})
    codes = torch.linspace(-3 + 0.03, 3 - 0.03, 100)[:, None]
    images = net.image(codes).reshape(-1, 8, 8).numpy() * 255
    assert abs(frame.tiles.astype(float) - images).max() <= 2
    dots = drawn("plane", latent_dim=1)["data"][10]
    assert np.array_equal(np.round(dots["y"]), frames[0].classes)


@pytest.mark.parametrize(("data", "told"), [("digits", 10), ("points", 8)])
@pytest.mark.parametrize("latent_dim", [1, 2])
def test_told_the_class_a_column_is_one_class(data: str, told: int, latent_dim: int) -> None:
    """Row by row the same code, the highest first, decoded as each class."""
    _, frames = ran(data=data, kind="conditional", latent_dim=latent_dim)
    frame, net = frames[-1], from_arrays(frames[-1].weights or {})
    assert len(frame.tiles) == SIDE * told
    low, high = frame.reach[latent_dim - 1]
    z = torch.zeros(told, latent_dim)
    z[:, -1] = float(high)
    expected = net.image(z, torch.arange(told)).numpy()
    unit = 1 if data == "points" else 255
    row = frame.tiles[:told].reshape(told, -1).astype(float)
    assert abs(row - expected * unit).max() <= (0.02 if data == "points" else 2)
    z[:, -1] = float(low)
    last = frame.tiles[-told:].reshape(told, -1).astype(float)
    assert abs(last - net.image(z, torch.arange(told)).numpy() * unit).max() <= 0.02 * unit + 1


def test_images_that_share_a_code_lie_around_it() -> None:
    """A VQ-VAE's dots are all apart, the first of each code on it."""
    settings, frames = ran(kind="vq-vae", codes=4)
    where = images_plane.spots(settings, frames, len(frames) - 1)
    places = images_plane.shown(settings, frames[-1], frames[-1].codes)
    assert len(np.unique(frames[-1].codes, axis=0)) <= 4
    assert len(np.unique(where, axis=0)) == len(where)
    away = np.linalg.norm(where - places, axis=1)
    assert (away < 1e-6).sum() == len(np.unique(frames[-1].codes, axis=0))


def test_a_map_that_grows_is_drawn_as_one_square() -> None:
    """Plain codes reach further at every frame; the axes stay, and lengths keep their ratio."""
    settings, frames = ran(kind="autoencoder")
    for frame in frames:
        held = images_plane.shown(settings, frame, frame.reach.T)
        assert held == pytest.approx(np.array([[-3, -3], [3, 3]]), abs=1e-4)
        step = images_plane.scale(settings, frame)
        assert step * np.ptp(frame.reach[0]) == pytest.approx(6, rel=1e-5)


def test_circles_are_of_the_prior() -> None:
    """Of a VAE around 0 with radius 1, 2, 3; each gap parts two."""
    circles = drawn("samples", kind="vae")["data"][-2]
    radii = [float(np.linalg.norm(curve[0])) for curve in ends(circles)]
    assert radii == pytest.approx([1, 2, 3], rel=1e-6)


def test_the_draws_are_those_that_are_decoded() -> None:
    _, frames = ran(kind="vae")
    net = from_arrays(frames[-1].weights or {})
    images = net.image(torch.from_numpy(frames[-1].drawn_at)).reshape(-1, 8, 8).numpy() * 255
    assert abs(frames[-1].drawn.astype(float) - images).max() <= 2


def test_a_denoising_one_shows_the_noise_and_how_much_is_left() -> None:
    """noise_left: squared error of what comes back over that of what went in; NumPy's mean."""
    _, frames = ran(kind="denoising")
    last = frames[-1]
    wanted, given, back = (getattr(last, k).astype(float) for k in ("wanted", "given", "back"))
    assert abs(given - wanted).mean() > 20
    ten = ((back - wanted) ** 2).mean() / ((given - wanted) ** 2).mean()
    assert last.metrics["noise_left"] == pytest.approx(ten, rel=0.4)  # of 200, the ten among them


def test_black_and_white_where_the_likelihood_says_so() -> None:
    """The same draw at every frame; greys for a Gaussian likelihood and for a plain code."""
    _, frames = ran(kind="vae")
    assert set(np.unique(frames[-1].given)) == {0, 255}
    assert np.array_equal(frames[0].given, frames[-1].given)
    for changes in ({"likelihood": "gaussian"}, {"kind": "autoencoder"}):
        last = ran(**changes)[1][-1]
        assert np.array_equal(last.given, last.wanted)


@pytest.mark.parametrize(("data", "least"), [("mnist", 0.9), ("fashion", 0.6), ("digits", 0.6)])
def test_real_images_are_readable_and_all_there(data: str, least: float) -> None:
    """The judge of the draws, asked about real held-out ones; grey ground is all one to it."""
    found = imagesets.load(data)
    x = torch.from_numpy(found.x_test[:300]).flatten(1)
    spec = Spec("vae", data, found.side, 2, "dense", 8, "bernoulli")
    told = readings(x, spec)
    assert told["classes"] == 10
    assert told["readable"] > least
    same = readings(torch.full_like(x, 0.1), spec)
    assert same["classes"] == 1


def test_points_of_the_ring_are_near_its_islands() -> None:
    x = mixtures.target("ring").sample(2000, np.random.default_rng(1))
    spec = Spec("vae", "points", 0, 2, "dense", 8, "gaussian")
    told = readings(torch.from_numpy(x), spec)
    assert (told["classes"], told["high_quality"]) == modes(x, mixtures.target("ring"))
    assert told["high_quality"] == pytest.approx(0.98889, abs=5 * math.sqrt(0.0111 / 2000))


def test_a_sheet_of_three_rows_shows_what_went_in_and_out() -> None:
    heat = drawn("back", kind="denoising")["data"][0]
    last = ran(kind="denoising")[1][-1]
    z = np.asarray(heat["z"])
    rows = [last.wanted[0], last.given[0], last.back[0], last.wanted[5]]
    for n, image in enumerate(rows):
        shown = (image.astype(int) * 254 // 255).astype(np.uint8)
        assert np.array_equal(z[9 * n : 9 * n + 8, :8], shown)
    assert (z[8] == GAP).all()
