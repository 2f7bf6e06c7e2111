"""The network of torch.nn layers: its sizes, first weights, every layer's result, its arrays."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.data import mnist, models
from core.nets import cnn, stored
from core.nets.cnn import ACTIVATIONS, Cnn, Dropout, forward_all, from_arrays, initialise, to_arrays
from core.nets.spec import ACTIVATIONS as NAMES
from core.nets.spec import HEADS, INITIALISATIONS, POOLINGS, Spec

TAU = math.sqrt(2 * math.pi)  # of the normal density
SHIPPED_RIGHT = 0.98  # as data/README.md says


def made(how: str = "he", seed: int = 0, **spec: Any) -> Cnn:
    net = Cnn(Spec(**spec))
    initialise(net, how, torch.Generator().manual_seed(seed))
    return net.eval()


def images(count: int, side: int = 28) -> Tensor:
    return torch.rand(count, 1, side, side, generator=torch.Generator().manual_seed(1))


def test_it_is_a_plain_stack_of_torch_layers() -> None:
    """The defaults, written out with torch.nn; float64 to 1e-12."""
    net = made().double()
    plain = nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 7 * 7, 10),
    ).double()
    plain.load_state_dict(dict(zip(plain.state_dict(), net.state_dict().values(), strict=True)))
    x = images(3).double()
    torch.testing.assert_close(net(x), plain(x), rtol=0, atol=1e-12)


@pytest.mark.parametrize("spec", [
    Spec(**dict(zip(("side", "depth", "pooling", "head"), found, strict=True)), width=3, kernel=3)
    for found in product((8, 28), (1, 2, 3), ("max", "none"), HEADS)
])  # fmt: skip
def test_sizes_are_what_the_spec_says(spec: Spec) -> None:
    """Counted by torch: parameters, and fans as torch.nn.init counts them."""
    net = Cnn(spec)
    initialise(net, "glorot", torch.Generator().manual_seed(0))
    assert net(images(2, spec.side)).shape == (2, 10)
    assert sum(p.numel() for p in net.parameters()) == spec.parameters
    for name, fans in spec.fans.items():
        weight = net.get_parameter(f"{name}.weight")
        assert nn.init._calculate_fan_in_and_fan_out(weight) == fans
    found = {name: value for name, _, value in forward_all(net, images(1, spec.side))}
    last = "act" if spec.pooling == "none" else "pool"
    blocks = [found["input"], *(found[f"{last}{n}"] for n in range(1, spec.depth + 1))]
    assert [tuple(one.shape[1:]) for one in blocks] == [
        (count, side, side) for count, side in zip(spec.channels, spec.sides, strict=True)
    ]


def test_names_are_those_that_can_be_built() -> None:
    assert set(NAMES) == set(ACTIVATIONS)
    assert set(HEADS) == {"flatten", *cnn.HEADS}
    for pooling, activation in product(POOLINGS, NAMES):
        net = made(pooling=pooling, activation=activation, width=1, kernel=1)
        assert net(images(1)).isfinite().all()
    with pytest.raises(ValueError, match=r"given 'best', allowed: he \| glorot \| normal \| zeros"):
        made("best")


@pytest.mark.parametrize("how", INITIALISATIONS)
def test_first_weights_have_the_published_variance(how: str) -> None:
    """Glorot and Bengio 2010, eq. 12: 2 / (in + out); He et al. 2015, eq. 10: 2 / in; 0.01^2."""
    net = made(how, width=32)
    for name, (fan_in, fan_out) in {"conv2": (800, 1600), "dense": (64 * 49, 10)}.items():
        want = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in, "normal": 1e-4, "zeros": 0.0}
        weight = net.get_parameter(f"{name}.weight").detach().double()
        # The variance of a sample of n normal numbers is off by about sqrt(2 / n); 5 of those.
        room = 5 * math.sqrt(2 / weight.numel())
        assert float(weight.square().mean()) == pytest.approx(want[how], rel=room)
        assert not net.get_parameter(f"{name}.bias").any()


def test_building_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    net = made(dropout=0.5)
    net.train()(images(1))
    assert torch.equal(torch.get_rng_state(), before)


def test_equal_generators_give_equal_networks() -> None:
    x = images(2)
    assert torch.equal(made(seed=4)(x), made(seed=4)(x))
    assert not torch.equal(made(seed=4)(x), made(seed=5)(x))


def test_dropout_leaves_out_its_share_and_keeps_the_mean() -> None:
    """Srivastava et al. 2014: binomial; 5 standard deviations of 100,000 draws."""
    layer, x = Dropout(0.3), torch.ones(100_000)
    layer.generator.manual_seed(0)
    dropped = layer.train()(x)
    assert sorted(dropped.unique().tolist()) == pytest.approx([0, 1 / 0.7])
    room = 5 * math.sqrt(0.3 * 0.7 / len(x))
    assert float((dropped == 0).double().mean()) == pytest.approx(0.3, abs=room)
    assert torch.equal(layer.eval()(x), x)
    assert not torch.equal(layer.train()(x), dropped)


def test_every_layer_is_shown_once() -> None:
    net, x = made(), images(2)
    found = forward_all(net, x)
    assert [(name, kind, tuple(v.shape[1:])) for name, kind, v in found] == [
        ("input", "input", (1, 28, 28)),
        ("conv1", "convolution", (8, 28, 28)),
        ("act1", "activation", (8, 28, 28)),
        ("pool1", "pooling", (8, 14, 14)),
        ("conv2", "convolution", (16, 14, 14)),
        ("act2", "activation", (16, 14, 14)),
        ("pool2", "pooling", (16, 7, 7)),
        ("logits", "dense", (10,)),
        ("probabilities", "softmax", (10,)),
    ]
    shown = {name: value for name, _, value in found}
    assert torch.equal(shown["logits"], net(x))
    assert torch.equal(shown["act1"], shown["conv1"].relu())
    assert torch.equal(shown["probabilities"], net(x).softmax(1))


@pytest.mark.parametrize("head", ["global-average", "global-max"])
def test_global_pooling_reads_images_of_any_size_wherever_the_ink_is(head: str) -> None:
    """Moved by 4 pixels, the stride of two poolings, and away from the rim: the same answer."""
    net = made(head=head).double()
    x = torch.zeros(2, 1, 40, 40, dtype=torch.float64)
    x[0, :, 12:24, 12:24] = x[1, :, 16:28, 16:28] = images(1, 12)[0]
    first, moved = net(x)
    torch.testing.assert_close(first, moved, rtol=0, atol=1e-12)
    assert [name for name, _, _ in forward_all(net, x)][-3:] == [
        "global",
        "logits",
        "probabilities",
    ]


@pytest.mark.parametrize("spec", [{}, {"head": "global-max", "depth": 3, "dropout": 0.5}])
def test_arrays_rebuild_the_network(spec: dict[str, Any]) -> None:
    net, x = made(width=3, **spec), images(3)
    arrays = to_arrays(net)
    assert all(value.dtype.kind in "fu" and value.flags.c_contiguous for value in arrays.values())
    again = from_arrays(arrays)
    assert again.spec == net.spec and not again.training
    assert torch.equal(again(x), net(x))
    arrays["dense.weight"][:] = 0
    assert torch.equal(again(x), net(x)), "the network has its own copy"


def test_double_precision_survives() -> None:
    net = made(width=2).double()
    assert from_arrays(to_arrays(net))(images(1).double()).dtype == torch.float64


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"spec": None}, "do not say what network"),
        ({"spec": np.zeros(3, np.uint8)}, "do not say what network"),
        ({"spec": stored.spec_array({"hidden": 3})}, "another kind of network"),
        (
            {"spec": stored.spec_array({"depth": 2, "pooling": "worst"})},
            "layers that are not known",
        ),
        ({"spec": stored.spec_array({"depth": 3})}, "do not fit"),
        ({"dense.bias": np.zeros(9, np.float32)}, "do not fit"),
        ({"dense.bias": None}, "do not fit"),
    ],
)
def test_arrays_of_something_else_are_refused(change: dict[str, Any], says: str) -> None:
    arrays = {k: v for k, v in {**to_arrays(made()), **change}.items() if v is not None}
    with pytest.raises(ValueError, match=says):
        from_arrays(arrays)


def test_what_ships_reads_what_was_held_out() -> None:
    """The share that data/README.md states."""
    net = cnn.load()
    x, y = mnist.load("test")
    with torch.no_grad():
        guess = net(torch.from_numpy(x)[:, None]).argmax(1).numpy()
    assert np.mean(guess == y) >= SHIPPED_RIGHT
    with pytest.raises(models.Missing):
        cnn.load("mnist-none")


@pytest.mark.parametrize(
    ("name", "function", "slope"),
    [
        ("sigmoid", torch.sigmoid, lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z))),
        ("tanh", torch.tanh, lambda z: 1 - torch.tanh(z) ** 2),
        ("relu", functional.relu, lambda z: (z > 0).double()),
        ("leaky-relu", functional.leaky_relu, lambda z: z.gt(0).double() * 0.99 + 0.01),
        ("gelu", functional.gelu, lambda z: torch.special.ndtr(z) + z * (-z * z / 2).exp() / TAU),
    ],
)
def test_activations_are_torchs(name: str, function: Any, slope: Any) -> None:
    """torch.nn.functional in the place of the network's layer; slopes by their closed forms."""
    net = Cnn(Spec(side=8, depth=1, width=2, kernel=3, activation=name)).double()
    initialise(net, "he", torch.Generator().manual_seed(0))
    x = torch.randn(2, 1, 8, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found = {layer: value for layer, _, value in forward_all(net, x)}
    before = found["conv1"].detach()
    assert before.min() < -0.5 and before.max() > 0.5
    torch.testing.assert_close(found["act1"], function(before), rtol=0, atol=1e-12)
    z = before.clone().requires_grad_()
    net.get_submodule("act1")(z).sum().backward()
    torch.testing.assert_close(z.grad, slope(before), rtol=0, atol=1e-12)
