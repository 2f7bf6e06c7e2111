"""Questions about nine weights of the KL term, each with what the models' numbers bear out."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset
from core.vae.beta_layout import BETAS, NAMES

Metrics = Mapping[str, float]


def _better(metrics: Metrics) -> int:
    """Which pull makes the picture at the mark less odd by a tenth at least, if one does."""
    odd = [metrics[f"oddness/{name}"] for name in ("1", "10", "0")]
    return 2 if min(odd[:2]) > 0.9 * odd[2] else odd.index(min(odd[:2]))


def _pictures(metrics: Metrics) -> int:
    kinds = metrics["digits/10"]
    return 0 if kinds > 8 else 1 if kinds > 1 else 2


def _best(metrics: Metrics, name: str) -> float:
    """The beta with the highest value."""
    return BETAS[max(range(len(NAMES)), key=lambda n: metrics[f"{name}/{NAMES[n]}"])]


def _bound(metrics: Metrics) -> int:
    best = _best(metrics, "elbo")
    return (best > 0) + (best >= 1) + (best > 1)


PRESETS = (
    Preset(
        id="hole",
        title="The hole",
        question="At β = 0 the mark is the oddest place on the map. Which β makes a digit of it?",
        options=("1: a little pull", "10: a strong pull", "Neither: a hole stays a hole"),
        settings={},
        watch="The row of nine small pictures, then the clouds of codes while it replays.",
        saw="Oddness at the mark is {oddness/0:.2f} at β = 0, {oddness/1:.2f} at 1 and "
        "{oddness/10:.2f} at 10; unseen digits have 1. Of 200 random samples the mean is "
        "{drawn/0:.2f}, {drawn/1:.2f} and {drawn/10:.2f}.",
        why="At β = 0 a code is nearly a point, and what lies between the points is "
        "never decoded in training. The KL makes each code a cloud that overlaps others: what lies "
        "there has to suit both neighbours. Too much of it, and all clouds are the same cloud: the "
        "best the decoder can do is the average of all digits.",
        next="Click other places in the map. Where is the picture good even at β = 0?",
        expected=0,
        outcome=_better,
    ),
    Preset(
        id="everywhere",
        title="All ten at once",
        question="At β = 1 the map shows all ten digits. How many are left at β = 10?",
        options=("All ten", "A few", "One picture everywhere"),
        settings={"where": "own", "x": -1.5, "y": -0.5},
        watch="The map while it replays, from β = 2 on.",
        saw="A classifier reads {digits/1:.0f} kinds on the map at β = 1, {digits/3:.0f} at 3 and "
        "{digits/10:.0f} at 10. A code tells {kl/1:.1f}, {kl/3:.1f} and {kl/10:.1f} nats about "
        "its image.",
        why="Two numbers spare the model about seven nats of reconstruction on these small "
        "pictures, for three nats of KL. Once each costs more than it spares, the cheapest code "
        "says nothing: mean 0 and σ 1 for every image (posterior collapse).",
        next="Two terms: at which β does the KL reach 0? The reconstruction then is that of one "
        "average image, the dashed line.",
        expected=2,
        outcome=_pictures,
    ),
    Preset(
        id="bound",
        title="The right pull",
        question="Which β gives unseen digits the highest bound on their likelihood, the ELBO?",
        options=("0: best at its one task", "Between 0 and 1", "1", "More than 1"),
        settings={"where": "own", "x": 0.0, "y": 0.0},
        watch="The view Two terms: the dashed line, and how far it lies under the solid one.",
        saw="The ELBO is {elbo/0:.1f} at β = 0, {elbo/1:.1f} at 1, {elbo/2:.1f} at 2 and "
        "{elbo/10:.1f} at 10.",
        why="At β = 1 what is minimised is the bound itself, with its sign turned. Every other β "
        "minimises something else and is judged by a bound that it never looked at.",
        next="Take MNIST: there β = 1, 2 and 3 are nearly even on unseen digits.",
        expected=2,
        outcome=_bound,
    ),
    Preset(
        id="large",
        title="More pixels",
        question="MNIST digits have twelve times as many pixels. Does β = 10 flatten them too?",
        options=("Yes: one average picture", "No: it keeps most kinds"),
        settings={"data": "mnist"},
        watch="The map while it replays, to the last of the nine.",
        saw="At β = 10 a classifier still reads {digits/10:.0f} kinds on the map, and a code tells "
        "{kl/10:.1f} nats.",
        why="The error is a sum over pixels, and neighbours change together: with 784 of them two "
        "numbers spare so much that ten nats for one are still a bargain. What β does depends on "
        "the size of the picture, so a β from a paper says little by itself.",
        next="Average the error over pixels, under Train: then the KL weighs 784 times as much.",
        expected=1,
        outcome=lambda m: int(m["digits/10"] > 5),
    ),
    Preset(
        id="unseen",
        title="Nothing but reconstruction",
        question="At β = 0 the model is trained for nothing but reconstruction. Does it "
        "reconstruct unseen digits best?",
        options=("Yes, what else", "No, a little KL does better"),
        settings={"data": "mnist", "where": "own", "x": 0.0, "y": 0.0},
        watch="The view Two terms, the solid line at its left end.",
        saw="Reconstruction is {reconstruction/0:.1f} nats at β = 0, {reconstruction/1:.1f} at 1 "
        "and {reconstruction/10:.1f} at 10.",
        why="Codes that are points can be told apart however near they lie, so the decoder learns "
        "training images one by one, and an unseen one falls between them. The cloud that the KL "
        "asks for is noise, and learning with noise is learning what neighbours share.",
        next="The small digits: at which β is their reconstruction best?",
        expected=1,
        outcome=lambda m: int(_best(m, "reconstruction") > 0),
    ),
)
