"""What there is to see of a game at a moment: fakes, verdicts, pulls, measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from core.gan.best import best_of, blur
from core.gan.optimum import said
from core.gan.plane import ARROWS, DRAWN, GRID, JUDGED, MESH, Frame
from core.measure.divergence import js, kl
from core.measure.grid import estimate, exact, mass, plane
from core.measure.mmd import mmd
from core.measure.modes import modes
from core.measure.sliced import sliced_wasserstein

if TYPE_CHECKING:
    from core.gan.training import Game

BESIDE = 16  # sets of real points beside which a packed discriminator judges a place
SPAN = 2.0  # standard deviations of normal noise that the mesh reaches


class Portrait:
    """Frames of a game of one seed, always from the same noise and the same real points."""

    def __init__(self, game: Game) -> None:
        self.game, settings = game, game.settings
        draws = type(game.draws)(settings, settings.mixture, [settings.seed + 1_000_003])
        self.noise, self.real = draws.noise(JUDGED), draws.real(JUDGED)
        self.blur = draws.normal(JUDGED, 2) * settings.instance_noise
        self.places = torch.tensor(plane(GRID), dtype=torch.float32).reshape(1, -1, 2)
        self.mesh = _mesh(settings.noise_dim, SPAN if settings.noise_law == "normal" else 1.0)
        self.exact = exact(settings.mixture, GRID)
        self.before: np.ndarray | None = None

    def frame(self, step: int, seconds: float) -> Frame:
        """The game as it is now. seconds: that training took so far.

        Raises FloatingPointError where the fakes are no numbers any more.
        """
        game = self.game
        with game.shown():
            with torch.no_grad():
                fake, mesh = game.g(self.noise), game.g(self.mesh)[0].numpy()
                judged = self.verdicts()
            arrows = self.pulls(fake[:, :ARROWS])
        points = fake[0].double().numpy()
        if not np.isfinite(points).all():
            raise FloatingPointError("the generator's points are no numbers")
        seen = estimate(points, GRID, blur(game.settings))
        return Frame(
            step=step,
            metrics=self.losses(fake) | self.quality(points, judged, seen),
            timing={"steps_per_s": step / seconds} if step else {},
            fake=_half(points[:DRAWN]),
            judged=_half(judged),
            density=_half(seen),
            arrows=_half(arrows),
            mesh=_half(mesh),
            real=_half(self.real[0, :DRAWN].numpy()) if step == 0 else None,
        )

    def verdicts(self) -> np.ndarray:
        """D's output at every place of the grid, (g, g).

        One that judges several samples at once sees the place beside real points, 16 times.
        """
        m = self.game.settings.packing
        if m == 1:
            return np.asarray(self.game.d(self.places)[0].reshape(GRID, GRID).numpy())
        beside = self.real[0, : BESIDE * (m - 1)].reshape(BESIDE, 1, 2 * (m - 1))
        place = self.places.expand(BESIDE, -1, -1)
        packs = torch.cat([place, beside.expand(-1, place.shape[1], -1)], -1)
        each = self.game.d(packs.reshape(1, -1, 2 * m))
        return np.asarray(each.reshape(BESIDE, GRID, GRID).mean(0).numpy())

    @torch.enable_grad()
    def pulls(self, fake: Tensor) -> np.ndarray:
        """Minus the gradient of the generator's loss by each of these fakes, (n, 2), times n."""
        fake = fake.detach().requires_grad_()
        loss = self.game.rules.g(self.game.d(self.game.packed(fake))).sum()
        (slope,) = torch.autograd.grad(loss, fake)
        return np.asarray(-slope[0].numpy() * fake.shape[1])

    @torch.no_grad()
    def losses(self, fake: Tensor) -> dict[str, float]:
        """Both losses on 2,000 real and fake points, penalties left out."""
        game, settings = self.game, self.game.settings
        real, made = game.packed(self.real + self.blur), game.packed(fake + self.blur)
        said_real, said_fake = game.d(real), game.d(made)
        d_loss = game.rules.d(said_real, said_fake, 1 - settings.smoothing)
        return {"d_loss": d_loss.item(), "g_loss": game.rules.g(said_fake).item()}

    def quality(self, points: np.ndarray, judged: np.ndarray, seen: np.ndarray) -> dict[str, float]:
        """The measures of fakes (n, 2), and how far D is from the best."""
        settings = self.game.settings
        mixture, real = settings.mixture, self.real[0].double().numpy()
        covered, good = modes(points, mixture)
        own = estimate(points, GRID) if settings.instance_noise else seen
        best = best_of(settings, seen)
        measures = {
            "modes": float(covered),
            "high_quality": good,
            "js": js(mass(self.exact), mass(own)),
            "kl": kl(mass(self.exact), mass(own)),
            "swd": sliced_wasserstein(real, points),
            "mmd": mmd(real[:500], points[:500]),
        }
        if best is not None:
            both = self.exact + own
            gap = np.abs(said(judged, settings.loss) - np.nan_to_num(best)) * both
            measures["from_best"] = float(gap.sum() / both.sum())
        before = points if self.before is None else self.before
        self.before = points
        return measures | {"moved": float(np.linalg.norm(points - before, axis=1).mean())}


def _half(x: np.ndarray) -> np.ndarray:
    """As float16, what lies beyond its range cut."""
    return np.asarray(np.clip(x, -60_000, 60_000).astype(np.float16))


def _mesh(dimensions: int, reach: float) -> Tensor:
    """Places of a grid in the first two numbers of the noise, the others 0: (1, m, d)."""
    line = torch.linspace(-reach, reach, MESH if dimensions > 1 else MESH**2)
    if dimensions == 1:
        return line[None, :, None]
    y, x = torch.meshgrid(line, line, indexing="ij")
    rest = torch.zeros(MESH * MESH, dimensions - 2)
    return torch.cat([x.reshape(-1, 1), y.reshape(-1, 1), rest], 1)[None]
