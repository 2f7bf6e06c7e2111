"""Questions about two bells, to guess at before they are computed."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

WEAK, STRONG = 0.01, 3.0


def _strength(metrics: Mapping[str, float], loss: str) -> int:
    pull = metrics[f"pull/{loss}"]
    return 0 if pull > STRONG else 1 if pull > WEAK else 2


def _notices(metrics: Mapping[str, float]) -> int:
    grew = [metrics[f"{name}_further"] / metrics[name] > 1.05 for name in ("js", "w1")]
    return {(True, True): 0, (True, False): 1, (False, True): 2}.get((grew[0], grew[1]), 3)


def _widened(metrics: Mapping[str, float]) -> int:
    widen = [value for name, value in metrics.items() if name.startswith("widen/")]
    widened = sum(value > WEAK for value in widen)
    return 1 if widened == len(widen) else 2 if widened == 0 else 0


PRESETS = (
    Preset(
        id="vanishing",
        title="The vanishing gradient",
        question="The fakes are far off and the discriminator is perfect. How hard does the "
        "minimax loss pull them home?",
        options=("Hard: they are far off", "About 1, wherever they are", "Hardly at all"),
        settings={},
        watch="The two upper rows of pulls: they share one discriminator.",
        saw="The pull is {pull/minimax:.4f} under minimax, {pull/non-saturating:.1f} under "
        "non-saturating and {pull/wasserstein:.0f} under Wasserstein.",
        why="Minimax makes log(1 - D) small. A perfect discriminator says 0 of every fake, and "
        "there the curve is flat: the gradient carries a factor D. Minus log D is steepest just "
        "there: its factor is 1 - D.",
        next="Drag the fakes home: where do the two pulls meet?",
        expected=2,
        outcome=lambda m: _strength(m, "minimax"),
    ),
    Preset(
        id="notices",
        title="JS against W1",
        question="Move the fakes from 3 to 5. Which of the two distances notices?",
        options=("Both", "JS only", "W1 only", "Neither"),
        settings={"shift": 3.0},
        watch="The two meters while you drag.",
        saw="JS goes from {js:.3f} to {js_further:.3f}, W1 from {w1:.2f} to {w1_further:.2f}.",
        why="JS asks how well the two can be told apart. Once that is perfect, ln 2 = 0.693, "
        "farther off is no better told apart. W1 asks how far the mass has to be carried.",
        next="The view Against distance: JS is flat, W1 is straight.",
        expected=2,
        outcome=_notices,
    ),
    Preset(
        id="narrow",
        title="Too narrow",
        question="The centre is right, but the fakes stand too close together. Which losses pull "
        "them apart?",
        options=("Some of them", "All of them", "None: the centre is right"),
        settings={"shift": 0.0, "width": 0.2},
        watch="The right column of pulls, on the width.",
        saw="The pull outwards is {widen/minimax:.2f} under minimax, {widen/non-saturating:.2f} "
        "under non-saturating, {widen/hinge:.2f} under hinge, {widen/wasserstein:.2f} under "
        "Wasserstein. On the centre it is {pull/minimax:.0f}.",
        why="In the middle fakes outnumber the real ones, beside it the real ones outnumber them. "
        "So each best discriminator rises outwards, on both sides, and the fakes climb it.",
        next="Drag them to 2: which loss no longer minds the width?",
        expected=1,
        outcome=_widened,
    ),
    Preset(
        id="squares",
        title="Least squares",
        question="Least squares was proposed against vanishing gradients. With a perfect "
        "discriminator, how hard does it pull from 4?",
        options=("Harder the farther off", "About 1", "Hardly at all, like minimax"),
        settings={"loss": "least-squares"},
        watch="The third row of pulls.",
        saw="The pull is {pull/least-squares:.4f}; minimax has {pull/minimax:.4f}.",
        why="Its best discriminator is the same p / (p + q), flat at 0 over all the fakes. Least "
        "squares helps while the discriminator is not at its best: a straight one grows with the "
        "distance, and the loss with it.",
        next="Hinge: the best discriminator is a step. Which fakes feel it?",
        expected=2,
        outcome=lambda m: _strength(m, "least-squares"),
    ),
)
