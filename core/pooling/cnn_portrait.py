"""What a frame shows of the convolutional network, measured away from the training loop."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.nets.cnn import Cnn, forward_all, to_arrays
from core.nets.spec import CLASSES
from core.pooling.cnn import Frame, Settings
from core.pooling.cnn_data import Images
from core.pooling.cnn_layout import (
    BENT,
    BINS,
    EDGE,
    GALLERY,
    MISTAKES,
    PROBE,
    SHOWN,
    SORTED,
    TALLIED,
    WATCHED,
    WATCHED_TEST,
    WATCHED_TRAIN,
    ZERO,
)

CHUNK = 50  # images through the network at a time: they stay in the processor's cache
UNSHOWN = ("input", "global")


class Portrait:
    """Measures a network on the images: quickly on the way, in full at the end."""

    def __init__(self, settings: Settings, images: Images) -> None:
        self.settings, self.images = settings, images
        self.followed = images.x_test[settings.image : settings.image + 1]

    def frame(self, net: Cnn, step: int, seconds: float) -> Frame:
        """The frame after step updates that took so many seconds."""
        net.eval()
        with torch.no_grad():
            learned, unseen = self._tallies(net, WATCHED_TRAIN, WATCHED_TEST)
            watched = learned.metrics("train") | unseen.metrics("test")
            arrays: dict[str, Any] = _maps(net, self.followed) | unseen.arrays()
        spread, histogram = _spread(net, self.images.x[:PROBE], self.images.y[:PROBE])
        net.train()
        arrays |= {"histogram": histogram, "watched": _row(watched)}
        if step == 0:
            arrays |= self._once()
        timing = {"steps_per_s": step / seconds} if seconds else {}
        return Frame(step=step, metrics=watched | spread, timing=timing, **arrays)

    def last(self, net: Cnn, step: int, seconds: float) -> Frame:
        """The last frame: measured on all held-out images, with the weights."""
        frame = self.frame(net, step, seconds)
        net.eval()
        with torch.no_grad():
            learned, unseen = self._tallies(net, TALLIED, len(self.images.x_test))
        metrics = learned.metrics("train") | unseen.metrics("test")
        found: dict[str, Any] = unseen.arrays()
        found["wrong_images"] = self._wrong_images(found["wrong"])
        return replace(frame, metrics=frame.metrics | metrics, weights=to_arrays(net), **found)

    def _tallies(self, net: Cnn, train: int, test: int) -> tuple[_Tally, _Tally]:
        images = self.images
        learned = _tally(net, images.x[:train], images.y[:train])
        return learned, _tally(net, images.x_test[:test], images.y_test[:test])

    def _once(self) -> dict[str, np.ndarray]:
        images, chosen = self.images, self.settings.image
        return {
            "gallery": _pixels(images.x_test[:WATCHED_TEST]),
            "truth": images.y_test[:WATCHED_TEST].byte().numpy(),
            "image": _pixels(self.followed)[0],
            "label": images.y_test[chosen : chosen + 1].byte().numpy(),
        }

    def _wrong_images(self, wrong: np.ndarray) -> np.ndarray:
        return _pixels(self.images.x_test[torch.from_numpy(wrong[wrong >= 0].astype(np.int64))])


class _Tally:
    """What a network says of some images: logits (n, 10), and their classes y (n,)."""

    def __init__(self, logits: Tensor, y: Tensor) -> None:
        self.logits, self.y, self.guess = logits, y, logits.argmax(1)

    def metrics(self, part: str) -> dict[str, float]:
        right = (self.guess == self.y).double().mean()
        loss = cross_entropy(self.logits, self.y)
        return {f"{part}_loss": float(loss), f"{part}_accuracy": float(right)}

    def arrays(self) -> dict[str, np.ndarray]:
        """The confusion matrix, the first guesses, the surest mistakes."""
        counts = torch.bincount(self.y * CLASSES + self.guess, minlength=CLASSES**2)
        sure = self.logits.softmax(1).amax(1).where(self.guess != self.y, -1.0)
        order = sure.argsort(descending=True, stable=True)[:MISTAKES]
        missed = sure[order] >= 0
        return {
            "confusion": counts.reshape(CLASSES, CLASSES).short().numpy(),
            "guess": self.guess[:GALLERY].byte().numpy(),
            "wrong": order.where(missed, -1).short().numpy(),
            "wrong_truth": (self.y[order] * missed).byte().numpy(),
            "wrong_guess": (self.guess[order] * missed).byte().numpy(),
        }


def _row(metrics: dict[str, float]) -> np.ndarray:
    return np.array([metrics[name] for name in WATCHED], np.float32)


def _tally(net: Cnn, x: Tensor, y: Tensor) -> _Tally:
    return _Tally(torch.cat([net(part) for part in x.split(CHUNK)]), y)


def _maps(net: Cnn, x: Tensor) -> dict[str, np.ndarray]:
    """What each layer makes of the one image x, the first maps of each, and the first filters."""
    found = {name: value[0] for name, _, value in forward_all(net, x)}
    probabilities = found.pop("probabilities").numpy()
    maps = {name: v[:SHOWN] for name, v in found.items() if v.dim() == 3 and name not in UNSHOWN}
    sizes = {name: float(value.abs().max()) for name, value in maps.items()}
    return {
        **{name: _quantised(value, sizes[name]) for name, value in maps.items()},
        "scales": np.array(list(sizes.values()), np.float32),
        "filters": net.get_parameter("conv1.weight")[:SHOWN, 0].numpy().copy(),
        "probabilities": probabilities,
    }


def _quantised(value: Tensor, size: float) -> np.ndarray:
    scaled = value / size if size else value
    return np.ascontiguousarray((scaled * ZERO + ZERO).round().byte().numpy())


def _pixels(x: Tensor) -> np.ndarray:
    return (x[:, 0] * 255).round().byte().numpy()


def _spread(net: Cnn, x: Tensor, y: Tensor) -> tuple[dict[str, float], np.ndarray]:
    """Standard deviations by layer: of its activations, of its weights' gradient; and histograms.

    The dense layer's activations are the logits.
    """
    found = {name: value for name, _, value in forward_all(net, x)}
    layers = {f"conv{n}": found[f"act{n}"] for n in range(1, net.spec.depth + 1)}
    layers["dense"] = found["logits"]
    weights = [net.get_parameter(f"{name}.weight") for name in layers]
    grads = torch.autograd.grad(cross_entropy(found["logits"], y), weights)
    metrics = {
        f"activation_std/{k}": float(v.detach().std(correction=0)) for k, v in layers.items()
    }
    pairs = zip(layers, grads, strict=True)
    metrics |= {f"gradient_std/{name}": float(grad.std(correction=0)) for name, grad in pairs}
    return metrics, np.stack([_histogram(value) for value in layers.values()])


def _histogram(values: Tensor) -> np.ndarray:
    """Shares (BINS,) of values on the axis of ``bent``; what lies beyond is in the end bins."""
    few = values.detach() if values.dim() == 2 else values.detach()[:SORTED]
    places = bent(few.flatten()).clamp(-EDGE, EDGE)
    counts = torch.histc(places, BINS, -EDGE, EDGE)
    return (counts / counts.sum()).numpy()


def bent(values: Tensor) -> Tensor:
    """The axis of activations: 0 stays, 0.01 is a middle size, a factor of 10 a step, either way.

    sign(v) log10(1 + abs(v) / 0.01): 0.1 at about 1, 1 at about 2, 100 at about 4.
    """
    return values.sign() * (values.abs() / BENT).log1p() / math.log(10)
