"""What a frame shows of an autoencoder: its map, what comes back, and the bound in numbers."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from core.vae.bounds import active, bounds
from core.vae.data import held_out, load
from core.vae.images import Frame, Settings
from core.vae.layout import BACK, CODES, DRAWN, MEASURED, SIDE, TOLD, WEIGHTED
from core.vae.nets import Autoencoder
from core.vae.plane_axes import Plane, plane_of, tile_codes
from core.vae.quantise import nearest
from core.vae.spec import Spec


class Portrait:
    """Looks at an autoencoder through the same held-out data and the same draws every time."""

    def __init__(self, spec: Spec, settings: Settings, generator: torch.Generator) -> None:
        self.spec, self.settings = spec, settings
        self.x, self.y = held_out(spec.data, self._read_as(), CODES)
        self.clean = load(spec.data).x_test[:CODES]
        spoil = settings.noise * torch.randn(self.clean.shape, generator=generator)
        self.noisy = (self.clean + spoil).clamp(0, 1) if spec.side else self.clean + spoil
        self.z = torch.randn(CODES, spec.size, generator=generator)
        self.chosen = torch.randint(max(1, spec.codes), (CODES, spec.tokens), generator=generator)
        self.draws = int(generator.initial_seed())
        self.plane: Plane | None = None

    @torch.no_grad()
    def frame(
        self,
        net: Autoencoder,
        step: int,
        losses: list[float],
        seconds: float,
        weights: dict[str, np.ndarray] | None = None,
    ) -> Frame:
        """The frame after ``step`` updates; losses: since the last one."""
        mean, log_var = net.encode(self.x, self.y)
        shown = net.snap(mean)
        self.plane = plane_of(mean.numpy(), self.plane, self.spec.variational)
        metrics, kl_dims = self._measures(net, mean, losses)
        given = self.noisy if self.spec.kind == "denoising" else self.x
        return Frame(
            step=step,
            metrics=metrics,
            timing={"steps_per_s": step / seconds} if seconds else {},
            weights=weights,
            codes=self.plane.flat(shown.numpy()),
            spread=self.plane.spread(log_var.exp().sqrt().numpy()),
            plane=self.plane.basis,
            reach=self.plane.reach,
            tiles=self._tiles(net),
            wanted=self._shape(self.clean[: self._count(BACK)]),
            given=self._shape(given[: self._count(BACK)]),
            back=self._shape(self._back(net, given[: self._count(BACK)])),
            drawn=self._shape(self._drawn(net)),
            kl_dims=kl_dims,
            classes=self.y.numpy().astype(np.uint8) if step == 0 else None,
        )

    def _measures(
        self, net: Autoencoder, mean: Tensor, losses: list[float]
    ) -> tuple[dict[str, float], np.ndarray]:
        fixed = torch.Generator().manual_seed(self.draws)
        found = bounds(net, self.x[:MEASURED], self.y[:MEASURED], WEIGHTED, fixed)
        metrics = {
            "objective": float(np.mean(losses)),
            "reconstruction": float(found.reconstruction.double().mean()),
        }
        if self.spec.variational or self.spec.codes:
            metrics["kl"] = float(found.kl.sum(1).double().mean())
            metrics["elbo"] = metrics["reconstruction"] - metrics["kl"]
        if found.iwae is not None:
            metrics["iwae"] = float(found.iwae.double().mean())
            metrics["active_dims"] = float(active(mean).sum())
        if self.spec.codes:
            parts = mean.unflatten(1, (self.spec.tokens, -1))
            metrics["codes_used"] = float(nearest(parts, net.book).unique().numel())
        return metrics, found.kl.mean(0).numpy()

    def _tiles(self, net: Autoencoder) -> np.ndarray:
        assert self.plane is not None
        if self.spec.conditional:
            z = torch.from_numpy(self.plane.column(SIDE)).repeat_interleave(TOLD, 0)
            return self._shape(net.image(z, torch.arange(TOLD).repeat(SIDE)))
        z = torch.from_numpy(tile_codes(self.plane, SIDE))
        return self._shape(net.image(z))

    def _back(self, net: Autoencoder, given: Tensor) -> Tensor:
        y = self.y[: len(given)]
        return net.image(net.encode(given, y)[0], y)

    def _drawn(self, net: Autoencoder) -> Tensor:
        """From the prior: standard normal codes, or entries of the book, all as likely."""
        count = self._count(DRAWN)
        z = net.book[self.chosen[:count]].flatten(1) if self.spec.codes else self.z[:count]
        return net.image(z, torch.arange(count) % TOLD)

    def _count(self, images: int) -> int:
        return images if self.spec.side else CODES

    def _shape(self, x: Tensor) -> np.ndarray:
        if not self.spec.side:
            return x.numpy(force=True).astype(np.float32)
        grey = (x * 255).round().clamp(0, 255).byte()
        images: np.ndarray = grey.unflatten(1, (self.spec.side,) * 2).numpy(force=True)
        return images

    def _read_as(self) -> str:
        """Plain autoencoders read the greys themselves."""
        plain = not (self.spec.variational or self.spec.codes)
        return "gaussian" if plain else self.spec.likelihood
