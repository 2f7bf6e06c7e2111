"""How much is asked of a trained autoencoder, and how it is laid out. Imports no torch."""

from __future__ import annotations

from core.plot import theme

MODELS = {
    "vae-mnist": "VAE",
    "vae-mnist-plain": "Autoencoder",
    "vae-mnist-denoising": "Denoising autoencoder",
    "vae-mnist-beta": "β-VAE, β = 4",
    "vae-mnist-conditional": "Conditional VAE",
    "vae-mnist-vq": "VQ-VAE, 128 codes",
    "vae-fashion": "VAE of clothes",
}
WIDE = {"vae-mnist": "vae-mnist-16", "vae-fashion": "vae-fashion-16"}  # the same with 16 numbers
UNLISTED = {name: f"{MODELS[narrow]}, 16 numbers" for narrow, name in WIDE.items()}
SETS = ("mnist", "fashion", "digits")  # what a model learned from, by number
CLASSIFIERS = {"mnist": "mnist-cnn", "fashion": "gan-fashion-cnn", "digits": "gan-digits-cnn"}
SIDE = 32  # tiles along each side of the map
EDGE = 3.0  # x and y at the map's edges: of a VAE, standard deviations of the prior
CODES = 500  # held-out codes
PAIRS = 100  # of held-out images, whose middles are read
DRAWS = 200  # codes drawn from the prior
CLASSES, IMAGES = 10, 20  # of the images to choose from: means of classes, then held-out ones
POOL = CLASSES + IMAGES
STEPS = 10  # of a walk, its ends included
WAYS = ("straight", "arc", "cross-fade")
ROWS, STOPS = 32, 17  # dimensions with a slider, and the places of each
SURE = 0.9  # probability over which the classifier is called sure
MOST_CODE = 6000  # characters of a code as text
COLORS = (*theme.SERIES, "#8A6A3D", theme.EXACT)  # of the ten classes
