"""Questions to guess at about five uses, each with what the numbers bear out."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset


def _best(m: Mapping[str, float]) -> int:
    """Whose error is least: the denoising autoencoder, a VAE, or a filter."""
    sides = (("denoising",), ("vae", "vae-16"), ("blur", "median", "noisy"))
    least = [min(m[f"error/{name}"] for name in side) for side in sides]
    return least.index(min(least))


FILL_IN = (
    Preset(
        id="half",
        title="Half an eight",
        question="The left half of an 8 is painted over. What will eight completions be?",
        options=("Eight times an 8", "Some 8s, some 3s", "Eight grey blurs"),
        settings={},
        watch="The eight completions, and in orange where they differ.",
        saw="Of 256 completions {right:.0%} are read as an 8; {kinds:.0f} different digits come up "
        "in 5 % of them or more.",
        why="The right half of an 8 is also the right half of a 3. A VAE is a distribution over "
        "images: drawn from it given what is visible, both come up. A single best guess would hide "
        "the doubt.",
        next="Uncover a little of the left edge: which stroke ends the doubt?",
        expected=1,
        outcome=lambda m: 2 if m["agreement"] < 0.3 else 1 if m["kinds"] >= 2 else 0,
    ),
    Preset(
        id="told",
        title="Told that it is an 8",
        question="The same half of the same 8, but this model is told the class. What changes?",
        options=("Nothing", "Only 8s are left", "It draws them alike and wrong"),
        settings={"model": "vae-mnist-conditional"},
        watch="What is read in the eight, and how little orange is left.",
        saw="{right:.0%} are read as an 8, and the spread of a hidden pixel is {spread:.3f}.",
        why="A conditional VAE is a distribution over images of a class. The doubt between 3 and 8 "
        "was about the class; with the class given, it is gone. This one has only two latent "
        "numbers, so little of the handwriting is left to doubt either.",
        next="Take the model with two numbers that is not told the class.",
        expected=1,
        outcome=lambda m: 1 if m["right"] > 0.9 else 2 if m["kinds"] < 2 else 0,
    ),
    Preset(
        id="all",
        title="Nothing visible",
        question="The whole image is painted over. What does the model put there?",
        options=("Nothing", "The average digit, eight times", "Any digits"),
        settings={"mask": "all"},
        watch="The eight completions, then How sure it is.",
        saw="{kinds:.0f} digits come up in 5 % of the draws or more, the most frequent in "
        "{agreement:.0%}.",
        why="With nothing visible there is nothing to be given: p(image | nothing) is p(image), "
        "and these are samples from the prior. Every pixel that you uncover narrows them.",
        next="Paint over only the upper half of image 4: 4 or 9?",
        expected=2,
        outcome=lambda m: 2 if m["kinds"] >= 6 else 1,
    ),
)
FIND = (
    Preset(
        id="left-out",
        title="Never saw a zero",
        question="This model learned the digits 1 to 9. Can it tell that a 0 is none of them?",
        options=("Always", "Mostly", "No better than a coin"),
        settings={"use": "anomaly"},
        watch="The framed images among the most anomalous, then the ROC curve.",
        saw="A random 0 looks odder than a random other digit {area_elbo:.0%} of the time. At 5 % "
        "false alarms {caught:.0%} of the zeros are caught.",
        why="What it never learned it cannot encode, so it comes back as the nearest thing it "
        "knows, at the price of many nats. But a badly written 8 costs as much as a 0.",
        next="Leave out a 4 or a 9, which have a double among the digits it knows.",
        expected=1,
        outcome=lambda m: 0 if m["area_elbo"] > 0.99 else 1 if m["area_elbo"] > 0.7 else 2,
    ),
    Preset(
        id="one",
        title="Never saw a one",
        question="Now the 1 is left out. How odd do ones look to a model that never saw one?",
        options=("Odder than the rest", "Like the rest", "More normal than what it knows"),
        settings={"use": "anomaly", "left_out": "1"},
        watch="The least anomalous images: which are framed?",
        saw="The area under the ROC curve is {area_elbo:.2f}: a 1 mostly looks more normal than "
        "what it was trained on. {caught:.0%} of them are caught.",
        why="The score adds up over pixels, and a 1 has little ink: few pixels to get wrong, on a "
        "dark ground that the model knows well. The score measures how complicated an image is as "
        "much as how strange.",
        next="So which outsiders would go unnoticed in a factory or a bank?",
        expected=2,
        outcome=lambda m: 0 if m["area_elbo"] > 0.6 else 1 if m["area_elbo"] > 0.4 else 2,
    ),
    Preset(
        id="too-normal",
        title="The anomaly that looks too normal",
        question="A model of clothes is shown handwritten digits. Whom does it find likelier?",
        options=("Clothes, by far", "Clothes, by a little", "Digits, though it never saw one"),
        settings={"use": "anomaly", "known": "fashion-16"},
        watch="Scores and ROC: which of the two histograms is further left?",
        saw="The mean ELBO of clothes is {elbo_known:.0f} nats, of digits {elbo_outside:.0f}; "
        "the area is {area_elbo:.2f}, and of the digits {caught:.0%} are caught.",
        why="Clothes are full of grey texture that costs nats whoever explains it; a digit is a "
        "few strokes on black. A high likelihood does not mean that an image is one of its kind "
        "(Nalisnick et al. 2019).",
        next="Turn it around: a model of digits that is shown clothes.",
        expected=2,
        outcome=lambda m: (
            2 if m["elbo_outside"] > m["elbo_known"] else 1 if m["area_elbo"] < 0.9 else 0
        ),
    ),
    Preset(
        id="clothes",
        title="The other way round",
        question="A model of digits is shown clothes. Does it notice?",
        options=("Every time", "Half the time", "Never"),
        settings={"use": "anomaly", "known": "mnist"},
        watch="How far apart the two histograms are.",
        saw="The area is {area_elbo:.3f}: {elbo_known:.0f} nats against {elbo_outside:.0f}.",
        why="Large grey areas are what digits never have, and each pixel of them is paid for. "
        "The detector works in one direction and fails in the other.",
        next="Compare with the model of clothes that has two numbers: does it see more?",
        expected=0,
        outcome=lambda m: 0 if m["area_elbo"] > 0.99 else 1 if m["caught"] > 0.2 else 2,
    ),
)
CLEAN = (
    Preset(
        id="noise",
        title="Some noise",
        question="Noise of 0.3 on each pixel. Who comes closest to the clean digits?",
        options=("The denoising autoencoder", "A VAE", "A filter that learned nothing"),
        settings={"use": "denoise"},
        watch="The rows: sharpest is not nearest. The numbers tell.",
        saw="The median of 3x3 pixels leaves {error/median:.3f}, the denoising autoencoder "
        "{error/denoising:.3f}, the VAE with 16 numbers {error/vae-16:.3f}.",
        why="An autoencoder puts each digit through two numbers. What comes out is a clean digit, "
        "but of another hand. A median removes lone specks and leaves the strokes where they are.",
        next="Raise the noise until the order turns.",
        expected=2,
        outcome=_best,
    ),
    Preset(
        id="much",
        title="Much noise",
        question="Noise of 0.9: hardly a digit can be seen. Who comes closest now?",
        options=("The denoising autoencoder", "A VAE", "A filter that learned nothing"),
        settings={"use": "denoise", "noise": 0.9},
        watch="Cleaned, then Error by noise: where do the curves cross?",
        saw="The denoising autoencoder leaves {error/denoising:.3f}, the median "
        "{error/median:.3f}, the VAE with 16 numbers {error/vae-16:.3f}.",
        why="A filter sees nine pixels, and none of them is to be trusted. The autoencoder sees "
        "all 784 and knows what digits look like. The VAEs know too, but nobody taught their "
        "encoders what noise looks like.",
        next="At which noise do median and denoising autoencoder tie?",
        expected=0,
        outcome=_best,
    ),
    Preset(
        id="clean",
        title="No noise at all",
        question="The digits are clean already. What do two latent numbers make of them?",
        options=("They leave them alone", "They redraw them, and lose much"),
        settings={"use": "denoise", "noise": 0.0},
        watch="The row of the denoising autoencoder under the clean digits.",
        saw="The denoising autoencoder is {error/denoising:.3f} off, the VAE with 16 numbers "
        "{error/vae-16:.3f}, and the best blur, none, {error/blur:.3f}.",
        why="A bottleneck cannot be switched off: everything passes through it. With 16 "
        "numbers a VAE loses a third as much, and lets more of the noise through.",
        next="On which side of noise 0.2 would you use an autoencoder?",
        expected=1,
        outcome=lambda m: int(m["error/denoising"] > 0.02),
    ),
)
SQUEEZE = (
    Preset(
        id="planes",
        title="Two numbers for a digit",
        question="500 digits in a plane, by VAE, PCA and t-SNE. Which keeps like with like best?",
        options=("VAE", "PCA", "The map of t-SNE"),
        settings={"use": "compress"},
        watch="The three planes; then And back.",
        saw="The five nearest are mostly of the own class for {right/vae:.0%} of the digits in "
        "the VAE's plane, {right/pca:.0%} in PCA's, {right/tsne:.0%} in t-SNE's.",
        why="t-SNE moves the points until neighbours in pixels are neighbours in the plane. It has "
        "neither an encoder for the next digit nor a decoder: its plane is a map to look "
        "at, not a code. The VAE's plane is one.",
        next="Change the neighbours that t-SNE heeds, and the seed. Which distances can you trust?",
        expected=2,
        outcome=lambda m: max(range(3), key=lambda n: m[f"right/{('vae', 'pca', 'tsne')[n]}"]),
    ),
    Preset(
        id="worth",
        title="What two numbers are worth",
        question="A VAE brings clothes back from two numbers. How many must PCA keep for that?",
        options=("Two, as many", "Three or four", "Seven or more"),
        settings={"use": "compress", "data": "fashion"},
        watch="And back: the rows of VAE and PCA.",
        saw="The VAE leaves {error/vae:.3f} a pixel, PCA with two numbers {error/pca:.3f}; it "
        "takes {components:.0f} components to be as near.",
        why="PCA's plane is flat: what it brings back is the mean plus two fixed pictures, more or "
        "less of each. The decoder bends its plane through the images.",
        next="The classes are further apart in the VAE's plane. Was it told them?",
        expected=2,
        outcome=lambda m: 0 if m["components"] < 3 else 1 if m["components"] < 7 else 2,
    ),
)
DESIGN = (
    Preset(
        id="shoe",
        title="From sneaker to boot",
        question="Ten steps from a sneaker to an ankle boot. Are the shoes in the middle copies?",
        options=("Copies of training images", "As new as any unseen image"),
        settings={"use": "design"},
        watch="The first row over the training images nearest to it; then Copied or new.",
        saw="The middle is {novelty:.2f} times as far from the nearest training image as unseen "
        "images are when they are decoded.",
        why="The codes between two shoes belong to no image, and the decoder, being continuous, "
        "makes a shoe of each. Pixel by pixel one shoe fades through the other: two ghosts, no "
        "design.",
        next="Change the seed for other shoes. Which shaft height would sell?",
        expected=1,
        outcome=lambda m: int(m["novelty"] > 0.7),
    ),
    Preset(
        id="bag",
        title="From boot to bag",
        question="What lies between a boot and a bag, in the plane of two numbers?",
        options=("Boots, then bags", "Other kinds of things", "A bag with laces"),
        settings={"use": "design", "start": "ankle-boot", "end": "bag", "latent": "2"},
        watch="What is read along the first row.",
        saw="The classifier reads {kinds:.0f} kinds on the way. The middle is {novelty:.2f} times "
        "as far from any training image as unseen images, decoded.",
        why="A straight line in a plane crosses what lies between, here shoes of another kind. "
        "What is on the way is new, and not always good: far from all that it has learned, the "
        "decoder can only blur.",
        next="Take 16 numbers: a line in 16 dimensions hits less.",
        expected=1,
        outcome=lambda m: int(m["kinds"] > 2),
    ),
)


PRESETS = (*FILL_IN, *FIND, *CLEAN, *SQUEEZE, *DESIGN)
