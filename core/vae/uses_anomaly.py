"""What does not belong: how badly a VAE explains images of a kind that it never learned."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.metrics import roc_auc_score, roc_curve
from torch import Tensor

from core.data import models
from core.vae.bounds import Parts, bounds
from core.vae.data import held_out
from core.vae.nets import Autoencoder, from_arrays, load
from core.vae.uses_layout import ALARMS, LEFT_OUT, ODD, OUTSIDERS, RATES, Found
from core.vae.uses_shared import grey, returned

KNOWN, OUTSIDE, DRAWS = 600, 200, 8


def known_net(known: str, left_out: str) -> Autoencoder:
    """The VAE that knows nine digits, all ten, or clothes."""
    if known == "nine-digits":
        every, head = models.load(LEFT_OUT), f"{left_out}/"
        return from_arrays(
            {k.removeprefix(head): v for k, v in every.items() if k.startswith(head)}
        )
    return load({"mnist": "vae-mnist-16"}.get(known, f"vae-{known}"))


def both_kinds(
    net: Autoencoder, known: str, left_out: str, rng: np.random.Generator
) -> tuple[Tensor, Tensor, np.ndarray]:
    """Held-out images (n, features) and their classes (n,), those it knows first; which are not.

    A random choice of those it knows and of the outsiders, binarised once and for all.
    """
    x, y = held_out(net.spec.data, net.spec.likelihood, 2000)
    if known == "nine-digits":
        strange = y == int(left_out)
        inside, outside = (x[~strange], y[~strange]), (x[strange], y[strange])
    else:
        inside, outside = (x, y), held_out(OUTSIDERS[net.spec.data], net.spec.likelihood, 2000)
    parts = [_some(*part, n, rng) for part, n in ((inside, KNOWN), (outside, OUTSIDE))]
    flags = np.repeat([False, True], [len(part[0]) for part in parts])
    return torch.cat([part[0] for part in parts]), torch.cat([part[1] for part in parts]), flags


def _some(x: Tensor, y: Tensor, count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    chosen = torch.from_numpy(rng.permutation(len(x))[:count])
    return x[chosen], y[chosen]


def scores(found: Parts) -> np.ndarray:
    """How odd each image is (2, n), nats: -E_q log p(x | z), the reconstruction error; -ELBO."""
    both = torch.stack([-found.reconstruction, -found.elbo])
    return both.double().numpy()


def roc(score: np.ndarray, outside: np.ndarray) -> tuple[np.ndarray, float]:
    """Share of outsiders caught at each share of false alarms, (101,), and the area below.

    Scikit-learn's roc_curve, read at evenly spaced rates; the area is roc_auc_score's.
    """
    false, true, _ = roc_curve(outside, score)
    return np.interp(RATES, false, true), float(roc_auc_score(outside, score))


def caught(score: np.ndarray, outside: np.ndarray) -> float:
    """Share of outsiders above the score that ``ALARMS`` of what is known exceeds."""
    return float((score[outside] > np.quantile(score[~outside], 1 - ALARMS)).mean())


def anomaly(known: str, left_out: str, seed: int) -> Found:
    """Metrics and arrays of the frame."""
    net = known_net(known, left_out)
    x, y, outside = both_kinds(net, known, left_out, np.random.default_rng(seed))
    score = scores(bounds(net, x, y, DRAWS, torch.Generator().manual_seed(seed)))
    curves, areas = zip(*(roc(one, outside) for one in score), strict=True)
    order = score[1].argsort()
    ends = np.concatenate([order[::-1][:ODD], order[:ODD]])
    metrics = {
        "area_elbo": areas[1],
        "area_error": areas[0],
        "caught": caught(score[1], outside),
        "elbo_known": -float(score[1][~outside].mean()),
        "elbo_outside": -float(score[1][outside].mean()),
    }
    arrays = {
        "scores": score.astype(np.float32),
        "outside": outside.astype(np.uint8),
        "roc": np.stack(curves).astype(np.float32),
        "odd": grey(x[ends]),
        "odd_back": grey(returned(net, x[ends])),
        "odd_number": ends.astype(np.int32),
    }
    return metrics, arrays
