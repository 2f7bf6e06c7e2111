"""Ways, sums, directions and numbers of a trained autoencoder, against libraries and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from core.experiment import Preset
from core.nets import cnn
from core.vae.data import held_out
from core.vae.plane import PLANE, Settings
from core.vae.plane_maths import principal, spherical, straight
from core.vae.plane_measures import apart, kinds, middle, neighbours, sure
from core.vae.plane_stages import dims_payload
from tests.core.vae.plane_asked import alike, asked, decoded, net


def test_the_arc_is_a_circle() -> None:
    """Of two codes at a right angle, cosine and sine; the length goes from 2 to 5 evenly."""
    a, b = np.array([2.0, 0.0, 0.0]), np.array([0.0, 0.0, 5.0])
    t = np.linspace(0, 1, 10)
    turn = np.pi / 2 * t
    expected = (2 + 3 * t)[:, None] * np.stack([np.cos(turn), 0 * t, np.sin(turn)], 1)
    assert np.allclose(spherical(a, b, 10), expected)
    third = np.array([np.cos(2), np.sin(2)])  # 2 radians away
    assert np.allclose(spherical(np.array([1.0, 0.0]), third, 3)[1], [np.cos(1), np.sin(1)])
    for opposite in (-a, np.zeros(3)):
        assert np.allclose(spherical(a, opposite, 5), straight(a, opposite, 5))


def test_principal_directions_are_those_of_scikit_learn() -> None:
    x, _ = held_out("mnist", "gaussian", 500)
    codes = net("vae-mnist-16").encode(x)[0].double().numpy()
    pca = PCA(svd_solver="full").fit(codes)
    shares, directions = principal(codes)
    assert np.allclose(shares, pca.explained_variance_ratio_)
    assert np.allclose(abs((directions * pca.components_).sum(1))[:11], 1)
    frame = asked(model="vae-mnist-16")
    assert np.allclose(frame.shares, pca.explained_variance_ratio_, atol=1e-5)
    both = pca.explained_variance_ratio_[:2].sum()
    assert frame.metrics["plane_share"] == pytest.approx(both, abs=1e-5)


def test_numbers_are_named_by_their_kl_or_collapsed() -> None:
    """Against torch's own divergence; collapsed is a variance of the means under 0.01."""
    x, _ = held_out("mnist", "gaussian", 500)
    mean, log_var = net("vae-mnist-16").encode(x)
    q = torch.distributions.Normal(mean, (log_var / 2).exp())
    kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).mean(0)
    frame = asked(model="vae-mnist-16")
    assert np.allclose(frame.kl, kl.numpy(), atol=1e-4)
    assert (np.diff(frame.kl[frame.order]) <= 0).all()
    still = np.flatnonzero(mean.var(0).numpy() <= 0.01)
    labels = dims_payload(Settings(model="vae-mnist-16"), [frame])["labels"]
    assert labels[0] == f"z{frame.order[0] + 1} KL {kl.max():.2f}"
    assert {word for word in labels if "collapsed" in word} == {
        f"z{n + 1} collapsed" for n in still
    }
    assert frame.metrics["active_dims"] == 16 - len(still)


@pytest.mark.parametrize("name", ["vae-mnist", "vae-mnist-conditional", "vae-mnist-vq"])
def test_a_walk_goes_from_image_to_image(name: str) -> None:
    frame = asked(model=name, start=15, end=28)
    x, y = held_out("mnist", "gaussian", 500)
    codes = net(name).encode(x, y)[0].numpy()
    a, b = codes[5].astype(float), codes[18].astype(float)
    told = int(y[5])
    for n in (0, 3, 9):
        t = n / 9
        assert alike(frame.walk[n], decoded(name, (1 - t) * a + t * b, told))
        ends = [decoded(name, end, told) for end in (a, b)]
        assert alike(frame.walk[20 + n], (1 - t) * ends[0] + t * ends[1])
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    unit = [np.sin((1 - 4 / 9) * angle) * a / np.linalg.norm(a),
            np.sin(4 / 9 * angle) * b / np.linalg.norm(b)]  # fmt: skip
    far = (5 * np.linalg.norm(a) + 4 * np.linalg.norm(b)) / 9
    assert alike(frame.walk[14], decoded(name, far * sum(unit) / np.sin(angle), told))
    assert frame.lengths[1, 4] == pytest.approx(far, rel=1e-5)


