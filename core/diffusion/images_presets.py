"""Questions to guess at with a trained denoiser of digits, each with what its numbers bear out."""

from __future__ import annotations

from collections.abc import Mapping

from core.diffusion.images_drawings import TRIANGLE
from core.experiment import Preset


def _guided(m: Mapping[str, float]) -> int:
    """Whether much guidance makes digits better, worse, or leaves them as they are."""
    if abs(m["apart/10"] - m["apart/1"]) < 0.05 and m["beyond/10"] < 0.03:
        return 2
    return 1 if m["apart/10"] < m["apart/1"] and m["beyond/10"] > 3 * m["beyond/1"] else 0


def _latent(m: Mapping[str, float]) -> int:
    """Whether latent diffusion is cheaper, and as good."""
    if m["macs/latent"] > m["macs/pixels"]:
        return 2
    return int(m["measured_frechet/latent/1"] <= 1.1 * m["measured_frechet/pixels/1"])


MAKE = (
    Preset(
        id="fifty",
        title="Fifty steps from noise",
        question="Sixteen squares of pure noise, and 50 times a network says what part of it is "
        "noise. How many of the sixteen become the digit that was asked for?",
        options=("All, or all but one", "About three in four", "Half of them"),
        settings={},
        watch="Scrub back to the start: the right wall is what the network thinks is under it.",
        saw="{class_accuracy:.0%} are read as asked for, after {calls:.0f} looks at each: one with "
        "the class and one without it, at every step.",
        why="At first it can only guess, so its guess is a blur, the mean of all that it could be. "
        "A step goes a little of the way there. With less noise the next guess is sharper.",
        next="Ask for none: when is it decided which digit it will be?",
        expected=0,
        outcome=lambda m: sum(m["class_accuracy"] < limit for limit in (0.93, 0.65)),
    ),
    Preset(
        id="none",
        title="Nobody asks for a digit",
        question="No class is asked for. When is it decided which digit the noise becomes?",
        options=("In the first half of the steps", "In the second half", "In the last few steps"),
        settings={"label": "none"},
        watch="The right wall, step by step: when do the shapes stop changing into others?",
        saw="From {decided:.0%} of the steps on, three in four of the guesses are read as the "
        "digit that they end as.",
        why="Under much noise every digit is still possible, and the guess is their mean. The "
        "coarse shape is settled first, then strokes, last the edges.",
        next="Change the seed: other noise, other digits. Nothing else decides with DDIM.",
        expected=0,
        outcome=lambda m: 0 if m["decided"] < 0.5 else 1 if m["decided"] < 0.9 else 2,
    ),
    Preset(
        id="guidance",
        title="Guidance from 0 to 10",
        question="Guidance says how much the class counts. From 0 to 10 on the same noise: what "
        "does ever more of it do?",
        options=("Better and better threes", "Alike and too bold", "Nothing after 1"),
        settings={"task": "guidance", "label": "3", "steps": 16},
        watch="The rows from top to bottom, then Measured on 500.",
        saw="At 1 the threes are {apart/1:.2f} times as far apart as real ones, at 10 "
        "{apart/10:.2f} times, and {beyond/10:.0%} of the pixels are out of range. Of "
        "500 digits {measured_class_accuracy/1:.1%} are right at 1 and "
        "{measured_class_accuracy/2:.1%} at 2, while the Fréchet distance grows from "
        "{measured_frechet/1:.2f} to {measured_frechet/2:.2f}, and to {measured_frechet/10:.2f} at "
        "10.",
        why="Past 1 the class is overstated: what tells a 3 from other digits is exaggerated. A "
        "little makes digits clearer and costs variety; too much leaves real threes behind "
        "(over-saturation).",
        next="Look for the best scale under Measured on 500. Is it the same for every measure?",
        expected=1,
        outcome=_guided,
    ),
    Preset(
        id="one-step",
        title="Too few steps",
        question="Sixteen threes from sixteen different noises, in one single step. What comes?",
        options=("Sixteen different threes", "Sixteen times the same blur", "Noise"),
        settings={"label": "3", "steps": 1, "guidance": 1.0},
        watch="The right wall: how different are the sixteen?",
        saw="They are {apart:.2f} times as far apart as sixteen real threes.",
        why="The first guess of x0 is the mean of all threes, whichever the noise: nothing is to "
        "be seen yet. Only steps in between let a guess become a choice.",
        next="Raise the steps to 3, then 5, then 10. When are they as different as real ones?",
        expected=1,
        outcome=lambda m: 1 if m["apart"] < 0.6 else 0,
    ),
    Preset(
        id="samplers",
        title="One noise, five samplers",
        question="Five samplers start from the same noise. Which of them come to the same digits?",
        options=("All five", "All but DDPM", "No two of them"),
        settings={"task": "samplers", "guidance": 1.0},
        watch="The rightmost columns, and the row of DDPM.",
        saw="After 20 steps DDIM is {off/ddim/20:.2f} from where many steps lead, DPM-Solver++ "
        "{off/dpm-solver/20:.2f}, DDPM {off/ddpm/20:.2f}.",
        why="Four of them follow the same curve (the probability flow ODE) with other strides, so "
        "the noise decides all. DDPM throws new dice at every step.",
        next="Which of them needs the fewest looks at the network? See Distance by steps.",
        expected=1,
        outcome=lambda m: 2 if m["off/dpm-solver/20"] > 0.3 else 1 if m["off/ddpm/20"] > 0.3 else 0,
    ),
    Preset(
        id="latent",
        title="Latent against pixels",
        question="Remove noise from 16 numbers instead of 784 pixels, and let a decoder draw. What "
        "is won, what is lost?",
        options=("Far cheaper, and worse", "Far cheaper, and as good", "It costs more"),
        settings={"space": "latent", "guidance": 1.0},
        watch="Latent against pixels: strokes, then the bars.",
        saw="A step costs {macs/latent:.2f} million multiply-adds instead of {macs/pixels:.0f}; "
        "the Fréchet distance is {measured_frechet/latent/1:.2f} instead of "
        "{measured_frechet/pixels/1:.2f}.",
        why="The autoencoder has thrown away what it cannot say in 16 numbers, and no sampler "
        "brings it back. Large models keep thousands of latent numbers and a sharper decoder: then "
        "little is lost and still most is saved.",
        next="Scrub: what is there now is 16 greys, and only the decoder makes a digit of them.",
        expected=0,
        outcome=_latent,
    ),
)
MEND = (
    Preset(
        id="inpaint",
        title="Half an eight",
        question="The left half of an 8 is painted over. The same model fills it in eight times. "
        "Does it always make an 8 of it?",
        options=("Eight times an 8", "Mostly, or often not", "Never"),
        settings={"task": "inpaint"},
        watch="The eight, and in orange where they differ.",
        saw="{right:.0%} of them are read as an 8; {kinds:.0f} different digits come up.",
        why="The right half of an 8 could be that of a 3 or a 5. The model was never trained to "
        "fill in: what is known is put back into its guess at every step.",
        next="Paint on it yourself: which stroke ends the doubt?",
        expected=1,
        outcome=lambda m: 0 if m["right"] == 1 else 1 if m["right"] > 0 else 2,
    ),
    Preset(
        id="upscale",
        title="From 49 pixels to 784",
        question="Only the means of 4x4 blocks are left of a 2. Eight sharp digits with just those "
        "means: how many are still a 2?",
        options=("Most of them", "Half at most", "None"),
        settings={"task": "upscale", "image": 12},
        watch="The eight answers: what do they agree on, where do they differ?",
        saw="{right:.0%} are read as a 2, and a pixel is off by {error_one:.3f} (squared).",
        why="49 greys hold the rough shape, and the model knows what strokes look like. Details "
        "are invented: all eight agree with what was given, and with each other only roughly.",
        next="Would you let it sharpen a number plate?",
        expected=0,
        outcome=lambda m: 0 if m["right"] > 0.5 else 1 if m["right"] > 0 else 2,
    ),
    Preset(
        id="denoise",
        title="Mean or sample",
        question="An 8 under noise of 0.5. Which is nearer to the truth?",
        options=(
            "One look: the mean of all that it may be",
            "One of eight sharp digits",
            "No difference",
        ),
        settings={"task": "denoise"},
        watch="The eight beside their mean, then the errors in the table.",
        saw="One look leaves an error of {error_best:.4f} a pixel, one sharp digit "
        "{error_one:.4f}; the noise itself is {error_given:.3f}.",
        why="The mean of all possible digits has the least squared error, and it is blurred where "
        "they differ. A sample is sharp, and its own choice adds to the error: exactly as much "
        "again, were the model exact.",
        next="Raise the noise to 1.5: the mean dissolves, the samples stay digits.",
        expected=0,
        outcome=lambda m: (
            0
            if m["error_best"] < 0.9 * m["error_one"]
            else 1
            if m["error_best"] > 1.1 * m["error_one"]
            else 2
        ),
    ),
    Preset(
        id="sketch",
        title="A triangle that should be a 4",
        question="A drawn triangle goes into the noise, and eight come back, asked to be a 4. What "
        "are they?",
        options=("Triangles", "Fours, most of them", "Neither"),
        settings={
            "task": "sketch",
            "label": "4",
            "drawing": TRIANGLE,
            "strength": 0.8,
            "guidance": 4.0,
        },
        watch="Which strokes of the triangle are still there?",
        saw="{class_accuracy:.0%} are read as a 4; a pixel moved by {moved:.2f}.",
        why="Noise drowns detail first and coarse shape last. From {began:.0f} of 1,000 on only "
        "the coarse shape was left, and the way back makes of it what it was asked for (SDEdit).",
        next="Strength 0.4 keeps the triangle, 0.95 forgets it. Draw something of your own.",
        expected=1,
        outcome=lambda m: 1 if m["class_accuracy"] > 0.5 else 0 if m["moved"] < 0.2 else 2,
    ),
)

PRESETS = (*MAKE, *MEND)
