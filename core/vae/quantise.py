"""The code book of a VQ-VAE: every vector becomes the nearest of K (van den Oord et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

COMMITMENT = 0.25  # beta of equation 3


@dataclass(frozen=True)
class Quantised:
    """codes (n, t): which code each of t vectors became; z (n, t, d): the codes themselves.

    passed: the same values, with the gradient of what came in (straight through). loss (n,): the
    second and third term of equation 3, summed over vectors and dimensions.
    """

    codes: Tensor
    z: Tensor
    passed: Tensor
    loss: Tensor


def quantise(into: Tensor, book: Tensor) -> Quantised:
    """Vectors (n, t, d) against the book (k, d)."""
    codes = nearest(into, book)
    z = book[codes]
    pull_book = (into.detach() - z).square()
    commit = (into - z.detach()).square()
    loss = (pull_book + COMMITMENT * commit).sum((1, 2))
    return Quantised(codes, z, into + (z - into).detach(), loss)


def nearest(into: Tensor, book: Tensor) -> Tensor:
    """The index (n, t) of the code nearest to each vector."""
    with torch.no_grad():
        return torch.cdist(into, book.expand(len(into), *book.shape)).argmin(-1)
