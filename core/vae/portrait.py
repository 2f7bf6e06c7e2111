"""What a frame shows of an autoencoder: its map, what comes back, and the bound in numbers."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from core.vae.bounds import Parts, active, bounds
from core.vae.data import held_out, load
from core.vae.images import Frame, Settings
from core.vae.layout import BACK, CODES, DRAWN, MEASURED, SIDE, WEIGHTED
from core.vae.likelihood import log_likelihood
from core.vae.nets import Autoencoder
from core.vae.plane_axes import Plane, plane_of, tile_codes
from core.vae.prior import READ, readings
from core.vae.quantise import nearest
from core.vae.spec import Spec

WIDEST = 40.0  # log variance that is still drawn: in single precision its square is finite


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
        self.told = int(self.y.max()) + 1
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
        """The frame after ``step`` updates; losses: since the last one.

        Raises FloatingPointError where a number is no longer finite.
        """
        mean, log_var = net.encode(self.x, self.y)
        found = self._parts(net)
        metrics = self._measures(net, mean, found, losses)
        if not (np.isfinite(list(metrics.values())).all() and mean.isfinite().all()):
            raise FloatingPointError(f"a measure at step {step} is not finite")
        shown = net.snap(mean)
        self.plane = plane_of(mean.numpy(), self.plane, self.spec.variational)
        given = self.noisy if self.spec.kind == "denoising" else self.x
        z = self._prior(net)
        drawn = net.image(z, torch.arange(len(z)) % self.told)
        spread, tilt = self.plane.spread(log_var.clamp(max=WIDEST).exp().numpy())
        return Frame(
            step=step,
            metrics=metrics | readings(drawn, self.spec),
            timing={"steps_per_s": step / seconds} if seconds else {},
            weights=weights,
            codes=self.plane.flat(shown.numpy()),
            spread=spread,
            tilt=tilt,
            plane=self.plane.basis,
            reach=self.plane.reach,
            tiles=self._tiles(net),
            wanted=self._shape(self.clean[: self._count(BACK)]),
            given=self._shape(given[: self._count(BACK)]),
            back=self._shape(self._back(net, given[: self._count(BACK)])),
            drawn=self._shape(drawn[: self._count(DRAWN)]),
            drawn_at=self.plane.flat(z[:DRAWN].numpy()),
            kl_dims=found.kl.mean(0).numpy(),
            active=active(mean).numpy() if self.spec.variational else np.ones(0, np.bool_),
            classes=self.y.numpy().astype(np.uint8) if step == 0 else None,
        )

    def _parts(self, net: Autoencoder) -> Parts:
        """Of the first held-out data; of a denoising one, the clean image given the noisy one."""
        x, y = self.x[:MEASURED], self.y[:MEASURED]
        if self.spec.kind == "denoising":
            out = net.decode(net.encode(self.noisy[:MEASURED])[0])
            given = log_likelihood(x, out, self.spec.likelihood, self.spec.sigma)
            return Parts(given, torch.zeros(len(x), 0), None)
        return bounds(net, x, y, WEIGHTED, torch.Generator().manual_seed(self.draws))

    def _measures(
        self, net: Autoencoder, mean: Tensor, found: Parts, losses: list[float]
    ) -> dict[str, float]:
        metrics = {
            "objective": float(np.mean(losses)),
            "reconstruction": float(found.reconstruction.double().mean()),
        }
        if self.spec.variational or self.spec.codes:
            metrics["kl"] = float(found.kl.sum(1).double().mean())
            metrics["elbo"] = metrics["reconstruction"] - metrics["kl"]
        if self.spec.kind == "denoising":
            metrics["noise_left"] = self._left(net)
        if found.iwae is not None:
            metrics["iwae"] = float(found.iwae.double().mean())
            metrics["active_dims"] = float(active(mean).sum())
        if self.spec.codes:
            parts = mean.unflatten(1, (self.spec.tokens, -1))
            metrics["codes_used"] = float(nearest(parts, net.book).unique().numel())
        return metrics

    def _left(self, net: Autoencoder) -> float:
        """Squared error of what comes back over that of what went in."""
        clean, noisy = self.clean[:MEASURED], self.noisy[:MEASURED]
        error = (self._back(net, noisy) - clean).square().sum()
        return float(error / (noisy - clean).square().sum().clamp_min(1e-12))

    def _tiles(self, net: Autoencoder) -> np.ndarray:
        assert self.plane is not None
        if not self.spec.conditional:
            return self._shape(net.image(torch.from_numpy(tile_codes(self.plane, SIDE))))
        z = torch.from_numpy(self.plane.column(SIDE)).repeat_interleave(self.told, 0)
        return self._shape(net.image(z, torch.arange(self.told).repeat(SIDE)))

    def _back(self, net: Autoencoder, given: Tensor) -> Tensor:
        y = self.y[: len(given)]
        return net.image(net.encode(given, y)[0], y)

    def _prior(self, net: Autoencoder) -> Tensor:
        """Codes (n, size): standard normal, or entries of the book, all as likely."""
        count = READ if self.spec.side else CODES
        return net.book[self.chosen[:count]].flatten(1) if self.spec.codes else self.z[:count]

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
