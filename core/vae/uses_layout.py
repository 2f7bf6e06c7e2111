"""How much of each use is shown, and of what. Imports no torch: the server draws with it."""

from __future__ import annotations

from typing import Any

import numpy as np

Found = tuple[dict[str, float], dict[str, Any]]  # of a use: its metrics, its arrays

SETS = ("mnist", "fashion", "digits")  # what a model learned from, by number
SHOWN, DRAWN = 8, 256  # completions on screen, and draws behind their spread
LEFT_OUT = "vae-left-out"  # ten models, each of nine digits
OUTSIDERS = {"mnist": "fashion", "fashion": "mnist"}  # who does not belong, where all ten are known
ODD = 6  # images at either end
ALARMS = 0.05  # false ones that are put up with
RATES = np.linspace(0, 1, 101)
CLEANERS = {
    "noisy": "As it is",
    "blur": "Gaussian blur",
    "median": "Median of 3x3",
    "denoising": "Denoising autoencoder, 2 numbers",
    "vae": "VAE, 2 numbers",
    "vae-16": "VAE, 16 numbers",
}
NETS = {"denoising": "vae-mnist-denoising", "vae": "vae-mnist", "vae-16": "vae-mnist-16"}
LEVELS = tuple(round(0.1 * n, 1) for n in range(11))  # of noise, behind the curves
PLANES = {"vae": "VAE", "pca": "PCA", "tsne": "t-SNE"}
POINTS, NEIGHBOURS, BACK = 500, 5, 10
STEPS = 10  # of a walk, both ends among them
MIDDLE = slice(3, 7)
IMAGES = 100  # held-out ones to choose from
FEW = 0.05  # of the draws, from which a class counts as one that they are read as
CLOTHES = (
    "t-shirt", "trousers", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle-boot",
)  # fmt: skip
