"""Questions to guess at with a trained network, each with what its samples bear out."""

from __future__ import annotations

from collections.abc import Callable

from core.experiment import Metrics, Preset


def _from(metric: str, *limits: float) -> Callable[[Metrics], int]:
    """Outcome 0 from the first limit of that metric on, 1 from the second on, ..."""
    return lambda metrics: sum(metrics[metric] < limit for limit in limits)


PRESETS = (
    Preset(
        id="against-gan",
        title="All 25?",
        question="On this grid of 25 islands the GAN of the other lesson misses some. 50 steps of "
        "DDIM from 1,000 random points: how many do they reach?",
        options=("All 25", "15 to 24", "Fewer"),
        settings={},
        watch="Two clouds, from t = 1,000 down: on the left noise becomes points, on the right are "
        "real points with as much noise.",
        saw="{modes:.0f} of 25, and {high_quality:.0%} of the points are good.",
        why="The network was asked about every island in training, for it saw real points of "
        "all of them with noise. A GAN's generator is only told what is wrong with its own "
        "samples: an island that it never visits is never mentioned.",
        next="On the GAN page, choose the grid as the target and see how many its game covers.",
        expected=0,
        outcome=_from("modes", 25, 15),
    ),
    Preset(
        id="ten",
        title="1,000 steps against 10",
        question="DDPM was made for 1,000 steps, and then nearly all points are good. With 10 "
        "steps of the same network, how many are?",
        options=("Still most of them", "About half", "Under 40 %"),
        settings={"sampler": "ddpm", "steps": 10, "compare": True},
        watch="Quality and cost: the good samples of each sampler against evaluations.",
        saw="{good/ddpm/10:.0%} with 10 steps, {good/ddpm/100:.0%} with 100, "
        "{good/ddpm/1000:.0%} with 1,000.",
        why="Each step treats the guess at the data as if it were right all along the step. Over a "
        "hundredth of the way that is nearly true; over a tenth the guess would have changed "
        "its mind several times.",
        next="Where do the lines of the others leave DDPM's?",
        expected=2,
        outcome=_from("good/ddpm/10", 0.6, 0.4),
    ),
    Preset(
        id="too-few",
        title="Too few steps",
        question="Three steps of DDIM. What comes out?",
        options=("All islands, a bit blurred", "Few points on any island"),
        settings={"steps": 3},
        watch="Two clouds, step by step, with Where it points switched on.",
        saw="{modes:.0f} of 25 islands, {high_quality:.0%} good; {swd:.2f} from real points.",
        why="The second of the three goes from t = 500 to 1 at once. There a point lands on the "
        "mean of all islands that it could have come from, and such a mean lies between them.",
        next="From how many steps on are all islands reached?",
        expected=1,
        outcome=_from("modes", 20),
    ),
    Preset(
        id="second-order",
        title="A better solver",
        question="DPM-Solver++ looks back at its last step to bend the next one. Same 50 "
        "evaluations as DDIM, of whose points about 95 % are good. And here?",
        options=("97 % or more", "About the same", "Fewer than 90 %"),
        settings={"sampler": "dpm"},
        watch="The share of good points over the left cloud, at the end.",
        saw="{high_quality:.1%} are good, for the same {nfe:.0f} evaluations. Real points: 98.9 %.",
        why="DDIM takes each guess for right until the next, so its clouds come out too narrow. "
        "A bend taken from two guesses (second order) leaves an error of the square of the step.",
        next="Then it must be better with 10 steps, too? That is the next question.",
        expected=0,
        outcome=_from("high_quality", 0.97, 0.9),
    ),
    Preset(
        id="overshoot",
        title="Ten steps of the better solver",
        question="With 10 steps DDIM has about a quarter of its points right. DPM-Solver++ with "
        "10 steps?",
        options=("More than that", "About as many", "Under 15 %"),
        settings={"sampler": "dpm", "steps": 10},
        watch="Two clouds, the last three steps.",
        saw="{high_quality:.0%}, on {modes:.0f} of 25 islands.",
        why="It takes for granted that the guess goes on changing as it just did. Islands 0.05 "
        "wide are decided on within one such step: it overshoots. A higher order pays only once "
        "steps are shorter than what they walk over.",
        next="The ring's islands are twice as wide: is it better there?",
        expected=2,
        outcome=_from("high_quality", 0.35, 0.15),
    ),
    Preset(
        id="flow",
        title="Straight ways",
        question="This network learned the straight way from noise to data (flow matching), on the "
        "same grid. Euler's method with 10 steps: how many points are good?",
        options=("70 % or more", "40 to 70 %", "About a quarter, as DDIM"),
        settings={"model": "diffusion-flow", "sampler": "euler", "steps": 10},
        watch="Ways: they run straight for most of the time, and bend late.",
        saw="{high_quality:.0%} after {nfe:.0f} evaluations, on {modes:.0f} islands.",
        why="Both learn the same thing, which noise is in a point, on other clocks. On the "
        "straight clock equal steps share the work better than on the linear schedule, which "
        "has most of its steps where all is noise. It is no magic: DDIM on this way is the very "
        "same method.",
        next="Choose DDIM: the same points to the third digit. Then try 5 steps.",
        expected=0,
        outcome=_from("high_quality", 0.7, 0.4),
    ),
    Preset(
        id="wrong-schedule",
        title="The wrong schedule",
        question="The network learned with the linear schedule; this sampler believes it was the "
        "cosine one. How many points are good?",
        options=("Over 80 %", "60 to 80 %", "Under 60 %"),
        settings={"schedule": "cosine"},
        watch="Two clouds: at t = 500 the left one holds too much data for what the network "
        "expects.",
        saw="{high_quality:.0%} are good, {modes:.0f} islands, {swd:.2f} from real points.",
        why="Half of the cosine's time has passed when half of the data is left; on the linear "
        "schedule that is so after a quarter. Told t = 500, the network looks for more noise "
        "than there is, and takes data away with it.",
        next="Switch off Guesses stay in the plane: how far do the points get?",
        expected=2,
        outcome=_from("high_quality", 0.8, 0.6),
    ),
    Preset(
        id="eta",
        title="Put noise back",
        question="After every step some noise is put back, to be taken out again (eta 1). With 50 "
        "steps, does that ruin the points?",
        options=("No: 90 % or more are good", "Somewhat: 70 to 90 %", "Yes: fewer"),
        settings={"eta": 1.0},
        watch="Ways: they tremble, and with eta 0 they were smooth.",
        saw="{high_quality:.0%} are good, on {modes:.0f} islands.",
        why="Fresh noise of the right size keeps the cloud on the law that it should have at each "
        "time, and washes out errors made before. What is lost: the same first noise no longer "
        "leads to the same point.",
        next="With 5 steps, which of the two is worse?",
        expected=0,
        outcome=_from("high_quality", 0.9, 0.7),
    ),
    Preset(
        id="narrow",
        title="A perfect network is not enough",
        question="Data from a bell curve 0.05 wide, a network that makes no error at all, 50 "
        "steps of DDIM. How wide are the samples?",
        options=("Right, within 5 %", "5 to 20 % too narrow", "More than 20 % too narrow"),
        settings={"model": "diffusion-ring"},
        watch="Too narrow: one line for each width of the data.",
        saw="{narrow/twentieth:.0%} too narrow. Of data 0.5 wide: {narrow/half:.1%}.",
        why="The last steps jump over the times at which so little noise matters. In each of them "
        "the mean of what could be is taken for what is, and a mean is closer to the middle.",
        next="How many steps until data 0.5 wide come out within 2 %?",
        expected=2,
        outcome=lambda m: sum(m["narrow/twentieth"] > limit for limit in (0.05, 0.2)),
    ),
)
