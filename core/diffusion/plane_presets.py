"""Questions to guess at about the training in the plane, each with what the run bears out."""

from __future__ import annotations

from collections.abc import Callable

from core.experiment import Metrics, Preset


def _from(metric: str, *limits: float) -> Callable[[Metrics], int]:
    """Outcome 0 from the first limit of that metric on, 1 from the second on, ..."""
    return lambda metrics: sum(metrics[metric] < limit for limit in limits)


def _under(metric: str, *limits: float) -> Callable[[Metrics], int]:
    """Outcome 0 up to the first limit of that metric, 1 up to the second, ..."""
    return lambda metrics: sum(metrics[metric] > limit for limit in limits)


SHORT = 1000  # steps of the presets that only compare

PRESETS = (
    Preset(
        id="works",
        title="Noise becomes eight islands",
        question="The network sees points of the ring with noise added, and has to say the noise. "
        "It is never asked to make a point. How many of its 800 samples will be good?",
        options=("More than 80 %", "40 to 80 %", "Fewer"),
        settings={},
        watch="The first hundred steps: one cloud, a ring, and then eight islands.",
        saw="{high_quality:.0%} are good, on {modes:.0f} of 8 islands. Its score is off by "
        "{score_error:.4f}.",
        why="Whoever can say what noise is in a point knows where points are dense: the best "
        "answer is the slope of the noised density (the score), upside down. 50 small steps up "
        "that slope lead from pure noise to the islands.",
        next="Look at Score: the true arrows lie under the learned ones. Or take the network to "
        "other samplers.",
        expected=0,
        outcome=_from("high_quality", 0.8, 0.4),
    ),
    Preset(
        id="grid",
        title="25 islands",
        question="25 small islands. The GAN of the other lesson misses some of them, and most of "
        "its fakes lie in between. How many are covered here?",
        options=("All 25", "15 to 24", "Fewer"),
        settings={"target": "grid"},
        watch="The line of the modes: it jumps up as soon as anything is learned at all.",
        saw="{modes:.0f} islands, {high_quality:.0%} of the samples good.",
        why="Every batch holds noised points of all islands, and the loss counts each of them. "
        "There is no opponent to please, so none can be left out without a price (no mode "
        "collapse).",
        next="Play the same target on the GAN page and compare.",
        expected=0,
        outcome=_from("modes", 25, 15),
    ),
    Preset(
        id="plain",
        title="Two plain numbers",
        question="The same 25 islands, but a place goes in as its two numbers, without the waves. "
        "After as many steps, how many samples are good?",
        options=("As many as with waves", "About half", "Under 40 %"),
        settings={"target": "grid", "places": "numbers", "steps": SHORT},
        watch="Samples against the islands behind them.",
        saw="{high_quality:.0%} are good.",
        why="A network of two plain numbers learns what is broad first and what is small last "
        "(spectral bias). An island 0.05 wide is very small. Waves of the place hand it the "
        "fine scale ready made (Fourier features).",
        next="Give it 20,000 steps.",
        expected=2,
        outcome=_from("high_quality", 0.7, 0.4),
    ),
    Preset(
        id="units",
        title="The score in its own units",
        question="The score is the noise divided by minus its spread: the same knowledge. A "
        "network that predicts it, every time counted alike: how does it sample after 1,000 steps?",
        options=("As well", "Much worse"),
        settings={"predict": "score", "steps": SHORT},
        watch="Score, the error at each time: where is it large?",
        saw="{high_quality:.0%} good, {modes:.0f} islands; its error, as one of the noise, is "
        "{score_error:.3f}.",
        why="At small times the score is a hundred times as long as at large ones, so its squared "
        "error counts ten thousand times as much: the network works on the last steps alone, "
        "and islands are chosen in the first.",
        next="Under More, weigh it as if the noise were predicted.",
        expected=1,
        outcome=_from("high_quality", 0.7),
    ),
    Preset(
        id="wrong-schedule",
        title="Where nothing is left",
        question="The cosine schedule leaves a billionth of the data at the end. Nothing is cut, "
        "and the network has to say the noise. Where do the samples land?",
        options=("On the islands", "Near them", "Far outside of the plane"),
        settings={"schedule": "cosine", "clip": False, "steps": SHORT},
        watch="The distance from real points in the numbers: the plane is 6 wide.",
        saw="The samples are {swd:,.1f} from real points, and {high_quality:.0%} are good.",
        why="The data in x is what remains when the noise is taken out, divided by what is left of "
        "it. Divided by a thirty-thousandth, the smallest error of the noise becomes a huge one "
        "of the data. The linear schedule stops early enough.",
        next="Two cures: cut the guesses to the plane, or predict v.",
        expected=2,
        outcome=_under("swd", 0.3, 1.0),
    ),
)
