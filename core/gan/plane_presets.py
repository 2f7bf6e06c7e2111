"""Questions to guess at about the game in the plane, each with what nine of ten seeds give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]
# A game that fails: D learns five times as often as G, and ten times as fast, under minimax.
FAILS = {"loss": "minimax", "d_steps": 5, "lr_d": 0.01, "steps": 400}
PERFECT = {"optimizer": "sgd", "d_steps": 10, "lr_d": 0.5, "lr_g": 0.02, "steps": 300}
HOW_MANY = ("Seven or eight", "Three to six", "One or two")


def _from(metric: str, *limits: float) -> Callable[[Metrics], int]:
    """Outcome 0 from the first limit of that metric on, 1 from the second on, ..."""
    return lambda metrics: sum(metrics[metric] < limit for limit in limits)


def _critic(metrics: Metrics) -> int:
    return 0 if metrics["d_loss"] > 1 else 1 if -2 < metrics["d_loss"] < 0 else 2


_covered = _from("modes", 7, 3)

PRESETS = (
    Preset(
        id="works",
        title="A blob that splits",
        question="Eight islands, and the fakes start as one blob. How many will they find?",
        options=("All eight", "Three to seven", "One or two"),
        settings={},
        watch="The first hundred steps: the blob spreads, then tears.",
        saw="{modes:.0f} islands covered, {high_quality:.0%} of the fakes within three sigma of "
        "one. The discriminator's loss ended at {d_loss:.2f}.",
        why="Wherever fakes are too many, the discriminator calls them fake, and the generator "
        "moves them to where real points are too few. What is left between the islands are the "
        "bridges: a smooth network cannot tear its noise apart.",
        next="Switch on the warped noise: eight lumps, and the thin bridges between them.",
        expected=0,
        outcome=_from("modes", 8, 3),
    ),
    Preset(
        id="grid",
        title="25 small islands",
        question="The same game on 25 islands, each half as wide as the eight. How many of the "
        "fakes will be good?",
        options=("More than 85 %", "60 to 85 %", "Fewer"),
        settings={"target": "grid"},
        watch="The bridges: with 25 islands there are more of them.",
        saw="{high_quality:.0%} are good, and {modes:.0f} of 25 islands are covered.",
        why="A smooth network has to lay its noise over all 25 without tearing it, and what spans "
        "the gaps is no island. A missed island costs the generator nothing that it is told of: "
        "it hears only of the places where its own fakes are.",
        next="Open the diffusion lesson: the same islands, without an opponent.",
        expected=2,
        outcome=_from("high_quality", 0.85, 0.6),
    ),
    Preset(
        id="collapse",
        title="Samples all alike",
        question="The discriminator learns five times as often as the generator and ten times as "
        "fast, under the minimax loss. How many islands will the fakes cover?",
        options=HOW_MANY,
        settings=FAILS,
        watch="The two lines on the right: where does each of them end?",
        saw="{modes:.0f} of 8 islands, and yet {high_quality:.0%} of the fakes are good. The "
        "Jensen-Shannon divergence is {js:.2f} of at most 0.69.",
        why="Each fake is judged alone, so nothing tells the generator that all of them are alike "
        "(mode collapse). And where the discriminator is sure, minimax has next to no slope that "
        "could lead on to the other islands.",
        next="Four cures of this very game follow: R1, spectral normalisation, packing and batch "
        "norm. Or find out which other losses cure it.",
        expected=2,
        outcome=_covered,
    ),
    Preset(
        id="r1",
        title="First cure: a flat discriminator",
        question="The same failing game, and the discriminator now pays for being steep at real "
        "points (R1). How many islands will the fakes cover?",
        options=HOW_MANY,
        settings={**FAILS, "r1": 0.02},
        watch="The colours: soft slopes instead of hard edges.",
        saw="{modes:.0f} of 8 islands, {high_quality:.0%} of the fakes good, after as many steps "
        "as without.",
        why="A discriminator that may not be steep cannot be sure everywhere: its slope reaches "
        "the fakes and leads them on. The penalty is half its squared slope at real points, times "
        "0.02 (Mescheder et al. 2018).",
        next="Try 0.001 and 0.1: too little does nothing, too much leaves it unable to judge.",
        expected=0,
        outcome=_covered,
    ),
    Preset(
        id="spectral",
        title="Second cure: no layer stretches",
        question="The same failing game, each layer of the discriminator divided by its largest "
        "stretch (spectral normalisation). How many islands now?",
        options=HOW_MANY,
        settings={**FAILS, "spectral": True},
        watch="The blob: it opens into a ring before it finds any island.",
        saw="{modes:.0f} of 8 islands, {high_quality:.0%} of the fakes good. The discriminator's "
        "loss is {d_loss:.2f}: it is no longer sure.",
        why="No layer lengthens a difference, so the logit changes by about 1 at most over a "
        "distance of 1 (Miyato et al. 2018): it stays undecided near the fakes, and minimax keeps "
        "a slope.",
        next="Let it train for 4,000 steps: does it get as good as the first game?",
        expected=0,
        outcome=_covered,
    ),
    Preset(
        id="packing",
        title="Third cure: four at once",
        question="The same failing game, but the discriminator judges four samples at once, all "
        "real or all fake (packing). How many islands will the fakes cover?",
        options=("More: three to eight", "Still one or two"),
        settings={**FAILS, "packing": 4},
        watch="The fakes: do they ever sit on one island together?",
        saw="{modes:.0f} of 8 islands, {high_quality:.0%} of the fakes good.",
        why="Four real points are rarely on one island. Four fakes that are give themselves away, "
        "so being alike is no longer free (Lin et al. 2018).",
        next="Try packs of two: is that enough?",
        expected=0,
        outcome=_from("modes", 3),
    ),
    Preset(
        id="noise",
        title="Diversity against quality",
        question="The same failing game, with real and fake points blurred by 0.5 before the "
        "discriminator sees them (instance noise). Nearly all islands are covered: how many of the "
        "fakes are good?",
        options=("Over 80 %", "45 to 80 %", "Under 45 %"),
        settings={**FAILS, "instance_noise": 0.5},
        watch="Between the islands: the collapsed game had hardly any fakes there.",
        saw="{modes:.0f} of 8 islands, but only {high_quality:.0%} of the fakes are good. The "
        "collapsed game had one or two islands, and nearly all of its fakes good.",
        why="Under noise five times as wide as an island both laws overlap, so the discriminator "
        "is never quite sure and there is always a slope. But what it cannot see it cannot teach: "
        "the islands' edges. Neither number alone measures a generator.",
        next="Look at the distances: by Jensen-Shannon, which of the two games is better?",
        expected=2,
        outcome=_from("high_quality", 0.8, 0.45),
    ),
    Preset(
        id="smoothing",
        title="No cure: labels of 0.9",
        question="The same failing game, and real points get the label 0.9 instead of 1, so that "
        "the discriminator is less sure of them. How many islands now?",
        options=HOW_MANY,
        settings={**FAILS, "smoothing": 0.1},
        watch="The losses: is the discriminator less sure?",
        saw="Still {modes:.0f} of 8 islands, {high_quality:.0%} of the fakes good. The "
        "discriminator's loss is {d_loss:.2f}; it cannot get under 0.33 with these labels.",
        why="It is less sure of real points, but as sure of fakes as ever: that side has no slope "
        "for minimax to follow. The best discriminator is now 0.9 p / (p + q).",
        next="Look at the best D: where real points are alone it says 0.9.",
        expected=2,
        outcome=_covered,
    ),
    Preset(
        id="batch-norm",
        title="Fourth cure: a batch spread out",
        question="The same failing game, and the generator's second hidden layer is given mean 0 "
        "and spread 1 over every batch (batch norm). How many islands will the fakes cover?",
        options=("More: three to eight", "Still one or two"),
        settings={**FAILS, "batch_norm": True},
        watch="The first frames: the blob opens within a few steps.",
        saw="{modes:.0f} of 8 islands, {high_quality:.0%} of the fakes good.",
        why="What differs a little between two fakes of a batch is made to differ much, so being "
        "all alike takes more than small weights (Ioffe and Szegedy 2015).",
        next="Its statistics are each batch's own: with batches of 8, are the islands still found?",
        expected=0,
        outcome=_from("modes", 3),
    ),
    Preset(
        id="vanishing",
        title="A perfect discriminator",
        question="Gradient descent, and the discriminator learns so fast that it is always right. "
        "What does the minimax loss teach the generator?",
        options=("To cover some islands", "To reach one at least", "Nothing: the fakes stay"),
        settings={**PERFECT, "loss": "minimax"},
        watch="The blob in the middle, and the discriminator's loss.",
        saw="{high_quality:.0%} of the fakes are good. The discriminator's loss is "
        "{d_loss:.5f}; in the last steps a fake moved by {moved:.5f}.",
        why="Under minimax the generator's slope is D(fake) times that of the logit. A "
        "discriminator that says 0 of every fake leaves nothing of it (vanishing gradient).",
        next="The same game with the non-saturating loss is next. Adam hides this: it divides by "
        "the gradient's own size. Try it.",
        expected=2,
        outcome=lambda m: 0 if m["modes"] >= 3 else 1 if m["high_quality"] > 0.05 else 2,
    ),
    Preset(
        id="non-saturating",
        title="The same, non-saturating",
        question="The same perfect discriminator, but the generator raises ln D(fake) instead of "
        "lowering ln(1 - D(fake)). Do the fakes move now?",
        options=("They reach an island", "They move, and reach none", "No: they stay"),
        settings={**PERFECT, "loss": "non-saturating"},
        watch="The first steps: how long does the blob stay in the middle?",
        saw="{high_quality:.0%} of the fakes are good, on {modes:.0f} of 8 islands.",
        why="Its slope is 1 - D(fake) times that of the logit: largest just where the "
        "discriminator is sure. Both losses have the same even point; only the way there differs.",
        next="They sit on few islands: how many does R1 at 0.02 add?",
        expected=0,
        outcome=lambda m: 0 if m["modes"] >= 1 else 1 if m["moved"] > 0.01 else 2,
    ),
    Preset(
        id="circling",
        title="Fakes that circle",
        question="Adam with a long memory (beta 1 of 0.9), all else as in the first game, which "
        "covers most islands after 500 steps. And this one?",
        options=("Seven or eight, sooner", "Three to six", "At most two"),
        settings={"beta1": 0.9, "steps": 500},
        watch="The fakes as a whole: do they come to rest anywhere?",
        saw="{modes:.0f} of 8 islands. In the last steps a fake still moved by {moved:.2f} in the "
        "mean, where islands are 0.1 wide.",
        why="The mean of past gradients points to where the other player was. Each overshoots its "
        "answer, and they circle (oscillation).",
        next="Let it go on to 2,000 steps: some seeds settle, others have not by then.",
        expected=2,
        outcome=_covered,
    ),
    Preset(
        id="slow-judge",
        title="A discriminator too slow",
        question="The discriminator's learning rate is a tenth of the generator's. What do the "
        "fakes do in 1,000 steps?",
        options=("Cover seven or eight", "Cover three to six", "Leap about in one heap"),
        settings={"lr_d": 1e-4, "steps": 1000},
        watch="Replay: the heap runs to wherever the discriminator has not looked.",
        saw="{modes:.0f} of 8 islands. In the last steps a fake moved by {moved:.1f} in the mean, "
        "and the losses look even: {d_loss:.2f} and {g_loss:.2f}.",
        why="The generator follows a judge that has not noticed yet: all fakes go where it says "
        "real, and are gone when it learns better. Losses near their even point mean here that "
        "it knows nothing.",
        next="Give it ten steps to one of the generator's: does that make up for the rate?",
        expected=2,
        outcome=_covered,
    ),
    Preset(
        id="average",
        title="The mean of many generators",
        question="After 2,000 steps of the first game fakes still move by about a tenth from frame "
        "to frame. Shown now is a running mean of the generator's weights. How far do its fakes "
        "move?",
        options=("Under half as far", "About as far", "Farther"),
        settings={"ema": 0.99, "steps": 2000},
        watch="The bridges: they hardly sway any more.",
        saw="In the last steps a fake moved by {moved:.3f} in the mean. {modes:.0f} islands, "
        "{high_quality:.0%} good.",
        why="The steps to and fro cancel in the mean over the last hundred, what they have in "
        "common stays. Both players learn as if it were not there.",
        next="Try it with the circling game: a mean of places all round is no place worth being.",
        expected=0,
        outcome=lambda m: 0 if m["moved"] < 0.05 else 1 if m["moved"] < 0.2 else 2,
    ),
    Preset(
        id="features",
        title="Means that match",
        question="Feature matching: the generator matches the means of 64 numbers that the "
        "discriminator computes, and no longer cares whether it is believed. After 1,500 steps, "
        "what has it got?",
        options=("All islands, most fakes good", "All, but many fakes are strays", "One or two"),
        settings={"feature_matching": True, "steps": 1500},
        watch="Between the islands, and the line of the good fakes.",
        saw="{modes:.0f} of 8 islands, {high_quality:.0%} of the fakes good.",
        why="A heap on one island has other means than the ring, so all are covered. But many "
        "laws share the same 64 means, and strays that cancel are not seen in them (Salimans et "
        "al. 2016).",
        next="Use it in the game of samples all alike: it cures that, too.",
        expected=1,
        outcome=lambda m: 2 if m["modes"] < 7 else 0 if m["high_quality"] >= 0.7 else 1,
    ),
    Preset(
        id="critic",
        title="A critic is no classifier",
        question="WGAN-GP's critic gives each place a score, no probability. A classifier's loss "
        "ends near 1.39 when it can tell nothing. Where does the critic's go as fakes get closer?",
        options=("To 1.39 as well", "Up, towards 0", "Further and further down"),
        settings={"loss": "wgan-gp", "d_steps": 5, "steps": 400},
        watch="The losses beside the distances: the first steps fall, then both come together.",
        saw="It ended at {d_loss:.2f}, and {modes:.0f} of 8 islands are covered. The generator's "
        "loss, minus the mean score of its fakes, is {g_loss:.1f}: only differences of scores "
        "mean anything.",
        why="The critic's best is a height over the plane that falls from real points to fakes "
        "(a Kantorovich potential), as steep as the penalty lets it be. Its loss is minus the drop "
        "between them: a distance, which a perfect classifier's loss of 0 hides.",
        next="Look at the best D: it has no closed form. Then choose the clipped critic.",
        expected=1,
        outcome=_critic,
    ),
)
