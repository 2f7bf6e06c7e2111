"""Look inside: which pixels a neuron sees, its gradient, the maps of every layer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.data import digits, models
from core.experiment import Preset
from core.nets import cnn
from core.nets.spec import POOLINGS, Spec
from core.pooling.inside import gradient, held_out, middle_share, run
from core.pooling.layers import LAYERS, Settings
from core.pooling.layers_shape import (
    ZERO,
    Place,
    field_of,
    layers_of,
    place_of,
    supports,
)
from core.pooling.receptive import ReceptiveField
from tests.core.pooling.layers_nets import net_of, shown, values_of

DEEP = Spec(depth=3, width=1, pooling="max", head="global-max")
SMALL = [Spec(side=8, depth=2, width=1, kernel=3, pooling=kind) for kind in POOLINGS]


@pytest.mark.parametrize("spec", [*SMALL, DEEP], ids=lambda spec: f"{spec.pooling}-{spec.side}")
def test_a_neuron_answers_to_exactly_the_pixels_of_its_field(spec: Spec) -> None:
    """One bright pixel at a time, through a network of ones: every neuron of every layer."""
    impulses = torch.eye(spec.side**2).double().reshape(-1, 1, spec.side, spec.side)
    found = values_of(net_of(spec), impulses)
    layers = layers_of(spec)
    for number, layer in enumerate(layers):
        seen = found[layer.name][:, 0].reshape(spec.side, spec.side, layer.side, layer.side) > 0
        spans = [supports(layers, number, at, spec.side)[0] for at in range(layer.side)]
        axis = np.zeros((spec.side, layer.side), bool)
        for at, (first, last) in enumerate(spans):
            axis[first : last + 1, at] = True
        want = axis[:, None, :, None] & axis[None, :, None, :]
        np.testing.assert_array_equal(seen.numpy(), want, err_msg=layer.name)


def test_what_pooling_leaves_over_is_no_part_of_a_field() -> None:
    """14, 7, 3 places, the seventh left over: impulses set in at every layer before the last."""
    spec = Spec(side=14, depth=3, width=1, kernel=3)
    net, layers = net_of(spec), layers_of(spec)
    children = [layer for name, layer in net.named_children() if name not in ("flatten", "dense")]
    number, last = 7, layers[7]  # act 3
    for start, layer in enumerate(layers[:number]):
        x = torch.zeros(layer.side**2, layer.channels, layer.side**2, dtype=torch.float64)
        x[:, 0] = torch.eye(layer.side**2)
        with torch.no_grad():
            found = torch.nn.Sequential(*children[start + 1 : number + 1])(
                x.reshape(-1, layer.channels, layer.side, layer.side)
            )
        rows = found[:, 0].reshape(layer.side, layer.side, last.side, last.side).sum((1, 3)) > 0
        for at in range(last.side):
            seen = torch.nonzero(rows[:, at]).flatten().tolist()
            first, end = supports(layers, number, at, spec.side)[start + 1]
            assert seen == list(range(first, end + 1)), (layer.name, at)


def test_the_gradient_of_a_network_of_ones_fills_the_field() -> None:
    """Average pooling passes it on to all; in the middle of the image nothing is cut off."""
    spec = Spec(depth=2, width=2, pooling="average")
    layers, place = layers_of(spec), Place(5, 1, 3, 3)
    x = torch.full((1, 1, 28, 28), 0.5, dtype=torch.float64)
    found = gradient(net_of(spec), x, "pool2", place)[0]
    rows = np.flatnonzero(found.numpy().any(1))
    assert field_of(layers, 5) == ReceptiveField(16, 4, -6)
    assert rows.tolist() == list(range(6, 22))
    assert np.array_equal(found.numpy() > 0, np.outer(found.any(1), found.any(0)))


def test_the_sizes_that_textbooks_give() -> None:
    """Araujo, Norris and Sim 2019: r = 1 + sum of (k - 1) times the strides before."""
    sizes = [field_of(layers_of(Spec(depth=2)), n).size for n in range(6)]
    assert sizes == [5, 5, 6, 14, 14, 16]


@pytest.mark.parametrize(("number", "count"), [(0, 25), (2, 9), (5, 16)])
def test_a_pixel_of_the_middle_is_seen_by_so_many(number: int, count: int) -> None:
    """Counted over all neurons of the map, on the average of 16 neighbouring pixels."""
    layers = layers_of(Spec(depth=2))
    spans = [supports(layers, number, at, 28)[0] for at in range(layers[number].side)]
    watching = [sum(first <= pixel <= last for first, last in spans) for pixel in range(12, 16)]
    assert np.mean(watching) ** 2 == count
    (frame,) = run(Settings.checked({"layer": layers[number].name}))
    assert frame.metrics["seen_by"] == count


def test_a_layer_before_is_seen_as_the_input_is() -> None:
    """Row 3 of pool 2: rows 6 and 7 of conv 2, 4 to 9 of pool 1 (a 5x5 kernel, 2 around)."""
    assert supports(layers_of(Spec(depth=2)), 5, 3, 28) == [
        (6, 21), (8, 19), (8, 19), (4, 9), (6, 7), (6, 7), (3, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "number"), [("conv2", 3), ("pool1", 2), ("act2", 4)])
def test_the_gradient_is_what_a_nudged_pixel_does(name: str, number: int) -> None:
    """Central differences, in float64."""
    spec = Spec(side=8, depth=2, width=3, kernel=3, pooling="l2", activation="tanh")
    net, place = net_of(spec, seed=2), Place(number, 2, 1, 1)
    x = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = gradient(net, x, name, place)[0]
    nudges = 1e-6 * torch.eye(64, dtype=torch.float64).reshape(64, 1, 8, 8)
    up, down = (values_of(net, x + sign * nudges)[name][:, 2, 1, 1] for sign in (1, -1))
    torch.testing.assert_close(found, ((up - down) / 2e-6).reshape(8, 8), atol=1e-8, rtol=1e-6)


def test_the_share_of_the_middle() -> None:
    """Even: a quarter. Two 3x3 kernels of ones give 1 2 3 2 1 an axis: (6 / 9) squared."""
    field, place = ReceptiveField(5, 1, 1), Place(0, 0, 2, 1)
    even, tent = torch.zeros(9, 9), torch.zeros(9, 9)
    even[3:8, 2:7] = 0.1
    axis = torch.tensor([1.0, 2, 3, 2, 1])
    tent[3:8, 2:7] = -torch.outer(axis, axis)
    assert middle_share(even, field, place) == pytest.approx(0.25)
    assert middle_share(tent, field, place) == pytest.approx(4 / 9)
    assert middle_share(torch.zeros(9, 9), field, place) == 0


def test_maps_and_probabilities_are_those_of_the_network() -> None:
    """To half a byte's step: the scale over 254."""
    (frame,) = run(Settings(image=42))
    net = cnn.from_arrays(models.load("mnist-cnn"))
    want = values_of(net, held_out(28)[42:43])
    names = ["conv1", "act1", "pool1", "conv2", "act2", "pool2"]
    for number, name in enumerate(names):
        bytes_: np.ndarray = getattr(frame, name)
        value, scale = want[name][0].numpy(), frame.scales[number]
        assert bytes_.shape == value.shape and scale == np.abs(value).max()
        numbers = (bytes_.astype(np.float64) - ZERO) / ZERO * scale
        assert np.abs(numbers - value).max() <= scale / 254 * (1 + 1e-5)
        assert frame.zeros[number] == np.float32(np.mean(value == 0))
    np.testing.assert_allclose(frame.probabilities, want["probabilities"][0], atol=1e-6)
    assert frame.conv3 is None and frame.pooled is None
    np.testing.assert_array_equal(frame.image, np.rint(held_out(28)[42, 0].numpy() * 255))


