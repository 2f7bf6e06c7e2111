"""Questions to guess at about single steps, each with what nine of ten seeds give."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]
LITTLE = 0.1  # of a loss, in nats
WEAK = 0.2  # a mean pull, in nats per unit of the plane, that is hardly one


def _fell(metrics: Metrics) -> int:
    fall = metrics["d_loss"] - metrics["d_loss_after"]
    return 2 if fall < 0 else 0 if fall < LITTLE else 1


def _along(metrics: Metrics) -> int:
    share = metrics["along"]
    return 0 if share == 1 else 1 if share >= 0.5 else 2


def _pull(metrics: Metrics) -> int:
    return 0 if metrics["pull"] < WEAK else 1


ALONE = {"phases": "d", "before": 0, "rounds": 10, "lr_d": 0.1}
PULLS = ("Hardly: under 0.2", "Clearly: over 0.2")

PRESETS = (
    Preset(
        id="one-step",
        title="One step of D",
        question="D judges 32 real points and 32 fakes, and moves its weights once. What happens "
        "to its loss on those same points?",
        options=("Falls by less than 0.1", "Falls by more", "Rises"),
        settings={},
        watch="Phase 4: the dashed line is where D drew its border before the step.",
        saw="From {d_loss:.3f} to {d_loss_after:.3f}. After G's step, D takes "
        "{fooled_after:.0%} of the new fakes for real; before it, {fooled:.0%}.",
        why="The step goes downhill on these very points, so the loss on them falls, but the rate "
        "keeps it short. A round is one such step for each player, and a game is thousands.",
        next="Turn on Replay and go through the phases, or press the button for the next one.",
        expected=0,
        outcome=_fell,
    ),
    Preset(
        id="own-way",
        title="Where each fake is pulled",
        question="Every fake has an arrow that says where D would sooner take it for real. After "
        "G's step, did each of the 32 go along its own?",
        options=("All of them", "Most, not all", "Fewer than half"),
        settings={"target": "ring", "before": 300},
        watch="The last phase: open diamonds are the fakes before G's step, full ones after it.",
        saw="{along:.0%} of the fakes went along their arrow; G's loss went from {g_loss:.3f} to "
        "{g_loss_after:.3f}.",
        why="The arrows are what the gradient asks of the fakes, but only G's weights can move, "
        "and all fakes share them. Where two arrows disagree, one of the fakes has to give way.",
        next="Set 'Rounds before' to 0: one blob, and all arrows agree.",
        expected=1,
        outcome=_along,
    ),
    Preset(
        id="minimax-fades",
        title="D races ahead, minimax",
        question="G stands still while D alone takes ten long steps, until it knows every fake. "
        "How strongly does the minimax loss then pull a fake?",
        options=PULLS,
        settings={**ALONE, "loss": "minimax"},
        watch="The view Gradients, last panel: the pull on the fakes, round by round.",
        saw="The mean pull ended at {pull:.3f}. D has {d_right:.0%} right and takes "
        "{fooled:.0%} of the fakes for real.",
        why="Minimax weighs D's slope under a fake by D(x), the chance that it is real. Where D is "
        "sure, that is next to nothing: the better D, the less G can learn (vanishing gradient).",
        next="The same ten steps with the non-saturating loss.",
        expected=0,
        outcome=_pull,
    ),
    Preset(
        id="non-saturating-holds",
        title="D races ahead, non-saturating",
        question="The same ten steps of D alone. How strongly does the non-saturating loss pull a "
        "fake that D knows for a fake?",
        options=PULLS,
        settings={**ALONE, "loss": "non-saturating"},
        watch="The view Gradients, last panel: it rises as D gets better.",
        saw="The mean pull ended at {pull:.2f}; D takes {fooled:.0%} of the fakes for real.",
        why="This loss weighs the same slope by 1 - D(x), which is near 1 for a fake that D knows. "
        "Same discriminator, same slope, but the pull stays.",
        next="Let both learn: does G still fool D now and then?",
        expected=1,
        outcome=_pull,
    ),
)
