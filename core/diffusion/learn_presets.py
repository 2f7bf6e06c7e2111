"""Questions to guess at before a denoiser is trained, each with what its numbers bear out."""

from __future__ import annotations

from core.experiment import Preset

PRESETS = (
    Preset(
        id="minute",
        title="A minute of noise",
        question="It never draws. It is shown noisy digits, 700 batches of them, and says what the "
        "noise was. Can it write afterwards?",
        options=("No: blots", "Some can be read", "Most can be read"),
        settings={},
        watch="The wall: the same noise at every step, first as noise, then as strokes.",
        saw="{class_accuracy:.0%} of thirty digits are read as the one that was asked for.",
        why="To say what is noise it must know what is a digit. Asked again and again, each time "
        "with a little of the noise taken away, what it knows becomes a picture.",
        next="Take it to the next lesson with the button below, and give it guidance.",
        expected=2,
        outcome=lambda m: 0 if m["class_accuracy"] < 0.3 else 1 if m["class_accuracy"] < 0.6 else 2,
    ),
    Preset(
        id="never-told",
        title="Never told the class",
        question="The class is left out of every example. What comes out where a 3 is asked for?",
        options=("A 3", "Any digit", "No digit"),
        settings={"drop": 1.0},
        watch="Read a column of the wall from top to bottom.",
        saw="{class_accuracy:.0%} are read as asked for; by chance it would be 10 %.",
        why="A class that never came with a digit means nothing. The noise alone decides which "
        "digit it becomes. This is the unconditional model, which guidance starts from.",
        next="Leave the class out of one in ten: both models in one network.",
        expected=1,
        outcome=lambda m: 0 if m["class_accuracy"] > 0.35 else 1,
    ),
    Preset(
        id="ten",
        title="Ten digits to learn from",
        question="It sees ten images, one of each digit, over and over. What will it write?",
        options=("New digits", "Those ten", "Nothing"),
        settings={"train_size": 10},
        watch="Down a column: how many different hands do you see?",
        saw="What it writes is {novelty:.2f} times as far from its ten images as digits that it "
        "never saw: near 0 would be copies. On those its loss is {held_out:.2f}, on its own "
        "{loss:.2f}.",
        why="With ten images the best guess under any noise is one of the ten, and the network has "
        "weights enough to keep them. The loss on digits that it never saw gives it away: it "
        "rises while the other falls.",
        next="How many images does it take until it stops copying? Try 100, then 1,000.",
        expected=1,
        outcome=lambda m: 1 if m["novelty"] < 0.5 else 0,
    ),
)
