"""What a trained network makes of one image, layer by layer, and what one of its neurons sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.data import mnist, models
from core.nets import cnn, stored
from core.nets.cnn import Cnn
from core.pooling.layers import IMAGES, Frame, Settings
from core.pooling.layers_shape import ZERO, Layer, Place, field_of, layers_of, place_of
from core.pooling.receptive import ReceptiveField

BINOMIAL = torch.tensor([1.0, 2.0, 1.0]) / 4  # along one axis of a blur (Zhang 2019)


def run(settings: Settings) -> Iterator[Frame]:
    """One frame. Raises KeyError or ValueError, in words, where the model cannot be had."""
    net = cnn.from_arrays(models.load(settings.model))
    layers = layers_of(net.spec)
    place = place_of(settings, layers)
    images = held_out(net.spec.side).to(next(net.parameters()).dtype)
    x = images[settings.image : settings.image + 1]
    name, field = layers[place.layer].name, field_of(layers, place.layer)
    if settings.overlay == "mean":
        shown = gradient(net, images, name, place).abs().mean(0)
    else:
        shown = gradient(net, x, name, place)[0]
    with torch.no_grad():
        found = {name: value[0] for name, _, value in cnn.forward_all(net, x)}
        maps = [found[layer.name] for layer in layers]
        arrays = _entering(net, layers, place, [found["input"], *maps])
    metrics = _metrics(layers, place, maps, found["probabilities"])
    yield Frame(
        step=0,
        metrics={**metrics, "field_share": middle_share(shown, field, place)},
        image=(x[0, 0] * 255).round().byte().numpy(),
        probabilities=found["probabilities"].float().numpy(),
        spec=stored.spec_array(asdict(net.spec)),
        fields=np.array([field_of(layers, n) for n in range(len(layers))], np.int32),
        place=np.array(place, np.int32),
        gradient=shown.float().numpy(),
        **_measured(layers, maps),
        **arrays,
    )


def _measured(layers: Sequence[Layer], maps: Sequence[Tensor]) -> dict[str, Any]:
    """Every layer's maps as bytes, their scales and their shares of zeros."""
    return {
        **{layer.field: _bytes(value) for layer, value in zip(layers, maps, strict=True)},
        "scales": np.array([float(value.abs().max()) for value in maps], np.float32),
        "zeros": np.array([float((value == 0).double().mean()) for value in maps], np.float32),
    }


@cache
def held_out(side: int) -> Tensor:
    """The first 100 images (n, 1, side, side) that no network learned from, image n a digit n % 10.

    8x8: the held-out ones of scikit-learn's digits; another side: MNIST's, enlarged or reduced.
    """
    if side == 8:
        from core.pooling import cnn_data  # here: scikit-learn is slow to import
        from core.pooling.cnn import Settings as Training

        return cnn_data.load(Training(data="digits", train_size=10)).x_test[:IMAGES]
    x = torch.from_numpy(mnist.load("test", IMAGES)[0])[:, None]
    if side == mnist.SIDE:
        return x
    return functional.interpolate(x, (side, side), mode="bilinear", antialias=True).clamp(0, 1)


def gradient(net: Cnn, x: Tensor, name: str, place: Place) -> Tensor:
    """Of a neuron's value by each pixel, (n, side, side), for images x (n, 1, side, side).

    Over many images, the mean of its size is the effective receptive field (Luo, Li, Urtasun and
    Zemel 2016, section 2).
    """
    with torch.enable_grad():
        x = x.clone().requires_grad_()
        value = x
        for child, layer in net.named_children():
            value = layer(value)
            if child == name:
                break
        chosen = value[:, place.channel, place.row, place.column].sum()
        (found,) = torch.autograd.grad(chosen, x)
    return found[:, 0]


