"""Questions about slopes through chance, to guess at before they are drawn."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def _how_many(metrics: Metrics) -> int:
    ratio = metrics["variance/score"] / metrics["variance/path"]
    return 0 if ratio < 3 else 1 if ratio < 50 else 2


def _grown(metrics: Metrics) -> int:
    score, path = (metrics[f"grown/{name}"] > 1.5 for name in ("score", "path"))
    return 2 if score and path else 1 if score else 0


def _cured(metrics: Metrics) -> int:
    ratio = metrics["variance/score"] / metrics["variance/path"]
    return 2 if metrics["grown/score"] > 1.1 else 0 if ratio < 3 else 1


def _told(metrics: Metrics) -> int:
    if metrics["variance/path"] == 0:
        return 2
    return 0 if abs(metrics["bias/path"]) < 1e-6 else 1


def _better(metrics: Metrics) -> int:
    ratio = metrics["variance/score"] / metrics["variance/path"]
    return 0 if ratio > 1.5 else 1 if ratio > 1 / 1.5 else 2


def _needed(metrics: Metrics) -> int:
    """By how much the error falls from 10 draws to 1,000: to a tenth, if it is one over root n."""
    fall = metrics["kl_error/10"] / metrics["kl_error/1000"]
    return 0 if fall > 30 else 1 if fall > 5 else 2


PRESETS = (
    Preset(
        id="factor",
        title="Two ways past the dice",
        question="Both estimate the slope of E[z²] at a mean of 2, from 10 draws each. How much "
        "more does the score function's estimate vary than the one through the path?",
        options=("About as much", "About 10 times the variance", "Over 100 times"),
        settings={},
        watch="The two histograms: one axis, and the dashed line is the exact slope.",
        saw="Variance {variance/score:.1f} against {variance/path:.2f}. By formula it is "
        "{factor:.0f} times as large, so it takes {factor:.0f} times as many draws.",
        why="The score function knows of f only its value at each draw, and has to find the slope "
        "by comparing draws. The path asks f for its slope at the draw: noise ε comes from the "
        "side, z = μ + σ ε, and the chain rule does the rest (reparameterisation).",
        next="Make the spread smaller: which of the two gets worse? Variance shows it.",
        expected=2,
        outcome=_how_many,
    ),
    Preset(
        id="shifted",
        title="Add 20",
        question="f(z) = z² + 20 has the same slope. What becomes of the two estimates?",
        options=("Nothing", "Score function worse, path as before", "Both worse"),
        settings={"constant": 20.0},
        watch="The upper histogram, and the numbers under the left graph.",
        saw="The score function's variance is {grown/score:.0f} times what it was. The path's is "
        "{variance/path:.2f}, as before.",
        why="The score function multiplies all of f(z) by the slope of log q. On average the "
        "constant falls out, but in every draw it is there. The path takes the derivative first, "
        "and the constant is gone.",
        next="Look at Descend with one draw in an estimate. Then choose a baseline.",
        expected=1,
        outcome=_grown,
    ),
    Preset(
        id="baseline",
        title="The cure, and how far it goes",
        question="Take the mean of f off before multiplying (a baseline). How good does the score "
        "function's estimate get, with the 20 still there?",
        options=("As good as the path's", "Better than before, not as good", "No better"),
        settings={"constant": 20.0, "baseline": "mean"},
        watch="Both histograms, then Variance.",
        saw="Its variance is {grown/score:.2f} times that without the 20 and without a baseline, "
        "and still {factor:.0f} times the path's. The mean of 2,000 estimates is "
        "{mean/score:.2f}, the exact slope {gradient:.2f}.",
        why="The slope of log q is 0 on average, so any constant may be taken off without a bias. "
        "What is left is how f differs from its mean, still without its slope. Where f has no "
        "slope to ask for, as in reinforcement learning, this is what there is.",
        next="Choose the best constant: is it much better than the mean?",
        expected=1,
        outcome=_cured,
    ),
    Preset(
        id="step",
        title="A step has no slope",
        question="f is 0 below 0 and 1 above, and the draw is near the step. What does the path "
        "say of the slope of its mean?",
        options=("The right slope, on average", "A wrong one, with noise", "0, every time"),
        settings={"function": "step", "mu": 0.5},
        watch="The lower histogram: where does it stand?",
        saw="Through the path: {mean/path:.0f}, always. The exact slope is {gradient:.3f}, and the "
        "score function has {mean/score:.3f} on average.",
        why="At every draw the step is flat, so its derivative is 0; all that changes with the "
        "mean is how many draws lie above, and that no derivative of f sees. The trick needs an f "
        "without jumps. A code that is picked from a book is such a jump: VQ-VAE copies the slope "
        "past it, knowing that it is not the true one.",
        next="Size, |z|, has a kink and no jump. Is the path wrong there?",
        expected=2,
        outcome=_told,
    ),
    Preset(
        id="kink",
        title="A kink is no step",
        question="|z| has no derivative at 0, and the draws lie around 0. Is the slope through the "
        "path right on average?",
        options=("Yes", "No, off a little", "No, it is 0"),
        settings={"function": "absolute", "mu": 0.2},
        watch="The lower histogram: slopes of -1 and +1, averaged over 10 draws.",
        saw="The mean of 2,000 estimates is {mean/path:.3f}, the exact slope {gradient:.3f}.",
        why="A single point is drawn with probability 0. As long as f does not jump, mean and "
        "derivative may be exchanged. That is why networks with ReLU can be trained this way.",
        next="Step at 0 is the derivative of such a kink. What changes?",
        expected=0,
        outcome=_told,
    ),
    Preset(
        id="waves",
        title="Is the path always better?",
        question="f is a fast wave, sin(10 z), and the draws spread over several of them. Which "
        "estimate varies less?",
        options=("The path's, as before", "Both alike", "The score function's"),
        settings={"function": "waves", "mu": 0.0, "sigma": 1.0},
        watch="The histograms, then Variance: the lines cross.",
        saw="Variance {variance/score:.3f} by the score function, {variance/path:.1f} through the "
        "path.",
        why="The wave never leaves -1 to 1, but its slopes reach 10 either way and cancel only on "
        "average. The path's variance grows with the slopes of f, the score function's with its "
        "values. What a decoder learns is mostly smooth across one code's spread.",
        next="Make the spread 0.1, a sixth of a wave: who is better now?",
        expected=2,
        outcome=_better,
    ),
    Preset(
        id="closed",
        title="The KL without dice",
        question="The KL to the prior can be averaged from draws, or computed. How many times the "
        "draws does a tenth of the error take?",
        options=("10 times", "100 times", "1,000 times"),
        settings={"mu": 1.0},
        watch="The KL term: five estimates home in on the dashed line, ever more slowly.",
        saw="From 10 draws the error is {kl_error/10:.3f} nats, from 1,000 draws "
        "{kl_error/1000:.4f}. The closed form says {kl:.4f}, with no draw at all.",
        why="The error of a mean falls as 1 over the root of the draws. For two normal laws the "
        "mean is known, so a VAE computes the KL term and draws for the reconstruction only.",
        next="Mean 0 and spread 1: q is the prior. What is the error of one draw?",
        expected=1,
        outcome=_needed,
    ),
)
