"""Encoders and decoders: shapes, first weights, what is told to them, and how they are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from core.nets.stored import spec_array
from core.vae.nets import Autoencoder, build, from_arrays, to_arrays
from core.vae.spec import KINDS, VARIATIONAL, Spec

each = pytest.mark.parametrize("kind", list(KINDS))
sorts = pytest.mark.parametrize("layers", ["dense", "conv"])


def spec(kind: str, layers: str = "dense", **changes: Any) -> Spec:
    book = {"codes": 7, "tokens": 4} if kind == "vq-vae" else {}
    given = {"data": "digits", "side": 8, "latent_dim": 3, "width": 8, "likelihood": "bernoulli"}
    return Spec(kind, layers=layers, **{**given, **book, **changes})


def random(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def images(count: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(count, 64, generator=random(1)), torch.arange(count) % 10


@each
@sorts
def test_codes_and_images_have_their_shapes(kind: str, layers: str) -> None:
    net = build(spec(kind, layers), random())
    x, y = images()
    mean, log_var = net.encode(x, y)
    size = 12 if kind == "vq-vae" else 3
    assert mean.shape == log_var.shape == (6, size)
    assert net.decode(mean, y).shape == (6, 64)
    assert bool(torch.isneginf(log_var).all()) is (kind not in VARIATIONAL)
    image = net.image(mean, y).detach()
    assert 0 <= float(image.min()) <= float(image.max()) <= 1


def test_points_in_the_plane_have_two_numbers() -> None:
    net = build(spec("vae", side=0, likelihood="gaussian"), random())
    x = torch.randn(5, 2, generator=random())
    out = net.decode(net.encode(x)[0])
    assert out.shape == (5, 2)
    assert torch.equal(net.image(net.encode(x)[0]), out)


@sorts
def test_a_single_pixel_reaches_the_code(layers: str) -> None:
    """Of the larger images, too."""
    net = build(spec("vae", layers, side=28), random())
    x = torch.zeros(2, 784)
    x[1, 300] = 1
    a, b = net.encode(x)[0]
    assert not torch.allclose(a, b)
    assert net.decode(a[None]).shape == (1, 784)


@sorts
def test_a_conditional_one_hears_the_class_on_both_sides(layers: str) -> None:
    net = build(spec("conditional", layers), random())
    x, y = images()
    other = (y + 1) % 10
    assert not torch.allclose(net.encode(x, y)[0], net.encode(x, other)[0])
    z = torch.randn(6, 3, generator=random(2))
    assert not torch.allclose(net.decode(z, y), net.decode(z, other))
    plain = build(spec("vae", layers), random())
    assert torch.equal(plain.encode(x, y)[0], plain.encode(x, other)[0])


@each
@sorts
def test_building_leaves_the_global_generator_alone(kind: str, layers: str) -> None:
    """The same generator gives the same weights, none of them unset, within their bound."""
    before = torch.get_rng_state()
    one, two, other = (build(spec(kind, layers), random(seed)) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    for a, b, c in zip(one.parameters(), two.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
        assert not torch.equal(a, c)
        assert bool(a.isfinite().all())
    for layer in one.modules():
        if isinstance(layer, torch.nn.Linear):
            bound = layer.in_features**-0.5
            for weight in (layer.weight, layer.bias):
                assert float(weight.detach().abs().max()) <= bound
            assert float(layer.weight.detach().abs().max()) > 0.8 * bound


def test_a_vq_vae_takes_the_nearest_codes() -> None:
    net = build(spec("vq-vae"), random())
    codes = torch.tensor([[0, 3, 6, 6], [5, 1, 1, 2]])
    with torch.no_grad():
        z = net.book[codes].flatten(1)
        assert torch.equal(net.snap(z + 1e-3), z)
        torch.testing.assert_close(net.image(z + 1e-3), torch.sigmoid(net.decode(z)))
    plain = build(spec("vae"), random())
    assert plain.snap(z) is z


@each
@sorts
def test_weights_come_back(kind: str, layers: str) -> None:
    """In half precision: to one part in 2,000, and the very same the second time."""
    net = build(spec(kind, layers), random())
    arrays = to_arrays(net)
    assert {value.dtype.name for name, value in arrays.items() if name != "spec"} == {"float16"}
    back = from_arrays(arrays)
    assert back.spec == net.spec
    assert not any(one.requires_grad for one in back.parameters())
    for name, value in net.state_dict().items():
        torch.testing.assert_close(back.state_dict()[name], value, rtol=1 / 2000, atol=1e-7)
    again = to_arrays(back)
    assert all(np.array_equal(again[name], value) for name, value in arrays.items())
    x, y = images()
    assert back.encode(x, y)[0].shape == net.encode(x, y)[0].shape


def kept() -> dict[str, np.ndarray]:
    return to_arrays(build(spec("vae"), random()))


def without(arrays: dict[str, np.ndarray], name: str) -> dict[str, np.ndarray]:
    return {key: value for key, value in arrays.items() if key != name}


def broken() -> dict[str, tuple[dict[str, np.ndarray], str]]:
    """Arrays that are no such model, and what is said of them."""
    whole = kept()
    weight = "encoder.0.weight"
    gan = spec_array({"noise": 32, "width": 8, "side": 28, "classes": True})
    return {
        "no spec": (without(whole, "spec"), "do not say"),
        "no JSON": ({**whole, "spec": np.frombuffer(b"{{", np.uint8)}, "do not say"),
        "no description": ({**whole, "spec": np.frombuffer(b"[1]", np.uint8)}, "do not say"),
        "another network": ({**whole, "spec": gan}, "another kind"),
        "one is missing": (without(whole, weight), "do not fit"),
        "one too many": ({**whole, "more": np.zeros(3, np.float16)}, "do not fit"),
        "another shape": ({**whole, weight: whole[weight][:3]}, "do not fit"),
    }


@pytest.mark.parametrize("case", list(broken()))
def test_what_does_not_fit_is_refused(case: str) -> None:
    arrays, says = broken()[case]
    with pytest.raises(ValueError, match=says):
        from_arrays(arrays)


def test_a_spec_knows_its_sizes() -> None:
    assert (spec("vae").features, spec("vae", side=0).features) == (64, 2)
    assert (spec("vae").size, spec("vq-vae").size) == (3, 12)
    assert [Spec.variational.fget(spec(kind)) for kind in KINDS] == [  # type: ignore[attr-defined]
        kind in VARIATIONAL for kind in KINDS
    ]
    assert isinstance(build(spec("vae"), random()), Autoencoder)
