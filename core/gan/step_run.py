"""Rounds of the game, phase by phase: the very updates of ``Game``, looked at in between."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from core.experiment import Diverged
from core.gan.nets import Net
from core.gan.plane import GRID
from core.gan.step import Frame
from core.gan.step_words import PHASES, shown, taken_by
from core.gan.training import Draws, Game
from core.measure.grid import plane

if TYPE_CHECKING:
    from core.gan.step import Settings

GOOD_LR = {"adam": 1e-2, "sgd": 0.1}


def run(settings: Settings) -> Iterator[Frame]:
    """Play some rounds at full speed, then some slowly. Raises Diverged at a loss without value."""
    game = Game(settings.game, [settings.seed])
    for _ in range(settings.before):
        if not math.isfinite(game.step()):
            raise _diverged(settings, 0)
    scene = Scene(game, settings)
    for step, (number, phase) in enumerate(shown(settings)):
        scene.play(phase)
        yield scene.frame(step, number, phase)


class Scene:
    """A game of one seed, and the points of the round that is being played."""

    def __init__(self, game: Game, settings: Settings) -> None:
        self.game, self.settings = game, settings
        self.places = torch.tensor(plane(GRID), dtype=torch.float32).reshape(1, -1, 2)
        self.d_grads = self.g_grads = torch.zeros(len(game.d.layers))
        # Who never asks for real points is shown some all the same, drawn apart from the game.
        own = Draws(game.settings, game.settings.mixture, [settings.seed + 1_000_003])
        self.real = own.real(settings.batch_size)

    def play(self, phase: str) -> None:
        """Do what is done in this phase."""
        if phase == "noise":
            self.draw(real=self.settings.phases != "g")
            self.d_loss = self.d_loss_after = self.loss_of_d()
        elif phase == "d-learns":
            self.game.update_d()
            self.d_grads = _norms(self.game.d)
            self.d_loss_after = self.loss_of_d()
        elif phase == "again" and self.settings.phases == "both":
            self.draw(real=False)
        elif phase == "g-learns":
            self.game.update_g()
            self.g_grads = _norms(self.game.g)

    @torch.no_grad()
    def draw(self, real: bool) -> None:
        """Look at what the game's next update will draw, real points (n, 2) first, then noise."""
        game, n = self.game, self.settings.batch_size
        states = [generator.get_state() for generator in game.draws.generators]
        self.real = game.draws.real(n) if real else self.real
        self.noise = game.draws.noise(n)
        for generator, state in zip(game.draws.generators, states, strict=True):
            generator.set_state(state)
        self.fake = game.g(self.noise)
        self.g_loss = game.rules.g(game.d(self.fake)).item()

    @torch.no_grad()
    def loss_of_d(self) -> float:
        """On this round's points, penalties left out."""
        d = self.game.d
        return self.game.rules.d(d(self.real), d(self.fake), 1.0).item()

    def arrows(self) -> np.ndarray:
        """Minus the gradient of each fake's loss by the fake, (n, 2)."""
        fake = self.fake.detach().requires_grad_()
        (slope,) = torch.autograd.grad(self.game.rules.g(self.game.d(fake)).sum(), fake)
        return np.asarray(-slope[0].numpy() * fake.shape[1])  # the loss is a mean over them

    def frame(self, step: int, number: int, phase: str) -> Frame:
        """What there is to see after this phase."""
        game = self.game
        arrows = self.arrows()
        with torch.no_grad():
            moved = game.g(self.noise)
            said = [game.d(x)[0, :, 0].numpy() for x in (self.real, self.fake, moved)]
            judged = game.d(self.places)[0].reshape(GRID, GRID).numpy()
            after = game.rules.g(game.d(moved)).item()
        way = (moved - self.fake)[0].numpy()
        losses = {
            "d_loss": self.d_loss,
            "d_loss_after": self.d_loss_after,
            "g_loss": self.g_loss,
            "g_loss_after": after,
        }
        if not all(map(math.isfinite, losses.values())):
            raise _diverged(self.settings, step)
        return Frame(
            step=step,
            metrics=losses | _shares(self.settings.loss, said, arrows, way),
            phase=np.array([number, PHASES.index(phase)], np.uint16),
            noise=_half(self.noise[0]),
            real=_half(self.real[0]),
            fake=_half(self.fake[0]),
            moved=_half(moved[0]),
            said_real=said[0],
            said_fake=said[1],
            said_moved=said[2],
            judged=_half(torch.from_numpy(judged)),
            arrows=arrows,
            d_grads=self.d_grads.numpy(),
            g_grads=self.g_grads.numpy(),
        )


def _shares(
    loss: str, said: list[np.ndarray], arrows: np.ndarray, way: np.ndarray
) -> dict[str, float]:
    real, fake, moved = taken_by(loss, *said)
    return {
        "d_right": float((real.mean() + 1 - fake.mean()) / 2),
        "fooled": float(fake.mean()),
        "fooled_after": float(moved.mean()),
        "pull": float(np.linalg.norm(arrows, axis=1).mean()),
        "along": float(((arrows * way).sum(1) > 0).mean()),
    }


def _norms(net: Net) -> Tensor:
    """Length of the last gradient of each layer's weights and biases."""
    squares = [
        sum((p.grad**2).sum() for p in layer.parameters if p.grad is not None)
        for layer in net.layers
    ]
    return torch.stack([torch.as_tensor(one) for one in squares]).sqrt()


def _half(x: Tensor) -> np.ndarray:
    """As float16, what lies beyond its range cut."""
    return np.asarray(x.clamp(-60_000, 60_000).numpy().astype(np.float16))


def _diverged(settings: Settings, step: int) -> Diverged:
    good = GOOD_LR[settings.optimizer]
    names = {"lr_d": "the learning rate of D", "lr_g": "the learning rate of G"}
    most = max(names, key=lambda name: getattr(settings, name))
    message = (
        f"A loss stopped being a number: {names[most]}, {getattr(settings, most):g}, is large."
    )
    return Diverged(step, message, {name: good for name in names if getattr(settings, name) > good})
