"""Questions to guess at about the game in the plane, each with what nine of ten seeds give."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def _found(metrics: Metrics) -> int:
    return 0 if metrics["modes"] == 8 else 1 if metrics["modes"] >= 3 else 2


PRESETS = (
    Preset(
        id="works",
        title="A blob that splits",
        question="Eight islands, and the fakes start as one blob. How many will they find?",
        options=("All eight", "Three to seven", "One or two"),
        settings={},
        watch="The first hundred steps: the blob spreads, then tears.",
        saw="{modes:.0f} islands covered, {high_quality:.0%} of the fakes within three sigma of "
        "one. The discriminator's loss ended at {d_loss:.2f}.",
        why="Wherever fakes are too many, the discriminator calls them fake, and the generator "
        "moves them to where real points are too few. What is left between the islands are the "
        "bridges: a smooth network cannot tear its noise apart.",
        next="Switch on the warped noise: eight lumps, and the thin bridges between them.",
        expected=0,
        outcome=_found,
    ),
)
