"""What autoencoder it is, in words and numbers. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = {
    "vae": "VAE",
    "autoencoder": "Autoencoder",
    "denoising": "Denoising autoencoder",
    "beta-vae": "Beta-VAE",
    "conditional": "Conditional VAE",
    "vq-vae": "VQ-VAE",
}
VARIATIONAL = ("vae", "beta-vae", "conditional")
CLASSES = 10


@dataclass(frozen=True)
class Spec:
    """All that is needed to build it anew, the weights left out.

    kind: of ``KINDS``. data: the name of what it learned from. side: pixels a side, 0 for points in
    the plane. latent_dim: numbers a code has. layers: ``dense`` (two hidden layers, width and half
    of it) or ``conv`` (two strided convolutions of width and twice that many channels). likelihood:
    ``bernoulli`` or ``gaussian``, with its sigma. codes, tokens: of a VQ-VAE, how many vectors the
    book has, and how many of them an image becomes.
    """

    kind: str
    data: str
    side: int
    latent_dim: int
    layers: str
    width: int
    likelihood: str
    sigma: float = 1.0
    codes: int = 0
    tokens: int = 1

    @property
    def features(self) -> int:
        """How many numbers go in, and come out."""
        return self.side**2 or 2

    @property
    def variational(self) -> bool:
        """Whether the encoder gives a distribution."""
        return self.kind in VARIATIONAL

    @property
    def conditional(self) -> bool:
        """Whether both parts are told the class."""
        return self.kind == "conditional"

    @property
    def size(self) -> int:
        """How many numbers stand between encoder and decoder."""
        return self.latent_dim * self.tokens
