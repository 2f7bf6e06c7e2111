"""Questions about a linear VAE, to guess at before it is trained."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

REACHED = 0.01  # nats: the bound is as good as the maximum


def _reaches(metrics: Mapping[str, float]) -> int:
    gap = metrics["gap"]
    return 2 if gap < -1e-6 else 1 if gap < REACHED else 0


def _still_pca(metrics: Mapping[str, float]) -> int:
    if metrics["angle"] > 1:
        return 2
    return 0 if metrics["axes"] < 10 else 1


PRESETS = (
    Preset(
        id="bound",
        title="A bound on what?",
        question="The ELBO is a lower bound. Encoder and decoder are linear, so the best "
        "likelihood is known exactly. Where does training end?",
        options=("Clearly below it", "On it", "Above it"),
        settings={},
        watch="The line that rises to the dashed one; how near it comes shows beside it.",
        saw="The ELBO ends at {elbo:.4f} nats an image, the exact maximum is {ml:.4f}: a gap of "
        "{gap:.6f}.",
        why="The ELBO lacks just as much as q(z | x) differs from the true posterior (a KL). Of "
        "a linear model the true posterior is normal with the same spread for every image, so q "
        "can be exactly that. A deep decoder's posterior is not normal, and a gap stays.",
        next="Look at Directions: what are the columns that it learned?",
        expected=1,
        outcome=_reaches,
    ),
    Preset(
        id="turned",
        title="PCA by accident",
        question="Now the codes may spread in any ellipse, not only along the axes. The bound is "
        "reached even faster. Are the decoder's columns still PCA's directions?",
        options=("Yes, each of them", "Only their subspace is", "Neither is"),
        settings={"posterior": "full"},
        watch="Directions: together and one by one, two angles to PCA.",
        saw="The subspace is off by {angle:.4f} degrees, single columns by up to {axes:.0f}; the "
        "gap is {gap:.6f} nats.",
        why="Turn the latent space, and the model gives the same images the same likelihood. Only "
        "a q whose spread must lie along the axes breaks the tie: it fits where the columns are "
        "at right angles, and those are PCA's directions. So a plain VAE finds PCA's axes by an "
        "accident of its encoder.",
        next="Set the spread back to the axes and watch the second angle fall, slowly.",
        expected=1,
        outcome=_still_pca,
    ),
    Preset(
        id="collapse",
        title="Half of them say nothing",
        question="Eight latent numbers, but the decoder is told to expect noise of 0.6 in every "
        "pixel. How many does it use?",
        options=("All eight", "Some of them", "None"),
        settings={"latent_dim": 8, "noise": "fixed"},
        watch="Directions: columns that fade to nothing. Noise: rings that stay on the floor.",
        saw="{active:.0f} of 8 are in use, and the exact optimum has {active_exact:.0f}; the gap "
        "is {gap:.6f} nats.",
        why="A direction pays only if the data vary along it by more than the noise. The others "
        "collapse to the prior, not because the ELBO is loose (it is exact here) but because the "
        "likelihood itself wants it. Learned noise cures it.",
        next="Let the noise be learned: how many are in use then?",
        expected=1,
        outcome=lambda m: 0 if m["active"] >= 8 else 1 if m["active"] >= 1 else 2,
    ),
    Preset(
        id="sixteen",
        title="The noise it finds",
        question="Sixteen latent numbers. After 2,000 steps, which is still far from PCA's?",
        options=("The noise", "The subspace", "Single columns", "Nothing"),
        settings={"latent_dim": 16},
        watch="Directions: one angle falls at once, the other hardly. Noise: on the dashed line.",
        saw="Noise {sigma:.5f}, exact {sigma_exact:.5f}. The subspace is off by {angle:.4f} "
        "degrees, single columns by up to {axes:.0f}; the gap is {gap:.4f} nats.",
        why="Noise and subspace make nearly all of the likelihood. Two columns of similar variance "
        "can be turned into each other for next to nothing, so there the slope is flat and "
        "training slow.",
        next="Which two columns are mixed? Compare the lower rows of images.",
        expected=2,
        outcome=lambda m: (
            0
            if abs(m["sigma"] / m["sigma_exact"] - 1) > 0.01
            else 1
            if m["angle"] > 1
            else 2
            if m["axes"] > 5
            else 3
        ),
    ),
)
