"""Questions to guess at with autoencoders in training, each with what nine of ten seeds give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def _falls(name: str, *limits: float) -> Callable[[Metrics], int]:
    """Outcome 0 from the first limit of a metric on, 1 from the second on, ..."""
    return lambda metrics: sum(metrics[name] < limit for limit in limits)


PRESETS = (
    Preset(
        id="two",
        title="Two numbers",
        question="784 pixels become two numbers, and an image again. After 4,000 steps, 300 random "
        "pairs of numbers are decoded. How many of the ten digits are among them?",
        options=("Nine or ten", "About half", "One or two"),
        settings={},
        watch="The right half of the latent plane: digits part from one grey blot.",
        saw="{classes:.0f} of the ten are there, and {readable:.0%} of the draws can be read with "
        "certainty. The code tells {kl:.1f} nats of an image; the ELBO is {elbo:.1f} nats.",
        why="Each image is coded as a small cloud, not a point, so neighbours must decode alike. "
        "And all clouds together must fill the prior, so a random draw meets one.",
        next="Look at Two terms. Then make it a plain autoencoder: what becomes of the map?",
        expected=0,
        outcome=_falls("classes", 8.5, 3.5),
    ),
)