def test_sums_are_of_codes() -> None:
    """Image - mean of its class + mean of another, by hand; and a - b + b is a."""
    x, y = held_out("mnist", "gaussian", 500)
    codes = net("vae-mnist-16").encode(x)[0].double()
    means = [codes[y == n].mean(0) for n in range(10)]
    frame = asked(model="vae-mnist-16", a=18, b=8, c=3)
    expected = (codes[8] - means[8] + means[3]).numpy()
    assert alike(frame.sum[3], decoded("vae-mnist-16", expected, 3))
    assert alike(frame.pool[3], decoded("vae-mnist-16", means[3].numpy(), 3))
    assert frame.metrics["sum_read"] == pytest.approx(frame.sum_says[3] / 255, abs=0.003)
    same = asked(a=18, b=5, c=5)
    assert abs(same.sum[3].astype(int) - same.sum[0]).max() <= 1


def test_sums_right_counts_every_pair() -> None:
    """Ten of the 180 by hand: the share over all lies where theirs may."""
    x, y = held_out("mnist", "gaussian", 500)
    model, reader = net("vae-mnist-16"), cnn.load("mnist-cnn")
    codes = model.encode(x)[0].double()
    means = torch.stack([codes[y == n].mean(0) for n in range(10)])
    right = [
        int(reader(model.image((codes[i] - means[y[i]] + means[c])[None].float())
                   .reshape(1, 1, 28, 28)).argmax()) == c
        for i in range(20) for c in range(10) if c != int(y[i])
    ]  # fmt: skip
    found = asked(model="vae-mnist-16").metrics["sums_right"]
    assert found == pytest.approx(np.mean(right), abs=1e-6)


def test_measures_of_cases_that_are_known() -> None:
    assert kinds(torch.arange(50) % 10) == pytest.approx(10)
    assert kinds(torch.full((7,), 4)) == pytest.approx(1)
    assert kinds(torch.tensor([0, 0, 3, 3])) == pytest.approx(2)
    says = torch.tensor([[0.95, 0.05], [0.6, 0.4], [0.08, 0.92], [0.9, 0.1]])
    assert sure(says) == pytest.approx(0.5)
    ramp = torch.arange(32.0).repeat(32, 1).reshape(1024, 1)  # grows by 1 to the right
    steps = neighbours(ramp)
    assert len(steps) == 2 * 31 * 32 and float(steps.sum()) == 31 * 32
    assert apart(torch.arange(20.0)[:, None] * torch.ones(1, 4)) == pytest.approx(10.0)
    a, b = np.array([3.0, 0.0]), np.array([0.0, 3.0])
    assert middle(straight(a, b, 10)) == pytest.approx(np.sqrt(0.5))
    assert middle(spherical(a, b, 10)) == pytest.approx(np.cos(np.pi / 36))  # a chord of 10 degrees


@pytest.mark.parametrize("preset", PLANE.presets, ids=lambda preset: preset.id)
def test_the_models_bear_the_presets_out(preset: Preset) -> None:
    """No seed applies: what ships answers."""
    metrics = asked(**preset.settings).metrics
    assert preset.outcome(metrics) == preset.expected
    assert preset.saw.format(**metrics)


def test_every_number_has_its_words() -> None:
    for name in ("vae-mnist", "vae-mnist-conditional"):
        for metric in asked(model=name).metrics:
            assert any(metric.startswith(prefix) for prefix in PLANE.good), metric


@pytest.mark.parametrize("name", ["vae-mnist", "vae-mnist-plain"])
def test_halves_of_codes_are_read_and_halves_of_pixels_are_not(name: str) -> None:
    """By hand: a hundred pairs whose classes differ by three."""
    x, _ = held_out("mnist", "gaussian", 500)
    model, reader = net(name), cnn.load("mnist-cnn")
    with torch.no_grad():
        mean = model.encode(x)[0]
        a, b = mean[:100], mean[103:203]
        codes = model.image((a + b) / 2)
        pixels = (model.image(a) + model.image(b)) / 2
        found = [reader(v.reshape(-1, 1, 28, 28)).softmax(1).max(1).values for v in (codes, pixels)]
    expected = [float((v > 0.9).float().mean()) for v in found]
    metrics = asked(model=name).metrics
    assert [metrics["middle_sure"], metrics["faded_sure"]] == pytest.approx(expected, abs=1e-6)
    assert expected[0] > expected[1] + 0.4
