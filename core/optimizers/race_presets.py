"""The questions of the race."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment import Preset

Metrics = Mapping[str, float]


def first_of(metrics: Metrics, *names: str) -> int:
    """Which of the racers settled at a minimum in the fewest steps."""
    return min(range(len(names)), key=lambda i: metrics[f"steps_to/{names[i]}"])


def last_of(metrics: Metrics, *names: str) -> int:
    """Which of the racers settled at a minimum in the most steps, or not at all."""
    return max(range(len(names)), key=lambda i: metrics[f"steps_to/{names[i]}"])


def _lead(metrics: Metrics) -> int:
    """0: AdaGrad keeps a wide lead on gradient descent; 1: a small one; 2: none."""
    ratio = metrics["steps_to/adagrad"] / metrics["steps_to/gradient-descent"]
    return 0 if ratio < 0.1 else 1 if ratio < 1 else 2


def _blown(metrics: Metrics) -> int:
    """How many flew apart, taken in the order in which their edges lie."""
    return sum(int(metrics[f"diverged/{n}"]) for n in ("gradient-descent", "momentum", "adam"))


def _noisy(metrics: Metrics) -> int:
    if metrics["diverged/sgd"]:
        return 2
    return 1 if metrics["loss/sgd"] > 1e-3 else 0


PRESETS = (
    Preset(
        id="first",
        title="Each at its best",
        question="The valley runs along the x axis, and each has its best rate. Who settles first?",
        options=("Gradient descent", "Momentum", "Adam"),
        settings={},
        watch="How each crosses the valley: in a zigzag, in swings, or on the diagonal.",
        saw="Steps until it settled: gradient descent {steps_to/gradient-descent:.0f}, momentum "
        "{steps_to/momentum:.0f}, Adam {steps_to/adam:.0f}.",
        why="Gradient descent must walk the flat floor with the short step that the steep walls "
        "allow. Momentum adds its steps up. Adam gives each axis a step of its own, and here the "
        "axes are the valley's.",
        next="Turn the valley by 45 degrees: what is left of it?",
        expected=2,
        outcome=lambda m: first_of(m, "gradient-descent", "momentum", "adam"),
    ),
    Preset(
        id="ravine",
        title="Down the ravine",
        question="A valley a hundred times steeper across than along. Who is down first?",
        options=("Gradient descent", "Momentum", "Adam"),
        settings={"rotation": 30, "momentum": 0.7},
        watch="The zigzag of gradient descent in its first ten steps, then its crawl.",
        saw="Steps until the loss stayed within 0.001 of the minimum: momentum "
        "{steps_to/momentum:.0f}, Adam {steps_to/adam:.0f}, gradient descent "
        "{steps_to/gradient-descent:.0f}.",
        why="A rate above 2/L throws gradient descent out across the valley, so along it, where "
        "the slope is 100 times smaller, it crawls. In momentum's buffer the crossings cancel "
        "and the small steps along add up: steps grow with the root of 100, not with 100.",
        next="Set momentum to 0.9: it overshoots and swings, and the lead shrinks.",
        expected=1,
        outcome=lambda m: first_of(m, "gradient-descent", "momentum", "adam"),
    ),
    Preset(
        id="turn",
        title="Turn the valley",
        question="With the valley along the x axis AdaGrad gets down in 1 step, gradient descent "
        "in 174. Turn it by 45 degrees: what is left of AdaGrad's lead?",
        options=("All of it", "Part of it", "Nothing: gradient descent passes it"),
        settings={
            "rotation": 45,
            "optimizers": ("gradient-descent", "momentum", "adagrad", "rmsprop"),
        },
        watch="The first step of AdaGrad and RMSprop: it goes along the grid, not down the slope.",
        saw="Steps at 45 degrees: gradient descent {steps_to/gradient-descent:.0f} and momentum "
        "{steps_to/momentum:.0f}, as at 0; RMSprop {steps_to/rmsprop:.0f} and AdaGrad "
        "{steps_to/adagrad:.0f} (201: not in 200), where each took 1.",
        why="Gradient descent and momentum only add up gradients, which turn with the valley, so "
        "their paths turn rigidly. AdaGrad, RMSprop and Adam scale each coordinate on its own: "
        "exactly right when the valley lies along an axis, of no use when x and y mix.",
        next="Move the rotation slowly from 0 to 45 degrees with Adam in the race.",
        expected=2,
        outcome=_lead,
    ),
    Preset(
        id="saddle",
        title="Leave the saddle",
        question="The start is almost on the line that runs straight into a saddle, all with "
        "the same small rate. Who takes longest to get away?",
        options=("Gradient descent", "Momentum", "Adam"),
        settings={
            "surface": "saddle", "start_x": 1.5, "start_y": 0.01, "rates": "same", "lr": 0.03,
        },
        watch="The loss: a long shelf at height 1, where the slope is almost nothing.",
        saw="Steps to the minimum: Adam {steps_to/adam:.0f}, momentum {steps_to/momentum:.0f}, "
        "gradient descent {steps_to/gradient-descent:.0f} (201: not in 200).",
        why="Near a saddle the gradient is tiny and so is gradient descent's step: y grows by "
        "only 3 % a step. Momentum adds those pushes up. Adam divides the tiny slope by its own "
        "size and walks at almost full pace from the start.",
        next="Give each its best rate: then gradient descent takes 12 steps. Rates matter first.",
        expected=0,
        outcome=lambda m: last_of(m, "gradient-descent", "momentum", "adam"),
    ),
    Preset(
        id="edge",
        title="Just over the edge",
        question="2/L is 0.02 here. With a learning rate of 0.0205 for all, who flies apart?",
        options=("Nobody", "Gradient descent", "Gradient descent and momentum", "All three"),
        settings={"rates": "same", "lr": 0.0205, "rotation": 30},
        watch="The width of gradient descent's zigzag: 5 % more at every step.",
        saw="Loss after 200 steps: gradient descent {loss/gradient-descent:.2g}, momentum "
        "{loss/momentum:.2g}, Adam {loss/adam:.2g}.",
        why="Across the valley a step multiplies the distance by 1 - lr L = -1.05, and "
        "1.05 to the 200th power is 17 000. Momentum's edge lies further out, at "
        "2 (1 + beta) / L = 0.038. Adam's step is at most about lr, whatever the slope.",
        next="Try 0.0195: on this side of the edge the same zigzag dies out.",
        expected=1,
        outcome=_blown,
    ),
    Preset(
        id="travellers",
        title="Three travellers",
        question="Three hungry travellers look for the valley with the food, on a plain with "
        "steep corners: one with a compass and a heavy cart, one with a map that rescales itself, "
        "one with both. Who eats first?",
        options=("The cart: momentum", "The map: AdaGrad", "Both: Adam"),
        settings={
            "surface": "beale", "start_x": 1.0, "start_y": 1.0,
            "optimizers": ("momentum", "adagrad", "adam"),
        },
        watch="How the cart rolls past the food and back, and how the map does not swing.",
        saw="Steps: AdaGrad {steps_to/adagrad:.0f}, Adam {steps_to/adam:.0f}, momentum "
        "{steps_to/momentum:.0f}.",
        why="The compass (gradient) points down where one stands. The cart keeps rolling as "
        "before: quick on long slopes, slow to stop. The map shrinks strides in directions that "
        "proved steep and leaves long ones where it was flat. Adam has cart and map; here the "
        "cart costs more than it brings.",
        next="Take the ravine at 45 degrees: there the map is no help, and the cart wins.",
        expected=1,
        outcome=lambda m: first_of(m, "momentum", "adagrad", "adam"),
    ),
    Preset(
        id="noise",
        title="A noisy compass",
        question="SGD sees the gradient through noise. With a constant rate, does it come to rest?",
        options=("Yes, at the minimum", "No, it keeps wandering around it", "No, it runs away"),
        settings={
            "surface": "bowl", "rates": "same", "lr": 0.1,
            "optimizers": ("gradient-descent", "sgd"),
        },
        watch="The loss: both fall alike, then SGD's stops falling.",
        saw="Loss after 200 steps: SGD {loss/sgd:.2g}, gradient descent without noise "
        "{loss/gradient-descent:.2g}.",
        why="Each step adds lr times the noise, while the pull towards the minimum fades as it "
        "nears. Where the two balance, SGD wanders for ever. A smaller rate wanders less, "
        "but takes longer to get there.",
        next="Choose the schedule 1/sqrt(t), or step: as the rate falls, so does the wandering.",
        expected=1,
        outcome=_noisy,
    ),
)  # fmt: skip
