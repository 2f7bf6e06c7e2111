"""The plane through latent space that is drawn: the whole space if it has two numbers, else PCA."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.vae.layout import REACH

ROOM = 1.1  # of the codes' range that the map of a plain autoencoder reaches over


@dataclass(frozen=True, eq=False)
class Plane:
    """basis (3, d) float32: the plane's middle, its two directions. reach (2, 2): x and y shown."""

    basis: np.ndarray
    reach: np.ndarray

    def flat(self, codes: np.ndarray) -> np.ndarray:
        """Codes (n, d) as places (n, 2) float32 in the plane."""
        return np.asarray((codes - self.basis[0]) @ self.basis[1:].T, np.float32)

    def lift(self, places: np.ndarray) -> np.ndarray:
        """Places (n, 2) in the plane as codes (n, d) float32."""
        return np.asarray(self.basis[0] + places @ self.basis[1:], np.float32)

    def spread(self, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gaussians with variances (n, d) as seen in the plane, float32.

        One standard deviation along x and y, (n, 2), and the correlation of the two, (n,).
        """
        across, up = self.basis[1:]
        sigma = np.sqrt(variance @ (self.basis[1:] ** 2).T)
        both = sigma.prod(1)
        tilt = np.divide(variance @ (across * up), both, out=np.zeros_like(both), where=both > 0)
        return np.asarray(sigma, np.float32), np.asarray(tilt, np.float32)

    def column(self, count: int) -> np.ndarray:
        """Codes (count, d) along the second direction through the middle, the highest first.

        Of codes that are one number, along that.
        """
        along = min(2, self.basis.shape[1]) - 1
        places = np.tile(self.reach.mean(1), (count, 1))
        places[:, along] = np.linspace(self.reach[along, 0], self.reach[along, 1], count)[::-1]
        return self.lift(places)


def plane_of(codes: np.ndarray, before: Plane | None, normal: bool) -> Plane:
    """The plane that shows codes (n, d), turned as the one before it was.

    normal: they are those of a standard normal prior, and the map reaches over it.
    """
    d = codes.shape[1]
    whole = np.vstack([np.zeros((1, d)), np.eye(2, d)])
    basis = whole if d <= 2 else _principal(codes, before)
    plane = Plane(basis.astype(np.float32), np.array([[-REACH, REACH]] * 2, np.float32))
    if normal and d <= 2:
        return plane
    return Plane(plane.basis, _reach(plane.flat(codes)))


def tile_codes(plane: Plane, side: int) -> np.ndarray:
    """Codes (side * side, d) at the middles of the map's tiles, row by row, the upper row first.

    Codes that are one number ascend from tile to tile, through all the rows.
    """
    if plane.basis.shape[1] == 1:
        low, high = plane.reach[0]
        along = low + (high - low) * (np.arange(side**2) + 0.5) / side**2
        return plane.lift(np.stack([along, np.zeros(side**2)], 1))
    x, y = (low + (high - low) * (np.arange(side) + 0.5) / side for low, high in plane.reach)
    across, up = np.meshgrid(x, y[::-1])
    return plane.lift(np.stack([across.ravel(), up.ravel()], 1))


def _principal(codes: np.ndarray, before: Plane | None) -> np.ndarray:
    """Mean and first two principal directions, (3, d); PCA of the centred codes."""
    middle = codes.mean(0)
    directions = np.linalg.svd(codes - middle, full_matrices=False)[2][:2]
    guide = np.eye(2, codes.shape[1]) if before is None else before.basis[1:]
    signs = np.where((directions * guide).sum(1) < 0, -1.0, 1.0)
    return np.vstack([middle, directions * signs[:, None]])


def _reach(places: np.ndarray) -> np.ndarray:
    """Where nearly all of the places lie, with some room; the same on both axes."""
    low, high = np.percentile(places, (1, 99), axis=0)
    half = max(1e-3, ROOM * float((high - low).max()) / 2)
    middle = (low + high) / 2
    return np.stack([middle - half, middle + half], 1).astype(np.float32)