def middle_share(gradient: Tensor, field: ReceptiveField, place: Place) -> float:
    """Of the sizes in (side, side), the share in the middle of the field, half its side each way.

    It is a quarter of the field's area: 0.25 of an even gradient, if the field lies in the image.
    A pixel that the middle cuts counts in part. 0 where all is 0.
    """
    sizes = gradient.abs().double()
    rows, columns = (_middle(len(sizes), field, at) for at in (place.row, place.column))
    total = float(sizes.sum())
    return float(rows @ sizes @ columns) / total if total else 0.0


def _middle(side: int, field: ReceptiveField, at: int) -> Tensor:
    """How much of each of the pixels of an axis lies in the middle half of the field, (side,)."""
    pixels = torch.arange(side).double() - (field.start + field.jump * at)
    low, high = field.size / 4, 3 * field.size / 4
    return ((pixels + 1).clamp(max=high) - pixels.clamp(min=low)).clamp(min=0)


def _metrics(
    layers: Sequence[Layer], place: Place, maps: Sequence[Tensor], probabilities: Tensor
) -> dict[str, float]:
    """All but field_share, which needs the gradient."""
    n, channel, row, column = place
    size, jump, _ = field_of(layers, n)
    found = {
        "value": float(maps[n][channel, row, column]),
        "field": float(size),
        "seen_by": min(size / jump, float(layers[n].side)) ** 2,
        "confidence": float(probabilities.max()),
        "answer": float(probabilities.argmax()),
    }
    if layers[n].kind == "pooling":
        before = float(maps[n - 1].abs().double().sum())
        found["kept"] = float(maps[n].abs().double().sum()) / before if before else 0.0
    return found


def _entering(
    net: Cnn, layers: Sequence[Layer], place: Place, values: Sequence[Tensor]
) -> dict[str, Any]:
    """What enters the neuron: its window, and where it is a weighted sum, kernel and bias.

    values: the input's and every layer's. A blurred max sums over the maxima of its window.
    """
    layer, before = layers[place.layer], values[place.layer]
    if layer.kind == "convolution":
        return _convolved(net, layer, place, before)
    cells = before[place.channel : place.channel + 1]
    if layer.kind == "activation":
        return {"window": _numbers(_window(cells, place, 1, 1))}
    if net.spec.pooling == "blur" and layer.name != "global":
        maxima = functional.pad(functional.max_pool2d(cells, 2, 1), (1, 1, 1, 1), mode="reflect")
        weights = torch.outer(BINOMIAL, BINOMIAL)[None]
        return {"window": _numbers(_window(maxima, place, 3, 2)), "kernel": _numbers(weights)}
    size, jump, _ = layer.own
    window = _window(cells, place, size, jump)
    what = net.spec.head if layer.name == "global" else net.spec.pooling
    weight = {"global-average": 1 / size**2, "average": 1 / size**2, "sum": 1.0}.get(what)
    kernel = {} if weight is None else {"kernel": _numbers(torch.full_like(window, weight))}
    return {"window": _numbers(window), **kernel}


def _convolved(net: Cnn, layer: Layer, place: Place, before: Tensor) -> dict[str, Any]:
    size, jump, start = layer.own
    padded = functional.pad(before, (-start, -start, -start, -start))
    weights, biases = (net.get_parameter(f"{layer.name}.{part}") for part in ("weight", "bias"))
    return {
        "window": _numbers(_window(padded, place, size, jump)),
        "kernel": _numbers(weights[place.channel]),
        "bias": _numbers(biases[place.channel : place.channel + 1]),
    }


def _window(cells: Tensor, place: Place, size: int, jump: int) -> Tensor:
    """The numbers (c, size, size) under a neuron's window; cells (c, h, w), padding and all."""
    top, left = place.row * jump, place.column * jump
    return cells[:, top : top + size, left : left + size]


def _numbers(value: Tensor) -> np.ndarray:
    return np.ascontiguousarray(value.detach().float().numpy())


def _bytes(value: Tensor) -> np.ndarray:
    """Numbers as bytes: 127 is 0, 0 and 254 are minus and plus the largest size."""
    most = float(value.abs().max()) or 1.0
    return np.ascontiguousarray((value / most * ZERO + ZERO).round().byte().numpy())
