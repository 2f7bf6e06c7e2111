"""A linear VAE trained on the exact ELBO of all images: no batches, no draws of the code.

x is the image less the mean image. The decoder gives N(W z, sigma^2 I), the encoder q(z | x) =
N(V x, L L'). For a linear decoder the mean over q is a formula (Lucas et al. 2019, section 4):

    E_q |x - W z|^2 = |x - W V x|^2 + tr(W L L' W')

and its average over all images needs of them nothing but their covariance S.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from core.data import digits
from core.experiment import Diverged
from core.nets.batches import random, stops
from core.vae.linear import Frame, Settings
from core.vae.linear_exact import Array, Exact, largest_angle, matched, maximum, principal, turned

FRAMES = 60
START = 0.1  # standard deviation of the first weights
ACTIVE = 0.01  # variance of the codes' means over the images: Burda et al. 2016
SHOWN = 24  # eigenvalues


class Linear:
    """W (d, k), V (k, d), log_spread (k,), lean (k, k) under the diagonal, log_noise: all learned.

    L = diag(exp(log_spread)) + lean; log_noise = log sigma^2. A diagonal posterior has no lean.
    """

    def __init__(self, d: int, settings: Settings, generator: torch.Generator) -> None:
        k, kind = settings.latent_dim, torch.float64
        self.W = START * torch.randn(d, k, generator=generator, dtype=kind)
        self.V = START * torch.randn(k, d, generator=generator, dtype=kind)
        self.log_spread = torch.zeros(k, dtype=kind)
        self.lean = torch.zeros(k, k, dtype=kind)
        fixed = settings.noise == "fixed"
        self.log_noise = torch.tensor(2 * math.log(settings.sigma) if fixed else 0.0, dtype=kind)
        learned = [self.W, self.V, self.log_spread]
        learned += [self.lean] * (settings.posterior == "full") + [self.log_noise] * (not fixed)
        self.parameters = [one.requires_grad_() for one in learned]

    def elbo(self, S: Tensor) -> tuple[Tensor, Tensor]:
        """Reconstruction and KL, each averaged over the images whose covariance is S, in nats."""
        d, k = self.W.shape
        L = self.lean.tril(-1) + self.log_spread.exp().diag()
        left = torch.eye(d, dtype=S.dtype) - self.W @ self.V  # (d, d): what does not come back
        error = ((left @ S) * left).sum() + (self.W @ L).square().sum()
        scale = d * (math.log(2 * math.pi) + self.log_noise)
        reconstruction = -0.5 * (scale + error / self.log_noise.exp())
        means = ((self.V @ S) * self.V).sum()  # of |V x|^2
        kl = 0.5 * (means + L.square().sum() - k - 2 * self.log_spread.sum())
        return reconstruction, kl


def run(settings: Settings) -> Iterator[Frame]:
    """Train with Adam, the rate falling as a half cosine. Raises Diverged at an ELBO of NaN."""
    covariance, values, vectors = principal(digits.load()[0].astype(np.float64))
    sigma = settings.sigma if settings.noise == "fixed" else None
    exact = maximum(values, vectors, settings.latent_dim, sigma)
    S = torch.from_numpy(covariance)
    net = Linear(len(values), settings, random(np.random.SeedSequence(settings.seed)))
    optimizer = torch.optim.Adam(net.parameters, lr=settings.lr)
    seconds = 0.0
    for now, until in pairwise(stops(settings.steps, FRAMES)):
        yield _frame(net, S, exact, values, vectors, now, seconds)
        start = time.perf_counter()
        for step in range(now, until):
            reconstruction, kl = net.elbo(S)
            optimizer.zero_grad()
            (kl - reconstruction).backward()
            turn = math.pi * step / settings.steps
            optimizer.param_groups[0]["lr"] = settings.lr * 0.5 * (1 + math.cos(turn))
            optimizer.step()
        seconds += time.perf_counter() - start
    yield _frame(net, S, exact, values, vectors, settings.steps, seconds)


@torch.no_grad()
def _frame(
    net: Linear,
    S: Tensor,
    exact: Exact,
    values: Array,
    vectors: Array,
    step: int,
    seconds: float,
) -> Frame:
    parts = [float(part) for part in net.elbo(S)]
    if not math.isfinite(sum(parts)):
        raise Diverged(step, f"By step {step} the ELBO was no number any more.", {"lr": 0.03})
    W = net.W.numpy()
    as_they_are, axes = matched(W, exact.columns)
    sigma = math.exp(float(net.log_noise) / 2)
    # In any direction of the latent space: a full spread may have turned it.
    spread = torch.linalg.eigvalsh(net.V @ S @ net.V.T)
    metrics = {
        "elbo": parts[0] - parts[1],
        "reconstruction": parts[0],
        "kl": parts[1],
        "ml": exact.ml,
        "gap": exact.ml - (parts[0] - parts[1]),
        "angle": largest_angle(W, vectors[:, : exact.active]),
        "axes": axes,
        "sigma": sigma,
        "sigma_exact": exact.sigma,
        "active": float((spread > ACTIVE).sum()),
        "active_exact": float(exact.active),
    }
    model = np.full(SHOWN, sigma**2)
    model[: W.shape[1]] += np.linalg.svd(W, compute_uv=False) ** 2
    rows = [exact.columns, turned(W, exact.columns), as_they_are]
    side = digits.SIDE
    return Frame(
        step=step,
        metrics=metrics,
        timing={"steps_per_s": step / seconds} if seconds else {},
        columns=np.stack([row.T.reshape(-1, side, side) for row in rows]).astype(np.float32),
        variances=np.stack([values[:SHOWN], model]).astype(np.float32),
    )
