"""Questions to guess at with a trained generator, each with what its samples bear out."""

from __future__ import annotations

from core.experiment import Preset

PRESETS = (
    Preset(
        id="asked",
        title="Ask for a digit",
        question="500 digits, each asked for by name. How many does another network read as the "
        "digit that was asked for?",
        options=("Over 95 in 100", "About 3 in 4", "About half"),
        settings={},
        watch="The wall: a column is one class, asked for with other noise each time.",
        saw="{class_accuracy:.1%} are read as asked for.",
        why="The class goes in beside the noise, and the discriminator judged each image as one of "
        "its class: a fine 7 that was asked for as a 2 lost. So the noise was left to carry the "
        "rest: slant, stroke, size.",
        next="Click a digit, then look at Directions: what does the noise decide?",
        expected=0,
        outcome=lambda m: sum(m["class_accuracy"] < limit for limit in (0.95, 0.65)),
    ),
    Preset(
        id="half",
        title="Half the noise",
        question="All noise is halved. What becomes of the digits?",
        options=("Better, and more alike", "Better, and as varied", "Worse"),
        settings={"truncation": 0.5},
        watch="The wall, then precision and recall in the table.",
        saw="Precision {precision:.0%}, recall {recall:.0%}: believable, and fewer kinds. The "
        "spread within a class is {diversity:.0%} of real digits'.",
        why="Near the middle of the noise the generator has practised most, and odd shapes come "
        "from its rim. Staying in the middle buys quality with diversity (truncation).",
        next="Look at one number alone and you are fooled: the Fréchet distance is hardly better "
        "or even worse here, for it counts both.",
        expected=0,
        outcome=lambda m: (
            2 if m["precision"] < 0.8 else 0 if m["recall"] < 0.65 and m["diversity"] < 0.9 else 1
        ),
    ),
    Preset(
        id="none",
        title="No noise",
        question="The noise is 0. How many different threes are there?",
        options=("One", "A few", "As many as ever"),
        settings={"truncation": 0.0},
        watch="Any column of the wall.",
        saw="The spread within a class is {diversity:.0%}; precision {precision:.0%}, recall "
        "{recall:.0%}.",
        why="A generator has no luck of its own: the same input makes the same image. All there "
        "is of variety comes from the noise.",
        next="Precision is perfect with ten images. Which number gives it away?",
        expected=0,
        outcome=lambda m: 0 if m["diversity"] < 0.01 else 1 if m["diversity"] < 0.5 else 2,
    ),
    Preset(
        id="wide",
        title="More than it knows",
        question="The noise is 1.75 times as wide as in training. What comes out?",
        options=("More varied, and worse", "More varied, as good", "Much the same"),
        settings={"truncation": 1.75},
        watch="The wall: strokes that no hand would draw.",
        saw="{class_accuracy:.0%} are still read as asked for; precision {precision:.0%}, recall "
        "{recall:.0%}.",
        why="Noise this far out hardly ever came up in training, so nobody corrected what the "
        "generator makes of it.",
        next="Find a spread with both precision and recall near 75 %.",
        expected=0,
        outcome=lambda m: 2 if m["recall"] < 0.75 else 0 if m["class_accuracy"] < 0.92 else 1,
    ),
    Preset(
        id="new",
        title="Copied or new",
        question="This one makes clothes. Did it learn what clothes are like, or 12,000 pictures "
        "by heart?",
        options=("By heart: copies", "Its samples are as new as unseen pictures"),
        settings={"model": "gan-fashion"},
        watch="Copied or new: each made image over the training image nearest to it.",
        saw="Samples are {novelty:.2f} times as far from the nearest training image as real "
        "pictures are that it never saw.",
        why="The generator never sees a training image, only the discriminator's slope; 74,000 "
        "weights could not hold 12,000 pictures either. Few pictures it can copy: try it under "
        "Make images.",
        next="Nearest in pixels is a coarse measure: a copy moved by two pixels would pass. What "
        "else would you compare?",
        expected=1,
        outcome=lambda m: int(m["novelty"] > 0.7),
    ),
)
