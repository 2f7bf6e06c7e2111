"""Questions to guess at with a small CNN, each with the option that nine of ten seeds give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]
FEW = {"train_size": 200, "steps": 700}


def _reads(*limits: float) -> Callable[[Metrics], int]:
    """Outcome 0 from the first limit of the unseen digits on, 1 from the second on, ..."""
    return lambda metrics: sum(metrics["test_accuracy"] < limit for limit in limits)


PRESETS = (
    Preset(
        id="reads",
        title="Fifteen hundred steps",
        question="1,500 steps of 32 digits each. How many digits that it has never seen will "
        "this small network read?",
        options=("Over 95 in 100", "About 9 in 10", "About half"),
        settings={},
        watch="The first hundred steps: that is where most of it is learned.",
        saw="{test_accuracy:.1%} of the 2,000 unseen digits right, and {train_accuracy:.1%} of "
        "those it learned from.",
        why="A filter has the same 25 weights at every place, so what it learns about a stroke "
        "in one corner holds in all of them. 11,274 numbers are enough.",
        next="Look inside: which filters answer to edges, and in which direction? Then look at "
        "the mistakes: would you have read them?",
        expected=0,
        outcome=_reads(0.95, 0.8),
    ),
    Preset(
        id="faded",
        title="Sigmoids, small weights",
        question="Three blocks with sigmoids, all first weights drawn with a spread of 0.01. What "
        "do 400 steps of gradient descent teach it?",
        options=("To read most digits", "To read some: 20 to 60 %", "Nothing: a blind guess"),
        settings={
            "activation": "sigmoid",
            "initialisation": "normal",
            "optimizer": "gradient-descent",
            "lr": 0.1,
            "depth": 3,
            "steps": 400,
        },
        watch="Spread: how far apart do the lines of the four layers' gradients lie?",
        saw="{test_accuracy:.0%} right. The gradient's spread is {gradient_std/dense:.1e} in the "
        "last layer and {gradient_std/conv1:.1e} in the first.",
        why="On its way back the gradient is multiplied by each sigmoid's slope, 1/4 at most, and "
        "by weights of about 0.01: layer by layer it fades (vanishing gradient). And every image "
        "gives nearly the same activations, so there is little to tell digits by.",
        next="Try the same with He and ReLU: all else stays.",
        expected=2,
        outcome=_reads(0.6, 0.2),
    ),
    Preset(
        id="he",
        title="The same with He and ReLU",
        question="The same three blocks, rate and steps, but ReLU, and first weights whose spread "
        "fits each layer (He). How much better is it?",
        options=("It reads over 90 in 100", "It reads about half", "Hardly better than a guess"),
        settings={"optimizer": "gradient-descent", "lr": 0.1, "depth": 3, "steps": 400},
        watch="Spread: the lines of the layers lie close together from the first step on.",
        saw="{test_accuracy:.1%} right. The gradient's spread is {gradient_std/dense:.1e} in the "
        "last layer and {gradient_std/conv1:.1e} in the first.",
        why="ReLU has slope 1 wherever it is on, and a variance of 2 / fan in makes up for the "
        "half that is off (He et al. 2015): activations and gradients keep their size from layer "
        "to layer.",
        next="Change one thing at a time: sigmoid with He, then ReLU with spread 0.01.",
        expected=0,
        outcome=_reads(0.9, 0.3),
    ),
    Preset(
        id="zeros",
        title="Start from nothing",
        question="All weights start at 0. What has the network learned after 200 steps?",
        options=("As much as always", "A little: some digits", "Nothing at all"),
        settings={"initialisation": "zeros", "steps": 200},
        watch="Inside: the filters, and every feature map behind them.",
        saw="{test_accuracy:.0%} right, a blind guess. The gradient of the first filters has "
        "spread {gradient_std/conv1:.1g}.",
        why="All filters are alike, and whatever reaches one reaches them all: nothing can make "
        "them differ (symmetry). Here it is worse: with zeros everywhere no gradient passes at "
        "all, and only the ten last biases move.",
        next="Choose Glorot or He: random first weights are what makes filters differ.",
        expected=2,
        outcome=_reads(0.9, 0.2),
    ),
    Preset(
        id="strided",
        title="No pooling at all",
        question="Without pooling, the convolution itself skips every second place. How many "
        "unseen digits does it read?",
        options=("About as many: over 95 %", "Clearly fewer: 80 to 95 %", "Hardly any"),
        settings={"pooling": "none"},
        watch="The share of unseen digits read right, against the run with pooling.",
        saw="{test_accuracy:.1%} right, at a loss of {test_loss:.3f}; and each step is faster.",
        why="Both halve the image and both can be learned around. Pooling looks at all places and "
        "keeps the strongest; a strided convolution never computes three of four.",
        next="Try average, sum or L2 pooling. One run cannot rank them: another seed moves the "
        "result as much.",
        expected=0,
        outcome=_reads(0.95, 0.8),
    ),
    Preset(
        id="too-fast",
        title="A rate too high",
        question="Adam at a learning rate of 0.2, a hundred times the usual. What happens to the "
        "network?",
        options=("It learns faster", "It goes up and down, and learns", "It dies at once"),
        settings={"lr": 0.2, "steps": 200},
        watch="Inside: how many feature maps are left after the first steps?",
        saw="{test_accuracy:.0%} right, at a loss of {test_loss:.2f}: worse than a blind guess. "
        "The spread of the first layer's gradient is {gradient_std/conv1:.1g}.",
        why="The first steps throw the weights so far that the ReLUs are off for every image. "
        "Where a ReLU is off its slope is 0, so no gradient can bring it back (dying ReLU).",
        next="Set the rate to 0.02; or keep 0.2 with leaky ReLU, which has a slope everywhere.",
        expected=2,
        outcome=_reads(0.95, 0.2),
    ),
    Preset(
        id="few",
        title="Two hundred digits",
        question="It may learn from 200 digits only, and soon knows all of them. How many of the "
        "2,000 unseen ones does it read?",
        options=("Nearly all: over 97 %", "About 17 in 20", "About half"),
        settings=FEW,
        watch="The two lines of the loss: where do they part?",
        saw="{train_accuracy:.0%} of the 200, and {test_accuracy:.1%} of the unseen digits.",
        why="It has 11,274 numbers to fit 200 images with: many networks read all 200, and nothing "
        "tells it which of them also reads the others (overfitting).",
        next="Try dropout on the same 200 digits.",
        expected=1,
        outcome=_reads(0.97, 0.7),
    ),
    Preset(
        id="dropout",
        title="Two hundred, with dropout",
        question="The same 200 digits, but each step leaves out 7 in 10 of the numbers that enter "
        "the last layer. Without, some 86 % of the unseen were read: and now?",
        options=("More: over 88 %", "As many: 84 to 88 %", "Fewer: it loses too much"),
        settings={**FEW, "dropout": 0.7},
        watch="The loss on unseen digits: without dropout it soon rises again.",
        saw="{test_accuracy:.1%} of the unseen digits, and still {train_accuracy:.0%} of the 200; "
        "the loss on unseen digits is {test_loss:.2f}.",
        why="No number can rely on any other to be there, so each has to be worth something by "
        "itself; it is as if many thinned networks voted (Srivastava et al. 2014).",
        next="Double the training digits instead, without dropout: it helps about as much.",
        expected=0,
        outcome=_reads(0.88, 0.84),
    ),
)