def test_the_mean_of_the_sizes_is_over_all_images() -> None:
    (frame,) = run(Settings(layer="act2", channel=3, row=7, column=7, overlay="mean"))
    net, place = cnn.from_arrays(models.load("mnist-cnn")), Place(4, 3, 7, 7)
    singles = [gradient(net, x[None], "act2", place)[0].abs() for x in held_out(28)]
    np.testing.assert_allclose(frame.gradient, torch.stack(singles).mean(0), atol=1e-6)


@pytest.mark.parametrize(("pooling", "kept"), [("average", 1 / 4), ("sum", 1.0)])
def test_what_an_average_and_a_sum_keep(
    monkeypatch: pytest.MonkeyPatch, pooling: str, kept: float
) -> None:
    """Behind a ReLU nothing cancels: exactly a quarter of the sum, and all of it."""
    _, frame = shown(monkeypatch, Spec(depth=2, width=2, pooling=pooling), layer="pool2")
    assert frame.metrics["kept"] == pytest.approx(kept)


def test_small_images_are_held_out_digits_in_turn() -> None:
    """scikit-learn's own, of the part that training leaves out; image n shows n % 10."""
    flat, labels = digits.load()
    unseen = set(digits.split(labels, (0.8, 0.2))[1].tolist())
    for number, image in enumerate(held_out(8).flatten(1).numpy()):
        same = set(np.flatnonzero((flat == image).all(1)).tolist())
        assert same & unseen and labels[min(same)] == number % 10


@pytest.mark.parametrize(
    ("spec", "asked", "layer", "rest"),
    [
        (Spec(depth=2), {"layer": "conv3", "channel": 127}, "conv2", (15, 3, 3)),
        (Spec(depth=2, pooling="none"), {"row": 27}, "act2", (13, 6, 3)),
        (Spec(depth=1, pooling="none"), {"column": 20}, "act1", (7, 3, 13)),
        (Spec(depth=2), {"layer": "global"}, "pool2", (13, 3, 3)),
        (Spec(head="global-max"), {"layer": "global"}, "global", (13, 0, 0)),
        (Spec(side=8, width=32), {"layer": "conv1", "row": 9}, "conv1", (13, 7, 3)),
    ],
)
def test_where_there_is_no_such_neuron_the_nearest_is_taken(
    spec: Spec, asked: dict[str, object], layer: str, rest: tuple[int, int, int]
) -> None:
    layers = layers_of(spec)
    place = place_of(Settings.checked({"channel": 13, **asked}), layers)
    assert (layers[place.layer].name, *place[1:]) == (layer, *rest)


@pytest.mark.parametrize("preset", LAYERS.presets, ids=lambda preset: preset.id)
def test_the_neurons_of_the_questions_are_awake(preset: Preset) -> None:
    """What is first seen has a number, a gradient, and bears the answer out."""
    (frame,) = run(LAYERS.preset_settings(preset.id))
    assert frame.metrics["value"] > 1 and frame.gradient.any()
    assert frame.metrics["answer"] == 7
    assert preset.outcome(frame.metrics) == preset.expected
