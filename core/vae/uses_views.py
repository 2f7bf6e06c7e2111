"""The pictures of each use: one to look at, one to measure by."""

from __future__ import annotations

from core.experiment import Stage, View
from core.vae import uses_figures as fill
from core.vae import uses_figures_anomaly as anomaly
from core.vae import uses_figures_more as more

INPAINT, ANOMALY, DENOISE, COMPRESS, DESIGN = (
    {"use": (name,)} for name in ("inpaint", "anomaly", "denoise", "compress", "design")
)

VIEWS = (
    View(
        "fill",
        "Completions",
        fill.completions,
        "Left, an image with a part painted over; in the middle, eight completions and what a "
        "classifier reads in each; right, where they differ.",
        clock=False,
        stage=Stage(
            "mask",
            "Paint over the image: the model says eight times what may be there.",
            fill.payload,
            fill.moved,
        ),
        when=INPAINT,
    ),
    View(
        "doubt",
        "How sure it is",
        fill.doubt,
        "Left, the share of all completions that a classifier reads as each class; right, the "
        "standard deviation of every pixel over them.",
        clock=False,
        when=INPAINT,
    ),
    View(
        "odd",
        "Oddest images",
        anomaly.odd,
        "Left, the six most and the six least anomalous images with what comes back of them, "
        "those of what it never learned in a frame; right, both kinds' scores as a histogram.",
        clock=False,
        when=ANOMALY,
    ),
    View(
        "curves",
        "Scores and ROC",
        anomaly.curves,
        "Histograms of reconstruction error and of the negative ELBO for what is known and what "
        "is not, and the ROC curve of each score.",
        clock=False,
        when=ANOMALY,
    ),
    View(
        "cleaned",
        "Cleaned",
        more.cleaned,
        "Ten digits in seven rows: clean, noisy, cleaned by two filters and three autoencoders.",
        clock=False,
        when=DENOISE,
    ),
    View(
        "errors",
        "Error by noise",
        more.errors,
        "Mean squared error against the noise, a curve for each way to clean.",
        clock=False,
        when=DENOISE,
    ),
    View(
        "planes",
        "Three planes",
        more.planes,
        "The same 500 images as points in three planes, coloured by class: VAE, PCA, t-SNE.",
        clock=False,
        when=COMPRESS,
    ),
    View(
        "back",
        "And back",
        more.back,
        "Ten images, and what comes back of them from two numbers, by VAE and by PCA.",
        clock=False,
        when=COMPRESS,
    ),
    View(
        "walk",
        "On the way",
        more.walk,
        "Ten images decoded on the way between two, over the training images nearest to them, "
        "over one image faded into the other.",
        clock=False,
        when=DESIGN,
    ),
    View(
        "new",
        "Copied or new",
        more.new,
        "Distance of every step to the nearest training image, beside that of unseen images.",
        clock=False,
        when=DESIGN,
    ),
)
