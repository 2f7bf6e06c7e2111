"""The two terms of the bound in pictures and words: bars, lines, and the numbers of a step."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
import torch

from core.data import mixtures
from core.experiment import Figure
from core.vae import images_scales, images_terms, images_why
from core.vae.images import Settings
from tests.core.vae.images_ran import drawn, ran


def bars(fig: Figure) -> tuple[dict[str, Any], str]:
    """The bars of the KL terms, and the words over them."""
    at = next(n for n, trace in enumerate(fig["data"]) if trace["type"] == "bar")
    return fig["data"][at], fig["data"][at + 2]["text"][0]


def test_collapsed_dimensions_are_named() -> None:
    """By hand: the second and fourth are not active."""
    settings, frames = ran(latent_dim=5)
    found = images_terms._collapsed(settings, np.array([True, False, True, False, True]))
    assert found == "collapsed: z2, z4"
    many = images_terms._collapsed(settings, np.zeros(12, np.bool_))
    assert many.endswith("z8 and 4 more")
    trace, words = bars(drawn("terms", latent_dim=5))
    assert trace["y"] == pytest.approx(frames[-1].kl_dims)
    assert words == images_terms._collapsed(settings, frames[-1].active)
    assert frames[-1].metrics["active_dims"] == frames[-1].active.sum()
    assert float(frames[-1].kl_dims.sum()) == pytest.approx(frames[-1].metrics["kl"], rel=1e-5)


def test_there_is_no_bound_without_a_prior() -> None:
    for kind in ("autoencoder", "denoising"):
        fig = drawn("terms", kind=kind)
        assert not [trace for trace in fig["data"] if trace["type"] == "bar"]
        assert fig["layout"]["meta"]["titles"] == ["Reconstruction"]


def test_what_points_can_reach_is_their_entropy() -> None:
    """The mean of the mixture's own log density over 100,000 points, five standard errors."""
    ring = mixtures.target("ring")
    found = ring.log_density(ring.sample(100_000, np.random.default_rng(0)))
    error = found.std() / math.sqrt(len(found))
    assert images_scales.entropy() == pytest.approx(found.mean(), abs=5 * error)
    shapes = drawn("terms", data="points")["layout"]["shapes"]
    assert [shape["y0"] for shape in shapes] == [images_scales.entropy()]


@pytest.mark.parametrize(
    ("changes", "value"),
    [({}, 0.0), ({"likelihood": "gaussian", "sigma": 0.3}, 64), ({"data": "points"}, 2)],
)
def test_the_axis_ends_where_no_error_is(changes: dict[str, Any], value: int) -> None:
    """Log N(0; 0, sigma) of every pixel, by torch.distributions."""
    settings = Settings.checked({"data": "digits", **changes})
    sigma = {64: 0.3, 2: 0.1}.get(value, 1.0)
    best = torch.distributions.Normal(0.0, sigma).log_prob(torch.tensor(0.0)) * value
    assert images_scales.ceiling(settings) == pytest.approx(float(best), abs=1e-4)


def test_the_bound_is_told_with_the_steps_numbers() -> None:
    settings, frames = ran(kind="vae")
    m, told = frames[-1].metrics, images_why.explain(settings, frames, len(frames) - 1)
    numbers = [float(n) for n in re.findall(r"-?\d+\.\d\d(?!\d)", told["The bound"])]
    names = ("reconstruction", "kl", "elbo", "iwae")
    assert numbers == pytest.approx([m[name] for name in names], abs=0.006)
    assert f"{m['objective']:.3f}" in told["What is minimised"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"likelihood": "gaussian", "sigma": 0.5, "beta": 3.0}, "weighs $1.5$"),
        ({"reduction": "mean"}, "as if $\\beta$ were 64"),
        ({"free_bits": 0.3}, "from 0.3 nats up"),
        ({"kind": "vq-vae", "codes": 16, "tokens": 2}, "2 \\ln 16"),
        ({"kind": "autoencoder"}, "the ELBO is left out"),
    ],
)
def test_each_choice_is_told_in_numbers(changes: dict[str, Any], says: str) -> None:
    settings, frames = ran(**changes)
    assert says in "".join(images_why.explain(settings, frames, len(frames) - 1).values())
