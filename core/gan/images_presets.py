"""Questions to guess at with images made by a GAN, each with what nine of ten seeds give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def _as_asked(*limits: float) -> Callable[[Metrics], int]:
    """Outcome 0 from the first limit of the class accuracy on, 1 from the second on, ..."""
    return lambda metrics: sum(metrics["class_accuracy"] < limit for limit in limits)


PRESETS = (
    Preset(
        id="asked",
        title="Half a minute of play",
        question="After 1,500 steps the generator is asked for 500 digits by name. How many are "
        "read as what was asked for?",
        options=("Over 9 in 10", "About half", "1 in 10: a blind guess"),
        settings={},
        watch="The wall, not the losses: shapes come within the first few hundred steps.",
        saw="{class_accuracy:.0%} are read as asked for. The Fréchet distance is {frechet:.2f}; "
        "real digits have {frechet_real:.2f}.",
        why="The generator never sees a digit. It only gets the discriminator's slope: in which "
        "direction each pixel would have to change to look more real for that class.",
        next="Look at the latent walk: what lies between two digits? Then take this generator to "
        "Ask the generator.",
        expected=0,
        outcome=_as_asked(0.9, 0.3),
    ),
    Preset(
        id="few",
        title="Twenty images",
        question="It may learn from twenty small digits only, two of each. What will it make?",
        options=("New digits in the same style", "Copies of the twenty", "Noise"),
        settings={"data": "digits", "train_size": 20, "steps": 1500},
        watch="Copied or new: each made digit over the training image nearest to it.",
        saw="Its samples are {novelty:.2f} times as far from the twenty as real digits that it "
        "never saw. Precision is {precision:.0%}, recall {recall:.0%}.",
        why="The discriminator learns the twenty by heart, so only those twenty pass. Every sample "
        "is a real digit, which is all that precision asks; that nothing else is ever made shows "
        "in recall.",
        next="Give it 200 images, then all of them: where does novelty come near 1?",
        expected=1,
        outcome=lambda m: 1 if m["novelty"] < 0.6 else 0 if m["class_accuracy"] > 0.5 else 2,
    ),
    Preset(
        id="untold",
        title="Nobody tells the classes",
        question="Small digits without their names. How many of the ten digits will it make?",
        options=("Nine or ten", "About half", "One or two"),
        settings={"data": "digits", "conditional": False, "steps": 1500},
        watch="Quality: what is made, and how high recall climbs.",
        saw="{classes:.0f} of the ten are among its samples; recall is {recall:.0%}.",
        why="The discriminator sees batches with all ten. A digit that is never made stays a sure "
        "sign of the real ones, and its slope pulls samples there. Within a digit few kinds are "
        "made all the same: recall says so, the count of classes does not.",
        next="Tell both the class: which numbers change most?",
        expected=0,
        outcome=lambda m: sum(m["classes"] < limit for limit in (9, 3)),
    ),
    Preset(
        id="calm",
        title="Losses as in the book",
        question="The discriminator learns 100 times slower. After 400 steps its loss is 1.39, "
        "exactly that of the equilibrium. How good are the digits?",
        options=("As good as real ones", "Readable", "Not digits at all"),
        settings={"data": "digits", "lr_d": 1e-5, "steps": 400},
        watch="Both losses on their dotted lines, and the wall beside them.",
        saw="The discriminator's loss is {d_loss:.2f}, and {class_accuracy:.0%} are read as asked "
        "for: a blind guess has 10 %.",
        why="A judge who knows nothing says one half to everything, and so does one who is faced "
        "with perfect fakes. The losses cannot tell the two apart.",
        next="Set the rate to 0.001 and look where the losses end.",
        expected=2,
        outcome=_as_asked(0.9, 0.5),
    ),
    Preset(
        id="strict",
        title="A judge far ahead",
        question="Now the discriminator learns 200 times faster than the generator. Does a better "
        "judge make better digits?",
        options=("Yes, clearly", "A little", "No: hardly anything is learned"),
        settings={"data": "digits", "lr_d": 0.02, "lr_g": 1e-4, "steps": 400},
        watch="The losses: one falls to almost nothing, the other climbs.",
        saw="The discriminator's loss is {d_loss:.2f}, the generator's {g_loss:.1f}, and "
        "{class_accuracy:.0%} are read as asked for.",
        why="A judge that is always sure, and has learned it in a few steps, has a slope that "
        "points nowhere useful: the generator is told that all is wrong, and not what.",
        next="Make both rates 0.001: neither may run away.",
        expected=2,
        outcome=_as_asked(0.9, 0.5),
    ),
)
