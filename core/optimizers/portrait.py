"""What a frame of the network experiment shows, measured away from the training loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from core.nets.mlp import Mlp, Shape, accuracy, loss, outputs, squash, with_ones
from core.optimizers.landscape import Slice
from core.optimizers.network import GALLERY, IMAGES, MAP, SURFACE, Frame, Settings, shown
from core.optimizers.sets import Sets

if TYPE_CHECKING:
    from core.optimizers.training import Stream


class Portrait:
    """Measures a network of one shape on the sets; probe draws batches for the gradient noise."""

    def __init__(self, settings: Settings, sets: Sets, shape: Shape, probe: Stream) -> None:
        self.settings, self.sets, self.shape, self.probe = settings, sets, shape, probe
        blank = sets.x.new_zeros(1, shape.count)
        self.full = Mlp(shape, blank, len(sets.x))
        self.small = Mlp(shape, blank, probe.batch)
        self.x1 = with_ones(sets.x)

    @torch.no_grad()
    def frame(self, theta: Tensor, step: int, seconds: float, **more: Any) -> Frame:
        """The frame of parameters theta (P,) after step updates that took so many seconds."""
        self.full.theta.copy_(theta)
        metrics = self._metrics(step) | more.pop("metrics", {})
        timing = {"steps_per_s": step / seconds} if seconds else {}
        arrays: dict[str, Any] = self._digits() if self.settings.data == "digits" else self._plane()
        if step == 0:
            arrays |= self._data()
        return Frame(step=step, metrics=metrics, timing=timing, **arrays, **more)

    def last(self, theta: Tensor, step: int, seconds: float, around: Slice | None) -> Frame:
        """The last frame, which carries the weights and the loss around them."""
        more: dict[str, Any] = {"weights": _named(self.shape, theta)}
        if around is not None:
            more |= {"plane": around.losses, "plane_x": around.xs, "plane_y": around.ys}
            more |= {"path": around.path, "path_step": around.steps, "shadow": around.shadow}
            more["metrics"] = {"path_share": around.share}
        return self.frame(theta, step, seconds, **more)

    def _metrics(self, step: int) -> dict[str, float]:
        sets, full = self.sets, self.full
        gradient = full.gradient(self.x1[None], self.x1.T[None], sets.y[None])
        test = outputs(self.shape, full.blocks, sets.x_test)[-1]
        parts = enumerate(full.gradients(), 1)
        return {
            "train_loss": float(loss(full.logits, sets.y)),
            "test_loss": float(loss(test, sets.y_test)),
            "train_accuracy": float(accuracy(full.logits, sets.y)),
            "test_accuracy": float(accuracy(test, sets.y_test)),
            "grad_norm": float(gradient.norm()),
            "gradient_noise": self._noise(gradient),
            "epochs": step * self.probe.batch / self.probe.n,
            **{f"grad_norm/w{n}": float(part.norm()) for n, part in parts},
        }

    def _noise(self, gradient: Tensor) -> float:
        if self.probe.batch == self.probe.n:
            return 0.0
        chosen = self.probe.take(1)[0]
        x1, y = self.x1[chosen][None], self.sets.y[chosen][None]
        self.small.theta.copy_(self.full.theta)
        return float((self.small.gradient(x1, x1.transpose(1, 2), y) - gradient).norm())

    def _plane(self) -> dict[str, Any]:
        out = outputs(self.shape, self.full.blocks, _lattice(SURFACE, self.sets.x))[-1]
        hidden = outputs(self.shape, self.full.blocks, _lattice(MAP, self.sets.x))[:-1]
        counts = shown(self.settings.layers)
        maps = torch.cat([h[0, :, :n].T for h, n in zip(hidden, counts, strict=True)])
        return {
            "theta": self.shape.rows(self.full.theta, 1)[0].numpy(),
            "surface": squash(out).reshape(SURFACE, SURFACE).numpy(),
            "maps": ((maps.clamp(-1, 1) + 1) * 127).round().byte().reshape(-1, MAP, MAP).numpy(),
        }

    def _digits(self) -> dict[str, Any]:
        out = outputs(self.shape, self.full.blocks, self.sets.x_test)[-1][0]
        guess, truth = out.argmax(1), self.sets.y_test.argmax(1)
        counts = torch.bincount(truth * 10 + guess, minlength=100)
        pixels = self.full.blocks[0][0, :-1, :IMAGES].T
        return {
            "guess": guess[:GALLERY].byte().numpy(),
            "confusion": counts.reshape(10, 10).int().numpy(),
            "images": pixels.reshape(-1, 8, 8).clone().numpy(),
        }

    def _data(self) -> dict[str, Any]:
        sets = self.sets
        if self.settings.data != "digits":
            return {"x": sets.x.numpy(), "y": sets.y[:, 0].byte().numpy()}
        images = ((sets.x_test[:GALLERY] + 1) * 127).round().byte().reshape(-1, 8, 8)
        return {"gallery": images.numpy(), "truth": sets.y_test[:GALLERY].argmax(1).byte().numpy()}


def _lattice(side: int, like: Tensor) -> Tensor:
    """(side * side, 2) places over [-1, 1]^2, row after row from below."""
    line = torch.linspace(-1, 1, side, dtype=like.dtype)
    up, across = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([across.ravel(), up.ravel()], 1)


def _named(shape: Shape, theta: Tensor) -> dict[str, np.ndarray]:
    """Weights w<layer> (inputs, outputs) and biases b<layer> (outputs,)."""
    found: dict[str, np.ndarray] = {}
    for n, block in enumerate(shape.blocks(theta, 1), 1):
        found |= {f"w{n}": block[0, :-1].clone().numpy(), f"b{n}": block[0, -1].clone().numpy()}
    return found
