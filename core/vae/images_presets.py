"""Questions to guess at with autoencoders in training, each with what nine of ten seeds give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def _falls(name: str, *limits: float) -> Callable[[Metrics], int]:
    """Outcome 0 from the first limit of a metric on, 1 from the second on, ..."""
    return lambda metrics: sum(metrics[name] < limit for limit in limits)


PRESETS = (
    Preset(
        id="two",
        title="Two numbers",
        question="784 pixels become two numbers, and an image again. After 4,000 steps, 300 random "
        "pairs of numbers are decoded. How many of the ten digits are among them?",
        options=("Seven or more", "Four to six", "One to three"),
        settings={},
        watch="The right half of the latent plane: digits part from one grey blot.",
        saw="{classes:.0f} of the ten are there, and {readable:.0%} of the draws can be read with "
        "certainty. The code tells {kl:.1f} nats of an image; the ELBO is {elbo:.1f} nats.",
        why="Each image is coded as a small cloud, not a point, so neighbours must decode alike. "
        "And all clouds together are to fill the prior, so a random code falls among them.",
        next="Guess again with 16 numbers and no prior: Holes.",
        expected=0,
        outcome=_falls("classes", 6.5, 3.5),
    ),
    Preset(
        id="holes",
        title="Holes",
        question="A plain autoencoder with 16 numbers returns digits far better than two numbers "
        "could. Now decode random codes. How many will be readable?",
        options=("Most of them", "About half", "Less than a third"),
        settings={"kind": "autoencoder", "latent_dim": 16},
        watch="What comes back, then Samples: the circles of the prior among the codes.",
        saw="Reconstruction is {reconstruction:.0f} nats, and {readable:.0%} of the random codes "
        "decode to something readable.",
        why="It was only ever asked about codes of real images. They lie where they happen to, "
        "far out and with holes between, and nothing said what a hole is to look like.",
        next="Make it a VAE, still with 16 numbers: what comes back gets worse, random codes get "
        "better.",
        expected=2,
        outcome=_falls("readable", 0.6, 0.33),
    ),
    Preset(
        id="noise",
        title="Clean what is noisy",
        question="Noise with half of a pixel's range as standard deviation is added, and the clean "
        "digit is asked for. How much of the squared error is left on digits it never saw?",
        options=("About a quarter", "Half or more", "All of it, or more"),
        settings={"kind": "denoising", "latent_dim": 16, "steps": 2500},
        watch="What comes back: original, with noise, returned.",
        saw="{noise_left:.0%} of the squared error is left.",
        why="Sixteen numbers cannot carry 784 random ones. What fits through is what digits have "
        "in common, so the noise stays behind.",
        next="Set the noise to 1. Then two latent numbers: clean digits, but are they the right "
        "ones?",
        expected=0,
        outcome=lambda m: sum(m["noise_left"] > limit for limit in (0.4, 0.9)),
    ),
    Preset(
        id="sixteen",
        title="Numbers that say nothing",
        question="A VAE gets 16 latent numbers instead of two. How many does it use?",
        options=("All 16", "Fourteen or so", "Twelve or fewer"),
        settings={"latent_dim": 16},
        watch="Two terms: the bars of KL, and the crosses under those that fall asleep.",
        saw="{active_dims:.0f} of 16 are active. The ELBO is {elbo:.1f} nats: the rest collapsed "
        "to the prior (posterior collapse).",
        why="A number that says little at first costs more KL than it saves in error. Told to be "
        "the prior's, it is noise, the decoder learns to ignore it, and it stays asleep.",
        next="Free nats a dimension 0.5, or a warm-up over half of the steps: more wake up.",
        expected=2,
        outcome=_falls("active_dims", 15.5, 12.5),
    ),
    Preset(
        id="free",
        title="The first half nat is free",
        question="Same 16 numbers, but each may say half a nat for nothing (free bits). Half of "
        "them slept. How many now?",
        options=("None: all 16 speak", "A few", "Half of them, as before"),
        settings={"latent_dim": 16, "free_bits": 0.5},
        watch="Two terms: no bar falls below half a nat.",
        saw="{active_dims:.0f} of 16 are active, and the ELBO, free nats paid in full, is "
        "{elbo:.1f}.",
        why="Where the KL costs nothing there is no reason to be silent, and a number that speaks "
        "finds something worth saying.",
        next="Compare the ELBO with that of Numbers that say nothing: collapse was not for the "
        "best.",
        expected=0,
        outcome=_falls("active_dims", 15.5, 10.5),
    ),
    Preset(
        id="beta",
        title="Four times the pull",
        question="With β = 1, 16 latent numbers tell about 14 nats of a digit. Now the KL term "
        "weighs four times as much. How many nats are told?",
        options=("About as many", "Less than half as many", "None at all"),
        settings={"kind": "beta-vae", "latent_dim": 16, "beta": 4.0},
        watch="Two terms, and how much softer the digits come back.",
        saw="{kl:.1f} nats. The ELBO, always with β = 1, is {elbo:.1f}.",
        why="A nat said now costs four nats of objective, so only what saves more than that in "
        "error is said, by few numbers, each for itself: that is what β-VAEs hope for.",
        next="Try β = 0.25 and look at the samples; then find the β at which nothing is left.",
        expected=1,
        outcome=_falls("kl", 10.0, 2.0),
    ),
    Preset(
        id="told",
        title="Tell it the class",
        question="Encoder and decoder are told which digit it is. What are the two numbers for "
        "then?",
        options=("Still for the class", "For style, so it all comes back better", "For nothing"),
        settings={"kind": "conditional"},
        watch="Latent plane: the classes lie over one another, and a row shares its slant.",
        saw="The code says {kl:.1f} nats, the ELBO rises to {elbo:.1f}, and {readable:.0%} of "
        "digits asked for by class are readable.",
        why="What both already know need not be sent. The same two numbers are free to say slant, "
        "width and stroke: for every class the same ones.",
        next="Look for the digit that one row draws unlike the others. Then tell it of clothes.",
        expected=1,
        outcome=lambda m: 2 if m["kl"] < 0.5 else int(m["elbo"] > -143),
    ),
    Preset(
        id="book",
        title="A book of 128",
        question="Each image must become one of 128 entries of a book (VQ-VAE). How many entries "
        "do 500 digits use?",
        options=("More than 64", "About a third", "One or two"),
        settings={"kind": "vq-vae", "steps": 3000},
        watch="Latent plane: dots gather around entries, and the map has steps, no borders.",
        saw="{codes_used:.0f} of 128. The KL term is {kl:.2f} nats, ln 128, whatever it learns; "
        "the ELBO is {elbo:.1f}.",
        why="The nearest entry is taken, and the gradient passes it as if it were not there "
        "(straight through). Entries that nobody uses are moved to where images are, or most would "
        "stay unused.",
        next="Give an image eight codes of eight numbers: it comes back well, but codes drawn "
        "each by itself decode to nothing. A VQ-VAE needs a second model that learns the prior.",
        expected=0,
        outcome=_falls("codes_used", 64.5, 10),
    ),
    Preset(
        id="mean",
        title="An average for a sum",
        question="A common slip: the error is averaged over the 784 pixels, and the KL term is "
        "summed. What do the two numbers tell of a digit?",
        options=("As much as ever", "About half", "Nothing"),
        settings={"reduction": "mean", "steps": 1000},
        watch="Latent plane: all ellipses are the prior itself, and every tile is one grey blot.",
        saw="KL {kl:.3f} nats, {active_dims:.0f} active numbers, {classes:.0f} kind of sample. The "
        "ELBO is {elbo:.1f}.",
        why="The KL then weighs 784 times too much: β = 784. No code is worth its price, and the "
        "latent space collapses.",
        next="Weigh the KL with 0 and it speaks again, as a plain autoencoder with noise. With "
        "β = 1/784 it would be the VAE it was meant to be.",
        expected=2,
        outcome=_falls("kl", 4.0, 0.5),
    ),
    Preset(
        id="width",
        title="Sigma squared is beta",
        question="Squared error at σ = 0.2 and β = 1 makes codes of about 5 nats. With σ = 0.4 the "
        "error weighs a quarter. And so does the KL with β = 0.25. How many nats now?",
        options=("About 3", "About 5, as before", "About 20"),
        settings={"data": "digits", "likelihood": "gaussian", "sigma": 0.4, "beta": 0.25},
        watch="The KL term. Then set σ to 0.2 and β to 1.",
        saw="{kl:.2f} nats, in {active_dims:.0f} numbers.",
        why="Times 2σ², the objective is the squared error plus 2σ²β times the KL: only σ²β "
        "counts. Plain squared error is σ² = 1/2, which is a strong pull, often by accident.",
        next="Leave σ at 0.4 and set β to 1: now the KL falls. The ELBO would tell which σ fits "
        "the data.",
        expected=1,
        outcome=lambda m: sum(m["kl"] > limit for limit in (4.2, 8.0)),
    ),
    Preset(
        id="conv",
        title="Shared weights",
        question="Convolutions instead of dense layers, on small digits. A seventh of the weights: "
        "is the ELBO within two nats of the dense one's −23.9?",
        options=("Yes", "No, far below"),
        settings={"data": "digits", "layers": "conv", "width": 64, "steps": 3000},
        watch="Two terms: the ELBO, and where the dense one ended.",
        saw="The ELBO is {elbo:.1f} nats, with {active_dims:.0f} active numbers.",
        why="A stroke looks the same everywhere, so one small filter serves all places. "
        "Weights are saved, arithmetic is not: each is used many times.",
        next="Run the dense one, and compare the steps a second.",
        expected=0,
        outcome=lambda m: int(m["elbo"] < -25.9),
    ),
    Preset(
        id="ring",
        title="A ring cut open",
        question="Points on a ring of eight islands, one latent number. A line must cover a ring: "
        "how many islands come back?",
        options=("All eight", "Six or seven", "Half of them"),
        settings={"data": "points", "latent_dim": 1, "steps": 3000},
        watch="Latent plane: the green line goes around, and is cut somewhere.",
        saw="{classes:.0f} islands are among the samples; {high_quality:.0%} of these lie near "
        "one. The ELBO is {elbo:.2f} nats, and no model can pass −0.31.",
        why="The prior is one hill without gaps, and the decoder has no jumps: what lies between "
        "two islands' codes must lie between the islands.",
        next="Two latent numbers, then a plain autoencoder: what does its line do outside?",
        expected=0,
        outcome=_falls("classes", 7.5, 5.5),
    ),
    Preset(
        id="clothes",
        title="Clothes",
        question="Fashion-MNIST in two numbers. Of real pictures of clothes a classifier is sure "
        "in 72 of 100. In how many of 300 random codes?",
        options=("Over half", "One to four in ten", "Less than one in ten"),
        settings={"data": "fashion"},
        watch="Latent plane: shoes, trousers and bags part; shirts, coats and pullovers do not.",
        saw="In {readable:.0%}; among them are {classes:.0f} of the ten kinds. The ELBO is "
        "{elbo:.0f} nats.",
        why="Nobody told it the names. It keeps apart what differs in many pixels, and a shirt and "
        "a coat differ in few.",
        next="Tell it the class, or give it 16 numbers.",
        expected=1,
        outcome=_falls("readable", 0.45, 0.1),
    ),
)
